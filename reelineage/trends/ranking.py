"""Engagement velocity, growth, and the order of items (ANLYS-03).

Belongs here: numbers of one item over its observations. Not here: topics, patterns, wording.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from reelineage.documents import Observation, RankedItem, SeriesPoint
from reelineage.trends.hooks import hook_type

# Likes of the first minutes would otherwise read as thousands an hour.
FEWEST_HOURS = 1.0


@dataclass(frozen=True)
class Item:
    """One trend item: its observations in the report, oldest first, and what follows from them."""

    observations: tuple[Observation, ...]
    engagement: int | None
    velocity: float | None
    growth: float | None
    hours: float

    @property
    def latest(self) -> Observation:
        """The newest observation."""
        return self.observations[-1]

    @property
    def evidence(self) -> tuple[str, ...]:
        """Keys of all its observations, the newest last."""
        return tuple(observation.key for observation in self.observations)

    @property
    def series(self) -> tuple[SeriesPoint, ...]:
        """Views over time, where they are known; empty with fewer than two."""
        points = tuple(SeriesPoint(at=at, value=views) for at, views in self.views)
        return points if len(points) > 1 else ()

    @property
    def views(self) -> tuple[tuple[datetime, int], ...]:
        """Known views, oldest first."""
        return tuple((seen.observed_at, seen.views) for seen in self.observations if seen.views is not None)


def rank(observations: Iterable[Observation]) -> list[Item]:
    """All items, strongest first: by velocity, then by views, then the newest. Items without any count come last."""
    by_item: dict[str, list[Observation]] = {}
    for observation in observations:
        by_item.setdefault(observation.item_key, []).append(observation)
    return sorted((_item(sorted(seen, key=lambda one: one.observed_at)) for seen in by_item.values()), key=_order)


def ranked_item(place: int, item: Item, topic: str | None) -> RankedItem:
    """The document of one item at one place of the ranking."""
    latest = item.latest
    return RankedItem(
        rank=place,
        title=latest.title,
        creator=latest.creator,
        url=latest.url,
        views=latest.views,
        engagement=item.engagement,
        velocity=item.velocity,
        growth=item.growth,
        hours_since_published=item.hours,
        duration_seconds=latest.duration_seconds,
        hook_type=hook_type(latest.title),
        topic=topic,
        series=item.series,
        evidence=item.evidence,
    )


def _item(seen: list[Observation]) -> Item:
    latest = seen[-1]
    hours = round((latest.observed_at - latest.published_at).total_seconds() / 3600, 4)
    known = [count for count in (latest.likes, latest.comments, latest.shares) if count is not None]
    engagement = sum(known) if known else None
    velocity = None if engagement is None else round(engagement / max(FEWEST_HOURS, hours), 4)
    return Item(tuple(seen), engagement, velocity, _growth(seen), hours)


def _growth(seen: list[Observation]) -> float | None:
    """Views gained per hour between the first and last observation that know them; None with fewer than two."""
    known = [(one.observed_at, one.views) for one in seen if one.views is not None]
    if len(known) < 2:
        return None
    (start, before), (end, after) = known[0], known[-1]
    return round((after - before) / ((end - start).total_seconds() / 3600), 4)


def _order(item: Item) -> tuple[float, float, float, str]:
    velocity = -1.0 if item.velocity is None else item.velocity
    views = -1 if item.latest.views is None else item.latest.views
    return -velocity, -views, -item.latest.published_at.timestamp(), item.latest.item_key
