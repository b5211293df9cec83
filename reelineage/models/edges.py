"""Many-to-many lineage: which observations, clips, provider calls and outside works a record was made from.

`derived` marks the column of the row that was made; the other keys lead to what it was made from.
"""

from typing import Any

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from reelineage.models.base import Base, RowId


def _edge(derived: str, *constraints: Any) -> tuple[Any, ...]:  # noqa: ANN401 — SQLAlchemy's own table args
    return (*constraints, {"info": {"derived": derived, "append_only": True, "content": ()}})


class TrendReportObservation(Base):
    """The observations a report holds."""

    __tablename__ = "trend_report_observations"
    __table_args__ = _edge(
        "report_id",
        ForeignKeyConstraint(("job_id", "report_id"), ("trend_reports.job_id", "trend_reports.id")),
        UniqueConstraint("job_id", "report_id", "observation_id"),
        Index("ix_trend_report_observations_observation_id", "observation_id"),
    )

    job_id: Mapped[int] = mapped_column(RowId)
    report_id: Mapped[int] = mapped_column(RowId, primary_key=True)
    observation_id: Mapped[int] = mapped_column(RowId, ForeignKey("trend_observations.id"), primary_key=True)


class TrendAnalysisObservation(Base):
    """The observations an analysis used: only ones that its report holds."""

    __tablename__ = "trend_analysis_observations"
    __table_args__ = _edge(
        "analysis_id",
        ForeignKeyConstraint(
            ("job_id", "report_id", "analysis_id"),
            ("trend_analyses.job_id", "trend_analyses.report_id", "trend_analyses.id"),
        ),
        ForeignKeyConstraint(
            ("job_id", "report_id", "observation_id"),
            (
                "trend_report_observations.job_id",
                "trend_report_observations.report_id",
                "trend_report_observations.observation_id",
            ),
        ),
        ForeignKeyConstraint(("observation_id",), ("trend_observations.id",)),
        UniqueConstraint("job_id", "analysis_id", "observation_id"),
        Index("ix_trend_analysis_observations_observation_id", "observation_id"),
    )

    job_id: Mapped[int] = mapped_column(RowId)
    report_id: Mapped[int] = mapped_column(RowId)
    analysis_id: Mapped[int] = mapped_column(RowId, primary_key=True)
    observation_id: Mapped[int] = mapped_column(RowId, primary_key=True)


class ScriptCitation(Base):
    """The observations a scene of a script cites: only ones that its analysis used."""

    __tablename__ = "script_citations"
    __table_args__ = _edge(
        "script_id",
        ForeignKeyConstraint(
            ("job_id", "analysis_id", "script_id"), ("scripts.job_id", "scripts.analysis_id", "scripts.id")
        ),
        ForeignKeyConstraint(
            ("job_id", "analysis_id", "observation_id"),
            (
                "trend_analysis_observations.job_id",
                "trend_analysis_observations.analysis_id",
                "trend_analysis_observations.observation_id",
            ),
        ),
        ForeignKeyConstraint(("observation_id",), ("trend_observations.id",)),
        Index("ix_script_citations_observation_id", "observation_id"),
    )

    job_id: Mapped[int] = mapped_column(RowId)
    analysis_id: Mapped[int] = mapped_column(RowId)
    script_id: Mapped[int] = mapped_column(RowId, primary_key=True)
    scene: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    observation_id: Mapped[int] = mapped_column(RowId, primary_key=True)


class VideoClip(Base):
    """The clips a video shows: only ones of its own script and voiceover, one per scene."""

    __tablename__ = "video_clips"
    __table_args__ = _edge(
        "video_id",
        ForeignKeyConstraint(
            ("job_id", "script_id", "voiceover_id", "video_id"),
            ("videos.job_id", "videos.script_id", "videos.voiceover_id", "videos.id"),
        ),
        ForeignKeyConstraint(
            ("job_id", "script_id", "voiceover_id", "scene", "clip_id"),
            ("clips.job_id", "clips.script_id", "clips.voiceover_id", "clips.scene", "clips.id"),
        ),
        Index("ix_video_clips_clip_id", "clip_id"),
    )

    job_id: Mapped[int] = mapped_column(RowId)
    script_id: Mapped[int] = mapped_column(RowId)
    voiceover_id: Mapped[int] = mapped_column(RowId)
    video_id: Mapped[int] = mapped_column(RowId, primary_key=True)
    scene: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    clip_id: Mapped[int] = mapped_column(RowId)


class ScriptCall(Base):
    """The provider calls a script came from."""

    __tablename__ = "script_calls"
    __table_args__ = _edge(
        "script_id",
        ForeignKeyConstraint(("job_id", "script_id"), ("scripts.job_id", "scripts.id")),
        ForeignKeyConstraint(("job_id", "call_id"), ("provider_calls.job_id", "provider_calls.id")),
        Index("ix_script_calls_call_id", "call_id"),
    )

    job_id: Mapped[int] = mapped_column(RowId)
    script_id: Mapped[int] = mapped_column(RowId, primary_key=True)
    call_id: Mapped[int] = mapped_column(RowId, primary_key=True)


class VoiceoverCall(Base):
    """The provider calls a voiceover came from, one per sentence."""

    __tablename__ = "voiceover_calls"
    __table_args__ = _edge(
        "voiceover_id",
        ForeignKeyConstraint(("job_id", "voiceover_id"), ("voiceovers.job_id", "voiceovers.id")),
        ForeignKeyConstraint(("job_id", "call_id"), ("provider_calls.job_id", "provider_calls.id")),
        Index("ix_voiceover_calls_call_id", "call_id"),
    )

    job_id: Mapped[int] = mapped_column(RowId)
    voiceover_id: Mapped[int] = mapped_column(RowId, primary_key=True)
    call_id: Mapped[int] = mapped_column(RowId, primary_key=True)


class ClipCall(Base):
    """The provider calls a clip came from."""

    __tablename__ = "clip_calls"
    __table_args__ = _edge(
        "clip_id",
        ForeignKeyConstraint(("job_id", "clip_id"), ("clips.job_id", "clips.id")),
        ForeignKeyConstraint(("job_id", "call_id"), ("provider_calls.job_id", "provider_calls.id")),
        Index("ix_clip_calls_call_id", "call_id"),
    )

    job_id: Mapped[int] = mapped_column(RowId)
    clip_id: Mapped[int] = mapped_column(RowId, primary_key=True)
    call_id: Mapped[int] = mapped_column(RowId, primary_key=True)


class VideoCall(Base):
    """The provider calls that composition itself made (music)."""

    __tablename__ = "video_calls"
    __table_args__ = _edge(
        "video_id",
        ForeignKeyConstraint(("job_id", "video_id"), ("videos.job_id", "videos.id")),
        ForeignKeyConstraint(("job_id", "call_id"), ("provider_calls.job_id", "provider_calls.id")),
        Index("ix_video_calls_call_id", "call_id"),
    )

    job_id: Mapped[int] = mapped_column(RowId)
    video_id: Mapped[int] = mapped_column(RowId, primary_key=True)
    call_id: Mapped[int] = mapped_column(RowId, primary_key=True)


class VoiceoverMedia(Base):
    """The outside works a voiceover uses (the voice)."""

    __tablename__ = "voiceover_media_items"
    __table_args__ = _edge(
        "voiceover_id",
        ForeignKeyConstraint(("job_id", "voiceover_id"), ("voiceovers.job_id", "voiceovers.id")),
        Index("ix_voiceover_media_items_media_item_id", "media_item_id"),
    )

    job_id: Mapped[int] = mapped_column(RowId)
    voiceover_id: Mapped[int] = mapped_column(RowId, primary_key=True)
    media_item_id: Mapped[int] = mapped_column(RowId, ForeignKey("media_items.id"), primary_key=True)


class ClipMedia(Base):
    """The outside works a clip shows (fonts, footage)."""

    __tablename__ = "clip_media_items"
    __table_args__ = _edge(
        "clip_id",
        ForeignKeyConstraint(("job_id", "clip_id"), ("clips.job_id", "clips.id")),
        Index("ix_clip_media_items_media_item_id", "media_item_id"),
    )

    job_id: Mapped[int] = mapped_column(RowId)
    clip_id: Mapped[int] = mapped_column(RowId, primary_key=True)
    media_item_id: Mapped[int] = mapped_column(RowId, ForeignKey("media_items.id"), primary_key=True)


class VideoMedia(Base):
    """The outside works that composition itself adds (caption font, music)."""

    __tablename__ = "video_media_items"
    __table_args__ = _edge(
        "video_id",
        ForeignKeyConstraint(("job_id", "video_id"), ("videos.job_id", "videos.id")),
        Index("ix_video_media_items_media_item_id", "media_item_id"),
    )

    job_id: Mapped[int] = mapped_column(RowId)
    video_id: Mapped[int] = mapped_column(RowId, primary_key=True)
    media_item_id: Mapped[int] = mapped_column(RowId, ForeignKey("media_items.id"), primary_key=True)
