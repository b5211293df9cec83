"""Row mutants: one column of one stored row is changed behind the database's back, or a row is deleted or slipped in.

Every column of every record table, on both engines: the default audit must name the row, its job or a row after it. The
few columns that nothing else knows are listed with the reason; a list that says too much fails too.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import JSON, Column, Connection, create_engine, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.types import Boolean, Float, Integer

from reelineage.models import Base, UtcDateTime
from resources.audit import Options, audit_all, run_audit
from resources.database import Database
from resources.home import Home
from tests.conftest import FillHome
from tests.factories import edit_job, fill_job, new_job

RECORDS = [table for table in Base.metadata.sorted_tables if table.info.get("record")]
EDGES = [table for table in Base.metadata.sorted_tables if "derived" in table.info]
COLUMNS = [(table.name, column.name) for table in RECORDS for column in table.columns]
# what no other row and no hash repeats; Dagster's events know the first two (`test_audit_dagster.py`)
UNKNOWN_ELSEWHERE = {"run_id", "code_version", "created_at"}
CHECKED = {("postgresql", "origin"), ("postgresql", "tombstone_id"), ("postgresql", "run_id")}
ONLY_DEEP = {"trend_analysis_observations", "script_citations", "clip_media_items", "video_media_items"}


@contextmanager
def unguarded(database: Database, table: str = "%") -> Iterator[Connection]:
    """A connection of a client that knows neither triggers, nor keys, nor CHECKs; the guards come back afterwards.

    On SQLite the triggers of one table or of all: taking away and giving back all of them takes longer than an audit.
    """
    engine = create_engine(database.url)
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET session_replication_role = replica"))
            yield connection
            connection.commit()  # closing it rolls back what a CHECK refused
        else:
            triggers = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE :on")
            saved = connection.execute(triggers, {"on": table}).all()
            for name, _ in saved:
                connection.execute(text(f"DROP TRIGGER {name}"))
            connection.commit()
            connection.execute(text("PRAGMA ignore_check_constraints=ON"))
            yield connection
            for _, sql in saved:
                connection.exec_driver_sql(sql)
            connection.commit()
    engine.dispose()


def fill(home: Home) -> None:
    first, second = new_job(home), new_job(home)
    fill_job(home, first, "run-1")
    fill_job(home, first, "run-2", take=2)
    fill_job(home, second, "run-3")
    third = new_job(home)
    fill_job(home, third, "run-4", until="scripts")
    home.queue.cancel(third)
    edit_job(home, third)
    home.queue.cancel(third)
    edit_job(home, third)


@pytest.fixture
def filled(fill_any_home: FillHome) -> Home:
    """Three jobs, the first made twice; the second row of each table has neighbours on both sides.

    The third was edited twice and has nothing but scripts: every row of the others was made by a run.
    """
    return fill_any_home(fill)


def _another(column: Column[Any], value: Any) -> Any:  # noqa: PLR0911 — one line per kind of column
    """A value that the column takes and that is not this one."""
    if column.name == "origin":
        return "edit"
    if isinstance(column.type, JSON) or column.name == "document":
        return '{"edited": true}'
    if isinstance(column.type, Boolean):
        return not value
    if isinstance(column.type, UtcDateTime):
        return "2020-01-01 00:00:00.000000"
    if isinstance(column.type, Integer | Float):
        if column.name.endswith("_id") and column.name not in ("job_id", "tombstone_id"):
            return value % 2 + 1  # the other row of the same job, which no key refuses
        return (value or 0) + 4711
    return ("f" if str(value)[:1] != "f" else "0") + str(value)[1:]


def _edit(connection: Connection, table: str, column: str, row_id: int) -> Any:
    """Change one value; returns the old one."""
    model = Base.metadata.tables[table].c[column]
    old = connection.execute(text(f"SELECT {column} FROM {table} WHERE id = {row_id}")).scalar_one()  # noqa: S608 — names of the models
    _write(connection, table, column, row_id, _another(model, old))
    return old


def _write(connection: Connection, table: str, column: str, row_id: int, value: Any) -> None:
    cast = "CAST(:value AS JSONB)" if connection.dialect.name == "postgresql" and column == "document" else ":value"
    connection.execute(text(f"UPDATE {table} SET {column} = {cast} WHERE id = {row_id}"), {"value": value})  # noqa: S608 — as above


def test_every_edited_column_of_every_record_is_found(filled: Home) -> None:
    """One database for all columns: each is changed, looked for, and put back."""
    missed = set()
    assert audit_all(filled) == []
    for table, column in COLUMNS:
        try:
            with unguarded(filled.database, table) as connection:
                old = _edit(connection, table, column, 2)
        except IntegrityError:  # PostgreSQL has no way around a CHECK
            assert (filled.database.engine.dialect.name, column) in CHECKED
            continue
        if run_audit(filled, Options(files=False)).ok:
            missed.add(column)
        with unguarded(filled.database, table) as connection:
            row_id = 4713 if column == "id" else 2
            value = old if isinstance(old, str | int | float | type(None)) else _as_text(old)
            _write(connection, table, column, row_id, value)
    assert audit_all(filled) == []
    assert missed == UNKNOWN_ELSEWHERE


def _as_text(value: Any) -> str:
    import json  # noqa: PLC0415 — shown where it is used

    return json.dumps(value) if isinstance(value, dict) else str(value)


@pytest.mark.parametrize("table", [table.name for table in RECORDS])
def test_a_deleted_record_is_found(filled: Home, table: str) -> None:
    for row_id in (1, 2, 3):
        with unguarded(filled.database) as connection:
            assert connection.execute(text(f"DELETE FROM {table} WHERE id = {row_id}")).rowcount == 1  # noqa: S608 — as above
        rules = {finding.rule for finding in audit_all(filled)}
        assert "broken_chain" in rules


@pytest.mark.parametrize("table", [table.name for table in RECORDS])
def test_an_inserted_record_is_found(filled: Home, table: str) -> None:
    """Even one that names the head of its job's chain as its predecessor."""
    columns = {column.name: column.name for column in Base.metadata.tables[table].columns if column.name != "id"}
    columns["run_id"] = f"'{uuid.uuid4()}'"
    columns["version"] = "99"
    columns["previous_sha256"] = "(SELECT chain_sha256 FROM jobs WHERE jobs.id = job_id)"
    with unguarded(filled.database) as connection:
        insert = (
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(columns.values())} FROM {table} WHERE id = 3"  # noqa: S608 — as above
        )
        assert connection.execute(text(insert)).rowcount == 1
    assert "broken_chain" in {finding.rule for finding in audit_all(filled)}


@pytest.mark.parametrize("table", [table.name for table in EDGES])
def test_a_deleted_edge_is_found(filled: Home, table: str) -> None:
    owner = Base.metadata.tables[table].info["derived"]
    row_id = 5 if table == "script_edits" else 2
    with unguarded(filled.database) as connection:
        assert connection.execute(text(f"DELETE FROM {table} WHERE {owner} = {row_id}")).rowcount >= 1  # noqa: S608 — as above
    assert "upstream_is_missing" in {finding.rule for finding in audit_all(filled, deep=table in ONLY_DEEP)}


@pytest.mark.parametrize("table", [table.name for table in EDGES if table.name != "script_edits"])
def test_an_inserted_edge_is_found(filled: Home, table: str) -> None:
    """A row that leads to something else in the same job, or twice to the same."""
    model = Base.metadata.tables[table]
    changed = next(
        column.name
        for column in model.columns
        if column.name in ("observation_id", "call_id", "media_item_id", "scene") and column.primary_key
    )
    other = {
        "observation_id": "(SELECT max(id) FROM trend_observations)", "call_id": "(SELECT max(id) FROM provider_calls)",
        "media_item_id": "(SELECT max(id) + 99 FROM media_items)", "scene": "99",
    }[changed]  # fmt: skip
    columns = {column.name: column.name for column in model.columns} | {changed: other}
    owner = model.info["derived"]
    with unguarded(filled.database) as connection:
        insert = (
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT DISTINCT {', '.join(columns.values())} FROM {table} "  # noqa: S608 — as above
            f"WHERE {owner} = (SELECT min({owner}) FROM {table})"
        )
        if changed == "scene":
            insert += " AND scene = 1"
        assert connection.execute(text(insert)).rowcount >= 1
    assert "upstream_is_missing" in {finding.rule for finding in audit_all(filled, deep=True)}


def test_an_edit_that_a_run_s_script_is_said_to_come_from_is_found(filled: Home) -> None:
    with unguarded(filled.database) as connection:
        connection.execute(text("DELETE FROM script_edits WHERE script_id = 6"))
        connection.execute(text("INSERT INTO script_edits (job_id, script_id, edit_id) VALUES (3, 4, 2)"))
        connection.commit()
    found = {(finding.rule, finding.ref) for finding in audit_all(filled)}
    assert found >= {
        ("upstream_is_missing", "script:4"),
        ("upstream_is_missing", "script:6"),
        ("altered_edit", "edit:2"),
    }


def test_a_switched_off_trigger_is_found(filled: Home) -> None:
    with filled.database.write() as session:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("ALTER TABLE scripts DISABLE TRIGGER scripts_no_update"))
        else:
            session.execute(text("DROP TRIGGER scripts_no_update"))
    assert {(finding.rule, finding.ref) for finding in audit_all(filled)} == {
        ("missing_guard", "trigger:scripts_no_update")
    }
