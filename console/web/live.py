"""What happens to jobs, told as it happens: one look a second for everybody who watches, not one for each.

Belongs here: finding changes and handing them to those who listen. Not here: how they are sent (`pages/events.py`), who
may listen. A job counts as changed when its sign differs from the one that the listener knows, so that nothing is
missed between a page and its stream, and no clock has to be right.
"""

import asyncio
import logging
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Final
from weakref import WeakSet

from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from reelineage.errors import ReelineageError, TransientError
from resources.database import Database
from resources.job_cards import MOST_CARDS, JobCard, cards_of, signs_of

MOST_LISTENERS: Final = 500
_PAUSE_SECONDS: Final = 1.0
_log: Final = logging.getLogger(__name__)


class Listener:
    """Somebody who watches some jobs. A job whose sign is not known yet is only looked at the first time."""

    def __init__(self, signs: Mapping[int, str | None]) -> None:
        self.signs = dict(signs)
        self._waiting: dict[int, JobCard] = {}
        self._woken = asyncio.Event()

    def changed(self, signs: Mapping[int, str]) -> set[int]:
        """Which of the jobs are not as this listener knows them."""
        mine = {job_id: sign for job_id, sign in signs.items() if job_id in self.signs}
        for job_id, sign in mine.items():
            self.signs[job_id] = self.signs[job_id] or sign
        return {job_id for job_id, sign in mine.items() if self.signs[job_id] != sign}

    def tell(self, cards: Collection[JobCard]) -> None:
        """Hand over what changed; a job that changes again before it was sent is sent once, as it is then."""
        for card in cards:
            self.signs[card.id] = card.sign
            self._waiting[card.id] = card
        self._woken.set()

    def wake(self) -> None:
        """Let it look up, because everything ends."""
        self._woken.set()

    async def next(self, seconds: float) -> tuple[JobCard, ...]:
        """What changed, as soon as something does; nothing after so many seconds."""
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            return ()
        self._woken.clear()
        cards, self._waiting = tuple(self._waiting.values()), {}
        return cards


class Feed:
    """All listeners of one application, and the one task that looks for them. It rests while nobody listens."""

    def __init__(self, database: Database, *, pause_seconds: float = _PAUSE_SECONDS) -> None:
        self._database, self._pause = database, pause_seconds
        self._listeners: set[Listener] = set()
        self._looking: asyncio.Task[None] | None = None
        self.closed = False
        _FEEDS.add(self)

    def require_room(self) -> None:
        """Find out whether one more may listen.

        Raises:
            TransientError: so many listen that another one would be too much.
        """
        if len(self._listeners) >= MOST_LISTENERS:
            raise TransientError("Watching jobs: too many pages are watching now. Reload the page in a minute.")

    @contextmanager
    def listening(self, signs: Mapping[int, str | None]) -> Iterator[Listener]:
        """Listen to these jobs, each with the sign that is known of it."""
        listener = Listener(signs)
        self._listeners.add(listener)
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look_again_and_again())
        try:
            yield listener
        finally:
            self._listeners.discard(listener)

    def close(self) -> None:
        """End all streams: a server that stops waits for them."""
        self.closed = True
        for listener in self._listeners:
            listener.wake()

    async def _look_again_and_again(self) -> None:
        while self._listeners and not self.closed:
            listeners = tuple(self._listeners)
            try:
                await self._look(listeners)
            except (ReelineageError, SQLAlchemyError) as error:
                _log.warning("Looking for changed jobs: %s. It is tried again.", error)
            await asyncio.sleep(self._pause)

    async def _look(self, listeners: Collection[Listener]) -> None:
        watched = frozenset(job_id for listener in listeners for job_id in listener.signs)
        signs = await run_in_threadpool(self._signs, watched)
        changed = {listener: ids for listener in listeners if (ids := listener.changed(signs))}
        if not changed:
            return
        cards = await run_in_threadpool(self._cards, sorted(frozenset[int]().union(*changed.values())))
        for listener, ids in changed.items():
            listener.tell([cards[job_id] for job_id in ids if job_id in cards])

    def _signs(self, job_ids: Collection[int]) -> dict[int, str]:
        with self._database.read() as session:
            return signs_of(session, job_ids)

    def _cards(self, job_ids: list[int]) -> dict[int, JobCard]:
        found: dict[int, JobCard] = {}
        with self._database.read() as session:
            for start in range(0, len(job_ids), MOST_CARDS):
                found |= {card.id: card for card in cards_of(session, job_ids[start : start + MOST_CARDS])}
        return found


_FEEDS: WeakSet[Feed] = WeakSet()


def close_feeds() -> None:
    """End every stream of this process. A server calls it when it is told to stop, before it waits for its answers."""
    for feed in list(_FEEDS):
        feed.close()
