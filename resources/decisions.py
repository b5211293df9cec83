"""A person's verdict on a reviewed video.

Belongs here: the rules under which a decision may be written. Not here: moving files (`output_view.py`).
"""

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from reelineage import lineage
from reelineage.documents import Review as ReviewDocument
from reelineage.documents import StandIn
from reelineage.errors import BadInput, Conflict, NotFound
from reelineage.explain import explain
from reelineage.family import Ref, stand_ins_behind
from reelineage.models import Decision, Job, Review, Video
from reelineage.rights.bill_of_materials import unknown_licences
from reelineage.takedown.withdrawal import is_withdrawn, told
from reelineage.text import clean_text
from reelineage.theme import Theme
from resources.database import Database
from resources.takedown.lock import hold_takedowns

VERDICTS = {"approve": "approved", "reject": "rejected"}
_SHOWN_ITEMS = 5


def decide(  # noqa: PLR0913 — what a decision says, all by name
    database: Database,
    job_id: int,
    *,
    verdict: str,
    reason: str,
    actor: str,
    allow_demo: bool = False,
    video_id: int | None = None,
    video_sha256: str | None = None,
) -> Decision:
    """Write a decision about the job's current video, bound to its sha256; exactly one of two callers wins.

    `video_id` and `video_sha256` are what the person looked at; a video that changed since refuses the decision.

    Raises:
        BadInput: no reason is given.
        NotFound: there is no such job.
        Conflict: there is no current reviewed video, it is decided already, or it changed; for an approval also: it or
            something it was made from was taken down, it holds demo material, or a licence is unknown.
    """
    doing = f"Deciding on job {job_id}"
    text = clean_text(reason, max_characters=2000)
    if not any(character.isprintable() and not character.isspace() for character in text):
        raise BadInput(f"{doing}: a reason is needed; give one with --reason.")
    try:
        with database.write() as session:
            locked = session.get(Job, job_id, with_for_update=True)
            hold_takedowns(session)
            job, video, review = _reviewed(session, locked, doing)
            if video_id not in (None, video.id) or video_sha256 not in (None, video.file_sha256):
                raise Conflict(
                    f"{doing}: the video changed since it was shown. Look at video:{video.id} and decide again."
                )
            stand_ins = stand_ins_behind(session, [Ref("video", str(video.id))])
            if verdict == "approve":
                _check_approvable(session, job, video, stand_ins if not allow_demo else (), doing)
            decision = Decision(
                job_id=job_id,
                review_id=review.id,
                video_id=video.id,
                video_sha256=video.file_sha256,
                verdict=verdict,
                reason=text,
                actor=clean_text(actor, max_characters=200) or "unknown",
                demo_allowed=allow_demo and bool(stand_ins),
                decided_at=datetime.now(UTC),
            )
            session.add(decision)
            session.flush()
            job.state, job.updated_at = VERDICTS[verdict], datetime.now(UTC)
            return decision
    except IntegrityError as error:
        raise Conflict(f"{doing}: the video was decided by somebody else just now. Nothing was changed.") from error


def approve_if_theme_says(database: Database, job_id: int) -> Decision | None:
    """Approve a waiting video whose theme says `approval: auto`, unless a finding or a stand-in stands against it."""
    with database.read() as session:
        job = session.get(Job, job_id)
        current = lineage.current(session, job_id)
        if job is None or job.state != "awaiting_review" or not current.video or not current.review:
            return None
        if current.review.document is None or is_withdrawn(session, current.video.id):
            return None
        stand_ins = stand_ins_behind(session, [Ref("video", str(current.video.id))])
        unknown = _unknown_licences(session, job, current.video)
    found = ReviewDocument.model_validate(current.review.document)
    if Theme.model_validate(job.theme).approval != "auto" or found.recommendation != "approve" or stand_ins or unknown:
        return None
    return decide(
        database, job_id, verdict="approve", reason="approval: auto, and nothing stands against it", actor="theme"
    )


def _check_approvable(session: Session, job: Job, video: Video, stand_ins: tuple[StandIn, ...], doing: str) -> None:
    """Refuse what must not be delivered, asking the tables and not only the review: either may be older than the other.

    Raises:
        Conflict: names the take-down, the stand-ins or the works without a known licence.
    """
    if tombstone := is_withdrawn(session, video.id):
        raise Conflict(
            f"{doing}: video:{video.id} or something it was made from was {told(tombstone)} (tombstone:{tombstone.id}, "
            f"by {tombstone.actor}). It can only be rejected."
        )
    if stand_ins:
        raise Conflict(
            f"{doing}: the video has {' and '.join(stand_ins)} material among its sources. "
            "Approve it with --allow-demo if that is meant."
        )
    if unknown := _unknown_licences(session, job, video):
        raise Conflict(
            f"{doing}: the licence of {', '.join(unknown[:_SHOWN_ITEMS])} is unknown. Name it in the theme and make "
            "the video again; `allow_unknown_licences: true` in the theme lets it pass."
        )


def _unknown_licences(session: Session, job: Job, video: Video) -> list[str]:
    """The outside works behind a video whose licence nobody knows, unless its theme allows that."""
    if Theme.model_validate(job.theme).allow_unknown_licences:
        return []
    lines = unknown_licences(explain(session, [Ref("video", str(video.id))]))
    return [f"the {line.kind} {line.title}" for line in lines]


def _reviewed(session: Session, job: Job | None, doing: str) -> tuple[Job, Video, Review]:
    if job is None:
        raise NotFound(f"{doing}: there is no such job. `reelineage review list` shows what waits.")
    current = lineage.current(session, job.id)
    if current.video is None or current.review is None:
        raise Conflict(
            f"{doing}: it has no finished video yet (it is {job.state}). `reelineage jobs show {job.id}` tells more."
        )
    if job.active_run is not None:
        raise Conflict(f"{doing}: run {job.active_run} is working on it. Decide when it is done.")
    known = session.scalar(select(Decision).where(Decision.video_id == current.video.id))
    if known is not None:
        raise Conflict(
            f"{doing}: video:{current.video.id} was {VERDICTS[known.verdict]} by {known.actor} on "
            f"{known.decided_at:%Y-%m-%d %H:%M} UTC. A decision is never changed."
        )
    return job, current.video, current.review
