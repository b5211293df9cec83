"""Messages between a browser's WebSocket and Dagster's: judged in one direction, passed on in the other.

Belongs here: the two connections and their bounds. Not here: what a message may be (`messages.py`); from where and by
whom a WebSocket may be opened (the guard).
"""

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, Final

from starlette.websockets import WebSocket, WebSocketDisconnect
from websockets.asyncio.client import ClientConnection, unix_connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.typing import Subprotocol

from console.web.dagster.messages import PROTOCOL, Said, operation_of, read_message, refusal
from console.web.dagster.paths import PREFIX
from console.web.dagster.upstream import NOT_HERE
from reelineage.errors import BadInput

LIFETIME_SECONDS: Final = 900.0
"""Then the browser must connect again, past the guard: who signed out or lost a role does not listen on."""
_MOST_OPERATIONS: Final = 100
_LONGEST_FROM_DAGSTER: Final = 16 * 1024 * 1024
_GOING_AWAY, _REFUSED, _TRY_AGAIN = 1001, 1008, 1013


async def relay(websocket: WebSocket, socket: Path | None) -> None:
    """Connect to Dagster, then carry messages until one side is done."""
    if socket is None:
        await websocket.close(_REFUSED, NOT_HERE)
        return
    if PROTOCOL not in websocket.scope["subprotocols"]:
        await websocket.close(_REFUSED, f"This WebSocket speaks {PROTOCOL} only.")
        return
    try:
        dagster = await unix_connect(
            str(socket),
            f"ws://dagster{PREFIX}/graphql",
            subprotocols=[Subprotocol(PROTOCOL)],
            compression=None,
            user_agent_header=None,
            max_size=_LONGEST_FROM_DAGSTER,
            open_timeout=5,
            close_timeout=2,
        )
    except (OSError, TimeoutError, WebSocketException):
        await websocket.accept(PROTOCOL)
        await websocket.close(_TRY_AGAIN, "Dagster's UI is starting.")
        return
    try:
        async with dagster:
            await websocket.accept(PROTOCOL)
            code = await _first_of(_to_dagster(websocket, dagster), _to_browser(dagster, websocket))
    finally:
        dagster.transport.abort()  # when the console stops meanwhile, closing in order is cut short
    if code is not None:
        await websocket.close(code)


async def _first_of(*ways: Coroutine[Any, Any, int | None]) -> int | None:
    """Run both ways until one ends; the code to close the browser's side with, None when it is closed."""
    tasks = [asyncio.create_task(way) for way in ways]
    done, _ = await asyncio.wait(tasks, timeout=LIFETIME_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return next(iter(done)).result() if done else _GOING_AWAY


async def _to_dagster(websocket: WebSocket, dagster: ClientConnection) -> int | None:
    running: set[str] = set()
    try:
        while True:
            text = await websocket.receive_text()
            try:
                said = _judged(text, running)
            except BadInput as error:
                await websocket.send_text(refusal(operation_of(text), str(error)))
                continue
            if said.operation is not None:
                (running.add if said.kind == "start" else running.discard)(said.operation)
            await dagster.send(said.text)
    except WebSocketDisconnect:
        return None
    except KeyError:  # a binary frame: Starlette looks for its text
        return 1003
    except ConnectionClosed:
        return _TRY_AGAIN


def _judged(text: str, running: set[str]) -> Said:
    said = read_message(text)
    if said.kind == "start" and len(running) >= _MOST_OPERATIONS:
        raise BadInput(f"Subscribing to Dagster: {_MOST_OPERATIONS} subscriptions at a time are enough.")
    return said


async def _to_browser(dagster: ClientConnection, websocket: WebSocket) -> int | None:
    try:
        async for message in dagster:
            if isinstance(message, str):
                await websocket.send_text(message)
    except (WebSocketDisconnect, RuntimeError):  # the browser has gone: Starlette says so in either way
        return None
    except ConnectionClosed:
        return _TRY_AGAIN
    return _TRY_AGAIN
