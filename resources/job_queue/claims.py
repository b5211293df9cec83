"""Working on a job: one run at a time holds it, by a lease that it renews, and gives it back at its end.

Belongs here: what a run does with the row of its job. Not here: who decides that a run is dead (`dispatch.py`), what a
returned job's state is (`resources/job_states.py`), records.
"""

from collections.abc import Callable

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session

from reelineage import lineage
from reelineage.errors import BadInput, ClaimRefused
from reelineage.models import Job, ProviderCall
from reelineage.takedown.withdrawal import why_not_made
from resources.job_queue.rows import JobRows
from resources.job_states import changed, existing, is_over, now, settle, sign
from resources.lease import is_gone


class Claims(JobRows):
    """What runs do: claim, renew, tell, fail, release."""

    def claim(
        self,
        job_id: int,
        run_id: str,
        *,
        partial: bool,
        run_has_ended: Callable[[str], bool],
        attempt: int | None = None,
    ) -> Job:
        """Take the job for `run_id`, or confirm that this run holds it.

        `partial` is a run of chosen assets: it makes those anew. A run of everything resumes a job that has no reviewed
        video yet, and remakes one that has. `attempt` is the one a sensor's run was requested for: such a run never
        remakes, and is refused once a later attempt exists or the job left the queue another way.

        Raises:
            BadInput: no such job, it was cancelled, or what it is made from was taken down.
            ClaimRefused: another live run holds it; names the holder and until when.
        """
        job = self.get(job_id)
        if job.active_run == run_id and job.state == "running":
            return job
        _refuse_late(job, attempt)
        if job.state == "cancelled":
            raise BadInput(
                f"Starting on job {job_id}: it was cancelled. "
                f"`reelineage jobs retry {job_id}` puts it back into the queue."
            )
        self._refuse_taken_down(job, partial=partial)
        holder = job.active_run
        free = holder is not None and (
            is_gone(job.lease_host, job.lease_pid, job.lease_process_started_at) or run_has_ended(holder)
        )
        silent = not free and holder not in (None, run_id) and is_over(job)
        if silent:
            self._listen()
        with self._database.write() as session:
            _refuse_late(existing(session, job_id, lock=True), attempt)  # it may have gone on while this one listened
            claimable = [Job.active_run.is_(None), Job.active_run == run_id]
            if free:
                claimable.append(Job.active_run == holder)
            if silent:  # since it was looked at first, too
                claimable.append(and_(Job.active_run == holder, Job.lease_expires_at == job.lease_expires_at))
            taken = session.execute(
                update(Job)
                .where(Job.id == job_id, Job.state != "cancelled", or_(*claimable))
                .values(active_run=run_id, lease_expires_at=now() + self._lease)
            )
            job = existing(session, job_id)
            if not changed(taken):
                until = job.lease_expires_at.strftime("%H:%M:%S UTC") if job.lease_expires_at else "unknown"
                raise ClaimRefused(
                    f"Starting on job {job_id}: run {job.active_run} is working on it (process {job.lease_pid} on "
                    f"{job.lease_host}, claim valid until {until}). Wait for it, or stop it with "
                    f"`reelineage jobs cancel {job_id}`."
                )
            complete = attempt is None and lineage.current(session, job_id).first_missing is None
            mode = "partial" if partial else "remake" if complete else "resume"
            sign(job, run_id, mode=mode, lease=self._lease)
            _close_lost_calls(session, job_id, run_id)
            return job

    def renew(self, job_id: int, run_id: str) -> bool:
        """Extend the lease; False when this run no longer holds the job (taken over or cancelled)."""
        with self._database.write() as session:
            kept = session.execute(
                update(Job)
                .where(Job.id == job_id, Job.active_run == run_id)
                .values(lease_expires_at=now() + self._lease)
            )
            return changed(kept)

    def holds(self, job_id: int, run_id: str) -> bool:
        """Whether this run still holds the job: a cancellation or takeover shows here at once."""
        with self._database.read() as session:
            return session.scalar(select(Job.active_run).where(Job.id == job_id)) == run_id

    def report_progress(self, job_id: int, run_id: str, stage: str, progress: str) -> None:
        """Note where the run is, for people who watch."""
        with self._database.write() as session:
            session.execute(
                update(Job)
                .where(Job.id == job_id, Job.active_run == run_id)
                .values(stage=stage, progress=progress, updated_at=now())
            )

    def fail(self, job_id: int, run_id: str, *, error: str, kind: str) -> None:
        """Note why this run could not go on; the claim stays until `release`."""
        with self._database.write() as session:
            session.execute(
                update(Job)
                .where(Job.id == job_id, Job.active_run == run_id)
                .values(state="failed", error=error[:4000], error_kind=kind, updated_at=now())
            )

    def release(self, job_id: int, run_id: str) -> None:
        """Give the claim back and settle the state by what is there."""
        with self._database.write() as session:
            job = session.get(Job, job_id, with_for_update=True)
            if job is not None and job.active_run == run_id:
                settle(session, job)

    def _refuse_taken_down(self, job: Job, *, partial: bool) -> None:
        """Park a job that can never be made, because what it is made from was taken down, and say so.

        A run of chosen assets may still use what is left; it is told by what it loads.
        """
        with self._database.write() as session:
            job = existing(session, job.id, lock=True)
            resume = not partial and lineage.current(session, job.id).first_missing is not None
            why = why_not_made(session, job, resume=resume)
            message = f"Making job {job.id}: {why}. Create a new job."
            if why and job.active_run is None and job.state in ("queued", "submitted", "failed"):
                job.state, job.error_kind, job.error, job.updated_at = "failed", "permanent", message, now()
        if why:
            raise BadInput(message)


def _refuse_late(job: Job, attempt: int | None) -> None:
    """Refuse a sensor's run once the job is past the attempt that it was requested for."""
    if attempt is not None and (attempt != job.attempt or job.state not in ("submitted", "running")):
        raise ClaimRefused(
            f"Starting on job {job.id}: this run was requested for attempt {attempt}, but the job is {job.state} "
            f"at attempt {job.attempt}. Nothing is to do; `reelineage jobs retry {job.id}` would start it again."
        )


def _close_lost_calls(session: Session, job_id: int, run_id: str) -> None:
    """Close the intents of a run that died: free calls failed, paid ones are ambiguous until a person looks."""
    lost = session.scalars(
        select(ProviderCall).where(
            ProviderCall.job_id == job_id,
            ProviderCall.status == "intent",
            func.coalesce(ProviderCall.run_id, "") != run_id,
        )
    )
    for call in lost:
        call.status = "failed" if call.cost_nanousd == 0 else "ambiguous"
        call.error = f"run {call.run_id} ended before the answer was stored"
        call.finished_at = now()
