"""Dagster's WebSocket through the guard: opened by those who may, and good for subscriptions only.

Belongs here: a real Dagster at the other end. Not here: single messages (`test_messages.py`).
"""

import json
from itertools import product

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from console.web.dagster import relay
from tests.console.web.dagster.conftest import PLACES, SOCKET_URL, WHO, DagsterServer, change


def start(document: str, **more: object) -> dict[str, object]:
    return {"id": "1", "type": "start", "payload": {"query": document} | more}


def test_a_websocket_is_opened_from_our_own_pages_by_people_who_are_signed_in(
    clients: dict[str, TestClient],
) -> None:
    opened = set()
    for place, who in product(PLACES, WHO):
        try:
            with clients[who].websocket_connect(SOCKET_URL, ["graphql-ws"], headers=PLACES[place]) as websocket:
                websocket.send_json({"type": "connection_init"})
                assert websocket.receive_json() == {"type": "connection_ack"}
                opened.add((place, who))
        except WebSocketDisconnect:
            continue
    assert opened == set(product(("no page", "our page"), ("viewer", "reviewer", "operator")))


@pytest.mark.parametrize("who", ["viewer", "operator"])
def test_a_websocket_carries_subscriptions_and_nothing_else(
    clients: dict[str, TestClient], dagster_server: DagsterServer, who: str
) -> None:
    before = dagster_server.changed
    subscription = 'subscription S { capturedLogs(logKey: ["no", "such"]) { __typename } }'
    with clients[who].websocket_connect(SOCKET_URL, ["graphql-ws"]) as websocket:
        for message in (
            start(change("by websocket")),
            start("query { version }"),
            start(f"{subscription} {change('beside a subscription')}", operationName="S"),
            start("nonsense"),
            {"id": "1", "type": "subscribe", "payload": {"query": change("by another protocol")}},
            {"id": "1", "type": "start"},
            {"type": "start", "payload": {"query": subscription}},
        ):
            websocket.send_json(message)
            assert websocket.receive_json()["type"] == "error"
        websocket.send_text('{"type": "connection_init", "type": "start"}')
        assert websocket.receive_json()["type"] == "error"
        websocket.send_json(start(subscription))
        answer = websocket.receive_json()
        assert (answer["id"], answer["type"]) == ("1", "data"), answer
        websocket.send_json({"id": "1", "type": "stop"})
    assert dagster_server.changed == before


def test_a_subscription_that_was_never_understood_is_told_and_the_socket_lives(clients: dict[str, TestClient]) -> None:
    with clients["viewer"].websocket_connect(SOCKET_URL, ["graphql-ws"]) as websocket:
        websocket.send_text(json.dumps(start("subscription { noSuchField }")))
        assert websocket.receive_json()["type"] == "error"
        websocket.send_json({"type": "connection_init"})
        assert websocket.receive_json()["type"] == "connection_ack"


def test_a_websocket_ends_after_a_while_so_that_the_guard_is_asked_again(
    clients: dict[str, TestClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "LIFETIME_SECONDS", 0.2)
    with clients["viewer"].websocket_connect(SOCKET_URL, ["graphql-ws"]) as websocket:
        with pytest.raises(WebSocketDisconnect) as closed:
            websocket.receive_json()
        assert closed.value.code == 1001


def test_a_websocket_carries_a_bounded_number_of_subscriptions(
    clients: dict[str, TestClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "_MOST_OPERATIONS", 1)
    endless = "subscription { locationStateChangeEvents { __typename } }"
    with clients["viewer"].websocket_connect(SOCKET_URL, ["graphql-ws"]) as websocket:
        websocket.send_json(start(endless))
        websocket.send_json(start(endless) | {"id": "2"})
        answer = websocket.receive_json()
        assert (answer["type"], answer["id"]) == ("error", "2")
        websocket.send_json({"id": "1", "type": "stop"})
        websocket.send_json(start('subscription { capturedLogs(logKey: ["no"]) { __typename } }') | {"id": "3"})
        assert websocket.receive_json()["id"] == "3"
