"""`/api/costs`: what was asked of providers, taken apart by one thing; as `reelineage costs --json` tells it."""

from typing import Annotated

from fastapi import Depends, Query, Request, Response
from pydantic import Field

from console.web.api.answers import tagged
from console.web.api.moments import Moment
from console.web.api.problems import reading
from console.web.api.strictness import strict_router
from console.web.api.values import CostSum, RowNumber, Value
from console.web.guard import needs
from console.web.parts import TheHome
from reelineage.errors import BadInput
from resources.access import Principal, Role
from resources.cost_groups import By
from resources.costs import costs as add_up

router = strict_router("costs")


class CostPart(CostSum):
    """One part of a sum. By month, free calls are not counted."""

    key: str = Field(description="What its calls have in common.", examples=["2026-11", "job:42"])
    calls: int


class Costs(Value):
    """A sum, and its parts."""

    by: By
    lines: tuple[CostPart, ...]
    calls: int
    total: CostSum
    per_approved_video: CostSum | None = Field(
        description="By video: what one cost on average, all attempts of its job included; null otherwise."
    )


@router.get("/costs", response_model=Costs, responses=reading())
def costs(
    request: Request,
    home: TheHome,
    _: Annotated[Principal, Depends(needs(Role.VIEWER))],
    by: Annotated[By, Query(description="What to take the sum apart by.")] = "month",
    since: Annotated[Moment | None, Query(description="Only calls from this time on.")] = None,
    until: Annotated[Moment | None, Query(description="Only calls before this time.")] = None,
    job_id: Annotated[RowNumber | None, Query(description="Only calls of this job.")] = None,
) -> Response:
    """What the calls of providers cost, failed and ambiguous ones included."""
    if since and until and since >= until:
        raise BadInput("Adding up costs: since lies after until. Give them the other way round.")
    report = add_up(home.database, by, since=since, until=until, job_id=job_id)
    average = report.per_approved_video
    told = Costs(
        by=report.by,
        lines=tuple(CostPart(key=line.key, calls=line.calls, **dict(CostSum.of(line.cost))) for line in report.lines),
        calls=report.calls,
        total=CostSum.of(report.total),
        per_approved_video=CostSum.of(average) if average else None,
    )
    return tagged(request, told)
