"""`/api/jobs`: the list, one job, retry, cancel, and changes of a script.

Belongs here: the routes, thin. Not here: making a job (`generate.py`), the graph (`lineage.py`), what a job tells
(`job_values.py`), the rules (`resources/`).
"""

from dataclasses import asdict, dataclass
from typing import Annotated

from fastapi import Depends, Query, Request, Response
from pydantic import Field

from console.web.api.answers import address, done, tagged
from console.web.api.job_values import JobDetail, Jobs, JobSummary, Stage, State, job_detail
from console.web.api.once import AtMostOnce
from console.web.api.problems import changing, reading
from console.web.api.strictness import strict_router
from console.web.api.values import JobId, RowNumber, Value
from console.web.guard import needs
from console.web.parts import TheActs, TheHome
from reelineage.editing import MOST_CHANGES, Change
from resources.access import Principal, Role
from resources.home import Home
from resources.job_cards import MOST_CARDS, MOST_TEXT, list_jobs

router = strict_router("jobs")
Viewer = Annotated[Principal, Depends(needs(Role.VIEWER))]
Reviewer = Annotated[Principal, Depends(needs(Role.REVIEWER))]
Operator = Annotated[Principal, Depends(needs(Role.OPERATOR))]

# no database looks for NUL
Words = Annotated[str, Field(min_length=1, max_length=MOST_TEXT, pattern=r"^[^\x00]+$")]


@dataclass(frozen=True)
class Wanted:
    """Which jobs a list has."""

    state: State | None = None
    stage: Stage | None = None
    theme: Annotated[Words | None, Query(description="The theme's whole name.")] = None
    text: Annotated[Words | None, Query(description="In titles, themes and errors.")] = None
    after: Annotated[RowNumber | None, Query(description="Go on after this job: only older ones.")] = None
    limit: Annotated[int, Query(ge=1, le=MOST_CARDS, description="How many at most.")] = 50


class EditOrder(Value):
    """Changes of the script that was shown."""

    script_id: RowNumber = Field(strict=True, description="The script version that was looked at.", examples=[1])
    changes: tuple[Change, ...] = Field(min_length=1, max_length=MOST_CHANGES)
    reason: Annotated[str, Field(max_length=2000)] | None = None


class Edited(Value):
    """The script version that an edit caused; the job is queued, and what depends on it is made again."""

    edit_id: int
    script_id: int
    version: int
    job: JobDetail


@router.get("/jobs", response_model=Jobs, responses=reading())
def jobs(request: Request, home: TheHome, _: Viewer, wanted: Annotated[Wanted, Depends()]) -> Response:
    """List jobs, the newest first, paged by key: `next` (and the Link header) lead to the older ones.

    With `text`, or two filters at once, one page looks through the next 20,000 jobs: it may hold few or none, and still
    have a next one.
    """
    asked = asdict(wanted)
    with home.database.read() as session:
        page = list_jobs(session, before=asked.pop("after"), **asked)
    following = None if page.next is None else address("/api/jobs", **(asked | {"after": page.next}))
    link = {} if following is None else {"Link": f'<{following}>; rel="next"'}
    return tagged(request, Jobs(jobs=tuple(map(JobSummary.of, page.cards)), next=following), **link)


@router.get("/jobs/{job_id}", response_model=JobDetail, responses=reading(404))
def job(request: Request, home: TheHome, _: Viewer, job_id: JobId) -> Response:
    """One job with what was asked for, its cost and the rows that count now."""
    return tagged(request, _detail(home, job_id))


@router.post("/jobs/{job_id}/retry", response_model=JobDetail, responses=changing(404))
def retry(home: TheHome, _: Operator, job_id: JobId, once: AtMostOnce) -> Response:
    """Put a stopped job back into the queue; it goes on at the first asset that is missing. Needs an operator."""

    def act() -> Response:
        if home.queue.retry(job_id).state != "queued":
            home.output.sync(job_id)  # its worker died after the last row: all is made
        return done(_detail(home, job_id))

    return once(act)


@router.post("/jobs/{job_id}/cancel", response_model=JobDetail, responses=changing(404))
def cancel(home: TheHome, acts: TheActs, _: Operator, job_id: JobId, once: AtMostOnce) -> Response:
    """Stop a job; what was finished is kept, and a retry goes on from there. Needs an operator."""

    def act() -> Response:
        acts.cancel(job_id)
        return done(_detail(home, job_id))

    return once(act)


@router.post("/jobs/{job_id}/edits", response_model=Edited, status_code=201, responses=changing(404))
def edit(home: TheHome, acts: TheActs, who: Reviewer, job_id: JobId, order: EditOrder, once: AtMostOnce) -> Response:
    """Change the current script; only what depends on the change is made again. Needs a reviewer."""

    def act() -> Response:
        made, script = acts.edit(
            job_id, script_id=order.script_id, changes=order.changes, actor=who.name, reason=order.reason
        )
        told = Edited(edit_id=made.id, script_id=script.id, version=script.version, job=_detail(home, job_id))
        return done(told, location=f"/api/jobs/{job_id}")

    return once(act)


def _detail(home: Home, job_id: int) -> JobDetail:
    with home.database.read() as session:
        return job_detail(session, job_id)
