"""Jobs, and what every stage shares: files, outside works, and the ledger of provider calls."""

from datetime import datetime

from pydantic import JsonValue
from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from reelineage.models.base import Base, Hash, Json, RowId, is_sha256, one_of

JOB_STATES = ("queued", "submitted", "running", "awaiting_review", "approved", "rejected", "failed", "cancelled")


class Installation(Base):
    """One row: this database's own name, so that run keys of two databases never meet in one Dagster."""

    __tablename__ = "installation"
    __table_args__ = (
        CheckConstraint("id = 1", name="single_row"),
        {"info": {"append_only": True, "content": ()}},
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    uuid: Mapped[str] = mapped_column(String(36))
    created_at: Mapped[datetime]


class Job(Base):
    """One video asked for. The row is the work queue and carries the claim of the run that works on it."""

    __tablename__ = "jobs"
    __table_args__ = (
        one_of("state", *JOB_STATES),
        one_of("profile", "standard", "youtube", "tiktok", "reels", "strict", "draft"),
        one_of("error_kind", "permanent", "transient"),
        one_of("claim_mode", "resume", "remake", "partial"),
        one_of("claimed_from", *JOB_STATES),
        CheckConstraint("attempt >= 0", name="attempt_counts"),
        CheckConstraint("(active_run IS NULL) = (lease_expires_at IS NULL)", name="a_claim_has_a_lease"),
        Index("ix_jobs_state_id", "state", "id"),
        Index("ix_jobs_stage_id", "stage", "id"),
        Index("ix_jobs_theme_name_id", "theme_name", "id"),
        Index("ix_jobs_updated_at", "updated_at"),
        {
            "sqlite_autoincrement": True,
            "info": {"node": "job", "frozen": ("id", "theme", "theme_sha256", "seed", "profile", "created_at")},
        },
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    theme_name: Mapped[str]
    theme: Mapped[dict[str, JsonValue]]
    theme_sha256: Mapped[str] = mapped_column(Hash)
    seed: Mapped[int]
    profile: Mapped[str] = mapped_column(String(16))
    origin: Mapped[str] = mapped_column(String(32))
    request_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    state: Mapped[str] = mapped_column(String(16))
    attempt: Mapped[int] = mapped_column(Integer)
    attempt_limit: Mapped[int] = mapped_column(Integer)
    error: Mapped[str | None]
    error_kind: Mapped[str | None] = mapped_column(String(16))
    stage: Mapped[str | None] = mapped_column(String(32))
    progress: Mapped[str | None]
    active_run: Mapped[str | None] = mapped_column(String(64))
    claim_mode: Mapped[str | None] = mapped_column(String(16))
    claimed_from: Mapped[str | None] = mapped_column(String(16))
    lease_host: Mapped[str | None]
    lease_pid: Mapped[int | None]
    lease_process_started_at: Mapped[float | None]
    lease_expires_at: Mapped[datetime | None]
    chain_sha256: Mapped[str] = mapped_column(Hash)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Artifact(Base):
    """A file in the artifact store."""

    __tablename__ = "artifacts"
    __table_args__ = (
        is_sha256("sha256"),
        CheckConstraint("size_bytes >= 0", name="size_counts"),
        {"info": {"node": "artifact", "append_only": True, "content": ()}},
    )

    sha256: Mapped[str] = mapped_column(Hash, primary_key=True)
    size_bytes: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime]


class MediaItem(Base):
    """An outside work that may end up in a video, with the licence it came under."""

    __tablename__ = "media_items"
    __table_args__ = (
        UniqueConstraint("kind", "provider", "external_id", "sha256"),
        Index("ix_media_items_provider_external_id", "provider", "external_id"),
        Index("ix_media_items_sha256", "sha256"),
        one_of("kind", "font", "voice", "music", "footage"),
        is_sha256("sha256"),
        {"sqlite_autoincrement": True, "info": {"node": "media_item", "append_only": True, "content": ()}},
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    provider: Mapped[str] = mapped_column(String(100))
    external_id: Mapped[str] = mapped_column(String(300))
    title: Mapped[str]
    author: Mapped[str]
    page_url: Mapped[str]
    licence: Mapped[str]
    attribution: Mapped[str]
    sha256: Mapped[str] = mapped_column(Hash)
    created_at: Mapped[datetime]


CHARGED = "cost_nanousd IS NULL OR cost_nanousd > 0"  # a call that cost something, or whose price nobody knows
STANDS_IN = "stand_in IS NOT NULL OR status = 'ambiguous'"
_ASKED = (
    "id", "job_id", "run_id", "role", "provider", "model", "prompt_version", "seed", "request_sha256", "stand_in",
    "started_at",
)  # fmt: skip


class ProviderCall(Base):
    """One request to a provider: written as an intent before it is sent, closed once, never changed afterwards.

    A call made for a job carries its `job_id`; a collection that serves many jobs has none.
    """

    __tablename__ = "provider_calls"
    __table_args__ = (
        UniqueConstraint("job_id", "id"),
        Index("ix_provider_calls_job_id_request_sha256", "job_id", "request_sha256"),
        Index("ix_provider_calls_artifact_sha256", "artifact_sha256"),
        Index("ix_provider_calls_provider_model", "provider", "model"),
        Index("ix_provider_calls_prompt_version", "prompt_version"),
        # most calls are free: without them a month's cost is found among a tenth of the rows, and in the index alone
        Index(
            "ix_provider_calls_charged",
            "started_at",
            "cost_nanousd",
            sqlite_where=text(CHARGED),
            postgresql_where=text(CHARGED),
        ),
        # few calls do: the audit finds the jobs that decisions must be compared with, and reads no other call
        Index("ix_provider_calls_stands_in", "job_id", sqlite_where=text(STANDS_IN), postgresql_where=text(STANDS_IN)),
        one_of("role", "trend_source", "script_writer", "speech_synthesizer", "footage_source", "music_source"),
        one_of("status", "intent", "ok", "failed", "ambiguous"),
        one_of("stand_in", "demo", "fallback"),
        is_sha256("request_sha256"),
        CheckConstraint("cost_nanousd >= 0", name="cost_counts"),
        CheckConstraint("(status = 'intent') = (finished_at IS NULL)", name="finished_when_closed"),
        CheckConstraint(
            "tombstone_id IS NULL OR (parameters IS NULL AND response IS NULL)", name="tombstone_has_no_content"
        ),
        CheckConstraint("tombstone_id IS NOT NULL OR parameters IS NOT NULL", name="content_or_tombstone"),
        {
            "sqlite_autoincrement": True,
            "info": {
                "node": "provider_call",
                "append_only": True,
                "content": ("parameters", "response"),
                "open_while": "intent",
                "frozen": _ASKED,
            },
        },
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    job_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("jobs.id"))
    run_id: Mapped[str | None] = mapped_column(String(64))
    role: Mapped[str] = mapped_column(String(32))
    provider: Mapped[str] = mapped_column(String(100))
    model: Mapped[str] = mapped_column(String(200))
    prompt_version: Mapped[str | None] = mapped_column(String(100))
    parameters: Mapped[dict[str, JsonValue] | None] = mapped_column(Json)
    seed: Mapped[int | None]
    request_sha256: Mapped[str] = mapped_column(Hash)
    status: Mapped[str] = mapped_column(String(16))
    stand_in: Mapped[str | None] = mapped_column(String(16))
    error: Mapped[str | None]
    response: Mapped[dict[str, JsonValue] | None] = mapped_column(Json)
    artifact_sha256: Mapped[str | None] = mapped_column(Hash, ForeignKey("artifacts.sha256"))
    cost_nanousd: Mapped[int | None]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    tombstone_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("tombstones.id"))
