"""One WebSocket message at a time: what Dagster gets is written anew.

Belongs here: messages as text. Not here: connections (`test_websocket.py`).
"""

import json

import pytest

from console.web.dagster.messages import operation_of, read_message
from reelineage.errors import BadInput

SUBSCRIPTION = "subscription S($id: ID!) { pipelineRunLogs(runId: $id) { __typename } }"


def test_a_subscription_is_passed_on_without_what_came_with_it() -> None:
    payload = {"query": SUBSCRIPTION, "variables": {"id": "1"}, "operationName": "S", "extensions": {"evil": True}}
    said = read_message(json.dumps({"id": "7", "type": "start", "payload": payload, "more": "evil"}))
    assert (said.kind, said.operation) == ("start", "7")
    assert json.loads(said.text) == {
        "type": "start",
        "id": "7",
        "payload": {"query": SUBSCRIPTION, "variables": {"id": "1"}, "operation_name": "S"},
    }


def test_what_a_browser_says_on_opening_is_not_passed_on() -> None:
    said = read_message('{"type": "connection_init", "payload": {"Authorization": "Bearer secret"}}')
    assert json.loads(said.text) == {"type": "connection_init"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        '{"type": "ka"}',
        '{"type": "stop"}',
        '{"type": "stop", "id": 1}',
        '{"type": "start", "id": "1"}',
    ],
)
def test_any_other_message_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="Reading a"):
        read_message(text)


def test_a_refusal_names_the_operation_when_there_is_one() -> None:
    assert operation_of('{"id": "7", "type": "nonsense"}') == "7"
    assert operation_of('{"id": 7}') is None
    assert operation_of("nonsense") is None
