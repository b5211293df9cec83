"""Signing in with a link, staying signed in, and signing out: what the browser gets and what stops working when."""

import logging
import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update
from starlette.testclient import TestClient

from console.web.app import build_app
from console.web.options import Options
from reelineage.models import AccessKey
from resources import access
from resources.access import SESSION_LIFETIME, SIGN_IN_LIFETIME, Role, make_key, owner_name
from resources.home import Home
from tests.console.web_client import ORIGIN, client

_OURS = {"Origin": ORIGIN}
_BY_A_LINK = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
_STUDIO = "https://studio.example"


def _link(home: Home, name: str | None = None, role: Role = Role.OPERATOR) -> str:
    return make_key(home.database, "sign_in", name or owner_name(), role, lifetime=SIGN_IN_LIFETIME)


def _sign_in(console: TestClient, key: str, name: str = "", headers: dict[str, str] | None = None) -> int:
    return console.post("/sign-in", data={"key": key, "name": name}, headers=headers or _OURS).status_code


def test_following_the_link_uses_nothing_up_and_the_button_signs_in_once(any_home: Home) -> None:
    console, key = client(any_home, None), _link(any_home)
    for _ in range(3):
        assert f'value="{key}"' in console.get("/sign-in", params={"key": key}).text
    assert _sign_in(console, key) == 303
    assert console.get("/costs").status_code == 200
    assert _sign_in(client(any_home, None), key) == 403, "it works once"


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(home: Home) -> None:
    console = client(home, None)
    answer = console.post("/sign-in", data={"key": _link(home)}, headers=_OURS)
    cookie = answer.headers["set-cookie"]
    assert re.fullmatch(
        r"reelineage_session_3000=[\w-]{43}; HttpOnly; Max-Age=43200; Path=/; SameSite=strict", cookie
    ), cookie
    assert answer.headers["location"] == "/"
    assert answer.headers["cache-control"] == "no-store"


def test_by_https_the_cookie_is_bound_to_this_host_and_to_https(home: Home) -> None:
    console = TestClient(build_app(home, Options(public_url=f"{_STUDIO}/")), base_url=_STUDIO, follow_redirects=False)
    answer = console.post("/sign-in", data={"key": _link(home)}, headers={"Origin": _STUDIO})
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-reelineage_session_3000=")
    assert cookie.endswith("; HttpOnly; Max-Age=43200; Path=/; SameSite=strict; Secure")
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    assert console.get("/costs").status_code == 200
    secret = cookie.partition("=")[2].partition(";")[0]
    console.cookies.clear()
    console.cookies.set("reelineage_session_3000", secret)
    assert console.get("/costs").status_code == 401, "a cookie that plain http could have set counts for nothing"


def test_nobody_is_signed_in_by_another_site_or_by_a_page_that_does_not_say_which_it_is(home: Home) -> None:
    """Otherwise a visitor could be made to work under the attacker's name."""
    for headers in ({"Origin": "https://evil.example"}, {"X-Nothing": "1"}, {"Sec-Fetch-Site": "cross-site"}):
        assert _sign_in(client(home, None), _link(home), headers=headers) == 403


def test_a_link_for_the_owner_takes_a_name_and_a_link_for_somebody_else_keeps_theirs(home: Home) -> None:
    mine, hers = client(home, None), client(home, None)
    assert 'name="name"' in mine.get("/sign-in", params={"key": (key := _link(home))}).text
    assert _sign_in(mine, key, "Grace") == 303
    assert "Grace" in mine.get("/costs").text
    page = hers.get("/sign-in", params={"key": (key := _link(home, "Ada", Role.REVIEWER))}).text
    assert 'name="name"' not in page
    assert "<strong>Ada</strong>" in page
    assert _sign_in(hers, key, "Grace") == 303
    assert "Ada" in hers.get("/costs").text
    assert "Grace" not in hers.get("/costs").text


def test_a_name_that_nobody_can_see_is_refused_and_the_link_still_works(home: Home) -> None:
    console, key = client(home, None), _link(home)
    answer = console.post("/sign-in", data={"key": key, "name": "\u200b"}, headers=_OURS)
    assert answer.status_code == 422
    assert "a name is needed" in answer.text
    assert _sign_in(console, key, "Ada") == 303


def test_a_link_that_is_too_old_says_how_to_get_another(home: Home) -> None:
    key = make_key(home.database, "sign_in", "Ada", Role.VIEWER, lifetime=timedelta(seconds=-1))
    for answer in (
        client(home, None).get("/sign-in", params={"key": key}),
        client(home, None).post("/sign-in", data={"key": key}, headers=_OURS),
    ):
        assert answer.status_code == 403
        assert "reelineage access link" in answer.text


def test_signing_out_ends_the_session_at_once_wherever_its_cookie_went(home: Home) -> None:
    console = client(home, None)
    _sign_in(console, _link(home))
    copied = next(iter(console.cookies.values()))
    assert console.get("/costs").status_code == 200
    answer = console.post("/sign-out", headers=_OURS)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert 'reelineage_session_3000=""' in answer.headers["set-cookie"]
    console.cookies.set("reelineage_session_3000", copied)
    assert console.get("/costs").status_code == 401
    with home.database.read() as session:
        ended = session.scalars(select(AccessKey.ended_at).where(AccessKey.kind == "session")).one()
    assert ended is not None


def test_signing_in_again_ends_the_session_before(home: Home) -> None:
    console = client(home, None)
    for _ in range(3):
        assert _sign_in(console, _link(home)) == 303
    with home.database.read() as session:
        live = session.scalar(select(func.count()).where(AccessKey.kind == "session", AccessKey.ended_at.is_(None)))
    assert live == 1


def test_a_session_ends_by_itself_after_its_time(home: Home) -> None:
    console = client(home, None)
    _sign_in(console, _link(home))
    with home.database.write() as session:
        left = session.scalars(select(AccessKey.expires_at).where(AccessKey.kind == "session")).one()
        assert left is not None
        assert abs(left - datetime.now(UTC) - SESSION_LIFETIME) < timedelta(minutes=1)
        session.execute(update(AccessKey).where(AccessKey.kind == "session").values(expires_at=datetime.now(UTC)))
    fresh = client(home, None)  # another process: nothing is remembered there
    fresh.cookies = console.cookies
    assert fresh.get("/costs").status_code == 401


def test_wrong_links_are_soon_answered_with_a_pause(home: Home) -> None:
    console = client(home, None)
    answers = [_sign_in(console, "x" * 43) for _ in range(10)]
    answers += [console.get("/sign-in", params={"key": "x"}).status_code for _ in range(12)]
    assert answers == [403] * 20 + [429] * 2
    assert console.get("/sign-in").status_code == 200
    assert int(console.post("/sign-in", data={"key": "x"}, headers=_OURS).headers["retry-after"]) <= 60


def test_an_old_cookie_keeps_nobody_from_signing_in(home: Home) -> None:
    console = client(home, None)
    console.cookies.set("reelineage_session_3000", "expired")
    assert {console.get("/costs").status_code for _ in range(25)} == {401, 429}
    assert console.get("/sign-in").status_code == 200
    console.cookies.clear()
    assert _sign_in(console, _link(home)) == 303
    assert console.get("/costs").status_code == 200, "and the new session is not held up by what the old one asked"


def test_a_page_that_another_site_led_to_offers_to_be_opened_again(home: Home) -> None:
    """The browser leaves the strict cookie out of that first request."""
    console = client(home, None)
    answer = console.get("/lineage?q=a&b=%22%3E", headers=_BY_A_LINK)
    assert answer.status_code == 401
    assert 'href="/lineage?q=a&amp;b=%22%3E"' in answer.text
    evil = console.get(f"{ORIGIN}//evil.example/jobs", headers=_BY_A_LINK)
    assert "Open the page again" not in evil.text
    assert "Open the page again" not in console.get("/lineage").text


def test_no_secret_is_logged_or_told_back(home: Home, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    token = make_key(home.database, "token", "ci", Role.VIEWER, lifetime=None)
    installed = access.install_token(home.root)
    console = client(home, None)
    key = _link(home)
    _sign_in(console, key)
    session = next(iter(console.cookies.values()))
    told = [console.get(path).text for path in ("/costs", "/lineage", "/nowhere", "/health", "/metrics")]
    for secret in (token, installed):
        answer = client(home, None).get("/nowhere", headers={"Authorization": f"Bearer {secret}"})
        told += [answer.text, str(answer.headers)]
    for secret in (token, installed, key, session):
        assert secret not in caplog.text
        assert not any(secret in one for one in told)
