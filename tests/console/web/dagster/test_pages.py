"""Dagster's pages and files as a browser gets them through the console.

Belongs here: what is passed on in either direction, and what is said when Dagster is away. Not here: GraphQL.
"""

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocketDisconnect

from console.sockets import private_folder, private_socket
from console.web.dagster import upstream
from resources.access import Role
from resources.home import Home
from tests.console.processes import wait_for
from tests.console.web.dagster.conftest import SOCKET_URL, URL
from tests.console.web_client import client


def test_its_page_keeps_its_own_policy_and_may_not_be_framed_or_reach_elsewhere(clients: dict[str, TestClient]) -> None:
    answer = clients["viewer"].get("/dagster/runs")
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    nonce = policy.partition("'nonce-")[2].partition("'")[0]
    assert nonce
    assert f'nonce="{nonce}"' in answer.text
    assert "frame-ancestors 'none'" in policy
    assert "connect-src 'self'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_files_named_by_their_content_stay_in_the_browser(clients: dict[str, TestClient]) -> None:
    page = clients["viewer"].get("/dagster/").text
    script = page.partition('src="/dagster/_next/static/')[2].partition('"')[0]
    answer = clients["viewer"].get(f"/dagster/_next/static/{script}")
    assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert clients["viewer"].get("/dagster/_next/static/none.js").headers["cache-control"] == "no-store"
    again = clients["viewer"].get(f"/dagster/_next/static/{script}", headers={"If-None-Match": answer.headers["etag"]})
    assert len(answer.content) > 1000
    assert (again.status_code, again.content) in ((304, b""), (200, answer.content))


def test_a_stranger_sees_none_of_it(clients: dict[str, TestClient]) -> None:
    for path in ("/dagster", "/dagster/", "/dagster/runs", "/dagster/server_info", "/dagster/logs/a/b/out", URL):
        assert clients["stranger"].get(path).status_code == 401


def test_without_the_slash_its_top_is_found(clients: dict[str, TestClient]) -> None:
    answer = clients["viewer"].get("/dagster")
    assert (answer.status_code, answer.headers["location"]) == (308, "/dagster/")


async def _echo(scope: Scope, receive: Receive, send: Send) -> None:
    """A server in Dagster's place that tells what it was asked."""
    request = Request(scope, receive)
    answer: Response = JSONResponse({"headers": dict(request.headers), "query": scope["query_string"].decode()})
    answer.headers.update({"Set-Cookie": "dagster=1", "X-Dagster-Call-Counts": "{}", "Connection": "keep-alive"})
    if scope["path"].endswith("/redirect"):
        answer = RedirectResponse("http://evil.example/")
    if scope["path"].endswith("/slow"):
        await request.body()
        await receive()  # until whoever asked has gone
    await answer(scope, receive, send)


@pytest.fixture(scope="module")
def echo() -> Iterator[Path]:
    with private_folder() as folder:
        server = uvicorn.Server(uvicorn.Config(_echo, log_level="error", lifespan="off"))
        thread = Thread(target=server.run, kwargs={"sockets": [private_socket(folder / "e.sock")]}, daemon=True)
        thread.start()
        wait_for(lambda: server.started, "the server", 20)
        yield folder / "e.sock"
        server.should_exit = True
        thread.join(10)


def test_dagster_learns_nothing_of_ours_and_sets_nothing(home: Home, echo: Path) -> None:
    operator = client(home, Role.OPERATOR, dagster_socket=echo)
    sent = {
        "Cookie": "reelineage_session=secret",
        "X-Forwarded-For": "10.0.0.1",
        "Forwarded": "for=10.0.0.1",
        "X-Forwarded-Prefix": "/evil",
        "Transfer-Encoding": "trailers",
        "Accept": "text/html",
    }
    answer = operator.get("/dagster/runs?secret=1", headers=sent)
    assert set(answer.json()["headers"]) == {"host", "accept"}
    assert answer.json()["headers"]["host"] == "dagster"
    assert answer.json()["query"] == ""
    assert not {"set-cookie", "x-dagster-call-counts", "connection", "date"} & set(answer.headers)


def test_what_is_asked_over_graphql_is_what_was_understood(home: Home, echo: Path) -> None:
    operator = client(home, Role.OPERATOR, dagster_socket=echo)
    answer = operator.post(f"{URL}?query=mutation", json={"query": "{ version }", "extensions": {"evil": 1}})
    assert answer.json()["query"] == ""
    assert answer.json()["headers"]["content-type"] == "application/json"
    expected = len(json.dumps({"query": "{ version }", "variables": None, "operationName": None}))
    assert int(answer.json()["headers"]["content-length"]) == expected


def test_a_redirect_is_not_followed_and_not_passed_on(home: Home, echo: Path) -> None:
    answer = client(home, Role.VIEWER, dagster_socket=echo).get("/dagster/redirect")
    assert answer.status_code == 503
    assert "location" not in answer.headers


def test_a_server_that_does_not_answer_is_not_waited_for_for_ever(
    home: Home, echo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(upstream._TIMEOUT, "read", 0.2)
    assert client(home, Role.VIEWER, dagster_socket=echo).get("/dagster/slow").status_code == 503


@pytest.mark.parametrize("state", ["no socket", "nobody behind the socket"])
def test_while_dagster_starts_a_page_says_so(home: Home, state: str) -> None:
    with private_folder() as folder:
        path = folder / "dagster.sock"
        if state == "nobody behind the socket":
            with socket.socket(socket.AF_UNIX) as left_behind:
                left_behind.bind(str(path))
        viewer = client(home, Role.VIEWER, dagster_socket=path)
        page = viewer.get("/dagster/runs")
        assert (page.status_code, page.headers["retry-after"]) == (503, "5")
        assert "Dagster is starting" in page.text
        assert 'href="/dagster/runs"' in page.text
        question = viewer.post(URL, json={"query": "{ version }"})
        assert (question.status_code, question.headers["content-type"]) == (503, "application/problem+json")
        with (
            viewer.websocket_connect(SOCKET_URL, ["graphql-ws"]) as websocket,
            pytest.raises(WebSocketDisconnect) as closed,
        ):
            websocket.receive_json()
        assert closed.value.code == 1013, "a browser tries again"


def test_a_console_without_dagster_says_so(home: Home) -> None:
    viewer = client(home, Role.VIEWER)
    assert viewer.get("/dagster/").status_code == 404
    assert "not part of this console" in viewer.get("/dagster/runs").text
    assert viewer.post(URL, json={"query": "{ version }"}).status_code == 404
    with pytest.raises(WebSocketDisconnect), viewer.websocket_connect(SOCKET_URL, ["graphql-ws"]):
        pass
