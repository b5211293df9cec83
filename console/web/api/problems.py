"""What the API's document says about refusals: problem details (RFC 9457), and which status comes with what.

Belongs here: their description. Not here: making them (`console/web/refusals.py`).
"""

from http import HTTPStatus
from typing import Any, Final

from pydantic import BaseModel, Field

MEDIA_TYPE: Final = "application/problem+json"
_MEANING: Final = {
    400: "The body cannot be read.",
    401: "Nobody is signed in: send a token, or a session's cookie.",
    403: "The role is not enough, the console is read-only, or the request comes from a foreign page.",
    404: "There is no such thing.",
    408: "The body came too slowly.",
    409: "It does not fit the present state: look again, then decide again.",
    413: "The body is too large.",
    415: "The body is not application/json.",
    422: "Something given cannot be used; the detail names it.",
    429: "Too many wrong secrets came from this address: wait.",
    503: "The database or the disk does not answer; the same request may work in a minute.",
}
_READING: Final = (401, 403, 422, 429, 503)
_CHANGING: Final = (400, 401, 403, 408, 409, 413, 415, 422, 429, 503)


class Misfit(BaseModel):
    """One part of a request that cannot be used."""

    where: str = Field(description="The place, such as body.seed.")
    what: str = Field(description="What is wrong there.")


class Problem(BaseModel):
    """Problem details (RFC 9457)."""

    type: str = Field(description="about:blank: the status says it all.")
    title: str = Field(description="The status in words.")
    status: int
    detail: str = Field(description="What was being done, for which job, and what to do next.")
    errors: list[Misfit] = Field(default=[], description="With 422: each part that cannot be used.")


def reading(*more: int) -> dict[int | str, dict[str, Any]]:
    """The refusals of a route that reads."""
    unchanged = {304: {"description": "It is as the client has it (If-None-Match)."}}
    return unchanged | _described((*_READING, *more))


def changing(*more: int) -> dict[int | str, dict[str, Any]]:
    """The refusals of a route that changes something."""
    return _described((*_CHANGING, *more))


def _described(statuses: tuple[int, ...]) -> dict[int | str, dict[str, Any]]:
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        status: {"description": f"{HTTPStatus(status).phrase}. {_MEANING[status]}", "content": content}
        for status in sorted(statuses)
    }
