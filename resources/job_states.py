"""What a job's state says: how it is claimed, settled by the rows that are there, parked, or found abandoned.

Belongs here: rules about one job's row inside a transaction that somebody else opened. Not here: when they are applied
(`job_queue/`).
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, Result, select
from sqlalchemy.orm import Session

from reelineage import lineage
from reelineage.errors import NotFound
from reelineage.models import Decision, Job
from resources.lease import is_gone, this_worker


def sign(job: Job, run_id: str, *, mode: str, lease: timedelta) -> None:
    """Write on the job that this process works on it for `run_id`: how it was claimed, and for how long."""
    worker = this_worker()
    if job.state != "running":
        job.claimed_from = job.state
    job.state, job.error, job.error_kind = "running", None, None
    job.active_run, job.claim_mode = run_id, mode
    job.lease_host, job.lease_pid, job.lease_process_started_at = worker.host, worker.pid, worker.started_at
    job.lease_expires_at = now() + lease
    job.updated_at = now()


def settle(session: Session, job: Job) -> None:
    """Free the job and set the state that its rows tell, unless a failure or a cancellation was noted."""
    run_id = job.active_run
    job.active_run = job.lease_expires_at = None
    job.updated_at = now()
    if job.state != "running":
        return
    current = lineage.current(session, job.id)
    if current.first_missing is None and current.video is not None:
        verdict = session.scalar(select(Decision.verdict).where(Decision.video_id == current.video.id))
        job.state = {"approve": "approved", "reject": "rejected"}.get(verdict or "", "awaiting_review")
    elif job.claim_mode != "partial":
        job.state, job.error_kind = "failed", "transient"
        job.error = (
            f"Making job {job.id}: run {run_id} ended before {current.first_missing} was made. It is tried again; "
            f"`reelineage jobs retry {job.id} --now` does so at once."
        )
    elif job.claimed_from in ("queued", "submitted"):
        job.state = "queued"
    else:  # a person chose some assets of a finished or parked job: nobody asked for the rest
        job.state, job.error_kind = "failed", "permanent"
        job.error = (
            f"Making job {job.id} in part: {current.first_missing} was not made from the newest rows above it. "
            f"Materialize it too, or `reelineage jobs retry {job.id}` makes all that is missing."
        )


def park(job: Job, why: str) -> None:
    """Take a job out of the queue until a person retries it."""
    job.state, job.error_kind = "failed", "permanent"
    job.error = (
        f"Making job {job.id}: {why}; that was attempt {job.attempt}, the last one. "
        f"Look at the run in Dagster, then `reelineage jobs retry {job.id}`."
    )


def queue_again(job: Job, max_attempts: int) -> None:
    """Into the queue with fresh attempts, because a person wants it made."""
    job.state, job.error, job.error_kind = "queued", None, None
    job.stage = job.progress = None  # they told of the run before
    job.active_run = job.lease_expires_at = None
    # run keys are remembered for ever, so attempts count on and only their limit moves
    job.attempt_limit = job.attempt + max_attempts
    job.updated_at = now()


def existing(session: Session, job_id: int, *, lock: bool = False) -> Job:
    """The job's row, locked when it is to be changed.

    Raises:
        NotFound: there is none; says how to make one.
    """
    job = session.get(Job, job_id, with_for_update=lock or None, populate_existing=True)
    if job is None:
        raise NotFound(
            f"Looking for job {job_id}: there is no such job. Create one with `reelineage jobs create THEME`; "
            "`reelineage jobs list` shows those that exist."
        )
    return job


def is_abandoned(job: Job) -> bool:
    """Whether the worker is known to be dead, or has given no sign of life for as long as its lease."""
    return is_over(job) or is_gone(job.lease_host, job.lease_pid, job.lease_process_started_at)


def is_over(job: Job) -> bool:
    """Whether the lease of the job's run has run out by this machine's clock."""
    return job.lease_expires_at is not None and job.lease_expires_at < now()


def why_no_retry(job: Job) -> str:
    """Why a job cannot be retried as it is, and what can be done."""
    start = f"Retrying job {job.id}: it is {job.state}"
    if job.state == "running":
        return (
            f"{start}: run {job.active_run} (process {job.lease_pid} on {job.lease_host}) is alive and holds it until "
            f"{job.lease_expires_at:%H:%M:%S UTC} at least. Wait for it, or `reelineage jobs cancel {job.id}`."
        )
    if job.state == "submitted":
        return f"{start}: Dagster has its run request; `reelineage jobs cancel {job.id}` takes it back."
    return f"{start}. To make a new version, materialize its assets in Dagster or create a new job."


def changed(result: Result[Any]) -> bool:
    """Whether an UPDATE met exactly its one row."""
    return isinstance(result, CursorResult) and result.rowcount == 1


def now() -> datetime:
    """This moment in UTC."""
    return datetime.now(UTC)
