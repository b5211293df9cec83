# ruff: noqa: S608 — every name in these statements comes from our own models

"""Plain SQL against the rules of the database: a statement that has to be refused, rows to try it on, values to write.

Belongs here: what the tests of refusals share. Not here: databases that hold whole jobs (`conftest.py`).
"""

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from reelineage.models import Base
from resources.record_rows import RECORDS

RECORD_TABLES = [kind.model.__tablename__ for kind in RECORDS.values()]
KEPT_TABLES = [
    table.name for table in Base.metadata.sorted_tables if table.info.get("append_only") or table.info.get("frozen")
]


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


def one_row(connection: Connection, table: str) -> None:
    """At least one row, also in the tables that a whole job leaves empty."""
    if connection.execute(text(f"SELECT count(*) FROM {table}")).scalar():
        return
    for needed, first in (("tombstone_targets", _TOMBSTONE), ("script_edits", _EDIT)):
        if table == needed:
            connection.execute(text(first))
    connection.execute(text(_SELDOM[table]))


def another_value(kind: str) -> str:
    if kind.startswith(("JSON", "JSONB")):
        return "'{\"changed\": 1}'"
    if kind.startswith(("DATE", "TIMESTAMP")):
        return "'1999-01-01 00:00:00'"
    if kind.startswith("BOOL"):
        return "true"  # all are false here
    return "77777" if kind.startswith(("INT", "BIGINT", "FLOAT", "DOUBLE", "REAL")) else "'changed'"


def tombstone(connection: Connection) -> int:
    one_row(connection, "tombstones")
    return int(connection.execute(text("SELECT max(id) FROM tombstones")).scalar_one())
