"""Which tables are nodes of the lineage and how they hang together, read from the models' own foreign keys.

Belongs here: references to rows (`Ref`), the kinds of node, the keys between them, since when a row is there. A new
table joins by declaring its keys. Not here: walking (`walk.py`), questions about a row's family (`family.py`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import NamedTuple

from sqlalchemy import Column, ColumnElement, ForeignKeyConstraint, Table, select

from reelineage.models import Base, TrendFetch, TrendObservation

_NO_PARENTS = ("job", "tombstone")  # where rows live, and what remains of their content: nothing is made from these
_SINCE = ("created_at", "decided_at", "started_at")


class Ref(NamedTuple):
    """A row by the word for its table and its key: `video:7`; an artifact's key is its sha256."""

    node: str
    key: str

    def __str__(self) -> str:
        """The form people type."""
        return f"{self.node}:{self.key}"


@dataclass(frozen=True)
class Edge:
    """How one table leads to another: `table` holds the child's key beside the parent's."""

    table: Table
    child_node: str
    child: Column[object]
    parent_node: str
    parent: Column[object]

    @property
    def own(self) -> bool:
        """Whether the child's own row holds the key, rather than a table between the two."""
        return "node" in self.table.info


@cache
def node_tables() -> dict[str, Table]:
    """Every table whose rows are nodes, by its word."""
    return {table.info["node"]: table for table in Base.metadata.sorted_tables if "node" in table.info}


def key_of(table: Table) -> Column[object]:
    """The column that names a row of a node's table."""
    return next(iter(table.primary_key.columns))


@cache
def edges() -> tuple[Edge, ...]:
    """All ways from a row to what it was made from. A job is where rows live, not what they are made from."""
    found = {}
    for table in Base.metadata.sorted_tables:
        for child_node, child in _children(table):
            for constraint in sorted(table.foreign_key_constraints, key=lambda one: str(one.name)):
                target, column = _target(constraint)
                node = target.info.get("node")
                if node is None or node in _NO_PARENTS or column is None or column.name == child.name:
                    continue
                found[str(child), str(column)] = Edge(table, child_node, child, node, column)
    return tuple(found.values())


@cache
def ranks() -> dict[str, int]:
    """Every kind of node, numbered so that children come before their parents.

    A script is edited, and an edit makes the next script: such a circle is entered at its record, before everything
    that only leads out of it. A walk goes round in it until it has all generations together.
    """
    parents: dict[str, set[str]] = {node: set() for node in node_tables()}
    for edge in edges():
        if edge.parent_node != edge.child_node:
            parents[edge.child_node].add(edge.parent_node)
    order: list[str] = []
    left = dict(parents)
    while left:
        waited_for = set().union(*left.values())
        free = [node for node in left if node not in waited_for] or _circle(left)
        order += free
        left = {node: found for node, found in left.items() if node not in free}
    return {node: place for place, node in enumerate(order)}


def _circle(parents: Mapping[str, set[str]]) -> list[str]:
    """The kinds of a circle that only its own kinds wait for, its record first: all else hangs on records."""
    above = {node: _above(node, parents) for node in parents}
    outermost = next(node for node in parents if all(child in above[node] for child in parents if node in above[child]))
    around = {outermost} | {node for node in above[outermost] if outermost in above[node]}
    return sorted(around, key=lambda node: (not node_tables()[node].info.get("record"), node))


def _above(node: str, parents: Mapping[str, set[str]]) -> set[str]:
    """The kinds that rows of this kind may descend from."""
    found: set[str] = set()
    waiting = [node]
    while waiting:
        new = parents.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return found


@cache
def since(node: str) -> ColumnElement[datetime]:
    """Since when a row is there: an observation came with its fetch, all others say so themselves."""
    table = node_tables()[node]
    if table is TrendObservation.__table__:
        fetch = TrendFetch.__table__
        return select(fetch.c.created_at).where(fetch.c.id == table.c.fetch_id).scalar_subquery()
    return next(table.c[name] for name in _SINCE if name in table.c)


def _children(table: Table) -> Iterator[tuple[str, Column[object]]]:
    if "node" in table.info:
        yield table.info["node"], key_of(table)
    elif "derived" in table.info:
        column = table.c[table.info["derived"]]
        for constraint in table.foreign_key_constraints:
            target, own = _target(constraint)
            if own is not None and own.name == column.name:
                yield target.info["node"], column
                return


def _target(constraint: ForeignKeyConstraint) -> tuple[Table, Column[object] | None]:
    """The table a key leads to, and the column here that holds the target's own primary key."""
    target = constraint.referred_table
    if "node" not in target.info:
        return target, None
    key = key_of(target)
    for element in constraint.elements:
        if element.column is key:
            return target, element.parent
    return target, None
