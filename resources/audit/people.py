"""What people decided, and what they were shown: decisions, the state of their jobs, credentials and fingerprints.

Belongs here: rules about what comes after a review. That a decision names exactly the reviewed file is a foreign key
(`keys.py`); what a take-down forbids is in `tombstones.py`.
"""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Integer,
    Row,
    Select,
    and_,
    case,
    cast,
    func,
    or_,
    select,
    text,
    union,
)
from sqlalchemy.orm import Session, aliased

from reelineage.family import Ref, stand_ins_behind
from reelineage.models import (
    Credential,
    Decision,
    Fingerprint,
    Job,
    ProviderCall,
    Review,
    TrendFetch,
    TrendObservation,
    TrendReportObservation,
    Video,
)
from reelineage.models.jobs import STANDS_IN
from resources.audit.findings import MOST_PER_RULE, Finding

_PAGE = 500


def stand_ins_allowed(session: Session, job_id: int | None) -> Iterator[Finding]:
    """A video with stand-ins among its ancestors was approved knowingly, and only such a one is marked so.

    Both the review and the tables are asked, as at the approval: a stand-in may be unknown to a review that is older.
    The tables only where it matters: of a marked decision whose review lists none, of an unmarked one in a job that
    has any.
    """
    listed = _stand_ins(session)
    marked, approved = Decision.demo_allowed.is_(True), and_(Decision.verdict == "approve", ~Decision.demo_allowed)
    decisions = (
        select(
            Decision.id,
            Decision.video_id,
            Decision.decided_at,
            Decision.demo_allowed,
            listed.label("listed"),
            _discloses(session).label("discloses"),
        )
        .join(Review, Review.id == Decision.review_id)
        .where(*_of(Decision.job_id, job_id))
        .execution_options(yield_per=_PAGE)
    )
    suspect = (
        decisions.where(or_(and_(marked, listed == 0), and_(approved, listed > 0))),
        decisions.where(approved, Decision.job_id.in_(_jobs_with_stand_ins(job_id))),
    )
    broken = (row for query in suspect for row in session.execute(query) if _is_marked_wrongly(session, row))
    for row in islice(broken, MOST_PER_RULE + 1):
        ref = f"decision:{row.id}"
        how = (
            "allows stand-ins, and there are none" if row.demo_allowed else "approves a video with stand-ins, unmarked"
        )
        yield Finding("decision_contradicts_review", ref, f"{ref} {how}; restore the database from a backup.")


def _is_marked_wrongly(session: Session, decision: Row[*tuple[Any, ...]]) -> bool:
    """Whether a decision says of its video's ancestors what is not so."""
    video = [Ref("video", str(decision.video_id))]
    if decision.demo_allowed:
        return not stand_ins_behind(session, video)
    found = set(stand_ins_behind(session, video, lost_by=decision.decided_at))
    if not decision.discloses:
        found.discard("ambiguous")  # nobody asked for it before reviews derived what has to be disclosed
    return bool(decision.listed or found)


def _jobs_with_stand_ins(job_id: int | None) -> CompoundSelect[int]:
    """Jobs with any call or trend item that stands in, be it for a video or for none."""
    own = select(ProviderCall.job_id).where(*_of(ProviderCall.job_id, job_id), text(f"({STANDS_IN})"))
    seen = (
        select(TrendReportObservation.job_id)
        .join(TrendObservation, TrendObservation.id == TrendReportObservation.observation_id)
        .join(TrendFetch, TrendFetch.id == TrendObservation.fetch_id)
        .where(*_of(TrendReportObservation.job_id, job_id), TrendFetch.stand_in.is_not(None))
    )
    return union(own.where(ProviderCall.job_id.is_not(None)), seen)


def states_follow_decisions(session: Session, job_id: int | None) -> Iterator[Finding]:
    """A job is approved or rejected exactly when its newest video is."""
    video = aliased(Video)
    newest = select(func.max(video.id)).where(video.job_id == Job.id).correlate(Job).scalar_subquery()
    verdict = select(Decision.verdict).where(Decision.video_id == newest).correlate(Job).scalar_subquery()
    wanted = case((verdict == "approve", "approved"), (verdict == "reject", "rejected"), else_="awaiting_review")
    query = select(Job.id, Job.state).where(
        *_of(Job.id, job_id),
        Job.state.in_(("awaiting_review", "approved", "rejected")),
        Job.state != wanted,
    )
    for row_id, state in _some(session, query):
        yield Finding(
            "decision_contradicts_state",
            f"job:{row_id}",
            f"job:{row_id} is {state}, but the decision about its newest video says otherwise; restore the database.",
        )


def reviewed_videos_are_signed(session: Session, job_id: int | None) -> Iterator[Finding]:
    """A review that derives what has to be disclosed was stored after MP4 and thumbnail were signed."""
    signed = select(func.count()).where(Credential.video_id == Review.video_id).correlate(Review).scalar_subquery()
    for review_id, video_id in _disclosing(session, job_id, signed < 2):
        yield Finding(
            "missing_credential",
            f"video:{video_id}",
            f"video:{video_id} has review:{review_id}, but not its two credentials; restore the database from a "
            "backup, or materialize reviews again.",
        )


def reviewed_videos_have_fingerprints(session: Session, job_id: int | None) -> Iterator[Finding]:
    """The same for how it looks."""
    known = select(Fingerprint.video_id).where(Fingerprint.video_id == Review.video_id).correlate(Review).exists()
    for review_id, video_id in _disclosing(session, job_id, ~known):
        yield Finding(
            "missing_fingerprint",
            f"video:{video_id}",
            f"video:{video_id} has review:{review_id}, but no fingerprint; restore the database from a backup, or "
            "materialize reviews again.",
        )


def _of(column: ColumnElement[int] | object, job_id: int | None) -> list[ColumnElement[bool]]:
    return [] if job_id is None else [column == job_id]  # type: ignore[list-item]  # a column of either kind


def _disclosing(session: Session, job_id: int | None, lacks: ColumnElement[bool]) -> Iterator[tuple[int, int]]:
    """Reviews with their videos that derive what has to be disclosed, and lack something."""
    both = case((lacks, _discloses(session)), else_=False)  # in this order: few lack it, so few documents are read
    return _some(session, select(Review.id, Review.video_id).where(*_of(Review.job_id, job_id), both))


def _some(session: Session, query: Select[int, Any]) -> Iterator[tuple[int, Any]]:
    for row in session.execute(query.limit(MOST_PER_RULE + 1)):
        yield row[0], row[1]


def _stand_ins(session: Session) -> ColumnElement[int]:
    """How many stand-ins a review lists; 0 where nothing can be read, which `records.py` names."""
    if session.get_bind().dialect.name == "sqlite":
        listed = func.json_array_length(Review.document, "$.stand_ins", type_=Integer)
        return func.coalesce(case((func.json_valid(Review.document) == 1, listed)), 0)
    there = Review.document["stand_ins"]
    return case((func.jsonb_typeof(there) == "array", cast(func.jsonb_array_length(there), Integer)), else_=0)


def _discloses(session: Session) -> ColumnElement[bool]:
    """Whether a review says what has to be disclosed; those from before it was derived do not."""
    if session.get_bind().dialect.name == "sqlite":
        told = func.json_type(Review.document, "$.disclosure") == "object"
        return case((func.json_valid(Review.document) == 1, told), else_=False)
    return func.coalesce(func.jsonb_typeof(Review.document["disclosure"]) == "object", False)


RULES: tuple[Callable[[Session, int | None], Iterator[Finding]], ...] = (
    stand_ins_allowed, states_follow_decisions, reviewed_videos_are_signed, reviewed_videos_have_fingerprints,
)  # fmt: skip
