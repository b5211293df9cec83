"""`/dagster`: Dagster's UI for whoever is signed in, and its changes for operators.

Belongs here: which request needs which role. Not here: reading it (`documents.py`, `paths.py`), passing it on
(`upstream.py`, `relay.py`); from where it may come and who asks (the guard).
"""

import asyncio
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import quote

from fastapi import APIRouter, Depends, HTTPException, Request
from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.responses import RedirectResponse, Response
from starlette.websockets import WebSocket

from console.web.dagster.documents import Asked, read, read_post
from console.web.dagster.paths import HASHED, PREFIX, path_to_ask
from console.web.dagster.relay import relay
from console.web.dagster.upstream import NOT_HERE, DagsterAway, ask
from console.web.guard import Asker, needs, require
from console.web.refusals import problem
from console.web.templating import render
from reelineage.errors import BadInput, NotFound
from resources.access import Role

router = APIRouter()

_LONGEST_BODY: Final = 1024 * 1024
_BODY_SECONDS: Final = 30.0
_GRAPHQL: Final = f"{PREFIX}/graphql"
_AS_JSON: Final = "application/json"


def dagster_socket(connection: HTTPConnection) -> Path:
    """Where Dagster's web server listens.

    Raises:
        NotFound: this console has none.
    """
    socket = _socket_of(connection)
    if socket is None:
        raise NotFound(NOT_HERE)
    return socket


def _socket_of(connection: HTTPConnection) -> Path | None:
    socket: Path | None = connection.scope["app"].state.options.dagster_socket
    return socket


Socket = Annotated[Path, Depends(dagster_socket)]


@router.get(PREFIX)
def top() -> Response:
    """Its pages lie below."""
    return RedirectResponse(f"{PREFIX}/", 308)


@router.get(_GRAPHQL)
async def graphql_by_get(request: Request, socket: Socket) -> Response:
    """A question in the address. Dagster itself would make changes this way."""
    given = request.query_params
    try:
        asked = read(given.get("query"), given.get("variables"), given.get("operationName"))
    except BadInput as error:
        return _refused(400, str(error))
    if asked.changes:
        return _refused(405, "Asking Dagster: a mutation is sent by POST, never by GET.", Allow="POST")
    return await _asked(request, socket, asked)


@router.post(_GRAPHQL)
async def graphql_by_post(request: Request, socket: Socket, who: Asker) -> Response:
    """Questions from everybody who is signed in; mutations from operators only."""
    body = await _body_of(request)
    try:
        asked = read_post(request.headers.get("content-type", ""), body)
    except BadInput as error:
        return _refused(400, str(error))
    if asked.changes:
        try:
            require(Role.OPERATOR, request, who)
        except HTTPException as error:
            return _refused(error.status_code, str(error.detail))
    return await _asked(request, socket, asked)


@router.websocket(_GRAPHQL)
async def graphql_by_websocket(websocket: WebSocket) -> None:
    """Subscriptions: what a page shows while it changes."""
    await relay(websocket, _socket_of(websocket))


@router.post(f"{PREFIX}/{{report}}/{{asset_key:path}}", dependencies=[Depends(needs(Role.OPERATOR))])
async def report(request: Request, socket: Socket, report: str, asset_key: str) -> Response:
    """Events that happened outside of any run, as Dagster's REST endpoints take them."""
    if report not in ("report_asset_materialization", "report_asset_check", "report_asset_observation"):
        raise HTTPException(405, "Dagster's UI takes no POST here.", {"Allow": "GET"})
    path = path_to_ask(f"{PREFIX}/{report}/{asset_key}", request.scope["raw_path"])
    query = quote(request.scope["query_string"].decode("latin-1"), safe="=&%+:@,~/?")
    content_type = request.headers.get("content-type", _AS_JSON)
    body = await _body_of(request)
    return await ask(
        socket, "POST", f"{path}?{query}" if query else path, request.headers, body=body, content_type=content_type
    )


@router.get(f"{PREFIX}/{{path:path}}")
async def page(request: Request, socket: Socket) -> Response:
    """Its pages and files, logs and debug files: for everybody who is signed in."""
    path = path_to_ask(request.scope["path"], request.scope["raw_path"])
    try:
        answer = await ask(socket, "GET", path, request.headers)
    except DagsterAway as error:
        later = {"Retry-After": "5"}
        words = {"title": "Dagster is starting", "detail": str(error), "again": path}
        return render(request, "dagster_away.html", status_code=503, headers=later, **words)
    if path.startswith(HASHED) and answer.status_code == 200:
        answer.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    return answer


async def _asked(request: Request, socket: Path, asked: Asked) -> Response:
    if asked.subscribes:
        return _refused(400, "Asking Dagster: a subscription needs a WebSocket.")
    return await ask(socket, "POST", _GRAPHQL, request.headers, body=asked.body(), content_type=_AS_JSON)


def _refused(status: int, why: str, **headers: str) -> Response:
    """Problem details that GraphQL programs can show too: they look for `errors`."""
    answer = problem(status, why, errors=[{"message": why}])
    answer.headers.update(headers)
    return answer


async def _body_of(request: Request) -> bytes:
    """The whole body, bounded in size and time.

    Raises:
        HTTPException: 413 or 408.
    """
    body = bytearray()
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            async for part in request.stream():
                body += part
                if len(body) > _LONGEST_BODY:
                    raise HTTPException(413, f"Sending this to Dagster: {_LONGEST_BODY} bytes are the limit.")
    except TimeoutError as error:
        raise HTTPException(408, "Sending this to Dagster: it came too slowly.") from error
    except ClientDisconnect as error:
        raise HTTPException(400, "Sending this to Dagster: it ended early.") from error
    return bytes(body)
