"""Keeping parts alive and ending them together, with parts that do next to nothing.

Belongs here: the rules for any part. Not here: the console's own parts (`tests/console/test_up.py`).
"""

import multiprocessing
import os
import signal
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread
from typing import Self

import psutil
import pytest

from console.supervision import supervisor as supervision
from console.supervision.parts import SOON_SECONDS, Part, Tries, how_it_ended
from console.supervision.supervisor import Supervisor
from reelineage.errors import TransientError
from tests.console.processes import wait_for

PART = "tests.console.supervision.part"


class Kept:
    """A supervisor that runs in a thread while the block does."""

    def __init__(self, folder: Path, *parts: Part) -> None:
        self.said: list[str] = []
        self.error: TransientError | None = None
        self._stop = Event()
        self._supervisor = Supervisor(parts, folder, os.environ, self.said.append)
        self._thread = Thread(target=self._run)

    def _run(self) -> None:
        try:
            self._supervisor.run(self._stop.is_set)
        except TransientError as error:
            self.error = error

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(30)
        assert not self._thread.is_alive()

    @property
    def ended(self) -> bool:
        return not self._thread.is_alive()


def noted(path: Path) -> list[int]:
    """The process ids in a file, in the order of their starts."""
    return [int(line) for line in path.read_text(encoding="utf-8").split()] if path.exists() else []


def gone(*processes: int) -> Callable[[], bool]:
    def runs(process: int) -> bool:
        try:
            return psutil.Process(process).status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False

    return lambda: not any(runs(one) for one in processes)


def test_a_part_that_is_killed_is_started_again_and_that_is_said(tmp_path: Path) -> None:
    note = tmp_path / "note"
    with Kept(tmp_path, Part("the sleeper", (PART, "note", str(note), "sleep"))) as kept:
        wait_for(lambda: len(noted(note)) == 1, "the first start", 60)
        os.kill(noted(note)[0], signal.SIGKILL)
        wait_for(lambda: len(noted(note)) == 2, "the second start", 60)
    assert kept.said == ["the sleeper ended (killed by SIGKILL); starting it again in 0.5 s (try 1 of 4)."]
    assert gone(*noted(note))()


def test_what_a_part_had_started_in_a_session_of_its_own_goes_with_it(tmp_path: Path) -> None:
    note, child = tmp_path / "note", tmp_path / "child"
    part = Part("the parent", (PART, "detach", str(child), "note", str(note), "sleep"))
    with Kept(tmp_path, part):
        wait_for(lambda: noted(note), "the start", 60)
    wait_for(gone(*noted(note), *noted(child)), "the end of its child", 30)


def test_a_part_that_ends_at_once_again_and_again_stops_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.supervision.parts._FIRST_WAIT_SECONDS", 0.01)
    other, note = tmp_path / "other", tmp_path / "note"
    broken = Part("the broken one", (PART, "note", str(note), "exit", "3"))
    with Kept(tmp_path, Part("the other", (PART, "note", str(other), "sleep")), broken) as kept:
        wait_for(lambda: kept.ended, "the end of all", 60)
    assert len(noted(note)) == 5
    assert "the broken one ended 5 times soon after its start, at last with exit code 3" in str(kept.error)
    assert len(kept.said) == 4
    assert gone(*noted(other))()


def test_a_part_waits_for_the_socket_that_it_needs(tmp_path: Path) -> None:
    needed, late, path = tmp_path / "needed", tmp_path / "late", tmp_path / "s.sock"
    with Kept(
        tmp_path,
        Part("the late one", (PART, "note", str(late), "sleep"), after=path),
        Part("the one it needs", (PART, "note", str(needed), "listen", str(path), "sleep"), socket=path),
    ) as kept:
        wait_for(lambda: noted(late), "the late one", 60)
        assert path.exists()
        os.kill(noted(needed)[0], signal.SIGKILL)
        wait_for(lambda: len(noted(needed)) == 2 and path.exists(), "its socket in place of the old one", 60)
    assert len(noted(late)) == 1, "it was not started again for the other's sake"
    assert [line.split(" ended")[0] for line in kept.said] == ["the one it needs"]


def test_a_part_that_does_not_stop_when_asked_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervision, "_STOP_SECONDS", 0.5)
    note = tmp_path / "note"
    with Kept(tmp_path, Part("the deaf one", (PART, "deaf", "note", str(note), "sleep"))):
        wait_for(lambda: noted(note), "the start", 60)
    assert gone(*noted(note))()


def _supervise(folder: Path, *parts: Part) -> None:
    Supervisor(parts, folder, os.environ, print).run(lambda: False)


def test_no_part_outlives_a_supervisor_that_was_killed(tmp_path: Path) -> None:
    """Nobody is left to stop them: each notices by itself, and ends what it had started."""
    folder, note, child = tmp_path / "private", tmp_path / "note", tmp_path / "child"
    folder.mkdir()
    parts = [
        Part("one", (PART, "deaf", "note", str(note), "sleep")),
        Part("two", (PART, "detach", str(child), "note", str(note), "sleep")),
    ]
    killed = multiprocessing.get_context("spawn").Process(target=_supervise, args=(folder, *parts))
    killed.start()
    wait_for(lambda: len(noted(note)) == 2, "both parts", 60)
    killed.kill()
    killed.join(10)
    wait_for(gone(*noted(note), *noted(child)), "their end", 30)
    assert not folder.exists()


def test_waits_grow_and_a_part_that_ran_well_begins_anew() -> None:
    tries = Tries()
    assert [tries.wait_after(1) for _ in range(4)] == [0.5, 1, 2, 4]
    assert tries.wait_after(SOON_SECONDS + 1) == 0.5
    assert [tries.wait_after(1) for _ in range(4)] == [1, 2, 4, None]


@pytest.mark.parametrize(
    ("code", "told"), [(0, "exit code 0"), (-9, "killed by SIGKILL"), (-63, "killed by signal 63")]
)
def test_how_a_part_ended_is_told_in_words(code: int, told: str) -> None:
    assert how_it_ended(code) == told
