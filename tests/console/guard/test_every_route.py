"""What must hold for every route, new ones included: from where, by whom, and that reading changes nothing."""

import json

import pytest
from sqlalchemy import select
from starlette.responses import Response
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocketDisconnect

from console.web.app import build_app
from console.web.guard import Guard
from console.web.guard.cookies import cookie_name
from console.web.options import Options
from reelineage.models import Base
from resources.access import SESSION_LIFETIME, SIGN_IN_LIFETIME, Role, make_key
from resources.home import Home
from tests.console.guard.routes import all_routes, inside
from tests.console.web_client import ORIGIN, client

_HOST = ORIGIN.removeprefix("http://")
_METHODS = ("POST", "PUT", "PATCH", "DELETE")
_LEGITIMATE = {"host": _HOST, "origin": ORIGIN, "sec-fetch-site": "same-origin"}
_FOREIGN = {
    "another site": {"host": _HOST, "origin": "https://evil.example", "sec-fetch-site": "cross-site"},
    "a sandboxed frame": {"host": _HOST, "origin": "null", "sec-fetch-site": "cross-site"},
    "another port of this machine": {"host": _HOST, "origin": "http://127.0.0.1:8888", "sec-fetch-site": "same-site"},
    "another scheme": {"host": _HOST, "origin": f"https://{_HOST}", "sec-fetch-site": "cross-site"},
    "a name that was pointed here": {"host": "evil.example:3000", "origin": "http://evil.example:3000"},
    "a subdomain": {"host": _HOST, "origin": "http://x.localhost:3000", "sec-fetch-site": "same-site"},
    "a browser that hides the origin": {"host": _HOST, "sec-fetch-site": "cross-site"},
    "no page at all": {"host": _HOST},
    "the right origin from elsewhere": {"host": _HOST, "origin": ORIGIN, "sec-fetch-site": "cross-site"},
}


class _Reached:
    """Stands where the application is, and counts what the guard lets through."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.requests.append((scope.get("method", "WEBSOCKET"), scope["path"]))
        if scope["type"] == "websocket":
            await send({"type": "websocket.accept"})
        else:
            await Response(status_code=204)(scope, receive, send)


def _guarded(home: Home) -> tuple[TestClient, _Reached]:
    """A signed-in operator's browser before a guard with nothing but a counter behind it."""
    guard, reached = inside(build_app(home), Guard), _Reached()
    guard._app = reached  # type: ignore[attr-defined]  # the layer that `inside` found
    browser = TestClient(guard, base_url=ORIGIN, follow_redirects=False)
    secret = make_key(home.database, "session", "Ada", Role.OPERATOR, lifetime=SESSION_LIFETIME)
    browser.cookies.set(cookie_name(Options(), _HOST), secret)
    return browser, reached


@pytest.mark.parametrize("place", _FOREIGN)
def test_no_change_from_elsewhere_reaches_any_route(home: Home, place: str) -> None:
    browser, reached = _guarded(home)
    for route in all_routes(home):
        for method in _METHODS:
            answer = browser.request(method, route.path, headers=_FOREIGN[place])
            assert answer.status_code == 403, (method, route.path)
            assert "location" not in answer.headers
    assert reached.requests == []


@pytest.mark.parametrize("place", _FOREIGN)
def test_no_websocket_from_elsewhere_is_opened(home: Home, place: str) -> None:
    browser, reached = _guarded(home)
    with pytest.raises(WebSocketDisconnect) as refusal, browser.websocket_connect("/any", headers=_FOREIGN[place]):
        pass
    assert refusal.value.code == 4403
    browser.cookies.clear()
    with pytest.raises(WebSocketDisconnect), browser.websocket_connect("/any", headers=_LEGITIMATE):
        pass
    assert reached.requests == []


def test_a_websocket_of_our_own_page_is_opened(home: Home) -> None:
    browser, reached = _guarded(home)
    with browser.websocket_connect("/any", headers=_LEGITIMATE):
        assert reached.requests == [("WEBSOCKET", "/any")]


def test_what_our_own_pages_send_reaches_every_changing_route(home: Home) -> None:
    browser, reached = _guarded(home)
    changing = [route for route in all_routes(home) if route.changes]
    assert len(changing) > 6
    for route in changing:
        assert browser.request(route.method, route.path, headers=_LEGITIMATE).status_code == 204, route
    assert reached.requests == [(route.method, route.path) for route in changing]


def test_a_changing_route_answers_no_other_method(home: Home) -> None:
    known = all_routes(home)
    console = client(home)
    for route in (route for route in known if route.changes):
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - {
            one.method for one in known if one.path == route.path
        }:
            if method == "GET" and route.template.startswith("/dagster/{report}"):
                continue  # a page of Dagster's, passed on as any other
            answer = console.request(method, route.path, headers={"X-HTTP-Method-Override": route.method})
            assert answer.status_code in (404, 405, 422), (method, route.path)


def _rows(home: Home) -> dict[str, list[str]]:
    with home.database.read() as session:
        return {
            name: sorted(json.dumps([*row], default=str) for row in session.execute(select(table)))
            for name, table in Base.metadata.tables.items()
        }


def test_reading_changes_nothing_whatever_its_query_says(finished: Home) -> None:
    link = make_key(finished.database, "sign_in", "Ada", Role.OPERATOR, lifetime=SIGN_IN_LIFETIME)
    console = client(finished)
    before = _rows(finished)
    for route in (route for route in all_routes(finished) if not route.changes):
        if route.template == "/events/jobs":
            continue  # never ends; it has tests of its own
        asked = {"_method": "POST", "key": link, "reason": "x"}
        answer = console.request(route.method, route.path, params=asked, headers={"X-HTTP-Method-Override": "POST"})
        assert answer.status_code < 500 or answer.status_code == 503, (route, answer.text)
    assert _rows(finished) == before


@pytest.mark.parametrize("way", ["stranger", "viewer", "reviewer", "operator"])
def test_a_route_is_open_to_its_role_and_those_above_it_alone(home: Home, way: str) -> None:
    role = None if way == "stranger" else Role(way)
    console = client(home, role)
    for route in all_routes(home):
        if route.template == "/events/jobs":
            continue  # never ends; it has tests of its own
        answer = console.request(route.method, route.path, headers=_LEGITIMATE)
        allowed = route.role is None or (role is not None and role.covers(route.role))
        if route.path == "/sign-in" and route.method == "POST":
            assert answer.status_code == 422, "a link is missing, nothing else"
        elif allowed:
            assert answer.status_code not in (401, 403), (route, answer.text)
        else:
            assert answer.status_code == (401 if role is None else 403), (route, answer.text)


def test_nobody_changes_anything_through_a_read_only_console(home: Home) -> None:
    before, console = _rows(home), client(home, Role.OPERATOR, read_only=True)
    stopped = [route for route in all_routes(home) if route.stops_when_read_only]
    assert len(stopped) > 6
    for route in stopped:
        answer = console.request(route.method, route.path)
        assert (answer.status_code, "read-only" in answer.text) == (403, True), (route, answer.text)
    after = _rows(home)
    assert {name for name in after if after[name] != before[name]} == {"access_keys"}  # the operator's own token


def test_a_stranger_is_refused_in_the_askers_own_terms_and_never_sent_elsewhere(home: Home) -> None:
    console = client(home, None)
    for route in all_routes(home):
        if route.role is None:
            continue
        answer = console.request(route.method, route.path)
        assert answer.status_code == 401, route
        assert answer.headers["www-authenticate"] == "Bearer"
        assert "location" not in answer.headers
        expected = (
            "application/problem+json" if route.path.startswith("/api/") else ("text/html", "application/problem")
        )
        assert answer.headers["content-type"].startswith(expected), route


def test_a_stranger_is_stopped_before_the_application_but_for_a_few_pages(home: Home) -> None:
    browser, reached = _guarded(home)
    browser.cookies.clear()
    known = all_routes(home)
    near_misses = ["/health/", "/healthy", "/sign-in/", "/sign-inn", "/static", "/Sign-In", "//sign-in", "/"]
    for path in near_misses:
        assert browser.get(path).status_code == 401, path
    for route in known:
        browser.request(route.method, route.path, headers=_LEGITIMATE)
    assert reached.requests == [(route.method, route.path) for route in known if route.role is None]


def test_every_answer_may_only_load_from_here_and_not_be_framed(home: Home) -> None:
    for role in (None, Role.OPERATOR):
        console = client(home, role)
        for route in all_routes(home):
            if route.template == "/events/jobs":
                continue  # never ends; it has tests of its own
            answer = console.request(route.method, route.path, headers=_LEGITIMATE)
            assert "default-src 'self'" in answer.headers["content-security-policy"], route
            assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
            assert "unsafe" not in answer.headers["content-security-policy"]
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert "cache-control" in answer.headers
