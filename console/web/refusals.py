"""How an error is told: as a page to people, as problem details (RFC 9457) to programs; never as a redirect.

Belongs here: from an error to an answer. Not here: who may do what (`guard`), the words of an error.
"""

from http import HTTPStatus
from typing import Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocketClose

from console.web.templating import render
from reelineage.errors import BadInput, ClaimRefused, Conflict, NotFound, ReelineageError, TransientError

_FOR_PROGRAMS: Final = ("/api", "/metrics", "/dagster/graphql", "/health")
_STATUS: Final = (
    (NotFound, HTTPStatus.NOT_FOUND),
    (Conflict, HTTPStatus.CONFLICT),
    (ClaimRefused, HTTPStatus.CONFLICT),
    (BadInput, HTTPStatus.UNPROCESSABLE_ENTITY),
    (TransientError, HTTPStatus.SERVICE_UNAVAILABLE),
    (ReelineageError, HTTPStatus.INTERNAL_SERVER_ERROR),
)


def problem(status: int, detail: str, **more: object) -> JSONResponse:
    """Problem details; `more` are members of their own."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail} | more
    return JSONResponse(body, status, media_type="application/problem+json")


def status_of(error: ReelineageError) -> int:
    """The HTTP status that an error of ours means."""
    return next(status for kind, status in _STATUS if isinstance(error, kind))


async def refuse(scope: Scope, receive: Receive, send: Send, status: int, detail: str) -> None:
    """Answer a request that never reached a route."""
    if scope["type"] == "websocket":
        await WebSocketClose(4401 if status == HTTPStatus.UNAUTHORIZED else 4403, detail)(scope, receive, send)
        return
    await told(Request(scope, receive), status, detail)(scope, receive, send)


def told(request: Request, status: int, detail: str, **more: object) -> Response:
    """The answer that fits whoever asked."""
    if request.scope["path"].startswith(_FOR_PROGRAMS):
        return problem(status, detail, **more)
    name = "sign_in.html" if status == HTTPStatus.UNAUTHORIZED else "error.html"
    return render(request, name, status_code=status, title=HTTPStatus(status).phrase, detail=detail)


def install(app: FastAPI) -> None:
    """Let the app answer every error this way."""

    @app.exception_handler(ReelineageError)
    async def _ours(request: Request, error: ReelineageError) -> Response:
        return told(request, status_of(error), str(error))

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> Response:
        answer = told(request, error.status_code, str(error.detail))
        answer.headers.update(error.headers or {})
        return answer

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> Response:
        errors = [
            {"where": ".".join(str(part) for part in one["loc"]), "what": one["msg"]} for one in error.errors()[:20]
        ]
        said = "; ".join(f"{one['where']}: {one['what']}" for one in errors)
        return told(request, HTTPStatus.UNPROCESSABLE_ENTITY, f"Reading the request: {said}.", errors=errors)
