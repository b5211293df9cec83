"""The three sensors: the queue becomes runs, files in the inbox become jobs, and states are kept true.

Belongs here: asking and answering Dagster. Not here: the rules of the queue (`resources/job_queue/`).
"""

import time
from pathlib import Path

import dagster as dg

from pipeline_assets.jobs import produce_video
from pipeline_assets.partitions import job_partitions, register_partition
from reelineage.errors import ReelineageError
from reelineage.fingerprint import sha256_of_file
from resources.job_orders import create_job, read_theme_file
from resources.takedown.files import sweep
from resources.workbench import ATTEMPT_TAG, Workbench

_MOST_RUNS_A_TICK = 25
_MOST_FILES_A_TICK = 20
_SETTLED_SECONDS = 2.0
_LONGEST_START_SECONDS = 600  # from the start of a run to its claim
_LONGEST_NAME = 200  # with a number before it and .txt behind it, a file name stays under 255 bytes of ASCII


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
            if time.time() - path.stat().st_mtime < _SETTLED_SECONDS:
                continue  # it may still be being copied
            try:
                theme = read_theme_file(path)
                key = f"inbox:{sha256_of_file(path)}:{path.name}"[:200]
                job_id = create_job(home, theme, origin="inbox", folder=home.inbox, request_key=key)
            except (ReelineageError, OSError) as error:
                context.log.warning(str(error))
                _set_aside(path, "refused", str(error))
                continue
            register_partition(context.instance, job_id)
            created.append(job_id)
            _set_aside(path, "taken", f"job {job_id}")
    return dg.SkipReason(f"created jobs {created}" if created else "the inbox holds no new theme")


def _set_aside(path: Path, folder: str, note: str) -> None:
    """Move a file out of the inbox, never over an earlier one of the same name, with a note beside it."""
    target = path.parent / folder
    target.mkdir(exist_ok=True)
    name = path.name[-_LONGEST_NAME:]
    number = 1
    while (target / name).exists():
        number += 1
        name = f"{number}-{path.name[-_LONGEST_NAME:]}"
    path.replace(target / name)
    (target / f"{name}.txt").write_text(note + "\n", encoding="utf-8")


@dg.sensor(
    minimum_interval_seconds=15,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Keeps the jobs' states true: what died is queued again, what is complete is settled.",
    target=produce_video,
)
def reconcile_jobs_sensor(context: dg.SensorEvaluationContext, workbench: Workbench) -> dg.SkipReason:
    """Needed because a run whose whole host died stays STARTED for ever, and a lost run request is never repeated."""

    def status(run: str) -> str | None:
        is_key = "-job-" in run
        named = dg.RunsFilter(tags={"dagster/run_key": run}) if is_key else dg.RunsFilter(run_ids=[run])
        records = context.instance.get_run_records(filters=named, limit=1)
        return _status_of(records[0], claims=is_key) if records else None

    changes = workbench.home.queue.reconcile(status, finish=workbench.home.finish)
    for change in changes:
        context.log.warning(change)
    if swept := sweep(workbench.home):
        context.log.warning("deleted %s files that a take-down had left behind", swept)
    workbench.home.output.catch_up()
    return dg.SkipReason("; ".join(changes) or "all states are true")


def _status_of(record: dg.RunRecord, *, claims: bool) -> str:
    """`cancelled`, `ended` or `live`. A run that `claims`: one that began long ago and has no claim yet is lost."""
    run = record.dagster_run
    if run.status is dg.DagsterRunStatus.CANCELED:
        return "cancelled"
    lost = claims and record.start_time is not None and time.time() - record.start_time > _LONGEST_START_SECONDS
    return "ended" if run.is_finished or lost else "live"


SENSORS = [queued_jobs_sensor, theme_inbox_sensor, reconcile_jobs_sensor]
