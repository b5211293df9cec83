"""A database that may only be read: every way to it says so in words, and nothing was changed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event, text

from reelineage.errors import BadInput
from resources.database import Database
from resources.home import existing_home


@pytest.fixture
def read_only(database: Database) -> Iterator[Database]:
    """The engine's own refusal, as a read-only mount or a standby server gives it."""
    sqlite = database.engine.dialect.name == "sqlite"

    def refuse(connection: object, _: object) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]  # a driver's connection
        cursor.execute("PRAGMA query_only=ON" if sqlite else "SET default_transaction_read_only = on")
        if not sqlite:
            connection.commit()  # type: ignore[attr-defined]  # as above

    database.engine.dispose()
    event.listen(database.engine, "connect", refuse)
    yield database
    event.remove(database.engine, "connect", refuse)
    database.engine.dispose()


def test_a_write_says_that_the_database_may_only_be_read(read_only: Database) -> None:
    with pytest.raises(BadInput, match="it may only be read, so nothing was changed"), read_only.write() as session:
        session.execute(text("INSERT INTO tombstones (reason, actor, created_at) VALUES ('x', 'y', '2026-01-01')"))


def test_whether_a_row_could_be_stored_is_known_before_the_work(read_only: Database) -> None:
    with pytest.raises(BadInput, match="may only be read"):
        read_only.require_writable()


def test_a_database_that_can_be_written_is_no_obstacle(database: Database) -> None:
    database.require_writable()
    with database.write() as session:
        session.execute(text("INSERT INTO tombstones (reason, actor, created_at) VALUES ('x', 'y', '2026-01-01')"))


def test_other_errors_of_a_write_are_not_called_so(database: Database) -> None:
    with pytest.raises(Exception, match="nowhere"), database.write() as session:
        session.execute(text("SELECT 1 FROM nowhere"))


def test_reading_goes_on(read_only: Database) -> None:
    with read_only.read() as session:
        assert session.execute(text("SELECT count(*) FROM jobs")).scalar() == 0


def test_a_folder_in_which_sqlite_may_not_write_is_named_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "reelineage.db").mkdir()  # what SQLite cannot open, whoever asks
    with pytest.raises(BadInput, match=r"SQLite writes beside it.*Make the home writable"):
        _ = Database(f"sqlite:///{tmp_path / 'reelineage.db'}").engine


def test_a_question_makes_no_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A typing error in REELINEAGE_HOME must not answer out of an empty database."""
    monkeypatch.setenv("REELINEAGE_HOME", str(tmp_path / "hmoe"))
    with pytest.raises(BadInput, match="there is none yet"):
        existing_home()
    assert not (tmp_path / "hmoe").exists()
