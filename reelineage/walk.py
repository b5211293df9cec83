"""Walks up and down the graph of rows: each kind of row is asked for together, with one indexed query per key it has.

Belongs here: the walk, the statements it prepares once per process, and how it looks back in time. Not here: which keys
there are (`graph.py`), what people ask (`family.py`, `explain.py`). Sessions are opened by the caller.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Literal

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    ColumnElement,
    Executable,
    Row,
    Select,
    String,
    any_,
    bindparam,
    case,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from reelineage.errors import TooMuch
from reelineage.graph import Ref, edges, key_of, node_tables, ranks, since

Key = int | str
Columns = Literal["keys", "slim", "all"]
MOST_NODES = 2_000_000
_MOST_KEYS = 5_000
_LARGE = ("document", "response", "parameters", "manifest", "theme", "stages")
# what is written when a provider call is closed; before that moment nothing of it is known
CLOSING = ("status", "error", "response", "artifact_sha256", "cost_nanousd", "finished_at")


@dataclass(frozen=True)
class Walked:
    """Every row met with its direct neighbours in the direction of the walk, and what was read of each row."""

    graph: dict[Ref, tuple[Ref, ...]]
    rows: dict[Ref, Row[Any]]


def walk(
    session: Session,
    starts: Collection[Ref],
    *,
    up: bool,
    as_of: datetime | None = None,
    columns: Columns = "keys",
    most: int = MOST_NODES,
) -> Walked:
    """Everything that the starting rows were made from (`up`), or that was made from them.

    Args:
        session: opened by the caller, on one snapshot.
        starts: where to begin; they are part of the answer.
        up: towards what the rows were made from.
        as_of: the graph as it stood at this moment, inclusive; rows made later are not there.
        columns: what to read of each row: its `keys`, `all`, or all but the documents and other large values (`slim`).
        most: rows that the answer may have; no more are read.

    Raises:
        TooMuch: the answer has more rows.
    """
    return _Walk(_Reader(session, as_of, columns), up=up, most=most).run(starts)


def direct_parents(session: Session, refs: Collection[Ref]) -> dict[Ref, tuple[Ref, ...]]:
    """What each of these rows was made from, and nothing further up."""
    return _Walk(_Reader(session, None, "keys"), up=True).one_step(refs)


def rows_of(session: Session, refs: Iterable[Ref], *, columns: Columns = "all") -> dict[Ref, Row[Any]]:
    """The stored row of each reference, one query per table and batch."""
    reader = _Reader(session, None, columns)
    return {Ref(node, str(row[0])): row for node, keys in _by_node(refs).items() for row in reader.rows(node, keys)}


def typed(ref: Ref) -> Key:
    """A reference's key as its column holds it."""
    return ref.key if ref.node == "artifact" else int(ref.key)


def _by_node(refs: Iterable[Ref]) -> dict[str, list[Key]]:
    keys: dict[str, list[Key]] = defaultdict(list)
    for ref in refs:
        keys[ref.node].append(typed(ref))
    return keys


class _Reader:
    """Runs the prepared statements in one session."""

    def __init__(self, session: Session, as_of: datetime | None, columns: Columns) -> None:
        self._connection = session.connection()
        self._dialect = self._connection.dialect.name
        self.as_of, self.columns = as_of, columns

    def rows(self, node: str, keys: Sequence[Key], *, made_by_then: bool = False) -> Iterator[Row[Any]]:
        """The rows with these keys, the key first; as they were, and only those that were there, when looking back."""
        past = self.as_of is not None
        return self._run(
            _rows_statement(node, self.columns, self._dialect, past=past, there=past and made_by_then), keys
        )

    def neighbours(self, node: str, keys: Sequence[Key], *, up: bool) -> Iterator[Sequence[str]]:
        """(own key, kind of the neighbour, its key), but for the parents that a row itself names."""
        statement = _neighbours_statement(node, self._dialect, up=up, past=self.as_of is not None)
        return iter(()) if statement is None else self._run(statement, keys)

    def _run(self, statement: Executable, keys: Sequence[Key]) -> Iterator[Row[Any]]:
        for start in range(0, len(keys), _MOST_KEYS):
            batch = list(keys[start : start + _MOST_KEYS])
            given: dict[str, Any] = {"keys": json.dumps(batch) if self._dialect == "sqlite" else batch}
            if self.as_of is not None:
                given["as_of"] = self.as_of
            yield from self._connection.execute(statement, given).all()


class _Walk:
    """One walk. The kinds of rows are taken in an order in which each has its rows together before it is asked for.

    What leads to 1,000 videos meets 7,000 rows: the loops here make one object per row and edge, and no more.
    """

    def __init__(self, reader: _Reader, *, up: bool, most: int = MOST_NODES) -> None:
        self._reader, self._up, self._most = reader, up, most
        self._refs: dict[str, dict[str, Ref]] = defaultdict(dict)
        self._links: dict[Ref, list[Ref]] = {}
        self._waiting: dict[str, list[str]] = defaultdict(list)
        self._rows: dict[Ref, Row[Any]] = {}
        self._count = 0

    def run(self, starts: Collection[Ref]) -> Walked:
        """Walk until nothing new is met."""
        rank, past = ranks(), self._reader.as_of is not None
        if past and self._up:  # what a row was made from was there before it, whatever the clocks of two machines say
            starts = [ref for ref in starts if any(self._reader.rows(ref.node, [typed(ref)], made_by_then=True))]
        for ref in starts:
            self._meet(ref.node, ref.key)
        while self._waiting:
            node = (min if self._up else max)(self._waiting, key=rank.__getitem__)
            self._expand(node, self._waiting.pop(node))
        graph = self._in_order(dict.fromkeys(starts))
        return Walked(graph, {ref: self._rows[ref] for ref in graph if ref in self._rows} if past else self._rows)

    def one_step(self, refs: Collection[Ref]) -> dict[Ref, tuple[Ref, ...]]:
        """The direct neighbours alone."""
        for ref in refs:
            self._meet(ref.node, ref.key)
        for node, keys in [(node, [*keys]) for node, keys in self._waiting.items()]:
            self._expand(node, keys)
        return {ref: _sorted(self._links.get(ref, [])) for ref in refs}

    def _meet(self, node: str, key: str) -> Ref:
        known = self._refs[node]
        ref = known.get(key)
        if ref is None:
            if self._count >= self._most:
                raise TooMuch(f"Walking the lineage: more than {self._most:,} rows. Start from a narrower reference.")
            self._count += 1
            ref = known[key] = Ref(node, key)
            self._waiting[node].append(key)
        return ref

    def _expand(self, node: str, waiting: list[str]) -> None:
        keys: list[Key] = [*waiting] if node == "artifact" else [int(key) for key in waiting]
        own = _own_parents(node) if self._up else ()
        if own or self._reader.columns != "keys" or self._reader.as_of is not None:
            keys = [self._read(node, row, own) for row in self._reader.rows(node, keys, made_by_then=not self._up)]
        if keys:
            refs, links, meet = self._refs[node], self._links, self._meet
            for here, other_node, other in self._reader.neighbours(node, keys, up=self._up):
                links.setdefault(refs[here], []).append(meet(other_node, other))

    def _read(self, node: str, row: Row[Any], own: tuple[tuple[str, str], ...]) -> Key:
        key: Key = row[0]
        ref = self._refs[node][str(key)]
        self._rows[ref] = row
        for column, parent_node in own:
            if (value := getattr(row, column)) is not None:
                self._links.setdefault(ref, []).append(self._meet(parent_node, str(value)))
        return key

    def _in_order(self, starts: Iterable[Ref]) -> dict[Ref, tuple[Ref, ...]]:
        """Level by level, neighbours by kind and number, so that an answer is the same on every engine.

        Looking back, what was not there then is left out, with all that only it led to.
        """
        past, links, rows = self._reader.as_of is not None, self._links, self._rows
        level = [ref for ref in starts if not past or ref in rows]
        graph: dict[Ref, tuple[Ref, ...]] = {}
        while level:
            reached: dict[Ref, None] = {}
            for ref in level:
                others = links.get(ref)
                if others is None:
                    graph[ref] = ()
                    continue
                graph[ref] = _sorted([other for other in others if other in rows] if past else others)
                reached.update(dict.fromkeys(graph[ref]))
            level = [ref for ref in reached if ref not in graph]
        return graph


def _sorted(refs: list[Ref]) -> tuple[Ref, ...]:
    """Each once, by kind and number."""
    if len(refs) < 2:
        return tuple(refs)
    return tuple(sorted(set(refs), key=lambda ref: (ref.node, 0 if ref.node == "artifact" else int(ref.key), ref.key)))


# --- statements, made once per process ------------------------------------------------------------------------------


@cache
def _own_parents(node: str) -> tuple[tuple[str, str], ...]:
    """The columns of a row that name its parents, and the parents' kinds."""
    table = node_tables()[node]
    return tuple((edge.parent.name, edge.parent_node) for edge in edges() if edge.table is table)


@cache
def _rows_statement(node: str, columns: Columns, dialect: str, *, past: bool, there: bool) -> Select[Any]:
    table = node_tables()[node]
    key = key_of(table)
    parents = {name for name, _ in _own_parents(node)}
    wanted = [
        column
        for column in table.columns
        if column is not key
        and (columns == "all" or column.name in parents or (columns == "slim" and column.name not in _LARGE))
    ]
    statement = _among(select(key, *(_as_it_was(column) if past else column for column in wanted)), key, node, dialect)
    if there:
        moment = since(node)
        statement = statement.where(moment <= bindparam("as_of", type_=moment.type))
    return statement


def _as_it_was(column: Column[Any]) -> ColumnElement[Any]:
    """A column as it stood at the moment asked for: only a provider call is written twice."""
    table = column.table
    if not table.info.get("open_while") or column.name not in CLOSING:
        return column
    before = literal(table.info["open_while"]) if column.name == "status" else null()
    closed = table.c.finished_at <= bindparam("as_of", type_=table.c.finished_at.type)
    return case((closed, column), else_=before).label(column.name)


@cache
def _neighbours_statement(node: str, dialect: str, *, up: bool, past: bool) -> Executable | None:
    """One query over all tables and keys that lead on from this kind of row; None when there is none."""
    parts = []
    for edge in edges():
        here, there, here_node, there_node = (
            (edge.child, edge.parent, edge.child_node, edge.parent_node)
            if up
            else (edge.parent, edge.child, edge.parent_node, edge.child_node)
        )
        if here_node != node or (up and edge.own):
            continue
        columns = cast(here, String), literal(there_node, literal_execute=True).label("node"), cast(there, String)
        part = _among(select(*columns), here, node, dialect)
        if past and edge.own and edge.parent.name in CLOSING and edge.table.info.get("open_while"):
            moment = edge.table.c.finished_at
            part = part.where(moment <= bindparam("as_of", type_=moment.type))
        parts.append(part)
    return union_all(*parts) if parts else None


def _among(statement: Select[*tuple[Any, ...]], column: Column[Any], node: str, dialect: str) -> Select[Any]:
    """Only rows whose column is among the keys, which travel as one value: one statement for any number of them."""
    if dialect == "sqlite":
        keys = func.json_each(bindparam("keys", type_=String)).table_valued("value")
        return statement.where(column.in_(select(keys.c.value)))
    kind = String() if node == "artifact" else BigInteger()
    return statement.where(column == any_(bindparam("keys", type_=ARRAY(kind))))
