"""What a list of jobs tells of each: a page of cards in a constant, small number of indexed queries.

Belongs here: finding a page of jobs, and what belongs on a card. Not here: how a card looks (`console/web`), one job in
full. Pages are found by key, newest first: no OFFSET, no COUNT, so that the hundredth page costs what the first does.
"""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, and_, case, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from reelineage.documents import StandIn
from reelineage.models import JOB_STATES, Job, ProviderCall, Review, Script, Video
from resources.costs import Cost
from resources.progress_line import ProgressLine, read_line

MOST_CARDS: Final = 100
MOST_TEXT: Final = 200
# A text, or two conditions at once, has no index of its own: one page looks through so many jobs, and the next page
# goes on below them. 20,000 take 0.04 CPU-seconds on SQLite, however many jobs there are (benchmarks/pages.py).
SEARCHED_AT_ONCE: Final = 20_000
_AT_ONCE: Final = 1_000  # SQLite takes 32,766 parameters in one statement
_ORDER: Final[tuple[StandIn, ...]] = ("ambiguous", "demo", "fallback")


@dataclass(frozen=True)
class JobCard:
    """One job in a list. `title` is that of its newest script, `video_id` the newest video made from that script.

    `stand_ins` are those of its own provider calls, and those its review found among everything the video rests on.
    """

    id: int
    state: str
    stage: str | None
    progress: str | None
    theme_name: str
    title: str | None
    profile: str
    origin: str
    created_at: datetime
    updated_at: datetime
    attempt: int
    attempt_limit: int
    error: str | None
    error_kind: str | None
    video_id: int | None
    duration_seconds: float | None
    cost: Cost
    stand_ins: tuple[StandIn, ...]

    @property
    def name(self) -> str:
        """What people call it: its title, or the theme's name while nothing is written."""
        return self.title or self.theme_name

    @property
    def sign(self) -> str:
        """Another one whenever something happened to the job: see `signs_of`."""
        return sign_of(self)

    @property
    def reached(self) -> ProgressLine | None:
        """How far the step that works on it is."""
        return read_line(self.progress)


@dataclass(frozen=True)
class Page:
    """Cards of one page, newest first. `next` is what to ask `before` for the page after it, None at the end.

    A page that looked through many jobs may hold few cards, or none, and still have a next one.
    """

    cards: tuple[JobCard, ...]
    next: int | None


def list_jobs(
    session: Session,
    *,
    state: str | None = None,
    stage: str | None = None,
    theme: str | None = None,
    text: str | None = None,
    before: int | None = None,
    limit: int = 50,
) -> Page:
    """One page of jobs, newest first.

    Args:
        session: a session that the caller opened.
        state: only jobs in this state.
        stage: only jobs whose newest run got to this stage.
        theme: only jobs of the theme of exactly this name.
        text: only jobs with this text in the theme's name, in a script's title or in the error. Capital letters count
            as small ones, on SQLite those of ASCII alone.
        before: only jobs with a smaller id: the `next` of the page before.
        limit: how many at most, up to 100.
    """
    conditions: list[ColumnElement[bool]] = [] if before is None else [Job.id < before]
    chosen = [column == value for column, value in _columns(state, stage, theme) if value is not None]
    floor = None
    if text or len(chosen) > 1:
        above = (session.scalar(select(func.max(Job.id))) or 0) + 1
        top = above if before is None else min(before, above)
        floor = max(top - SEARCHED_AT_ONCE, 1)
        conditions += [Job.id < top, Job.id >= floor]
        if text:
            conditions.append(_says(text[:MOST_TEXT], floor, top))
    limit = min(max(limit, 1), MOST_CARDS)
    rows = session.execute(_jobs().where(*conditions, *chosen).order_by(Job.id.desc()).limit(limit + 1)).all()
    cards = _cards(session, rows[:limit])
    if len(rows) > limit:
        return Page(cards, cards[-1].id)
    return Page(cards, floor if floor and floor > 1 else None)


def cards_of(session: Session, job_ids: Collection[int]) -> tuple[JobCard, ...]:
    """The cards of these jobs, newest first; a job that is not there has none."""
    ids = sorted(job_ids, reverse=True)[:MOST_CARDS]
    return _cards(session, session.execute(_jobs().where(Job.id.in_(ids)).order_by(Job.id.desc())).all())


def sign_of(job: JobCard | Job) -> str:
    """The sign of one job as it was read: see `signs_of`."""
    return _sign(job.state, job.stage, job.progress, job.attempt, job.error, job.updated_at)


def signs_of(session: Session, job_ids: Collection[int]) -> dict[int, str]:
    """A short sign of each of these jobs: compared with the one before, it tells a change without trusting a clock."""
    found: dict[int, str] = {}
    ids = sorted(job_ids)
    query = select(Job.id, Job.state, Job.stage, Job.progress, Job.attempt, Job.error, Job.updated_at)
    for start in range(0, len(ids), _AT_ONCE):
        for job_id, *rest in session.execute(query.where(Job.id.in_(ids[start : start + _AT_ONCE]))):
            found[job_id] = _sign(*rest)
    return found


def states_of(session: Session, *, most: int = 100) -> dict[str, int]:
    """How many jobs are in each state, counted up to `most`: a look at the ends of an index, not at the jobs."""
    return {row.state: row.jobs for row in session.execute(_counting(most)) if row.jobs}


@cache
def _counting(most: int) -> Any:  # noqa: ANN401 — a union of two columns
    ends = [
        select(func.count().label("jobs"), literal(state).label("state")).select_from(
            select(Job.id).where(Job.state == state).limit(most).subquery()
        )
        for state in JOB_STATES
    ]
    return union_all(*ends)


def _sign(*values: object) -> str:
    return hashlib.sha256(repr(values).encode()).hexdigest()[:12]


def _columns(state: str | None, stage: str | None, theme: str | None) -> tuple[tuple[Any, str | None], ...]:
    return (Job.state, state), (Job.stage, stage), (Job.theme_name, theme)


def _says(text: str, floor: int, top: int) -> ColumnElement[bool]:
    """A job with this text in what people read of it; `%` and `_` mean themselves.

    The titles are bounded too: asked for each job whether one EXISTS, PostgreSQL read all scripts into a hash first.
    """
    titled = select(Script.job_id).where(
        Script.job_id >= floor, Script.job_id < top, Script.title.icontains(text, autoescape=True)
    )
    return or_(
        Job.theme_name.icontains(text, autoescape=True),
        Job.error.icontains(text, autoescape=True),
        Job.id.in_(titled),
    )


def _jobs() -> Any:  # noqa: ANN401 — a select of seventeen columns
    """Everything a card needs but the frozen theme, which is most of a row."""
    return select(
        Job.id, Job.state, Job.stage, Job.progress, Job.theme_name, Job.profile, Job.origin, Job.created_at,
        Job.updated_at, Job.attempt, Job.attempt_limit, Job.error, Job.error_kind,
    )  # fmt: skip


def _cards(session: Session, rows: Iterable[Row[Any]]) -> tuple[JobCard, ...]:
    found = list(rows)
    ids = [row.id for row in found]
    if not ids:
        return ()
    scripts, videos = _scripts(session, ids), _videos(session, ids)
    costs, stand_ins = _calls(session, ids)
    for job_id, words in _reviewed(session, [video.id for video in videos.values()]).items():
        stand_ins[job_id] = stand_ins.get(job_id, frozenset()) | words
    return tuple(
        JobCard(
            **row._mapping,  # noqa: SLF001 — the documented way to a row's columns by name
            title=scripts.get(row.id),
            video_id=videos[row.id].id if row.id in videos else None,
            duration_seconds=videos[row.id].duration_seconds if row.id in videos else None,
            cost=costs.get(row.id, Cost(0, 0)),
            stand_ins=tuple(word for word in _ORDER if word in stand_ins.get(row.id, ())),
        )
        for row in found
    )


def _newest_scripts(ids: list[int]) -> Any:  # noqa: ANN401 — a select of one column
    return select(func.max(Script.id)).where(Script.job_id.in_(ids)).group_by(Script.job_id)


def _scripts(session: Session, ids: list[int]) -> dict[int, str | None]:
    """The title of each job's newest script."""
    query = select(Script.job_id, Script.title).where(Script.id.in_(_newest_scripts(ids)))
    return {row.job_id: row.title for row in session.execute(query)}


def _videos(session: Session, ids: list[int]) -> dict[int, Row[int, int, float]]:
    """The newest video of each job's newest script, unless its content was taken down."""
    newest = (
        select(func.max(Video.id))
        .where(Video.job_id.in_(ids), Video.script_id.in_(_newest_scripts(ids)))
        .group_by(Video.job_id)
    )
    query = select(Video.job_id, Video.id, Video.duration_seconds)
    return {row.job_id: row for row in session.execute(query.where(Video.id.in_(newest), Video.tombstone_id.is_(None)))}


def _calls(session: Session, ids: list[int]) -> tuple[dict[int, Cost], dict[int, frozenset[str]]]:
    """What the providers of each job cost, and which of them stood in for another."""

    def any_call(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.max(case((condition, 1), else_=0))

    query = select(
        ProviderCall.job_id,
        func.coalesce(func.sum(ProviderCall.cost_nanousd), 0).label("known"),
        func.count().filter(ProviderCall.cost_nanousd.is_(None)).label("unknown"),
        any_call(ProviderCall.status == "ambiguous").label("ambiguous"),
        any_call(ProviderCall.stand_in == "demo").label("demo"),
        any_call(ProviderCall.stand_in == "fallback").label("fallback"),
    ).where(ProviderCall.job_id.in_(ids))
    costs: dict[int, Cost] = {}
    stand_ins: dict[int, frozenset[str]] = {}
    for row in session.execute(query.group_by(ProviderCall.job_id)):
        costs[row.job_id] = Cost(int(row.known), int(row.unknown))
        stand_ins[row.job_id] = frozenset(word for word in _ORDER if getattr(row, word))
    return costs, stand_ins


def _reviewed(session: Session, video_ids: list[int]) -> dict[int, frozenset[str]]:
    """The stand-ins that the newest review of each of these videos found among everything it rests on."""
    newest = select(func.max(Review.id)).where(Review.video_id.in_(video_ids)).group_by(Review.video_id)
    query = select(Review.job_id, Review.document["stand_ins"].label("words"))
    rows = session.execute(query.where(and_(Review.id.in_(newest), Review.document.is_not(None))))
    return {row.job_id: frozenset(row.words or ()) for row in rows}
