"""What comes in after the door: bounded bodies, and streams that end with the session they began with."""

import asyncio
from collections.abc import Iterator
from http.client import HTTPConnection

import pytest
from starlette.exceptions import HTTPException
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send
from starlette.websockets import WebSocketDisconnect

from console.web.guard import Guard, identity
from console.web.guard import intake as module
from console.web.guard.intake import UPLOAD_BYTES, USUAL_BYTES, Intake
from console.web.options import Options
from resources.access import SESSION_LIFETIME, Role, end_key, make_key, principal_of
from resources.home import Home
from tests.console.web_client import ORIGIN, client
from tests.factories import new_job


def _scope(path: str = "/sign-out", length: str | None = None, kind: str = "http") -> Scope:
    headers = [] if length is None else [(b"content-length", length.encode())]
    return {"type": kind, "path": path, "headers": headers}


def _pieces(size: int, count: int) -> Iterator[Message]:
    piece = b"x" * size
    for number in range(count):
        yield {"type": "http.request", "body": piece, "more_body": number < count - 1}


async def _taken(scope: Scope, messages: Iterator[Message]) -> int:
    async def receive() -> Message:
        return next(messages)

    intake, so_far = Intake(scope, receive, None), 0
    while True:
        message = await intake()
        so_far += len(message["body"])
        if not message["more_body"]:
            return so_far


@pytest.mark.parametrize(("path", "limit"), [("/sign-out", USUAL_BYTES), ("/jobs", UPLOAD_BYTES)])
def test_a_body_may_be_as_long_as_its_route_needs_and_no_longer(path: str, limit: int) -> None:
    piece = limit // 10
    assert asyncio.run(_taken(_scope(path), _pieces(piece, 10))) == limit
    seen = _pieces(piece, 1000)
    with pytest.raises(HTTPException, match=f"at most {limit:,} bytes") as refusal:
        asyncio.run(_taken(_scope(path), seen))
    assert refusal.value.status_code == 413
    assert len([*seen]) == 1000 - 11, "not one piece more was read"


@pytest.mark.parametrize("length", [str(USUAL_BYTES + 1), "9" * 5000, "-1", "1e3", "²", "", " 1"])
def test_a_length_that_is_too_large_or_no_length_is_refused_before_anything_is_read(length: str) -> None:
    with pytest.raises(HTTPException) as refusal:
        asyncio.run(_taken(_scope(length=length), iter(())))
    assert refusal.value.status_code == 413


def test_a_body_that_does_not_come_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_USUAL_SECONDS", 0.05)

    async def never() -> Message:
        await asyncio.sleep(60)
        raise AssertionError

    with pytest.raises(HTTPException, match="did not arrive in time") as refusal:
        asyncio.run(Intake(_scope(), never, None)())
    assert refusal.value.status_code == 408


def test_too_large_a_body_is_told_as_problem_details_over_the_whole_stack(home: Home) -> None:
    answer = client(home).post("/api/jobs/1/retry", content=b"x" * (USUAL_BYTES + 1))
    assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")

    def streamed() -> Iterator[bytes]:
        for _ in range(20):
            yield b"x" * 100_000

    answer = client(home).post(
        "/api/generate", content=b"{}" + b" " * USUAL_BYTES, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code != 413, "a job may come with a trend file"
    answer = client(home).post(
        "/sign-in", content=streamed(), headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert answer.status_code == 413


def test_a_sender_that_goes_on_after_the_answer_began_counts_as_gone() -> None:
    async def run() -> Message:
        pieces = _pieces(USUAL_BYTES, 3)

        async def receive() -> Message:
            return next(pieces)

        intake = Intake(_scope(), receive, None)
        await intake()
        intake.answered = True
        return await intake()

    assert asyncio.run(run()) == {"type": "http.disconnect"}


@pytest.mark.parametrize(("kind", "gone"), [("http", "http.disconnect"), ("websocket", "websocket.disconnect")])
def test_a_stream_ends_soon_after_its_session(monkeypatch: pytest.MonkeyPatch, kind: str, gone: str) -> None:
    monkeypatch.setattr(module, "KNOWN_SECONDS", 0.02)
    answers = iter([True, True, False])
    asked: list[bool] = []

    async def is_known() -> bool:
        asked.append(next(answers))
        return asked[-1]

    async def run() -> Message:
        silent = False

        async def receive() -> Message:
            nonlocal silent
            if kind == "http" and not silent:
                silent = True
                return {"type": "http.request", "body": b"", "more_body": False}
            await asyncio.sleep(60)
            raise AssertionError

        intake = Intake(_scope(kind=kind), receive, is_known)
        if kind == "http":
            assert (await intake())["type"] == "http.request"
        return await intake()

    assert asyncio.run(run())["type"] == gone
    assert asked == [True, True, False]


def test_a_websocket_that_never_stops_talking_is_asked_again_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KNOWN_SECONDS", 0.02)

    async def run() -> int:
        async def receive() -> Message:
            await asyncio.sleep(0)
            return {"type": "websocket.receive", "text": "x"}

        async def is_known() -> bool:
            return False

        intake, heard = Intake(_scope(kind="websocket"), receive, is_known), 0
        while (await intake())["type"] == "websocket.receive":
            heard += 1
        return heard

    assert asyncio.run(asyncio.wait_for(run(), 10)) > 0


@pytest.mark.parametrize("way", ["sign out", "revoked elsewhere"])
def test_an_open_event_stream_is_ended_properly_when_its_session_ends(
    home: Home, port: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, way: str
) -> None:
    monkeypatch.setattr(module, "KNOWN_SECONDS", 0.2)
    monkeypatch.setattr(identity, "FRESH_SECONDS", 0.1)
    secret = make_key(home.database, "session", "Ada", Role.VIEWER, lifetime=SESSION_LIFETIME)
    found = principal_of(home.database, "session", secret)
    assert found
    assert found.key_id
    here = f"127.0.0.1:{port}"
    asked = {"Host": here, "Origin": f"http://{here}", "Cookie": f"reelineage_session_{port}={secret}"}
    stream = HTTPConnection("127.0.0.1", port, timeout=20)
    stream.request("GET", f"/events/jobs?ids={new_job(home)}", headers=asked)
    answer = stream.getresponse()
    assert answer.status == 200
    assert answer.readline().startswith(b"retry:")
    if way == "sign out":
        other = HTTPConnection("127.0.0.1", port, timeout=20)
        other.request("POST", "/sign-out", headers=asked)
        assert other.getresponse().status == 303
        other.close()
    else:
        end_key(home.database, found.key_id)
    answer.read()  # raises IncompleteRead when the connection is only cut
    stream.close()
    assert "without completing" not in caplog.text


def test_a_websocket_whose_session_ended_is_closed_with_a_reason(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KNOWN_SECONDS", 0.05)
    secret = make_key(home.database, "token", "ci", Role.VIEWER, lifetime=None)
    found = principal_of(home.database, "token", secret)
    assert found
    assert found.key_id

    async def listens(scope: Scope, receive: Receive, send: Send) -> None:
        assert (await receive())["type"] == "websocket.connect"
        await send({"type": "websocket.accept"})
        end_key(home.database, found.key_id or 0)
        scope["state"]["identifier"].forget(found.key_id)
        while (await receive())["type"] != "websocket.disconnect":
            pass

    browser = TestClient(Guard(listens, home=home, options=Options()), base_url=ORIGIN)
    asked = {"Host": "127.0.0.1:3000", "Authorization": f"Bearer {secret}"}
    with browser.websocket_connect("/any", headers=asked) as opened, pytest.raises(WebSocketDisconnect) as ended:
        opened.receive_text()
    assert ended.value.code == 4401
