"""`reelineage access`: letting people and programs in, and shutting them out."""

import pytest

from console.whereabouts import only_one
from resources.access import SESSION_LIFETIME, Role, make_key, owner_name
from resources.home import Home
from tests.console.cli import call, complaint
from tests.console.web_client import ORIGIN, client


def test_a_link_signs_in_whom_it_was_made_for(home: Home) -> None:
    link = call("access", "link", "--name", "Ada", "--role", "reviewer").out.strip()
    address, _, key = link.partition("/sign-in?key=")
    assert address == "http://127.0.0.1:3000"
    console = client(home, None)
    assert console.post("/sign-in", data={"key": key}, headers={"Origin": ORIGIN}).status_code == 303
    assert "Ada" in console.get("/costs").text
    assert call("access", "link", "--port", 4000).out.startswith("http://127.0.0.1:4000/sign-in?key=")


def test_a_link_leads_to_the_port_on_which_the_home_is_served(home: Home) -> None:
    with only_one(home, 3077):
        assert call("access", "link").out.startswith("http://127.0.0.1:3077/sign-in?key=")
        assert call("access", "link", "--port", 4000).out.startswith("http://127.0.0.1:4000/sign-in?key=")
    assert call("access", "link").out.startswith("http://127.0.0.1:3000/sign-in?key=")


def test_a_link_leads_to_where_people_reach_the_console(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REELINEAGE_HOME", str(home.root))
    monkeypatch.setenv("REELINEAGE_PUBLIC_URL", "https://studio.example/")
    assert call("access", "link").out.startswith("https://studio.example/sign-in?key=")


def test_with_a_proxy_there_are_no_links(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REELINEAGE_HOME", str(home.root))
    monkeypatch.setenv("REELINEAGE_AUTH", "proxy")
    monkeypatch.setenv("REELINEAGE_TRUSTED_PROXY", "10.0.0.2")
    monkeypatch.setenv("REELINEAGE_PROXY_USER_HEADER", "X-Forwarded-User")
    monkeypatch.setenv("REELINEAGE_PROXY_ROLES", "*=viewer")
    assert "the proxy signs people in" in complaint("access", "link")


def test_a_token_alone_goes_to_standard_output_and_works_until_it_is_revoked(home: Home) -> None:
    made = call("access", "token", "ci", "--role", "viewer", "--days", 3)
    token = made.out.removesuffix("\n")
    assert len(token) == 43
    assert "cannot be shown again" in made.err
    asked = {"Authorization": f"Bearer {token}"}
    assert client(home, None).get("/api/jobs", headers=asked).status_code == 200
    assert call("access", "revoke", 1).out == "Way in 1 is ended; a running console notices within seconds.\n"
    assert client(home, None).get("/api/jobs", headers=asked).status_code == 401
    assert "Ending way in 1: it ended before or never was" in complaint("access", "revoke", 1)


def test_the_list_tells_what_still_works_and_never_a_secret(home: Home) -> None:
    link = call("access", "link").out.strip()
    token = call("access", "token", "ci", "--role", "operator").out.strip()
    session = make_key(home.database, "session", "Ada", Role.REVIEWER, lifetime=SESSION_LIFETIME)
    call("access", "revoke", 2)
    listed = call("access", "list").out
    newest, middle, oldest = listed.splitlines()
    assert newest.split()[:3] == ["3", "session", "reviewer"]
    assert "works until 20" in newest
    assert newest.endswith("Ada")
    assert middle.split()[:3] == ["2", "token", "operator"]
    assert "  ended 20" in middle
    assert oldest.split()[:3] == ["1", "link", "operator"]
    assert oldest.endswith(owner_name())
    for secret in (link.partition("key=")[2], token, session):
        assert secret not in listed


@pytest.mark.parametrize(
    "arguments",
    [("token", "ci"), ("token", "ci", "--role", "admin"), ("token", "ci", "--role", "viewer", "--days", "0"),
     ("token", " ", "--role", "viewer"), ("revoke", "0"), ("revoke", "x"), ("revoke", str(2**63)),
     ("link", "--role", "owner"), ("link", "--port", "0")],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_in_one_line(home: Home, arguments: tuple[str, ...]) -> None:
    assert home.root.exists()
    complaint("access", *arguments)


def test_asking_does_not_make_a_home(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REELINEAGE_HOME", f"{tmp_path}/nowhere")
    assert "there is none yet" in complaint("access", "list")
    assert "there is none yet" in complaint("access", "revoke", 1)
