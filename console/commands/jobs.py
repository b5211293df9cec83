"""`reelineage jobs`: the queue as people see it."""

from pathlib import Path
from typing import get_args

import click

from console.acts import Acts
from console.commands.edit import edit, told_edit
from console.commands.job_id import JOB_ID, TAKES_JOB_ID
from console.commands.make import print_made
from console.dagster_home import prepare, register
from console.making import make_now, new_run_id
from reelineage import lineage
from reelineage.documents import Review
from reelineage.edit_history import edits_of
from reelineage.look import ProfileName
from reelineage.models import JOB_STATES
from reelineage.rights.disclosure import in_short
from reelineage.takedown.withdrawal import is_withdrawn, told
from resources.costs import costs
from resources.home import open_home
from resources.job_orders import create_job, read_theme_file


@click.group()
def jobs() -> None:
    """Create, watch, retry and cancel jobs."""


@jobs.command()
@click.argument("theme", type=click.Path(path_type=Path))
@click.option("--trends", type=click.Path(path_type=Path), help="A trend or feed file instead of the theme's sources.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), help="Makes the video repeatable; random when left out.")
@click.option("--profile", type=click.Choice(get_args(ProfileName)), help="Where it goes; the theme's own by default.")
def create(theme: Path, trends: Path | None, seed: int | None, profile: str | None) -> None:
    """Put a job for THEME (a YAML file) into the queue and print its id."""
    home = open_home()
    prepare(home)
    job_id = create_job(
        home, read_theme_file(theme), origin="cli", seed=seed, profile=profile, folder=theme.parent, trends=trends
    )
    register(home, job_id)
    click.echo(job_id)


@jobs.command("list")
@click.option("--state", type=click.Choice(JOB_STATES))
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
def list_jobs(state: str | None, limit: int) -> None:
    """The newest jobs, one line each."""
    for job in open_home().queue.newest(state=state, limit=limit):
        where = f"  {job.stage}" if job.state == "running" and job.stage else ""
        error = f"  {job.error[:100]}" if job.error else ""
        click.echo(f"{job.id:>6}  {job.state:<15}  {job.created_at:%Y-%m-%d %H:%M}  {job.theme_name}{where}{error}")


@jobs.command(context_settings=TAKES_JOB_ID)
@click.argument("job_id", type=JOB_ID)
def show(job_id: int) -> None:
    """State, progress, error and rows of one job."""
    home = open_home()
    job = home.queue.get(job_id)
    with home.database.read() as session:
        current = lineage.current(session, job_id)
        withdrawn = is_withdrawn(session, current.video.id) if current.video else None
        edits = edits_of(session, current.script.id) if current.script else ()
    click.echo(f"job      {job.id}: {job.theme_name} (seed {job.seed}, profile {job.profile}, from {job.origin})")
    click.echo(f"state    {job.state}, attempt {job.attempt} of {job.attempt_limit}")
    if withdrawn:
        click.echo(f"withdrawn  it, or what it was made from, was {told(withdrawn)} (tombstone:{withdrawn.id})")
    if job.stage and job.state == "running":
        click.echo(f"stage    {job.stage}: {job.progress}")
    if job.active_run:
        click.echo(f"claim    run {job.active_run} on {job.lease_host} until {job.lease_expires_at:%H:%M:%S UTC}")
    if job.error:
        click.echo(f"error    {job.error} ({job.error_kind or 'noted'})")
    for asset in lineage.ASSETS:
        rows = current.rows(asset)
        ids = ", ".join(f"{row.id} (version {row.version})" for row in rows) or "missing"
        click.echo(f"{asset:<11}{ids}")
    for made in edits:
        click.echo(f"edit     {told_edit(made)}")
    report = costs(home.database, "stage", job_id=job_id)
    stages = ", ".join(f"{line.key} {line.cost.display}" for line in report.lines)
    click.echo(f"cost     {report.total.display}{f' ({stages})' if stages else ''}")
    if current.review and current.review.document:
        disclosure = Review.model_validate(current.review.document).disclosure
        click.echo(
            f"disclose {in_short(disclosure) if disclosure else 'unknown: the review is from before it was derived'}"
        )


@jobs.command(context_settings=TAKES_JOB_ID)
@click.argument("job_id", type=JOB_ID)
@click.option("--now", is_flag=True, help="Make it in this process instead of leaving it to the sensor.")
def retry(job_id: int, *, now: bool) -> None:
    """Put a stopped job back into the queue; it goes on at the first asset without a current row."""
    home = open_home()
    prepare(home)
    job = home.queue.retry(job_id)
    if job.state != "queued":
        click.echo(f"Job {job_id} was complete; it is {job.state.replace('_', ' ')}: {home.output.sync(job_id)}")
        return
    if not now:
        register(home, job_id)
        click.echo(f"Job {job_id} is queued again.")
        return
    run_id = new_run_id()
    home.queue.claim(job_id, run_id, partial=False, run_has_ended=lambda _: False)
    print_made(home, make_now(home, job_id, run_id))


@jobs.command(context_settings=TAKES_JOB_ID)
@click.argument("job_id", type=JOB_ID)
def cancel(job_id: int) -> None:
    """Stop a job. What was finished is kept, and `retry` goes on from there."""
    Acts(open_home()).cancel(job_id)
    click.echo(f"Job {job_id} is cancelled.")


jobs.add_command(edit)
