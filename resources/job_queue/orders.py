"""Asking for videos: how a job gets its row.

Belongs here: the columns that a new job has, and that one request makes one job. Not here: checking a theme and storing
the files that it names (`resources/job_orders.py`).
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from reelineage import lineage
from reelineage.fingerprint import sha256_of
from reelineage.models import Job
from reelineage.theme import Theme
from resources.job_queue.rows import JobRows
from resources.job_states import now, sign


@dataclass(frozen=True)
class Order:
    """What one job is to make, and who asked: the frozen theme with its hash, the seed, the profile.

    A `request_key` is of one job at the most.
    """

    theme_name: str
    theme: Mapping[str, Any]
    theme_sha256: str
    seed: int
    profile: str
    origin: str
    request_key: str | None = None


def add_job(session: Session, order: Order, *, attempts: int) -> Job:
    """A queued job in the caller's transaction, with its id and the start of its chain."""
    moment = now()
    job = Job(
        theme_name=order.theme_name,
        theme=order.theme,
        theme_sha256=order.theme_sha256,
        seed=order.seed,
        profile=order.profile,
        origin=order.origin,
        request_key=order.request_key,
        state="queued",
        attempt=0,
        attempt_limit=attempts,
        chain_sha256="",
        created_at=moment,
        updated_at=moment,
    )
    session.add(job)
    session.flush()
    job.chain_sha256 = lineage.chain_start(job.id, job.theme_sha256)
    return job


class Orders(JobRows):
    """New jobs."""

    def create(
        self,
        theme: Theme,
        *,
        origin: str,
        seed: int | None = None,
        profile: str | None = None,
        request_key: str | None = None,
        run_id: str | None = None,
    ) -> int:
        """Insert a job and return its id; with `run_id` it is born claimed by this process.

        Without a `profile` the theme's own is taken; the job keeps which it was.

        A `request_key` seen before returns the job that it made then.
        """
        content = theme.model_dump(mode="json")
        order = Order(
            theme_name=theme.name,
            theme=content,
            theme_sha256=sha256_of(content),
            seed=secrets.randbelow(2**31) if seed is None else seed,
            profile=profile or theme.profile,
            origin=origin,
            request_key=request_key,
        )
        try:
            with self._database.write() as session:
                if request_key and (known := session.scalar(select(Job.id).where(Job.request_key == request_key))):
                    return known
                job = add_job(session, order, attempts=self._settings.max_attempts)
                if run_id is not None:
                    sign(job, run_id, mode="resume", lease=self._lease)
                    job.attempt = 1
                return job.id
        except IntegrityError:
            with self._database.read() as session:
                known = session.scalar(select(Job.id).where(Job.request_key == request_key))
            if request_key is None or known is None:
                raise
            return known  # another process asked the same at the same moment
