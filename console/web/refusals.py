"""How an error is told: as a page to people, as problem details (RFC 9457) to programs; never as a redirect.

Belongs here: from an error to an answer. Not here: who may do what (`guard`), the words of an error.
"""

import logging
import re
from http import HTTPStatus
from typing import Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocketClose

from console.web.landing import page_asked_for
from console.web.templating import render
from reelineage.errors import BadInput, ClaimRefused, Conflict, Gone, NotFound, ReelineageError, TransientError
from resources.failures import has_no_room, is_cut_off

_FOR_PROGRAMS: Final = re.compile(r"/(api|media)(/.*)?|/(metrics|health|dagster/graphql)", re.DOTALL)
_STATUS: Final = (
    (Gone, HTTPStatus.GONE),
    (NotFound, HTTPStatus.NOT_FOUND),
    (Conflict, HTTPStatus.CONFLICT),
    (ClaimRefused, HTTPStatus.CONFLICT),
    (BadInput, HTTPStatus.UNPROCESSABLE_ENTITY),
    (TransientError, HTTPStatus.SERVICE_UNAVAILABLE),
    (ReelineageError, HTTPStatus.INTERNAL_SERVER_ERROR),
)
_AWAY: Final = (OperationalError, InterfaceError)
_log: Final = logging.getLogger(__name__)


def problem(status: int, detail: str, **more: object) -> JSONResponse:
    """Problem details; `more` are members of their own."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail} | more
    return JSONResponse(body, status, media_type="application/problem+json")


def status_of(error: ReelineageError) -> int:
    """The HTTP status that an error of ours means."""
    return next(status for kind, status in _STATUS if isinstance(error, kind))


async def refuse(scope: Scope, receive: Receive, send: Send, refusal: HTTPException) -> None:
    """Answer a request that never reached a route."""
    if scope["type"] == "websocket":
        code = 4401 if refusal.status_code == HTTPStatus.UNAUTHORIZED else 4403
        await WebSocketClose(code, refusal.detail)(scope, receive, send)
        return
    answer = await _http(Request(scope, receive), refusal)
    await answer(scope, receive, send)


def told(request: Request, status: int, detail: str, **more: object) -> Response:
    """The answer that fits whoever asked."""
    if _FOR_PROGRAMS.fullmatch(request.scope["path"]):
        return problem(status, detail, **more)
    if status == HTTPStatus.UNAUTHORIZED:
        again = _again(request)
        return render(request, "sign_in.html", status_code=status, title="Sign in", detail=detail, again=again)
    return render(request, "error.html", status_code=status, title=HTTPStatus(status).phrase, detail=detail)


def _again(request: Request) -> str | None:
    """The address to open once more: a browser leaves a strict cookie out when another site's link led here."""
    if request.headers.get("sec-fetch-site") not in ("cross-site", "same-site"):
        return None
    return page_asked_for(request.scope)


def install(app: FastAPI) -> None:
    """Let the app answer every error this way."""
    app.add_exception_handler(ReelineageError, _ours)  # type: ignore[arg-type]  # Starlette's type knows no kinds
    app.add_exception_handler(HTTPException, _http)  # type: ignore[arg-type]  # as above
    app.add_exception_handler(RequestValidationError, _invalid)  # type: ignore[arg-type]  # as above
    for kind in (DBAPIError, NoConnectionFree):
        app.add_exception_handler(kind, _no_database)
    app.add_exception_handler(OSError, _no_disk)  # type: ignore[arg-type]  # as above
    app.add_exception_handler(Exception, _unforeseen)


async def _ours(request: Request, error: ReelineageError) -> Response:
    return told(request, status_of(error), str(error))


async def _http(request: Request, error: HTTPException) -> Response:
    answer = told(request, error.status_code, str(error.detail))
    if error.status_code == HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = "Bearer"
    answer.headers.update(error.headers or {})
    return answer


async def _invalid(request: Request, error: RequestValidationError) -> Response:
    errors = [
        {"where": ".".join(str(part)[:100] for part in one["loc"]), "what": one["msg"]} for one in error.errors()[:20]
    ]
    said = "; ".join(f"{one['where']}: {one['what']}" for one in errors)
    return told(request, HTTPStatus.UNPROCESSABLE_ENTITY, f"Reading the request: {said}.", errors=errors)


async def _no_database(request: Request, error: Exception) -> Response:
    """Raises what says nothing about whether the database is there: a statement of ours that it does not understand."""
    if has_no_room(error):
        return _no_room(request)
    if isinstance(error, DBAPIError) and not (isinstance(error, _AWAY) or is_cut_off(error)):
        raise error
    detail = "The database does not answer. Try again in a moment; `reelineage doctor` says what is wrong."
    return told(request, HTTPStatus.SERVICE_UNAVAILABLE, detail)


async def _no_disk(request: Request, error: OSError) -> Response:
    if not has_no_room(error):
        raise error
    return _no_room(request)


def _no_room(request: Request) -> Response:
    _log.warning("Answering a request: there is no room left on the disk. Nothing can be stored before there is.")
    detail = (
        "There is no room left on the disk, so this could not be stored. Make room, look at how things are now, then "
        "do it again; `reelineage doctor` says how much is free."
    )
    return told(request, HTTPStatus.SERVICE_UNAVAILABLE, detail)


async def _unforeseen(request: Request, _: Exception) -> Response:
    detail = (
        "Something went wrong that nobody foresaw; the console's log has the whole story. Look at how things are now "
        "before you do it again: it may have been done."
    )
    return told(request, HTTPStatus.INTERNAL_SERVER_ERROR, detail)
