"""A family with its rows: what a reference was made from (`explain`), and what was made from it (`impact`).

Belongs here: where a question starts, and the rows behind each node of the answer. Not here: the walk itself
(`walk.py`), what people type (`references.py`), printing (`console/showing`). `as_of` asks how all of it stood at a
moment in the past; content that was taken down since stays gone, and a job's own state is only known as it is now.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from reelineage import lineage, walk
from reelineage.errors import BadInput
from reelineage.graph import Ref, key_of, node_tables, since
from reelineage.models import Decision


@dataclass(frozen=True)
class Family:
    """An answer: where it starts, each row with its neighbours one step further, and the stored rows."""

    starts: tuple[Ref, ...]
    graph: Mapping[Ref, tuple[Ref, ...]]
    rows: Mapping[Ref, Row[Any]]


def explain(
    session: Session, starts: Collection[Ref], *, as_of: datetime | None = None, most: int = walk.MOST_NODES
) -> Family:
    """Everything that the starting rows were made from, with whole rows.

    Raises:
        TooMuch: the answer has more than `most` rows.
    """
    found = walk.walk(session, starts, up=True, as_of=as_of, columns="all", most=most)
    return Family(tuple(ref for ref in starts if ref in found.graph), found.graph, found.rows)


def impact(
    session: Session, starts: Collection[Ref], *, as_of: datetime | None = None, most: int = walk.MOST_NODES
) -> Family:
    """Everything that was made from the starting rows. The rows lack documents and other large values: there are many.

    Raises:
        TooMuch: the answer has more than `most` rows.
    """
    found = walk.walk(session, starts, up=False, as_of=as_of, columns="slim", most=most)
    return Family(tuple(ref for ref in starts if ref in found.graph), found.graph, found.rows)


def starts_of(session: Session, ref: Ref, *, as_of: datetime | None = None) -> list[Ref]:
    """The rows a reference stands for: itself, or for a job the last thing that was made for it (by `as_of`).

    Raises:
        BadInput: there is no such row, there was none yet, or nothing was made for the job yet.
    """
    made = _made_at(session, ref)
    if made is None:
        raise BadInput(f"Showing {ref}: there is no such row. `reelineage jobs list` shows the jobs.")
    if as_of is not None and made > as_of:
        raise BadInput(f"Showing {ref} as of {as_of:%Y-%m-%d %H:%M:%S} UTC: it came later ({made:%Y-%m-%d %H:%M:%S}).")
    if ref.node != "job":
        return [ref]
    current = lineage.current(session, int(ref.key), as_of=as_of)
    if current.video is not None:
        then = [] if as_of is None else [Decision.decided_at <= as_of]
        decided = session.scalar(select(Decision.id).where(Decision.video_id == current.video.id, *then))
        if decided is not None:
            return [Ref("decision", str(decided))]
    for asset in reversed(lineage.ASSETS):
        if rows := current.rows(asset):
            return [Ref(lineage.NODES[asset], str(row.id)) for row in rows]
    raise BadInput(
        f"Showing {ref}: nothing was made for this job yet. `reelineage jobs show {ref.key}` tells its state."
    )


def rows_of(session: Session, refs: Iterable[Ref]) -> dict[Ref, Row[Any]]:
    """The stored row of each reference, one query per table and batch."""
    return walk.rows_of(session, refs)


def _made_at(session: Session, ref: Ref) -> datetime | None:
    """Since when there is such a row."""
    table = node_tables()[ref.node]
    return session.scalar(select(since(ref.node)).where(key_of(table) == walk.typed(ref)))
