"""`/api/jobs/{job_id}/lineage`: what a job's result was made from, or what was made from its beginnings.

Belongs here: the route, and the shape of the graph for the API's document. Not here: the walk (`console/asking.py`),
the JSON (`console/showing/data.py`): it is the one of `reelineage lineage --format json`.
"""

from typing import Annotated, Literal

from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from console.asking import ask
from console.showing.data import as_json
from console.web.api.answers import tagged
from console.web.api.moments import Moment
from console.web.api.problems import reading
from console.web.api.strictness import strict_router
from console.web.api.values import JobId
from console.web.guard import needs
from console.web.parts import TheHome
from reelineage import lineage as rules
from resources.access import Principal, Role

router = strict_router("lineage")


class Node(BaseModel):
    """A row with its columns, whichever its table has; large ones are left out."""

    model_config = ConfigDict(extra="allow")

    ref: str = Field(examples=["video:7"])
    stage: str = Field(description="One of the five stages, `outside works` or `files`.")
    taken_down: object = Field(None, description="When its content was taken down.")
    withdrawn: object = Field(None, description="When something that it was made from was taken down.")


class Edge(BaseModel):
    """What one row was made from."""

    child: str = Field(alias="from")
    made_from: str


class Delivered(BaseModel):
    """A video as people have it."""

    video: str
    title: str
    state: Literal["approved", "rejected", "undecided"]
    path: str | None = Field(description="Under the home; null when there is no file.")


class Graph(BaseModel):
    """Rows and what they were made from. Downwards it also counts, and lists the files that people have."""

    starts: list[str]
    nodes: list[Node]
    edges: list[Edge]
    counts: dict[str, int] | None = None
    delivered: list[Delivered] | None = None


@router.get("/jobs/{job_id}/lineage", response_model=Graph, responses=reading(404))
def lineage(
    request: Request,
    home: TheHome,
    _: Annotated[Principal, Depends(needs(Role.VIEWER))],
    job_id: JobId,
    direction: Annotated[
        Literal["up", "down"],
        Query(description="up: what the result was made from. down: what its trends led to."),
    ] = "up",
    as_of: Annotated[Moment | None, Query(description="As it stood at this time.")] = None,
) -> Response:
    """The whole graph of one job; without nodes while nothing was made."""
    home.queue.get(job_id)
    with home.database.read() as session:
        current = rules.current(session, job_id)
    if not any(current.rows(asset) for asset in rules.ASSETS):
        return tagged(request, {"starts": [], "nodes": [], "edges": []})
    return tagged(request, as_json(ask(home, f"job:{job_id}", down=direction == "down", as_of=as_of)))
