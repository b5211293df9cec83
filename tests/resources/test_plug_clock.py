"""The clock of a machine is set while runs work: none of them loses its job, and no job waits for the clock.

Belongs here: an hour forward and an hour back. Not here: claims and leases while the clock runs (`test_claims.py`).
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest

from reelineage.errors import ClaimRefused
from resources.artifact_store import ArtifactStore
from resources.home import Home
from resources.lease import is_gone, this_worker
from tests.factories import new_job, nobody_ended
from tests.resources.test_claims import change, elsewhere, expire


def test_a_living_process_is_still_itself_and_keeps_its_files_when_the_clock_is_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Linux tells a start as ticks since boot, and the moment of boot moves with each correction of the clock."""
    me, started, store = this_worker(), psutil.boot_time(), ArtifactStore(tmp_path)
    with store.scratch() as mine:
        monkeypatch.setattr("psutil._psplatform.boot_time", lambda: started + 3600)
        assert not is_gone(me.host, me.pid, me.started_at)
        store.sweep()
        assert mine.is_dir()


@pytest.mark.parametrize("lives", [True, False])
def test_an_hour_forward_takes_no_job_from_a_run_that_lives(
    any_home: Home, monkeypatch: pytest.MonkeyPatch, *, lives: bool
) -> None:
    """Every lease looks over at once; who lives renews it within seconds, so it is looked at again."""
    job, queue = new_job(any_home), any_home.queue
    queue.claim(job, "run-1", partial=False, run_has_ended=nobody_ended)
    elsewhere(any_home, job)
    expire(any_home, job)
    waits: list[float] = []

    def pass_by(seconds: float) -> None:
        waits.append(seconds)
        if lives:
            queue.renew(job, "run-1")

    monkeypatch.setattr("time.sleep", pass_by)
    changes = queue.reconcile(lambda _: "live")
    assert [change.split(" (")[0] for change in changes] == ([] if lives else [f"job {job}: queued again"])
    if lives:
        expire(any_home, job)
        with pytest.raises(ClaimRefused, match="run run-1 is working on it"):
            queue.claim(job, "run-2", partial=False, run_has_ended=nobody_ended)
        assert queue.get(job).active_run == "run-1"
    assert waits == [3.0] * (2 if lives else 1), "a little longer than a living run takes to renew"


def test_a_run_that_is_late_is_refused_also_when_the_job_went_on_while_it_listened(
    any_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, queue = new_job(any_home), any_home.queue
    queue.submit_queued(1)
    queue.claim(job, "run-1", partial=False, run_has_ended=nobody_ended, attempt=1)
    elsewhere(any_home, job)
    expire(any_home, job)

    def go_on(_: float) -> None:
        monkeypatch.undo()
        queue.release(job, "run-1")
        change(any_home, job, state="queued")
        queue.submit_queued(1)

    monkeypatch.setattr("time.sleep", go_on)
    with pytest.raises(ClaimRefused, match="requested for attempt 1, but the job is submitted at attempt 2"):
        queue.claim(job, "run-1-again", partial=False, run_has_ended=nobody_ended, attempt=1)
    seen = queue.get(job)
    assert (seen.state, seen.attempt, seen.active_run) == ("submitted", 2, None)


def test_an_hour_back_lets_no_job_wait_for_the_hour_to_pass(any_home: Home) -> None:
    """What was noted before lies in the future then."""
    lost, failed = new_job(any_home), new_job(any_home)
    any_home.queue.submit_queued(1)
    any_home.queue.claim(failed, "run-1", partial=False, run_has_ended=nobody_ended)
    any_home.queue.fail(failed, "run-1", error="the network was away", kind="transient")
    any_home.queue.release(failed, "run-1")
    for job in (lost, failed):
        change(any_home, job, updated_at=datetime.now(UTC) + timedelta(hours=1))
    assert len(any_home.queue.reconcile(lambda _: None)) == 2
    assert [any_home.queue.get(job).state for job in (lost, failed)] == ["queued", "queued"]
