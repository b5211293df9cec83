"""The database: the only place that opens engines and sessions, and that locks a job's row for a fenced write.

Belongs here: connections, transactions, schema version. Not here: what is read or written.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, inspect, select, text
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError, NoSuchModuleError, OperationalError
from sqlalchemy.orm import Session

from reelineage.errors import BadInput, FenceLost, TransientError
from reelineage.fingerprint import canonical_json
from reelineage.models import Installation, Job
from resources.settings import PROJECT

_BUSY_SECONDS = 60
_CHECKPOINT_SECONDS = 2
# a server whose host or network is gone ends no connection: whoever asked it waited for a quarter of an hour
_PG_PATIENCE = {
    "connect_timeout": 10, "tcp_user_timeout": 10_000,  # in seconds, and in milliseconds: what was sent must arrive
    "keepalives_idle": 15, "keepalives_interval": 5, "keepalives_count": 3,  # while an answer is waited for
}  # fmt: skip
_ADVISORY_LOCK = 7_203_442_211
_ENGINES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
_PG_READ_ONLY = "25006"  # read_only_sql_transaction


class Database:
    """One database by URL. The engine is made on first use and closed by `close`."""

    def __init__(self, url: str) -> None:
        self.url = url

    @cached_property
    def engine(self) -> Engine:
        """The engine, with the schema brought up on an empty database.

        Raises:
            BadInput: the URL is not usable, or the schema is older or newer than this version of Reelineage.
            TransientError: the database does not answer.
        """
        engine = self._connectable()
        try:
            with engine.connect().execution_options(write=True) as connection, connection.begin():
                _ensure_schema(connection, self.url, upgrade=False)
        except BaseException as error:
            engine.dispose()
            if isinstance(error, OperationalError) and _may_not_write(error):
                raise BadInput(
                    f"Opening the database {_shown(self.url)}: its folder may only be read ({error.orig}), and SQLite "
                    "writes beside it even to answer a question. Nothing was changed. Make the home writable for you, "
                    "or copy it to where you may write and set REELINEAGE_HOME."
                ) from error
            if isinstance(error, OperationalError):
                raise TransientError(
                    f"Opening the database {_shown(self.url)}: it does not answer ({error.orig}). Start it, or correct "
                    "REELINEAGE_DATABASE_URL."
                ) from error
            if isinstance(error, DatabaseError):
                raise BadInput(
                    f"Opening the database {_shown(self.url)}: it cannot be used ({error.orig}). Restore it from a "
                    "backup, or correct REELINEAGE_DATABASE_URL."
                ) from error
            raise
        return engine

    def _connectable(self) -> Engine:
        try:
            engine = create_engine(self.url, **_engine_options(self.url))
            if engine.dialect.name == "sqlite" and engine.url.database:
                Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
        except (ArgumentError, NoSuchModuleError, ImportError, ValueError, OSError) as error:
            raise BadInput(
                f"Opening the database {_shown(self.url)}: {error}. Correct REELINEAGE_DATABASE_URL or REELINEAGE_HOME."
            ) from error
        if engine.dialect.name not in _ENGINES:
            raise BadInput(f"Opening the database: {engine.dialect.name} is not supported. Use SQLite or PostgreSQL.")
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
        return engine

    def state(self) -> tuple[str | None, str]:
        """Its schema's version, None when it has none, and its engine with version; unlike all else this makes nothing.

        Asks over a connection of its own: a pool that is used up says nothing about the database.

        Raises:
            BadInput: the URL is not usable.
            sqlalchemy.exc.DatabaseError: the database does not answer.
        """
        engine = self._connectable()
        try:
            with engine.connect() as connection:
                schema = MigrationContext.configure(connection).get_current_revision()
                version = ".".join(map(str, connection.dialect.server_version_info or ()))
        finally:
            engine.dispose()
        return schema, f"{_ENGINES[engine.dialect.name]} {version}"

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session on one consistent snapshot; nothing is committed."""
        reader = self.engine
        if reader.dialect.name == "postgresql":  # SQLite's transactions are snapshots by themselves
            reader = reader.execution_options(isolation_level="REPEATABLE READ")
        with Session(reader, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session in one write transaction (`BEGIN IMMEDIATE` on SQLite); commits unless the block raises.

        Raises:
            BadInput: the database may only be read.
        """
        writer = self.engine.execution_options(write=True)
        try:
            with Session(writer, expire_on_commit=False) as session, session.begin():
                yield session
        except DBAPIError as error:
            if not _may_not_write(error):
                raise
            raise BadInput(
                f"Writing to the database {_shown(self.url)}: it may only be read, so nothing was changed. Make the "
                "home (or the database) writable for you."
            ) from error

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

    def require_writable(self) -> None:
        """Find out now whether a row could be stored later.

        Raises:
            BadInput: the database may only be read.
        """
        with self.write() as session:
            session.execute(select(Installation.id).with_for_update())

    def wipe_traces(self) -> bool:
        """Empty SQLite's write-ahead log, which still holds rows as they were; False while somebody reads from it.

        PostgreSQL keeps old rows until VACUUM has been over their table.
        """
        if self.engine.dialect.name != "sqlite":
            return True
        connection = self.engine.raw_connection()  # a checkpoint cannot run inside a transaction
        try:
            cursor = connection.cursor()
            cursor.execute(f"PRAGMA busy_timeout={_CHECKPOINT_SECONDS * 1000}")
            busy = int(cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0])
            cursor.execute(f"PRAGMA busy_timeout={_BUSY_SECONDS * 1000}")
        finally:
            connection.close()
        return busy == 0

    def close(self) -> None:
        """Close all connections."""
        if "engine" in self.__dict__:
            self.engine.dispose()
            del self.__dict__["engine"]

    def upgrade(self) -> None:
        """Bring an older schema to this version (`reelineage db upgrade`).

        Raises:
            BadInput: the schema is newer, or of something else.
        """
        engine = self._connectable()
        try:
            with engine.connect().execution_options(write=True) as connection, connection.begin():
                _ensure_schema(connection, self.url, upgrade=True)
        finally:
            engine.dispose()


def _engine_options(url: str) -> dict[str, Any]:
    if url.startswith("sqlite"):
        # canonical text lies in the file as it was hashed: the audit need not read a document to know it unchanged
        return {"connect_args": {"timeout": _BUSY_SECONDS}, "json_serializer": canonical_json}
    return {"pool_pre_ping": True, "pool_size": 4, "max_overflow": 4, "connect_args": _PG_PATIENCE}


def _may_not_write(error: DBAPIError) -> bool:
    """Whether the database can only be read: SQLite's or PostgreSQL's own word for it."""
    name = str(getattr(error.orig, "sqlite_errorname", ""))
    return name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN")) or (
        getattr(error.orig, "pgcode", None) == _PG_READ_ONLY
    )


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 — the driver's own connection
    connection.isolation_level = None  # the driver must not open transactions of its own
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",  # what a take-down empties is overwritten with zeros, not left in free pages
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


@cache
def newest_schema() -> str | None:
    """The schema's version that this code needs. Alembic runs each migration file to tell it: once will do."""
    return ScriptDirectory.from_config(_alembic_config()).get_current_head()


def _migrate(connection: Connection) -> None:
    config = _alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _shown(url: str) -> str:
    """The URL without user and password."""
    return url.rpartition("@")[2]


def _ensure_schema(connection: Connection, url: str, *, upgrade: bool) -> None:
    """Create the schema in an empty database; refuse another version, but for an older one when a person upgrades.

    Two starters at once: one waits for the other.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
    current = MigrationContext.configure(connection).get_current_revision()
    if current == newest_schema():
        return
    if current is None and not inspect(connection).get_table_names():
        _migrate(connection)
        return
    where = _shown(url)
    if current is None:
        raise BadInput(f"Opening the database {where}: it holds tables of something else. Give Reelineage its own.")
    known = {one.revision for one in ScriptDirectory.from_config(_alembic_config()).walk_revisions()}
    if current in known and upgrade:
        _migrate(connection)
        return
    if current in known:
        raise BadInput(
            f"Opening the database {where}: its schema is older ({current}). Back it up, then run "
            "`reelineage db upgrade`."
        )
    raise BadInput(
        f"Opening the database {where}: its schema ({current}) is newer than this version. "
        "Install the newer Reelineage."
    )
