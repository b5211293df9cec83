"""Take-downs against everything that happens at the same moment: decisions, runs, other take-downs, pulled plugs.

Belongs here: threads and crashes on both engines. Not here: what goes (`test_takedown.py`).
"""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from reelineage.errors import BadInput, ClaimRefused, FenceLost
from reelineage.models import Decision, Job, ProviderCall, Tombstone
from reelineage.takedown.withdrawal import is_withdrawn
from resources.decisions import decide
from resources.home import Home
from resources.record_edges import ensure_artifact
from resources.takedown import files
from resources.takedown.execution import TakenDown, listed, withdraw
from resources.takedown.expiry import expire
from resources.takedown.files import clean_up, sweep
from tests.factories import fill_job, new_job, nobody_ended, theme
from tests.resources.test_claims import claim, together
from tests.resources.test_takedown import content_of, hashes, refs, take_down, view
from tests.resources.test_takedown_duties import due_job


def withdraw_now(home: Home, text: str) -> TakenDown:
    plan = listed(home.database, refs(text))
    return withdraw(home.database, refs(text), plan, reason="asked", actor="Ben")


def test_of_an_approval_and_a_take_down_at_once_exactly_one_wins(any_home: Home) -> None:
    for number in range(20):
        job = new_job(any_home)
        rows = fill_job(any_home, job, f"run-{number}")
        clip, video = rows["clips"][0].id, rows["videos"][0].id
        plan = listed(any_home.database, refs(f"clip:{clip}"))

        def take(clip: int = clip, plan: object = plan) -> TakenDown:
            return withdraw(any_home.database, refs(f"clip:{clip}"), plan, reason="asked", actor="Ben")  # type: ignore[arg-type]  # bound as a default

        def approve(job: int = job) -> Decision:
            return decide(any_home.database, job, verdict="approve", reason="good", actor="Ada")

        answers = together(*((take, approve) if number % 2 else (approve, take)))
        won = [answer for answer in answers if isinstance(answer, TakenDown | Decision)]
        (refusal,) = [str(answer) for answer in answers if answer not in won]
        assert len(won) == 1
        with any_home.database.read() as session:
            decided = session.scalar(select(Decision.id).where(Decision.video_id == video)) is not None
            withdrawn = is_withdrawn(session, video) is not None
        assert decided != withdrawn
        assert decided == isinstance(won[0], Decision)
        expected = f"video:{video} was approved by Ada since it was listed" if decided else "was taken down"
        assert expected in refusal


def test_two_take_downs_of_overlapping_works_never_wait_for_each_other(any_home: Home) -> None:
    jobs = [new_job(any_home) for _ in range(3)]
    for number, job in enumerate(jobs):
        fill_job(any_home, job, f"run-{number}")
    answers = together(
        *(lambda text=text: withdraw_now(any_home, text) for text in ("media_item:1", "media_item:2") * 2)
    )
    taken = [answer for answer in answers if isinstance(answer, TakenDown)]
    assert taken
    assert all(isinstance(answer, TakenDown | BadInput) for answer in answers)
    for text in ("media_item:1", "media_item:2"):
        if not listed(any_home.database, refs(text)).is_empty:
            withdraw_now(any_home, text)
    with any_home.database.read() as session:
        assert all(is_withdrawn(session, video) for video in (1, 2, 3))


def test_a_new_version_since_the_list_means_looking_again(any_home: Home) -> None:
    job = new_job(any_home)
    fill_job(any_home, job)
    plan = listed(any_home.database, refs("trend_item:1"))
    fill_job(any_home, job, "run-2", take=2)
    before = content_of(any_home.database)
    with pytest.raises(BadInput, match=r"Taking down trend_item:1: more or less would go.*look again"):
        withdraw(any_home.database, refs("trend_item:1"), plan, reason="asked", actor="Ben")
    assert content_of(any_home.database) == before


def test_a_job_that_is_being_made_is_taken_from_its_run(any_home: Home) -> None:
    job = new_job(any_home)
    fill_job(any_home, job, until="scripts")
    claim(any_home, job, "run-2")
    call = intent(any_home, job)
    taken = take_down(any_home, "script:1", reason="asked")
    assert [(worker.job_id, worker.run_id) for worker in taken.workers] == [(job, "run-2")]
    row = any_home.queue.get(job)
    assert (row.state, row.error_kind, row.active_run, row.progress) == ("failed", "permanent", None, None)
    assert "script:1 was taken down" in (row.error or "")
    assert not any_home.queue.holds(job, "run-2")
    with pytest.raises(FenceLost), any_home.database.fenced_write(job, "run-2"):
        pass
    with any_home.database.read() as session:
        assert session.get_one(ProviderCall, call).status == "failed"
    any_home.queue.release(job, "run-2")
    assert any_home.queue.get(job).state == "failed"


def intent(home: Home, job: int) -> int:
    with home.database.write() as session:
        call = ProviderCall(
            job_id=job, run_id="run-2", role="footage_source", provider="toy", model="m", parameters={"scene": "1"},
            request_sha256="b" * 64, status="intent", cost_nanousd=0, started_at=datetime.now(UTC),
        )  # fmt: skip
        session.add(call)
        session.flush()
        return call.id


def test_a_parked_job_says_why_it_can_never_be_made(any_home: Home) -> None:
    job = new_job(any_home)
    fill_job(any_home, job, until="clips")
    take_down(any_home, "script:1", reason="asked")
    with pytest.raises(BadInput, match=r"Retrying job 1: the content of script:1 was taken down .*: asked\. Create"):
        any_home.queue.retry(job)
    with pytest.raises(BadInput, match=r"Making job 1: the content of script:1 was taken down"):
        claim(any_home, job, "run-2")
    assert any_home.queue.reconcile(lambda _: "ended") == []
    assert any_home.queue.submit_queued(5) == []


def test_a_queued_job_whose_file_was_taken_down_is_parked_when_it_begins(any_home: Home) -> None:
    artifact = any_home.store.put_bytes(b"title,published_at\nTaps,2026-11-01T08:00:00Z\n", "text/csv")
    source = {"kind": "file", "name": "taps.csv", "artifact_sha256": artifact.sha256}
    first = any_home.queue.create(theme(), origin="test", seed=1, profile="draft")
    fill_job(any_home, first)
    with any_home.database.write() as session:
        ensure_artifact(session, artifact)
    job = any_home.queue.create(theme(sources=(source,)), origin="test", seed=1, profile="draft")
    take_down(any_home, f"artifact:{artifact.sha256}", reason="asked")
    (submission,) = [one for one in any_home.queue.submit_queued(5) if one.job_id == job]
    with pytest.raises(BadInput, match=r"of its theme was taken down .*: asked"):
        any_home.queue.claim(job, "run-5", partial=False, run_has_ended=nobody_ended, attempt=submission.attempt)
    row = any_home.queue.get(job)
    assert (row.state, row.error_kind) == ("failed", "permanent")
    with pytest.raises(ClaimRefused):
        any_home.queue.claim(job, "run-6", partial=False, run_has_ended=nobody_ended, attempt=submission.attempt)


# --- pulled plugs ----------------------------------------------------------------------------------------------------


def test_a_process_that_dies_after_the_commit_is_made_good(any_home: Home) -> None:
    job = new_job(any_home)
    fill_job(any_home, job)
    any_home.output.sync(job)
    (any_home.cache / "segments").mkdir(parents=True)
    (any_home.cache / "segments" / "piece.bin").write_bytes(b"a piece of the video")
    before = hashes(any_home)
    taken = withdraw_now(any_home, "script:1")
    assert hashes(any_home) == before
    assert sweep(any_home) == len(taken.plan.files)
    assert hashes(any_home) == before - set(taken.plan.files)
    assert view(any_home) == set()
    assert not list((any_home.cache).rglob("*.bin"))


def test_sweeping_looks_again_for_a_minute_and_then_costs_nothing(
    any_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill_job(any_home, new_job(any_home))
    taken = withdraw_now(any_home, "script:1")
    sweep(any_home)
    bring_back(any_home, taken)  # a run that had not noticed yet
    assert sweep(any_home) == 1
    monkeypatch.setattr(files, "_SETTLED_SECONDS", -1.0)
    assert sweep(any_home) == 0
    bring_back(any_home, taken)
    assert sweep(any_home) == 0
    assert sweep(any_home, everything=True) == 1


def bring_back(home: Home, taken: TakenDown) -> None:
    sha256 = taken.plan.files[0]
    (home.store.root / sha256[:2] / sha256).write_bytes(b"x")


def test_a_whole_take_down_leaves_nothing_to_sweep(any_home: Home) -> None:
    fill_job(any_home, new_job(any_home))
    taken = take_down(any_home, "script:1")
    bring_back(any_home, taken)
    assert sweep(any_home) == 0


def test_a_worker_that_has_not_noticed_yet_is_swept_after(any_home: Home) -> None:
    job = new_job(any_home)
    fill_job(any_home, job, until="scripts")
    claim(any_home, job, "run-2")
    with any_home.database.write() as session:
        session.execute(update(Job).where(Job.id == job).values(lease_host="another-host"))
    taken = withdraw_now(any_home, "script:1")
    assert not clean_up(any_home, taken, patience_seconds=0.2)


def test_many_who_honour_the_same_duty_leave_one_tombstone(any_home: Home) -> None:
    due_job(any_home)
    now = datetime.now(UTC) + timedelta(seconds=1)
    answers = together(*(lambda: expire(any_home, now) for _ in range(4)))
    assert sorted(len(answer) for answer in answers if isinstance(answer, list)) == [0, 0, 0, 1]
    with any_home.database.read() as session:
        assert len(session.scalars(select(Tombstone)).all()) == 1
