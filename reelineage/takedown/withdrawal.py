"""What tombstones mean for what is left: which video is withdrawn, which bytes may not come back, what is still due.

Belongs here: questions about take-downs that were made. Not here: what a take-down takes (`plan.py`), carrying one
out (`resources/takedown`). Every function takes a session that the caller opened; nothing is copied onto descendants.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue
from sqlalchemy import Select, exists, literal_column, select
from sqlalchemy.orm import Session

from reelineage import lineage
from reelineage.errors import BadInput
from reelineage.family import Ref, upstream
from reelineage.models import Job, Tombstone, TombstoneTarget, TrendFetch, Video

_MOST_KEYS = 5_000  # SQLite takes 32,766 parameters in one statement
# what each asset reads; one that is made already reads nothing any more
_READS = {
    "analysis": ("trends",),
    "scripts": ("analysis",),
    "voiceovers": ("scripts",),
    "clips": ("scripts", "voiceovers"),
    "videos": ("scripts", "voiceovers", "clips"),
    "reviews": ("scripts", "videos"),
}
_WHOLE = frozenset({"videos", "reviews"})


@dataclass(frozen=True)
class Obligation:
    """The duty to delete the text of one fetch that a video was made from; `done` when its content is gone."""

    fetch: Ref
    source: str
    delete_by: datetime
    done: bool


def told(tombstone: Tombstone) -> str:
    """A tombstone in a few words, as every message and list says it."""
    return f"taken down {tombstone.created_at:%Y-%m-%d}: {tombstone.reason}"


def is_withdrawn(session: Session, video_id: int) -> Tombstone | None:
    """The first take-down that withdrew this video, its job, or anything that it was made from; None when none did."""
    if not session.scalar(_any_withdrawn()):
        return None
    job_id = session.scalar(select(Video.job_id).where(Video.id == video_id))
    if job_id is None:
        return None
    return withdrawn_behind(session, [Ref("job", str(job_id)), Ref("video", str(video_id))])


def withdrawn_behind(session: Session, refs: Collection[Ref]) -> Tombstone | None:
    """The first take-down that withdrew one of these rows or one of their ancestors."""
    if not session.scalar(_any_withdrawn()):
        return None  # the walk is not needed, and almost no installation ever takes anything down
    found = targets_among(session, upstream(session, refs), effect="withdrawn")
    return session.get(Tombstone, min(found.values())) if found else None


def _any_withdrawn() -> Select[bool]:
    """Whether anything is withdrawn at all: one look into an index that holds nothing else.

    SQLite uses it only for a value that stands in the statement itself.
    """
    return select(exists().where(TombstoneTarget.effect == literal_column("'withdrawn'")))


def targets_among(session: Session, refs: Collection[Ref], *, effect: str) -> dict[Ref, int]:
    """Which of these rows and files a take-down names with this effect, and the first tombstone that does."""
    keys: dict[str, list[str]] = {}
    for ref in refs:
        keys.setdefault(ref.node, []).append(ref.key)
    found: dict[Ref, int] = {}
    for node, listed in keys.items():
        for start in range(0, len(listed), _MOST_KEYS):
            query = select(TombstoneTarget.key, TombstoneTarget.tombstone_id).where(
                TombstoneTarget.node == node,
                TombstoneTarget.key.in_(listed[start : start + _MOST_KEYS]),
                TombstoneTarget.effect == effect,
            )
            for key, tombstone_id in session.execute(query.order_by(TombstoneTarget.tombstone_id)):
                found.setdefault(Ref(node, key), tombstone_id)
    return found


def refuse_removed(session: Session, sha256: str, *, doing: str) -> None:
    """Let bytes that were taken down not come back.

    Raises:
        BadInput: the file with this hash is a source that was taken down; names when and why.
    """
    if tombstone_id := refused_files(session, [sha256]).get(sha256):
        tombstone = session.get_one(Tombstone, tombstone_id)
        raise BadInput(
            f"{doing}: the file {sha256[:12]}… was {told(tombstone)}. Bytes that were taken down are never stored "
            "again; use another file."
        )


def refused_files(session: Session, hashes: Collection[str]) -> dict[str, int]:
    """Those of these files that may never come back, and the first tombstone that says so.

    They are sources: withdrawn themselves, or fetched trend files whose text was removed. A file that merely went with
    what it was made from may be made again.
    """
    files = [Ref("artifact", sha256) for sha256 in hashes]
    found = targets_among(session, files, effect="withdrawn")
    removed = targets_among(session, [ref for ref in files if ref not in found], effect="removed")
    keys = [ref.key for ref in removed]
    for start in range(0, len(keys), _MOST_KEYS):
        batch = keys[start : start + _MOST_KEYS]
        fetched = select(TrendFetch.artifact_sha256).where(TrendFetch.artifact_sha256.in_(batch)).distinct()
        for sha256 in session.scalars(fetched):
            found[Ref("artifact", sha256)] = removed[Ref("artifact", sha256)]
    return {ref.key: tombstone_id for ref, tombstone_id in found.items()}


def why_not_made(session: Session, job: Job, *, resume: bool) -> str | None:
    """Why a job can never be made (again), in one sentence that begins after the job's name; None when it can.

    A job is withdrawn itself, its theme names a file that was taken down, or, when it is to `resume`, what a missing
    stage still reads has no content any more or descends from something withdrawn.
    """
    if not session.scalar(select(exists().where(TombstoneTarget.tombstone_id.is_not(None)))):
        return None
    withdrawn = targets_among(session, [Ref("job", str(job.id))], effect="withdrawn")
    for tombstone_id in withdrawn.values():
        return f"it was {told(session.get_one(Tombstone, tombstone_id))}"
    for sha256, tombstone_id in refused_files(session, [*files_of_theme(job.theme)]).items():
        return f"the file {sha256[:12]}… of its theme was {told(session.get_one(Tombstone, tombstone_id))}"
    return _why_not_resumed(session, job.id) if resume else None


def _why_not_resumed(session: Session, job_id: int) -> str | None:
    current = lineage.current(session, job_id)
    read = still_read(current)
    rows = [(asset, row) for asset in lineage.ASSETS if asset in read for row in current.rows(asset)]
    for asset, row in rows:
        if row.tombstone_id is not None:
            tombstone = session.get_one(Tombstone, row.tombstone_id)
            return f"the content of {lineage.NODES[asset]}:{row.id} was {told(tombstone)}"
    behind = withdrawn_behind(session, [Ref(lineage.NODES[asset], str(row.id)) for asset, row in rows])
    return f"something it was made from was {told(behind)} (tombstone:{behind.id})" if behind else None


def still_read(current: lineage.Current) -> frozenset[str]:
    """The assets whose rows a missing one is still made from; a video that is whole is read itself."""
    missing = [asset for asset in lineage.ASSETS if not current.rows(asset)]
    if current.script:  # what came before it is never made for it again
        missing = [asset for asset in missing if asset not in ("trends", "analysis")]
    return frozenset(read for asset in missing for read in _READS.get(asset, ())) if missing else _WHOLE


def files_of_theme(value: JsonValue) -> Iterator[str]:
    """The hashes of the stored files that a frozen theme names, wherever in it they stand."""
    if isinstance(value, dict):
        sha256 = value.get("artifact_sha256")
        if isinstance(sha256, str):
            yield sha256
        for one in value.values():
            yield from files_of_theme(one)
    elif isinstance(value, list):
        for one in value:
            yield from files_of_theme(one)


def obligations_of(session: Session, video_id: int) -> tuple[Obligation, ...]:
    """The duties to delete that a video has inherited from the fetches behind it, the most urgent first."""
    fetches = [int(ref.key) for ref in upstream(session, [Ref("video", str(video_id))]) if ref.node == "trend_fetch"]
    rows = session.execute(
        select(TrendFetch.id, TrendFetch.source_name, TrendFetch.delete_by)
        .where(TrendFetch.id.in_(fetches), TrendFetch.delete_by.is_not(None))
        .order_by(TrendFetch.delete_by, TrendFetch.id)
    ).all()
    done = targets_among(session, [Ref("trend_fetch", str(row.id)) for row in rows], effect="removed")
    return tuple(
        Obligation(ref, row.source_name, row.delete_by, ref in done)
        for row in rows
        if row.delete_by is not None
        for ref in [Ref("trend_fetch", str(row.id))]
    )
