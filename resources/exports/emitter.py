"""Which committed rows have been sent, and which come next: what the sensor does in one tick.

Belongs here: the cursor. Ids are given before a transaction commits, so on PostgreSQL row 8 may be seen before row 7:
each table's cursor is the highest id that was sent, and every id below it that was not there waits until it comes or an
hour has passed (a write takes seconds; what rolled back never comes). A call on its way waits until it has ended. A row
sent twice, because a tick died between sending and keeping its cursor, has the same run id and the same bytes. A row
that the server has refused five times is passed over and stays in the cursor.
"""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from reelineage.errors import ReelineageError
from reelineage.models import Installation
from resources.database import Database
from resources.exports import openlineage, rows
from resources.exports.sending import Refused, Sender

_GAP = timedelta(hours=1)
_MOST_WAITING = 10_000
_LONGEST_PAUSE = timedelta(minutes=10)
_FIRST_PAUSE_SECONDS = 15
_MOST_REFUSALS = 5  # in 7 minutes and more: a server that is being replaced may refuse anything for a moment
_MOST_PASSED_OVER = 1_000  # a server that refuses so many takes nothing: it is waited for


class Cursor(BaseModel):
    """How far each table was sent. `waiting` holds ids below that, with when each was first missed.

    `refused` counts by row how often the server would not take it: five times and it was passed over.
    """

    model_config = ConfigDict(extra="forbid")

    after: dict[str, int] = {}
    waiting: dict[str, dict[int, datetime]] = {}
    refused: dict[str, int] = {}
    failures: int = 0
    not_before: datetime | None = None


@dataclass
class Tick:
    """What one tick did: the cursor to keep, how many rows were sent, what went wrong, and the rows passed over."""

    cursor: str
    sent: int = 0
    problem: str = ""
    resting: bool = False
    passed_over: list[str] = field(default_factory=list)


def emit(database: Database, sender: Sender, cursor: str | None, *, most_rows: int = 100, seconds: float = 5.0) -> Tick:
    """Send what was committed since the cursor, oldest first, until all is sent, the time is up, or something fails.

    Args:
        database: where the rows are.
        sender: where they go.
        cursor: the cursor that an earlier tick gave; None sends from the first row on.
        most_rows: the most rows of one tick.
        seconds: when the last sending of this tick may begin.
    """
    state, now = _read(cursor), datetime.now(UTC)
    if state.not_before and now < state.not_before:
        return Tick(state.model_dump_json(), problem="the last sending failed", resting=True)
    end = time.monotonic() + seconds
    with database.read() as session:
        installation = session.execute(select(Installation.uuid)).scalar_one()
        found = _next(session, state, most_rows)
        told = {one.ref: one for one in rows.complete(session, [bare for bare in found if not rows.is_open(bare)])}
    tick = Tick("")
    try:
        for bare in found:
            if time.monotonic() > end:
                break
            if bare.ref in told and _sent(sender, state, told[bare.ref], installation):
                tick.sent += 1
            elif bare.ref in told:
                tick.passed_over.append(str(bare.ref))
            _pass(state, bare, now)
        state.failures, state.not_before = 0, None
    except ReelineageError as error:
        tick.problem = str(error)
        state.failures += 1
        pause = min(timedelta(seconds=_FIRST_PAUSE_SECONDS * 2 ** min(state.failures, 10)), _LONGEST_PAUSE)
        state.not_before = now + pause
    _forget(state, now)
    tick.cursor = state.model_dump_json()
    return tick


def _sent(sender: Sender, state: Cursor, told: rows.Told, installation: str) -> bool:
    """Whether a row has arrived; False when the server has refused it so often that the next rows wait no longer.

    Raises:
        ReelineageError: it has not, and is sent again.
    """
    row = str(told.ref)
    try:
        for event in openlineage.events([told], installation):
            sender.send(openlineage.as_line(event))
    except Refused as error:
        before = state.refused.get(row, 0)
        if before + 1 >= _MOST_REFUSALS and len(state.refused) <= _MOST_PASSED_OVER:
            state.refused[row] = _MOST_REFUSALS
            return False
        state.refused[row] = min(before + 1, _MOST_REFUSALS - 1)
        raise Refused(f"Sending {row}: {error}") from error
    state.refused.pop(row, None)
    return True


def _read(cursor: str | None) -> Cursor:
    try:
        return Cursor.model_validate_json(cursor) if cursor else Cursor()
    except ValidationError:
        return Cursor()  # of another version: everything is sent again, which changes nothing at the other end


def _next(session: Session, state: Cursor, most: int) -> list[rows.Bare]:
    """The next rows of all tables in the order of their times, and calls on their way that were not looked at yet."""
    found: list[tuple[datetime, int, rows.Bare]] = []
    for rank, node in enumerate(rows.KINDS):
        for bare in rows.read(session, node, ids=state.waiting.get(node, {})):
            if rows.is_open(bare):
                state.waiting[node][int(bare.ref.key)] = datetime.now(UTC)  # it may go on for hours
            else:
                found.append((bare.at, rank, bare))
        latest = datetime.min.replace(tzinfo=UTC)
        for bare in rows.read(session, node, after=state.after.get(node, 0), limit=most):
            latest = max(latest, bare.at)  # within a table in the order of ids, whatever the clocks said
            found.append((latest, rank, bare))
    found.sort(key=lambda one: (one[0], one[1]))
    return [bare for _, _, bare in found[:most]]


def _pass(state: Cursor, bare: rows.Bare, now: datetime) -> None:
    """Note that a row was dealt with, and which ids below it are still to come."""
    node, key, waiting = bare.ref.node, int(bare.ref.key), state.waiting.setdefault(bare.ref.node, {})
    after = state.after.get(node, 0)
    waiting.pop(key, None)
    waiting.update(dict.fromkeys(range(max(after + 1, key - _MOST_WAITING), key), now))
    if rows.is_open(bare):
        waiting[key] = now
    state.after[node] = max(after, key)


def _forget(state: Cursor, now: datetime) -> None:
    """Drop ids that never came, and the oldest when there are too many."""
    for node, waiting in list(state.waiting.items()):
        kept = [(key, seen) for key, seen in sorted(waiting.items()) if now - seen < _GAP]
        state.waiting[node] = dict(kept[-_MOST_WAITING:])
        if not kept:
            del state.waiting[node]
