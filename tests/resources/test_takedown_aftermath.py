"""After a take-down: what lands late is refused, what may be made again can be, and nobody's files are left lying.

Belongs here: runs, files and views that meet a take-down on their way. Not here: what goes (`test_takedown.py`),
threads and pulled plugs (`test_takedown_races.py`).
"""

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from reelineage import documents as docs
from reelineage import models
from reelineage.documents import ArtifactRef
from reelineage.errors import BadInput, FenceLost, MissingUpstream
from reelineage.family import Ref, downstream
from reelineage.fingerprint import sha256_of
from reelineage.models import Reproduction, TombstoneTarget, TrendObservation, Video
from reelineage.takedown import withdrawal
from resources import unnamed_files
from resources.audit import audit_all, tombstones
from resources.database import Database
from resources.home import Home
from resources.ledger import Product, Request
from resources.record_edges import ensure_artifact
from resources.reproduction import read_original
from resources.reproduction_verdict import Judge, store_reproduction
from resources.takedown import files
from resources.takedown.execution import listed, lock_jobs
from resources.takedown.expiry import expire
from resources.takedown.files import finish, sweep
from resources.takedown.lock import begin_takedown, hold_takedowns
from resources.trend_store import store_fetch
from resources.unnamed_files import remove_unnamed
from tests.factories import NOON, Maker, claimed, fetch, fill_job, identity, ledger, new_job, store
from tests.factories import review as review_of
from tests.resources.test_claims import claim
from tests.resources.test_takedown import hashes, refs, take_down, view, words
from tests.resources.test_takedown_duties import due_job
from tests.resources.test_takedown_races import withdraw_now
from tests.resources.toy_graph import ToyGraph


def file_of(content: str) -> Callable[[Path], Product]:
    def make(folder: Path) -> Product:
        (folder / "file").write_text(content)
        return Product({}, folder / "file", "text/plain")

    return make


def forget_ages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unnamed_files, "_SETTLED_SECONDS", -60.0)


# --- what lands late -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["job", "call", "file", "call of a job that goes on", "file of another call"])
def test_trends_whose_take_down_came_before_their_observations_are_not_stored(any_home: Home, what: str) -> None:
    job, other = new_job(any_home), new_job(any_home)
    answers = {}
    for number in (job, other):
        claim(any_home, number, f"run-{number}")
        answers[number] = ledger(any_home, number, f"run-{number}").call(
            Request(identity("trends"), {}), file_of(f"raw {number}")
        )
    artifact = answers[job].artifact
    assert artifact is not None
    call_id, named = answers[job].call_id, {"job": f"job:{job}", "call": f"provider_call:{answers[job].call_id}"}
    take_down(any_home, named.get(what, f"artifact:{artifact.sha256}"))
    expected: type[Exception] = FenceLost
    if what == "call of a job that goes on":
        job, expected = other, MissingUpstream
    elif what == "file of another call":
        job, call_id, expected = other, answers[other].call_id, BadInput
    with pytest.raises(expected):
        store_fetch(any_home.database, call_id, artifact.sha256, fetch(), job_id=job, run_id=f"run-{job}")
    with any_home.database.read() as session:
        assert session.scalars(select(TrendObservation.id)).all() == []
    assert audit_all(any_home) == []


def test_the_audit_finds_observations_that_came_after_their_call_was_taken_down(any_home: Home) -> None:
    job = new_job(any_home)
    with claimed(any_home, job, "run-1", partial=True):
        answer = ledger(any_home, job, "run-1").call(Request(identity("trends"), {}), file_of("raw"))
    assert answer.artifact is not None
    take_down(any_home, f"provider_call:{answer.call_id}")
    with any_home.database.write() as session:
        row = models.TrendFetch(
            call_id=answer.call_id, source_kind="file", source_name="x", artifact_sha256=answer.artifact.sha256,
            observation_count=1, skipped_count=0, skipped={}, created_at=NOON.replace(year=2100),
        )  # fmt: skip
        item = models.TrendItem(platform="x", external_id="1", created_at=NOON)
        session.add_all([row, item])
        session.flush()
        seen = fetch(1).observations[0].model_dump(exclude={"platform", "external_id"})
        seen |= {"hashtags": [], "fetch_id": row.id, "item_id": item.id}
        session.add(TrendObservation(**seen))
    (found,) = [one for one in audit_all(any_home) if one.ref == "trend_fetch:1"]
    assert "was stored after provider_call:1 was taken down" in found.message


def test_the_answer_for_a_job_that_was_taken_down_meanwhile_leaves_no_file(any_home: Home) -> None:
    job = new_job(any_home)
    fill_job(any_home, job, until="scripts")
    claim(any_home, job, "run-2")
    before = hashes(any_home)

    def make(folder: Path) -> Product:
        withdraw_now(any_home, "script:1")
        return file_of("said by nobody any more")(folder)

    with pytest.raises(FenceLost, match="Nothing was written"):
        ledger(any_home, job, "run-2").call(Request(identity("voiceovers"), {"text": "x"}), make)
    assert hashes(any_home) <= before


def test_what_a_step_made_for_a_job_that_was_taken_down_meanwhile_leaves_no_file(home: Home) -> None:
    job, graph = new_job(home), ToyGraph()
    made: list[str] = []

    def change(asset: str, document: Any) -> Any:
        if asset == "videos":
            made.append(document.file.sha256)
            withdraw_now(home, "script:1")
        return document

    graph.change = change
    assert not graph.run(job).success
    assert made
    assert not hashes(home) & set(made)


def test_a_file_that_another_row_names_is_not_taken_away_with_a_failed_commit(any_home: Home) -> None:
    kept, lost = (any_home.store.put_bytes(data, "text/plain") for data in (b"kept", b"lost"))
    with any_home.database.write() as session:
        ensure_artifact(session, kept)
    guarded = unnamed_files.removed_unless_named(any_home.database, any_home.store, [kept.sha256, lost.sha256])
    with pytest.raises(FenceLost), guarded:
        raise FenceLost
    assert hashes(any_home) == {kept.sha256}
    any_home.store.put_bytes(b"lost", "text/plain")

    def fail_when_another_run_has_put_it_again() -> None:
        with unnamed_files.removed_unless_named(any_home.database, any_home.store, [lost.sha256]):
            any_home.store.put_bytes(b"lost", "text/plain")
            raise FenceLost

    with pytest.raises(FenceLost):
        fail_when_another_run_has_put_it_again()
    assert lost.sha256 in hashes(any_home)


def test_the_daily_sweep_deletes_what_a_killed_run_left_and_no_row_names(
    any_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill_job(any_home, new_job(any_home))
    take_down(any_home, "clip:1")
    before = hashes(any_home)
    any_home.store.put_bytes(b"signed, and its run was killed", "video/mp4")
    assert sweep(any_home, everything=True) == 0, "it may be about to be named"
    forget_ages(monkeypatch)
    claim(any_home, job := new_job(any_home), "run-2")
    assert remove_unnamed(any_home.database, any_home.store) == 0, "a run is at work"
    any_home.queue.release(job, "run-2")
    assert sweep(any_home, everything=True) == 1
    assert hashes(any_home) == before


# --- made again ------------------------------------------------------------------------------------------------------


def test_only_the_file_that_was_named_is_refused_and_one_made_from_it_may_come_back(any_home: Home) -> None:
    job = new_job(any_home)
    rows = fill_job(any_home, job)
    with any_home.database.read() as session:
        video = session.scalars(select(Video)).one()
        clip = session.scalars(select(models.Clip.artifact_sha256).where(models.Clip.id == rows["clips"][0].id)).one()
    plan = take_down(any_home, "clip:1").plan
    assert plan.sources == (clip,)
    assert {video.file_sha256, video.captions_srt_sha256} <= set(plan.files)
    assert sweep(any_home, everything=True) == 0

    other = new_job(any_home)
    side = f"side of {shown_in(any_home)}".encode()
    assert any_home.store.put_bytes(side, "text/plain").sha256 == video.captions_srt_sha256
    with claimed(any_home, other, "run-2", partial=True), any_home.database.write() as session:
        ensure_artifact(session, ArtifactRef(sha256=video.captions_srt_sha256, size_bytes=1, media_type="text/plain"))
    with any_home.database.write() as session, pytest.raises(BadInput, match="never stored"):
        ensure_artifact(session, ArtifactRef(sha256=clip, size_bytes=1, media_type="text/plain"))


def shown_in(home: Home) -> str:
    """What the toy captions tell of: voice and clips."""
    with home.database.read() as session:
        voice = session.scalars(select(models.Voiceover.audio_sha256)).one()
        clips = session.scalars(select(models.Clip.artifact_sha256).order_by(models.Clip.scene)).all()
    return sha256_of([voice, *clips])


def test_a_file_that_was_made_again_from_sound_inputs_stays_and_goes_with_the_next_take_down(any_home: Home) -> None:
    job = new_job(any_home)
    fill_job(any_home, job)
    with any_home.database.read() as session:
        call = session.scalars(select(models.VideoCall.call_id)).one()
    plan = take_down(any_home, f"provider_call:{call}").plan
    again = set(plan.files) - set(plan.sources)
    assert again
    remake_without_music(any_home, job)
    assert again & hashes(any_home), "the toy video is the same without its music"
    assert sweep(any_home, everything=True) == 0
    assert again & hashes(any_home)
    assert audit_all(any_home) == []
    assert any_home.output.sync(job) is not None
    newer = take_down(any_home, "video:2").plan
    assert again & set(newer.files)
    assert not again & hashes(any_home)
    assert audit_all(any_home) == []


class WithoutMusic(Maker):
    """Asks another music source, which gives another file."""

    def _file(self, asset: str, **parameters: Any) -> tuple[docs.ArtifactRef, str]:
        return super()._file(asset, **parameters, **({"other": "music"} if asset == "videos" else {}))


def remake_without_music(home: Home, job: int) -> None:
    maker = WithoutMusic(home, job, ledger(home, job, "run-2").call)
    made: dict[str, Any] = {}
    rows: Any = {}
    with claimed(home, job, "run-2", partial=True):
        for asset in ("trends", "analysis", "scripts", "voiceovers", "clips", "videos", "reviews"):
            needed = {
                "analysis": ["trends"], "scripts": ["analysis"], "voiceovers": ["scripts"],
                "clips": ["scripts", "voiceovers"], "videos": ["scripts", "voiceovers", "clips"], "reviews": ["videos"],
            }  # fmt: skip
            made[asset] = maker.make(asset, {name: made[name] for name in needed.get(asset, [])})
            rows[asset] = store(home, job, "run-2", asset, made[asset], rows)


def test_a_job_with_clips_goes_on_after_its_source_text_is_due(home: Home) -> None:
    graph, job = ToyGraph(), due_job(home, until="clips")
    expire(home, NOON.replace(year=2100))
    home.queue.retry(job)
    assert graph.run(job).success, home.queue.get(job).error
    with home.database.read() as session:
        assert len(session.scalars(select(models.Clip.id)).all()) == 2
        assert len(session.scalars(select(models.TrendReport.id)).all()) == 1
        assert session.scalars(select(models.Review.id)).all()
    assert audit_all(home) == []


def test_a_job_behind_which_something_was_withdrawn_does_not_go_on(any_home: Home) -> None:
    job = new_job(any_home)
    fill_job(any_home, job, until="clips")
    take_down(any_home, "trend_item:1", reason="asked")
    with pytest.raises(BadInput, match=r"something it was made from was taken down .*: asked"):
        any_home.queue.retry(job)


# --- verdicts of reproductions ----------------------------------------------------------------------------------------


def reproduced(home: Home) -> Any:
    original = read_original(home, 1)
    return original, Judge(home, original, home, lambda: None).compare(original.branch)


@pytest.mark.parametrize("start", ["video:1", "script:1", "trend_item:1"])
def test_what_a_reproduction_quotes_goes_with_what_it_quotes(any_home: Home, start: str) -> None:
    fill_job(any_home, new_job(any_home))
    store_reproduction(any_home, *reproduced(any_home), actor="Ada")
    assert "reproduction:1" in words(take_down(any_home, start).plan.rows)
    with any_home.database.read() as session:
        row = session.get_one(Reproduction, 1)
    assert (row.stages, row.tombstone_id, row.verdict) == (None, 1, "identical")
    assert audit_all(any_home) == []


def test_a_verdict_on_what_was_taken_down_meanwhile_is_not_kept(any_home: Home) -> None:
    fill_job(any_home, new_job(any_home))
    original, found = reproduced(any_home)
    take_down(any_home, "clip:1")
    with pytest.raises(BadInput, match=r"Reproducing job 1: .* was taken down"):
        store_reproduction(any_home, original, found, actor="Ada")


# --- what people see -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("repair", [False, True])
def test_a_take_down_while_files_are_linked_leaves_none_of_them(
    any_home: Home, monkeypatch: pytest.MonkeyPatch, *, repair: bool
) -> None:
    job = new_job(any_home)
    fill_job(any_home, job)
    real = any_home.output._link
    done: list[object] = []

    def link(sha256: str, path: Path) -> None:
        if not done:
            done.append(withdraw_now(any_home, "video:1"))
        real(sha256, path)

    monkeypatch.setattr(any_home.output, "_link", link)
    if repair:
        any_home.output.repair()
    else:
        assert any_home.output.sync(job) is None
    assert done
    assert view(any_home) == set()


def test_a_link_that_a_dead_process_left_is_removed(any_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    part = any_home.root / "output" / "review" / ".job-1-video-1.mp4.part"
    part.parent.mkdir(parents=True)
    part.write_text("bytes")
    any_home.output.repair()
    assert part.exists()
    monkeypatch.setattr("resources.output_view._ABANDONED_SECONDS", -60.0)
    any_home.output.repair()
    assert not part.exists()


def test_a_video_whose_credential_is_lost_is_not_shown_unsigned(
    any_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    disclosure = docs.Disclosure(
        digital_source_type="x", ai_act_article_50=True, youtube_contains_synthetic_media=True, tiktok_is_aigc=True
    )
    monkeypatch.setattr(
        "tests.factories.review", lambda *a, **k: review_of(*a, **k).model_copy(update={"disclosure": disclosure})
    )
    job = new_job(any_home)
    fill_job(any_home, job)
    assert any_home.output.sync(job) is None
    assert view(any_home) == set()


# --- cleaning up -----------------------------------------------------------------------------------------------------


def test_files_go_even_when_the_runs_cannot_be_stopped(any_home: Home) -> None:
    fill_job(any_home, new_job(any_home))
    taken = withdraw_now(any_home, "script:1")

    def stop(_: list[str]) -> None:
        raise OSError("the code server does not answer")

    with pytest.raises(OSError, match="does not answer"):
        finish(any_home, [taken], stop)
    assert not hashes(any_home) & set(taken.plan.files)


def test_the_cache_is_emptied_once_while_the_log_cannot_be(any_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    fill_job(any_home, new_job(any_home))
    withdraw_now(any_home, "script:1")
    monkeypatch.setattr(Database, "wipe_traces", lambda _: False)
    cleared: list[Home] = []
    monkeypatch.setattr(files, "clear_cache", cleared.append)
    for settled in (3600.0, 3600.0, -1.0, -1.0):
        monkeypatch.setattr(files, "_SETTLED_SECONDS", settled)
        sweep(any_home)
    assert len(cleared) == 2, "at once, and when no run can write any more"


def test_asking_whether_anything_is_withdrawn_reads_no_row_of_what_was_removed(home: Home) -> None:
    query = str(withdrawal._any_withdrawn().compile(home.database.engine))
    with home.database.read() as session:
        plan = " ".join(str(row) for row in session.execute(text(f"EXPLAIN QUERY PLAN {query}")))
    assert "ix_tombstone_targets_withdrawn" in plan


def test_the_audit_walks_once_for_each_take_down(any_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    fill_job(any_home, new_job(any_home))
    take_down(any_home, "clip:1", "clip:2", "script:1")
    walks: list[object] = []

    def walk(session: Session, starts: Collection[Ref]) -> object:
        walks.append(starts)
        return downstream(session, starts)

    monkeypatch.setattr(tombstones, "downstream", walk)
    assert audit_all(any_home) == []
    assert len(walks) == 1
    with any_home.database.read() as session:
        assert len(session.scalars(select(TombstoneTarget.key).where(TombstoneTarget.effect == "withdrawn")).all()) > 1


# --- locks -----------------------------------------------------------------------------------------------------------


def waits(database: Database, act: Callable[[Any], object]) -> bool:
    """Whether an act in a transaction of its own has to wait for another."""
    try:
        with database.write() as session:
            session.execute(text("SET LOCAL lock_timeout = '100ms'"))
            act(session)
    except OperationalError as error:
        return "lock timeout" in str(error)
    return False


def test_a_take_down_waits_for_all_who_store_and_they_for_it(postgres_url: str) -> None:
    database = Database(postgres_url)
    file = ArtifactRef(sha256="a" * 64, size_bytes=1, media_type="text/plain")
    with database.write() as session:
        begin_takedown(session)
        assert waits(database, hold_takedowns)
        assert waits(database, lambda other: ensure_artifact(other, file))
        assert waits(database, begin_takedown)
    with database.write() as session:
        ensure_artifact(session, file)
        assert waits(database, begin_takedown)
        assert not waits(database, hold_takedowns)
    database.close()


def test_the_jobs_of_a_take_down_are_locked(any_home: Home) -> None:
    if any_home.database.engine.dialect.name == "sqlite":
        return  # a write transaction is alone there
    job = new_job(any_home)
    with any_home.database.write() as session:
        lock_jobs(session, [job])
        assert waits(any_home.database, lambda other: other.get(models.Job, job, with_for_update=True))


def test_a_second_take_down_of_a_clip_finds_its_file_gone(any_home: Home) -> None:
    fill_job(any_home, new_job(any_home))
    take_down(any_home, "clip:1")
    assert listed(any_home.database, refs("clip:1")).is_empty
