"""The daemon's side: queued jobs go to Dagster, and jobs whose run died are put right.

Belongs here: the rules, each change one transaction. Not here: Dagster's runs and partitions
(`pipeline_assets/sensors.py`), which answer through `RunStatus`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import and_, or_, select

from reelineage.models import Installation, Job
from resources.job_queue.interventions import Interventions
from resources.job_states import existing, is_abandoned, is_over, now, park, settle

RunStatus = Callable[[str], str | None]
_LONGEST_PAUSE_SECONDS = 3600.0


@dataclass(frozen=True)
class Submission:
    """One job that the sensor hands to Dagster, and the run key that makes the request idempotent."""

    job_id: int
    attempt: int
    run_key: str


class Dispatch(Interventions):
    """Submitting and reconciling; a run that a person terminated in Dagster cancels its job as a person does here."""

    def submit_queued(self, limit: int) -> list[Submission]:
        """Move up to `limit` queued jobs to submitted, oldest first; one at its last attempt is parked instead."""
        with self._database.write() as session:
            uuid = session.scalars(select(Installation.uuid)).one()
            query = select(Job).where(Job.state == "queued").order_by(Job.id).limit(limit)
            submissions = []
            for job in session.scalars(query.with_for_update(skip_locked=True)):
                job.updated_at = now()
                if job.attempt >= job.attempt_limit:
                    park(job, "it came back into the queue")
                    continue
                job.attempt += 1
                job.state = "submitted"
                submissions.append(Submission(job.id, job.attempt, f"{uuid}-job-{job.id}-{job.attempt}"))
            return submissions

    def reconcile(
        self,
        run_status: RunStatus,
        *,
        submitted_grace_seconds: float = 300,
        finish: Callable[[int], None] = lambda _: None,
    ) -> list[str]:
        """Make states true again after crashes; returns one sentence per job that was changed.

        `run_status` answers for a run id or a run key: `live`, `ended`, `cancelled`, or None for one that Dagster does
        not know. `finish` is called for each job whose video turns out to be complete.
        """
        candidates = or_(
            Job.state.in_(("running", "submitted")),
            and_(Job.state == "failed", or_(Job.error_kind == "transient", Job.active_run.is_not(None))),
        )
        with self._database.read() as session:
            uuid = session.scalars(select(Installation.uuid)).one()
            jobs = session.scalars(select(Job).where(candidates).order_by(Job.id)).all()
        changes = []
        stopped: list[tuple[Job, str]] = []
        for job in jobs:
            run = job.active_run or f"{uuid}-job-{job.id}-{job.attempt}"
            if job.state in ("running", "submitted") and run_status(run) == "cancelled":
                self.cancel(job.id)
                changes.append(f"job {job.id}: cancelled, because run {run} was terminated")
            elif why := self._why_stopped(job, run, run_status, submitted_grace_seconds):
                stopped.append((job, why))
        if any(is_over(job) for job, _ in stopped):
            self._listen()
        return changes + [change for job, why in stopped if (change := self._requeue(job, why, finish))]

    def _why_stopped(self, job: Job, run: str, run_status: RunStatus, grace_seconds: float) -> str | None:
        """Why nobody works on this job although its state says so, or None."""
        waited = abs(now() - job.updated_at).total_seconds()  # no clock that was put back makes anybody wait for it
        if job.active_run is not None:
            return f"run {run} died" if is_abandoned(job) or run_status(run) == "ended" else None
        if job.state == "submitted":
            status = run_status(run)
            lost = status == "ended" or (status is None and waited > grace_seconds)
            return "its run ended before it began to work" if lost else None
        tried = job.attempt - (job.attempt_limit - self._settings.max_attempts)
        pause = min(self._settings.retry_seconds * 2 ** min(max(tried, 0), 10), _LONGEST_PAUSE_SECONDS)
        return (job.error or "it failed") if waited >= pause else None

    def _requeue(self, seen: Job, why: str, finish: Callable[[int], None]) -> str | None:
        """Back into the queue, or parked after the last attempt; a job whose video is complete is settled instead."""
        with self._database.write() as session:
            job = existing(session, seen.id, lock=True)
            found = (job.state, job.active_run, job.attempt, job.lease_expires_at)
            if found != (seen.state, seen.active_run, seen.attempt, seen.lease_expires_at):
                return None  # somebody acted in between, or the worker gave a sign of life
            parked = job.state == "failed" and job.error_kind == "permanent"
            settle(session, job)
            if parked:
                return f"job {job.id}: freed from run {seen.active_run}, which is gone"
            if job.state not in ("awaiting_review", "approved", "rejected"):
                if job.attempt >= job.attempt_limit:
                    park(job, why)
                    return f"job {job.id}: parked after {job.attempt} attempts ({why})"
                job.state = "queued"
                return f"job {job.id}: queued again ({why})"
        finish(job.id)
        return f"job {job.id}: complete, now {job.state}"
