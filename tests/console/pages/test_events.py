"""Live progress: each change is told once, one look serves everybody, and no stream keeps a server from stopping."""

import asyncio
import json
import re
import socket
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from console.serving import Server, config
from console.web import live
from console.web.app import build_app
from console.web.live import Feed
from console.web.options import Options
from console.web.pages import events
from resources.access import Role, make_key
from resources.home import Home
from resources.job_cards import JobCard, cards_of, signs_of
from tests.console.web_client import client
from tests.factories import new_job, nobody_ended

SOON = 10.0


def run(work: Coroutine[Any, Any, Any]) -> Any:
    """Run it, for a bounded time."""

    async def bounded() -> Any:
        async with asyncio.timeout(3 * SOON):
            return await work

    return asyncio.run(bounded())


async def until(condition: Callable[[], bool]) -> None:
    """Let the others go on until it holds; `run` gives up in the end."""
    while not condition():  # noqa: ASYNC110 — a caught log and a listener's memory ring no bell
        await asyncio.sleep(0.02)


def progress(home: Home, job_id: int, text: str) -> None:
    """Note progress as a run does."""
    home.queue.report_progress(job_id, f"run-{job_id}", "content_generation", text)


def claimed(home: Home) -> int:
    """A job that a run holds."""
    job_id = new_job(home)
    home.queue.claim(job_id, f"run-{job_id}", partial=False, run_has_ended=nobody_ended)
    return job_id


def sign(home: Home, job_id: int) -> str:
    """How a job is now."""
    with home.database.read() as session:
        return signs_of(session, [job_id])[job_id]


@contextmanager
def queries(home: Home) -> Iterator[list[str]]:
    """All looks at jobs that are taken meanwhile."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "FROM jobs" in statement:
            sent.append(statement)

    event.listen(home.database.engine, "before_cursor_execute", note)
    yield sent
    event.remove(home.database.engine, "before_cursor_execute", note)


# --- what is told ----------------------------------------------------------------------------------------------------


def test_each_change_is_told_once_to_those_who_watch_the_job(any_home: Home) -> None:
    mine, other = claimed(any_home), claimed(any_home)

    async def watch() -> tuple[list[str | None], tuple[JobCard, ...]]:
        feed = Feed(any_home.database, pause_seconds=0.01)
        told = []
        with feed.listening({mine: sign(any_home, mine)}) as listener, feed.listening({99: None}) as elsewhere:
            for text in ("clips 1/7 scene 1", "clips 2/7 scene 2"):
                progress(any_home, other, text)
                progress(any_home, mine, text)
                (card,) = await listener.next(SOON)
                told.append(card.progress)
            return told, await listener.next(0.2) + await elsewhere.next(0.01)

    assert run(watch()) == (["clips 1/7 scene 1", "clips 2/7 scene 2"], ())


def test_a_change_between_the_page_and_its_stream_is_told_at_once(home: Home) -> None:
    job_id = claimed(home)
    shown = sign(home, job_id)
    progress(home, job_id, "clips 1/7 scene 1")

    async def watch(known: str, seconds: float) -> tuple[JobCard, ...]:
        with Feed(home.database, pause_seconds=0.01).listening({job_id: known}) as listener:
            return await listener.next(seconds)

    assert [card.progress for card in run(watch(shown, SOON))] == ["clips 1/7 scene 1"]
    assert run(watch(sign(home, job_id), 0.5)) == ()


def test_many_changes_before_one_was_sent_are_told_as_the_last_of_them(home: Home) -> None:
    job_id = claimed(home)

    async def watch() -> tuple[JobCard, ...]:
        feed = Feed(home.database, pause_seconds=0.01)
        with feed.listening({job_id: sign(home, job_id)}) as listener:
            for number in range(1, 6):
                progress(home, job_id, f"clips {number}/7 scene {number}")
                await until(lambda: listener.signs[job_id] == sign(home, job_id))  # it has been told of this one too
            return await listener.next(SOON)

    assert [card.progress for card in run(watch())] == ["clips 5/7 scene 5"]


def test_one_look_serves_all_who_listen_and_nobody_looks_for_nobody(home: Home) -> None:
    job_id = claimed(home)

    async def looks(listeners: int) -> None:
        feed = Feed(home.database, pause_seconds=0.1)
        with queries(home) as sent:
            began = time.monotonic()
            held = [feed.listening({job_id: None}) for _ in range(listeners)]
            for one in held:
                one.__enter__()
            await until(lambda: len(sent) >= 3)
            assert len(sent) <= (time.monotonic() - began) / 0.1 + 2
            for one in held:
                one.__exit__(None, None, None)
            found = -1
            while found != len(sent):  # it rests after the look that it may be taking
                found = len(sent)
                await asyncio.sleep(0.3)

    run(looks(1))
    run(looks(200))


def test_a_database_that_is_away_for_a_moment_ends_no_stream(home: Home, caplog: pytest.LogCaptureFixture) -> None:
    job_id = claimed(home)

    async def watch() -> tuple[JobCard, ...]:
        feed = Feed(home.database, pause_seconds=0.05)
        with feed.listening({job_id: sign(home, job_id)}) as listener:
            with home.database.write() as session:
                session.connection().exec_driver_sql("ALTER TABLE scripts RENAME TO away")
            progress(home, job_id, "clips 1/7 scene 1")
            await until(lambda: "It is tried again" in caplog.text)
            with home.database.write() as session:
                session.connection().exec_driver_sql("ALTER TABLE away RENAME TO scripts")
            return await listener.next(SOON)

    assert [card.progress for card in run(watch())] == ["clips 1/7 scene 1"]


# --- how it is sent --------------------------------------------------------------------------------------------------


def read_stream(stream: Any, most: int) -> list[str]:
    """So many pieces of a stream, or all of one that ends before."""

    async def read() -> list[str]:
        found = []
        async for piece in stream:
            found.append(piece)
            if len(found) == most:
                break
        await stream.aclose()
        return found

    return list(run(read()))


def test_an_event_carries_the_card_as_whoever_watches_may_see_it(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    job_id = new_job(home, name="<b>Taps</b>\n\nevent: job")
    told = {}
    for offer_acts in (True, False):
        stream = events._stream(Feed(home.database, pause_seconds=0.01), {job_id: "0" * 12}, offer_acts=offer_acts)
        retry, message = read_stream(stream, 2)
        assert retry == "retry: 3000\n\n"
        assert message.count("\n") == 3  # one event, whatever a name holds
        data = json.loads(message.split("data: ", 1)[1])
        assert (data["id"], data["state"], data["sign"]) == (job_id, "queued", sign(home, job_id))
        told[offer_acts] = data["html"]
    with home.database.read() as session:
        (card,) = cards_of(session, [job_id])
    assert card.theme_name.startswith("<b>")
    assert "<b>" not in told[True]
    assert f"/jobs/{job_id}/cancel" in told[True]
    assert f"/jobs/{job_id}/cancel" not in told[False]
    monkeypatch.setattr(events, "BEAT_SECONDS", 0.01)
    quiet = read_stream(events._stream(Feed(home.database), {job_id: None}, offer_acts=False), 3)
    assert quiet[1:] == [": nothing new\n\n"] * 2


@pytest.mark.parametrize("ids", ["", "0", "1,", "x", "1;2", "1-zz", "9" * 19, "1-0123456789ab0", ",".join("1" * 101)])
def test_what_cannot_be_watched_is_refused(home: Home, ids: str) -> None:
    assert client(home, Role.VIEWER).get("/events/jobs", params={"ids": ids}).status_code == 422


def test_a_stranger_hears_nothing_and_too_many_are_told_so(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    assert client(home, None).get("/events/jobs?ids=1").status_code == 401
    monkeypatch.setattr(live, "MOST_LISTENERS", 0)
    assert client(home, Role.VIEWER).get("/events/jobs?ids=1").status_code == 503


@pytest.mark.slow
def test_a_server_with_open_streams_stops_at_once_and_those_who_left_are_forgotten(home: Home) -> None:
    job_id = claimed(home)
    key = make_key(home.database, "token", "watcher", Role.VIEWER, lifetime=None)
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    app = build_app(home, Options(port=port))
    settings = config(app)
    settings.timeout_graceful_shutdown = 10 * round(SOON)  # uvicorn would cut what is open: nothing must be by then
    server = Server(settings)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    (feed,) = [one for one in live._FEEDS if one._database is home.database]

    def watch() -> socket.socket:
        asked = socket.create_connection(("127.0.0.1", port), timeout=SOON)
        asked.sendall(
            f"GET /events/jobs?ids={job_id} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            f"Authorization: Bearer {key}\r\n\r\n".encode()
        )
        assert re.match(rb"HTTP/1.1 200 .*", asked.recv(4096))
        return asked

    try:
        watchers = [watch() for _ in range(3)]
        assert wait(lambda: len(feed._listeners) == 3)
        watchers.pop().close()
        assert wait(lambda: len(feed._listeners) == 2)
        server.should_exit = True
        thread.join(3 * SOON)
        assert not thread.is_alive()
        assert feed.closed
        for watcher in watchers:
            watcher.close()
    finally:
        server.force_exit = server.should_exit = True
        thread.join(SOON)
        listening.close()


def wait(until: Any) -> bool:
    """Whether it comes true soon."""
    end = time.monotonic() + SOON
    while not until():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True
