"""What happens to a video after it was made: its credential, its fingerprint, being made again, being taken down.

Belongs here: rows that come after the records and change none of them.
"""

from datetime import datetime

from pydantic import JsonValue
from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from reelineage.models.base import Base, Hash, Json, RowId, is_sha256, one_of


class Credential(Base):
    """One signed file of a video: the MP4 or the thumbnail as people get it, and what was signed.

    `file_sha256` is the signed file, `manifest` the manifest store as read back from it, `manifest_sha256` the hash of
    the store's bytes in the file.
    """

    __tablename__ = "credentials"
    __table_args__ = (
        ForeignKeyConstraint(
            ("job_id", "video_id", "video_sha256"), ("videos.job_id", "videos.id", "videos.file_sha256")
        ),
        UniqueConstraint("job_id", "video_id", "subject"),
        Index("ix_credentials_job_id_video_id_video_sha256", "job_id", "video_id", "video_sha256"),
        Index("ix_credentials_video_id", "video_id"),
        Index("ix_credentials_file_sha256", "file_sha256"),
        Index("ix_credentials_manifest_sha256", "manifest_sha256"),
        one_of("subject", "video", "thumbnail"),
        is_sha256("manifest_sha256"),
        is_sha256("certificate_sha256"),
        CheckConstraint("tombstone_id IS NULL OR manifest IS NULL", name="tombstone_has_no_content"),
        CheckConstraint("tombstone_id IS NOT NULL OR manifest IS NOT NULL", name="content_or_tombstone"),
        {"sqlite_autoincrement": True, "info": {"node": "credential", "append_only": True, "content": ("manifest",)}},
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    job_id: Mapped[int] = mapped_column(RowId, ForeignKey("jobs.id"))
    video_id: Mapped[int] = mapped_column(RowId)
    video_sha256: Mapped[str] = mapped_column(Hash)
    subject: Mapped[str] = mapped_column(String(16))
    file_sha256: Mapped[str] = mapped_column(Hash, ForeignKey("artifacts.sha256"))
    manifest: Mapped[dict[str, JsonValue] | None] = mapped_column(Json)
    manifest_label: Mapped[str]
    manifest_sha256: Mapped[str] = mapped_column(Hash)
    certificate_sha256: Mapped[str] = mapped_column(Hash)
    digital_source_type: Mapped[str]
    timestamped: Mapped[bool]
    run_id: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime]
    tombstone_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("tombstones.id"))


class Fingerprint(Base):
    """How a video looks: one perceptual hash (32 bytes) for each of some moments, so that a copy is recognised."""

    __tablename__ = "fingerprints"
    __table_args__ = (
        ForeignKeyConstraint(("job_id", "video_id"), ("videos.job_id", "videos.id")),
        CheckConstraint("length(hashes) % 32 = 0", name="whole_hashes"),
        {"info": {"append_only": True, "content": ()}},
    )

    video_id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=False)
    job_id: Mapped[int] = mapped_column(RowId)
    moments_ms: Mapped[list[int]] = mapped_column(Json)
    hashes: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]


class Reproduction(Base):
    """A job made again from its frozen theme and snapshot, and how what came out compares.

    `stages` says so asset by asset, and quotes where they part: it is content.
    """

    __tablename__ = "reproductions"
    __table_args__ = (
        ForeignKeyConstraint(("job_id", "video_id"), ("videos.job_id", "videos.id")),
        Index("ix_reproductions_job_id_video_id", "job_id", "video_id"),
        Index("ix_reproductions_video_id", "video_id"),
        one_of("verdict", "identical", "equivalent", "different"),
        CheckConstraint("tombstone_id IS NULL OR stages IS NULL", name="tombstone_has_no_content"),
        CheckConstraint("tombstone_id IS NOT NULL OR stages IS NOT NULL", name="content_or_tombstone"),
        {"sqlite_autoincrement": True, "info": {"node": "reproduction", "append_only": True, "content": ("stages",)}},
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    job_id: Mapped[int] = mapped_column(RowId, ForeignKey("jobs.id"))
    video_id: Mapped[int] = mapped_column(RowId)
    verdict: Mapped[str] = mapped_column(String(16))
    stages: Mapped[dict[str, JsonValue] | None] = mapped_column(Json)
    code_version: Mapped[str]
    actor: Mapped[str]
    created_at: Mapped[datetime]
    tombstone_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("tombstones.id"))


class Tombstone(Base):
    """What remains of content that was taken down: when, by whom and why."""

    __tablename__ = "tombstones"
    __table_args__ = (
        {"sqlite_autoincrement": True, "info": {"node": "tombstone", "append_only": True, "content": ()}},
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    reason: Mapped[str]
    actor: Mapped[str]
    created_at: Mapped[datetime]


class TombstoneTarget(Base):
    """A row or file that a take-down concerns: `withdrawn` blocks all that descends from it, `removed` has no content.

    Rows are named by reference, not by key: `artifact` has no column to say it, and an export can be checked with it.
    """

    __tablename__ = "tombstone_targets"
    __table_args__ = (
        Index("ix_tombstone_targets_node_key", "node", "key"),
        Index(
            "ix_tombstone_targets_withdrawn",
            "tombstone_id",
            sqlite_where=text("effect = 'withdrawn'"),
            postgresql_where=text("effect = 'withdrawn'"),
        ),
        one_of("effect", "withdrawn", "removed"),
        {"info": {"append_only": True, "content": ()}},
    )

    tombstone_id: Mapped[int] = mapped_column(RowId, ForeignKey("tombstones.id"), primary_key=True)
    node: Mapped[str] = mapped_column(String(32), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    effect: Mapped[str] = mapped_column(String(16), primary_key=True)
