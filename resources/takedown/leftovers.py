"""Which of the files that take-downs removed must still go: a file that was made again from sound inputs stays.

Belongs here: telling the two apart, for whoever deletes (`files.py`) and whoever audits. Not here: deleting.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from reelineage.models import Job
from reelineage.takedown.rows import users_of_files
from reelineage.takedown.withdrawal import files_of_theme, refused_files
from resources.artifact_store import ArtifactStore

_WAITING = ("queued", "submitted", "running", "failed", "cancelled")


def left_over(session: Session, store: ArtifactStore, removed: Mapping[str, datetime]) -> list[str]:
    """The files in the store that must go, of those that were removed, each with the moment of its take-down.

    A source goes always. Another file stays while a row with content names it, while a job that waits was ordered with
    it, or when it came in after the take-down and a run is at work, which may be about to name it.
    """
    there = {sha256: came for sha256 in removed if (came := _came_in(store, sha256)) is not None}
    refused = refused_files(session, [*there])
    again = there.keys() - refused.keys()
    if again:
        again -= {sha256 for sha256, _ in users_of_files(session, again)} | _ordered(session, again)
    if again and session.scalar(select(Job.id).where(Job.active_run.is_not(None)).limit(1)) is not None:
        again = {sha256 for sha256 in again if there[sha256] < removed[sha256].timestamp()}
    return sorted(again | refused.keys())


def _ordered(session: Session, hashes: set[str]) -> set[str]:
    """Those that the themes of jobs name which have no row of it yet."""
    themes = select(Job.theme).where(Job.state.in_(_WAITING)).execution_options(yield_per=500)
    return {sha256 for theme in session.scalars(themes) for sha256 in files_of_theme(theme) if sha256 in hashes}


def _came_in(store: ArtifactStore, sha256: str) -> float | None:
    path: Path = store.root / sha256[:2] / sha256
    try:
        return path.stat().st_ctime
    except FileNotFoundError:
        return None
