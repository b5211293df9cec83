"""Duties to delete: where they come from, what they take when their day comes, and what survives them.

Belongs here: `delete_by` from a file to its honouring. Not here: when it is asked (`tests/pipeline_assets`).
"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from reelineage.errors import BadInput
from reelineage.family import Ref
from reelineage.models import Script, TombstoneTarget, TrendFetch, TrendObservation, TrendReport
from reelineage.takedown.withdrawal import is_withdrawn, obligations_of
from reelineage.trends import read_trends
from resources.audit import audit_all
from resources.decisions import decide
from resources.home import Home
from resources.ledger import Product, Request
from resources.takedown.execution import TakenDown
from resources.takedown.expiry import expire
from resources.trend_store import store_fetch
from tests.factories import claimed, fetch, fill_job, identity, ledger, new_job
from tests.resources.test_takedown import content_of, hashes, refs, take_down, words

MONTH = timedelta(days=30)


def api_file(*titles: str) -> bytes:
    """An answer of `videos.list`."""
    items = [
        {"id": f"abcdefgh{number:03}", "snippet": {"title": title, "publishedAt": "2026-11-01T08:00:00Z"}}
        for number, title in enumerate(titles)
    ]
    return json.dumps({"kind": "youtube#videoListResponse", "items": items}).encode()


def owe(home: Home, fetch_id: int, delete_by: datetime) -> None:
    """A job whose fetch has a duty: the same rows, stored with it from the start."""
    with home.database.write() as session:
        engine = session.get_bind().dialect.name
        if engine == "sqlite":
            trigger = (
                session.connection()
                .exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = 'trend_fetches_no_update'")
                .scalar_one()
            )
            session.connection().exec_driver_sql("DROP TRIGGER trend_fetches_no_update")
        else:
            session.connection().exec_driver_sql("ALTER TABLE trend_fetches DISABLE TRIGGER trend_fetches_no_update")
        session.get_one(TrendFetch, fetch_id).delete_by = delete_by
        session.flush()
        if engine == "sqlite":
            session.connection().exec_driver_sql(trigger)
        else:
            session.connection().exec_driver_sql("ALTER TABLE trend_fetches ENABLE TRIGGER trend_fetches_no_update")


def due_job(home: Home, *, until: str = "reviews", days: int = -1) -> int:
    """A job whose one fetch must be gone `days` from now."""
    job = new_job(home)
    fill_job(home, job, f"run-{job}", until=until)
    owe(home, job, datetime.now(UTC) + timedelta(days=days))
    return job


def test_data_of_the_youtube_api_must_go_after_thirty_days_and_a_feed_or_table_need_not() -> None:
    assert read_trends(api_file("Taps"), name="answer.json").keep_days == 30
    assert read_trends(b"title,published_at\nTaps,2026-11-01T08:00:00Z\n", name="table.csv").keep_days is None
    lines = b'{"title": "Taps", "published_at": "2026-11-01T08:00:00Z"}\n' + api_file("x")
    assert read_trends(lines, name="lines.jsonl").keep_days is None  # one answer as a line is no item of one


def test_the_days_are_counted_from_when_the_bytes_first_came_in(any_home: Home) -> None:
    first, second = new_job(any_home), new_job(any_home)
    ends = []
    for job in (first, second):
        with claimed(any_home, job, f"run-{job}", partial=True):

            def produce(folder: Path) -> Product:
                (folder / "raw").write_bytes(b"the same answer")
                return Product({}, folder / "raw", "application/json")

            answer = ledger(any_home, job, f"run-{job}").call(Request(identity("trends"), {"job": job}), produce)
            assert answer.artifact is not None
            owed = fetch().model_copy(update={"keep_days": 30})
            store_fetch(
                any_home.database, answer.call_id, answer.artifact.sha256, owed, job_id=job, run_id=f"run-{job}"
            )
        with any_home.database.read() as session:
            ends.append(session.scalars(select(TrendFetch.delete_by).order_by(TrendFetch.id.desc()).limit(1)).one())
    assert ends[0] is not None
    assert abs(ends[0] - datetime.now(UTC) - MONTH) < timedelta(minutes=1)
    assert ends[1] == ends[0]


def test_a_video_inherits_the_duty_until_it_is_done(any_home: Home) -> None:
    job = due_job(any_home)
    with any_home.database.read() as session:
        (owed,) = obligations_of(session, 1)
    assert (owed.fetch, owed.source, owed.done) == (Ref("trend_fetch", "1"), "taps.jsonl", False)
    expire(any_home, datetime.now(UTC))
    with any_home.database.read() as session:
        (owed,) = obligations_of(session, 1)
    assert owed.done
    assert any_home.queue.get(job).state == "awaiting_review"


def test_what_is_due_goes_and_what_was_made_from_it_survives(any_home: Home) -> None:
    job = due_job(any_home)
    any_home.output.sync(job)
    before, files = content_of(any_home.database), hashes(any_home)
    (taken,) = expire(any_home, datetime.now(UTC))
    assert words(taken.plan.rows) == {
        "trend_observation:1", "trend_observation:2", "trend_observation:3", "trend_report:1", "trend_analysis:1",
        "provider_call:1",
    }  # fmt: skip
    assert taken.tombstone.actor == "schedule"
    assert taken.tombstone.reason.startswith("terms of the source taps.jsonl: delete by 20")
    assert hashes(any_home) == files - set(taken.plan.files)
    assert len(taken.plan.files) == 1
    after = content_of(any_home.database)
    for table in ("scripts", "voiceovers", "clips", "videos", "reviews", "jobs", "trend_items", "trend_fetches"):
        assert after[table] == before[table]
    with any_home.database.read() as session:
        assert is_withdrawn(session, 1) is None
        assert set(session.scalars(select(TombstoneTarget.effect))) == {"removed"}
    assert decide(any_home.database, job, verdict="approve", reason="good", actor="Ada").video_id == 1
    assert any_home.output.sync(job) is not None


def test_a_duty_is_honoured_once_and_one_that_is_not_due_waits(any_home: Home) -> None:
    due_job(any_home, days=-1)
    due_job(any_home, days=1)
    now = datetime.now(UTC)
    assert fetches_of(expire(any_home, now)) == {"trend_fetch:1"}
    assert expire(any_home, now) == []
    assert fetches_of(expire(any_home, now + timedelta(days=2))) == {"trend_fetch:2"}
    assert audit_all(any_home) == []
    with any_home.database.read() as session:
        assert session.scalars(select(TrendObservation.title).where(TrendObservation.title.is_not(None))).all() == []


def fetches_of(taken: list[TakenDown]) -> set[str]:
    return {str(ref) for one in taken for ref in one.plan.fetches}


def test_a_job_that_has_no_script_yet_is_parked_with_the_reason(any_home: Home) -> None:
    early, late = due_job(any_home, until="analysis"), due_job(any_home, until="scripts")
    expire(any_home, datetime.now(UTC))
    job = any_home.queue.get(early)
    assert (job.state, job.error_kind) == ("failed", "permanent")
    assert job.error is not None
    assert "the content of trend_analysis:1 was taken down" in job.error
    assert "terms of the source" in job.error
    assert any_home.queue.get(late).state != "failed"
    with pytest.raises(BadInput, match=rf"Retrying job {early}: the content of trend_analysis:1 was taken down"):
        any_home.queue.retry(early)


def test_a_duty_after_a_take_down_of_one_item_takes_the_rest(any_home: Home) -> None:
    due_job(any_home)
    take_down(any_home, "trend_item:1")
    (taken,) = expire(any_home, datetime.now(UTC))
    assert words(taken.plan.rows) == {"trend_observation:2", "trend_observation:3"}
    assert words(taken.plan.fetches) == {"trend_fetch:1"}
    with any_home.database.read() as session:
        assert session.scalars(select(TrendReport.document)).all() == [None]
        assert session.scalars(select(Script.title)).all() == ["Taps 1"]


def test_a_source_that_is_withdrawn_later_still_blocks_what_survived_its_duty(any_home: Home) -> None:
    job = due_job(any_home)
    expire(any_home, datetime.now(UTC))
    plan = take_down(any_home, "trend_fetch:1", reason="the channel asked").plan
    assert plan.rows == ()
    assert words(plan.named) == {"trend_fetch:1"}
    with pytest.raises(BadInput, match=r"was taken down \d{4}-\d\d-\d\d: the channel asked"):
        decide(any_home.database, job, verdict="approve", reason="good", actor="Ada")


def test_the_file_of_two_fetches_goes_with_the_last_of_them(any_home: Home) -> None:
    first, second = new_job(any_home), new_job(any_home)
    sha256: Any = None
    for number, job in enumerate((first, second), 1):
        with claimed(any_home, job, f"run-{job}", partial=True):

            def produce(folder: Path) -> Product:
                (folder / "raw").write_bytes(b"shared")
                return Product({}, folder / "raw", "text/plain")

            answer = ledger(any_home, job, f"run-{job}").call(Request(identity("trends"), {"job": job}), produce)
            assert answer.artifact is not None
            sha256 = answer.artifact.sha256
            store_fetch(any_home.database, answer.call_id, sha256, fetch(), job_id=job, run_id=f"run-{job}")
        owe(any_home, number, datetime.now(UTC) + timedelta(days=number - 2))
    (taken,) = expire(any_home, datetime.now(UTC) - timedelta(hours=1))
    assert taken.plan.shared == (sha256,)
    assert sha256 in hashes(any_home)
    (taken,) = expire(any_home, datetime.now(UTC) + timedelta(days=1))
    assert taken.plan.files == (sha256,)
    assert sha256 not in hashes(any_home)
    assert refs("trend_fetch:2") == [*taken.plan.fetches]
