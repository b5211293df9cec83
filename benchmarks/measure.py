"""What a command costs: CPU seconds of it and all its descendants, wall time, peak memory of the process tree.

Belongs here: running one command and measuring it from outside. Not here: which commands (`compose.py`, `peers.py`).
"""

import os
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

_SAMPLE_SECONDS = 0.05


class CommandFailed(Exception):
    """A measured command ended with an error; the message holds the end of what it printed."""


@dataclass(frozen=True)
class Cost:
    """CPU seconds count user and system time of the whole tree, from the kernel's own accounts.

    Memory is the highest sum over the tree, seen 20 times a second, of each process's proportional set size (pages that
    several share are counted once); where the system has no such count, of what each process has for itself (USS).
    """

    cpu_seconds: float
    wall_seconds: float
    peak_memory_mb: float


def measure(
    command: Sequence[str | Path],
    log: Path,
    *,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    core: int | None = None,
    deadline_seconds: float = 3600,
) -> Cost:
    """Run a command to its end; what it prints goes to `log`. With `core` it has that one processor only.

    Raises:
        CommandFailed: it ended with an error or took longer than the deadline.
    """
    started = time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 — our own commands
            [str(word) for word in command],
            cwd=folder,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=None if core is None else _bound_to(core),  # noqa: PLW1509 — no thread of ours holds a lock here
        )
    waiter = _Waiter(process)
    peak = 0
    while not waiter.wait(_SAMPLE_SECONDS):
        peak = max(peak, _memory_of_tree(process.pid))
        if time.monotonic() - started > deadline_seconds:
            _kill_tree(process.pid)
    if waiter.status:
        said = log.read_text(encoding="utf-8", errors="replace").strip()[-1500:]
        raise CommandFailed(f"{Path(command[0]).name} ended with {waiter.status}: {said or 'it printed nothing'}")
    return Cost(round(waiter.cpu_seconds, 3), round(waiter.ended - started, 3), round(peak / 2**20, 1))


class _Waiter:
    """Waits for one child in a thread, since only `wait4` tells the CPU time of the child and its descendants."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.status = 0
        self.cpu_seconds = 0.0
        self.ended = 0.0
        self._process = process
        self._thread = threading.Thread(target=self._wait, daemon=True)
        self._thread.start()

    def wait(self, seconds: float) -> bool:
        """Whether the child has ended, after at most this long."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _wait(self) -> None:
        _, status, usage = os.wait4(self._process.pid, 0)
        self.ended = time.monotonic()
        self.status = self._process.returncode = os.waitstatus_to_exitcode(status)
        self.cpu_seconds = usage.ru_utime + usage.ru_stime


def _bound_to(core: int) -> Callable[[], None]:
    return lambda: os.sched_setaffinity(0, {core})


def _memory_of_tree(pid: int) -> int:
    total = 0
    for process in _tree(pid):
        try:
            memory = process.memory_full_info()
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue  # it ended while we looked
        total += getattr(memory, "pss", 0) or memory.uss
    return total


def _kill_tree(pid: int) -> None:
    for process in _tree(pid):
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue


def _tree(pid: int) -> list[psutil.Process]:
    try:
        parent = psutil.Process(pid)
        return [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []
