"""Take-downs on both engines: what goes, what stays, what is blocked, and that nothing is left behind.

Belongs here: plans and their execution. Not here: duties to delete (`test_takedown_duties.py`), races and crashes
(`test_takedown_races.py`), the command (`tests/console/test_takedown.py`).
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from reelineage.documents import ArtifactRef
from reelineage.errors import BadInput
from reelineage.family import Ref, parse_reference
from reelineage.models import Base, Decision, MediaItem, ProviderCall, Video, Voiceover
from reelineage.takedown.withdrawal import is_withdrawn
from resources.database import Database
from resources.decisions import decide
from resources.home import Home
from resources.ledger import Product, Request
from resources.record_edges import ensure_artifact
from resources.takedown.execution import TakenDown, listed, withdraw
from resources.takedown.files import clean_up
from tests.factories import NOON, claimed, fill_job, identity, ledger, new_job
from tests.resources.test_claims import claim

Content = dict[str, dict[Any, tuple[Any, ...]]]


def refs(*texts: str) -> list[Ref]:
    return [parse_reference(text) for text in texts]


def take_down(home: Home, *texts: str, reason: str = "the author asked") -> TakenDown:
    """List, withdraw, clean up: what the command does after its question."""
    plan = listed(home.database, refs(*texts))
    taken = withdraw(home.database, refs(*texts), plan, reason=reason, actor="Ada")
    clean_up(home, taken, patience_seconds=0)
    return taken


def words(found: Iterable[Ref]) -> set[str]:
    return {str(ref) for ref in found}


def content_of(database: Database) -> Content:
    """Every row of every table, whole."""
    with database.read() as session:
        return {
            table.name: {
                tuple(row[place] for place, column in enumerate(table.columns) if column.primary_key): tuple(row)
                for row in session.execute(select(table))
            }
            for table in Base.metadata.sorted_tables
        }


def hashes(home: Home) -> set[str]:
    return set(home.store.hashes())


def view(home: Home) -> set[str]:
    output = home.root / "output"
    return {str(path.relative_to(output)) for path in output.rglob("*") if path.is_file()}


# --- what goes -------------------------------------------------------------------------------------------------------


def test_a_withdrawn_clip_takes_the_video_and_leaves_script_and_voice(any_home: Home) -> None:
    fill_job(any_home, new_job(any_home))
    plan = take_down(any_home, "clip:1").plan
    assert words(plan.rows) == {"clip:1", "video:1", "review:1", "provider_call:4", "provider_call:6"}
    with any_home.database.read() as session:
        assert is_withdrawn(session, 1) is not None
        assert session.get_one(Video, 1).title is None


def test_a_withdrawn_trend_item_takes_source_text_alone_and_blocks_the_rest(any_home: Home) -> None:
    fill_job(any_home, new_job(any_home))
    plan = take_down(any_home, "trend_item:1").plan
    assert words(plan.rows) == {"trend_observation:1", "trend_report:1", "trend_analysis:1", "provider_call:1"}
    assert words(plan.fetches) == set()
    assert len(plan.files) == 1
    assert {"script:1", "video:1", "voiceover:1", "clip:1", "clip:2", "review:1"} <= words(plan.blocked)


@pytest.mark.parametrize("start", ["trend_fetch:1", "provider_call:1"])
def test_a_withdrawn_fetch_takes_all_its_observations(any_home: Home, start: str) -> None:
    fill_job(any_home, new_job(any_home))
    plan = take_down(any_home, start).plan
    assert words(plan.rows) == {
        "trend_observation:1", "trend_observation:2", "trend_observation:3", "trend_report:1", "trend_analysis:1",
        "provider_call:1",
    }  # fmt: skip
    assert words(plan.fetches) == {"trend_fetch:1"}


def test_a_withdrawn_script_takes_what_quotes_it_even_calls_that_no_row_came_of(any_home: Home) -> None:
    job = new_job(any_home)
    fill_job(any_home, job)
    lost = lost_call(any_home, job, "speech_synthesizer")
    kept = lost_call(any_home, job, "trend_source")
    plan = take_down(any_home, "script:1").plan
    assert {"script:1", "voiceover:1", "clip:1", "clip:2", "video:1", "review:1", "provider_call:2"} <= words(plan.rows)
    assert f"provider_call:{lost}" in words(plan.rows)
    assert not {f"provider_call:{kept}", "provider_call:1", "trend_report:1", "trend_analysis:1"} & words(plan.rows)
    with any_home.database.read() as session:
        call = session.get_one(ProviderCall, lost)
        assert (call.parameters, call.tombstone_id, call.status) == (None, 1, "failed")


def lost_call(home: Home, job: int, role: str) -> int:
    """A call whose run died before it was answered."""
    with home.database.write() as session:
        call = ProviderCall(
            job_id=job, run_id="run-1", role=role, provider="toy", model="m", parameters={"text": "said by no row"},
            request_sha256="a" * 64, status="intent", cost_nanousd=0, started_at=NOON,
        )  # fmt: skip
        session.add(call)
        session.flush()
        return call.id


def test_another_version_of_the_job_stays_and_is_not_blocked(any_home: Home) -> None:
    job = new_job(any_home)
    fill_job(any_home, job)
    fill_job(any_home, job, "run-2", take=2)
    take_down(any_home, "script:1")
    with any_home.database.read() as session:
        assert is_withdrawn(session, 1) is not None
        assert is_withdrawn(session, 2) is None
        assert session.get_one(Video, 2).title == "Taps 2"
    assert decide(any_home.database, job, verdict="approve", reason="good", actor="Ada").video_id == 2


def test_a_withdrawn_job_takes_what_it_made_and_keeps_what_it_fetched(any_home: Home) -> None:
    job, other = new_job(any_home), new_job(any_home)
    fill_job(any_home, job)
    fill_job(any_home, other, "run-2")
    plan = take_down(any_home, f"job:{job}").plan
    nodes = {ref.node for ref in plan.rows}
    assert nodes == {
        "trend_report",
        "trend_analysis",
        "script",
        "voiceover",
        "clip",
        "video",
        "review",
        "provider_call",
    }
    assert plan.jobs == (job,)
    assert f"provider_call:{1}" not in words(plan.rows)
    with any_home.database.read() as session:
        assert is_withdrawn(session, 1) is not None
        assert is_withdrawn(session, 2) is None
    with pytest.raises(BadInput, match=r"Making job 1: it was taken down .*: the author asked\. Create a new job"):
        claim(any_home, job, "run-3", partial=True)
    with pytest.raises(BadInput, match="it was taken down"):
        claim(any_home, job, "run-3")


def test_a_shared_work_takes_every_video_that_uses_it(any_home: Home) -> None:
    jobs = [new_job(any_home) for _ in range(2)]
    for number, job in enumerate(jobs):
        fill_job(any_home, job, f"run-{number}")
    with any_home.database.read() as session:
        voice = session.scalars(select(MediaItem.id).where(MediaItem.kind == "voice")).one()
    plan = take_down(any_home, f"media_item:{voice}").plan
    assert {"voiceover:1", "voiceover:2", "video:1", "video:2"} <= words(plan.rows)
    assert not {"script:1", "script:2"} & words(plan.rows)
    assert plan.jobs == tuple(jobs)


def test_a_file_that_another_row_uses_stays_until_that_row_goes_too(any_home: Home) -> None:
    job = new_job(any_home)
    fill_job(any_home, job)
    with any_home.database.read() as session:
        audio = session.scalars(select(Voiceover.audio_sha256)).one()
    with claimed(any_home, job, "run-2", partial=True):
        ledger(any_home, job, "run-2").call(
            Request(identity("scripts"), {"elsewhere": True}),
            lambda _: Product({}, stored=ArtifactRef(sha256=audio, size_bytes=1, media_type="text/plain")),
        )
    plan = listed(any_home.database, refs("voiceover:1"))
    assert audio in plan.shared
    assert audio not in plan.files
    take_down(any_home, "voiceover:1")
    assert audio in hashes(any_home)
    assert audio in take_down(any_home, "script:1").plan.files
    assert audio not in hashes(any_home)


def test_who_names_a_review_a_decision_or_a_file_means_the_video(any_home: Home) -> None:
    job = new_job(any_home)
    fill_job(any_home, job)
    decide(any_home.database, job, verdict="approve", reason="good", actor="Ada")
    for text in ("review:1", "decision:1"):
        assert words(listed(any_home.database, refs(text)).named) == {"video:1"}
    with any_home.database.read() as session:
        file = session.scalars(select(Video.file_sha256)).one()
    plan = listed(any_home.database, refs(f"artifact:{file}"))
    assert {"video:1", "review:1"} <= words(plan.rows)
    assert [(one.video_id, one.verdict, one.actor) for one in plan.videos] == [(1, "approve", "Ada")]


def test_what_is_not_there_cannot_be_taken_down(home: Home) -> None:
    with pytest.raises(BadInput, match=r"Taking down video:7: there is no such row"):
        listed(home.database, refs("video:7"))


@pytest.mark.parametrize("reason", ["", " \n", "\0"])
def test_a_take_down_needs_a_reason(home: Home, reason: str) -> None:
    fill_job(home, new_job(home))
    plan = listed(home.database, refs("video:1"))
    with pytest.raises(BadInput, match="a reason is needed"):
        withdraw(home.database, refs("video:1"), plan, reason=reason, actor="Ada")
    assert content_of(home.database)["tombstones"] == {}


# --- what is left ----------------------------------------------------------------------------------------------------


def test_the_second_take_down_finds_everything_gone(any_home: Home) -> None:
    fill_job(any_home, new_job(any_home))
    first = take_down(any_home, "script:1").plan
    plan = listed(any_home.database, refs("script:1"))
    assert plan.is_empty
    assert set(first.rows) <= set(plan.gone)
    with pytest.raises(BadInput, match="withdrawn and gone already"):
        withdraw(any_home.database, refs("script:1"), plan, reason="again", actor="Ada")
    wider = take_down(any_home, "trend_item:1")
    assert words(wider.plan.rows) == {"trend_observation:1", "trend_report:1", "trend_analysis:1", "provider_call:1"}


def test_a_withdrawn_video_leaves_the_folders_and_keeps_its_decision(any_home: Home) -> None:
    job = new_job(any_home)
    fill_job(any_home, job)
    decide(any_home.database, job, verdict="approve", reason="good", actor="Ada")
    any_home.output.sync(job)
    assert f"approved/job-{job}-video-1.mp4" in view(any_home)
    take_down(any_home, "clip:2")
    assert view(any_home) == set()
    any_home.output.repair()
    assert view(any_home) == set()
    with any_home.database.read() as session:
        assert session.scalars(select(Decision.verdict)).all() == ["approve"]
    assert any_home.queue.get(job).state == "approved"


def test_a_blocked_video_keeps_its_files_in_the_store_and_leaves_the_folders(any_home: Home) -> None:
    job = new_job(any_home)
    fill_job(any_home, job)
    any_home.output.sync(job)
    before = hashes(any_home)
    plan = take_down(any_home, "trend_item:2").plan
    assert hashes(any_home) == before - set(plan.files)
    assert view(any_home) == set()


def test_bytes_that_were_taken_down_do_not_come_back(any_home: Home) -> None:
    job = new_job(any_home)
    with claimed(any_home, job, "run-1", partial=True):
        call_for(any_home, job, "the very same words")
        sha256 = hashes(any_home).pop()
    take_down(any_home, f"artifact:{sha256}", reason="wrong by half")
    assert hashes(any_home) == set()
    other = new_job(any_home)
    with claimed(any_home, other, "run-2", partial=True):
        with pytest.raises(BadInput, match=r"was taken down \d{4}-\d\d-\d\d: wrong by half\. Bytes that were"):
            call_for(any_home, other, "the very same words")
        call_for(any_home, other, "other words")
    assert sha256 not in hashes(any_home)
    with any_home.database.read() as session:
        said = session.execute(select(ProviderCall.status, ProviderCall.job_id).order_by(ProviderCall.id)).all()
    assert [tuple(row) for row in said] == [("ok", job), ("failed", other), ("ok", other)]
    with pytest.raises(BadInput, match="wrong by half"), any_home.database.write() as session:
        ensure_artifact(session, ArtifactRef(sha256=sha256, size_bytes=1, media_type="text/plain"))


def call_for(home: Home, job: int, words: str) -> None:
    """A provider gives a file of these words; its run holds the job."""

    def produce(folder: Path) -> Product:
        path = folder / "file"
        path.write_text(words)
        return Product({}, path, "text/plain")

    run = home.queue.get(job).active_run or ""
    ledger(home, job, run).call(Request(identity("voiceovers"), {"text": words}), produce)
