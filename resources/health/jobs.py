"""The queue: how many jobs are in which state, what waits too long, what nobody works on any more.

Belongs here: counting, by index. Not here: putting states right (`resources/job_queue/`, by the sensors).
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import func, select

from reelineage.models import Job
from reelineage.models.jobs import JOB_STATES
from resources.health.readings import Reading, Status, told_age
from resources.home import Home

# the sensor takes 25 jobs every 5 s
_WAITS_LONG_SECONDS: Final = 120
_WAITS_TOO_LONG_SECONDS: Final = 600
_LEASE_LONG_OVER_SECONDS: Final = 120  # states are put right every 15 s


def look_at_jobs(home: Home, *, serving: bool) -> Iterator[Reading]:
    """How the queue stands. `serving`: something ought to be working on it now."""
    now = datetime.now(UTC)
    with home.database.read() as session:
        by_state = session.execute(select(Job.state, func.count()).group_by(Job.state))
        found = {state: int(count) for state, count in by_state}
        oldest = session.scalar(select(func.min(Job.updated_at)).where(Job.state == "queued"))
        lease = session.scalar(select(func.min(Job.lease_expires_at)).where(Job.state == "running"))
        parked = session.scalar(
            select(func.count()).select_from(Job).where(Job.state == "failed", Job.error_kind == "permanent")
        )
    counts = tuple((state, found.get(state, 0)) for state in JOB_STATES)
    yield Reading(
        "jobs",
        Status.OK,
        ", ".join(f"{count:,} {state.replace('_', ' ')}" for state, count in counts if count) or "There are none yet.",
        value=float(sum(found.values())),
        unit="jobs",
        counts=counts,
    )
    waited = max((now - oldest).total_seconds(), 0.0) if oldest else 0.0
    yield _queue(waited, serving=serving)
    over = (now - lease).total_seconds() if lease else 0.0
    yield _claims(over)
    yield _parked(parked or 0)


def _queue(waited: float, *, serving: bool) -> Reading:
    """The job that waits longest."""
    if waited < _WAITS_LONG_SECONDS:
        seen = f"The oldest queued job waits for {told_age(waited)}." if waited else "No job waits."
        return Reading("queue", Status.OK, seen, value=waited, unit="seconds")
    status = Status.BAD if serving and waited > _WAITS_TOO_LONG_SECONDS else Status.WARN
    seen = f"A queued job waits for {told_age(waited)}, and nothing takes it."
    advice = "Start `reelineage up`; if it runs, look at the daemon and queued_jobs_sensor."
    return Reading("queue", status, seen, advice, value=waited, unit="seconds")


def _claims(over: float) -> Reading:
    """Running jobs whose worker gives no sign of life."""
    if over <= _LEASE_LONG_OVER_SECONDS:
        return Reading("claims", Status.OK, "Every running job has a worker, or is about to be queued again.")
    seen = f"A job says it is running, but its worker has been silent for {told_age(over)}."
    advice = "reconcile_jobs_sensor queues it again: start `reelineage up`, or `reelineage jobs retry` it."
    return Reading("claims", Status.WARN, seen, advice, value=over, unit="seconds")


def _parked(parked: int) -> Reading:
    """Not a fault of the installation: a theme or a file was wrong, and its message says how."""
    if not parked:
        return Reading("parked", Status.OK, "No job waits for a person's retry.", value=0.0, unit="jobs")
    seen = f"{parked:,} {'job waits' if parked == 1 else 'jobs wait'} for a person's retry."
    advice = "`reelineage jobs list --state failed` shows why."
    return Reading("parked", Status.OK, seen, advice, value=float(parked), unit="jobs")
