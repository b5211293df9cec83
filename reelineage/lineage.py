"""The order of the assets, the chain of a job's records, and which of its rows count now.

Belongs here: rules that hold for every job. Not here: walking the graph of rows (`family.py`), writing rows
(`resources/record_rows.py`). Every function takes a session that the caller opened.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from reelineage.errors import BadInput
from reelineage.fingerprint import sha256_of
from reelineage.models import (
    Base,
    Clip,
    Review,
    Script,
    TrendAnalysis,
    TrendReport,
    Video,
    VideoClip,
    Voiceover,
)

ASSETS = ("trends", "analysis", "scripts", "voiceovers", "clips", "videos", "reviews")
STAGES = {
    "trends": "trend_collection",
    "analysis": "trend_analysis",
    "scripts": "content_generation",
    "voiceovers": "content_generation",
    "clips": "content_generation",
    "videos": "composition",
    "reviews": "review",
}
# the word for a row of each asset: `video` in `video:7`
NODES = {
    "trends": "trend_report",
    "analysis": "trend_analysis",
    "scripts": "script",
    "voiceovers": "voiceover",
    "clips": "clip",
    "videos": "video",
    "reviews": "review",
}
_JOB_ID = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)
RowType = TypeVar("RowType", bound=Base)


def parse_job_id(text: str) -> int:
    """The job id in a partition key or argument: ASCII digits without sign or leading zero.

    Raises:
        BadInput: anything else.
    """
    if not _JOB_ID.fullmatch(text):
        raise BadInput(
            f"Reading a job id: {text[:60]!r} is not one. A job id is a whole number such as 42; "
            "`reelineage jobs list` shows them."
        )
    return int(text)


# --- chain -----------------------------------------------------------------------------------------------------------


def chain_start(job_id: int, theme_sha256: str) -> str:
    """The first link of a job's chain."""
    return sha256_of({"job_id": job_id, "theme_sha256": theme_sha256})


def chain_link(previous_sha256: str, table: str, row_id: int, data_version: str) -> str:
    """The link after a record: what the next record of the job carries as `previous_sha256`."""
    return sha256_of({"previous": previous_sha256, "table": table, "id": row_id, "data_version": data_version})


# --- the current branch ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Current:
    """The rows that count now (design, rule 6). None is missing: never made, or not from the row above."""

    report: TrendReport | None = None
    analysis: TrendAnalysis | None = None
    script: Script | None = None
    voiceover: Voiceover | None = None
    clips: tuple[Clip, ...] | None = None
    video: Video | None = None
    review: Review | None = None

    def rows(self, asset: str) -> tuple[TrendReport | TrendAnalysis | Script | Voiceover | Clip | Video | Review, ...]:
        """The current rows of an asset: none, one, or one clip per scene."""
        if asset == "clips":
            return self.clips or ()
        row = {
            "trends": self.report,
            "analysis": self.analysis,
            "scripts": self.script,
            "voiceovers": self.voiceover,
            "videos": self.video,
            "reviews": self.review,
        }[asset]
        return () if row is None else (row,)

    @property
    def first_missing(self) -> str | None:
        """The first asset without a current row, or None when the job has a reviewed video."""
        start = ASSETS.index("scripts") if self.script else 0
        return next((asset for asset in ASSETS[start:] if not self.rows(asset)), None)


def current(session: Session, job_id: int, *, as_of: datetime | None = None) -> Current:
    """The rows that count now: the newest report, its newest analysis, the newest script, and what hangs on that.

    With `as_of` the rows that counted at that moment.
    """
    then = as_of or datetime.max.replace(tzinfo=UTC)

    def newest(entity: type[RowType], **upstream: int) -> RowType | None:
        return _newest(session, entity, *_within(entity, job_id, then, **upstream))

    report = newest(TrendReport)
    analysis = newest(TrendAnalysis, report_id=report.id) if report else None
    script = newest(Script)
    voiceover = newest(Voiceover, script_id=script.id) if script else None
    clips = _current_clips(session, script, voiceover, then) if script and voiceover else None
    video = _current_video(session, clips, then) if clips else None
    review = newest(Review, video_id=video.id) if video else None
    return Current(report, analysis, script, voiceover, clips, video, review)


def _within(entity: type[Base], job_id: int, then: datetime, **columns: int) -> list[ColumnElement[bool]]:
    conditions = [getattr(entity, name) == value for name, value in {"job_id": job_id, **columns}.items()]
    return [*conditions, entity.__table__.c.created_at <= then]


def _newest(session: Session, entity: type[RowType], *conditions: ColumnElement[bool]) -> RowType | None:
    """The row with the highest id among those that meet the conditions."""
    identity = entity.__table__.c.id
    return session.scalars(select(entity).where(*conditions).order_by(identity.desc()).limit(1)).first()


def _current_clips(session: Session, script: Script, voiceover: Voiceover, then: datetime) -> tuple[Clip, ...] | None:
    """The newest clip of every scene made for this voiceover, or None while a scene lacks one."""
    newest = (
        select(func.max(Clip.id))
        .where(*_within(Clip, script.job_id, then, script_id=script.id, voiceover_id=voiceover.id))
        .group_by(Clip.scene)
    )
    clips = tuple(session.scalars(select(Clip).where(Clip.id.in_(newest)).order_by(Clip.scene)))
    return clips if len(clips) == script.scene_count else None


def _current_video(session: Session, clips: tuple[Clip, ...], then: datetime) -> Video | None:
    """The newest video, if it shows exactly these clips."""
    first = clips[0]
    conditions = _within(Video, first.job_id, then, script_id=first.script_id, voiceover_id=first.voiceover_id)
    video = _newest(session, Video, *conditions)
    if video is None:
        return None
    shown = set(session.scalars(select(VideoClip.clip_id).where(VideoClip.video_id == video.id)))
    return video if shown == {clip.id for clip in clips} else None
