"""Files that a step put into the store and no row came to name: its run was stopped before it could commit.

Belongs here: taking them away, at the failed commit and later. Not here: files that a take-down names as removed
(`takedown/files.py`), the store itself (`artifact_store.py`).
"""

import os
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import select

from reelineage.errors import ReelineageError
from reelineage.models import Artifact, Job
from resources.artifact_store import ArtifactStore
from resources.database import Database

_SETTLED_SECONDS = 180.0  # a write waits a minute for its turn at most; what is put is named in the same breath
_SETTLED_AT_WORK_SECONDS = 3_600.0
_BATCH = 5_000


@contextmanager
def removed_unless_named(database: Database, store: ArtifactStore, hashes: Collection[str]) -> Iterator[None]:
    """When the block refuses to name these files in a row, take away those that no other row names.

    What another run has put in place since is left alone: it is about to be named there.
    """
    before = {sha256: _state(store, sha256) for sha256 in hashes}
    try:
        yield
    except ReelineageError:
        unnamed = set(before) - _named(database, before)
        store.remove(sha256 for sha256 in sorted(unnamed) if _state(store, sha256) == before[sha256])
        raise


def remove_unnamed(database: Database, store: ArtifactStore) -> int:
    """Delete every file of the store that no row names and that nobody can be about to name; returns how many."""
    with database.read() as session:
        at_work = session.scalar(select(Job.id).where(Job.active_run.is_not(None)).limit(1)) is not None
    newest = time.time() - (_SETTLED_AT_WORK_SECONDS if at_work else _SETTLED_SECONDS)
    removed = 0
    for folder in sorted(store.root.glob("[0-9a-f][0-9a-f]")):
        there = _files(folder)
        unnamed = sorted(set(there) - _named(database, there))
        removed += store.remove(sha256 for sha256 in unnamed if _is_older(there[sha256], newest))
    return removed


def _named(database: Database, hashes: Collection[str]) -> set[str]:
    """Those of the files that have a row."""
    listed, found = sorted(hashes), set[str]()
    with database.read() as session:
        for start in range(0, len(listed), _BATCH):
            query = select(Artifact.sha256).where(Artifact.sha256.in_(listed[start : start + _BATCH]))
            found.update(session.scalars(query))
    return found


def _files(folder: Path) -> dict[str, Path]:
    with os.scandir(folder) as entries:
        return {entry.name: Path(entry.path) for entry in entries if len(entry.name) == len("0" * 64)}


def _is_older(path: Path, moment: float) -> bool:
    try:
        return path.stat().st_ctime < moment
    except FileNotFoundError:  # somebody else was quicker
        return False


def _state(store: ArtifactStore, sha256: str) -> tuple[int, int] | None:
    """Which very file lies under this hash: one that is put again is another."""
    try:
        found = (store.root / sha256[:2] / sha256).stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_ctime_ns
