"""A family with its rows: what a reference was made from (`explain`), and what was made from it (`impact`).

Belongs here: where a question starts, and the rows behind each node of the answer. Not here: the walk itself
(`family.py`), what people type (`references.py`), printing (`console/show.py`).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from reelineage import lineage
from reelineage.errors import BadInput
from reelineage.family import Ref, downstream, exists, node_tables, upstream
from reelineage.models import Decision

_MOST_KEYS = 5_000  # SQLite takes 32,766 parameters in one statement


@dataclass(frozen=True)
class Family:
    """An answer: where it starts, each row with its neighbours one step further, and the stored rows."""

    starts: tuple[Ref, ...]
    graph: Mapping[Ref, tuple[Ref, ...]]
    rows: Mapping[Ref, Row[Any]]


def explain(session: Session, starts: Collection[Ref]) -> Family:
    """Everything that the starting rows were made from."""
    graph = upstream(session, starts)
    return Family(tuple(starts), graph, rows_of(session, graph))


def impact(session: Session, starts: Collection[Ref]) -> Family:
    """Everything that was made from the starting rows."""
    graph = downstream(session, starts)
    return Family(tuple(starts), graph, rows_of(session, graph))


def starts_of(session: Session, ref: Ref) -> list[Ref]:
    """The rows a reference stands for: itself, or for a job the last thing that was made for it.

    Raises:
        BadInput: there is no such row, or nothing was made for the job yet.
    """
    if not exists(session, ref):
        raise BadInput(f"Showing {ref}: there is no such row. `reelineage jobs list` shows the jobs.")
    if ref.node != "job":
        return [ref]
    current = lineage.current(session, int(ref.key))
    if current.video is not None:
        decided = session.scalar(select(Decision.id).where(Decision.video_id == current.video.id))
        if decided is not None:
            return [Ref("decision", str(decided))]
    for asset in reversed(lineage.ASSETS):
        if rows := current.rows(asset):
            return [Ref(lineage.NODES[asset], str(row.id)) for row in rows]
    raise BadInput(
        f"Showing {ref}: nothing was made for this job yet. `reelineage jobs show {ref.key}` tells its state."
    )


def rows_of(session: Session, refs: Collection[Ref]) -> dict[Ref, Row[Any]]:
    """The stored row of each reference, one query per table and batch."""
    found: dict[Ref, Row[Any]] = {}
    for node, table in node_tables().items():
        keys = [ref.key for ref in refs if ref.node == node]
        key = next(iter(table.primary_key.columns))
        for start in range(0, len(keys), _MOST_KEYS):
            batch = keys[start : start + _MOST_KEYS]
            typed = batch if node == "artifact" else [int(one) for one in batch]
            for row in session.execute(select(table).where(key.in_(typed))):
                found[Ref(node, str(row._mapping[key]))] = row  # noqa: SLF001 — SQLAlchemy's documented accessor
    return found
