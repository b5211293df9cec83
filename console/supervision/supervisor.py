"""Starts parts, starts a crashed one again and says so, and stops everything together.

Belongs here: the life of processes. Not here: which parts there are, what is told when all is well (`console/up.py`).
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGTERM
from typing import Final

import psutil

from console.supervision.leash import kill_all_of
from console.supervision.parts import TRIES, Part, Tries, how_it_ended
from reelineage.errors import TransientError
from resources.settings import PROJECT

_STOP_SECONDS: Final = 20.0
_LOOK_SECONDS: Final = 0.2


@dataclass
class _Life:
    """One part, now."""

    part: Part
    process: "subprocess.Popen[bytes] | None" = None
    started_at: float = 0.0
    not_before: float = 0.0
    tries: Tries = field(default_factory=Tries)


class Supervisor:
    """Keeps parts running until it is asked to stop; `say` tells people one line."""

    def __init__(
        self, parts: Sequence[Part], folder: Path, environment: Mapping[str, str], say: Callable[[str], None]
    ) -> None:
        self._lives = [_Life(part) for part in parts]
        self._folder, self._environment, self._say = folder, environment, say
        self._leash, self._holder = os.pipe()  # never written to: it closes when this process is gone, however it ends

    def run(self, asked_to_stop: Callable[[], bool], *, meanwhile: Callable[[], None] = lambda: None) -> None:
        """Until asked to stop, or a part cannot be kept running; calls `meanwhile` a few times a second.

        Raises:
            TransientError: a part ended soon after its start, again and again. Everything is stopped.
        """
        try:
            while not asked_to_stop():
                for life in self._lives:
                    self._look_after(life)
                meanwhile()
                time.sleep(_LOOK_SECONDS)
        finally:
            self.stop()

    def stop(self) -> None:
        """Stop everything: first what needs another part, then the rest. Ends what does not stop in time."""
        for needs_another in (True, False):
            _end([life for life in self._lives if (life.part.after is not None) is needs_another])
        for descriptor in (self._leash, self._holder):
            os.close(descriptor)

    def _look_after(self, life: _Life) -> None:
        if life.process is None:
            if time.monotonic() >= life.not_before and (life.part.after is None or life.part.after.exists()):
                self._start(life)
        elif (code := life.process.poll()) is not None:
            self._ended(life, life.process, code)

    def _start(self, life: _Life) -> None:
        part = life.part
        leash = [sys.executable, "-m", "console.supervision.leash", str(self._leash), str(self._folder)]
        life.process = subprocess.Popen(  # noqa: S603 — our own modules and Dagster's commands, no shell
            [*leash, *part.command],
            cwd=PROJECT,
            env=dict(self._environment),
            stdin=subprocess.DEVNULL,
            pass_fds=(self._leash, *part.sockets),
            start_new_session=True,
        )
        life.started_at = time.monotonic()

    def _ended(self, life: _Life, process: "subprocess.Popen[bytes]", code: int) -> None:
        kill_all_of(process.pid)  # what it had started belongs to nobody now
        if life.part.socket is not None:
            life.part.socket.unlink(missing_ok=True)
        now, how = time.monotonic(), how_it_ended(code)
        life.process = None
        wait = life.tries.wait_after(now - life.started_at)
        if wait is None:
            raise TransientError(
                f"Serving this home: {life.part.name} ended {TRIES} times soon after its start, at last with {how}. "
                "Its last lines are above; settle what they say, then start again."
            )
        life.not_before = now + wait
        number = len(life.tries.ends)
        self._say(f"{life.part.name} ended ({how}); starting it again in {wait:g} s (try {number} of {TRIES - 1}).")


def _end(lives: Sequence[_Life]) -> None:
    """Ask these to end, wait, and kill whatever of them is left."""
    running = [life.process for life in lives if life.process is not None]
    families = [family for process in running for family in _family(process.pid)]
    for process in running:
        if process.poll() is None:
            os.killpg(process.pid, SIGTERM)
    deadline = time.monotonic() + _STOP_SECONDS
    for process in running:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            continue
    for process in running:
        kill_all_of(process.pid)
        process.wait()
    for one in families:
        with suppress(psutil.NoSuchProcess):
            one.kill()


def _family(leader: int) -> list[psutil.Process]:
    """Everything that a part has started; some of it would survive its group."""
    try:
        return psutil.Process(leader).children(recursive=True)
    except psutil.NoSuchProcess:
        return []
