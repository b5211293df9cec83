"""Rows into an empty database as fast as the engine allows: no triggers, no indexes, no journal while they go in.

Belongs here: bulk loading for SQLite and PostgreSQL. Not here: which rows (`lineage_rows.py`). Never for a database
that people use: what protects rows is switched off for the while.
"""

import io
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from benchmarks.lineage_tables import COLUMNS, Row, Value
from reelineage.models import Base
from resources.database import Database

_CACHE_KB = 2_500_000


class Loader(Protocol):
    """Takes rows by table, in the columns of `COLUMNS`."""

    def insert(self, rows: dict[str, list[Row]]) -> None:
        """Insert them all."""
        ...


@contextmanager
def loader(database: Database) -> Iterator[Loader]:
    """Open a database for loading; when the block ends its indexes and triggers are as before.

    Raises:
        ValueError: the database holds jobs already.
    """
    with database.read() as session:
        if session.connection().exec_driver_sql("SELECT 1 FROM jobs LIMIT 1").first():
            raise ValueError("Building rows for a benchmark: the database holds jobs. Give it an empty one.")
    engine = database.engine
    engine.dispose()  # loading wants the database for itself
    if engine.dialect.name == "sqlite":
        with _sqlite(str(engine.url.database)) as load:
            yield load
    else:
        pooled = engine.raw_connection()
        try:
            with _postgresql(pooled.driver_connection) as load:
                yield load
        finally:
            pooled.invalidate()  # its settings are not for others


class _SqliteLoader:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def insert(self, rows: dict[str, list[Row]]) -> None:
        for table, found in rows.items():
            columns = COLUMNS[table]
            self._connection.executemany(
                f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})",  # noqa: S608 — names from this file
                found,
            )


@contextmanager
def _sqlite(path: str) -> Iterator[Loader]:
    connection = sqlite3.connect(path, isolation_level=None)
    # the cache holds the one index that cannot be put aside and grows at random places: that of artifacts by hash
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "foreign_keys=OFF", f"cache_size=-{_CACHE_KB}"):
        connection.execute(f"PRAGMA {pragma}")
    laid_aside = connection.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL"
    ).fetchall()
    for kind, name, _ in laid_aside:
        connection.execute(f"DROP {kind} {name}")
    connection.execute("BEGIN")
    yield _SqliteLoader(connection)
    connection.execute("COMMIT")
    for _, _, statement in laid_aside:
        connection.execute(statement)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.close()


class _PostgresLoader:
    def __init__(self, cursor: Any) -> None:  # noqa: ANN401 — the driver's own cursor
        self._cursor = cursor

    def insert(self, rows: dict[str, list[Row]]) -> None:
        for table, found in rows.items():
            text = io.StringIO("".join("\t".join(map(_copied, row)) + "\n" for row in found))
            self._cursor.copy_expert(f"COPY {table} ({', '.join(COLUMNS[table])}) FROM STDIN", text)


def _copied(value: Value) -> str:
    """A value as COPY reads it; the made-up texts hold no tab, newline or backslash."""
    if value is None:
        return "\\N"
    return f"\\\\x{value.hex()}" if isinstance(value, bytes) else str(value)


@contextmanager
def _postgresql(connection: Any) -> Iterator[Loader]:  # noqa: ANN401 — the driver's own connection
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute("SET session_replication_role = replica")  # no triggers, no checks of foreign keys
    cursor.execute("SET TIME ZONE 'UTC'")
    cursor.execute("SET maintenance_work_mem = '512MB'")
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' "
        "AND indexname NOT IN (SELECT conname FROM pg_constraint) AND tablename <> 'alembic_version'"
    )
    laid_aside = cursor.fetchall()
    for name, _ in laid_aside:
        cursor.execute(f'DROP INDEX "{name}"')
    yield _PostgresLoader(cursor)
    for _, statement in laid_aside:
        cursor.execute(statement)
    for table in Base.metadata.sorted_tables:
        if table.name in COLUMNS and "id" in COLUMNS[table.name]:
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), (SELECT max(id) FROM {table.name}))"  # noqa: S608 — names of our own tables
            )
    cursor.execute("VACUUM ANALYZE")
    cursor.execute("RESET session_replication_role")
    cursor.close()
