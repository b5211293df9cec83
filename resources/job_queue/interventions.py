"""What people do to a job that was ordered: try it again, or stop it.

Belongs here: in which state either is allowed, and what it changes. Not here: telling Dagster (`console/acts.py`),
decisions about a video (`resources/decisions.py`).
"""

from reelineage.errors import Conflict
from reelineage.models import Job
from reelineage.takedown.withdrawal import why_not_made
from resources.job_queue.rows import JobRows
from resources.job_states import existing, is_abandoned, now, queue_again, settle, why_no_retry


class Interventions(JobRows):
    """Retry and cancel."""

    def retry(self, job_id: int) -> Job:
        """Put a stopped job back into the queue with fresh attempts: failed, cancelled, or running on a dead worker.

        Raises:
            NotFound: there is no such job.
            Conflict: the job is in another state; says what can be done.
        """
        with self._database.write() as session:
            job = existing(session, job_id, lock=True)
            died = job.state == "running" and is_abandoned(job)
            if job.state not in ("failed", "cancelled", "queued") and not died:
                raise Conflict(why_no_retry(job))
            if why := why_not_made(session, job, resume=True):
                raise Conflict(f"Retrying job {job_id}: {why}. Create a new job.")
            if died:
                settle(session, job)
                if job.state in ("awaiting_review", "approved", "rejected"):
                    return job  # it died after its last row: there is nothing left to make
            queue_again(job, self._settings.max_attempts)
            return job

    def cancel(self, job_id: int, *, run_id: str | None = None) -> Job:
        """Stop a job: a live run notices within seconds and stores nothing more.

        With `run_id` it is that run which was stopped: when it no longer holds the job, nothing is changed.

        Raises:
            NotFound: there is no such job.
            Conflict: the job is already finished or cancelled.
        """
        with self._database.write() as session:
            job = existing(session, job_id, lock=True)
            if run_id is not None and job.active_run != run_id:
                return job
            if job.state not in ("queued", "submitted", "running", "failed"):
                raise Conflict(f"Cancelling job {job_id}: it is {job.state}; there is nothing to stop.")
            job.state = "cancelled"
            job.active_run = job.lease_expires_at = None
            job.error = "Cancelled by a person."
            job.error_kind = None
            job.updated_at = now()
            return job
