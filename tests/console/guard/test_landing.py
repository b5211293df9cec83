"""Where signing in leads: back to the page that was asked for, and never anywhere else, whatever a cookie says."""

import re
from urllib.parse import quote, unquote, urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from console.web.app import build_app
from console.web.landing import is_page, page_asked_for
from console.web.options import Options
from console.web.trusted_proxy import trusted_proxy
from resources.access import SIGN_IN_LIFETIME, Role, make_key
from resources.home import Home
from tests.console.web_client import ORIGIN, client

_COOKIE = "reelineage_wanted_3000"
_OURS = {"Origin": ORIGIN}


def signed_in(home: Home, console: TestClient, headers: dict[str, str] | None = None) -> str:
    """Where signing in leads."""
    key = make_key(home.database, "sign_in", "Ada", Role.VIEWER, lifetime=SIGN_IN_LIFETIME)
    assert console.get("/sign-in", params={"key": key}).status_code == 200
    answer = console.post("/sign-in", data={"key": key}, headers=headers or _OURS)
    assert answer.status_code == 303
    return answer.headers["location"]


@pytest.mark.parametrize(
    "address",
    [
        "/jobs/7", "/jobs?state=failed&text=a%20b%2Fc", "/lineage?ref=model:piper/joe&direction=down", "/",
        "/dagster/assets/videos?view=partitions&partition=1", "/health/details", "/lineage?ref=%0a%3Cb%3E",
    ],
)  # fmt: skip
def test_a_stranger_lands_on_the_page_that_was_asked_for_and_the_next_time_at_the_beginning(
    home: Home, address: str
) -> None:
    console = client(home, None)
    asked = console.get(address)
    assert asked.status_code == 401
    assert "leads on to this page" in asked.text
    assert signed_in(home, console) == address
    assert signed_in(home, console) == "/", "it was used"


def test_what_browsers_leave_bare_in_a_query_is_quoted() -> None:
    query = b"""text=[a]"b"|\\//evil.example\r\n\xe9&ref=model:piper/joe%20a"""
    scope = {"type": "http", "method": "GET", "path": "/jobs", "query_string": query, "headers": []}
    assert page_asked_for(scope) == ("/jobs?text=%5Ba%5D%22b%22%7C%5C//evil.example%0D%0A%E9&ref=model:piper/joe%20a")


def test_the_page_that_was_asked_for_last_counts(home: Home) -> None:
    console = client(home, None)
    for address in ("/jobs/1", "/costs?by=job", "/static/nothing.css", "/sign-in", "/nowhere//else"):
        console.get(address)
    assert signed_in(home, console) == "/costs?by=job"


@pytest.mark.parametrize(
    "address",
    [
        "/api/jobs", "/api", "/media/videos/1/video.mp4", "/events/jobs?ids=1", "/metrics", "/sign-out",
        "/dagster/graphql", "/jobs//evil.example", "/%2Fevil.example", "/jobs/%5Cevil", "/jobs?" + "x" * 1000,
    ],
)  # fmt: skip
def test_what_is_no_page_is_not_kept(home: Home, address: str) -> None:
    console = client(home, None)
    answer = console.get(address)
    assert answer.status_code in (401, 404)
    assert "set-cookie" not in answer.headers
    assert signed_in(home, console) == "/"


def test_only_opening_a_page_counts_and_neither_a_form_nor_a_scripts_request(home: Home) -> None:
    console = client(home, None)
    assert console.post("/jobs/1/approve", headers=_OURS).status_code == 401
    assert console.head("/jobs/1").status_code == 401
    ours = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors", "HX-Request": "true"}
    assert console.get("/jobs?text=half", headers=ours).status_code == 401
    assert signed_in(home, console) == "/"


def test_the_cookie_is_short_lived_out_of_reach_of_scripts_and_of_other_sites(home: Home) -> None:
    plain = client(home, None).get("/jobs/7").headers["set-cookie"]
    assert plain == f"{_COOKIE}=%2Fjobs%2F7; HttpOnly; Max-Age=900; Path=/sign-in; SameSite=strict"
    public = "https://studio.example"
    console = TestClient(build_app(home, Options(public_url=public)), base_url=public, follow_redirects=False)
    assert console.get("/jobs/7").headers["set-cookie"] == f"{plain}; Secure"
    assert signed_in(home, console, {"Origin": public}) == "/jobs/7"


def test_where_a_proxy_signs_people_in_nothing_is_kept(home: Home) -> None:
    proxy = trusted_proxy("127.0.0.1/32", "X-User", "ada=viewer")
    answer = client(home, None, proxy=proxy).get("/jobs/7")
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "jobs/1",
        "/jobs/1\r\nSet-Cookie: a=b", "/\t/evil.example", "/./jobs", "/jobs/../sign-out", "/%2e%2e/sign-in",
        "/sign-in?key=x", "/sign-out", "/api/jobs", "/media/videos/1/thumbnail", "/events/jobs", "/static/style.css",
        "/dagster/graphql", "/%61pi/jobs", "javascript:alert(1)", "/jobs#//evil.example", "/jobs/\u202e1", "", "?", "@",
        "/" + "a" * 1000, "/jobs/%00", "/jobs/%0d%0aLocation:%20//evil.example", "/%5cevil.example",
    ],
)  # fmt: skip
def test_a_cookie_that_somebody_else_wrote_leads_nowhere_else(home: Home, address: str) -> None:
    console = client(home, None)
    console.cookies.set(_COOKIE, quote(address, safe=""))
    assert signed_in(home, console) == "/"


_ODD = st.sampled_from(
    ["/", "//", "\\", "..", ".", "?", "#", ":", "@", "%2f", "%5c", "%", "%00", "%0a", "\n", "\t", " ", "evil.example",
     "https:", "jobs", "sign-in", "api", "é", "\u2028", "a" * 300]
)  # fmt: skip


@given(st.one_of(st.lists(_ODD, max_size=8).map("".join), st.text(max_size=40).map(lambda text: f"/{text}")))
def test_no_address_that_is_taken_leaves_the_console_as_a_browser_reads_it(address: str) -> None:
    if not is_page(address):
        return
    console = "http://console.example/sign-in"
    for read in (address, unquote(address), re.sub(r"[\t\n\r]", "", address).replace("\\", "/")):
        led = urlsplit(urljoin(console, read))
        assert (led.scheme, led.hostname) == ("http", "console.example"), read
    assert address.startswith("/")
    assert address.isascii()
    assert address.isprintable()
    assert len(address) <= 1000
    assert not led.path.startswith(("/sign-in", "/api/"))
