"""What is rising among the trends of a report, and why (`trend_analysis`).

Belongs here: the findings and the evidence that each rests on. Not here: how they are computed (`reelineage/trends/`).
"""

from typing import Literal

from pydantic import Field

from reelineage.documents.parts import Count, Document, Utc


class Statement(Document):
    """A claim about the trends, with the observation keys that it rests on."""

    text: str
    evidence: tuple[str, ...] = Field(min_length=1)


class SeriesPoint(Document):
    """A count at a moment: one point of a line chart."""

    at: Utc
    value: float


class RankedItem(Document):
    """One item of the report, strongest first. `rank` counts from 1.

    `velocity` is engagements (likes + comments + shares that are known) per hour since publishing, None when no count
    is known. `growth` is views gained per hour between the first and last observation, None with fewer than two.
    `evidence` are the observation keys used, the newest last.
    """

    rank: int = Field(ge=1)
    title: str
    creator: str | None
    url: str | None
    views: Count | None
    engagement: Count | None
    velocity: float | None
    growth: float | None
    hours_since_published: float
    duration_seconds: float | None
    hook_type: str
    topic: str | None
    series: tuple[SeriesPoint, ...] = ()
    evidence: tuple[str, ...] = Field(min_length=1)


class Topic(Document):
    """A cluster of items about one thing. `velocity` is the sum over its items; `share` of the report's total, 0..1."""

    label: str
    key_phrases: tuple[str, ...]
    items: Count
    velocity: float
    share: float
    series: tuple[SeriesPoint, ...] = ()
    evidence: tuple[str, ...] = Field(min_length=1)


class Pattern(Document):
    """What the strongest items have in common, e.g. `hook_type` = `question` in 7 of 20."""

    name: Literal["hook_type", "duration", "title_shape", "hour", "category", "audio"]
    value: str
    count: Count
    out_of: Count
    statement: Statement


class TrendAnalysis(Document):
    """What is rising and why, each statement with its evidence."""

    window_start: Utc | None
    window_end: Utc
    items: Count
    ranked: tuple[RankedItem, ...]
    topics: tuple[Topic, ...]
    patterns: tuple[Pattern, ...]
    statements: tuple[Statement, ...]
    method: dict[str, str | int | float]
