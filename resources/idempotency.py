"""Requests that may be sent twice: the first answer is kept under the asker's key, and given again.

Belongs here: who may act for a key, what is kept of the answer, and for how long. Not here: HTTP
(`console/web/api/once.py`). A crash leaves a key without an answer; it is free again after some minutes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from pydantic import JsonValue
from sqlalchemy import ColumnElement, delete, select, tuple_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from reelineage.errors import BadInput, Conflict
from reelineage.models import ApiRequest
from resources.database import Database

KEPT: Final = timedelta(hours=48)
GIVEN_UP: Final = timedelta(minutes=5)  # far longer than any act takes: what is slow is the run's, not the request's
_SWEPT_AT_ONCE: Final = 100


class StillWorking(Conflict):
    """The first request with this key has not been answered yet."""


@dataclass(frozen=True)
class Answer:
    """An answer as it was given; `headers` are those that belong to it alone, such as Location."""

    status: int
    body: str
    media_type: str
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Ticket:
    """The right to act for a key: nobody else has it until an answer is kept, or it is given up."""

    asker: str
    key: str
    taken_at: datetime


def begin(database: Database, asker: str, key: str, request_sha256: str) -> Ticket | Answer:
    """The right to act for this key, or the answer that was given for it; exactly one of many callers gets the right.

    Raises:
        BadInput: the key came with another request before.
        StillWorking: somebody acts for it now.
    """
    moment = datetime.now(UTC)
    ticket = Ticket(asker, key, moment)
    try:
        with database.write() as session:
            _sweep(session, moment)
            session.add(ApiRequest(asker=asker, key=key, request_sha256=request_sha256, created_at=moment))
    except IntegrityError:  # the key is known
        with database.write() as session:
            return _again(session, ticket, request_sha256)
    return ticket


def keep(database: Database, ticket: Ticket, answer: Answer) -> None:
    """Keep the answer for whoever asks again. An answer that took so long that the key was given up is not kept."""
    kept: dict[str, JsonValue] = {
        "body": answer.body,
        "media_type": answer.media_type,
        "headers": dict(answer.headers),
    }
    with database.write() as session:
        session.execute(update(ApiRequest).where(*_held(ticket)).values(status=answer.status, answer=kept))


def give_up(database: Database, ticket: Ticket) -> None:
    """Free the key: nothing was done, and the same request may be sent again."""
    with database.write() as session:
        session.execute(delete(ApiRequest).where(*_held(ticket)))


def _again(session: Session, ticket: Ticket, request_sha256: str) -> Ticket | Answer:
    doing = f"Reading the Idempotency-Key {ticket.key[:60]}"
    known = session.get(ApiRequest, (ticket.asker, ticket.key), with_for_update=True)
    if known is not None and known.request_sha256 != request_sha256:
        raise BadInput(f"{doing}: it came with another request before. Use a new key for a new request.")
    if known is not None and known.answer is not None and known.status is not None:
        return _answer(known.status, known.answer)
    if known is not None and known.created_at < ticket.taken_at - GIVEN_UP:
        known.created_at = ticket.taken_at  # whoever had it died
        return ticket
    raise StillWorking(f"{doing}: the first request with it is still being worked on. Ask again in a second.")


def _answer(status: int, kept: dict[str, JsonValue]) -> Answer:
    headers = kept["headers"] if isinstance(kept["headers"], dict) else {}
    told = {name: str(value) for name, value in headers.items()}
    return Answer(status, str(kept["body"]), str(kept["media_type"]), told)


def _held(ticket: Ticket) -> tuple[ColumnElement[bool], ...]:
    return (
        ApiRequest.asker == ticket.asker,
        ApiRequest.key == ticket.key,
        ApiRequest.created_at == ticket.taken_at,
        ApiRequest.status.is_(None),
    )


def _sweep(session: Session, moment: datetime) -> None:
    """Let go of some of what is too old; rows that another request sweeps now are left to it."""
    old = (
        select(ApiRequest.asker, ApiRequest.key)
        .where(ApiRequest.created_at < moment - KEPT)
        .limit(_SWEPT_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    session.execute(delete(ApiRequest).where(tuple_(ApiRequest.asker, ApiRequest.key).in_(old)))
