"""What a sha256 belongs to: a stored file, the rows it is the file of, a record's content, a credential.

Belongs here: looking a hash up, by the models' own foreign keys to `artifacts`. Not here: hashing (`fingerprint.py`),
references in general (`references.py`). Every function takes a session that the caller opened.
"""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from reelineage.family import exists
from reelineage.graph import Ref, edges, key_of, node_tables
from reelineage.models import Credential, MediaItem

MOST_EXPLAINED: Final = 20  # the same bytes may be used by thousands of rows; the first ones tell how they were made
_MOST_NAMED: Final = 1_000
# what a file rather is, when several rows hold it: footage of one's own is an outside work, not each clip that shows it
_RATHER: Final = ("video", "media_item", "voiceover", "clip", "trend_fetch", "provider_call")


def behind_hash(session: Session, sha256: str) -> tuple[tuple[Ref, ...], tuple[Ref, ...]]:
    """Where an impact of these bytes starts, and the rows that they are; both empty for an unknown hash.

    A signed file and its manifest are their video. Of a file that many rows use, the impact starts at the file itself.
    """
    owners = _by_node(_owners(session, sha256))
    records = tuple(_records(session, sha256))
    file = Ref("artifact", sha256)
    known = (file,) if exists(session, file) else ()
    refs = (*owners.get("video", ()), *owners.get("media_item", ()), *records, *known)
    made = next((owners[node] for node in _RATHER if node in owners), records or known)
    return tuple(dict.fromkeys(refs)), made[:MOST_EXPLAINED]


def _by_node(refs: Iterator[Ref]) -> dict[str, tuple[Ref, ...]]:
    found: dict[str, tuple[Ref, ...]] = {}
    for ref in refs:
        found[ref.node] = tuple(dict.fromkeys((*found.get(ref.node, ()), ref)))
    return found


def _owners(session: Session, sha256: str) -> Iterator[Ref]:
    """Rows whose file has this hash; and the videos of credentials, which nobody asks about for themselves."""
    for edge in edges():
        if edge.parent_node == "artifact" and edge.own:
            yield from _keys(session, edge.child_node, edge.parent == sha256)
    for column in (Credential.file_sha256, Credential.manifest_sha256):
        videos = select(Credential.video_id).where(column == sha256)
        yield from (Ref("video", str(key)) for key in sorted(set(session.scalars(videos.limit(_MOST_NAMED)))))
    yield from _keys(session, "media_item", MediaItem.sha256 == sha256)


def _records(session: Session, sha256: str) -> Iterator[Ref]:
    for node, table in node_tables().items():
        if "data_version" in table.c:
            yield from _keys(session, node, table.c.data_version == sha256)


def _keys(session: Session, node: str, wanted: ColumnElement[bool]) -> Iterator[Ref]:
    key = key_of(node_tables()[node])
    statement: Select[object] = select(key).where(wanted).order_by(key).limit(_MOST_NAMED)
    for value in session.scalars(statement):
        yield Ref(node, str(value))
