"""What a step works with, beside its one function: progress that spares the log, a cancellation noticed at once.

Belongs here: `Heartbeat` and `Workbench` by themselves. Not here: whole runs (`tests/pipeline_assets`).
"""

import time
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from resources import workbench
from resources.heartbeat import Heartbeat
from resources.home import Home
from resources.workbench import Part, Progress, Workbench
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
