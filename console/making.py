"""Making one job in this process, on the persistent Dagster instance, with progress on the terminal.

Belongs here: the run and its result. Not here: what is made (`pipeline_assets`), printing of lineage (`show.py`).
"""

import os
import resource
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import dagster as dg
from dagster._core.errors import DagsterExecutionInterruptedError
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from console.dagster_home import open_instance
from pipeline_assets.definitions import build_definitions
from pipeline_assets.partitions import register_partition
from reelineage import lineage
from reelineage.errors import Cancelled, PermanentError
from reelineage.fingerprint import sha256_of_file
from reelineage.models import Script, Video
from resources.costs import Cost, cost_of_job
from resources.home import Home
from resources.providers import Providers
from resources.work import Progress as Step
from resources.work import Work
from resources.workbench import PRODUCE_VIDEO, Workbench

_SECONDS_BETWEEN_LINES = 5.0
_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclass(frozen=True)
class Made:
    """A finished job: its current script and video, where people find the signed file, cost, and seconds per stage."""

    job_id: int
    state: str
    run_id: str
    script: Script
    video: Video
    path: Path
    cost: Cost
    elapsed_seconds: dict[str, float]
    cpu_seconds: float

    def as_json(self) -> dict[str, Any]:
        """The object that `reelineage make --json` prints."""
        return {
            "job_id": self.job_id,
            "state": self.state,
            "run_id": self.run_id,
            "script": {"id": self.script.id, "title": self.script.title},
            "video": {
                "id": self.video.id,
                "path": str(self.path),
                "sha256": sha256_of_file(self.path),  # of what lies there: the signed file
                "duration_seconds": self.video.duration_seconds,
                "width": self.video.width,
                "height": self.video.height,
                "cost_usd": self.cost.usd,
            },
            "elapsed_seconds": self.elapsed_seconds,
        }


class Display:
    """Bars per asset, and per segment that is being encoded, on a terminal. All on stderr.

    Elsewhere one line per finished asset, and one every few seconds from a step that works on many frames.
    """

    def __init__(self) -> None:
        # Dagster sends what a step writes to stderr into a file; people watch the stderr from before that
        self._file = os.fdopen(os.dup(2), "w", encoding="utf-8", errors="replace")
        self._console = Console(file=self._file)
        self._bars: dict[str, TaskID] = {}
        self._parts: dict[str, TaskID] = {}
        self._next_line = time.monotonic() + _SECONDS_BETWEEN_LINES
        self._progress = Progress(
            SpinnerColumn(finished_text="[green]✓"),
            TextColumn("{task.fields[stage]:<18} {task.description:<10}"),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[what]}", markup=False),
            TimeElapsedColumn(),
            console=self._console,
            disable=not self._console.is_terminal,
        )

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()
        self._file.close()

    def update(self, step: Step) -> None:
        """Show how far a step is."""
        stage = lineage.STAGES[step.asset]
        if not self._console.is_terminal:
            self._say(stage, step)
            return
        if step.asset not in self._bars:
            self._bars[step.asset] = self._progress.add_task(step.asset, stage=stage, what="", total=1)
        self._progress.update(
            self._bars[step.asset],
            total=max(step.total, 1),
            completed=max(step.total, 1) if step.finished else step.done,
            what="" if step.finished else f"{step.done}/{step.total} {step.what}"[:60] if step.total else "",
        )
        self._draw_parts(step)

    def _say(self, stage: str, step: Step) -> None:
        if step.finished:
            self._console.print(f"{stage}: {step.asset} done", soft_wrap=True, highlight=False)
        elif step.live and time.monotonic() >= self._next_line:
            self._next_line = time.monotonic() + _SECONDS_BETWEEN_LINES
            line = f"{stage}: {step.asset} {step.done}/{step.total} {step.what}"
            self._console.print(line, soft_wrap=True, highlight=False, markup=False)

    def _draw_parts(self, step: Step) -> None:
        """A bar for each segment that an encoder works on now."""
        names = {part.name for part in step.running}
        for name in [name for name in self._parts if name not in names]:
            self._progress.remove_task(self._parts.pop(name))
        for part in step.running:
            if part.name not in self._parts:
                self._parts[part.name] = self._progress.add_task(part.name, stage="", what="")
            total = max(part.total, 1)
            self._progress.update(self._parts[part.name], total=total, completed=part.done, what=part.what)


def new_run_id() -> str:
    """A run id as Dagster makes them."""
    return str(uuid.uuid4())


def make_now(
    home: Home, job_id: int, run_id: str, *, providers: Providers | None = None, threads: tuple[int, ...] = ()
) -> Made:
    """Make what the job is missing, in this process and in this home.

    `providers` replace the embedded ones, and `threads` are those of the encoders: for a job that is made again.

    Raises:
        PermanentError: the run failed; with the job's own reason.
        Cancelled: a person stopped it; the job is cancelled and can be retried.
    """
    elapsed = _run(home, job_id, run_id, providers, threads)
    return _made(home, job_id, run_id, elapsed)


def write_script(home: Home, job_id: int, run_id: str, *, providers: Providers) -> None:
    """Make the job's script and what it needs, and no more: for a job whose edits are made again after it.

    Raises:
        PermanentError, Cancelled: as `make_now`.
    """
    _run(home, job_id, run_id, providers, (), assets=("trends", "analysis", "scripts"))


def _run(
    home: Home,
    job_id: int,
    run_id: str,
    providers: Providers | None,
    threads: tuple[int, ...],
    *,
    assets: tuple[str, ...] | None = None,
) -> dict[str, float]:
    """One run in this process, of all assets or of some; returns the seconds of each stage."""
    with Display() as display, open_instance(home) as instance:
        register_partition(instance, job_id)

        class DrawnWorkbench(Workbench):
            """Draws progress besides noting it on the job."""

            @property
            def home(self) -> Home:
                """The home that this is made in, which need not be the environment's."""
                return home

            @contextmanager
            def work(self, context: dg.AssetExecutionContext) -> Iterator[Work]:
                """As `Workbench.work`."""
                with super().work(context) as work:
                    work.threads = threads
                    yield work

            def on_progress(self, context: dg.AssetExecutionContext, progress: Step) -> None:
                display.update(progress)
                super().on_progress(context, progress)

        parts: dict[str, Any] = {"workbench": DrawnWorkbench()} | ({"providers": providers} if providers else {})
        job = build_definitions(parts).resolve_job_def(PRODUCE_VIDEO)
        try:
            result = job.execute_in_process(
                instance=instance,
                partition_key=str(job_id),
                run_id=run_id,
                run_config=_QUIET,
                raise_on_error=False,
                asset_selection=[dg.AssetKey(asset) for asset in assets] if assets else None,
            )
        except (KeyboardInterrupt, DagsterExecutionInterruptedError):
            raise _stopped(home, job_id) from None
        elapsed = _elapsed(instance, run_id)
    if not result.success:
        raise _stopped(home, job_id) if _was_interrupted(result) else _failure(home, job_id, result)
    return elapsed


def _elapsed(instance: dg.DagsterInstance, run_id: str) -> dict[str, float]:
    seconds = dict.fromkeys(lineage.STAGES.values(), 0.0)
    for step in instance.get_run_step_stats(run_id):
        if step.step_key in lineage.STAGES and step.start_time and step.end_time:
            seconds[lineage.STAGES[step.step_key]] += step.end_time - step.start_time
    return {stage: round(value, 2) for stage, value in seconds.items()}


def _was_interrupted(result: dg.ExecuteInProcessResult) -> bool:
    """Whether Ctrl-C or SIGTERM ended the run: Dagster catches both and reports a failed step."""
    for event in result.all_events:
        error = getattr(event.event_specific_data, "error", None) if event.is_failure else None
        while error is not None:
            if error.cls_name == DagsterExecutionInterruptedError.__name__:
                return True
            error = error.cause
    return False


def _stopped(home: Home, job_id: int) -> Cancelled:
    """Note on the job that a person stopped it, unless it was finished by then."""
    if home.queue.get(job_id).state not in ("awaiting_review", "approved", "rejected", "cancelled"):
        home.queue.cancel(job_id)
    return Cancelled(
        f"Making job {job_id}: stopped. What was finished is kept; `reelineage jobs retry {job_id} --now` goes on."
    )


def _failure(home: Home, job_id: int, result: dg.ExecuteInProcessResult) -> PermanentError:
    """The reason of a failed run: what the job noted, else what Dagster says."""
    job = home.queue.get(job_id)
    if job.state == "failed" and job.error:
        return PermanentError(f"{job.error} (job {job_id}; `reelineage jobs retry {job_id} --now` tries again)")
    for event in result.all_events:
        if event.is_failure and event.event_specific_data is not None:
            data: Any = event.event_specific_data
            described = getattr(getattr(data, "user_failure_data", None), "description", None)
            if described:
                return PermanentError(described)
    return PermanentError(f"Making job {job_id}: run {result.run_id} failed; look at it in Dagster (`reelineage up`).")


def _made(home: Home, job_id: int, run_id: str, elapsed: dict[str, float]) -> Made:
    path = home.output.sync(job_id)
    with home.database.read() as session:
        current = lineage.current(session, job_id)
    if current.script is None or current.video is None or path is None:
        raise PermanentError(f"Making job {job_id}: the run ended without a reviewed video. Run `reelineage audit`.")
    return Made(
        job_id,
        home.queue.get(job_id).state,
        run_id,
        current.script,
        current.video,
        path,
        cost_of_job(home.database, job_id),
        elapsed,
        _cpu_seconds(),
    )


def _cpu_seconds() -> float:
    """User and system time of this process and of all it started and waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)
