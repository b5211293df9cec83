"""The schedule that honours duties to delete, and the job behind it, which also finishes take-downs cut short.

Belongs here: when it happens. Not here: what goes (`resources/takedown`).
"""

from datetime import UTC, datetime

import dagster as dg

from pipeline_assets.run_history import forget_runs, stop_runs
from resources.takedown.expiry import expire
from resources.takedown.files import sweep
from resources.workbench import Workbench


@dg.op
def delete_what_is_due(context: dg.OpExecutionContext, workbench: Workbench) -> None:
    """Empty the fetches that are due, and make good whatever an earlier take-down left undone."""
    home = workbench.home
    with workbench.translated_errors():
        taken = expire(home, datetime.now(UTC), stop=lambda run_ids: stop_runs(context.instance, run_ids))
        for done in taken:
            context.log.info("tombstone:%s: %s", done.tombstone.id, done.tombstone.reason)
        swept = sweep(home, everything=True)
        deleted, running = forget_runs(context.instance, home)
    context.add_output_metadata(
        {"fetches": len(taken), "files_swept": swept, "run_histories_deleted": deleted, "runs_still_at_work": running}
    )


@dg.job(executor_def=dg.in_process_executor)
def honour_obligations() -> None:
    """Delete source text whose terms set an end (YouTube API data: 30 days). What was made from it stays."""
    delete_what_is_due()


honour_obligations_schedule = dg.ScheduleDefinition(
    job=honour_obligations,
    cron_schedule="17 3 * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Every day: source text whose terms set an end is deleted in time.",
)

SCHEDULES = [honour_obligations_schedule]
