"""What a browser may say to Dagster on a WebSocket: it opens, subscribes and ends, and nothing else.

Belongs here: one message as text, judged. Not here: the connections (`relay.py`).
"""

import json
from dataclasses import dataclass

from console.web.dagster.documents import read, read_object
from reelineage.errors import BadInput

PROTOCOL = "graphql-ws"


@dataclass(frozen=True)
class Said:
    """A message as it was understood; `text` is what Dagster gets."""

    kind: str
    operation: str | None
    text: str


def read_message(text: str) -> Said:
    """Judge one message.

    Raises:
        BadInput: it is none of the protocol's, or its document holds anything but subscriptions: Dagster's pages ask
            and change over HTTP, where the role is checked.
    """
    content = read_object(text)
    kind, operation = content.get("type"), content.get("id")
    if kind in ("connection_init", "connection_terminate"):
        return Said(kind, None, json.dumps({"type": kind}))
    if kind not in ("start", "stop") or not isinstance(operation, str) or not 0 < len(operation) <= 100:
        raise BadInput("Reading a WebSocket message: only connection_init, start and stop are known, with an id.")
    if kind == "stop":
        return Said(kind, operation, json.dumps({"type": kind, "id": operation}))
    payload = content.get("payload")
    if not isinstance(payload, dict):
        raise BadInput("Reading a WebSocket message: `start` needs a payload.")
    asked = read(payload.get("query"), payload.get("variables"), payload.get("operationName"))
    if not asked.only_subscribes:
        raise BadInput("Subscribing to Dagster: a WebSocket carries subscriptions only; send the rest by POST.")
    sent = {"query": asked.query, "variables": asked.variables, "operation_name": asked.operation_name}
    return Said(kind, operation, json.dumps({"type": kind, "id": operation, "payload": sent}))


def refusal(operation: str | None, why: str) -> str:
    """How a refused message is answered."""
    return json.dumps({"type": "error", "id": operation, "payload": {"message": why}})


def operation_of(text: str) -> str | None:
    """The id that a refused message names, when it names one."""
    try:
        found = read_object(text).get("id")
    except BadInput:
        return None
    return found if isinstance(found, str) and len(found) <= 100 else None
