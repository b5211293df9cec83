"""The two jobs: `produce_video` makes what a job is missing, `submit_job` puts a new job into the queue.

Belongs here: jobs and the op behind `submit_job`. Not here: when they run (`sensors.py`).
"""

from typing import get_args

import dagster as dg
from pydantic import Field

from pipeline_assets.partitions import register_partition
from reelineage.look import ProfileName
from resources.job_orders import create_job, read_theme
from resources.workbench import PRODUCE_VIDEO, Workbench

_QUIET = {"loggers": {"console": {"config": {"log_level": "WARNING"}}}}
"""A run tells Dagster's event log and the job's row everything, the terminal of `reelineage up` what went wrong."""

produce_video = dg.define_asset_job(
    PRODUCE_VIDEO,
    selection=dg.AssetSelection.all(),
    config=_QUIET,
    description=(
        "All five stages for one job. A job that stopped goes on at the first asset without a current row; one that is "
        "complete is made anew as the next version."
    ),
)


class JobOrder(dg.Config):
    """What `submit_job` needs to know."""

    theme: str = Field(
        default="trend_briefing",
        min_length=1,
        max_length=65_536,
        description="Name of a ready theme (trend_briefing, product_story) or the YAML text of a theme",
    )
    seed: int | None = Field(default=None, ge=0, lt=2**31, description="Makes the video repeatable; random when empty")
    profile: str | None = Field(
        default=None,
        pattern=f"^({'|'.join(get_args(ProfileName))})$",
        description="Where the video goes; the theme's own when empty, draft is small and fast",
    )


@dg.op
def create_queued_job(context: dg.OpExecutionContext, config: JobOrder, workbench: Workbench) -> None:
    """Insert the job and register its partition; `queued_jobs_sensor` makes it."""
    with workbench.translated_errors():
        theme = read_theme(config.theme)
        job_id = create_job(workbench.home, theme, origin="dagster", seed=config.seed, profile=config.profile)
    register_partition(context.instance, job_id)
    context.log.info("Created job %s. The sensor makes it, or materialize partition %s.", job_id, job_id)
    context.add_output_metadata({"job_id": job_id})


@dg.job(executor_def=dg.in_process_executor)
def submit_job() -> None:
    """Create a job from a theme, for people who only have Dagster's UI: launch with `theme` in the config."""
    create_queued_job()
