"""The versions of a job: each script with who caused it, the videos made from it, and what was decided about them.

Belongs here: the history as rows tell it. Not here: how two versions differ (`reelineage/comparing`), which one counts
(`reelineage/lineage.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pydantic import JsonValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from reelineage.graph import Ref
from reelineage.models import Decision, Edit, Script, ScriptEdit, Video

MOST_VERSIONS: Final = 50  # of a job on one page, the newest
_MOST_VIDEOS: Final = 200


@dataclass(frozen=True)
class MadeVideo:
    """A video of a version; `decision` is what somebody decided about it, void when it is no longer current."""

    id: int
    version: int
    created_at: datetime
    decision: Decision | None
    current: bool


@dataclass(frozen=True)
class EditTold:
    """An edit in words; `changes` is empty when its content was taken down."""

    id: int
    actor: str
    reason: str | None
    changes: tuple[str, ...]


@dataclass(frozen=True)
class Version:
    """One version of a job's script, newest video first."""

    script_id: int
    number: int
    title: str | None
    created_at: datetime
    current: bool
    edit: EditTold | None
    videos: tuple[MadeVideo, ...]

    @property
    def ref(self) -> Ref:
        """What stands for it in a comparison: its newest video, or the script while there is none."""
        return Ref("video", str(self.videos[0].id)) if self.videos else Ref("script", str(self.script_id))


def versions_of(session: Session, job_id: int, *, script_id: int | None, video_id: int | None) -> tuple[Version, ...]:
    """A job's versions, newest first, at most fifty.

    Args:
        session: where the rows are.
        job_id: the job.
        script_id: the script that counts now, None while there is none.
        video_id: the video that counts now.
    """
    newest = select(Script).where(Script.job_id == job_id).order_by(Script.id.desc()).limit(MOST_VERSIONS)
    scripts = session.scalars(newest).all()
    keys = [script.id for script in scripts]
    videos = _videos(session, job_id, keys, video_id)
    edits = _edits(session, keys)
    return tuple(
        Version(
            script_id=script.id,
            number=script.version,
            title=script.title,
            created_at=script.created_at,
            current=script.id == script_id,
            edit=edits.get(script.id),
            videos=tuple(videos.get(script.id, ())),
        )
        for script in scripts
    )


def _videos(
    session: Session, job_id: int, scripts: Sequence[int], current: int | None
) -> dict[int, list[MadeVideo]]:  # fmt: skip
    rows = session.execute(
        select(Video.id, Video.version, Video.script_id, Video.created_at, Decision)
        .outerjoin(Decision, Decision.video_id == Video.id)
        .where(Video.job_id == job_id, Video.script_id.in_(scripts))
        .order_by(Video.id.desc())
        .limit(_MOST_VIDEOS)
    )
    found: dict[int, list[MadeVideo]] = {}
    for video_id, version, script_id, created_at, decision in rows:
        found.setdefault(script_id, []).append(
            MadeVideo(video_id, version, created_at, decision, current=video_id == current)
        )
    return found


def _edits(session: Session, scripts: Sequence[int]) -> dict[int, EditTold]:
    rows = session.execute(
        select(ScriptEdit.script_id, Edit).join(Edit, Edit.id == ScriptEdit.edit_id).where(
            ScriptEdit.script_id.in_(scripts)
        )
    )  # fmt: skip
    return {
        script_id: EditTold(edit.id, edit.actor, edit.reason, tuple(map(_change_told, edit.changes or ())))
        for script_id, edit in rows
    }


def _change_told(change: JsonValue) -> str:
    """One change in a few words, from the row as it is: a change of a kind that came later is told by its name."""
    if not isinstance(change, dict):
        return "a change"
    match change.get("kind"):
        case "sentence":
            return f"sentence {change.get('scene')}.{change.get('sentence')}: “{change.get('text')}”"
        case "title":
            return f"title: “{change.get('text')}”"
        case "call_to_action":
            return f"call to action: “{change.get('text')}”"
        case "scene_again":
            return f"another picture for scene {change.get('scene')}"
        case kind:
            return f"a change of the kind {kind}"
