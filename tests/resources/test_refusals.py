# ruff: noqa: S608 — every name in these statements comes from our own models

"""What the database itself refuses, tried with plain SQL on both engines: nothing here goes through our own code."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from reelineage.models import Base
from resources.record_rows import RECORDS
from tests.resources.conftest import Filled

RECORD_TABLES = [kind.model.__tablename__ for kind in RECORDS.values()]
KEPT_TABLES = [
    table.name for table in Base.metadata.sorted_tables if table.info.get("append_only") or table.info.get("frozen")
]
LINEAGE_TABLES = [table.name for table in Base.metadata.sorted_tables if "job_id" in table.c]


def copy_of(table: str, row_id: int, **changes: str) -> str:
    """SQL that inserts a row once more, with some columns given as SQL expressions."""
    columns = [column.name for column in Base.metadata.tables[table].columns if column.name != "id"]
    fresh = {"version": "99", "run_id": "NULL", "origin": "'edit'"}  # no run holds these jobs any more
    values = [changes.get(name, fresh.get(name, name)) for name in columns]
    return f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} FROM {table} WHERE id = {row_id}"


ANY_RULE = (
    "(?i)constraint|append-only|never changes|only by the run that holds"  # not a mistake in the statement itself
)


def refuses(connection: Connection, sql: str, *, because: str = ANY_RULE) -> None:
    with pytest.raises(DBAPIError, match=because), connection.begin_nested():
        connection.execute(text(sql))


def test_every_table_of_this_project_is_kept_by_triggers() -> None:
    passing = {name for name, table in Base.metadata.tables.items() if table.info.get("passing")}
    assert passing == {"access_keys", "api_requests"}  # no lineage: who may come in, and what was answered
    assert set(Base.metadata.tables) - passing == set(KEPT_TABLES)


@pytest.mark.parametrize("table", RECORD_TABLES)
def test_a_sound_copy_of_a_record_is_accepted(attempt: Connection, filled: Filled, table: str) -> None:
    """Without this, the refusals below could have any other reason."""
    for asset, kind in RECORDS.items():
        if kind.model.__tablename__ == table:
            attempt.execute(text(copy_of(table, filled.first[asset][0].id)))


@pytest.mark.parametrize("table", RECORD_TABLES)
def test_a_record_without_a_job_is_refused(attempt: Connection, table: str) -> None:
    refuses(attempt, copy_of(table, 1, job_id="NULL"), because="(?i)not.null")


@pytest.mark.parametrize("table", [table for table in LINEAGE_TABLES if table not in RECORD_TABLES])
def test_an_edge_or_decision_without_a_job_is_refused(table: str) -> None:
    assert Base.metadata.tables[table].c.job_id.nullable == (table == "provider_calls")


@pytest.mark.parametrize("table", RECORD_TABLES)
def test_a_record_of_a_run_that_does_not_hold_the_job_is_refused(attempt: Connection, table: str) -> None:
    """The fence stands in the database as well: not even our own mistake lets a ghost store."""
    attempt.execute(text("UPDATE jobs SET active_run = 'heir', lease_expires_at = '2099-01-01 00:00:00' WHERE id = 1"))
    refuses(
        attempt, copy_of(table, 1, run_id="'ghost'", origin="'run'"), because="only by the run that holds their job"
    )
    attempt.execute(text(copy_of(table, 1, run_id="'heir'", origin="'run'")))


@pytest.mark.parametrize("table", RECORD_TABLES)
@pytest.mark.parametrize("job_id", ["4711", "-1", "0"])
def test_a_record_of_a_job_that_does_not_exist_is_refused(attempt: Connection, table: str, job_id: str) -> None:
    refuses(attempt, copy_of(table, 1, job_id=job_id), because="(?i)foreign key")


@pytest.mark.parametrize("table", KEPT_TABLES)
def test_no_row_can_be_deleted(attempt: Connection, table: str) -> None:
    _one_row(attempt, table)
    refuses(attempt, f"DELETE FROM {table}", because="append-only: DELETE refused")


_NOW = "'2026-01-01 00:00:00'"
_TOMBSTONE = f"INSERT INTO tombstones (reason, actor, created_at) VALUES ('asked', 'Ada', {_NOW})"
_HASH = f"'{'a' * 64}'"
_EDIT = (
    "INSERT INTO edits (id, job_id, script_id, changes, actor, created_at) "
    f"SELECT 1, job_id, id, '[]', 'Ada', {_NOW} FROM scripts WHERE id = 1"
)
_SELDOM = {
    "tombstones": _TOMBSTONE,
    "tombstone_targets": (
        "INSERT INTO tombstone_targets (tombstone_id, node, key, effect) "
        "SELECT max(id), 'clip', '1', 'removed' FROM tombstones"
    ),
    "decisions": (
        "INSERT INTO decisions (job_id, review_id, video_id, video_sha256, verdict, reason, actor, demo_allowed, "
        f"decided_at) SELECT job_id, id, video_id, video_sha256, 'approve', 'good', 'Ada', false, {_NOW} "
        "FROM reviews WHERE id = 1"
    ),
    "edits": _EDIT,
    "script_edits": "INSERT INTO script_edits (job_id, script_id, edit_id) SELECT job_id, script_id, id FROM edits",
    "credentials": (
        "INSERT INTO credentials (id, job_id, video_id, video_sha256, subject, file_sha256, manifest, manifest_label, "
        "manifest_sha256, certificate_sha256, digital_source_type, timestamped, created_at) SELECT 1, job_id, id, "
        f"file_sha256, 'video', file_sha256, '{{}}', 'urn:c2pa:1', {_HASH}, {_HASH}, 'composite', false, {_NOW} "
        "FROM videos WHERE id = 1"
    ),
    "fingerprints": (
        "INSERT INTO fingerprints (video_id, job_id, moments_ms, hashes, created_at) "
        f"SELECT id, job_id, '[]', '', {_NOW} FROM videos WHERE id = 1"
    ),
    "reproductions": (
        "INSERT INTO reproductions (id, job_id, video_id, verdict, stages, code_version, actor, created_at) "
        f"SELECT 1, job_id, id, 'identical', '{{}}', '1', 'Ada', {_NOW} FROM videos WHERE id = 1"
    ),
}


def _one_row(connection: Connection, table: str) -> None:
    """At least one row, also in the tables that a whole job leaves empty."""
    if connection.execute(text(f"SELECT count(*) FROM {table}")).scalar():
        return
    for needed, first in (("tombstone_targets", _TOMBSTONE), ("script_edits", _EDIT)):
        if table == needed:
            connection.execute(text(first))
    connection.execute(text(_SELDOM[table]))


@pytest.mark.parametrize("table", KEPT_TABLES)
def test_no_column_of_any_row_can_be_updated(attempt: Connection, table: str) -> None:
    """Every column in turn, jobs and open calls by their frozen columns only."""
    info = Base.metadata.tables[table].info
    _one_row(attempt, table)
    columns = info["frozen"] if table == "jobs" else [column.name for column in Base.metadata.tables[table].columns]
    for column in columns:
        kind = Base.metadata.tables[table].c[column].type
        value = _another(kind.compile(attempt.dialect))
        refuses(
            attempt,
            f"UPDATE {table} SET {column} = {value}",
            because="append-only: UPDATE|never changes|tombstone_has_no_content",
        )


def _another(kind: str) -> str:
    if kind.startswith(("JSON", "JSONB")):
        return "'{\"changed\": 1}'"
    if kind.startswith(("DATE", "TIMESTAMP")):
        return "'1999-01-01 00:00:00'"
    if kind.startswith("BOOL"):
        return "true"  # all are false here
    return "77777" if kind.startswith(("INT", "BIGINT", "FLOAT", "DOUBLE", "REAL")) else "'changed'"


def test_updating_to_the_same_value_is_refused_too(attempt: Connection) -> None:
    refuses(attempt, "UPDATE scripts SET title = title", because="append-only")


@pytest.mark.parametrize("table", KEPT_TABLES)
def test_postgresql_refuses_to_truncate(attempt: Connection, filled: Filled, table: str) -> None:
    statement = f"DELETE FROM {table}" if filled.sqlite else f"TRUNCATE {table} CASCADE"
    if filled.sqlite:  # it has no TRUNCATE; a DELETE without WHERE is its fast path, and must ask the trigger as well
        _one_row(attempt, table)
        refuses(attempt, statement, because="DELETE refused")
    else:
        refuses(attempt, statement, because="TRUNCATE refused")


@pytest.mark.parametrize("table", ["jobs", "scripts", "videos", "provider_calls", "artifacts", "script_citations"])
def test_replacing_a_row_is_refused(attempt: Connection, filled: Filled, table: str) -> None:
    """SQLite deletes the old row without asking its trigger, unless the connection says recursive_triggers."""
    names = [column.name for column in Base.metadata.tables[table].columns]
    columns = ", ".join(names)
    by_hand = {"run_id": "NULL", "origin": "'edit'"} if table in RECORD_TABLES else {}
    source = f"SELECT {', '.join(by_hand.get(name, name) for name in names)} FROM {table} LIMIT 1"
    if filled.sqlite:
        refuses(attempt, f"INSERT OR REPLACE INTO {table} ({columns}) {source}", because="DELETE refused")
        refuses(attempt, f"UPDATE OR REPLACE {table} SET {columns.split(',')[0]} = 2")
    else:
        key = ", ".join(column.name for column in Base.metadata.tables[table].primary_key.columns)
        conflict = f"ON CONFLICT ({key}) DO UPDATE SET {key.split(',')[0]} = excluded.{key.split(',')[0]}"
        if table == "jobs":
            conflict += ", theme = '{}'"
        refuses(attempt, f"INSERT INTO {table} ({columns}) {source} {conflict}", because="append-only|never changes")


# --- same job, same branch -------------------------------------------------------------------------------------------


def _stranger(filled: Filled) -> dict[str, str]:
    """The ids of another job's rows, and of the other version of the same job."""
    rows: dict[str, str] = {}
    for asset, kind in RECORDS.items():
        rows[kind.model.__tablename__] = str(filled.other[asset][0].id)
        rows["second_" + kind.model.__tablename__] = str(filled.second[asset][0].id)
    return rows


CROSSINGS: list[tuple[str, str, str]] = [
    ("trend_analyses", "report_id", "trend_reports"),
    ("scripts", "analysis_id", "trend_analyses"),
    ("voiceovers", "script_id", "scripts"),
    ("clips", "script_id", "scripts"),
    ("clips", "voiceover_id", "voiceovers"),
    ("videos", "script_id", "scripts"),
    ("videos", "voiceover_id", "voiceovers"),
    ("reviews", "video_id", "videos"),
    # the same job, but another branch: script 2 with the voice of script 1
    ("clips", "script_id", "second_scripts"),
    ("clips", "voiceover_id", "second_voiceovers"),
    ("videos", "script_id", "second_scripts"),
    ("videos", "voiceover_id", "second_voiceovers"),
    ("reviews", "video_id", "second_videos"),
]


@pytest.mark.parametrize(("table", "column", "stranger"), CROSSINGS)
def test_a_record_made_from_another_job_or_branch_is_refused(
    attempt: Connection, filled: Filled, table: str, column: str, stranger: str
) -> None:
    refuses(attempt, copy_of(table, 1, **{column: _stranger(filled)[stranger]}), because="(?i)foreign key")


@pytest.mark.parametrize(("table", "column", "stranger"), CROSSINGS)
def test_a_record_without_an_upstream_row_is_refused(
    attempt: Connection, table: str, column: str, stranger: str
) -> None:
    assert stranger
    refuses(attempt, copy_of(table, 1, **{column: "NULL"}), because="(?i)not.null")


EDGES: dict[str, tuple[str, Callable[[dict[str, str]], str]]] = {
    "a video showing another job's clip": (
        "video_clips",
        lambda s: (
            f"INSERT INTO video_clips SELECT job_id, script_id, voiceover_id, video_id, 9, {s['clips']} "
            "FROM video_clips WHERE video_id = 1 AND scene = 1"
        ),
    ),
    "a video showing a clip of the other version": (
        "video_clips",
        lambda s: (
            f"INSERT INTO video_clips SELECT job_id, script_id, voiceover_id, video_id, 9, {s['second_clips']} "
            "FROM video_clips WHERE video_id = 1 AND scene = 1"
        ),
    ),
    "a video showing its own clip as another scene": (
        "video_clips",
        lambda _: (
            "INSERT INTO video_clips SELECT job_id, script_id, voiceover_id, video_id, 9, clip_id "
            "FROM video_clips WHERE video_id = 1 AND scene = 1"
        ),
    ),
    "a citation of an observation that the analysis did not use": (
        "script_citations",
        lambda _: (
            "INSERT INTO script_citations SELECT job_id, analysis_id, script_id, 1, "
            "(SELECT max(observation_id) FROM trend_report_observations WHERE report_id = 1) "
            "FROM script_citations WHERE script_id = 1 AND scene = 1"
        ),
    ),
    "an analysis using an observation that its report does not hold": (
        "trend_analysis_observations",
        lambda _: (
            "INSERT INTO trend_analysis_observations SELECT job_id, report_id, analysis_id, "
            "(SELECT max(id) FROM trend_observations) FROM trend_analysis_observations WHERE analysis_id = 1 LIMIT 1"
        ),
    ),
    "a script from another job's provider call": (
        "script_calls",
        lambda _: "INSERT INTO script_calls SELECT 1, 1, max(call_id) FROM script_calls WHERE job_id = 2",
    ),
    "a clip from another job's provider call": (
        "clip_calls",
        lambda _: "INSERT INTO clip_calls SELECT 1, 1, max(call_id) FROM clip_calls WHERE job_id = 2",
    ),
    "a voice from another job's provider call": (
        "voiceover_calls",
        lambda _: "INSERT INTO voiceover_calls SELECT 1, 1, max(call_id) FROM voiceover_calls WHERE job_id = 2",
    ),
    "a video with the music of another job's provider call": (
        "video_calls",
        lambda _: "INSERT INTO video_calls SELECT 1, 1, max(call_id) FROM video_calls WHERE job_id = 2",
    ),
    "media used by another job's clip": (
        "clip_media_items",
        lambda s: f"INSERT INTO clip_media_items SELECT 1, {s['clips']}, min(id) FROM media_items WHERE kind = 'voice'",
    ),
    "an observation of nothing": (
        "trend_report_observations",
        lambda _: "INSERT INTO trend_report_observations VALUES (1, 1, 4711)",
    ),
}


@pytest.mark.parametrize("what", list(EDGES))
def test_an_edge_across_jobs_or_branches_is_refused(attempt: Connection, filled: Filled, what: str) -> None:
    _, sql = EDGES[what]
    refuses(attempt, sql(_stranger(filled)), because="(?i)foreign key")


def test_a_review_of_another_file_than_its_videos_is_refused(attempt: Connection) -> None:
    other = "(SELECT file_sha256 FROM videos WHERE id = 2)"
    refuses(attempt, copy_of("reviews", 1, video_sha256=other), because="(?i)foreign key")


def _decide(**changes: str) -> str:
    values = {
        "job_id": "job_id", "review_id": "id", "video_id": "video_id", "video_sha256": "video_sha256",
        "verdict": "'approve'", "reason": "'good'", "actor": "'Ada'", "demo_allowed": "false",
        "decided_at": "'2026-01-01 00:00:00'",
    } | changes  # fmt: skip
    return f"INSERT INTO decisions ({', '.join(values)}) SELECT {', '.join(values.values())} FROM reviews WHERE id = 1"


def test_two_decisions_for_one_video_are_refused(attempt: Connection) -> None:
    attempt.execute(text(_decide()))
    refuses(attempt, _decide(verdict="'reject'"), because="(?i)unique")


@pytest.mark.parametrize(
    "changes",
    [
        {"review_id": "2"}, {"video_id": "2"}, {"job_id": "2"}, {"video_sha256": f"'{'0' * 64}'"},
        {"verdict": "'maybe'"}, {"reason": "''"}, {"actor": "NULL"},
    ],
)  # fmt: skip
def test_a_decision_that_does_not_fit_its_review_is_refused(attempt: Connection, changes: dict[str, str]) -> None:
    refuses(attempt, _decide(**changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"version": "0"}, {"version": "1"}, {"run_id": "'run-1'"}, {"origin": "'run'"},
        {"origin": "'dream'"}, {"data_version": "'short'"}, {"previous_sha256": "'short'"}, {"document": "NULL"},
        {"title": "NULL"}, {"created_at": "NULL"}, {"tombstone_id": "1"},
    ],
)  # fmt: skip
def test_a_script_that_breaks_a_rule_of_records_is_refused(attempt: Connection, changes: dict[str, str]) -> None:
    refuses(attempt, copy_of("scripts", 1, **changes))


@pytest.mark.parametrize(
    "assignment",
    ["state = 'asleep'", "attempt = -1", "error_kind = 'odd'", "claim_mode = 'guess'", "profile = 'huge'",
     "active_run = 'x'", "lease_expires_at = '2026-01-01 00:00:00'"],
)  # fmt: skip
def test_a_job_in_an_impossible_state_is_refused(attempt: Connection, assignment: str) -> None:
    refuses(attempt, f"UPDATE jobs SET {assignment} WHERE id = 1")


# --- the ledger and the one transition -------------------------------------------------------------------------------


def _open_call(connection: Connection) -> int:
    columns = [c.name for c in Base.metadata.tables["provider_calls"].columns if c.name != "id"]
    changes = {"status": "'intent'", "finished_at": "NULL", "response": "NULL", "artifact_sha256": "NULL"}
    values = ", ".join(changes.get(name, name) for name in columns)
    connection.execute(
        text(f"INSERT INTO provider_calls ({', '.join(columns)}) SELECT {values} FROM provider_calls WHERE id = 1")
    )
    return int(connection.execute(text("SELECT max(id) FROM provider_calls")).scalar_one())


def test_an_open_call_is_closed_once_and_then_never_changes(attempt: Connection) -> None:
    call = _open_call(attempt)
    close = "UPDATE provider_calls SET status = '{}', finished_at = '2026-01-01 00:00:00' WHERE id = {}"
    attempt.execute(text(close.format("ok", call)))
    refuses(attempt, close.format("failed", call), because="append-only")
    refuses(attempt, f"UPDATE provider_calls SET cost_nanousd = 0 WHERE id = {call}", because="append-only")
    refuses(attempt, f"UPDATE provider_calls SET status = 'intent', finished_at = NULL WHERE id = {call}")


@pytest.mark.parametrize("column", Base.metadata.tables["provider_calls"].info["frozen"])
def test_what_an_open_call_asked_for_never_changes(attempt: Connection, column: str) -> None:
    call = _open_call(attempt)
    kind = Base.metadata.tables["provider_calls"].c[column].type.compile(attempt.dialect)
    sql = f"UPDATE provider_calls SET {column} = {_another(kind)} WHERE id = {call}"
    refuses(attempt, sql, because="never changes")


def test_an_open_call_is_not_deleted(attempt: Connection) -> None:
    refuses(attempt, f"DELETE FROM provider_calls WHERE id = {_open_call(attempt)}", because="append-only")


def _tombstone(connection: Connection) -> int:
    _one_row(connection, "tombstones")
    return int(connection.execute(text("SELECT max(id) FROM tombstones")).scalar_one())


WITH_CONTENT = [t.name for t in Base.metadata.sorted_tables if t.info.get("content")]


@pytest.mark.parametrize("table", WITH_CONTENT)
def test_content_may_go_once_when_a_tombstone_is_set(attempt: Connection, table: str) -> None:
    _one_row(attempt, table)
    stone = _tombstone(attempt)
    content = Base.metadata.tables[table].info["content"]
    gone = ", ".join(f"{column} = NULL" for column in content)
    attempt.execute(text(f"UPDATE {table} SET {gone}, tombstone_id = {stone} WHERE id = 1"))
    left = attempt.execute(text(f"SELECT * FROM {table} WHERE id = 1")).mappings().one()
    assert {left[column] for column in content} == {None}
    refuses(attempt, f"UPDATE {table} SET tombstone_id = NULL WHERE id = 1")
    refuses(attempt, f"UPDATE {table} SET {content[0]} = {_another('JSON')} WHERE id = 1")
    refuses(attempt, f"UPDATE {table} SET tombstone_id = {_tombstone(attempt)} WHERE id = 1")


@pytest.mark.parametrize("table", WITH_CONTENT)
def test_nothing_else_may_change_together_with_the_tombstone(attempt: Connection, table: str) -> None:
    _one_row(attempt, table)
    stone = _tombstone(attempt)
    described = Base.metadata.tables[table]
    content = described.info["content"]
    gone = ", ".join(f"{column} = NULL" for column in content)
    for column in described.columns:
        if column.name in (*content, "tombstone_id"):
            continue
        value = _another(column.type.compile(attempt.dialect))
        refuses(attempt, f"UPDATE {table} SET {gone}, tombstone_id = {stone}, {column.name} = {value} WHERE id = 1")


@pytest.mark.parametrize("table", WITH_CONTENT)
def test_content_is_not_rewritten_under_the_cover_of_a_tombstone(attempt: Connection, table: str) -> None:
    _one_row(attempt, table)
    stone = _tombstone(attempt)
    described = Base.metadata.tables[table]
    content = described.info["content"]
    for kept in content:
        value = _another(described.c[kept].type.compile(attempt.dialect))
        changed = ", ".join(f"{column} = {value if column == kept else 'NULL'}" for column in content)
        refuses(attempt, f"UPDATE {table} SET {changed}, tombstone_id = {stone} WHERE id = 1")


@pytest.mark.parametrize("table", WITH_CONTENT)
def test_content_does_not_go_without_a_real_tombstone(attempt: Connection, table: str) -> None:
    _one_row(attempt, table)
    gone = ", ".join(f"{column} = NULL" for column in Base.metadata.tables[table].info["content"])
    refuses(attempt, f"UPDATE {table} SET {gone} WHERE id = 1")
    refuses(attempt, f"UPDATE {table} SET {gone}, tombstone_id = 4711 WHERE id = 1")


def test_ids_are_never_used_again(attempt: Connection, filled: Filled) -> None:
    """Even where a row could be removed, its number stays taken: `sqlite_autoincrement`, sequences on PostgreSQL."""
    if filled.sqlite:
        tables = [name for name, table in Base.metadata.tables.items() if "id" in table.c and name != "installation"]
        found = "SELECT count(*) FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%'"
        assert attempt.execute(text(found)).scalar() == len(tables)
    before: Any = attempt.execute(text("SELECT max(id) FROM tombstones")).scalar() or 0
    with pytest.raises(IntegrityError), attempt.begin_nested():
        attempt.execute(text(copy_of("scripts", 1, version="1")))
    assert _tombstone(attempt) > before
