"""Which provider calls are added up together, as one query for each way to take a sum apart.

Belongs here: groups that the database can make by itself. Not here: scenes, which stand in documents
(`call_scenes.py`), what a sum is and how it is told (`costs.py`).
"""

from collections.abc import Sequence
from typing import Any, Final, Literal, get_args

from sqlalchemy import ColumnElement, Select, String, and_, case, cast, func, select, text, true

from reelineage.models import Decision, ProviderCall

By = Literal["job", "stage", "provider", "model", "scene", "attempt", "month", "video"]
BY: Final[tuple[By, ...]] = get_args(By)


def sums() -> tuple[ColumnElement[Any], ...]:
    """How many calls, what the known prices come to, how many prices are known: the quickest to count."""
    return (
        func.count(),
        func.sum(ProviderCall.cost_nanousd),
        func.count(ProviderCall.cost_nanousd),
    )


def grouped(by: By, within: Sequence[ColumnElement[bool]], job_id: int | None) -> Select[Any]:
    """The key of each group and its `sums`."""
    plain = {
        "job": cast(ProviderCall.job_id, String),
        "stage": ProviderCall.role,
        "provider": ProviderCall.provider,
        "model": ProviderCall.provider + "/" + ProviderCall.model,
    }
    if by in plain:
        return select(plain[by], *sums()).where(*within).group_by(text("1"))
    return _by_attempt(within, job_id) if by == "attempt" else _by_video(within)


def _by_attempt(within: Sequence[ColumnElement[bool]], job_id: int | None) -> Select[Any]:
    """A job's runs are numbered from 1 in the order in which they first asked a provider, whatever is summed of them.

    A group for each run, then numbers, then sums of sums: joining calls to numbered runs took minutes at 10,000 jobs.
    """
    inside = and_(true(), *within)
    runs = (
        select(
            ProviderCall.job_id,
            ProviderCall.run_id,
            func.min(ProviderCall.id).label("first"),
            func.count().filter(inside).label("calls"),
            func.sum(ProviderCall.cost_nanousd).filter(inside).label("known"),
            func.count(ProviderCall.cost_nanousd).filter(inside).label("priced"),
        )
        .where(*([] if job_id is None else [ProviderCall.job_id == job_id]))
        .group_by(ProviderCall.job_id, ProviderCall.run_id)
        .subquery()
    )
    place = func.row_number().over(partition_by=runs.c.job_id, order_by=(runs.c.run_id.is_(None), runs.c.first))
    numbered = select(
        case((runs.c.run_id.is_not(None), cast(place, String))).label("number"),
        runs.c.calls,
        runs.c.known,
        runs.c.priced,
    ).subquery()
    columns = numbered.c
    return (
        select(columns.number, func.sum(columns.calls), func.sum(columns.known), func.sum(columns.priced))
        .where(columns.calls > 0)
        .group_by(text("1"))
    )


def _by_video(within: Sequence[ColumnElement[bool]]) -> Select[Any]:
    """By the newest approved video of each call's job."""
    videos = (
        select(Decision.job_id, func.max(Decision.video_id).label("video_id"))
        .where(Decision.verdict == "approve")
        .group_by(Decision.job_id)
        .subquery()
    )
    asked = select(cast(videos.c.video_id, String), *sums()).select_from(ProviderCall)
    return asked.outerjoin(videos, videos.c.job_id == ProviderCall.job_id).where(*within).group_by(text("1"))
