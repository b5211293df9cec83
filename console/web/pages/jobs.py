"""The list of jobs, and what an operator does to one of them from there: retry and cancel.

Belongs here: routes and what the list is asked for. Not here: finding jobs (`resources/job_cards.py`), ordering a video
(`ordering.py`), one job in full, what goes on as it happens (`events.py`).
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated, Final, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query, Request
from pydantic import AfterValidator, BaseModel, Field
from starlette.responses import HTMLResponse, RedirectResponse, Response

from console.web.guard import Asker, needs
from console.web.parts import TheActs, TheHome
from console.web.row_ids import RowNumber
from console.web.templating import environment, render
from reelineage.errors import BadInput, NotFound
from reelineage.lineage import STAGES
from reelineage.models import JOB_STATES
from resources.access import Principal, Role
from resources.home import Home
from resources.job_cards import MOST_TEXT, JobCard, cards_of, list_jobs, states_of

router = APIRouter()
ON_A_PAGE: Final = 30
STAGE_NAMES: Final = tuple(dict.fromkeys(STAGES.values()))
_NO_NUL: Final = r"^[^\x00]*$"  # PostgreSQL takes none, not even to compare with
Back = Annotated[Literal["list", "job"], Form()]


def _one_of(what: str, known: tuple[str, ...]) -> Callable[[str], str]:
    def check(value: str) -> str:
        if value and value not in known:
            raise BadInput(f"Looking for jobs: there is no {what} {value[:40]!r}. Choose one of {', '.join(known)}.")
        return value

    return check


class Asked(BaseModel, frozen=True):
    """What the list is asked for; empty means any."""

    state: Annotated[str, AfterValidator(_one_of("state", JOB_STATES))] = ""
    stage: Annotated[str, AfterValidator(_one_of("stage", STAGE_NAMES))] = ""
    theme: Annotated[str, Field(max_length=400, pattern=_NO_NUL)] = ""
    text: Annotated[str, Field(max_length=MOST_TEXT, pattern=_NO_NUL)] = ""
    before: Annotated[int | None, Field(ge=1, lt=10**18)] = None

    @property
    def any(self) -> bool:
        """Whether anything is filtered out."""
        return bool(self.state or self.stage or self.theme or self.text)

    def address(self, *, before: int | None = None, state: str | None = None) -> str:
        """The list with the same filters, from the newest or from `before`, perhaps in another state."""
        wanted = {
            "state": self.state if state is None else state,
            "stage": self.stage,
            "theme": self.theme,
            "text": self.text,
            "before": before,
        }
        query = urlencode({name: value for name, value in wanted.items() if value})
        return f"/jobs?{query}" if query else "/jobs"


@router.get("/")
def home_page() -> Response:
    """Where people come in."""
    return RedirectResponse("/jobs", HTTPStatus.SEE_OTHER)


@router.get("/jobs")
def jobs(request: Request, home: TheHome, who: Asker, asked: Annotated[Asked, Query()]) -> Response:
    """One page of the list, newest first."""
    with home.database.read() as session:
        page = list_jobs(
            session,
            state=asked.state or None,
            stage=asked.stage or None,
            theme=asked.theme.strip() or None,
            text=asked.text.strip() or None,
            before=asked.before,
            limit=ON_A_PAGE,
        )
        counts = states_of(session)
    return render(
        request,
        "jobs.html",
        title="Jobs",
        page=page,
        asked=asked,
        counts=counts,
        states=JOB_STATES,
        stages=STAGE_NAMES,
        may_act=may_act(request, who),
    )


@router.get("/jobs/{job_id}/card")
def card(request: Request, home: TheHome, who: Asker, job_id: RowNumber) -> Response:
    """One card by itself: how a job is now."""
    return HTMLResponse(_card_of(request, home, who, job_id))


@router.post("/jobs/{job_id}/retry", dependencies=[Depends(needs(Role.OPERATOR))])
def retry(request: Request, home: TheHome, who: Asker, job_id: RowNumber, back: Back = "job") -> Response:
    """Put a stopped job back into the queue."""
    if home.queue.retry(job_id).state != "queued":
        home.output.sync(job_id)  # it was complete: its video only had to be put where people look
    return _after(request, home, who, job_id, back)


@router.post("/jobs/{job_id}/cancel", dependencies=[Depends(needs(Role.OPERATOR))])
def cancel(
    request: Request, home: TheHome, acts: TheActs, who: Asker, job_id: RowNumber, back: Back = "job"
) -> Response:
    """Stop a job; what was finished is kept."""
    acts.cancel(job_id)
    return _after(request, home, who, job_id, back)


def may_act(request: Request, who: Principal) -> bool:
    """Whether to offer what an operator does."""
    return who.role.covers(Role.OPERATOR) and not request.app.state.options.read_only


def card_html(shown: JobCard, *, may_act: bool) -> str:
    """A card as the list has it."""
    return environment().get_template("job_card.html").render(card=shown, may_act=may_act)


def _after(request: Request, home: Home, who: Principal, job_id: int, back: str) -> Response:
    """The changed card for a script that asked; the page that people came from for everybody else."""
    if "HX-Request" in request.headers:
        return HTMLResponse(_card_of(request, home, who, job_id))
    return RedirectResponse(f"/jobs#job-{job_id}" if back == "list" else f"/jobs/{job_id}", HTTPStatus.SEE_OTHER)


def _card_of(request: Request, home: Home, who: Principal, job_id: int) -> str:
    with home.database.read() as session:
        found = cards_of(session, [job_id])
    if not found:
        raise NotFound(f"Looking for job {job_id}: there is no such job. `/jobs` lists those that exist.")
    return card_html(found[0], may_act=may_act(request, who))
