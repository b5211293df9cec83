"""The costs page: what was paid, taken apart by one thing, with the same sums as `reelineage costs`.

Belongs here: the filter form, which lines are shown, how long their bars are. Not here: the sums
(`resources/costs.py`).
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Final, get_args

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from console.moments import parse_moment
from console.web.guard import needs
from console.web.parts import TheHome
from console.web.templating import render
from reelineage.errors import BadInput
from reelineage.lineage import parse_job_id
from resources.access import Role
from resources.cost_groups import BY, By
from resources.costs import CostLine, CostReport, costs
from resources.home import Home

router = APIRouter()
_MOST_LINES: Final = 100
_ADDRESSES: Final = {"job": "/jobs/", "video": "/lineage/video/"}

Typed = Annotated[str, Query(max_length=100)]


@dataclass(frozen=True)
class Bar:
    """A line of the table: its address when it has a page of its own, and its share of the largest line in percent."""

    line: CostLine
    address: str | None
    share: float


@dataclass(frozen=True)
class _Asked:
    """What was typed, read: the wrong fields have a message."""

    by: By
    since: datetime | None
    until: datetime | None
    job_id: int | None
    wrong: dict[str, str]


@router.get("/costs", dependencies=[Depends(needs(Role.VIEWER))])
def page(
    request: Request, home: TheHome, by: Typed = "", since: Typed = "", until: Typed = "", job: Typed = ""
) -> Response:
    """The sums that the form asks for; a field that cannot be read is said beside it, and nothing is summed.

    Unless asked for something else: by month, or by stage while nothing was charged, for months count no free calls.
    """
    asked = _read(by.strip(), since.strip(), until.strip(), job.strip())
    report = _report(home, asked)
    if report and not by.strip() and not report.lines:
        asked = replace(asked, by="stage")
        report = _report(home, asked)
    lines = report.lines if report else ()
    return render(
        request,
        "costs.html",
        status_code=422 if asked.wrong else 200,
        title="Costs",
        nav="costs",
        ways=BY,
        typed={"by": asked.by, "since": since, "until": until, "job": job},
        wrong=asked.wrong,
        report=report,
        bars=_bars(asked.by, lines[-_MOST_LINES:]),
        left_out=max(len(lines) - _MOST_LINES, 0),
    )


def _read(by: str, since: str, until: str, job: str) -> _Asked:
    wrong: dict[str, str] = {}
    chosen: By = next((one for one in get_args(By) if one == by), "month")
    if by and chosen != by:
        wrong["by"] = f"Costs can be taken apart by {', '.join(BY)}."
    moments: dict[str, datetime | None] = {"since": None, "until": None}
    for name, text in (("since", since), ("until", until)):
        try:
            moments[name] = parse_moment(text, name=name) if text else None
        except BadInput as error:
            wrong[name] = str(error)
    begin, end = moments["since"], moments["until"]
    if begin and end and begin >= end:
        wrong["until"] = "This lies before the beginning. Give them the other way round."
    job_id = None
    try:
        job_id = parse_job_id(job) if job else None
    except BadInput as error:
        wrong["job"] = str(error)
    return _Asked(chosen, begin, end, job_id, wrong)


def _report(home: Home, asked: _Asked) -> CostReport | None:
    if asked.wrong:
        return None
    try:
        return costs(home.database, asked.by, since=asked.since, until=asked.until, job_id=asked.job_id)
    except BadInput as error:
        asked.wrong["job"] = str(error)
        return None


def _bars(by: By, lines: tuple[CostLine, ...]) -> list[Bar]:
    most = max((line.cost.known_nanousd for line in lines), default=0)
    found = []
    for line in lines:
        kind, _, number = line.key.partition(":")
        address = f"{_ADDRESSES[kind]}{number}" if by == kind in _ADDRESSES and number.isdecimal() else None
        found.append(Bar(line, address, round(100 * line.cost.known_nanousd / most, 1) if most else 0.0))
    return found
