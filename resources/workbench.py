"""Where an asset gets the job to work on, and where the job goes back when the run ends.

Belongs here: what is around every step: claim before work, the lease kept alive, failures noted in one place, progress
told. Not here: what the step sees of its job (`work.py`), storing records (`record_io_manager.py`).
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import dagster as dg
from dagster._core.errors import DagsterExecutionInterruptedError
from pydantic import PrivateAttr
from sqlalchemy.exc import SQLAlchemyError

from reelineage import lineage
from reelineage.errors import Cancelled, ClaimRefused, FenceLost, ReelineageError
from reelineage.models import Job
from resources.failures import TRANSIENT, kind_of
from resources.heartbeat import Heartbeat
from resources.home import Home, open_home
from resources.progress_line import BEGINS, DONE, ProgressLine
from resources.work import Progress, Work

_log = logging.getLogger(__name__)
PRODUCE_VIDEO = "produce_video"
ATTEMPT_TAG = "reelineage/attempt"
_ENDED = {dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED}
_SECONDS_BETWEEN_LINES = 1.0


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
