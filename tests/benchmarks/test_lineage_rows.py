"""The made-up jobs are like real ones: the audit finds nothing, and the database is as guarded as before."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Select, Table, func, select, text

from benchmarks import lineage_rows
from benchmarks.lineage_rows import FILM_SHA256, build
from reelineage import family, lineage
from reelineage.documents import ProviderIdentity
from reelineage.family import Ref
from reelineage.models import Base, Clip, Job, ProviderCall, Review, Video
from resources.audit import Options, run_audit
from resources.database import Database
from resources.home import Home
from resources.ledger import Request
from tests.factories import fill_job, new_job

JOBS = 120
END = datetime(2026, 11, 1, tzinfo=UTC)
_OBJECTS = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type IN ('index', 'trigger')",
    "postgresql": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' "
    "UNION ALL SELECT tgname, pg_get_triggerdef(oid) || tgenabled::text FROM pg_trigger WHERE NOT tgisinternal",
}


def guards(database: Database) -> set[tuple[str, str]]:
    with database.read() as session:
        rows = session.execute(text(_OBJECTS[session.get_bind().dialect.name])).all()
    return {(str(name), str(sql)) for name, sql in rows}


@pytest.fixture
def many(any_home: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home with made-up jobs, of which 30 show one film."""
    monkeypatch.setattr(lineage_rows, "SHARED_VIDEOS", 30)
    before = guards(any_home.database)
    build(any_home.database, JOBS, until=END)
    assert guards(any_home.database) == before
    return any_home


def test_the_audit_finds_nothing_even_when_it_reads_every_document(many: Home) -> None:
    report = run_audit(many, Options(deep=True, files=False))
    assert report.findings == ()
    assert report.jobs == JOBS


def test_a_film_is_shown_in_as_many_videos_as_said(many: Home) -> None:
    with many.database.read() as session:
        graph = family.downstream(session, [Ref("artifact", FILM_SHA256)])
        assert sum(ref.node == "video" for ref in graph) == 30
        assert session.scalar(select(func.count(Clip.id)).where(Clip.artifact_sha256 == FILM_SHA256)) == 30


def test_jobs_are_like_real_ones(many: Home) -> None:
    with many.database.read() as session:
        empty = {name for name, table in Base.metadata.tables.items() if not session.scalar(_count(table))}
        by_people = {"edits", "script_edits", "access_keys", "api_requests"}
        assert empty == {"reproductions", "tombstones", "tombstone_targets"} | by_people
        assert {"approved", "failed", "rejected"} <= set(session.scalars(select(Job.state).distinct()))
        assert session.scalar(select(func.max(Video.version))) == 2
        assert (session.scalar(_count(Base.metadata.tables["provider_calls"])) or 0) > 10 * JOBS
        for call in session.scalars(select(ProviderCall).where(ProviderCall.id % 7 == 0)):
            identity = ProviderIdentity.model_validate(
                {name: getattr(call, name) for name in ("role", "provider", "model", "prompt_version", "stand_in")}
            )
            assert Request(identity, call.parameters or {}, seed=call.seed).sha256 == call.request_sha256
        for review in session.scalars(select(Review)):
            assert review.document
            behind = family.stand_ins_behind(session, [Ref("video", str(review.video_id))])
            assert behind == tuple(review.document["stand_ins"])  # type: ignore[arg-type]  # a JSON value


def _count(table: Table) -> Select[int]:
    return select(func.count()).select_from(table)


def test_made_up_jobs_and_real_ones_live_together(many: Home) -> None:
    """Ids go on where they ended, and the guards hold again."""
    job = new_job(many)
    fill_job(many, job)
    assert job == JOBS + 1
    with many.database.read() as session:
        assert lineage.current(session, job).review
        assert lineage.current(session, 1).review
    assert run_audit(many, Options(files=False)).findings == ()


def test_the_same_seed_gives_the_same_rows() -> None:
    def made(seed: int) -> list[object]:
        return list(lineage_rows._batches(50, seed, END))

    assert made(7) == made(7)
    assert made(7) != made(8)


def test_a_database_with_jobs_in_it_is_left_alone(any_home: Home) -> None:
    new_job(any_home)
    with pytest.raises(ValueError, match="the database holds jobs"):
        build(any_home.database, 5)
