"""Looking at the rows of jobs, and what every part of the queue stands on: the database and the settings.

Belongs here: rows as they are now. Not here: any change of one, lists for people (`resources/job_cards.py`).
"""

import time
from datetime import timedelta

from sqlalchemy import select

from reelineage.models import Job
from resources.database import Database
from resources.job_states import existing
from resources.lease import seconds_between_signs
from resources.settings import Settings

_SECONDS_FOR_A_SLOW_SIGN = 1.0


class JobRows:
    """The jobs of one database."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings

    def get(self, job_id: int) -> Job:
        """The job's row as it is now.

        Raises:
            BadInput: there is none; says how to make one.
        """
        with self._database.read() as session:
            return existing(session, job_id)

    def newest(self, *, state: str | None = None, limit: int = 50) -> list[Job]:
        """The newest jobs first."""
        with self._database.read() as session:
            query = select(Job).order_by(Job.id.desc()).limit(limit)
            return [*session.scalars(query.where(Job.state == state) if state else query)]

    @property
    def _lease(self) -> timedelta:
        """How long a claim holds without a sign of life."""
        return timedelta(seconds=self._settings.lease_seconds)

    def _listen(self) -> None:
        """Wait as long as a living worker takes to renew its lease.

        A clock that was put forward, or a machine that slept, makes every lease look as if it had run out. Whoever
        lives has a new one a moment later; whoever looks again then takes no job from a run that works on it.
        """
        time.sleep(seconds_between_signs(self._settings.lease_seconds) + _SECONDS_FOR_A_SLOW_SIGN)
