"""The queue in the `jobs` table: create, claim, renew, settle, retry, cancel.

Belongs here: every change of a job's state, each one transaction. Not here: Dagster's runs and partitions
(`pipeline_assets/sensors.py`), records. States: queued -> submitted -> running -> awaiting_review -> approved or
rejected; failed and cancelled leave by `retry`. *Parked* is failed with `error_kind` permanent.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from reelineage import lineage
from reelineage.errors import BadInput, ClaimRefused, Conflict
from reelineage.fingerprint import sha256_of
from reelineage.models import Installation, Job, ProviderCall
from reelineage.takedown.withdrawal import why_not_made
from reelineage.theme import Theme
from resources.database import Database
from resources.job_states import changed, existing, is_abandoned, now, park, queue_again, settle, why_no_retry
from resources.lease import is_gone, this_worker
from resources.settings import Settings

RunStatus = Callable[[str], str | None]
_LONGEST_PAUSE_SECONDS = 3600.0


@dataclass(frozen=True)
class Submission:
    """One job that the sensor hands to Dagster, and the run key that makes the request idempotent."""

    job_id: int
    attempt: int
    run_key: str


class JobQueue:
    """All changes of `jobs` rows."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings

    # --- asking for videos ---

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
        moment = now()
        seed = secrets.randbelow(2**31) if seed is None else seed
        content = theme.model_dump(mode="json")
        try:
            with self._database.write() as session:
                if request_key and (known := session.scalar(select(Job.id).where(Job.request_key == request_key))):
                    return known
                job = Job(
                    theme_name=theme.name,
                    theme=content,
                    theme_sha256=sha256_of(content),
                    seed=seed,
                    profile=profile or theme.profile,
                    origin=origin,
                    request_key=request_key,
                    state="queued",
                    attempt=0,
                    attempt_limit=self._settings.max_attempts,
                    chain_sha256="",
                    created_at=moment,
                    updated_at=moment,
                )
                session.add(job)
                session.flush()
                job.chain_sha256 = lineage.chain_start(job.id, job.theme_sha256)
                if run_id is not None:
                    self._sign(job, run_id, mode="resume")
                    job.attempt = 1
                return job.id
        except IntegrityError:
            with self._database.read() as session:
                known = session.scalar(select(Job.id).where(Job.request_key == request_key))
            if request_key is None or known is None:
                raise
            return known  # another process asked the same at the same moment

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

    # --- working on them ---

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
        if attempt is not None and (attempt != job.attempt or job.state not in ("submitted", "running")):
            raise ClaimRefused(
                f"Starting on job {job_id}: this run was requested for attempt {attempt}, but the job is {job.state} "
                f"at attempt {job.attempt}. Nothing is to do; `reelineage jobs retry {job_id}` would start it again."
            )
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
        with self._database.write() as session:
            claimable = [Job.active_run.is_(None), Job.active_run == run_id, Job.lease_expires_at < now()]
            if free:
                claimable.append(Job.active_run == holder)
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
            self._sign(job, run_id, mode="partial" if partial else "remake" if complete else "resume")
            self._close_lost_calls(session, job_id, run_id)
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

    # --- the daemon's side ---

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
        for job in jobs:
            run = job.active_run or f"{uuid}-job-{job.id}-{job.attempt}"
            if job.state in ("running", "submitted") and run_status(run) == "cancelled":
                self.cancel(job.id)
                changes.append(f"job {job.id}: cancelled, because run {run} was terminated")
            elif (why := self._why_stopped(job, run, run_status, submitted_grace_seconds)) and (
                change := self._requeue(job, why, finish)
            ):
                changes.append(change)
        return changes

    def _why_stopped(self, job: Job, run: str, run_status: RunStatus, grace_seconds: float) -> str | None:
        """Why nobody works on this job although its state says so, or None."""
        waited = (now() - job.updated_at).total_seconds()
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

    # --- people ---

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

    # --- inside ---

    @property
    def _lease(self) -> timedelta:
        return timedelta(seconds=self._settings.lease_seconds)

    def _sign(self, job: Job, run_id: str, *, mode: str) -> None:
        worker = this_worker()
        if job.state != "running":
            job.claimed_from = job.state
        job.state, job.error, job.error_kind = "running", None, None
        job.active_run, job.claim_mode = run_id, mode
        job.lease_host, job.lease_pid, job.lease_process_started_at = worker.host, worker.pid, worker.started_at
        job.lease_expires_at = now() + self._lease
        job.updated_at = now()

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

    @staticmethod
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
