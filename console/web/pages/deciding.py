"""Approving and rejecting from the job page: the form names the file that was looked at, the session names the person.

Belongs here: the form and what a refusal looks like. Not here: the rules (`resources/decisions.py`), what follows from
a decision (`console/acts.py`).
"""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Request
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse, Response

from console.acts import Acts
from console.web.guard import needs
from console.web.pages.job_page import Refused, job_page
from console.web.parts import TheActs, TheHome
from console.web.refusals import status_of
from console.web.row_ids import RowNumber
from reelineage.documents import Sha256
from reelineage.errors import BadInput, NotFound
from resources.access import Principal, Role
from resources.home import Home

router = APIRouter(prefix="/jobs")
Reviewer = Annotated[Principal, Depends(needs(Role.REVIEWER))]


class DecisionForm(BaseModel):
    """What the buttons carry: the video and the file that were shown, and what was typed."""

    video_id: Annotated[int, Field(ge=1, lt=2**63)]
    video_sha256: Sha256
    reason: Annotated[str, Field(max_length=4_000)] = ""
    allow_demo: bool = False


@router.post("/{job_id}/approve")
def approve(
    request: Request,
    home: TheHome,
    acts: TheActs,
    who: Reviewer,
    job_id: RowNumber,
    form: Annotated[DecisionForm, Form()],
) -> Response:
    """Approve exactly the video that was shown."""
    return _decide(request, home, acts, job_id, "approve", form, actor=who.name)


@router.post("/{job_id}/reject")
def reject(
    request: Request,
    home: TheHome,
    acts: TheActs,
    who: Reviewer,
    job_id: RowNumber,
    form: Annotated[DecisionForm, Form()],
) -> Response:
    """Reject exactly the video that was shown."""
    return _decide(request, home, acts, job_id, "reject", form, actor=who.name)


def _decide(
    request: Request,
    home: Home,
    acts: Acts,
    job_id: int,
    verdict: Literal["approve", "reject"],
    form: DecisionForm,
    *,
    actor: str,
) -> Response:
    """Decide, and go back to the page; when refused, the page as it is now, with why, and with what was typed."""
    try:
        acts.decide(
            job_id,
            verdict=verdict,
            reason=form.reason,
            actor=actor,
            allow_demo=form.allow_demo,
            video_id=form.video_id,
            video_sha256=form.video_sha256,
        )
    except NotFound:
        raise
    except BadInput as error:
        typed = {"reason": form.reason} | ({"allow_demo": "on"} if form.allow_demo else {})
        refused = Refused(verdict, str(error), typed)
        return job_page(request, home, job_id, status_code=status_of(error), refused=refused)
    return RedirectResponse(f"/jobs/{job_id}", 303)
