"""The family tree of any row, read from the models' own foreign keys: a new table joins by declaring its keys.

Belongs here: references such as `video:7` and the walks up and down, one query per level. Not here: which rows are
current (`lineage.py`), printing (`console/show.py`). Every function takes a session that the caller opened.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache

from sqlalchemy import Column, ForeignKeyConstraint, String, Table, cast, literal, select, union_all
from sqlalchemy.orm import Session

from reelineage.documents import StandIn
from reelineage.errors import BadInput
from reelineage.models import Base, ProviderCall

_REFERENCE = re.compile(r"([a-z_]{1,32}):([0-9a-f]{1,64})", re.ASCII)
_MOST_NODES = 2_000_000
_MOST_KEYS = 5_000  # SQLite takes 32,766 parameters in one statement


@dataclass(frozen=True, order=True)
class Ref:
    """A row by the word for its table and its key: `video:7`; an artifact's key is its sha256."""

    node: str
    key: str

    def __str__(self) -> str:
        """The form people type."""
        return f"{self.node}:{self.key}"


@dataclass(frozen=True)
class _Edge:
    """How one table leads to another: select (child key, parent key) from `table`."""

    child_node: str
    child: Column[object]
    parent_node: str
    parent: Column[object]
    table: Table


@cache
def node_tables() -> dict[str, Table]:
    """Every table whose rows are nodes, by its word."""
    return {table.info["node"]: table for table in Base.metadata.sorted_tables if "node" in table.info}


@cache
def _edges() -> tuple[_Edge, ...]:
    """All ways from a row to what it was made from. A job is where rows live, not what they are made from."""
    found = {}
    for table in Base.metadata.sorted_tables:
        for child_node, child in _children(table):
            for constraint in table.foreign_key_constraints:
                target, column = _target(constraint)
                node = target.info.get("node")
                if node in (None, "job", "tombstone") or column is None or column.name == child.name:
                    continue
                found[child_node, str(child), node, str(column)] = _Edge(child_node, child, node, column, table)
    return tuple(found.values())


def _children(table: Table) -> Iterator[tuple[str, Column[object]]]:
    if "node" in table.info:
        yield table.info["node"], _key(table)
    elif "derived" in table.info:
        column = table.c[table.info["derived"]]
        for constraint in table.foreign_key_constraints:
            target, own = _target(constraint)
            if own is not None and own.name == column.name:
                yield target.info["node"], column
                return


def _key(table: Table) -> Column[object]:
    return next(iter(table.primary_key.columns))


def _target(constraint: ForeignKeyConstraint) -> tuple[Table, Column[object] | None]:
    """The table a key leads to, and the column here that holds the target's own primary key."""
    target = constraint.referred_table
    if "node" not in target.info:
        return target, None
    key = _key(target)
    for element in constraint.elements:
        if element.column is key:
            return target, element.parent
    return target, None


def parse_reference(text: str) -> Ref:
    """A reference as people type it.

    Raises:
        BadInput: it has another form or names no kind of row; lists the kinds.
    """
    match = _REFERENCE.fullmatch(text)
    kinds = ", ".join(sorted(node_tables()))
    if match is None or match[1] not in node_tables():
        raise BadInput(
            f"Reading the reference {text[:80]!r}: it must be like video:7, with one of these words: {kinds}."
        )
    node, key = match[1], match[2]
    if node != "artifact" and not re.fullmatch(r"[1-9][0-9]{0,17}", key):
        raise BadInput(f"Reading the reference {text[:80]!r}: after the colon comes a number such as {node}:7.")
    return Ref(node, key)


def exists(session: Session, ref: Ref) -> bool:
    """Whether there is such a row."""
    key = _key(node_tables()[ref.node])
    return session.execute(select(key).where(key == _typed(ref))).first() is not None


def upstream(session: Session, starts: Collection[Ref]) -> dict[Ref, tuple[Ref, ...]]:
    """Everything the starting rows were made from: each row with its direct parents, in the order first met."""
    return _walk(session, starts, up=True)


def downstream(session: Session, starts: Collection[Ref]) -> dict[Ref, tuple[Ref, ...]]:
    """Everything made from the starting rows: each row with its direct children."""
    return _walk(session, starts, up=False)


def stand_ins_behind(session: Session, refs: Collection[Ref]) -> tuple[StandIn, ...]:
    """Which stand-ins are among the ancestors of these rows."""
    calls = [int(ref.key) for ref in upstream(session, refs) if ref.node == "provider_call"]
    found: set[str | None] = set()
    for start in range(0, len(calls), _MOST_KEYS):
        batch = calls[start : start + _MOST_KEYS]
        found.update(session.scalars(select(ProviderCall.stand_in).where(ProviderCall.id.in_(batch)).distinct()))
    return tuple(sorted(_stand_in(word) for word in found if word))


def _stand_in(word: str) -> StandIn:
    return "demo" if word == "demo" else "fallback"


def _walk(session: Session, starts: Collection[Ref], *, up: bool) -> dict[Ref, tuple[Ref, ...]]:
    graph: dict[Ref, tuple[Ref, ...]] = {}
    level = list(dict.fromkeys(starts))
    while level:
        if len(graph) + len(level) > _MOST_NODES:
            raise BadInput(f"Walking the lineage: more than {_MOST_NODES:,} rows. Start from a narrower reference.")
        found: dict[Ref, list[Ref]] = {ref: [] for ref in level}
        for start in range(0, len(level), _MOST_KEYS):
            for here, there in _next_level(session, level[start : start + _MOST_KEYS], up=up):
                found[here].append(there)
        graph.update({ref: tuple(dict.fromkeys(others)) for ref, others in found.items()})
        level = [ref for ref in dict.fromkeys(r for others in found.values() for r in others) if ref not in graph]
    return graph


def _next_level(session: Session, level: list[Ref], *, up: bool) -> Iterator[tuple[Ref, Ref]]:
    """One query: the neighbours of all rows of a level."""
    keys: dict[str, list[int | str]] = {}
    for ref in level:
        keys.setdefault(ref.node, []).append(_typed(ref))
    parts = []
    for edge in _edges():
        here_node, here, there_node, there = (
            (edge.child_node, edge.child, edge.parent_node, edge.parent)
            if up
            else (edge.parent_node, edge.parent, edge.child_node, edge.child)
        )
        if here_node in keys:
            parts.append(
                select(
                    literal(here_node).label("here_node"),
                    cast(here, String).label("here"),
                    literal(there_node).label("there_node"),
                    cast(there, String).label("there"),
                ).where(here.in_(keys[here_node]), there.is_not(None))
            )
    if parts:
        rows = session.execute(union_all(*parts)).all()
        for here_node, here_key, there_node, there_key in sorted(rows, key=_natural):
            yield Ref(here_node, here_key), Ref(there_node, there_key)


def _natural(row: tuple[str, str, str, str]) -> tuple[str, int, str, str, int, str]:
    """Order rows by kind and number, so that a tree prints the same on every engine."""
    here_node, here, there_node, there = row
    return (
        here_node, int(here) if here.isdigit() else 0, here, there_node, int(there) if there.isdigit() else 0, there,
    )  # fmt: skip


def _typed(ref: Ref) -> int | str:
    return ref.key if ref.node == "artifact" else int(ref.key)
