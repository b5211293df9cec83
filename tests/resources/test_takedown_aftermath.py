"""After a take-down: nobody's files are left lying, what people see is true, and who stores waits for who takes down.

Belongs here: files, views, locks and the cost of looking. Not here: what goes (`test_takedown.py`), what lands late
(`test_takedown_late.py`), threads and pulled plugs (`test_takedown_races.py`).
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
from reelineage.family import Ref, downstream
from reelineage.models import TombstoneTarget
from reelineage.takedown import withdrawal
from resources.audit import audit_all, tombstones
from resources.database import Database
from resources.home import Home
from resources.record_edges import ensure_artifact
from resources.takedown import files
from resources.takedown.execution import listed, lock_jobs
from resources.takedown.files import finish, sweep
from resources.takedown.lock import begin_takedown, hold_takedowns
from tests.factories import fill_job, new_job
from tests.factories import review as review_of
from tests.resources.test_takedown import hashes, refs, take_down, view
from tests.resources.test_takedown_races import withdraw_now

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
