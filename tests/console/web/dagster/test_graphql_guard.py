"""Every way to send a mutation to Dagster, from everywhere and by everybody: only the legitimate one changes anything.

Each attempt names its change, and Dagster's own storage tells which were made.
"""

from itertools import product
from urllib.parse import quote

import dagster as dg
import pytest
from starlette.testclient import TestClient

from resources.access import Role
from resources.home import Home
from tests.console.web.dagster.conftest import PLACES, URL, WHO, DagsterServer, change
from tests.console.web_client import client

WAYS = ("get", "post json", "post graphql", "post in the address", "post a list", "put")
ALLOWED = {f"{place}, {way}, operator" for place in ("no page", "our page") for way in ("post json", "post graphql")}


def send(client: TestClient, way: str, document: str, headers: dict[str, str]) -> int:
    address = f"{URL}?query={quote(document)}"
    match way:
        case "get":
            answer = client.get(address, headers=headers)
        case "post json":
            answer = client.post(URL, json={"query": document}, headers=headers)
        case "post graphql":
            answer = client.post(URL, content=document, headers=headers | {"Content-Type": "application/graphql"})
        case "post in the address":  # Dagster reads the query string when it does not know the content type
            answer = client.post(address, headers=headers | {"Content-Type": "text/plain"})
        case "post a list":
            answer = client.post(URL, json=[{"query": document}], headers=headers)
        case _:
            answer = client.put(address, json={"query": document}, headers=headers)
    return answer.status_code


def test_of_all_ways_places_and_people_only_an_operators_post_changes_anything(
    clients: dict[str, TestClient], dagster_server: DagsterServer
) -> None:
    before, statuses = dagster_server.changed, {}
    for place, way, who in product(PLACES, WAYS, WHO):
        name = f"{place}, {way}, {who}"
        statuses[name] = send(clients[who], way, change(name), PLACES[place])
    assert dagster_server.changed - before == ALLOWED
    assert {name for name, status in statuses.items() if status < 400} == ALLOWED
    assert {status for name, status in statuses.items() if name.endswith("stranger")} <= {401, 403}
    assert max(statuses.values()) < 500


def test_a_document_is_judged_by_all_of_its_operations(
    clients: dict[str, TestClient], dagster_server: DagsterServer
) -> None:
    """Which operation runs is decided by a name that stands elsewhere."""
    both = f"query Look {{ version }} {change('several')}"
    asked = {"query": both, "operationName": "Look"}
    assert clients["viewer"].post(URL, json=asked).status_code == 403
    answer = clients["operator"].post(URL, json=asked)
    assert set(answer.json()["data"]) == {"version"}
    assert "several" not in dagster_server.changed


def test_everybody_who_is_signed_in_may_ask(clients: dict[str, TestClient]) -> None:
    for who in ("viewer", "reviewer", "operator"):
        for answer in (
            clients[who].post(URL, json={"query": "{ version }"}),
            clients[who].get(URL, params={"query": "{ version }", "variables": "{}"}),
        ):
            assert answer.status_code == 200, answer.text
            assert set(answer.json()["data"]) == {"version"}


def test_a_read_only_console_lets_no_operator_change_anything(home: Home, dagster_server: DagsterServer) -> None:
    operator = client(home, Role.OPERATOR, dagster_socket=dagster_server.socket, read_only=True)
    answer = operator.post(URL, json={"query": change("read-only")})
    assert answer.status_code == 403
    assert "read-only" in answer.json()["errors"][0]["message"]
    assert "read-only" not in dagster_server.changed


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"query"',
        b"{}",
        b'{"query": 1}',
        b'{"query": ""}',
        b'{"query": "mutation {"}',
        b'{"query": "fragment F on Query { version }"}',
        b'{"query": "type Query { a: Int }"}',
        b'{"query": "{ version }", "query": "mutation { x }"}',
        b'{"query": "{ version }", "variables": []}',
        b'{"query": "{ version }", "operationName": 1}',
        b'{"query": "subscription { capturedLogs(logKey: []) { stdout } }"}',
        b"[" * 100_000,
        b'{"query": "' + b"{a" * 5_000 + b'"}',
        b'{"query": "{' + b"a " * 30_000 + b'}"}',
        b"\xff\xfe",
    ],
)
def test_what_cannot_be_read_is_answered_400_and_never_passed_on(clients: dict[str, TestClient], body: bytes) -> None:
    answer = clients["operator"].post(URL, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_body_has_a_limit(clients: dict[str, TestClient]) -> None:
    answer = clients["operator"].post(URL, content=b" " * 1_100_000, headers={"Content-Type": "application/json"})
    assert answer.status_code == 413


def test_events_from_outside_are_the_operators_to_report(
    clients: dict[str, TestClient], dagster_server: DagsterServer
) -> None:
    for who in ("viewer", "reviewer", "operator"):
        answer = clients[who].post(f"/dagster/report_asset_materialization/by/{who}", json={"metadata": {"n": 1}})
        assert answer.status_code == (200 if who == "operator" else 403), answer.text
    assert dagster_server.instance.has_asset_key(dg.AssetKey(["by", "operator"]))
    assert not dagster_server.instance.has_asset_key(dg.AssetKey(["by", "viewer"]))
    for path in ("server_info", "runs", "", "report_asset_deletion/x", "notebook"):
        assert clients["operator"].post(f"/dagster/{path}", json={}).status_code in (404, 405)
