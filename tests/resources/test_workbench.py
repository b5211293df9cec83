"""What a step works with, beside its one function: progress that spares the log, a cancellation noticed at once.

Belongs here: `Heartbeat` and `Workbench` by themselves. Not here: whole runs (`tests/pipeline_assets`).
"""

import threading
import time
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from reelineage.errors import TransientError
from resources import heartbeat, workbench
from resources.heartbeat import Heartbeat
from resources.home import Home
from resources.job_queue import JobQueue
from resources.work import Part, Progress, Work
from resources.workbench import Workbench
from tests.factories import new_job
from tests.resources.test_claims import claim


@dataclass
class Context:
    """As much of Dagster's context as progress needs."""

    lines: list[str] = field(default_factory=list)
    run: Any = field(default_factory=lambda: SimpleNamespace(run_id="run-1"))

    @property
    def log(self) -> Any:
        return SimpleNamespace(info=self.lines.append)


def test_a_cancelled_job_is_noticed_within_a_second_although_its_lease_is_long(any_home: Home) -> None:
    job = new_job(any_home)
    claim(any_home, job, "run-1")
    heartbeat = Heartbeat(any_home, job, "run-1")
    heartbeat.start()
    try:
        assert not heartbeat.lost.wait(0.7), "it gave up a job that it holds"
        any_home.queue.cancel(job)
        assert heartbeat.lost.wait(0.8)
    finally:
        heartbeat.stop()


AWAY = [
    OperationalError("SELECT", {}, Exception("gone")),
    InterfaceError("SELECT", {}, Exception("connection already closed")),
    PoolTimeout("QueuePool limit reached"),
    OSError("network is down"),
]


def fail_once(monkeypatch: pytest.MonkeyPatch, error: Exception) -> threading.Event:
    """Let the next look at the job fail; the event is set when it has."""
    failed, holds = threading.Event(), JobQueue.holds

    def look(queue: JobQueue, job_id: int, run_id: str) -> bool:
        if not failed.is_set():
            failed.set()
            raise error
        return holds(queue, job_id, run_id)

    monkeypatch.setattr(heartbeat, "_SECONDS_BETWEEN_LOOKS", 0.01)
    monkeypatch.setattr(JobQueue, "holds", look)
    return failed


@pytest.mark.parametrize("error", AWAY, ids=lambda error: type(error).__name__)
def test_a_database_that_is_away_for_a_moment_ends_no_heartbeat(
    home: Home, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    job = new_job(home)
    claim(home, job, "run-1")
    failed = fail_once(monkeypatch, error)
    beat = Heartbeat(home, job, "run-1")
    beat.start()
    try:
        assert failed.wait(2)
        assert not beat.lost.wait(0.1), "it gave up a job that it holds"
        home.queue.cancel(job)
        assert beat.lost.wait(2), "the thread has ended without a word"
    finally:
        beat.stop()
    assert "Renewing the lease" in caplog.text


def test_a_heartbeat_that_cannot_go_on_stops_the_work_and_says_so(
    home: Home, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    job = new_job(home)
    claimed = claim(home, job, "run-1")
    fail_once(monkeypatch, LookupError("a bug"))
    beat = Heartbeat(home, job, "run-1")
    beat.start()
    try:
        assert beat.lost.wait(2)
    finally:
        beat.stop()
    assert "LookupError: a bug" in caplog.text
    with pytest.raises(TransientError, match="lease can no longer be renewed"):
        Work(claimed, "videos", home, "run-1", beat, lambda _: None).check()


def test_progress_that_cannot_be_noted_stops_no_work(
    home: Home, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: object) -> None:
        raise AWAY[0]

    monkeypatch.setattr(JobQueue, "report_progress", refuse)
    context, job = Context(), new_job(home)
    Workbench().on_progress(context, Progress(job, "clips", 1, 3, "scene 1"))  # type: ignore[arg-type]  # as much of it as is used
    assert context.lines == ["clips 1/3 scene 1"]
    assert "Noting the progress" in caplog.text


def test_each_job_of_a_run_is_given_back_although_another_one_cannot_be(
    home: Home, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    bench, jobs, release = Workbench(), [new_job(home) for _ in range(3)], JobQueue.release
    for job in jobs:
        claim(home, job, "run-1")
    beats = [bench._beat(job, "run-1") for job in jobs]

    def release_but_first(queue: JobQueue, job_id: int, run_id: str) -> None:
        assert not any(beat.is_alive() for beat in beats), "it renews a lease that is being given back"
        if job_id == jobs[0]:
            raise AWAY[0]
        release(queue, job_id, run_id)

    monkeypatch.setattr(JobQueue, "release", release_but_first)
    with pytest.raises(OperationalError, match="gone"):
        bench.teardown_after_execution(SimpleNamespace(instance=None))  # type: ignore[arg-type]  # as much of it as is used
    assert [home.queue.get(job).active_run for job in jobs] == ["run-1", None, None]
    assert f"Giving job {jobs[0]} back" in caplog.text


def test_a_live_step_writes_one_line_a_second_and_the_command_line_still_sees_all(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = new_job(home)
    claim(home, job, "run-1")
    clock = [100.0]
    monkeypatch.setattr(workbench, "time", SimpleNamespace(monotonic=lambda: clock[0], sleep=time.sleep))
    context, bench = Context(), Workbench()
    parts = (Part("scene 1", 3, 60, "3/60 frames"),)
    for tick in range(31):
        clock[0] = 100.0 + tick / 10
        bench.on_progress(context, Progress(job, "videos", tick, 90, "scene 1: …", live=True, running=parts))  # type: ignore[arg-type]  # as much of it as is used
    assert context.lines == [f"videos {tick}/90 scene 1: …" for tick in (0, 10, 20, 30)]
    bench.on_progress(context, Progress(job, "videos", 0, 0, "done", finished=True))  # type: ignore[arg-type]  # as above
    assert context.lines[-1] == "videos done"
    assert home.queue.get(job).progress == "videos done"


def test_scenes_and_sentences_are_logged_each(home: Home) -> None:
    job = new_job(home)
    claim(home, job, "run-1")
    context, bench = Context(), Workbench()
    for number in range(1, 4):
        bench.on_progress(context, Progress(job, "clips", number, 3, f"scene {number}"))  # type: ignore[arg-type]  # as above
    assert len(context.lines) == 3
