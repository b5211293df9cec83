"""Host, target, method and doubled headers: what is refused before anything else looks at a request."""

import socket

import pytest
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import Scope

from console.web.guard.origins import check_form, check_origin, check_page
from console.web.options import Options

_HERE = "127.0.0.1:3000"


def _scope(method: str = "GET", path: str = "/jobs", **headers: str) -> Scope:
    """A request; `_` in a header's name stands for `-`."""
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "method": method, "path": path, "headers": raw}


def _refused(scope: Scope, options: Options | None = None) -> int | None:
    headers = Headers(scope=scope)
    try:
        check_form(scope, headers)
        check_origin(options or Options(), scope, headers)
    except HTTPException as refusal:
        return refusal.status_code
    return None


@pytest.mark.parametrize("host", [_HERE, "localhost:3000", "[::1]:3000", "LOCALHOST:3000"])
def test_this_machines_own_names_are_answered(host: str) -> None:
    assert _refused(_scope(host=host)) is None


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.0.0.1:80", "127.0.0.1:30000", "localhost.:3000", "127.0.0.1.:3000", "evil.example:3000",
        "127.0.0.1:3000.evil.example", "evil.example@127.0.0.1:3000", "127.0.0.1:3000,evil.example", " 127.0.0.1:3000",
        "127.1:3000", "0.0.0.0:3000", "2130706433:3000", "[::ffff:127.0.0.1]:3000", "localhost:3000/", "",
    ],
)  # fmt: skip
def test_any_other_name_is_refused(host: str) -> None:
    assert _refused(_scope(host=host)) == 403


def test_a_request_without_a_host_is_refused() -> None:
    assert _refused(_scope()) == 403


@pytest.mark.parametrize("name", ["host", "origin", "sec-fetch-site", "authorization", "content-length"])
def test_a_header_that_two_programs_could_read_differently_stands_only_once(name: str) -> None:
    scope = _scope(host=_HERE)
    scope["headers"] += [(name.encode(), b"1"), (name.encode(), b"2")]
    assert _refused(scope) == 400


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "QUERY", "PROPFIND", "post", "GET "])
def test_a_method_that_nobody_needs_is_refused(method: str) -> None:
    assert _refused(_scope(method, host=_HERE)) == 405


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("multipart/form-data; boundary=x", None),
        ("multipart/form-data; boundary=x; charset=UTF-8", None),
        ("multipart/form-data; boundary=x; charset=undefined", 415),
        ("Multipart/Form-Data; Charset=unicode_escape; boundary=x", 415),
        ("multipart/form-data; charset=utf-8; boundary=x; charset=punycode", 415),
        ("application/json; charset=latin-1", None),
    ],
)
def test_a_form_in_parts_names_no_codec(kind: str, status: int | None) -> None:
    assert _refused(_scope("POST", host=_HERE, content_type=kind)) == status


@pytest.mark.parametrize("path", ["http://evil.example/jobs", "*", "evil.example:443", ""])
def test_a_target_that_is_no_path_is_refused(path: str) -> None:
    assert _refused(_scope(path=path, host=_HERE)) == 400


@pytest.mark.parametrize("path", ["/static/../jobs", "/./jobs", "/a\\..\\b", "/jobs\x00", "/jobs\r\nx: y", "/jobs/.."])
def test_a_path_with_steps_or_control_characters_is_no_page(path: str) -> None:
    assert _refused(_scope(path=path, host=_HERE)) == 404


@pytest.mark.parametrize("place", ["none", "same-origin"])
def test_a_change_from_our_own_page_or_typed_by_a_person_is_let_through(place: str) -> None:
    assert _refused(_scope("POST", host=_HERE, origin=f"http://{_HERE}", sec_fetch_site=place)) is None


def test_the_origin_must_be_that_of_the_very_name_that_was_asked() -> None:
    """Pages of `localhost` and of `127.0.0.1` are two origins: one may not change things through the other."""
    assert _refused(_scope("POST", host=_HERE, origin="http://localhost:3000")) == 403


def test_a_websocket_counts_as_a_change() -> None:
    scope = _scope(host=_HERE, origin="https://evil.example")
    scope["type"] = "websocket"
    del scope["method"]
    assert _refused(scope) == 403


def test_other_sites_may_link_here_and_use_nothing_in_their_own_pages() -> None:
    """Pages on another port of this machine count as the same site: the browser would take the session along."""
    for place in ("cross-site", "same-site"):
        assert _refused(_scope(host=_HERE, sec_fetch_site=place, sec_fetch_mode="navigate")) is None
        for mode in ("no-cors", "cors", "websocket"):
            assert _refused(_scope(host=_HERE, sec_fetch_site=place, sec_fetch_mode=mode)) == 403
            assert _refused(_scope("OPTIONS", host=_HERE, sec_fetch_site=place, sec_fetch_mode=mode)) == 403
    assert _refused(_scope(host=_HERE, sec_fetch_site="same-origin", sec_fetch_mode="cors")) is None


@pytest.mark.parametrize("headers", [{"origin": "x"}, {"sec_fetch_site": "same-origin"}])
def test_one_sign_of_the_page_is_enough(headers: dict[str, str]) -> None:
    check_page(Headers(scope=_scope("POST", **headers)))


def test_a_change_without_any_sign_of_a_page_is_told_what_is_missing() -> None:
    with pytest.raises(HTTPException, match="neither Origin nor Sec-Fetch-Site") as refusal:
        check_page(Headers(scope=_scope("POST")))
    assert refusal.value.status_code == 403


def test_tricks_with_the_request_line_are_refused_over_a_real_connection(port: int) -> None:
    here = f"Host: 127.0.0.1:{port}\r\n".encode()
    tricks = {
        b"GET http://evil.example/jobs HTTP/1.1\r\n" + here: (400,),
        b"GET http://127.0.0.1/static/style.css HTTP/1.1\r\n" + here: (400,),
        b"GET /jobs HTTP/1.1\r\nHost: evil.example\r\n": (403,),
        b"GET /jobs HTTP/1.1\r\n" + here + b"Host: evil.example\r\n": (400,),
        b"GET /jobs HTTP/1.1\r\n": (400,),
        b"GET /jobs HTTP/1.0\r\n": (403,),
        b"GET /static/%2e%2e/%2e%2e/app.py HTTP/1.1\r\n" + here: (404,),
        b"GET /static/%00 HTTP/1.1\r\n" + here: (404,),
        b"TRACE / HTTP/1.1\r\n" + here: (405,),
        b"CONNECT evil.example:443 HTTP/1.1\r\n" + here: (405,),
        b"OPTIONS * HTTP/1.1\r\n" + here: (400,),
        b"POST /sign-in HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n" + here: (400,),
        b"POST /sign-in HTTP/1.1\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n" + here: (400, 403),
        b"GET /jobs?" + b"a" * 200_000 + b" HTTP/1.1\r\n" + here: (400,),
        b"GET /jobs HTTP/1.1\r\n" + here + b"X: " + b"a" * 200_000 + b"\r\n": (400,),
    }
    for trick, expected in tricks.items():
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            connection.sendall(trick + b"Connection: close\r\n\r\n")
            status = int(connection.makefile("rb").readline().split()[1])
        assert status in expected, trick[:60]
