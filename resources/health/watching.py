"""All probes at once, each bounded in time, their readings kept for a few seconds.

Belongs here: threads, deadlines and keeping. Not here: what is probed. A probe that hangs keeps one thread and no more:
it is not started again before its first look has ended.
"""

import logging
import threading
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, wait
from functools import partial
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from reelineage.errors import ReelineageError
from reelineage.text import clean_text
from resources.health.readings import Probe, Reading, Status

_log = logging.getLogger(__name__)
_DEADLINE_SECONDS: Final = 3.0
_KEPT_SECONDS: Final = 5.0  # strangers may ask for the short form as often as they like: that writes no file each time
_MOST_CHARACTERS: Final = 500

_Look = Future[tuple[Reading, ...]]


class Watcher:
    """Looks at everything; may be asked from any thread."""

    def __init__(
        self,
        probes: Iterable[Probe],
        *,
        deadline_seconds: float = _DEADLINE_SECONDS,
        kept_seconds: float = _KEPT_SECONDS,
    ) -> None:
        self._probes = tuple(probes)
        self._deadline, self._kept = deadline_seconds, kept_seconds
        self._lock = threading.Lock()
        self._looks: dict[str, _Look] = {}
        self._last: tuple[Reading, ...] = ()
        self._until = 0.0

    def readings(self) -> tuple[Reading, ...]:
        """What all probes read, in their order, a few seconds old at most. Takes no longer than the deadline.

        While one thread looks again the others get what was read before: a probe that hangs must not hold up as many
        threads as there are people who ask.
        """
        if time.monotonic() >= self._until and self._lock.acquire(blocking=not self._last):
            try:
                if time.monotonic() >= self._until:
                    self._last = self._look_at_all()
                    self._until = time.monotonic() + self._kept
            finally:
                self._lock.release()
        return self._last

    def _look_at_all(self) -> tuple[Reading, ...]:
        looks = [self._started(probe) for probe in self._probes]
        wait(looks, timeout=self._deadline)
        found: list[Reading] = []
        for probe, look in zip(self._probes, looks, strict=True):
            found += look.result() if look.done() else [_silent(probe.name, self._deadline)]
        return tuple(found)

    def _started(self, probe: Probe) -> _Look:
        earlier = self._looks.get(probe.name)
        if earlier is not None and not earlier.done():
            return earlier
        look: _Look = Future()
        self._looks[probe.name] = look
        # a daemon thread: one that hangs must not keep the process from ending
        threading.Thread(target=partial(_look, probe, look), name=f"probe-{probe.name}", daemon=True).start()
        return look


def look_once(probes: Sequence[Probe], *, deadline_seconds: float) -> tuple[Reading, ...]:
    """All readings, now."""
    return Watcher(probes, deadline_seconds=deadline_seconds).readings()


def _look(probe: Probe, look: _Look) -> None:
    try:
        look.set_result(tuple(probe.look()))
    except (ReelineageError, SQLAlchemyError, OSError) as error:
        look.set_result((Reading(probe.name, Status.BAD, _said(error)),))
    except Exception as error:  # noqa: BLE001 — one probe's defect must not hide what all others say; it is logged
        _log.exception("Probing %s: this probe is broken.", probe.name)
        seen = f"The probe itself failed: {_said(error)}"
        look.set_result((Reading(probe.name, Status.UNKNOWN, seen, "The log has the details; please report it."),))


def _said(error: Exception) -> str:
    """An error's first words; of a database's, its own without our statement and values."""
    own = getattr(error, "orig", None) or error
    return clean_text(str(own) or type(own).__name__, max_characters=_MOST_CHARACTERS)


def _silent(name: str, seconds: float) -> Reading:
    seen = f"No answer within {seconds:g} s."
    return Reading(name, Status.UNKNOWN, seen, "Look at what it needs: its disk, its server, the network.")
