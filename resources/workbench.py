"""What an asset works with: the job it has claimed, its theme, the ledger, progress and cancellation.

Belongs here: everything a step needs around its one domain function: claim before work, failures noted in one place,
retries around provider calls, the lease kept alive. Not here: storing records (`record_io_manager.py`).
"""

import logging
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import dagster as dg
from dagster._core.errors import DagsterExecutionInterruptedError
from pydantic import PrivateAttr, TypeAdapter
from sqlalchemy.exc import SQLAlchemyError

from reelineage import family, lineage
from reelineage.documents import Document, Frame, StandIn
from reelineage.errors import Cancelled, ClaimRefused, FenceLost, MissingUpstream, ReelineageError, TransientError
from reelineage.look import ProfileName
from reelineage.models import Job
from reelineage.takedown.withdrawal import still_read
from reelineage.theme import Theme, frame_of
from resources.artifact_store import ArtifactStore
from resources.failures import TRANSIENT, kind_of
from resources.heartbeat import Heartbeat
from resources.home import Home, open_home
from resources.ledger import Answer, Ledger, Product, Request
from resources.progress_line import BEGINS, DONE, ProgressLine
from resources.record_rows import RECORDS

_log = logging.getLogger(__name__)
PRODUCE_VIDEO = "produce_video"
ATTEMPT_TAG = "reelineage/attempt"
_ENDED = {dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED}
_PROFILE: TypeAdapter[ProfileName] = TypeAdapter(ProfileName)
_SECONDS_BETWEEN_LINES = 1.0
DocumentType = TypeVar("DocumentType", bound=Document)


@dataclass(frozen=True)
class Part:
    """One of several pieces that a step works on side by side: a segment, with its frames."""

    name: str
    done: int
    total: int
    what: str


@dataclass(frozen=True)
class Progress:
    """How far a step is: `done` of `total` pieces (scenes, sentences, frames); 0 of 0 when it has just begun.

    A `live` step reports several times a second, with the parts it works on; the log takes a line a second of that.
    """

    job_id: int
    asset: str
    done: int
    total: int
    what: str
    finished: bool = False
    live: bool = False
    running: tuple[Part, ...] = ()


@dataclass
class Work:
    """One step's view of its job. `threads` are those of each segment's encoder, for a video that is made again."""

    job: Job
    asset: str
    home: Home
    run_id: str
    heartbeat: Heartbeat
    notify: Callable[[Progress], None]
    threads: tuple[int, ...] = ()
    theme: Theme = field(init=False)

    def __post_init__(self) -> None:
        """Read the frozen theme."""
        self.theme = Theme.model_validate(self.job.theme)

    @property
    def seed(self) -> int:
        """The job's seed: everything that varies, varies by it."""
        return self.job.seed

    @property
    def profile(self) -> ProfileName:
        """Where the video goes, as the job was ordered."""
        return _PROFILE.validate_python(self.job.profile)

    @property
    def draft(self) -> bool:
        """Whether this is a quick look at half size."""
        return self.profile == "draft"

    @property
    def frame(self) -> Frame:
        """The picture's size."""
        return frame_of(self.theme, self.job.profile)

    @property
    def store(self) -> ArtifactStore:
        """Where files are kept."""
        return self.home.store

    def stored(self, tell: Callable[[Any], Mapping[str, Any]]) -> dg.MaterializeResult[Any] | None:
        """The result this step already has: stored earlier by this run, or by the run that it resumes."""
        kind = RECORDS[self.asset]
        with self.home.database.read() as session:
            current = lineage.current(session, self.job.id)
        rows = current.rows(self.asset)
        if not rows or not (self.job.claim_mode == "resume" or all(row.run_id == self.run_id for row in rows)):
            return None
        if gone := next((row for row in rows if row.document is None), None):
            if self.asset not in still_read(current):  # its row stays the current one; nothing reads what it held
                empty = kind.document.model_construct()
                return dg.MaterializeResult(value=[empty for _ in rows] if kind.many else empty)
            raise MissingUpstream(
                f"Making {self.asset} of job {self.job.id}: the content of {lineage.NODES[self.asset]}:{gone.id}, "
                "which it goes on from, was taken down. Create a new job."
            )
        found = [kind.document.model_validate(row.document) for row in rows]
        return self.result(found if kind.many else found[0], tell)

    def result(
        self, value: DocumentType | Sequence[DocumentType], tell: Callable[[Any], Mapping[str, Any]]
    ) -> dg.MaterializeResult[Any]:
        """A materialization of this asset with what `tell` says of it; the IO manager sets its data version."""
        return dg.MaterializeResult(value=value, metadata=dict(tell(value)))

    def stand_ins(self) -> tuple[StandIn, ...]:
        """Stand-ins among the ancestors of the job's current video."""
        with self.home.database.read() as session:
            video = lineage.current(session, self.job.id).video
            return family.stand_ins_behind(session, [family.Ref("video", str(video.id))]) if video else ()

    def call(self, request: Request, make: Callable[[Path], Product]) -> Answer:
        """Ask a provider through the ledger; transient failures are tried again with backoff and jitter (ORCH-03)."""
        self.check()
        ledger = Ledger(
            self.home.database, self.store, job_id=self.job.id, run_id=self.run_id, budget_usd=self.theme.budget_usd
        )
        settings = self.home.settings
        for attempt in range(1, settings.max_attempts):
            try:
                return ledger.call(request, make)
            except TransientError:
                pause = settings.retry_seconds * 2 ** (attempt - 1)
                self._rest(pause * random.uniform(0.5, 1.5))  # noqa: S311 — jitter, not a secret
        return ledger.call(request, make)

    def progress(self, done: int, total: int, what: str) -> None:
        """Tell how far the step is; also the place where a cancellation is noticed."""
        self.check()
        self.notify(Progress(self.job.id, self.asset, done, total, what))

    def live_progress(self, done: int, total: int, what: str, running: tuple[Part, ...]) -> None:
        """The same, for a step that can tell several times a second and works on several parts."""
        self.check()
        self.notify(Progress(self.job.id, self.asset, done, total, what, live=True, running=running))

    def check(self) -> None:
        """Stop when the job was taken away.

        Raises:
            Cancelled: a person cancelled the job.
            FenceLost: another run took it over.
            TransientError: this run holds it, but can no longer renew its lease.
        """
        if not self.heartbeat.lost.is_set():
            return
        now = self.home.queue.get(self.job.id)
        if now.state == "cancelled":
            raise Cancelled(
                f"Making {self.asset} of job {self.job.id}: the job was cancelled. What was finished is kept; "
                f"`reelineage jobs retry {self.job.id}` goes on from there."
            )
        if now.active_run == self.run_id:
            raise TransientError(
                f"Making {self.asset} of job {self.job.id}: its lease can no longer be renewed; the log says why. "
                f"It is tried again; `reelineage jobs retry {self.job.id} --now` does so at once."
            )
        parked = now.state == "failed" and now.error
        why = f"the job was taken from it ({now.error})" if parked else "another run has taken the job over"
        raise FenceLost(f"Making {self.asset} of job {self.job.id}: {why}; this one stops.")

    def _rest(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.check()
            time.sleep(min(left, 0.5))


class Workbench(dg.ConfigurableResource[Any]):
    """Gives each step its job, and gives the job back when the run ends."""

    _heartbeats: dict[tuple[int, str], Heartbeat] = PrivateAttr(default_factory=dict)
    _next_line: dict[tuple[int, str], float] = PrivateAttr(default_factory=dict)

    @property
    def home(self) -> Home:
        """The home that the environment names; nothing is opened before it is used."""
        return open_home()

    @contextmanager
    def work(self, context: dg.AssetExecutionContext) -> Iterator[Work]:
        """Claim the job of this partition, then let the block work on it; a failure is noted on the job."""
        asset = context.asset_key.path[-1]
        run_id = context.run.run_id
        with self.translated_errors():
            job_id = lineage.parse_job_id(context.partition_key)
            job = self._claim(context, job_id)
        with self.noted_failures(job_id, run_id, context.instance):
            heartbeat = self._beat(job_id, run_id)
            self.home.store.sweep()
            self.on_progress(context, Progress(job_id, asset, 0, 0, BEGINS))
            yield Work(job, asset, self.home, run_id, heartbeat, lambda progress: self.on_progress(context, progress))
            self.on_progress(context, Progress(job_id, asset, 0, 0, DONE, finished=True))

    def on_progress(self, context: dg.AssetExecutionContext, progress: Progress) -> None:
        """Write progress to the log and the job's row; the command line draws it as well.

        It is only for people who watch: a database that is away for a moment stops no encoder.
        """
        if progress.live:
            key, moment = (progress.job_id, progress.asset), time.monotonic()
            if moment < self._next_line.get(key, 0.0):
                return
            self._next_line[key] = moment + _SECONDS_BETWEEN_LINES
        text = ProgressLine(progress.asset, progress.done, progress.total, progress.what).text
        context.log.info(text)
        stage = lineage.STAGES[progress.asset]
        try:
            self.home.queue.report_progress(progress.job_id, context.run.run_id, stage, text)
        except SQLAlchemyError as error:
            _log.warning("Noting the progress of job %d: %s. The work goes on.", progress.job_id, error)

    @contextmanager
    def noted_failures(self, job_id: int, run_id: str, instance: dg.DagsterInstance | None) -> Iterator[None]:
        """Note on the job why the block failed, and tell Dagster not to try the step again by itself."""
        try:
            with self.translated_errors(lambda error: self._note(job_id, run_id, error)):
                yield
        except (KeyboardInterrupt, DagsterExecutionInterruptedError) as error:
            if _was_terminated(instance, run_id):
                self.home.queue.cancel(job_id, run_id=run_id)
            else:
                self._note(job_id, run_id, error)
            raise

    @contextmanager
    def translated_errors(self, note: Callable[[Exception], None] | None = None) -> Iterator[None]:
        """Our own errors become `dg.Failure` with their message; others go on as they are, after `note`."""
        try:
            yield
        except (Cancelled, ClaimRefused, FenceLost) as error:
            raise dg.Failure(description=str(error), allow_retries=False) from error
        except ReelineageError as error:
            if note:
                note(error)
            raise dg.Failure(description=str(error), allow_retries=False) from error
        except Exception as error:
            if note:
                note(error)
            raise

    def teardown_after_execution(self, context: dg.InitResourceContext) -> None:
        """Stop renewing, free the jobs of this run, and put finished videos where people look for them.

        What goes wrong with one job keeps no other from being freed; the first error is raised when all were tried.
        """
        held = dict(self._heartbeats)
        self._heartbeats.clear()
        for heartbeat in held.values():
            heartbeat.stop()
        errors: list[Exception] = []
        for job_id, run_id in held:
            try:
                self._give_back(job_id, run_id, context.instance)
            except Exception as error:  # noqa: BLE001 — raised below, when the other jobs are free
                _log.warning("Giving job %d back: %s", job_id, error)
                errors.append(error)
        if errors:
            raise errors[0]

    def _give_back(self, job_id: int, run_id: str, instance: dg.DagsterInstance | None) -> None:
        if self.home.queue.get(job_id).state == "running" and _was_terminated(instance, run_id):
            self.home.queue.cancel(job_id, run_id=run_id)
        self.home.queue.release(job_id, run_id)
        self.home.finish(job_id)

    def _claim(self, context: dg.AssetExecutionContext, job_id: int) -> Job:
        def has_ended(run_id: str) -> bool:
            run = context.instance.get_run_by_id(run_id)
            return run is not None and run.status in _ENDED

        attempt = context.run.tags.get(ATTEMPT_TAG)
        return self.home.queue.claim(
            job_id,
            context.run.run_id,
            partial=context.run.job_name != PRODUCE_VIDEO,
            run_has_ended=has_ended,
            attempt=lineage.parse_job_id(attempt) if attempt else None,
        )

    def _beat(self, job_id: int, run_id: str) -> Heartbeat:
        key = (job_id, run_id)
        if key not in self._heartbeats:
            self._heartbeats[key] = Heartbeat(self.home, job_id, run_id)
            self._heartbeats[key].start()
        return self._heartbeats[key]

    def _note(self, job_id: int, run_id: str, error: BaseException) -> None:
        kind = kind_of(error)
        message = str(error) or type(error).__name__
        if isinstance(error, KeyboardInterrupt | DagsterExecutionInterruptedError):
            message = f"Making job {job_id}: its process was stopped. It is tried again from where it was."
        elif not isinstance(error, ReelineageError):
            message = f"Making job {job_id}: {type(error).__name__}: {message}"
            if kind == TRANSIENT:
                message += f". It is tried again; `reelineage jobs retry {job_id} --now` does so at once."
        self.home.queue.fail(job_id, run_id, error=message, kind=kind)


def _was_terminated(instance: dg.DagsterInstance | None, run_id: str) -> bool:
    """Whether a person ended the run in Dagster, rather than its process being stopped from outside."""
    run = instance.get_run_by_id(run_id) if instance else None
    return run is not None and run.status in (dg.DagsterRunStatus.CANCELING, dg.DagsterRunStatus.CANCELED)
