"""`reelineage takedown`: what a reference takes with it, and taking it down.

Belongs here: the list, the question and the order of the steps. Not here: the policy (`reelineage/takedown/`), the
steps (`resources/takedown`), how references are read (`resources/recognition.py`).
"""

import getpass
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import click

from console.dagster_home import open_instance
from pipeline_assets.run_history import forget_runs, stop_runs
from reelineage.errors import BadInput
from reelineage.family import Ref
from reelineage.takedown.plan import AffectedVideo, Plan
from reelineage.text import clean_text
from resources.home import Home, open_home
from resources.recognition import recognise
from resources.takedown.execution import VERDICTS, TakenDown, at_work, listed, withdraw
from resources.takedown.expiry import empty_due
from resources.takedown.files import finish, sweep

_SHOWN = 20


@click.command()
@click.argument("references", metavar="REF...", nargs=-1)
@click.option("--reason", help="Why; kept with the tombstone for ever. Needed unless nothing is to be changed.")
@click.option("--actor", default=getpass.getuser, show_default="your user name", help="Who takes it down.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--dry-run", is_flag=True, help="List what would go and change nothing.")
@click.option("--expired", is_flag=True, help="Instead of REF: what the terms of a source want deleted by now.")
@click.option("--sweep", "only_sweep", is_flag=True, help="Instead of REF: finish take-downs that were cut short.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else on stdout.")
def takedown(  # noqa: PLR0913 — the command's options, all by name
    references: tuple[str, ...], *, reason: str | None, actor: str, yes: bool, dry_run: bool, expired: bool,
    only_sweep: bool, as_json: bool,
) -> None:  # fmt: skip
    """Withdraw REF (as video:7, media:pexels/123, a sha256 or a file), and delete it with all that was made from it.

    It cannot be undone. Ids, hashes, times and the reason stay, and nothing that was made from it can be approved or
    delivered any more.
    """
    if bool(references) + expired + only_sweep != 1:
        raise click.UsageError("Give one or more REF, or --expired, or --sweep.")
    home = open_home()
    if only_sweep:
        _finish(
            home, [], [f"{sweep(home, everything=True):,} files that earlier take-downs left were deleted."], as_json
        )
    elif expired:
        taken = empty_due(home, datetime.now(UTC), actor=actor)
        said = [f"tombstone:{done.tombstone.id}: {done.tombstone.reason}" for done in taken]
        _finish(home, taken, said or ["Nothing is due."], as_json)
    else:
        _take_down(home, references, reason=reason, actor=actor, yes=yes, dry_run=dry_run, as_json=as_json)


def _take_down(
    home: Home, references: Sequence[str], *, reason: str | None, actor: str, yes: bool, dry_run: bool, as_json: bool
) -> None:
    refs = sorted({ref for text in references for ref in _recognised(home, text, sure=yes)})
    plan = listed(home.database, refs)
    only_look = dry_run or plan.is_empty
    if not as_json:
        click.echo("\n".join(_lines(home, plan, at_work(home.database, plan))))
    elif only_look:
        click.echo(json.dumps(_as_json(home, plan)))
    if only_look:
        return
    if reason is None:
        raise BadInput("Taking down: a reason is needed; give one with --reason, or only look with --dry-run.")
    if not yes:
        click.confirm("This cannot be undone. Go on?", abort=True, err=True)
    taken = withdraw(home.database, refs, plan, reason=reason, actor=actor)
    _finish(home, [taken], [f"Taken down as tombstone:{taken.tombstone.id}."], as_json)


def _recognised(home: Home, text: str, *, sure: bool) -> Sequence[Ref]:
    """What a text means; with `sure` nobody is asked, so a file that merely looks like a video is refused."""
    found = recognise(home, text)
    if found.how in ("reference", "hash"):
        return found.refs
    said = clean_text(found.sentence, max_characters=500)
    if sure and found.how == "fingerprint":
        names = ", ".join(str(ref) for ref in found.refs[:_SHOWN])
        raise BadInput(f"Taking down {text[:200]}: {said} Looks can deceive: name {names} itself, or leave --yes out.")
    click.echo(said, err=True)
    return found.refs


def _finish(home: Home, taken: Sequence[TakenDown], said: Sequence[str], as_json: bool) -> None:  # noqa: FBT001 — the command's own flag
    """Stop runs, delete files and run histories, and tell what is still to come."""
    with open_instance(home) as instance:
        cleaned = finish(home, taken, lambda run_ids: stop_runs(instance, run_ids))
        runs = {run_id for done in taken for run_id in done.plan.runs}
        deleted, running = forget_runs(instance, home, runs if taken else None)
    whole = cleaned and not running
    if as_json:
        plans = [_as_json(home, done.plan) | {"tombstone": done.tombstone.id} for done in taken]
        click.echo(json.dumps({"taken_down": plans, "run_histories_deleted": deleted, "swept": whole}))
        return
    click.echo("\n".join(said))
    if deleted:
        click.echo(f"Dagster's history of {deleted:,} runs that showed it was deleted.")
    if not whole:
        click.echo(
            "A run or reader was still at work: `reelineage takedown --sweep`, or the daily schedule, deletes what it "
            "leaves."
        )


def _lines(home: Home, plan: Plan, running: Sequence[int]) -> list[str]:
    """What would go, for people."""
    if plan.is_empty:
        return [f"All of it is withdrawn and gone already ({_counted(plan.gone)})."]
    lines = [f"Withdrawn: {_some([str(ref) for ref in plan.named]) or 'already'}"]
    lines.append(f"Content goes: {_counted(plan.rows) or 'none'}; {len(plan.files):,} files")
    if plan.shared:
        lines.append(f"Files stay: {len(plan.shared):,}, because other rows or themes use them")
    if plan.gone:
        lines.append(f"Gone already: {_counted(plan.gone)}")
    if plan.blocked:
        lines.append(f"Stays, blocked: {_counted(plan.blocked)}")
    lines.append(f"Jobs: {_some([str(job_id) for job_id in plan.jobs]) or 'none'}")
    if running:
        lines.append(f"Stopped: jobs {_some([str(job_id) for job_id in running])}, which are being made now")
    lines += [_told(home, video) for video in plan.videos[:_SHOWN]]
    if len(plan.videos) > _SHOWN:
        lines.append(f"… and {len(plan.videos) - _SHOWN:,} more videos; --json lists all")
    return [clean_text(line, max_characters=1000) for line in lines]


def _told(home: Home, video: AffectedVideo) -> str:
    decided = "not decided"
    if video.verdict and video.decided_at:
        decided = f"{VERDICTS[video.verdict]} by {video.actor} on {video.decided_at:%Y-%m-%d}"
    return ", ".join([f"video:{video.video_id} of job {video.job_id}", decided, *_delivered(home, video)])


def _delivered(home: Home, video: AffectedVideo) -> list[str]:
    """The video's files in `output/`, as people know them."""
    found = home.output.root.glob(f"*/job-{video.job_id}-video-{video.video_id}.mp4")
    return sorted(str(path) for path in found)


def _counted(refs: Iterable[Ref]) -> str:
    counts = Counter(ref.node for ref in refs)
    return ", ".join(f"{number:,} {node.replace('_', ' ')}" for node, number in sorted(counts.items()))


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _as_json(home: Home, plan: Plan) -> dict[str, Any]:
    return {
        "withdrawn": [str(ref) for ref in plan.named],
        "rows": [str(ref) for ref in plan.rows],
        "fetches": [str(ref) for ref in plan.fetches],
        "files": [*plan.files],
        "shared_files": [*plan.shared],
        "blocked": [str(ref) for ref in plan.blocked],
        "gone": [str(ref) for ref in plan.gone],
        "jobs": [*plan.jobs],
        "videos": [
            {
                "video": f"video:{video.video_id}",
                "job_id": video.job_id,
                "verdict": video.verdict,
                "actor": video.actor,
                "decided_at": video.decided_at.isoformat() if video.decided_at else None,
                "files": _delivered(home, video),
            }
            for video in plan.videos
        ],
    }
