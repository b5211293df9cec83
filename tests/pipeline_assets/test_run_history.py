"""Dagster's history of runs that showed what was taken down: forgotten when they have ended, or are lost.

Belongs here: which runs are deleted. Not here: whole take-downs (`tests/console/test_takedown.py`).
"""

import time

import dagster as dg
import pytest
from dagster._core.test_utils import create_run_for_test

from pipeline_assets.run_history import forget_runs
from resources.home import Home

HOUR = 3600.0


@pytest.mark.parametrize(
    ("status", "hours", "expected"),
    [
        (dg.DagsterRunStatus.FAILURE, 0, (1, 0)),
        (dg.DagsterRunStatus.STARTED, 0, (0, 1)),
        (dg.DagsterRunStatus.STARTED, 23, (0, 1)),
        (dg.DagsterRunStatus.STARTED, 25, (1, 0)),
    ],
)
def test_a_run_is_forgotten_when_it_has_ended_or_was_silent_for_a_day(
    home: Home, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch,
    status: dg.DagsterRunStatus, hours: int, expected: tuple[int, int],
) -> None:  # fmt: skip
    """A host that died ends none of its runs: their events would hold the titles for ever."""
    run = create_run_for_test(instance, "produce_video", status=status)
    now = time.time() + hours * HOUR
    monkeypatch.setattr("pipeline_assets.run_history.time.time", lambda: now)
    assert forget_runs(instance, home, [run.run_id]) == expected
    assert instance.has_run(run.run_id) == (expected == (0, 1))
