"""A video as the API tells it: its size and files, its review, what was decided, whether it was withdrawn.

Belongs here: the values and how they follow from rows. Not here: routes (`videos.py`), finding the rows
(`resources/video_states.py`).
"""

from datetime import datetime
from typing import Literal

from pydantic import Field
from sqlalchemy.orm import Session

from console.web.api.values import Value
from reelineage.documents import Review as ReviewDocument
from reelineage.documents import Sha256
from reelineage.models import Decision, Review, Tombstone
from resources.video_states import VideoState, video_state


class Verdict(Value):
    """What a person decided. It is void once the job has a newer video."""

    verdict: Literal["approve", "reject"]
    reason: str
    actor: str
    demo_allowed: bool
    decided_at: datetime
    void: bool


class Withdrawal(Value):
    """The take-down that withdrew the video, or what it was made from."""

    tombstone: str = Field(examples=["tombstone:1"])
    reason: str
    actor: str
    created_at: datetime


class Findings(Value):
    """The automatic review."""

    review: str = Field(examples=["review:7"])
    findings: int
    blocking_findings: int
    document: ReviewDocument | None = Field(description="What it found; null when it was taken down.")


class VideoDetail(Value):
    """One video. `file_sha256` is what a decision has to name."""

    id: int
    job_id: int
    version: int
    title: str | None = Field(description="Null when it was taken down.")
    duration_seconds: float
    width: int = Field(description="Pixels.")
    height: int = Field(description="Pixels.")
    script: str = Field(examples=["script:7"])
    voiceover: str = Field(examples=["voiceover:7"])
    run_id: str | None
    created_at: datetime
    data_version: Sha256
    file_sha256: Sha256
    is_current: bool = Field(description="Whether it is its job's video now; only then it can be decided on.")
    review: Findings | None
    decision: Verdict | None
    withdrawn: Withdrawal | None
    files: dict[str, str] = Field(description="Where the MP4, thumbnail and captions are; none when withdrawn.")


def video_detail(session: Session, video_id: int) -> VideoDetail:
    """One video as it stands now.

    Raises:
        NotFound: there is no such video.
    """
    state = video_state(session, video_id)
    row = state.video
    return VideoDetail(
        id=row.id,
        job_id=row.job_id,
        version=row.version,
        title=row.title,
        duration_seconds=row.duration_seconds,
        width=row.width,
        height=row.height,
        script=f"script:{row.script_id}",
        voiceover=f"voiceover:{row.voiceover_id}",
        run_id=row.run_id,
        created_at=row.created_at,
        data_version=row.data_version,
        file_sha256=row.file_sha256,
        is_current=state.is_current,
        review=_findings(state.review),
        decision=_verdict(state.decision, void=not state.is_current),
        withdrawn=_withdrawal(state.withdrawn),
        files=_files(state),
    )


def _findings(review: Review | None) -> Findings | None:
    if review is None:
        return None
    return Findings(
        review=f"review:{review.id}",
        findings=review.finding_count,
        blocking_findings=review.blocking_count,
        document=ReviewDocument.model_validate(review.document) if review.document else None,
    )


def _verdict(decision: Decision | None, *, void: bool) -> Verdict | None:
    if decision is None:
        return None
    told = {name: getattr(decision, name) for name in Verdict.model_fields if name != "void"}
    return Verdict.model_validate(told | {"void": void})


def _withdrawal(tombstone: Tombstone | None) -> Withdrawal | None:
    if tombstone is None:
        return None
    return Withdrawal(
        tombstone=f"tombstone:{tombstone.id}",
        reason=tombstone.reason,
        actor=tombstone.actor,
        created_at=tombstone.created_at,
    )


def _files(state: VideoState) -> dict[str, str]:
    if state.withdrawn is not None:
        return {}
    names = ("video.mp4", "thumbnail", "captions.vtt", "captions.srt")
    return {name: f"/media/videos/{state.video.id}/{name}" for name in names}
