"""The queue: who may do what in which state, and that nothing is lost when something dies."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text, update

from reelineage import lineage
from reelineage.errors import BadInput
from reelineage.models import Job
from resources.decisions import decide
from resources.home import Home
from tests.factories import fill_job, ledger, new_job, nobody_ended, theme
from tests.resources.test_claims import claim, dead_pid, elsewhere, expire, together


def state(home: Home, job: int) -> str:
    return home.queue.get(job).state


def says(answer: str | None) -> Callable[[str], str | None]:
    return lambda _: answer


def age(home: Home, job: int, seconds: float) -> None:
    with home.database.write() as session:
        moment = datetime.now(UTC) - timedelta(seconds=seconds)
        session.execute(update(Job).where(Job.id == job).values(updated_at=moment))


def test_a_new_job_is_queued_with_its_theme_frozen_and_its_chain_begun(any_home: Home) -> None:
    job = any_home.queue.get(new_job(any_home))
    assert (job.state, job.attempt, job.active_run) == ("queued", 0, None)
    assert job.theme == theme().model_dump(mode="json")
    assert job.chain_sha256 == lineage.chain_start(job.id, job.theme_sha256)


def test_a_job_may_be_born_claimed(any_home: Home) -> None:
    job = any_home.queue.get(any_home.queue.create(theme(), origin="test", run_id="run-1"))
    assert (job.state, job.active_run, job.attempt) == ("running", "run-1", 1)
    assert any_home.queue.submit_queued(10) == []


def test_a_random_seed_is_drawn_when_none_is_given_and_kept_when_it_is(any_home: Home) -> None:
    drawn = [any_home.queue.get(any_home.queue.create(theme(), origin="test")).seed for _ in range(3)]
    assert len(set(drawn)) > 1
    assert any_home.queue.get(any_home.queue.create(theme(), origin="test", seed=0)).seed == 0


def test_a_request_key_makes_one_job_however_often_it_is_asked(any_home: Home) -> None:
    def create() -> int:
        return any_home.queue.create(theme(), origin="api", request_key="the same")

    assert len({create(), create()}) == 1
    answers = together(*(lambda: any_home.queue.create(theme(), origin="api", request_key="at once"),) * 5)
    assert len(set(answers)) == 1
    assert len(any_home.queue.newest()) == 2


def test_newest_jobs_come_first_and_can_be_asked_by_state(any_home: Home) -> None:
    first, second, third = (new_job(any_home) for _ in range(3))
    any_home.queue.cancel(second)
    assert [job.id for job in any_home.queue.newest()] == [third, second, first]
    assert [job.id for job in any_home.queue.newest(state="queued")] == [third, first]
    assert [job.id for job in any_home.queue.newest(limit=1)] == [third]


def test_submitting_takes_the_oldest_first_each_once_with_a_run_key_of_this_database(any_home: Home) -> None:
    jobs = [new_job(any_home) for _ in range(3)]
    submitted = any_home.queue.submit_queued(2)
    assert [one.job_id for one in submitted] == jobs[:2]
    assert [one.job_id for one in any_home.queue.submit_queued(2)] == jobs[2:]
    with any_home.database.read() as session:
        uuid = session.execute(text("SELECT uuid FROM installation")).scalar_one()
    assert submitted[0].run_key == f"{uuid}-job-{jobs[0]}-1"
    assert state(any_home, jobs[0]) == "submitted"


def test_two_daemons_never_submit_the_same_job(any_home: Home) -> None:
    for _ in range(6):
        new_job(any_home)
    answers = together(*(lambda: any_home.queue.submit_queued(6),) * 2)
    seen = [one.job_id for answer in answers if isinstance(answer, list) for one in answer]
    assert len(seen) == len(set(seen))


def test_run_keys_never_repeat_whatever_happens_to_a_job(any_home: Home) -> None:
    job = new_job(any_home)
    keys = []
    for _ in range(5):
        keys += [one.run_key for one in any_home.queue.submit_queued(1)]
        any_home.queue.cancel(job)
        any_home.queue.retry(job)
    for _ in range(2):
        keys += [one.run_key for one in any_home.queue.submit_queued(1)]
        claim(any_home, job, f"run-{len(keys)}")
        any_home.queue.fail(job, f"run-{len(keys)}", error="x", kind="permanent")
        any_home.queue.release(job, f"run-{len(keys)}")
        any_home.queue.retry(job)
    assert len(keys) == len(set(keys)) == 7


# --- settling --------------------------------------------------------------------------------------------------------


def test_giving_back_a_job_settles_it_by_what_is_there(any_home: Home) -> None:
    job = new_job(any_home)
    fill_job(any_home, job, until="scripts")
    assert state(any_home, job) == "queued"
    fill_job(any_home, job, "run-2")
    assert state(any_home, job) == "awaiting_review"
    decide(any_home.database, job, verdict="approve", reason="good", actor="Ada")
    assert state(any_home, job) == "approved"
    claim(any_home, job, "run-3", partial=True)
    any_home.queue.release(job, "run-3")
    assert state(any_home, job) == "approved"
    fill_job(any_home, job, "run-4", take=2)
    assert state(any_home, job) == "awaiting_review"


def test_a_run_of_everything_that_ends_early_is_tried_again(any_home: Home) -> None:
    job = new_job(any_home)
    claim(any_home, job, "run-1")
    any_home.queue.release(job, "run-1")
    found = any_home.queue.get(job)
    assert (found.state, found.error_kind) == ("failed", "transient")
    assert "run run-1 ended before trends was made. It is tried again" in (found.error or "")


def test_a_part_made_anew_of_a_finished_job_waits_for_a_person(any_home: Home) -> None:
    job = new_job(any_home)
    fill_job(any_home, job)
    fill_job(any_home, job, "run-2", take=2, until="scripts")
    found = any_home.queue.get(job)
    assert (found.state, found.error_kind) == ("failed", "permanent")
    assert "voiceovers was not made from the newest rows above it" in (found.error or "")
    assert any_home.queue.reconcile(says("ended")) == []


def test_a_noted_failure_stays_when_the_job_is_given_back(any_home: Home) -> None:
    job = new_job(any_home)
    claim(any_home, job, "run-1")
    any_home.queue.fail(job, "run-1", error="no voice", kind="permanent")
    any_home.queue.release(job, "run-1")
    found = any_home.queue.get(job)
    assert (found.state, found.error, found.error_kind, found.active_run) == ("failed", "no voice", "permanent", None)


def test_a_very_long_error_is_cut(any_home: Home) -> None:
    job = new_job(any_home)
    claim(any_home, job, "run-1")
    any_home.queue.fail(job, "run-1", error="x" * 100_000, kind="permanent")
    assert len(any_home.queue.get(job).error or "") == 4000


# --- the reconciler --------------------------------------------------------------------------------------------------


def test_a_lost_run_request_is_put_back_after_a_while_and_not_before(any_home: Home) -> None:
    job = new_job(any_home)
    any_home.queue.submit_queued(1)
    assert any_home.queue.reconcile(says(None)) == []
    age(any_home, job, 301)
    assert any_home.queue.reconcile(says("live")) == []
    assert any_home.queue.reconcile(says(None)) == [f"job {job}: queued again (its run ended before it began to work)"]
    assert state(any_home, job) == "queued"


def test_a_submitted_job_whose_run_ended_before_it_claimed_is_queued_again_at_once(any_home: Home) -> None:
    job = new_job(any_home)
    any_home.queue.submit_queued(1)
    any_home.queue.reconcile(says("ended"))
    assert state(any_home, job) == "queued"


@pytest.mark.parametrize("death", ["process", "lease", "run"])
def test_a_running_job_whose_worker_died_is_queued_again(any_home: Home, death: str) -> None:
    job = new_job(any_home)
    any_home.queue.submit_queued(1)
    claim(any_home, job, "run-1")
    assert any_home.queue.reconcile(says("live")) == []
    if death == "process":
        with any_home.database.write() as session:
            session.execute(update(Job).values(lease_pid=dead_pid()))
    if death == "lease":
        elsewhere(any_home, job)
        expire(any_home, job)
    changes = any_home.queue.reconcile(says("ended" if death == "run" else "live"))
    assert changes == [f"job {job}: queued again (run run-1 died)"]
    found = any_home.queue.get(job)
    assert (found.state, found.active_run) == ("queued", None)


def test_a_run_that_died_after_its_last_stage_leaves_a_job_that_awaits_review(any_home: Home) -> None:
    job = new_job(any_home)
    fill_job(any_home, job)
    claim(any_home, job, "run-2")
    assert any_home.queue.reconcile(says("ended")) == [f"job {job}: complete, now awaiting_review"]


def test_a_transient_failure_is_tried_again_after_a_rest_and_parked_after_the_last_attempt(any_home: Home) -> None:
    job = new_job(any_home)
    for attempt in range(1, 4):
        assert any_home.queue.submit_queued(1)[0].attempt == attempt
        claim(any_home, job, f"run-{attempt}")
        any_home.queue.fail(job, f"run-{attempt}", error="the disk is full", kind="transient")
        any_home.queue.release(job, f"run-{attempt}")
        changes = any_home.queue.reconcile(says("ended"))
    assert changes == [f"job {job}: parked after 3 attempts (the disk is full)"]
    parked = any_home.queue.get(job)
    assert (parked.state, parked.error_kind) == ("failed", "permanent")
    assert parked.error == (
        f"Making job {job}: the disk is full; that was attempt 3, the last one. "
        f"Look at the run in Dagster, then `reelineage jobs retry {job}`."
    )
    assert any_home.queue.reconcile(says("ended")) == []
    any_home.queue.retry(job)
    assert any_home.queue.submit_queued(1)[0].attempt == 4
    assert any_home.queue.get(job).attempt_limit == 6


def test_a_permanent_failure_is_left_to_a_person(any_home: Home) -> None:
    job = new_job(any_home)
    claim(any_home, job, "run-1")
    any_home.queue.fail(job, "run-1", error="no such voice", kind="permanent")
    any_home.queue.release(job, "run-1")
    assert any_home.queue.reconcile(says("ended")) == []
    assert state(any_home, job) == "failed"


def test_finished_cancelled_and_queued_jobs_are_left_alone(any_home: Home) -> None:
    done, cancelled, queued = (new_job(any_home) for _ in range(3))
    fill_job(any_home, done)
    any_home.queue.cancel(cancelled)
    for job in (done, cancelled, queued):
        age(any_home, job, 10_000)
    assert any_home.queue.reconcile(says(None)) == []


# --- people ----------------------------------------------------------------------------------------------------------


def test_cancelling_frees_the_job_and_retrying_puts_it_back(any_home: Home) -> None:
    job = new_job(any_home)
    claim(any_home, job, "run-1")
    any_home.queue.report_progress(job, "run-1", "composition", "videos 3/7")
    found = any_home.queue.cancel(job)
    assert (found.state, found.active_run) == ("cancelled", None)
    found = any_home.queue.retry(job)
    assert (found.state, found.error, found.attempt_limit) == ("queued", None, 3)
    assert (found.stage, found.progress) == (None, None)  # of a run that is over


def test_a_finished_or_cancelled_job_has_nothing_to_cancel(any_home: Home) -> None:
    job = new_job(any_home)
    fill_job(any_home, job)
    with pytest.raises(BadInput, match=f"Cancelling job {job}: it is awaiting_review; there is nothing to stop"):
        any_home.queue.cancel(job)


def test_retrying_refuses_while_the_worker_lives_and_says_until_when(any_home: Home) -> None:
    job = new_job(any_home)
    claim(any_home, job, "run-1")
    with pytest.raises(BadInput, match=r"run run-1 \(process \d+ on .*\) is alive and holds it until \d\d:\d\d"):
        any_home.queue.retry(job)


@pytest.mark.parametrize("death", ["process", "lease"])
def test_retrying_takes_a_running_job_from_a_dead_worker(any_home: Home, death: str) -> None:
    job = new_job(any_home)
    claim(any_home, job, "run-1")
    with any_home.database.write() as session:
        session.execute(update(Job).values(lease_pid=dead_pid()))
    if death == "lease":
        elsewhere(any_home, job)
        expire(any_home, job)
    assert any_home.queue.retry(job).state == "queued"


@pytest.mark.parametrize(
    ("prepare", "message"),
    [
        (lambda home, _: home.queue.submit_queued(1), "Dagster has its run request; `reelineage jobs cancel"),
        (fill_job, "To make a new version, materialize its assets"),
    ],
)
def test_retrying_a_job_that_is_under_way_or_done_says_what_to_do_instead(
    any_home: Home, prepare: Callable[[Home, int], object], message: str
) -> None:
    job = new_job(any_home)
    prepare(any_home, job)
    with pytest.raises(BadInput, match=message):
        any_home.queue.retry(job)


@pytest.mark.parametrize("act", ["retry", "cancel", "get"])
def test_an_unknown_job_is_never_an_empty_answer(any_home: Home, act: str) -> None:
    with pytest.raises(BadInput, match="there is no such job"):
        getattr(any_home.queue, act)(4711)


# --- the ledger after a death ----------------------------------------------------------------------------------------


def _open_call(home: Home, job: int, run: str, cost: int | None) -> None:
    with home.database.write() as session:
        session.execute(
            text(
                "INSERT INTO provider_calls (job_id, run_id, role, provider, model, parameters, request_sha256, "
                "status, cost_nanousd, started_at) VALUES (:job, :run, 'script_writer', 'p', 'm', '{}', :sha, "
                "'intent', :cost, "
                "'2026-01-01 00:00:00')"
            ),
            {"job": job, "run": run, "sha": "0" * 64, "cost": cost},
        )


@pytest.mark.parametrize(("cost", "status"), [(0, "failed"), (5, "ambiguous"), (None, "ambiguous")])
def test_the_next_claim_closes_the_intent_of_a_killed_run(any_home: Home, cost: int | None, status: str) -> None:
    job, other = new_job(any_home), new_job(any_home)
    claim(any_home, job, "killed")
    _open_call(any_home, job, "killed", cost)
    _open_call(any_home, other, "elsewhere", cost)
    claim(any_home, job, "next", ended=("killed",))
    with any_home.database.read() as session:
        found = session.execute(text("SELECT status, error, finished_at FROM provider_calls ORDER BY id")).all()
    assert found[0][:2] == (status, "run killed ended before the answer was stored")
    assert found[0][2] is not None
    assert found[1][0] == "intent"


def test_the_run_itself_does_not_close_its_own_intent(any_home: Home) -> None:
    job = new_job(any_home)
    claim(any_home, job, "run-1")
    _open_call(any_home, job, "run-1", 0)
    any_home.queue.claim(job, "run-1", partial=False, run_has_ended=nobody_ended)
    with any_home.database.read() as session:
        assert session.execute(text("SELECT status FROM provider_calls")).scalar() == "intent"
    assert ledger(any_home, job, "run-1")
