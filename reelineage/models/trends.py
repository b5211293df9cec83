"""What came in from trend sources. These rows belong to no job and may serve several."""

from datetime import datetime

from pydantic import JsonValue
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from reelineage.models.base import Base, Hash, Json, RowId, one_of


class TrendFetch(Base):
    """One request to one trend source, and the file that came in.

    `delete_by` is when the source's terms want its text gone; whatever was made from it inherits the duty.
    """

    __tablename__ = "trend_fetches"
    __table_args__ = (
        Index("ix_trend_fetches_call_id", "call_id"),
        Index("ix_trend_fetches_artifact_sha256", "artifact_sha256"),
        Index("ix_trend_fetches_source_kind", "source_kind"),
        Index("ix_trend_fetches_source_name", "source_name"),
        Index("ix_trend_fetches_delete_by", "delete_by"),
        one_of("stand_in", "demo", "fallback"),
        {"sqlite_autoincrement": True, "info": {"node": "trend_fetch", "append_only": True, "content": ()}},
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    call_id: Mapped[int] = mapped_column(RowId, ForeignKey("provider_calls.id"), unique=True)
    source_kind: Mapped[str] = mapped_column(String(32))
    source_name: Mapped[str]
    artifact_sha256: Mapped[str] = mapped_column(Hash, ForeignKey("artifacts.sha256"))
    observation_count: Mapped[int]
    skipped_count: Mapped[int]
    skipped: Mapped[dict[str, JsonValue]]
    stand_in: Mapped[str | None] = mapped_column(String(16))
    created_at: Mapped[datetime]
    delete_by: Mapped[datetime | None]


class TrendItem(Base):
    """Something that trends, known by platform and external id. What was seen of it lies on its observations."""

    __tablename__ = "trend_items"
    __table_args__ = (
        UniqueConstraint("platform", "external_id"),
        {"sqlite_autoincrement": True, "info": {"node": "trend_item", "append_only": True, "content": ()}},
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    platform: Mapped[str] = mapped_column(String(300))
    external_id: Mapped[str] = mapped_column(String(300))
    created_at: Mapped[datetime]


_OBSERVED = (
    "title", "description", "hashtags", "views", "likes", "comments", "shares", "duration_seconds", "creator",
    "followers", "sound", "thumbnail_url", "url", "category", "country", "published_at",
)  # fmt: skip


class TrendObservation(Base):
    """A trend item as it was seen at one moment in one fetch; never overwritten."""

    __tablename__ = "trend_observations"
    __table_args__ = (
        UniqueConstraint("fetch_id", "item_id", "observed_at"),
        Index("ix_trend_observations_item_id", "item_id"),
        CheckConstraint(
            f"tombstone_id IS NULL OR ({' AND '.join(f'{column} IS NULL' for column in _OBSERVED)})",
            name="tombstone_has_no_content",
        ),
        CheckConstraint("tombstone_id IS NOT NULL OR title IS NOT NULL", name="content_or_tombstone"),
        CheckConstraint("views >= 0 AND likes >= 0 AND comments >= 0 AND shares >= 0", name="counts"),
        {
            "sqlite_autoincrement": True,
            "info": {"node": "trend_observation", "append_only": True, "content": _OBSERVED},
        },
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    fetch_id: Mapped[int] = mapped_column(RowId, ForeignKey("trend_fetches.id"))
    item_id: Mapped[int] = mapped_column(RowId, ForeignKey("trend_items.id"))
    observed_at: Mapped[datetime]
    observed_at_estimated: Mapped[bool]
    title: Mapped[str | None]
    description: Mapped[str | None]
    hashtags: Mapped[list[str] | None] = mapped_column(Json)
    views: Mapped[int | None]
    likes: Mapped[int | None]
    comments: Mapped[int | None]
    shares: Mapped[int | None]
    duration_seconds: Mapped[float | None]
    creator: Mapped[str | None]
    followers: Mapped[int | None]
    sound: Mapped[str | None]
    thumbnail_url: Mapped[str | None]
    url: Mapped[str | None]
    category: Mapped[str | None]
    country: Mapped[str | None]
    published_at: Mapped[datetime | None]
    tombstone_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("tombstones.id"))
