"""What follows from the numbers of one stored observation, computed as an analysis computes it.

Belongs here: from rows to the rates that `reelineage/trends/ranking.py` gives. Not here: the formula (there), what an
analysis of many items found (`trend_analyses.py`), words.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from reelineage import documents as docs
from reelineage.models import TrendItem, TrendObservation
from reelineage.trends.ranking import Item, rank


@dataclass(frozen=True)
class Growth:
    """Views gained since the item was first seen with a number in the same fetch; `an_hour` may be below 0."""

    since: datetime
    first_id: int
    before: int
    after: int
    an_hour: float


@dataclass(frozen=True)
class Rates:
    """Reactions since publishing, and growth where there is an earlier number.

    `counted` holds the counts that are known, by name; `hours` is the age when it was seen, which the rate divides by
    unless it is shorter than `ranking.FEWEST_HOURS`. `newest_id` is what an analysis of the fetch counts instead,
    None when that is this observation.
    """

    counted: dict[str, int]
    reactions: int
    hours: float
    an_hour: float
    growth: Growth | None
    newest_id: int | None


def reactions_per_hour(item: TrendItem, seen: TrendObservation) -> float | None:
    """The rate of one observation; None when no reaction is known, or its content was taken down."""
    found = _ranked(item, seen)
    return None if found is None else found.velocity


def rates_of(session: Session, observation_id: int) -> Rates | None:
    """What follows from an observation and the first of the same item in its fetch, where its numbers allow it."""
    seen = session.get_one(TrendObservation, observation_id)
    found = _ranked(session.get_one(TrendItem, seen.item_id), seen)
    if found is None or found.engagement is None or found.velocity is None:
        return None
    counts = {"likes": seen.likes, "comments": seen.comments, "shares": seen.shares}
    return Rates(
        counted={name: count for name, count in counts.items() if count is not None},
        reactions=found.engagement,
        hours=found.hours,
        an_hour=found.velocity,
        growth=_growth(session, seen),
        newest_id=_newer(session, seen),
    )


def _growth(session: Session, seen: TrendObservation) -> Growth | None:
    earlier = (
        select(TrendObservation)
        .where(
            TrendObservation.fetch_id == seen.fetch_id,
            TrendObservation.item_id == seen.item_id,
            TrendObservation.observed_at < seen.observed_at,
            TrendObservation.views.is_not(None),
        )
        .order_by(TrendObservation.observed_at)
        .limit(1)
    )
    first = session.scalars(earlier).first()
    if first is None or first.views is None or seen.views is None:
        return None
    found = _ranked(session.get_one(TrendItem, seen.item_id), first, seen)
    if found is None or found.growth is None:
        return None
    return Growth(first.observed_at, first.id, first.views, seen.views, found.growth)


def _newer(session: Session, seen: TrendObservation) -> int | None:
    """The newest observation of the same item in the same fetch, None when it is this one."""
    newest = (
        select(TrendObservation.id)
        .where(
            TrendObservation.fetch_id == seen.fetch_id,
            TrendObservation.item_id == seen.item_id,
            TrendObservation.observed_at > seen.observed_at,
        )
        .order_by(TrendObservation.observed_at.desc())
        .limit(1)
    )
    return session.scalar(newest)


def _ranked(item: TrendItem, *seen: TrendObservation) -> Item | None:
    """One item as the ranking sees it; None when one of the observations has no content any more."""
    known = [_as_observation(item, one) for one in seen if one.title is not None and one.published_at is not None]
    return rank(known)[0] if len(known) == len(seen) else None


def _as_observation(item: TrendItem, seen: TrendObservation) -> docs.Observation:
    """The row as analyses read it, as far as rates need it."""
    return docs.Observation.model_validate(
        {
            "platform": item.platform,
            "external_id": item.external_id,
            "observed_at": seen.observed_at,
            "observed_at_estimated": seen.observed_at_estimated,
            "title": seen.title,
            "views": seen.views,
            "likes": seen.likes,
            "comments": seen.comments,
            "shares": seen.shares,
            "published_at": seen.published_at,
        }
    )
