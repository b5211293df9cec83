"""Who uses what, read in batches from the models' own keys: the facts that a take-down's plan is made of.

Belongs here: queries about rows, files and calls. Not here: what follows from the answers (`plan.py`).
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Column, Table, exists, null, select
from sqlalchemy.orm import Session

from reelineage.family import Ref, node_tables
from reelineage.models import Artifact, Base, ClipCall, ProviderCall, ScriptCall, VideoCall, VoiceoverCall

_MOST_KEYS = 5_000  # SQLite takes 32,766 parameters in one statement
Key = TypeVar("Key")
_USES = (
    ("script", ScriptCall.script_id, ScriptCall.call_id),
    ("voiceover", VoiceoverCall.voiceover_id, VoiceoverCall.call_id),
    ("clip", ClipCall.clip_id, ClipCall.call_id),
    ("video", VideoCall.video_id, VideoCall.call_id),
)
# the calls that may quote a record that goes: those of its own stage and of the later ones
_ROLES_FROM = {
    "script": ("script_writer", "speech_synthesizer", "footage_source", "music_source"),
    "voiceover": ("speech_synthesizer", "footage_source", "music_source"),
    "clip": ("footage_source", "music_source"),
    "video": ("music_source",),
}


@dataclass(frozen=True)
class Fact:
    """What a plan needs of one row: whether it still has content, its job, its run, and the files it names."""

    has_content: bool
    job_id: int | None
    run_id: str | None
    files: tuple[str, ...]


def batches(keys: Sequence[Key]) -> Iterator[Sequence[Key]]:
    """Keys in pieces that one statement can take."""
    for start in range(0, len(keys), _MOST_KEYS):
        yield keys[start : start + _MOST_KEYS]


def rows_where(session: Session, columns: Sequence[Any], column: Any, keys: Sequence[Any]) -> list[Any]:  # noqa: ANN401 — columns of any type
    """These columns of every row whose `column` is among the keys."""
    return [row for batch in batches(keys) for row in session.execute(select(*columns).where(column.in_(batch)))]


@cache
def content_tables() -> dict[str, tuple[Table, tuple[str, ...]]]:
    """The tables whose rows may lose their content, by node, with the columns that hold it."""
    return {
        node: (table, tuple(table.info["content"]))
        for node, table in node_tables().items()
        if table.info.get("content") and "tombstone_id" in table.c
    }


@cache
def _file_columns() -> dict[Table, tuple[Column[Any], ...]]:
    """Every column of every table that names a stored file."""
    target = Artifact.__table__.c.sha256
    found = {
        table: tuple(key.parent for key in table.foreign_keys if key.column is target)
        for table in Base.metadata.sorted_tables
    }
    return {table: columns for table, columns in found.items() if columns}


def facts_of(session: Session, refs: Collection[Ref]) -> dict[Ref, Fact]:
    """The facts of each of these rows; one that is not there has none."""
    found: dict[Ref, Fact] = {}
    for node, table in node_tables().items():
        keys: list[Any] = [ref.key if node == "artifact" else int(ref.key) for ref in refs if ref.node == node]
        if not keys:
            continue
        key = next(iter(table.primary_key.columns))
        job, run = (table.c.get(name, null()) for name in ("job_id", "run_id"))
        tombstone = table.c.tombstone_id if node in content_tables() else null()
        files = _file_columns().get(table, ())
        for row_key, job_id, run_id, tombstone_id, *named in rows_where(
            session, (key, job, run, tombstone, *files), key, keys
        ):
            has_content = node in content_tables() and tombstone_id is None
            hashes = tuple(one for one in named if one is not None)
            found[Ref(node, str(row_key))] = Fact(has_content, job_id, run_id, hashes)
    return found


def users_of_files(session: Session, files: Collection[str]) -> Iterator[tuple[str, Ref]]:
    """Each file with every row that names it and still has its own content."""
    for table, columns in _file_columns().items():
        key = next(iter(table.primary_key.columns))
        there = [table.c.tombstone_id.is_(None)] if "tombstone_id" in table.c else []
        for column in columns:
            for batch in batches(sorted(files)):
                for sha256, row_key in session.execute(select(column, key).where(column.in_(batch), *there)):
                    yield sha256, Ref(table.info["node"], str(row_key))


def calls_used_only_by(session: Session, going: Collection[Ref]) -> set[Ref]:
    """The calls that made rows that go, and no row that stays."""
    calls: set[int] = set()
    for node, owner, call in _USES:
        keys = sorted(int(ref.key) for ref in going if ref.node == node)
        calls |= {call_id for _, call_id in rows_where(session, (owner, call), owner, keys)}
    tables = node_tables()
    for node, owner, call in _USES:
        table = tables[node]
        for batch in batches(sorted(calls)):
            users = select(call, table.c.id).join(table, table.c.id == owner).where(call.in_(batch))
            for call_id, row_id in session.execute(users.where(table.c.tombstone_id.is_(None))):
                if Ref(node, str(row_id)) not in going:
                    calls.discard(call_id)
    return {Ref("provider_call", str(one)) for one in calls}


def calls_used_by_nothing(session: Session, going: Collection[Ref]) -> set[Ref]:
    """The calls of the same jobs that may quote what goes, and that no row came of: a run failed before."""
    roles: dict[int, set[str]] = {}
    for node, later in _ROLES_FROM.items():
        table = node_tables()[node]
        keys = sorted(int(ref.key) for ref in going if ref.node == node)
        for _, job_id in rows_where(session, (table.c.id, table.c.job_id), table.c.id, keys):
            roles.setdefault(job_id, set()).update(later)
    found: set[Ref] = set()
    for batch in batches(sorted(roles)):
        mine = select(ProviderCall.id, ProviderCall.job_id, ProviderCall.role).where(ProviderCall.job_id.in_(batch))
        unused = [~exists().where(call == ProviderCall.id) for _, _, call in _USES]
        for call_id, job_id, role in session.execute(mine.where(*unused)):
            if job_id is not None and role in roles[job_id]:
                found.add(Ref("provider_call", str(call_id)))
    return found
