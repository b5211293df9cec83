"""People who are signed in by a proxy: believed from its address alone, with a role that the settings give."""

import asyncio
from ipaddress import ip_network

import pytest
from starlette.exceptions import HTTPException
from starlette.testclient import TestClient

from console.web.app import build_app
from console.web.guard.identity import Identifier
from console.web.options import Options
from console.web.trusted_proxy import TrustedProxy, trusted_proxy
from reelineage.errors import BadInput
from resources.access import SESSION_LIFETIME, SIGN_IN_LIFETIME, Role, make_key
from resources.home import Home

_STUDIO = "https://studio.example"
_ROLES = "ada@example.org=operator, Zoë=reviewer,*=viewer"
_PROXY = trusted_proxy("10.0.0.2, 10.1.0.0/16, fd00::/64", "X-Forwarded-User", _ROLES)
_ADA = {"X-Forwarded-User": "ada@example.org"}
_FROM_A_PAGE = {"Origin": _STUDIO}


def _console(home: Home, peer: str = "10.0.0.2", proxy: TrustedProxy = _PROXY) -> TestClient:
    app = build_app(home, Options(host="10.0.0.1", public_url=_STUDIO, proxy=proxy))
    return TestClient(app, base_url=_STUDIO, follow_redirects=False, client=(peer, 40000))


@pytest.mark.parametrize(
    ("peer", "trusted"),
    [
        ("10.0.0.2", True), ("10.1.255.9", True), ("fd00::7", True), ("::ffff:10.0.0.2", True), ("10.0.0.3", False),
        ("127.0.0.1", False), ("fd00:0:0:1::7", False), ("", False), (None, False), ("10.0.0.2.example", False),
    ],
)  # fmt: skip
def test_only_connections_from_its_addresses_are_the_proxys(peer: str | None, trusted: bool) -> None:
    assert _PROXY.is_at(peer) is trusted


def test_who_the_proxy_names_is_in_with_the_role_of_the_settings(home: Home) -> None:
    console = _console(home)
    assert "ada@example.org" in console.get("/costs", headers=_ADA).text
    for name, may_make in ((b"ada@example.org", True), ("Zoë".encode(), False), (b"somebody", False)):
        headers = [(b"X-Forwarded-User", name), (b"Origin", _STUDIO.encode())]
        answer = console.post("/api/generate", headers=headers, json={"theme": "no such theme"})
        assert (answer.status_code != 403) is may_make, answer.text
    assert "Zoë" in console.get("/costs", headers=[(b"X-Forwarded-User", "Zoë".encode())]).text


def test_the_same_header_from_anywhere_else_is_refused_even_beside_a_right_token(home: Home) -> None:
    token = make_key(home.database, "token", "ci", Role.OPERATOR, lifetime=None)
    for peer in ("10.0.0.3", "127.0.0.1"):
        console = _console(home, peer)
        assert console.get("/costs", headers=_ADA).status_code == 403
        assert console.get("/costs", headers=_ADA | {"Authorization": f"Bearer {token}"}).status_code == 403
        assert console.get("/costs", headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_without_a_name_a_request_of_the_proxys_is_a_strangers(home: Home) -> None:
    assert _console(home).get("/costs").status_code == 401


@pytest.mark.parametrize("name", [b"", b" ", b"a\tb", b"x" * 201, b"\xff\xfe", "\u0085ada".encode(), b"ada "])
def test_a_name_that_could_not_be_kept_is_refused(home: Home, name: bytes) -> None:
    headers = [(b"host", b"studio.example"), (b"x-forwarded-user", name)]
    identifier = Identifier(home, Options(public_url=_STUDIO, proxy=_PROXY))
    with pytest.raises(HTTPException, match="does not name one person") as refusal:
        asyncio.run(identifier.who({"type": "http", "path": "/", "headers": headers, "client": ("10.0.0.2", 1)}))
    assert refusal.value.status_code == 403


def test_two_names_are_none(home: Home) -> None:
    headers = [("X-Forwarded-User", "ada@example.org"), ("X-Forwarded-User", "eve@example.org")]
    assert _console(home).get("/costs", headers=headers).status_code == 403


def test_somebody_without_a_role_is_told_so(home: Home) -> None:
    proxy = TrustedProxy((ip_network("10.0.0.2"),), "x-forwarded-user", (("ada", Role.OPERATOR),))
    answer = _console(home, proxy=proxy).get("/costs", headers={"X-Forwarded-User": "eve"})
    assert answer.status_code == 403
    assert "REELINEAGE_PROXY_ROLES" in answer.text


def test_a_change_through_the_proxy_must_come_from_a_page_of_ours_too(home: Home) -> None:
    """The proxy's own cookie is taken along by the browser, whatever page asks."""
    console = _console(home)
    for headers in ({}, {"Origin": "https://evil.example"}, {"Origin": f"{_STUDIO}:8443"}):
        assert console.post("/api/generate", headers=_ADA | headers, json={}).status_code == 403
    assert console.post("/api/generate", headers=_ADA | _FROM_A_PAGE, json={}).status_code == 422


def test_links_and_sessions_are_worth_nothing_beside_a_proxy(home: Home) -> None:
    console = _console(home)
    key = make_key(home.database, "sign_in", "Ada", Role.OPERATOR, lifetime=SIGN_IN_LIFETIME)
    assert "proxy" in console.get("/sign-in", params={"key": key}).text
    assert console.post("/sign-in", data={"key": key}, headers=_FROM_A_PAGE).status_code == 403
    session = make_key(home.database, "session", "Ada", Role.OPERATOR, lifetime=SESSION_LIFETIME)
    console.cookies.set("__Host-reelineage_session_3000", session)
    assert console.get("/costs").status_code == 401


def test_without_a_proxy_in_the_settings_its_header_means_nothing(home: Home) -> None:
    console = TestClient(build_app(home, Options()), base_url="http://127.0.0.1:3000", client=("10.0.0.2", 1))
    assert console.get("/costs", headers=_ADA).status_code == 401


@pytest.mark.parametrize(
    ("addresses", "header", "roles", "complaint"),
    [
        (None, "X-User", "*=viewer", "set REELINEAGE_TRUSTED_PROXY as well"),
        ("10.0.0.2", None, None, "set REELINEAGE_PROXY_USER_HEADER and REELINEAGE_PROXY_ROLES as well"),
        ("0.0.0.0/0", "X-User", "*=viewer", "0.0.0.0/0 is everybody"),
        ("::/0", "X-User", "*=viewer", "::/0 is everybody"),
        ("10.0.0.2,", "X-User", "*=viewer", "Give addresses or networks"),
        ("10.0.0.1/8", "X-User", "*=viewer", "has host bits set"),
        ("proxy.example", "X-User", "*=viewer", "Give addresses or networks"),
        ("10.0.0.2", "Cookie", "*=viewer", "'cookie' is not a header"),
        ("10.0.0.2", "X User", "*=viewer", "'x user' is not a header"),
        ("10.0.0.2", "X-User", "ada", "'ada' is not NAME=ROLE"),
        ("10.0.0.2", "X-User", "ada=admin", "'ada=admin' is not NAME=ROLE with a role of viewer, reviewer, operator"),
        ("10.0.0.2", "X-User", "=viewer", "'=viewer' is not NAME=ROLE"),
        ("10.0.0.2", "X-User", "ada=viewer,ada=operator", "ada stands there twice"),
    ],
)
def test_settings_that_would_let_the_wrong_ones_in_are_refused(
    addresses: str | None, header: str | None, roles: str | None, complaint: str
) -> None:
    with pytest.raises(BadInput) as refusal:
        trusted_proxy(addresses, header, roles)
    assert complaint in str(refusal.value)
