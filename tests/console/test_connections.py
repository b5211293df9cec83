"""Connections on which nobody asks anything: they are closed, and those that are being answered are not."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest
from starlette.types import Receive, Scope, Send
from websockets.sync.client import connect

from console import connections
from console.serving import Server, config
from console.sockets import listen
from tests.console.processes import free_port, wait_for

_HOST = "Host: here\r\n"
_WHOLE = f"GET / HTTP/1.1\r\n{_HOST}\r\n"
_SILENT_SECONDS = 1.0


async def _answering(scope: Scope, receive: Receive, send: Send) -> None:
    """Says `done` at once, at `/slow` only after a good while; a WebSocket is greeted then."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        await receive()
        await send({"type": "websocket.send", "text": "still here"})
        return
    if scope["path"] == "/slow":
        await asyncio.sleep(_SILENT_SECONDS * 1.5)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"4")]})
    await send({"type": "http.response.body", "body": b"done"})


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A server as the console's, with little patience."""
    monkeypatch.setattr(connections, "HEAD_SECONDS", _SILENT_SECONDS)
    number = free_port()
    settings = config(_answering)
    settings.lifespan = "off"
    server = Server(settings)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listen("127.0.0.1", number)]})
    thread.start()
    wait_for(lambda: server.started, "the server", seconds=60)
    yield number
    server.should_exit = True
    thread.join(60)


def _is_closed(connection: socket.socket) -> bool:
    """Read to the end; a server that waits for ever lets this run into its deadline."""
    try:
        while connection.recv(4096):
            pass
    except ConnectionResetError:
        pass
    except TimeoutError:
        return False
    return True


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param("", id="nothing"),
        pytest.param("GET / HT", id="half a line"),
        pytest.param(f"GET / HTTP/1.1\r\n{_HOST}X: ", id="half a head"),
        pytest.param(f"{_WHOLE}GET / HT", id="half a second request"),
        pytest.param(
            f"POST / HTTP/1.1\r\n{_HOST}Content-Length: 9\r\n\r\n", id="no body for what was answered already"
        ),
    ],
)
def test_whoever_opens_a_connection_and_asks_nothing_does_not_keep_it(port: int, sent: str) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(sent.encode())
        time.sleep(_SILENT_SECONDS / 2)
        with suppress(ConnectionError):  # it is closed already
            connection.sendall(b"x" if sent else b"")  # a byte now and then does not buy more time
        assert _is_closed(connection)


def test_an_answer_that_takes_longer_is_given_and_the_connection_goes_on(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        for path in ("/slow", "/", "/slow"):
            connection.sendall(f"GET {path} HTTP/1.1\r\n{_HOST}\r\n".encode())
            said = b""
            while not said.endswith(b"done"):
                part = connection.recv(4096)
                assert part, said
                said += part


def test_a_websocket_may_be_silent_for_longer(port: int) -> None:
    with connect(f"ws://127.0.0.1:{port}/", proxy=None) as opened:
        time.sleep(_SILENT_SECONDS * 1.5)
        opened.send("are you there?")
        assert opened.recv(timeout=20) == "still here"
