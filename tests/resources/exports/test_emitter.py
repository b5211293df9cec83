"""Live sending: every committed row arrives, in whatever order transactions commit, and a bad server harms nobody.

Belongs here: the cursor from tick to tick. Not here: the sensor around it (`tests/pipeline_assets`).
"""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, text

from reelineage.models import ProviderCall
from resources.exports import emitter, openlineage, rows
from resources.exports.emitter import Cursor, Tick, emit
from resources.exports.sending import Sender
from resources.home import Home
from tests.factories import NOON, fill_job, new_job
from tests.resources.exports.receiver import Receiver, receiver


@pytest.fixture
def server() -> Iterator[Receiver]:
    """Where the events go."""
    with receiver() as state:
        yield state


def tick(home: Home, server: Receiver, cursor: str | None, **options: float) -> Tick:
    with Sender(server.url, seconds=0.5) as sender:
        return emit(home.database, sender, cursor, **options)  # type: ignore[arg-type]  # counts and seconds alike


def rested(cursor: str) -> str:
    """The same cursor after the rest that follows a failure."""
    return json.dumps(json.loads(cursor) | {"not_before": None})


def call(number: int, status: str = "ok") -> ProviderCall:
    return ProviderCall(
        id=number, role="footage_source", provider="toy", model="m", parameters={}, status=status,
        request_sha256="a" * 64, started_at=NOON, finished_at=None if status == "intent" else NOON,
    )  # fmt: skip


def everything(home: Home) -> list[str]:
    with home.database.read() as session:
        return [str(told.ref) for told in rows.stream(session)]


def test_all_rows_arrive_once_in_the_order_of_an_export(any_home: Home, server: Receiver) -> None:
    for number in (1, 2):
        fill_job(any_home, new_job(any_home), f"run-{number}")
    cursor = None
    for _ in range(20):
        done = tick(any_home, server, cursor, most_rows=4)
        cursor = done.cursor
    assert done.sent == 0
    assert server.rows == everything(any_home)


def test_rows_that_come_later_are_sent_and_the_old_ones_not_again(home: Home, server: Receiver) -> None:
    fill_job(home, new_job(home), "run-1")
    first = tick(home, server, None)
    server.received.clear()
    assert tick(home, server, first.cursor).sent == 0
    fill_job(home, new_job(home), "run-2")
    assert tick(home, server, first.cursor).sent > 5
    assert "video:2" in server.rows
    assert "video:1" not in server.rows


@pytest.mark.parametrize("answer", [500, "close", "hang", 404])
def test_a_failure_in_the_middle_loses_and_doubles_no_row(home: Home, server: Receiver, answer: int | str) -> None:
    fill_job(home, new_job(home))
    server.answers = [200, 200, 200, 200, 200, answer]
    failed = tick(home, server, None)
    assert failed.sent in (1, 2)  # a row has two events, or three
    assert failed.problem
    assert tick(home, server, failed.cursor).resting
    done = tick(home, server, rested(failed.cursor))
    assert done.problem == ""
    assert server.rows == everything(home)


def test_a_dead_server_is_asked_less_and_less_often(home: Home, server: Receiver) -> None:
    fill_job(home, new_job(home))
    cursor, pauses = None, []
    for _ in range(8):
        server.answers = [500]
        cursor = tick(home, server, rested(cursor) if cursor else None).cursor
        until = datetime.fromisoformat(json.loads(cursor)["not_before"])
        pauses.append(round((until - datetime.now(UTC)).total_seconds(), -1))
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (30, 600)


def test_a_slow_server_ends_the_tick_in_time(home: Home, server: Receiver) -> None:
    fill_job(home, new_job(home))
    server.answers = ["hang"] * 50
    began = time.monotonic()
    assert tick(home, server, None, seconds=1).sent == 0
    assert time.monotonic() - began < 8  # each answer would come after ten seconds


def test_a_server_that_answers_slowly_gets_as_many_rows_as_the_time_allows(home: Home, server: Receiver) -> None:
    """Each answer comes in time, so that only the limit of the tick itself ends it."""

    class Slow(Sender):
        def send(self, line: str) -> None:
            time.sleep(0.3)
            super().send(line)

    fill_job(home, new_job(home))
    with Slow(server.url, seconds=60) as sender:
        done = emit(home.database, sender, None, seconds=0.6)
    assert 1 <= done.sent < 4
    assert done.problem == ""
    tick(home, server, done.cursor)
    assert server.rows == everything(home)


@pytest.mark.parametrize("answer", [400, 413, 422])
def test_a_row_that_is_refused_for_good_is_passed_over_and_stays_in_the_cursor(
    home: Home, server: Receiver, answer: int
) -> None:
    fill_job(home, new_job(home))
    rows_here = everything(home)
    cursor = Cursor().model_dump_json()
    for times in range(1, 5):
        server.answers = [200, 200, answer] if times == 1 else [answer]
        done = tick(home, server, rested(cursor))
        cursor = done.cursor
        assert f"Sending {rows_here[1]}: " in done.problem
        assert done.passed_over == []
        assert json.loads(cursor)["refused"] == {rows_here[1]: times}
    server.answers = [answer]
    done = tick(home, server, rested(cursor))
    assert (done.passed_over, done.problem) == ([rows_here[1]], "")
    assert server.rows == [rows_here[0], *rows_here[2:]]
    state = json.loads(done.cursor)
    assert (state["refused"], state["failures"]) == ({rows_here[1]: 5}, 0)
    again = tick(home, server, done.cursor)
    assert (again.sent, again.passed_over) == (0, [])
    assert json.loads(again.cursor)["refused"] == {rows_here[1]: 5}


def test_a_row_that_is_taken_after_some_refusals_is_forgotten(home: Home, server: Receiver) -> None:
    fill_job(home, new_job(home))
    server.answers = [422]
    done = tick(home, server, rested(tick(home, server, None).cursor))
    assert server.rows == everything(home)
    assert json.loads(done.cursor)["refused"] == {}


def test_a_wrong_address_is_waited_for_however_often_it_refuses(home: Home, server: Receiver) -> None:
    fill_job(home, new_job(home))
    cursor = None
    for _ in range(8):
        server.answers = [404]
        cursor = tick(home, server, rested(cursor) if cursor else None).cursor
    tick(home, server, rested(cursor or ""))
    assert server.rows == everything(home)


def test_a_server_that_refuses_every_row_is_waited_for_in_the_end(
    home: Home, server: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(emitter, "_MOST_PASSED_OVER", 2)
    fill_job(home, new_job(home))
    cursor = None
    for _ in range(30):
        server.answers = [400] * 20
        cursor = tick(home, server, rested(cursor) if cursor else None).cursor
    assert json.loads(cursor or "")["refused"] == dict(zip(everything(home)[:3], (5, 5, 4), strict=True))
    server.answers = []
    tick(home, server, rested(cursor or ""))
    assert server.rows == everything(home)[2:]


def test_a_row_that_commits_after_a_later_one_is_not_skipped(any_home: Home, server: Receiver) -> None:
    """PostgreSQL gives ids before transactions commit; here row 2 becomes visible after row 3."""
    with any_home.database.write() as session:
        session.add_all([call(1), call(3)])
    first = tick(any_home, server, None)
    assert server.rows == ["provider_call:1", "provider_call:3"]
    with any_home.database.write() as session:
        session.add(call(2))
    second = tick(any_home, server, first.cursor)
    assert server.rows == ["provider_call:1", "provider_call:3", "provider_call:2"]
    assert tick(any_home, server, second.cursor).sent == 0


def test_on_postgresql_a_row_of_an_open_transaction_arrives_when_it_commits(any_home: Home, server: Receiver) -> None:
    """The real thing: two transactions, the older one still open. SQLite has one writer, so ids commit in order."""
    if any_home.database.engine.dialect.name == "sqlite":
        with any_home.database.read() as session:
            assert session.scalar(select(func.count()).select_from(ProviderCall)) == 0
        return
    columns = "role, provider, model, parameters, status, request_sha256, started_at, finished_at"
    values = f"'footage_source', 'toy', 'm', '{{}}', 'ok', '{'a' * 64}', now(), now()"
    insert = text(f"INSERT INTO provider_calls ({columns}) VALUES ({values})")  # noqa: S608 — constants of this test
    with any_home.database.engine.connect() as slow, any_home.database.engine.connect() as quick:
        slow.execute(insert)
        quick.execute(insert)
        quick.commit()
        first = tick(any_home, server, None)
        assert server.rows == ["provider_call:2"]
        slow.commit()
    tick(any_home, server, first.cursor)
    assert server.rows == ["provider_call:2", "provider_call:1"]


def test_an_id_that_never_comes_is_forgotten_after_an_hour(
    home: Home, server: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    with home.database.write() as session:
        session.add_all([call(1), call(5)])
    first = tick(home, server, None)
    assert set(json.loads(first.cursor)["waiting"]["provider_call"]) == {"2", "3", "4"}
    monkeypatch.setattr(emitter, "_GAP", timedelta(0))
    assert json.loads(tick(home, server, first.cursor).cursor)["waiting"] == {}


def test_a_call_on_its_way_is_sent_when_it_has_ended_and_holds_nothing_up(home: Home, server: Receiver) -> None:
    with home.database.write() as session:
        session.add_all([call(number, "intent") for number in range(1, 8)])
        session.add(call(8))
    cursor = None
    for _ in range(3):
        cursor = tick(home, server, cursor, most_rows=4).cursor
    assert server.rows == ["provider_call:8"]
    with home.database.write() as session:
        ended = session.get_one(ProviderCall, 3)
        ended.status, ended.finished_at = "ok", NOON
    done = tick(home, server, cursor, most_rows=4)
    assert server.rows == ["provider_call:8", "provider_call:3"]
    assert tick(home, server, done.cursor).sent == 0


def test_a_cursor_of_another_version_sends_everything_again(home: Home, server: Receiver) -> None:
    fill_job(home, new_job(home))
    tick(home, server, '{"nonsense": 1}')
    assert server.rows == everything(home)


def test_what_is_sent_is_what_is_exported(home: Home, server: Receiver) -> None:
    fill_job(home, new_job(home))
    tick(home, server, None)
    with home.database.read() as session:
        installation = session.scalar(text("SELECT uuid FROM installation"))
        exported = list(openlineage.events(rows.stream(session), str(installation)))
    assert server.received == exported
