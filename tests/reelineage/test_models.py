"""Rules that every table must keep, so that a new one cannot forget them."""

from datetime import datetime

import pytest
from sqlalchemy import ForeignKeyConstraint, Table, UniqueConstraint
from sqlalchemy.dialects import sqlite

from reelineage.models import Base, UtcDateTime

TABLES = Base.metadata.sorted_tables
RECORDS = [table for table in TABLES if table.info.get("record")]
EDGES = [table for table in TABLES if "derived" in table.info]


def ids(tables: list[Table]) -> list[str]:
    return [table.name for table in tables]


def keys(table: Table) -> list[ForeignKeyConstraint]:
    return [key for key in table.constraints if isinstance(key, ForeignKeyConstraint)]


@pytest.mark.parametrize("table", RECORDS, ids=ids(RECORDS))
def test_a_record_has_its_job_its_version_and_one_row_per_run(table: Table) -> None:
    assert not table.c.job_id.nullable
    assert any(key.elements[0].target_fullname == "jobs.id" for key in keys(table))
    unique = {tuple(column.name for column in u.columns) for u in table.constraints if isinstance(u, UniqueConstraint)}
    per = ("scene",) if table.name == "clips" else ()
    assert {("job_id", "id"), ("job_id", *per, "version"), ("job_id", "run_id", *per)} <= unique


@pytest.mark.parametrize("table", [*RECORDS, *EDGES], ids=ids([*RECORDS, *EDGES]))
def test_every_key_to_a_row_of_a_job_carries_the_job(table: Table) -> None:
    """A key by id alone could lead to another job's row."""
    for key in keys(table):
        target = key.referred_table
        if target.info.get("record") or target in EDGES or target.name == "provider_calls":
            assert "job_id" in [element.parent.name for element in key.elements], (table.name, key.column_keys)


@pytest.mark.parametrize("table", [*RECORDS, *EDGES], ids=ids([*RECORDS, *EDGES]))
def test_every_upstream_column_must_be_there(table: Table) -> None:
    for key in keys(table):
        for column in key.columns:
            assert not column.nullable or column.name == "tombstone_id"


@pytest.mark.parametrize("table", TABLES, ids=ids(TABLES))
def test_every_key_has_an_index_that_its_walk_can_use(table: Table) -> None:
    """Walking downstream, and every check of the key itself, would else read the whole table."""
    led = [[column.name for column in index.columns] for index in table.indexes]
    led += [[c.name for c in u.columns] for u in table.constraints if isinstance(u, UniqueConstraint)]
    led.append([column.name for column in table.primary_key.columns])
    for key in keys(table):
        columns = [column.name for column in key.columns]
        if columns == ["tombstone_id"] or (columns == ["job_id"] and table.info.get("record")):
            continue
        helped = {columns[-1], columns[0]} if columns[0] == "job_id" else {columns[0]}
        assert helped & {index[0] for index in led}, (table.name, columns)


@pytest.mark.parametrize("table", TABLES, ids=ids(TABLES))
def test_every_table_says_what_it_is(table: Table) -> None:
    if table.info.get("passing"):
        assert set(table.info) == {"passing"}
        return
    assert table.info.get("append_only") or table.info.get("frozen")
    about_others = ("installation", "fingerprints", "tombstone_targets")
    assert "node" in table.info or "derived" in table.info or table.name in about_others
    for column in (*table.info.get("content", ()), *table.info.get("frozen", ())):
        assert column in table.c
    if table.info.get("content"):
        assert "tombstone_id" in table.c
        assert all(table.c[column].nullable for column in table.info["content"])


def test_a_time_without_a_zone_is_not_stored() -> None:
    with pytest.raises(ValueError, match="a time without a zone cannot be stored"):
        UtcDateTime().process_bind_param(datetime(2026, 1, 1), sqlite.dialect())  # noqa: DTZ001 — the naive time is the test
