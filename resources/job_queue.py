"""The queue in the `jobs` table: create, claim, renew, settle, retry, cancel.

Belongs here: every change of a job's state, each one transaction. Not here: Dagster's runs and partitions
(`pipeline_assets/sensors.py`), records. States: queued -> submitted -> running -> awaiting_review -> approved or
rejected; failed and cancelled leave by `retry`. *Parked* is failed with `error_kind` permanent.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, Result, and_, func, or_, select, update
from sqlalchemy.orm import Session

from reelineage import lineage
from reelineage.errors import BadInput, ClaimRefused
from reelineage.fingerprint import sha256_of
from reelineage.models import Decision, Installation, Job, ProviderCall
from reelineage.theme import Theme
from resources.database import Database
from resources.lease import is_gone, this_worker
from resources.settings import Settings

RunStatus = Callable[[str], str | None]


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
        profile: str = "standard",
        request_key: str | None = None,
        run_id: str | None = None,
    ) -> int:
        """Insert a job and return its id; with `run_id` it is born claimed by this process.

        A `request_key` seen before returns the job that it made then.
        """
        now = _now()
        seed = secrets.randbelow(2**31) if seed is None else seed
        content = theme.model_dump(mode="json")
        with self._database.write() as session:
            if request_key and (known := session.scalar(select(Job.id).where(Job.request_key == request_key))):
                return known
            job = Job(
                theme_name=theme.name,
                theme=content,
                theme_sha256=sha256_of(content),
                seed=seed,
                profile=profile,
                origin=origin,
                request_key=request_key,
                state="queued",
                attempt=0,
                attempt_limit=self._settings.max_attempts,
                chain_sha256="",
                created_at=now,
                updated_at=now,
            )
            session.add(job)
            session.flush()
            job.chain_sha256 = lineage.chain_start(job.id, job.theme_sha256)
            if run_id is not None:
                self._sign(job, run_id, mode="resume")
                job.attempt = 1
            return job.id

    def get(self, job_id: int) -> Job:
        """The job's row as it is now.

        Raises:
            BadInput: there is none; says how to make one.
        """
        with self._database.read() as session:
            return _existing(session, job_id)

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
        remake: bool,
        run_has_ended: Callable[[str], bool],
        attempt: int | None = None,
    ) -> Job:
        """Take the job for `run_id`, or confirm that this run holds it.

        `remake` makes every asset anew; otherwise a job without a finished video goes on where it stopped. `attempt`
        is the one a sensor's run was requested for: such a run never remakes, and is refused once a later one exists.

        Raises:
            BadInput: no such job, or it was cancelled.
            ClaimRefused: another live run holds it; names the holder and until when.
        """
        job = self.get(job_id)
        if job.active_run == run_id and job.state == "running":
            return job
        if attempt is not None and attempt != job.attempt:
            raise ClaimRefused(
                f"Starting on job {job_id}: this run is attempt {attempt}, but attempt {job.attempt} was made since. "
                "Nothing is to do."
            )
        if job.state == "cancelled":
            raise BadInput(
                f"Starting on job {job_id}: it was cancelled. "
                f"`reelineage jobs retry {job_id}` puts it back into the queue."
            )
        holder = job.active_run
        free = holder is not None and (
            is_gone(job.lease_host, job.lease_pid, job.lease_process_started_at) or run_has_ended(holder)
        )
        with self._database.write() as session:
            claimable = [Job.active_run.is_(None), Job.active_run == run_id, Job.lease_expires_at < _now()]
            if free:
                claimable.append(Job.active_run == holder)
            taken = session.execute(
                update(Job)
                .where(Job.id == job_id, Job.state != "cancelled", or_(*claimable))
                .values(active_run=run_id, lease_expires_at=_now() + self._lease)
            )
            job = _existing(session, job_id)
            if not _changed(taken):
                until = job.lease_expires_at.strftime("%H:%M:%S UTC") if job.lease_expires_at else "unknown"
                raise ClaimRefused(
                    f"Starting on job {job_id}: run {job.active_run} is working on it (process {job.lease_pid} on "
                    f"{job.lease_host}, claim valid until {until}). Wait for it, or stop it with "
                    f"`reelineage jobs cancel {job_id}`."
                )
            complete = attempt is None and lineage.current(session, job_id).first_missing is None
            self._sign(job, run_id, mode="remake" if remake or complete else "resume")
            self._close_lost_calls(session, job_id, run_id)
            return job

    def renew(self, job_id: int, run_id: str) -> bool:
        """Extend the lease; False when this run no longer holds the job (taken over or cancelled)."""
        with self._database.write() as session:
            kept = session.execute(
                update(Job)
                .where(Job.id == job_id, Job.active_run == run_id)
                .values(lease_expires_at=_now() + self._lease)
            )
            return _changed(kept)

    def report_progress(self, job_id: int, run_id: str, stage: str, progress: str) -> None:
        """Note where the run is, for people who watch."""
        with self._database.write() as session:
            session.execute(
                update(Job)
                .where(Job.id == job_id, Job.active_run == run_id)
                .values(stage=stage, progress=progress, updated_at=_now())
            )

    def fail(self, job_id: int, run_id: str, *, error: str, kind: str) -> None:
        """Note why this run could not go on; the claim stays until `release`."""
        with self._database.write() as session:
            session.execute(
                update(Job)
                .where(Job.id == job_id, Job.active_run == run_id)
                .values(state="failed", error=error[:4000], error_kind=kind, updated_at=_now())
            )

    def release(self, job_id: int, run_id: str) -> None:
        """Give the claim back and settle the state by what is there."""
        with self._database.write() as session:
            job = session.get(Job, job_id, with_for_update=True)
            if job is not None and job.active_run == run_id:
                _settle(session, job)

    # --- the daemon's side ---

    def submit_queued(self, limit: int) -> list[Submission]:
        """Move up to `limit` queued jobs to submitted, oldest first."""
        with self._database.write() as session:
            uuid = session.scalars(select(Installation.uuid)).one()
            query = select(Job).where(Job.state == "queued").order_by(Job.id).limit(limit)
            submissions = []
            for job in session.scalars(query.with_for_update(skip_locked=True)):
                job.updated_at = _now()
                job.attempt += 1
                job.state = "submitted"
                submissions.append(Submission(job.id, job.attempt, f"{uuid}-job-{job.id}-{job.attempt}"))
            return submissions

    def reconcile(self, run_status: RunStatus, *, submitted_grace_seconds: float = 300) -> list[str]:
        """Make states true again after crashes; returns one sentence per job that was changed.

        `run_status` answers for a run id or a run key: `live`, `ended`, or None for one that Dagster does not know.
        """
        candidates = or_(
            Job.state.in_(("running", "submitted")), and_(Job.state == "failed", Job.error_kind == "transient")
        )
        with self._database.read() as session:
            uuid = session.scalars(select(Installation.uuid)).one()
            jobs = session.scalars(select(Job).where(candidates).order_by(Job.id)).all()
        changes = []
        for job in jobs:
            if job.state == "submitted":
                status = run_status(f"{uuid}-job-{job.id}-{job.attempt}")
                waited = (_now() - job.updated_at).total_seconds()
                lost = status == "ended" or (status is None and waited > submitted_grace_seconds)
                why = "its run ended before it began to work" if lost else None
            elif job.active_run is not None:
                why = f"run {job.active_run} died" if self._has_died(job, run_status) else None
            else:
                pause = self._settings.retry_seconds * 2**job.attempt
                rested = (_now() - job.updated_at).total_seconds() >= pause
                why = (job.error or "it failed") if rested else None
            if why and (change := self._requeue(job, why)):
                changes.append(change)
        return changes

    def _has_died(self, job: Job, run_status: RunStatus) -> bool:
        if is_gone(job.lease_host, job.lease_pid, job.lease_process_started_at):
            return True
        if job.lease_expires_at is not None and job.lease_expires_at < _now():
            return True
        return run_status(job.active_run or "") == "ended"

    def _requeue(self, seen: Job, why: str) -> str | None:
        """Back into the queue, or parked after the last attempt; a job whose video is complete is settled instead."""
        with self._database.write() as session:
            job = _existing(session, seen.id, lock=True)
            if (job.state, job.active_run, job.attempt) != (seen.state, seen.active_run, seen.attempt):
                return None  # somebody else acted in between
            _settle(session, job)
            if job.state in ("awaiting_review", "approved", "rejected"):
                return f"job {job.id}: complete, now {job.state}"
            if job.attempt >= job.attempt_limit:
                job.state, job.error_kind = "failed", "permanent"
                job.error = (
                    f"Making job {job.id}: {why}; that was attempt {job.attempt}, the last one. "
                    f"Look at the run in Dagster, then `reelineage jobs retry {job.id}`."
                )
                return f"job {job.id}: parked after {job.attempt} attempts ({why})"
            job.state = "queued"
            return f"job {job.id}: queued again ({why})"

    # --- people ---

    def retry(self, job_id: int) -> Job:
        """Put a stopped job back into the queue with fresh attempts: failed, cancelled, or running on a dead worker.

        Raises:
            BadInput: the job is in another state; says what can be done.
        """
        with self._database.write() as session:
            job = _existing(session, job_id, lock=True)
            died = job.state == "running" and is_gone(job.lease_host, job.lease_pid, job.lease_process_started_at)
            if job.state not in ("failed", "cancelled", "queued") and not died:
                raise BadInput(_why_no_retry(job))
            job.state, job.error, job.error_kind = "queued", None, None
            job.active_run = job.lease_expires_at = None
            # run keys are remembered for ever, so attempts count on and only their limit moves
            job.attempt_limit = job.attempt + self._settings.max_attempts
            job.updated_at = _now()
            return job

    def cancel(self, job_id: int) -> Job:
        """Stop a job: a live run notices within seconds and stores nothing more.

        Raises:
            BadInput: the job is already finished or cancelled.
        """
        with self._database.write() as session:
            job = _existing(session, job_id, lock=True)
            if job.state not in ("queued", "submitted", "running", "failed"):
                raise BadInput(f"Cancelling job {job_id}: it is {job.state}; there is nothing to stop.")
            job.state = "cancelled"
            job.active_run = job.lease_expires_at = None
            job.error = "Cancelled by a person."
            job.error_kind = None
            job.updated_at = _now()
            return job

    # --- inside ---

    @property
    def _lease(self) -> timedelta:
        return timedelta(seconds=self._settings.lease_seconds)

    def _sign(self, job: Job, run_id: str, *, mode: str) -> None:
        worker = this_worker()
        job.state, job.error, job.error_kind = "running", None, None
        job.active_run, job.claim_mode = run_id, mode
        job.lease_host, job.lease_pid, job.lease_process_started_at = worker.host, worker.pid, worker.started_at
        job.lease_expires_at = _now() + self._lease
        job.updated_at = _now()

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
            call.finished_at = _now()


def _settle(session: Session, job: Job) -> None:
    """Free the job and set the state that its rows tell, unless a failure or a cancellation was noted."""
    job.active_run = job.lease_expires_at = None
    job.updated_at = _now()
    if job.state != "running":
        return
    current = lineage.current(session, job.id)
    if current.first_missing is not None or current.video is None:
        job.state = "queued"
        return
    verdict = session.scalar(select(Decision.verdict).where(Decision.video_id == current.video.id))
    job.state = {"approve": "approved", "reject": "rejected"}.get(verdict or "", "awaiting_review")


def _existing(session: Session, job_id: int, *, lock: bool = False) -> Job:
    job = session.get(Job, job_id, with_for_update=lock or None, populate_existing=True)
    if job is None:
        raise BadInput(
            f"Looking for job {job_id}: there is no such job. Create one with `reelineage jobs create THEME`; "
            "`reelineage jobs list` shows those that exist."
        )
    return job


def _why_no_retry(job: Job) -> str:
    start = f"Retrying job {job.id}: it is {job.state}"
    if job.state == "running":
        return (
            f"{start}: run {job.active_run} (process {job.lease_pid} on {job.lease_host}) is alive and holds it until "
            f"{job.lease_expires_at:%H:%M:%S UTC} at least. Wait for it, or `reelineage jobs cancel {job.id}`."
        )
    if job.state == "submitted":
        return f"{start}: Dagster has its run request; `reelineage jobs cancel {job.id}` takes it back."
    return f"{start}. To make a new version, materialize its assets in Dagster or create a new job."


def _changed(result: Result[Any]) -> bool:
    return isinstance(result, CursorResult) and result.rowcount == 1


def _now() -> datetime:
    return datetime.now(UTC)
