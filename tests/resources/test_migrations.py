"""The migrations and the models describe one schema, and a schema of another version is refused with the way out."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.exc import DBAPIError

from reelineage import guards
from reelineage.errors import BadInput
from reelineage.models import Base, ProviderCall, TrendFetch
from resources.database import Database
from resources.settings import PROJECT

_SQLITE_OBJECTS = "SELECT type, name, sql FROM sqlite_master WHERE type IN ('trigger', 'view')"
_POSTGRES_OBJECTS = """
SELECT 'trigger', tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT 'function', proname, pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
UNION ALL SELECT 'constraint', conname, pg_get_constraintdef(oid) FROM pg_constraint
  WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
"""


@contextmanager
def _connection(url: str) -> Iterator[Connection]:
    engine = create_engine(url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def _schema(connection: Connection) -> set[tuple[str, ...]]:
    """Everything the database knows of its own shape, as comparable lines."""
    found: set[tuple[str, ...]] = set()
    inspector = inspect(connection)
    for table in inspector.get_table_names():
        if table == "alembic_version":
            continue
        for column in inspector.get_columns(table):
            kind = column["type"].compile(connection.dialect)
            found.add((table, "column", column["name"], kind, str(column["nullable"]), str(column["default"])))
        key = inspector.get_pk_constraint(table)
        found.add((table, "primary key", str(key["name"]), *key["constrained_columns"]))
        found |= {
            (table, "unique", str(u["name"]), *u["column_names"]) for u in inspector.get_unique_constraints(table)
        }
        found |= {(table, "check", str(c["name"]), c["sqltext"]) for c in inspector.get_check_constraints(table)}
        for foreign in inspector.get_foreign_keys(table):
            found.add((table, "foreign key", str(sorted(foreign.items(), key=str))))
        for index in inspector.get_indexes(table):
            found.add((table, "index", str(index["name"]), str(index["unique"]), str(index["column_names"])))
    sqlite = connection.dialect.name == "sqlite"
    for kind, name, definition in connection.execute(text(_SQLITE_OBJECTS if sqlite else _POSTGRES_OBJECTS)):
        if "alembic" not in name:
            found.add((kind, name, definition))
    if sqlite:
        counted = text("SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'")
        found |= {("autoincrement", name) for name in connection.scalars(counted)}
    return found


def test_a_migrated_database_has_the_very_schema_of_the_models(bare_url: str) -> None:
    with _connection(bare_url) as connection:
        Base.metadata.create_all(connection)
        by_models = _schema(connection)
        connection.rollback()
        if connection.dialect.name == "sqlite":  # it commits every CREATE at once
            Path(connection.engine.url.database or "").unlink()
    Database(bare_url).upgrade()
    with _connection(bare_url) as connection:
        assert _schema(connection) == by_models
        assert any(line[0] == "trigger" for line in by_models)


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_the_frozen_triggers_of_the_migrations_are_those_that_the_models_ask_for(dialect: str) -> None:
    files = sorted((PROJECT / "migrations/versions").glob(f"*_triggers.{dialect}.sql"))
    frozen = [statement for file in files for statement in file.read_text(encoding="utf-8").strip().split("\n\n")]
    assert sorted(frozen) == sorted(guards.trigger_statements(Base.metadata, dialect))


def test_the_comparison_sees_one_missing_trigger_or_check(bare_url: str) -> None:
    with _connection(bare_url) as connection:
        Base.metadata.create_all(connection)
        whole = _schema(connection)
        on = " ON scripts" if connection.dialect.name == "postgresql" else ""
        connection.execute(text(f"DROP TRIGGER scripts_no_update{on}"))
        assert {line[:2] for line in whole - _schema(connection)} == {("trigger", "scripts_no_update")}
        assert sum(line[1] == "check" for line in whole) > 50


def test_every_table_has_its_row_of_the_installation_only_once(database: Database) -> None:
    with database.read() as session:
        assert session.execute(text("SELECT count(*), max(length(uuid)) FROM installation")).one() == (1, 36)


def _set_revision(url: str, revision: str) -> None:
    database = Database(url)
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})
    database.close()


def test_a_newer_schema_is_refused_and_the_newer_version_asked_for(database_url: str) -> None:
    _set_revision(database_url, "9999")
    with pytest.raises(BadInput, match=r"newer than this version\. Install the newer Reelineage"):
        _ = Database(database_url).engine


def test_upgrading_a_newer_schema_says_the_same_instead_of_a_traceback(database_url: str) -> None:
    _set_revision(database_url, "9999")
    with pytest.raises(BadInput, match="newer than this version"):
        Database(database_url).upgrade()


def test_an_older_schema_is_refused_and_the_command_named(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    database = Database(database_url)
    with database.read():
        pass
    database.close()
    monkeypatch.setattr("resources.database.newest_schema", lambda: "0004")
    with pytest.raises(BadInput, match=r"older \(0003\).*`reelineage db upgrade`"):
        _ = Database(database_url).engine


def _made_by_the_first_version(url: str) -> None:
    """A database as the first schema left it, with the rows that the second one touches."""
    config = Config()
    config.set_main_option("script_location", str(PROJECT / "migrations"))
    with _connection(url) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(
            text(
                "INSERT INTO artifacts (sha256, size_bytes, media_type, created_at) "
                "VALUES (:sha256, 1, 'text/csv', '2026-01-01 00:00:00')"
            ),
            {"sha256": "a" * 64},
        )
        connection.execute(
            text(
                "INSERT INTO provider_calls (role, provider, model, parameters, request_sha256, status, started_at, "
                "finished_at) VALUES ('trend_source', 'embedded', 'file/1', '{}', :sha256, 'ok', "
                "'2026-01-01 00:00:00', '2026-01-01 00:00:01')"
            ),
            {"sha256": "b" * 64},
        )
        connection.execute(
            text(
                "INSERT INTO trend_fetches (call_id, source_kind, source_name, artifact_sha256, observation_count, "
                "skipped_count, skipped, created_at) VALUES (1, 'file', 'week 1', :sha256, 3, 0, '[]', "
                "'2026-01-01 00:00:02')"
            ),
            {"sha256": "a" * 64},
        )
        connection.commit()


def test_a_database_of_the_first_version_is_upgraded_without_losing_a_row_or_a_guard(bare_url: str) -> None:
    _made_by_the_first_version(bare_url)
    with pytest.raises(BadInput, match=r"older \(0001\).*`reelineage db upgrade`"):
        _ = Database(bare_url).engine
    database = Database(bare_url)
    database.upgrade()
    with database.read() as session:
        fetch = session.get_one(TrendFetch, 1)
        assert (fetch.source_name, fetch.observation_count, fetch.delete_by) == ("week 1", 3, None)
        assert session.get_one(ProviderCall, 1).status == "ok"
    with pytest.raises(DBAPIError, match="append-only"), database.write() as session:
        session.execute(text("UPDATE trend_fetches SET source_name = 'week 2'"))
    with pytest.raises(DBAPIError, match="append-only"), database.write() as session:
        session.execute(text("UPDATE trend_fetches SET delete_by = '2026-02-01 00:00:00'"))
    database.close()


def test_a_database_of_something_else_is_left_alone(bare_url: str) -> None:
    with _connection(bare_url) as connection:
        connection.execute(text("CREATE TABLE recipes (id INTEGER)"))
        connection.commit()
    for act in (lambda: Database(bare_url).engine, lambda: Database(bare_url).upgrade()):
        with pytest.raises(BadInput, match="tables of something else"):
            act()
    with _connection(bare_url) as connection:
        assert inspect(connection).get_table_names() == ["recipes"]


def test_upgrading_twice_changes_nothing(bare_url: str) -> None:
    database = Database(bare_url)
    database.upgrade()
    with _connection(bare_url) as connection:
        before = _schema(connection)
    database.upgrade()
    with _connection(bare_url) as connection:
        assert _schema(connection) == before


@pytest.mark.parametrize("url", ["nonsense", "oracle9://x"])
def test_a_url_that_means_nothing_is_refused_with_its_variable(url: str) -> None:
    with pytest.raises(BadInput, match="REELINEAGE_DATABASE_URL"):
        _ = Database(url).engine


def test_a_message_about_a_database_never_shows_its_password(postgres_url: str) -> None:
    _set_revision(postgres_url, "9999")
    secret = postgres_url.replace("postgres:@", "postgres:hunter2@")
    with pytest.raises(BadInput) as refused:
        _ = Database(secret).engine
    assert "hunter2" not in str(refused.value)
