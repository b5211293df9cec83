"""A sign of life from the process that works on a job, and its ear for a cancellation.

Belongs here: renewing the lease of one job in a thread, and noticing that it was taken away. Not here: what is done
about it (`work.py`), the lease itself (`job_queue/`).
"""

import logging
import threading
import time

from sqlalchemy.exc import SQLAlchemyError

from resources.home import Home
from resources.lease import seconds_between_signs

_log = logging.getLogger(__name__)
_SECONDS_BETWEEN_LOOKS = 0.3


class Heartbeat(threading.Thread):
    """Renews the lease of a job; `lost` is set when the job was taken away, or when this thread cannot go on."""

    def __init__(self, home: Home, job_id: int, run_id: str) -> None:
        super().__init__(name=f"lease-of-job-{job_id}", daemon=True)
        self.lost = threading.Event()
        self._ended = threading.Event()
        self._home, self._job_id, self._run_id = home, job_id, run_id
        self._failing = False

    def run(self) -> None:
        """Renew several times per lease, and look more often than that.

        A look costs 0.2 ms and is what lets a cancellation stop encoders within a second.
        """
        try:
            self._watch()
        except Exception:  # noqa: BLE001 — nobody waits for this thread: without the event its end would go unseen
            _log.exception("Renewing the lease of job %d: this cannot go on, so its run stops.", self._job_id)
            self.lost.set()

    def _watch(self) -> None:
        queue = self._home.queue
        pause = seconds_between_signs(self._home.settings.lease_seconds)
        due = time.monotonic() + pause
        while not self._ended.wait(_SECONDS_BETWEEN_LOOKS):
            try:
                if time.monotonic() < due:
                    kept = queue.holds(self._job_id, self._run_id)
                else:
                    kept = queue.renew(self._job_id, self._run_id)
                    due = time.monotonic() + pause
            except (SQLAlchemyError, OSError) as error:
                self._tell(error)
                continue  # the database is away for a moment; the lease outlasts several tries
            self._failing = False
            if not kept:
                self.lost.set()
                return

    def _tell(self, error: Exception) -> None:
        """Log the first of several failures in a row: there is a try every 0.3 s."""
        if not self._failing:
            _log.warning("Renewing the lease of job %d: %s. It is tried again.", self._job_id, error)
        self._failing = True

    def stop(self) -> None:
        """End the thread."""
        self._ended.set()
        self.join(timeout=30)
