# ruff: noqa: S608 — every name in these statements comes from our own models

"""The two rows that may change: a call that is open, and content that goes with a tombstone; all else is refused.

Belongs here: each of the two transitions and what tries to slip in with it, in plain SQL on both engines. Not here:
rows that never change (`test_refusals.py`).
"""

import pytest
from sqlalchemy import Connection, text

from reelineage.models import Base
from tests.resources.plain_sql import another_value, one_row, refuses, tombstone


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
    sql = f"UPDATE provider_calls SET {column} = {another_value(kind)} WHERE id = {call}"
    refuses(attempt, sql, because="never changes")


def test_an_open_call_is_not_deleted(attempt: Connection) -> None:
    refuses(attempt, f"DELETE FROM provider_calls WHERE id = {_open_call(attempt)}", because="append-only")


WITH_CONTENT = [t.name for t in Base.metadata.sorted_tables if t.info.get("content")]


@pytest.mark.parametrize("table", WITH_CONTENT)
def test_content_may_go_once_when_a_tombstone_is_set(attempt: Connection, table: str) -> None:
    one_row(attempt, table)
    stone = tombstone(attempt)
    content = Base.metadata.tables[table].info["content"]
    gone = ", ".join(f"{column} = NULL" for column in content)
    attempt.execute(text(f"UPDATE {table} SET {gone}, tombstone_id = {stone} WHERE id = 1"))
    left = attempt.execute(text(f"SELECT * FROM {table} WHERE id = 1")).mappings().one()
    assert {left[column] for column in content} == {None}
    refuses(attempt, f"UPDATE {table} SET tombstone_id = NULL WHERE id = 1")
    refuses(attempt, f"UPDATE {table} SET {content[0]} = {another_value('JSON')} WHERE id = 1")
    refuses(attempt, f"UPDATE {table} SET tombstone_id = {tombstone(attempt)} WHERE id = 1")


@pytest.mark.parametrize("table", WITH_CONTENT)
def test_nothing_else_may_change_together_with_the_tombstone(attempt: Connection, table: str) -> None:
    one_row(attempt, table)
    stone = tombstone(attempt)
    described = Base.metadata.tables[table]
    content = described.info["content"]
    gone = ", ".join(f"{column} = NULL" for column in content)
    for column in described.columns:
        if column.name in (*content, "tombstone_id"):
            continue
        value = another_value(column.type.compile(attempt.dialect))
        refuses(attempt, f"UPDATE {table} SET {gone}, tombstone_id = {stone}, {column.name} = {value} WHERE id = 1")


@pytest.mark.parametrize("table", WITH_CONTENT)
def test_content_is_not_rewritten_under_the_cover_of_a_tombstone(attempt: Connection, table: str) -> None:
    one_row(attempt, table)
    stone = tombstone(attempt)
    described = Base.metadata.tables[table]
    content = described.info["content"]
    for kept in content:
        value = another_value(described.c[kept].type.compile(attempt.dialect))
        changed = ", ".join(f"{column} = {value if column == kept else 'NULL'}" for column in content)
        refuses(attempt, f"UPDATE {table} SET {changed}, tombstone_id = {stone} WHERE id = 1")


@pytest.mark.parametrize("table", WITH_CONTENT)
def test_content_does_not_go_without_a_real_tombstone(attempt: Connection, table: str) -> None:
    one_row(attempt, table)
    gone = ", ".join(f"{column} = NULL" for column in Base.metadata.tables[table].info["content"])
    refuses(attempt, f"UPDATE {table} SET {gone} WHERE id = 1")
    refuses(attempt, f"UPDATE {table} SET {gone}, tombstone_id = 4711 WHERE id = 1")
