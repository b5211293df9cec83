"""The audit: clean on a healthy home, and it finds what was done behind the database's back."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from pydantic import JsonValue
from sqlalchemy import create_engine, text

from reelineage.guards import trigger_statements
from reelineage.models import Base
from resources.audit import Finding, audit_all, audit_job
from resources.home import Home
from resources.settings import Settings
from tests.factories import fill_job, new_job


@pytest.fixture(scope="module")
def _whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with two versions of job 1 and one of job 2, filled once."""
    home = Home(Settings(home=tmp_path_factory.mktemp("whole")))
    job, other = new_job(home), new_job(home)
    fill_job(home, job)
    fill_job(home, job, "run-2", take=2)
    fill_job(home, other, "run-3")
    home.database.close()
    return home.root


@pytest.fixture
def whole(_whole: Path, tmp_path: Path) -> Iterator[Home]:
    """A copy of it that one test may ruin."""
    home = Home(Settings(home=shutil.copytree(_whole, tmp_path / "whole")))
    yield home
    home.database.close()


def behind_the_back(home: Home, *statements: str) -> None:
    """SQL by a client that forgets the keys, with all triggers gone for a moment."""
    home.database.close()
    with closing(sqlite3.connect(home.root / "reelineage.db")) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            assert connection.execute(statement).rowcount != 0, statement
        for statement in trigger_statements(Base.metadata, "sqlite"):
            connection.execute(statement)
        connection.commit()


def found(findings: list[Finding]) -> set[tuple[str, str]]:
    return {(finding.rule, finding.ref) for finding in findings}


def test_a_healthy_home_is_clean(any_home: Home) -> None:
    job, empty = new_job(any_home), new_job(any_home)
    fill_job(any_home, job)
    fill_job(any_home, job, "run-2", take=2, until="voiceovers")
    assert audit_all(any_home) == []
    assert audit_all(any_home, deep=True) == []
    assert audit_job(any_home, job) == []
    assert audit_job(any_home, empty) == []


def test_a_healthy_copy_is_clean_after_the_triggers_came_back(whole: Home) -> None:
    behind_the_back(whole)
    assert audit_all(whole) == []


def test_numbers_that_postgresql_writes_in_another_way_are_no_change(any_home: Home) -> None:
    """It gives 1e16 back as an integer and -0.0 as 0.0."""
    job = new_job(any_home)
    rows = fill_job(any_home, job, until="trends")
    document: dict[str, JsonValue] = {
        "method": {"big": 1e16, "bigger": 4.611686018427388e18, "zero": -0.0, "third": 1 / 3, "tiny": 5e-324}
    }
    with any_home.database.write() as session:
        from reelineage.fingerprint import sha256_of  # noqa: PLC0415 — shown where it is used
        from reelineage.models import Job, TrendAnalysis  # noqa: PLC0415 — as above

        held = session.get_one(Job, job)
        session.add(
            TrendAnalysis(
                job_id=job, version=1, run_id=None, origin="edit", code_version="1",
                data_version=sha256_of(document), previous_sha256=held.chain_sha256, created_at=held.created_at,
                document=document, report_id=rows["trends"][0].id, topic_count=0,
            )
        )  # fmt: skip
    assert not [finding for finding in audit_all(any_home) if "content was changed" in finding.message]


_SLIPPED_IN = (
    "INSERT INTO reviews (job_id, version, run_id, origin, code_version, data_version, previous_sha256, created_at, "
    "document, video_id, video_sha256, finding_count, blocking_count) SELECT job_id, 2, 'mine', origin, code_version, "
    "data_version, previous_sha256, created_at, document, video_id, video_sha256, finding_count, blocking_count "
    "FROM reviews WHERE id = 3"
)
RUINED: dict[str, tuple[tuple[str, ...], set[tuple[str, str]]]] = {
    "an edited document": (
        ("UPDATE scripts SET document = json_set(document, '$.title', 'Mine') WHERE id = 1",),
        {("altered_document", "script:1")},
    ),
    "an edited title column": (
        ("UPDATE scripts SET title = 'Mine' WHERE id = 1",),
        {("altered_document", "script:1")},
    ),
    "a document that is no JSON": (
        ("UPDATE scripts SET document = 'no JSON' WHERE id = 1",),
        {("altered_document", "script:1")},
    ),
    "a review that is no JSON": (
        ("UPDATE reviews SET document = 'no JSON' WHERE id = 1",),
        {("altered_document", "review:1")},
    ),
    "a time that is none": (
        ("UPDATE trend_reports SET window_end = 'noon' WHERE id = 1",),
        {("altered_document", "trend_report:1")},
    ),
    "an edited duration": (
        ("UPDATE voiceovers SET duration_seconds = 99 WHERE id = 2",),
        {("altered_document", "voiceover:2")},
    ),
    "another file behind a video": (
        ("UPDATE videos SET file_sha256 = thumbnail_sha256 WHERE id = 2",),
        {("altered_document", "video:2"), ("upstream_is_missing", "review:2")},
    ),
    "a document edited together with its hash": (
        ("UPDATE reviews SET document = '{}', data_version = printf('%064d', 0) WHERE id = 1",),
        {("broken_chain", "trend_reports:2"), ("altered_document", "review:1")},
    ),
    "an edited theme": (
        ("UPDATE jobs SET theme = json_set(theme, '$.name', 'Mine') WHERE id = 1",),
        {("broken_chain", "job:1")},
    ),
    "the newest row removed": (
        ("DELETE FROM reviews WHERE id = 3",),
        {("broken_chain", "job:2")},
    ),
    "a row removed from the middle": (
        ("DELETE FROM reviews WHERE id = 1",),
        {("broken_chain", "trend_reports:2"), ("version_gap", "job:1")},
    ),
    "a script removed": (
        ("DELETE FROM scripts WHERE id = 3",),
        {("upstream_is_missing", "voiceover:3"), ("broken_chain", "voiceovers:3")},
    ),
    "a row slipped in": (
        (_SLIPPED_IN,),
        {("broken_chain", "reviews:4")},
    ),
    "an orphan by a client that forgets the keys": (
        ("UPDATE scripts SET analysis_id = 4711 WHERE id = 3",),
        {("upstream_is_missing", "script:3")},
    ),
    "a script moved to another job": (
        ("UPDATE scripts SET job_id = 2, version = 9 WHERE id = 1",),
        {("upstream_is_missing", "script:1"), ("upstream_is_missing", "voiceover:1"), ("version_gap", "job:2")},
    ),
    "a video of another branch": (
        ("UPDATE videos SET voiceover_id = 1 WHERE id = 2",),
        {("upstream_is_missing", "video:2"), ("upstream_is_missing", "video_clips:2")},
    ),
    "a clip edge removed": (
        ("DELETE FROM video_clips WHERE video_id = 1 AND scene = 2",),
        {("upstream_is_missing", "video:1")},
    ),
    "a call edge removed": (
        ("DELETE FROM script_calls WHERE script_id = 2",),
        {("upstream_is_missing", "script:2")},
    ),
    "the observations of a report removed": (
        ("DELETE FROM trend_report_observations WHERE report_id = 3",),
        {("upstream_is_missing", "trend_report:3")},
    ),
    "a citation removed": (
        ("DELETE FROM script_citations WHERE script_id = 2 AND scene = 1",),
        {("upstream_is_missing", "script:2")},
    ),
    "the observations of an analysis removed": (
        ("DELETE FROM trend_analysis_observations WHERE analysis_id = 1",),
        {("upstream_is_missing", "trend_analysis:1")},
    ),
    "a media edge removed": (
        ("DELETE FROM voiceover_media_items WHERE voiceover_id = 1",),
        {("upstream_is_missing", "voiceover:1")},
    ),
    "a job removed": (
        ("DELETE FROM jobs WHERE id = 2",),
        {("upstream_is_missing", "script:3"), ("upstream_is_missing", "video:3")},
    ),
}


# which rows an analysis and a scene rest on stands in their documents alone
ONLY_DEEP = {"a citation removed", "the observations of an analysis removed"}


@pytest.mark.parametrize("what", list(RUINED))
def test_the_audit_finds(whole: Home, what: str) -> None:
    statements, expected = RUINED[what]
    behind_the_back(whole, *statements)
    findings = audit_all(whole, deep=what in ONLY_DEEP)
    assert expected <= found(findings), findings
    assert expected <= found(audit_all(whole, deep=True))
    assert all(finding.message for finding in findings)


def test_the_audit_of_one_job_finds_its_own_and_not_the_others(whole: Home) -> None:
    behind_the_back(whole, *RUINED["a call edge removed"][0])
    assert found(audit_job(whole, 1)) == {("upstream_is_missing", "script:2")}
    assert audit_job(whole, 2) == []


def test_the_audit_finds_a_job_id_that_became_null(whole: Home) -> None:
    """Only in a table that was rebuilt without its NOT NULL."""
    whole.database.close()
    with closing(sqlite3.connect(whole.root / "reelineage.db")) as connection:
        sql = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'clips'").fetchone()[0]
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute("PRAGMA legacy_alter_table=ON")
        connection.execute("ALTER TABLE clips RENAME TO old")
        connection.execute(sql.replace("job_id INTEGER NOT NULL", "job_id INTEGER"))
        connection.execute("INSERT INTO clips SELECT * FROM old")
        connection.execute("DROP TABLE old")
        assert connection.execute("UPDATE clips SET job_id = NULL WHERE id = 1").rowcount == 1
        connection.commit()
    assert ("job_id_is_null", "clips:1") in found(audit_all(whole))


def _first_file(home: Home) -> Path:
    return home.store.path(next(iter(home.store.hashes())))


FILES: dict[str, tuple[Callable[[Path], object], str]] = {
    "a missing file": (lambda path: path.unlink(), "missing_file"),
    "a file cut short": (lambda path: path.write_bytes(path.read_bytes()[:-1]), "altered_file"),
    "a file with one other byte": (lambda path: path.write_bytes(b"?" + path.read_bytes()[1:]), "altered_file"),
}


@pytest.mark.parametrize("what", list(FILES))
def test_the_audit_finds_on_the_disk(whole: Home, what: str) -> None:
    spoil, rule = FILES[what]
    path = _first_file(whole)
    spoil(path)
    assert found(audit_all(whole, deep=True)) == {(rule, f"artifact:{path.name}")}
    default = set() if what == "a file with one other byte" else {(rule, f"artifact:{path.name}")}
    assert found(audit_all(whole)) == default
    assert any(found(audit_job(whole, job)) == {(rule, f"artifact:{path.name}")} for job in (1, 2))


def test_the_audit_finds_a_file_that_no_row_names(whole: Home) -> None:
    sha256 = whole.store.put_bytes(b"left over", "text/plain").sha256
    findings = audit_all(whole)
    assert found(findings) == {("orphan_file", f"artifact:{sha256}")}
    assert "may belong to a job that is being created" in findings[0].message  # its row may come a second later
    assert audit_job(whole, 1) == []


def test_taking_content_down_leaves_the_audit_clean(any_home: Home) -> None:
    job = new_job(any_home)
    fill_job(any_home, job)
    with any_home.database.write() as session:
        session.execute(text("INSERT INTO tombstones (reason, actor, created_at) VALUES ('x', 'y', '2026-01-01')"))
        for table in ("scripts", "videos"):
            session.execute(text(f"UPDATE {table} SET document = NULL, title = NULL, tombstone_id = 1"))  # noqa: S608 — two names
        session.execute(text("UPDATE trend_analyses SET document = NULL, tombstone_id = 1"))
        for node in ("script", "video", "trend_analysis"):
            session.execute(text(f"INSERT INTO tombstone_targets VALUES (1, '{node}', '1', 'removed')"))  # noqa: S608 — three words
    assert audit_all(any_home) == []
    assert audit_all(any_home, deep=True) == []


def test_postgresql_is_audited_by_the_same_rules(postgres_url: str, tmp_path: Path) -> None:
    home = Home(Settings(home=tmp_path / "home", database_url=postgres_url))
    fill_job(home, new_job(home))
    engine = create_engine(postgres_url)
    with engine.begin() as connection:
        connection.execute(text("SET session_replication_role = replica"))  # no triggers, no keys
        connection.execute(text("""UPDATE scripts SET document = document || '{"title": "Mine"}'"""))
        connection.execute(text("DELETE FROM voiceovers"))
    engine.dispose()
    assert {
        ("altered_document", "script:1"), ("upstream_is_missing", "clip:1"), ("upstream_is_missing", "video:1"),
    } <= found(audit_all(home))  # fmt: skip
    home.database.close()


def test_a_finding_can_be_printed_as_json() -> None:
    assert Finding("rule", "video:7", "what to do").as_json() == {
        "rule": "rule",
        "ref": "video:7",
        "message": "what to do",
    }
