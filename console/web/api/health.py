"""`/health` for load balancers and people with a terminal, `/metrics` for Prometheus.

Belongs here: both answers. Not here: the probes (`resources/health`), the page (`pages/health.py`).
"""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse, Response

from console.web.guard import needs
from console.web.metrics import Metrics
from console.web.parts import TheWatcher
from resources.access import Role
from resources.health.readings import Status, overall

router = APIRouter(tags=["health"])


class HealthReading(BaseModel):
    """What one probe saw."""

    model_config = ConfigDict(frozen=True)

    name: str = Field(description="What people call it, such as `daemon SENSOR`")
    probe: str = Field(description="The kind of thing that was looked at")
    subject: str | None = Field(description="Which one, where there are several of a kind")
    status: Status
    seen: str = Field(description="One sentence for people")
    advice: str | None = Field(description="What to do next, null when there is nothing to do")
    value: float | None = Field(description="What was measured, in `unit`")
    unit: Literal["seconds", "bytes", "jobs"] | None
    counts: dict[str, int] | None = Field(description="Of jobs: how many are in each state")


class Health(BaseModel):
    """How the installation is. Strangers see the status alone."""

    model_config = ConfigDict(frozen=True)

    status: Literal["ok", "degraded", "bad"] = Field(
        description="`bad` (503) when database, storage or disk cannot be used; `degraded` when anything else is amiss"
    )
    readings: list[HealthReading] | None = Field(
        default=None, description="One per thing probed; needs the role viewer"
    )


@router.get(
    "/health",
    response_model=Health,
    response_model_exclude_unset=True,
    responses={503: {"model": Health, "description": "The console cannot work now"}},
)
def health(request: Request, watcher: TheWatcher) -> Response:
    """Whether this console can do its work; readings are at most 5 seconds old."""
    readings = watcher.readings()
    status = overall(readings)
    body: dict[str, object] = {"status": status}
    if request.scope["state"].get("principal") is not None:
        body["readings"] = [reading.as_json() for reading in readings]
    return JSONResponse(body, 503 if status == "bad" else 200)


async def metrics_of(request: Request) -> Metrics:
    """The numbers of this application."""
    metrics: Metrics = request.app.state.metrics
    return metrics


@router.get(
    "/metrics",
    dependencies=[Depends(needs(Role.VIEWER))],
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
def metrics(found: Annotated[Metrics, Depends(metrics_of)]) -> Response:
    """Everything that is counted, as Prometheus scrapes it."""
    return Response(found.text(), headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})
