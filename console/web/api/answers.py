"""Answers of the API: JSON that a client may keep and ask again about, and what was made with its address.

Belongs here: ETag and If-None-Match, Location, Link. Not here: errors (`console/web/refusals.py`).
"""

import hashlib
import json
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

from fastapi import Request, Response
from pydantic import BaseModel

# a browser or a client may keep it for this asker, and asks every time whether it still holds
_KEEP: Final = {"Cache-Control": "private, no-cache", "Vary": "Authorization, Cookie"}


def tagged(request: Request, content: BaseModel | dict[str, object], **headers: str) -> Response:
    """The content with a strong ETag of its bytes, or 304 when the client has just that."""
    body = _json(content)
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    kept = _KEEP | {"ETag": tag} | headers
    if _has(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=kept)
    return Response(body, media_type="application/json", headers=kept)


def done(content: BaseModel, *, location: str | None = None) -> Response:
    """What a change led to; with a `location` something was made, and is found there."""
    status = HTTPStatus.OK if location is None else HTTPStatus.CREATED
    headers = None if location is None else {"Location": location}
    return Response(_json(content), status, headers, "application/json")


def address(path: str, **parameters: object) -> str:
    """A path of this console with those parameters that have a value."""
    given = {name: value for name, value in parameters.items() if value is not None}
    return f"{path}?{urlencode(given)}" if given else path


def _json(content: BaseModel | dict[str, object]) -> bytes:
    if isinstance(content, BaseModel):
        return content.model_dump_json().encode()
    return json.dumps(content, separators=(",", ":"), allow_nan=False).encode()


def _has(given: str, tag: str) -> bool:
    """Whether If-None-Match names this tag; a weak one counts (RFC 9110, 13.1.2)."""
    named = [one.strip().removeprefix("W/") for one in given.split(",")]
    return "*" in named or tag in named
