"""A sign of life from the process that works on a job, and its ear for a cancellation.

Belongs here: renewing the lease of one job in a thread, and noticing that it was taken away. Not here: what is done
about it (`workbench.py`), the lease itself (`job_queue.py`).
"""

import threading
import time

from sqlalchemy.exc import OperationalError

from resources.home import Home

_SECONDS_BETWEEN_LOOKS = 0.3


class Heartbeat(threading.Thread):
    """Renews the lease of a job; notices when the job was taken away."""

    def __init__(self, home: Home, job_id: int, run_id: str) -> None:
        super().__init__(name=f"lease-of-job-{job_id}", daemon=True)
        self.lost = threading.Event()
        self._ended = threading.Event()
        self._home, self._job_id, self._run_id = home, job_id, run_id

    def run(self) -> None:
        """Renew several times per lease, so that one slow write does not lose it, and look more often than that.

        A look costs 0.2 ms and is what lets a cancellation stop encoders within a second.
        """
        queue = self._home.queue
        pause = min(self._home.settings.lease_seconds / 4, 2.0)
        due = time.monotonic() + pause
        while not self._ended.wait(_SECONDS_BETWEEN_LOOKS):
            try:
                if time.monotonic() < due:
                    kept = queue.holds(self._job_id, self._run_id)
                else:
                    kept = queue.renew(self._job_id, self._run_id)
                    due = time.monotonic() + pause
            except OperationalError:
                continue  # the database is away for a moment; the lease outlasts several tries
            if not kept:
                self.lost.set()
                return

    def stop(self) -> None:
        """End the thread."""
        self._ended.set()
        self.join(timeout=30)
