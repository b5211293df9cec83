"""`reelineage review`: what waits for a decision, and the decision."""

import getpass

import click

from console.acts import Acts
from console.commands.job_id import JOB_ID, TAKES_JOB_ID
from reelineage import lineage
from reelineage.documents import Review
from reelineage.takedown.withdrawal import is_withdrawn, told
from resources.decisions import VERDICTS
from resources.home import open_home


@click.group()
def review() -> None:
    """See what waits, approve or reject."""


@review.command("list")
def list_waiting() -> None:
    """Every video that waits for a decision, with its findings."""
    home = open_home()
    for job in reversed(home.queue.newest(state="awaiting_review", limit=1000)):
        with home.database.read() as session:
            current = lineage.current(session, job.id)
            tombstone = is_withdrawn(session, current.video.id) if current.video else None
        if current.video is None or current.review is None:
            continue
        if tombstone is not None:
            click.echo(f"job {job.id}  video:{current.video.id}  ({told(tombstone)}): it can only be rejected")
            continue
        click.echo(f"job {job.id}  video:{current.video.id}  {current.video.title}  {home.output.sync(job.id)}")
        for finding in Review.model_validate(current.review.document).findings:
            click.echo(f"    {finding.severity:<8} {finding.message}")


@review.command(context_settings=TAKES_JOB_ID)
@click.argument("job_id", type=JOB_ID)
@click.option("--reason", required=True, help="Why; kept with the decision for ever.")
@click.option("--actor", default=getpass.getuser, show_default="your user name", help="Who decides.")
@click.option("--allow-demo", is_flag=True, help="Approve although demo or fallback material is among its sources.")
def approve(job_id: int, reason: str, actor: str, *, allow_demo: bool) -> None:
    """Approve the job's current video; its file moves to output/approved."""
    _decide(job_id, "approve", reason, actor, allow_demo=allow_demo)


@review.command(context_settings=TAKES_JOB_ID)
@click.argument("job_id", type=JOB_ID)
@click.option("--reason", required=True, help="Why; kept with the decision for ever.")
@click.option("--actor", default=getpass.getuser, show_default="your user name", help="Who decides.")
def reject(job_id: int, reason: str, actor: str) -> None:
    """Reject the job's current video; its file moves to output/rejected."""
    _decide(job_id, "reject", reason, actor, allow_demo=False)


def _decide(job_id: int, verdict: str, reason: str, actor: str, *, allow_demo: bool) -> None:
    decision, path = Acts(open_home()).decide(
        job_id, verdict=verdict, reason=reason, actor=actor, allow_demo=allow_demo
    )
    click.echo(f"video:{decision.video_id} is {VERDICTS[verdict]}: {path}")
