"""The order of the assets, the chain of a job's records, and which of its rows count now.

Belongs here: rules that hold for every job. Not here: walking the graph of rows (`family.py`), writing rows
(`resources/record_rows.py`). Every function takes a session that the caller opened.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, bindparam, func, select
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
        return _newest(session, entity, then, job_id=job_id, **upstream)

    report = newest(TrendReport)
    analysis = newest(TrendAnalysis, report_id=report.id) if report else None
    script = newest(Script)
    voiceover = newest(Voiceover, script_id=script.id) if script else None
    clips = _current_clips(session, script, voiceover, then) if script and voiceover else None
    video = _current_video(session, clips, then) if clips else None
    review = newest(Review, video_id=video.id) if video else None
    return Current(report, analysis, script, voiceover, clips, video, review)


def _newest(session: Session, entity: type[RowType], then: datetime, **columns: int) -> RowType | None:
    """The row with the highest id among those with these values."""
    row: RowType | None = session.scalars(_newest_of(entity, *columns), {"then": then, **columns}).first()
    return row


def _current_clips(session: Session, script: Script, voiceover: Voiceover, then: datetime) -> tuple[Clip, ...] | None:
    """The newest clip of every scene made for this voiceover, or None while a scene lacks one."""
    given = {"job_id": script.job_id, "script_id": script.id, "voiceover_id": voiceover.id, "then": then}
    clips: tuple[Clip, ...] = tuple(session.scalars(_newest_clips(), given))
    return clips if len(clips) == script.scene_count else None


def _current_video(session: Session, clips: tuple[Clip, ...], then: datetime) -> Video | None:
    """The newest video, if it shows exactly these clips."""
    first = clips[0]
    made_from = {"script_id": first.script_id, "voiceover_id": first.voiceover_id}
    video = _newest(session, Video, then, job_id=first.job_id, **made_from)
    if video is None:
        return None
    shown = set(session.scalars(select(VideoClip.clip_id).where(VideoClip.video_id == video.id)))
    return video if shown == {clip.id for clip in clips} else None


# --- statements, made once per process: building one anew takes longer than its answer -------------------------------


@cache
def _newest_of(entity: type[Base], *columns: str) -> Select[Any]:
    newest = entity.__table__.c.id.desc()
    return select(entity).where(*_within(entity, columns)).order_by(newest).limit(1)


@cache
def _newest_clips() -> Select[Any]:
    within = _within(Clip, ("job_id", "script_id", "voiceover_id"))
    newest = select(func.max(Clip.id)).where(*within).group_by(Clip.scene)
    return select(Clip).where(Clip.id.in_(newest)).order_by(Clip.scene)


def _within(entity: type[Base], columns: Collection[str]) -> list[ColumnElement[bool]]:
    """That the columns have the values given by their names, and the row was there `then`."""
    table = entity.__table__.c
    return [*(table[name] == bindparam(name) for name in columns), table.created_at <= bindparam("then")]
