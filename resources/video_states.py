"""How one video stands: its review, what was decided, whether it still counts, whether it was withdrawn.

Belongs here: the questions that an answer about one video needs, in one place. Not here: deciding (`decisions.py`),
lists of jobs (`job_cards.py`).
"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from reelineage import lineage
from reelineage.errors import NotFound
from reelineage.models import Decision, Review, Tombstone, Video
from reelineage.takedown.withdrawal import is_withdrawn


@dataclass(frozen=True)
class VideoState:
    """A video with all that was said of it. A decision about a video that is not current is void."""

    video: Video
    review: Review | None
    decision: Decision | None
    withdrawn: Tombstone | None
    is_current: bool


def video_state(session: Session, video_id: int) -> VideoState:
    """How a video stands now.

    Raises:
        NotFound: there is no such video.
    """
    video = session.get(Video, video_id)
    if video is None:
        raise NotFound(f"Looking for video {video_id}: there is no such video. A job names the one that is current.")
    reviews = select(Review).where(Review.job_id == video.job_id, Review.video_id == video_id)
    current = lineage.current(session, video.job_id).video
    return VideoState(
        video=video,
        review=session.scalars(reviews.order_by(Review.id.desc()).limit(1)).first(),
        decision=session.scalar(select(Decision).where(Decision.video_id == video_id)),
        withdrawn=is_withdrawn(session, video_id),
        is_current=current is not None and current.id == video_id,
    )
