"""`reelineage review`: what waits for a decision, and the decision."""

import getpass
from pathlib import Path

import click
import dagster as dg

from console.commands.jobs import JOB_ID, TAKES_JOB_ID
from console.dagster_home import open_instance
from reelineage import lineage
from reelineage.documents import Review
from reelineage.models import Decision
from reelineage.takedown.withdrawal import is_withdrawn, told
from resources.decisions import VERDICTS, decide
from resources.home import Home, open_home


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
    home = open_home()
    decision = decide(home.database, job_id, verdict=verdict, reason=reason, actor=actor, allow_demo=allow_demo)
    path = home.output.sync(job_id)
    _report(home, decision, path)
    click.echo(f"video:{decision.video_id} is {VERDICTS[verdict]}: {path}")


def _report(home: Home, decision: Decision, path: Path | None) -> None:
    """Show the decision in Dagster, as a materialization of the review's partition."""
    with home.database.read() as session:
        current = lineage.current(session, decision.job_id)
    tags = {"dagster/data_version": current.review.data_version} if current.review else {}
    with open_instance(home) as instance:
        instance.report_runless_asset_event(
            dg.AssetMaterialization(
                asset_key="reviews",
                partition=str(decision.job_id),
                description=f"{VERDICTS[decision.verdict]} by {decision.actor}: {decision.reason}",
                metadata={
                    "decision_id": decision.id,
                    "verdict": decision.verdict,
                    "actor": decision.actor,
                    "reason": decision.reason,
                    "video_id": decision.video_id,
                    "video_sha256": decision.video_sha256,
                    "file": str(path),
                },
                tags=tags,
            )
        )
