"""Databases that hold two whole jobs, made once for all tests that only try what the database refuses."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.orm import Session

from resources.database import Database
from resources.home import Home
from resources.record_edges import StoredRow
from resources.settings import Settings
from tests.factories import fill_job, new_job

Rows = dict[str, tuple[StoredRow, ...]]


@dataclass(frozen=True)
class Filled:
    """A home whose job 1 has two versions of everything and whose job 2 has one."""

    home: Home
    first: Rows
    second: Rows
    other: Rows

    @property
    def database(self) -> Database:
        """The database."""
        return self.home.database

    @property
    def sqlite(self) -> bool:
        """Whether this is SQLite."""
        return self.database.engine.dialect.name == "sqlite"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def _filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    url, name = None, f"filled{abs(id(request))}"
    if request.param == "postgresql":
        server: str = request.getfixturevalue("postgres_server")
        admin = create_engine(server, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE reelineage_template"))
        before, _, query = server.partition("?")
        url = f"{before.rpartition('/')[0]}/{name}?{query}"
    home = Home(Settings(home=tmp_path_factory.mktemp("filled"), database_url=url))
    job, other = new_job(home), new_job(home)
    yield Filled(home, fill_job(home, job), fill_job(home, job, "run-2", take=2), fill_job(home, other, "run-3"))
    home.database.close()
    if url:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()


@pytest.fixture
def filled(_filled: Filled) -> Filled:
    """Two whole jobs; whoever asks for it must leave them as they are."""
    return _filled


@pytest.fixture
def attempt(filled: Filled) -> Iterator[Connection]:
    """A connection of ours on which one may try anything: all of it is rolled back."""
    with Session(filled.database.engine.execution_options(write=True)) as session:
        yield session.connection()
        session.rollback()
