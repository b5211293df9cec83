"""PostgreSQL goes away under a console that runs, and comes back: a decision is made or not, and nobody has to restart.

Belongs here: connections that the server ends, at a bad moment too. Not here: SQLite (`tests/console/web/`).
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, event, make_url, text

from console.web.live import Feed
from resources.home import Home, open_home
from resources.job_cards import JobCard
from tests.console.pages.test_events import SOON, claimed, progress, run
from tests.console.web.test_deciding import decisions, form_of
from tests.console.web_client import client
from tests.factories import fill_job, new_job

ADDRESSES = ("/jobs", "/jobs/1", "/costs", "/trends", "/api/jobs", "/api/jobs/1")
GOOD = {"reason": "Good"}


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_url: str) -> Iterator[Home]:
    """A home on PostgreSQL whose job 1 waits for a decision."""
    monkeypatch.setenv("REELINEAGE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("REELINEAGE_DATABASE_URL", postgres_url)
    home = open_home()
    fill_job(home, new_job(home))
    home.output.sync(1)
    yield home
    home.database.close()


@contextmanager
def server(url: str) -> Iterator[Callable[[bool], None]]:
    """Takes the database of this URL away, with every connection to it, and lets people in again."""
    name = make_url(url).database
    engine = create_engine(make_url(url).set(database="postgres"), isolation_level="AUTOCOMMIT")

    def let_in(there: bool) -> None:
        with engine.connect() as connection:
            connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS {there}"))
            if not there:
                connection.execute(
                    text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"), {"name": name}
                )

    yield let_in
    let_in(True)
    engine.dispose()


def test_a_decision_in_the_middle_of_which_the_server_goes_is_not_made_and_can_be_made_when_it_is_back(
    served: Home, postgres_url: str
) -> None:
    asked, fields, engine = client(served), form_of(served, "approve"), served.database.engine
    with server(postgres_url) as let_in:

        def pull(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            if statement.startswith("INSERT INTO decisions"):
                let_in(False)

        event.listen(engine, "before_cursor_execute", pull)
        answers = [asked.post("/jobs/1/approve", data=fields | GOOD), *map(asked.get, ADDRESSES)]
        event.remove(engine, "before_cursor_execute", pull)
        assert [answer.status_code for answer in answers] == [503] * len(answers)
        for answer in answers:
            assert "The database does not answer. Try again in a moment" in answer.text
            assert "Traceback" not in answer.text
            assert "psycopg2" not in answer.text
        let_in(True)
        assert [asked.get(address).status_code for address in ADDRESSES] == [200] * len(ADDRESSES)
        assert (decisions(served), served.queue.get(1).state) == ([], "awaiting_review")
        assert asked.post("/jobs/1/approve", data=fields | GOOD).status_code == 303
    assert served.queue.get(1).state == "approved"


@pytest.mark.parametrize("error", ["OperationalError", "DatabaseError"])
def test_a_decision_whose_commit_is_not_confirmed_is_whole_and_its_files_follow(
    served: Home, monkeypatch: pytest.MonkeyPatch, error: str
) -> None:
    """The server commits and goes before it can say so: nobody here knows, and nothing may stay half done."""
    asked, fields, engine = client(served), form_of(served, "approve"), served.database.engine
    commit, driver, gone = engine.dialect.do_commit, engine.dialect.loaded_dbapi, False

    def commit_and_go(connection: Any) -> None:  # the driver's own
        nonlocal gone
        commit(connection)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM decisions")
            (made,) = cursor.fetchone() or (0,)
        if made and not gone:
            gone = True
            raise getattr(driver, error)("server closed the connection unexpectedly")

    monkeypatch.setattr(engine.dialect, "do_commit", commit_and_go)
    assert asked.post("/jobs/1/approve", data=fields | GOOD).status_code == 503
    assert [decision.verdict for decision in decisions(served)] == ["approve"]
    again = asked.post("/jobs/1/approve", data=fields | GOOD)
    assert (again.status_code, "was approved by tester" in again.text) == (409, True)
    served.output.catch_up()
    assert {path.parent.name for path in served.output.root.rglob("*.mp4")} == {"approved"}


def test_whoever_asks_a_server_whose_network_is_gone_does_not_wait_for_long(served: Home) -> None:
    """Such a server ends nothing. Tried with its network put down: 90 s and more without these, 20 s with them."""
    connection = served.database.engine.raw_connection()
    driver: Any = connection.driver_connection
    asked = driver.info.dsn_parameters
    connection.close()
    assert (asked["connect_timeout"], asked["tcp_user_timeout"]) == ("10", "10000")
    assert (asked["keepalives_idle"], asked["keepalives_interval"], asked["keepalives_count"]) == ("15", "5", "3")


def test_a_stream_of_changes_outlives_the_server_and_tells_what_happened_afterwards(
    served: Home, postgres_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    job_id = claimed(served)

    async def watch(let_in: Callable[[bool], None]) -> tuple[JobCard, ...]:
        with Feed(served.database, pause_seconds=0.01).listening({job_id: None}) as listener:
            assert await listener.next(0.3) == ()
            let_in(False)
            async with asyncio.timeout(SOON):
                while "It is tried again" not in caplog.text:
                    assert await listener.next(0.01) == ()
            let_in(True)
            progress(served, job_id, "clips 1/7 scene 1")
            return await listener.next(SOON)

    with server(postgres_url) as let_in:
        assert [card.progress for card in run(watch(let_in))] == ["clips 1/7 scene 1"]
