"""The database: the only place that opens engines and sessions, and that locks a job's row for a fenced write.

Belongs here: connections, transactions, schema version. Not here: what is read or written.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, inspect, select, text
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.orm import Session

from reelineage.errors import BadInput, FenceLost
from reelineage.models import Job
from resources.settings import PROJECT

_BUSY_SECONDS = 60
_ADVISORY_LOCK = 7_203_442_211


class Database:
    """One database by URL. The engine is made on first use and closed by `close`."""

    def __init__(self, url: str) -> None:
        self.url = url

    @cached_property
    def engine(self) -> Engine:
        """The engine, with the schema brought up on an empty database.

        Raises:
            BadInput: the URL is not usable, or the schema is older or newer than this version of Reelineage.
        """
        engine = self._connectable()
        with engine.connect().execution_options(write=True) as connection, connection.begin():
            _ensure_schema(connection, self.url)
        return engine

    def _connectable(self) -> Engine:
        try:
            engine = create_engine(self.url, **_engine_options(self.url))
        except (ArgumentError, NoSuchModuleError) as error:
            raise BadInput(f"Opening the database: {error}. Correct REELINEAGE_DATABASE_URL.") from error
        if engine.dialect.name == "sqlite":
            if engine.url.database:
                Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
        return engine

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session on one consistent snapshot; nothing is committed."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session in one write transaction (`BEGIN IMMEDIATE` on SQLite); commits unless the block raises."""
        writer = self.engine.execution_options(write=True)
        with Session(writer, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def fenced_write(self, job_id: int, run_id: str) -> Iterator[Session]:
        """A write transaction that only goes through while `run_id` holds the job; the job's row stays locked.

        Raises:
            FenceLost: another run has taken the job over, or it was cancelled.
        """
        with self.write() as session:
            holder = session.execute(select(Job.active_run).where(Job.id == job_id).with_for_update()).scalar()
            if holder != run_id:
                raise FenceLost(
                    f"Storing a result of job {job_id}: run {run_id} no longer holds the job "
                    f"({'run ' + holder + ' does' if holder else 'nobody does'}), so nothing was written. "
                    f"`reelineage jobs show {job_id}` tells who works on it."
                )
            yield session

    def close(self) -> None:
        """Close all connections."""
        if "engine" in self.__dict__:
            self.engine.dispose()
            del self.__dict__["engine"]

    def upgrade(self) -> None:
        """Bring an older schema to this version (`reelineage db upgrade`)."""
        engine = self._connectable()
        with engine.connect().execution_options(write=True) as connection, connection.begin():
            _migrate(connection)
        engine.dispose()


def _engine_options(url: str) -> dict[str, Any]:
    if url.startswith("sqlite"):
        return {"connect_args": {"timeout": _BUSY_SECONDS}}
    return {"pool_pre_ping": True, "pool_size": 4, "max_overflow": 4, "connect_args": {"connect_timeout": 10}}


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 — the driver's own connection
    connection.isolation_level = None  # the driver must not open transactions of its own
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "recursive_triggers=ON",  # else INSERT OR REPLACE deletes a row without asking the DELETE trigger
        f"busy_timeout={_BUSY_SECONDS * 1000}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get("write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _alembic_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(PROJECT / "migrations").replace("%", "%%"))
    return config


def _migrate(connection: Connection) -> None:
    config = _alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _ensure_schema(connection: Connection, url: str) -> None:
    """Create the schema in an empty database; refuse one of another version. Two starters at once: one waits."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
    current = MigrationContext.configure(connection).get_current_revision()
    scripts = ScriptDirectory.from_config(_alembic_config())
    if current == scripts.get_current_head():
        return
    if current is None and not inspect(connection).get_table_names():
        _migrate(connection)
        return
    where = url.rpartition("@")[2]  # never show the password
    if current is None:
        raise BadInput(f"Opening the database {where}: it holds tables of something else. Give Reelineage its own.")
    known = {script.revision for script in scripts.walk_revisions()}
    if current in known:
        raise BadInput(
            f"Opening the database {where}: its schema is older ({current}). Back it up, then run "
            "`reelineage db upgrade`."
        )
    raise BadInput(
        f"Opening the database {where}: its schema ({current}) is newer than this version. "
        "Install the newer Reelineage."
    )
