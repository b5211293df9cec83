"""What came in from the trend sources, and the report of it that one job works from (`trend_collection`).

Belongs here: observations, fetches, the report. Not here: how a file or feed is read (`reelineage/trends/`).
"""

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import Field

from reelineage.documents.parts import Count, Document, Seconds, Sha256, Short, StandIn, Utc


class Observation(Document):
    """One trend item as it was seen at one moment. A missing count is None, never 0."""

    platform: Short
    external_id: Short
    observed_at: Utc
    observed_at_estimated: bool = False
    title: Short
    description: Annotated[str, Field(max_length=5000)] = ""
    hashtags: tuple[str, ...] = ()
    views: Count | None = None
    likes: Count | None = None
    comments: Count | None = None
    shares: Count | None = None
    duration_seconds: Seconds | None = None
    creator: str | None = None
    followers: Count | None = None
    sound: str | None = None
    thumbnail_url: str | None = None
    url: str | None = None
    category: str | None = None
    country: str | None = None
    published_at: Utc

    @property
    def item_key(self) -> str:
        """`platform/external_id`: the same for every observation of one item."""
        return f"{self.platform}/{self.external_id}"

    @property
    def key(self) -> str:
        """`platform/external_id@time`: names this observation inside a report, and in every citation."""
        return f"{self.item_key}@{iso(self.observed_at)}"


def iso(moment: datetime) -> str:
    """A UTC moment as it is written in keys and pages: `2026-11-22T07:00:00Z`."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


class SkippedRow(Document):
    """A row of an input that could not be used. `line` counts from 1 in the file (or items, in JSON and feeds)."""

    line: int
    reason: str


class TrendFetch(Document):
    """What one request to one trend source brought in. `skipped` lists the first 20 of `skipped_count` rows.

    `keep_days` is how long the source's terms let its text be kept, None when they set no end.
    """

    source_kind: Literal["file", "feed", "sample"]
    source_name: Short
    observations: tuple[Observation, ...]
    skipped: tuple[SkippedRow, ...] = Field(default=(), max_length=20)
    skipped_count: Count = 0
    stand_in: StandIn | None = None
    keep_days: Annotated[int, Field(ge=1)] | None = None


class ReportSource(Document):
    """One fetch behind a report: its name, the file that came in, and what was left out of it."""

    source_kind: Literal["file", "feed", "sample"]
    source_name: str
    artifact_sha256: Sha256
    observations: Count
    skipped_count: Count
    stand_in: StandIn | None


class TrendReport(Document):
    """The observations that one job works from. `window_start` is None when the whole input counts."""

    window_start: Utc | None
    window_end: Utc
    sources: tuple[ReportSource, ...] = Field(min_length=1)
    observations: tuple[Observation, ...] = Field(min_length=1)
