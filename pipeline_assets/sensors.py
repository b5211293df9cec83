"""The three sensors: the queue becomes runs, files in the inbox become jobs, and states are kept true.

Belongs here: asking and answering Dagster. Not here: the rules of the queue (`resources/job_queue.py`).
"""

import hashlib
from pathlib import Path

import dagster as dg

from pipeline_assets.jobs import produce_video
from pipeline_assets.partitions import job_partitions, register_partition
from reelineage.errors import BadInput
from resources.job_orders import create_job, read_theme_file
from resources.workbench import ATTEMPT_TAG, Workbench

_MOST_RUNS_A_TICK = 25
_MOST_FILES_A_TICK = 20
_ENDED = {dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED}


@dg.sensor(
    job=produce_video,
    minimum_interval_seconds=5,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Hands queued jobs to Dagster: adds the partition and requests one run each.",
)
def queued_jobs_sensor(context: dg.SensorEvaluationContext, workbench: Workbench) -> dg.SensorResult | dg.SkipReason:
    """Each submission has a run key of its own; a request that gets lost is put back by `reconcile_jobs_sensor`."""
    submissions = workbench.home.queue.submit_queued(_MOST_RUNS_A_TICK)
    if not submissions:
        return dg.SkipReason("no job is queued")
    context.log.info("submitting jobs %s", ", ".join(str(submission.job_id) for submission in submissions))
    keys = [str(submission.job_id) for submission in submissions]
    return dg.SensorResult(
        run_requests=[
            dg.RunRequest(
                run_key=submission.run_key,
                partition_key=str(submission.job_id),
                tags={ATTEMPT_TAG: str(submission.attempt)},
            )
            for submission in submissions
        ],
        dynamic_partitions_requests=[job_partitions.build_add_request(keys)],
    )


@dg.sensor(
    minimum_interval_seconds=5,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="A theme file dropped into the inbox becomes a job, once.",
    target=produce_video,
)
def theme_inbox_sensor(context: dg.SensorEvaluationContext, workbench: Workbench) -> dg.SkipReason:
    """The file's name and content name the job: the same file is taken once, a changed one again.

    A file that cannot be used is moved to `inbox/refused` with the reason beside it; nothing is lost.
    """
    home = workbench.home
    created = []
    if home.inbox.is_dir():
        for path in sorted(home.inbox.glob("*.y*ml"))[:_MOST_FILES_A_TICK]:
            if not path.is_file() or path.is_symlink():
                continue
            try:
                theme = read_theme_file(path)
                digest = hashlib.sha256(path.read_bytes()).hexdigest()
                key = f"inbox:{digest}:{path.name}"[:200]
                job_id = create_job(home, theme, origin="inbox", folder=home.inbox, request_key=key)
            except BadInput as error:
                context.log.warning(str(error))
                _set_aside(path, "refused", str(error))
                continue
            register_partition(context.instance, job_id)
            created.append(job_id)
            _set_aside(path, "taken", f"job {job_id}")
    return dg.SkipReason(f"created jobs {created}" if created else "the inbox holds no new theme")


def _set_aside(path: Path, folder: str, note: str) -> None:
    target = path.parent / folder
    target.mkdir(exist_ok=True)
    (target / f"{path.name}.txt").write_text(note + "\n", encoding="utf-8")
    path.replace(target / path.name)


@dg.sensor(
    minimum_interval_seconds=15,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Keeps the jobs' states true: what died is queued again, what is complete is settled.",
    target=produce_video,
)
def reconcile_jobs_sensor(context: dg.SensorEvaluationContext, workbench: Workbench) -> dg.SkipReason:
    """Needed because a run whose whole host died stays STARTED for ever, and a lost run request is never repeated."""

    def status(run: str) -> str | None:
        found = context.instance.get_run_by_id(run) if "-job-" not in run else _run_by_key(context.instance, run)
        if found is None:
            return None
        return "ended" if found.status in _ENDED else "live"

    changes = workbench.home.queue.reconcile(status)
    for change in changes:
        context.log.warning(change)
    return dg.SkipReason("; ".join(changes) or "all states are true")


def _run_by_key(instance: dg.DagsterInstance, run_key: str) -> dg.DagsterRun | None:
    runs = instance.get_runs(filters=dg.RunsFilter(tags={"dagster/run_key": run_key}), limit=1)
    return runs[0] if runs else None


SENSORS = [queued_jobs_sensor, theme_inbox_sensor, reconcile_jobs_sensor]
