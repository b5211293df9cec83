"""Records: what the assets make, one row per materialization, and the decisions about them.

Each upstream is a NOT NULL composite key that carries `job_id` and every common ancestor, so that the database refuses
a video of another job's script, or of script 2 with the voice of script 1.
"""

from datetime import datetime
from typing import Any

from pydantic import JsonValue
from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from reelineage.models.base import Base, Hash, Json, RowId, is_sha256, one_of


class Record:
    """The columns every record has. `previous_sha256` chains the records of a job (`lineage.chain_link`)."""

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    run_id: Mapped[str | None] = mapped_column(String(64))
    origin: Mapped[str] = mapped_column(String(8))
    code_version: Mapped[str] = mapped_column(String(100))
    data_version: Mapped[str] = mapped_column(Hash)
    previous_sha256: Mapped[str] = mapped_column(Hash)
    created_at: Mapped[datetime]
    document: Mapped[dict[str, JsonValue] | None] = mapped_column(Json)

    @declared_attr
    def job_id(cls) -> Mapped[int]:  # noqa: N805 — declared_attr works on the class
        """The job this row belongs to: never NULL, always an existing job."""
        return mapped_column(RowId, ForeignKey("jobs.id"), nullable=False)

    @declared_attr
    def tombstone_id(cls) -> Mapped[int | None]:  # noqa: N805 — declared_attr works on the class
        """Set when the content was taken down; ids, hashes and keys stay."""
        return mapped_column(RowId, ForeignKey("tombstones.id"), nullable=True)


def _record(node: str, *constraints: Any, content: tuple[str, ...] = (), per: tuple[str, ...] = ()) -> tuple[Any, ...]:  # noqa: ANN401 — SQLAlchemy's own table args
    """Table arguments of a record: its keys, the tombstone rule, and the marks."""
    columns = ("document", *content)
    gone = " AND ".join(f"{column} IS NULL" for column in columns)
    there = " AND ".join(f"{column} IS NOT NULL" for column in columns)
    return (
        UniqueConstraint("job_id", "id"),
        UniqueConstraint("job_id", *per, "version"),
        UniqueConstraint("job_id", "run_id", *per),
        one_of("origin", "run", "edit"),
        is_sha256("data_version"),
        is_sha256("previous_sha256"),
        Index(None, "data_version"),
        CheckConstraint("version >= 1", name="version_counts"),
        CheckConstraint("(origin = 'run') = (run_id IS NOT NULL)", name="a_run_or_an_edit"),
        CheckConstraint(f"tombstone_id IS NULL OR ({gone})", name="tombstone_has_no_content"),
        CheckConstraint(f"tombstone_id IS NOT NULL OR ({there})", name="content_or_tombstone"),
        *constraints,
        {"sqlite_autoincrement": True, "info": {"node": node, "append_only": True, "content": columns, "record": True}},
    )


def _upstream(columns: tuple[str, ...], table: str, target: tuple[str, ...]) -> tuple[Any, ...]:
    """A composite key to an upstream row, the index for its own check, and the one for the walk downstream."""
    key = ForeignKeyConstraint(columns, [f"{table}.{column}" for column in target])
    return key, Index(None, *columns), Index(None, columns[target.index("id")])


class TrendReport(Record, Base):
    """The observations one job works from."""

    __tablename__ = "trend_reports"
    __table_args__ = _record("trend_report")

    window_start: Mapped[datetime | None]
    window_end: Mapped[datetime]
    observation_count: Mapped[int]


class TrendAnalysis(Record, Base):
    """What is rising and why, made from one report."""

    __tablename__ = "trend_analyses"
    __table_args__ = _record(
        "trend_analysis",
        *_upstream(("job_id", "report_id"), "trend_reports", ("job_id", "id")),
        UniqueConstraint("job_id", "report_id", "id"),
    )

    report_id: Mapped[int] = mapped_column(RowId)
    topic_count: Mapped[int]


class Script(Record, Base):
    """What a video says and shows, written from one analysis."""

    __tablename__ = "scripts"
    __table_args__ = _record(
        "script",
        *_upstream(("job_id", "analysis_id"), "trend_analyses", ("job_id", "id")),
        UniqueConstraint("job_id", "analysis_id", "id"),
        content=("title",),
    )

    analysis_id: Mapped[int] = mapped_column(RowId)
    title: Mapped[str | None]
    scene_count: Mapped[int]
    duration_target_seconds: Mapped[float]


class Voiceover(Record, Base):
    """The narration of one script."""

    __tablename__ = "voiceovers"
    __table_args__ = _record(
        "voiceover",
        *_upstream(("job_id", "script_id"), "scripts", ("job_id", "id")),
        UniqueConstraint("job_id", "script_id", "id"),
        Index("ix_voiceovers_audio_sha256", "audio_sha256"),
    )

    script_id: Mapped[int] = mapped_column(RowId)
    audio_sha256: Mapped[str] = mapped_column(Hash, ForeignKey("artifacts.sha256"))
    duration_seconds: Mapped[float]


class Clip(Record, Base):
    """The picture of one scene, cut to the voiceover of the same script."""

    __tablename__ = "clips"
    __table_args__ = _record(
        "clip",
        *_upstream(("job_id", "script_id", "voiceover_id"), "voiceovers", ("job_id", "script_id", "id")),
        UniqueConstraint("job_id", "script_id", "voiceover_id", "scene", "id"),
        CheckConstraint("scene >= 1", name="scene_counts"),
        Index("ix_clips_artifact_sha256", "artifact_sha256"),
        per=("scene",),
    )

    script_id: Mapped[int] = mapped_column(RowId)
    voiceover_id: Mapped[int] = mapped_column(RowId)
    scene: Mapped[int] = mapped_column(Integer)
    artifact_sha256: Mapped[str] = mapped_column(Hash, ForeignKey("artifacts.sha256"))
    frames: Mapped[int]


class Video(Record, Base):
    """The finished file, made from one script, its voiceover and the clips in `video_clips`."""

    __tablename__ = "videos"
    __table_args__ = _record(
        "video",
        *_upstream(("job_id", "script_id", "voiceover_id"), "voiceovers", ("job_id", "script_id", "id")),
        UniqueConstraint("job_id", "script_id", "voiceover_id", "id"),
        UniqueConstraint("job_id", "id", "file_sha256"),
        Index("ix_videos_file_sha256", "file_sha256"),
        Index("ix_videos_thumbnail_sha256", "thumbnail_sha256"),
        Index("ix_videos_captions_srt_sha256", "captions_srt_sha256"),
        Index("ix_videos_captions_vtt_sha256", "captions_vtt_sha256"),
        Index("ix_videos_captions_ass_sha256", "captions_ass_sha256"),
        content=("title",),
    )

    script_id: Mapped[int] = mapped_column(RowId)
    voiceover_id: Mapped[int] = mapped_column(RowId)
    title: Mapped[str | None]
    file_sha256: Mapped[str] = mapped_column(Hash, ForeignKey("artifacts.sha256"))
    thumbnail_sha256: Mapped[str] = mapped_column(Hash, ForeignKey("artifacts.sha256"))
    captions_srt_sha256: Mapped[str] = mapped_column(Hash, ForeignKey("artifacts.sha256"))
    captions_vtt_sha256: Mapped[str] = mapped_column(Hash, ForeignKey("artifacts.sha256"))
    captions_ass_sha256: Mapped[str] = mapped_column(Hash, ForeignKey("artifacts.sha256"))
    duration_seconds: Mapped[float]
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)


class Review(Record, Base):
    """The automatic findings about one video file."""

    __tablename__ = "reviews"
    __table_args__ = _record(
        "review",
        *_upstream(("job_id", "video_id", "video_sha256"), "videos", ("job_id", "id", "file_sha256")),
        UniqueConstraint("job_id", "video_id", "video_sha256", "id"),
    )

    video_id: Mapped[int] = mapped_column(RowId)
    video_sha256: Mapped[str] = mapped_column(Hash)
    finding_count: Mapped[int] = mapped_column(Integer)
    blocking_count: Mapped[int] = mapped_column(Integer)


class Decision(Base):
    """A person's verdict on exactly the file that was reviewed; one per video."""

    __tablename__ = "decisions"
    __table_args__ = (
        *_upstream(
            ("job_id", "video_id", "video_sha256", "review_id"),
            "reviews",
            ("job_id", "video_id", "video_sha256", "id"),
        ),
        UniqueConstraint("video_id"),
        one_of("verdict", "approve", "reject"),
        CheckConstraint("length(reason) > 0", name="has_a_reason"),
        {"sqlite_autoincrement": True, "info": {"node": "decision", "append_only": True, "content": ()}},
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    job_id: Mapped[int] = mapped_column(RowId, ForeignKey("jobs.id"))
    review_id: Mapped[int] = mapped_column(RowId)
    video_id: Mapped[int] = mapped_column(RowId)
    video_sha256: Mapped[str] = mapped_column(Hash)
    verdict: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str]
    actor: Mapped[str]
    demo_allowed: Mapped[bool]
    decided_at: Mapped[datetime]
