"""`reelineage costs`: what was paid, taken apart by one thing; unknown prices are said to be unknown."""

import json
from datetime import datetime

import click

from console.commands.job_id import JOB_ID
from console.moments import MOMENT
from console.tables import as_csv
from reelineage.errors import BadInput
from resources.cost_groups import BY, By
from resources.costs import Cost, CostReport
from resources.costs import costs as add_up
from resources.home import existing_home

_MOST_LINES = 100  # on a screen; --json and --csv have all
_COLUMNS = ("calls", "known_usd", "unknown_calls")


@click.command()
@click.option("--by", type=click.Choice(BY), default="month", show_default=True, help="What to take the sum apart by.")
@click.option("--since", type=MOMENT, help="Only calls from this moment on, such as 2026-11-01.")
@click.option("--until", type=MOMENT, help="Only calls before this moment.")
@click.option("--job", "job_id", type=JOB_ID, help="Only calls of this job.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else on stdout.")
@click.option("--csv", "csv", is_flag=True, help="Print CSV.")
def costs(
    by: By, since: datetime | None, until: datetime | None, job_id: int | None, *, as_json: bool, csv: bool
) -> None:
    """What the calls of providers cost, failed and ambiguous ones included. By month, free calls are not counted."""
    if as_json and csv:
        raise BadInput("Printing costs: --json and --csv exclude each other; give one.")
    if since and until and since >= until:
        raise BadInput("Adding up costs: --since lies after --until. Give them the other way round.")
    report = add_up(existing_home().database, by, since=since, until=until, job_id=job_id)
    if as_json:
        click.echo(json.dumps(_as_json(report), indent=1))
    elif csv:
        rows = ([line.key, line.calls, _usd(line.cost), line.cost.unknown_calls] for line in report.lines)
        click.echo(as_csv((by, *_COLUMNS), rows))
    else:
        click.echo(_as_text(report))


def _as_text(report: CostReport) -> str:
    shown = report.lines[-_MOST_LINES:]  # the newest jobs, videos and months come last
    keys = [*(line.key for line in shown), "total"]
    width = max(map(len, keys))
    told = [f"… {len(report.lines) - len(shown):,} more before these"] if len(shown) < len(report.lines) else []
    told += [f"{line.key:<{width}}  {line.calls:>9,} calls  {line.cost.display}" for line in shown]
    told.append(f"{'total':<{width}}  {report.calls:>9,} calls  {report.total.display}")
    if report.by == "month":
        told.append("Free calls are left out by month; --by stage counts them.")
    if average := report.per_approved_video:
        told.append(f"An approved video cost {average.display} on average, all attempts of its job included.")
    return "\n".join(told)


def _as_json(report: CostReport) -> dict[str, object]:
    average = report.per_approved_video
    return {
        "by": report.by,
        "lines": [{"key": line.key, "calls": line.calls} | _cost(line.cost) for line in report.lines],
        "calls": report.calls,
        "total": _cost(report.total),
        "per_approved_video": _cost(average) if average else None,
    }


def _cost(cost: Cost) -> dict[str, object]:
    """Exact in billionths of a dollar; `usd` is null when a price is unknown, since the sum is then a lower bound."""
    return {"usd": cost.usd, "known_nanousd": cost.known_nanousd, "unknown_calls": cost.unknown_calls}


def _usd(cost: Cost) -> str:
    return f"{cost.known_nanousd / 1e9:.9f}"
