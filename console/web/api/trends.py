"""`/api/trends/latest`: what is rising, as the newest analysis found it, with the rows that it rests on."""

from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request, Response
from pydantic import Field

from console.web.api.answers import tagged
from console.web.api.problems import reading
from console.web.api.strictness import strict_router
from console.web.api.values import Value
from console.web.guard import needs
from console.web.parts import TheHome
from reelineage.documents import Sha256
from reelineage.documents import TrendAnalysis as AnalysisDocument
from resources.access import Principal, Role
from resources.trend_analyses import evidence_rows, newest_analysis

router = strict_router("trends")


class Trends(Value):
    """An analysis. Each statement, topic and item names its evidence by key."""

    id: int
    job_id: int
    version: int
    created_at: datetime
    data_version: Sha256
    analysis: AnalysisDocument
    evidence: dict[str, str] = Field(
        description="The row behind each evidence key, as lineage names it.",
        examples=[{"youtube/abc@2026-11-22T07:00:00Z": "trend_observation:12"}],
    )


@router.get("/trends/latest", response_model=Trends, responses=reading(404))
def latest_trends(request: Request, home: TheHome, _: Annotated[Principal, Depends(needs(Role.VIEWER))]) -> Response:
    """The newest analysis, and the row behind every evidence key in it."""
    with home.database.read() as session:
        row = newest_analysis(session)
        rows = evidence_rows(session, row.id)
    told = Trends(
        id=row.id,
        job_id=row.job_id,
        version=row.version,
        created_at=row.created_at,
        data_version=row.data_version,
        analysis=AnalysisDocument.model_validate(row.document),
        evidence={key: f"trend_observation:{number}" for key, number in rows.items()},
    )
    return tagged(request, told)
