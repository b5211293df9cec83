# ruff: noqa: S608 — every name in these statements comes from our own models

"""What the database itself refuses of any row, tried with plain SQL on both engines: nothing goes through our own code.

Belongs here: rows without a job, changed, deleted, replaced. Not here: keys that cross jobs or branches
(`test_refused_crossings.py`), what may change after all (`test_refused_changes.py`).
"""

from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from reelineage.models import Base
from resources.record_rows import RECORDS
from tests.resources.conftest import Filled
from tests.resources.plain_sql import KEPT_TABLES, RECORD_TABLES, another_value, copy_of, one_row, refuses, tombstone

LINEAGE_TABLES = [table.name for table in Base.metadata.sorted_tables if "job_id" in table.c]


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
    one_row(attempt, table)
    refuses(attempt, f"DELETE FROM {table}", because="append-only: DELETE refused")


@pytest.mark.parametrize("table", KEPT_TABLES)
def test_no_column_of_any_row_can_be_updated(attempt: Connection, table: str) -> None:
    """Every column in turn, jobs and open calls by their frozen columns only."""
    info = Base.metadata.tables[table].info
    one_row(attempt, table)
    columns = info["frozen"] if table == "jobs" else [column.name for column in Base.metadata.tables[table].columns]
    for column in columns:
        kind = Base.metadata.tables[table].c[column].type
        value = another_value(kind.compile(attempt.dialect))
        refuses(
            attempt,
            f"UPDATE {table} SET {column} = {value}",
            because="append-only: UPDATE|never changes|tombstone_has_no_content",
        )


def test_updating_to_the_same_value_is_refused_too(attempt: Connection) -> None:
    refuses(attempt, "UPDATE scripts SET title = title", because="append-only")


@pytest.mark.parametrize("table", KEPT_TABLES)
def test_postgresql_refuses_to_truncate(attempt: Connection, filled: Filled, table: str) -> None:
    statement = f"DELETE FROM {table}" if filled.sqlite else f"TRUNCATE {table} CASCADE"
    if filled.sqlite:  # it has no TRUNCATE; a DELETE without WHERE is its fast path, and must ask the trigger as well
        one_row(attempt, table)
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


def test_ids_are_never_used_again(attempt: Connection, filled: Filled) -> None:
    """Even where a row could be removed, its number stays taken: `sqlite_autoincrement`, sequences on PostgreSQL."""
    if filled.sqlite:
        tables = [name for name, table in Base.metadata.tables.items() if "id" in table.c and name != "installation"]
        found = "SELECT count(*) FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%'"
        assert attempt.execute(text(found)).scalar() == len(tables)
    before: Any = attempt.execute(text("SELECT max(id) FROM tombstones")).scalar() or 0
    with pytest.raises(IntegrityError), attempt.begin_nested():
        attempt.execute(text(copy_of("scripts", 1, version="1")))
    assert tombstone(attempt) > before
