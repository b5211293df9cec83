"""`/api/videos/{video_id}`: one video with its review and what was decided, and deciding.

Belongs here: the routes and what they take. Not here: what they tell (`video_values.py`), the rules of a decision
(`resources/decisions.py`), the files themselves (`console/web/pages/media.py`).
"""

from typing import Annotated

from fastapi import Depends, Request, Response
from pydantic import Field

from console.acts import Acts
from console.web.api.answers import done, tagged
from console.web.api.once import AtMostOnce, Once
from console.web.api.problems import changing, reading
from console.web.api.strictness import strict_router
from console.web.api.values import Value, VideoId
from console.web.api.video_values import VideoDetail, video_detail
from console.web.guard import needs
from console.web.parts import TheActs, TheHome
from reelineage.documents import Sha256
from resources.access import Principal, Role
from resources.home import Home
from resources.video_states import video_state

router = strict_router("videos")
Reviewer = Annotated[Principal, Depends(needs(Role.REVIEWER))]
Reason = Annotated[str, Field(min_length=1, max_length=2000, description="Why; it stays with the decision.")]
Shown = Annotated[Sha256, Field(description="The file_sha256 of the video that was looked at.")]


class Approval(Value):
    """Yes to the video that was shown."""

    reason: Reason
    video_sha256: Shown
    allow_demo: bool = Field(
        default=False, strict=True, description="Approve although demo or fallback material is in it."
    )


class Rejection(Value):
    """No to the video that was shown."""

    reason: Reason
    video_sha256: Shown


@router.get("/videos/{video_id}", response_model=VideoDetail, responses=reading(404))
def video(
    request: Request, home: TheHome, _: Annotated[Principal, Depends(needs(Role.VIEWER))], video_id: VideoId
) -> Response:
    """One video with its review and what was decided."""
    return tagged(request, _told(home, video_id))


@router.post("/videos/{video_id}/approve", response_model=VideoDetail, responses=changing(404))
def approve(
    home: TheHome, acts: TheActs, who: Reviewer, video_id: VideoId, order: Approval, once: AtMostOnce
) -> Response:
    """Approve the video that was shown; another one by now refuses it. Needs a reviewer."""
    return _decided(home, acts, video_id, who, order, once)


@router.post("/videos/{video_id}/reject", response_model=VideoDetail, responses=changing(404))
def reject(
    home: TheHome, acts: TheActs, who: Reviewer, video_id: VideoId, order: Rejection, once: AtMostOnce
) -> Response:
    """Reject the video that was shown; another one by now refuses it. Needs a reviewer."""
    return _decided(home, acts, video_id, who, order, once)


def _decided(
    home: Home, acts: Acts, video_id: int, who: Principal, order: Approval | Rejection, once: Once
) -> Response:
    def act() -> Response:
        with home.database.read() as session:
            job_id = video_state(session, video_id).video.job_id
        acts.decide(
            job_id,
            verdict="approve" if isinstance(order, Approval) else "reject",
            reason=order.reason,
            actor=who.name,
            allow_demo=isinstance(order, Approval) and order.allow_demo,
            video_id=video_id,
            video_sha256=order.video_sha256,
        )
        return done(_told(home, video_id))

    return once(act)


def _told(home: Home, video_id: int) -> VideoDetail:
    with home.database.read() as session:
        return video_detail(session, video_id)
