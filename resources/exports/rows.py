"""The rows that exports tell, in the order they came, each with its direct parents.

Belongs here: which tables are told, and which of their columns: ids, hashes, versions, times, providers, costs. Content
(documents, titles, prompts, texts of people) never leaves by an export, so a take-down need not chase copies of it.
"""

import heapq
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Table, select
from sqlalchemy.orm import Session

from reelineage.explain import Family
from reelineage.family import Ref, node_tables, parents_of
from reelineage.models import MediaItem, TombstoneTarget, TrendObservation

# In the order of the work: at one moment, what was made from the other comes later.
KINDS = (
    "provider_call", "trend_fetch", "trend_report", "trend_analysis", "edit", "script", "voiceover", "clip", "video",
    "review", "credential", "decision", "reproduction", "tombstone",
)  # fmt: skip
TIMES = {"provider_call": "finished_at", "decision": "decided_at"}  # every other row: created_at
_UNTOLD = {"provider_call": {"error"}, "decision": {"reason"}, "trend_fetch": {"skipped"}, "reproduction": {"stages"}}
_PAGE = 500
_BATCH = 100  # rows whose parents are asked for at once; a report has hundreds
_MOST_KEYS = 5_000  # SQLite takes 32,766 parameters in one statement


@dataclass(frozen=True)
class Told:
    """A row as exports tell it.

    `members` are the observations of a fetch with their parents, or what a take-down concerned with its effects;
    `media` the outside works among the parents.
    """

    ref: Ref
    at: datetime
    values: Mapping[str, Any]
    parents: tuple[Ref, ...]
    members: tuple[tuple[Ref, tuple[Ref, ...]], ...] = ()
    removed: tuple[Ref, ...] = ()
    media: Mapping[Ref, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Bare:
    """A row before its parents were asked for."""

    ref: Ref
    at: datetime
    values: Mapping[str, Any]


def stream(session: Session, *, since: datetime | None = None, until: datetime | None = None) -> Iterator[Told]:
    """Every told row from `since` up to before `until`, in the order of their times; memory stays flat.

    Rows of one table keep the order of their ids: a row whose clock stood behind its predecessor's comes after it.
    """
    streams = [_pages(session, node, since, until) for node in KINDS]
    rows = heapq.merge(*streams, key=lambda one: one[0])
    while batch := list(islice(rows, _BATCH)):
        yield from complete(session, [bare for _, bare in batch])


def of_family(session: Session, family: Family) -> list[Told]:
    """The told rows of a family, in the order of their times, with the edges that the family has."""
    keys: dict[str, list[int]] = {}
    for ref in family.graph:
        if ref.node in KINDS:
            keys.setdefault(ref.node, []).append(int(ref.key))
    bare = [one for node, ids in keys.items() for one in read(session, node, ids=ids) if not is_open(one)]
    bare.sort(key=lambda one: (one.at, KINDS.index(one.ref.node), int(one.ref.key)))
    kept = set(family.graph)
    return [
        Told(
            one.ref, one.at, one.values, tuple(parent for parent in one.parents if parent in kept),
            tuple(member for member in one.members if member[0] in kept), one.removed, one.media,
        )
        for start in range(0, len(bare), _BATCH)
        for one in complete(session, bare[start : start + _BATCH])
    ]  # fmt: skip


def read(
    session: Session, node: str, *, after: int = 0, limit: int = _PAGE, ids: Collection[int] | None = None
) -> list[Bare]:
    """Some rows of one table by id: those after an id, or these."""
    table = node_tables()[node]
    if ids is not None:
        wanted = sorted(ids)
        return [
            _bare(node, row)
            for start in range(0, len(wanted), _MOST_KEYS)
            for row in _select(session, table, table.c.id.in_(wanted[start : start + _MOST_KEYS]), limit=_MOST_KEYS)
        ]
    return [_bare(node, row) for row in _select(session, table, table.c.id > after, limit=limit)]


def is_open(bare: Bare) -> bool:
    """Whether this call is still on its way: told when it has ended."""
    return bare.ref.node == "provider_call" and bare.values["status"] == "intent"


def complete(session: Session, rows: Iterable[Bare]) -> Iterator[Told]:
    """The same rows with their parents, and with what belongs to a fetch or a take-down."""
    bare = list(rows)
    parents = parents_of(session, [one.ref for one in bare])
    media = _media(session, {ref for found in parents.values() for ref in found if ref.node == "media_item"})
    seen = _observations(session, [int(one.ref.key) for one in bare if one.ref.node == "trend_fetch"])
    for one in bare:
        gone = _targets(session, int(one.ref.key)) if one.ref.node == "tombstone" else ()
        yield Told(
            one.ref,
            one.at,
            one.values,
            parents[one.ref],
            members=seen.get(int(one.ref.key), ()) if one.ref.node == "trend_fetch" else (),
            removed=gone,
            media={ref: media[ref] for ref in parents[one.ref] if ref in media},
        )


def _pages(
    session: Session, node: str, since: datetime | None, until: datetime | None
) -> Iterator[tuple[tuple[datetime, int, int], Bare]]:
    """One table by id, a page at a time, each row with what it is merged by."""
    table = node_tables()[node]
    column = table.c[TIMES.get(node, "created_at")]
    within: list[ColumnElement[bool]] = []
    if node == "provider_call":
        within.append(table.c.status != "intent")
    if since is not None:
        within.append(column >= since)
    if until is not None:
        within.append(column < until)
    last, latest = 0, datetime.min.replace(tzinfo=UTC)
    while page := _select(session, table, table.c.id > last, *within, limit=_PAGE):
        for row in page:
            bare = _bare(node, row)
            last, latest = int(bare.ref.key), max(latest, bare.at)
            yield (latest, KINDS.index(node), last), bare


def _select(session: Session, table: Table, *conditions: ColumnElement[bool], limit: int) -> list[Mapping[str, Any]]:
    untold = {*table.info["content"], *_UNTOLD.get(table.info["node"], ())}
    columns = [column for column in table.c if column.name not in untold]
    rows = session.execute(select(*columns).where(*conditions).order_by(table.c.id).limit(limit))
    return [dict(row) for row in rows.mappings()]


def _bare(node: str, values: Mapping[str, Any]) -> Bare:
    return Bare(Ref(node, str(values["id"])), _time(node, values), values)


def _time(node: str, values: Mapping[str, Any]) -> datetime:
    moment = values[TIMES.get(node, "created_at")]
    return moment if isinstance(moment, datetime) else values["started_at"]


def _media(session: Session, refs: Collection[Ref]) -> dict[Ref, Mapping[str, Any]]:
    table = MediaItem.__table__
    rows = session.execute(select(*table.c).where(table.c.id.in_(sorted(int(ref.key) for ref in refs)))).mappings()
    return {Ref("media_item", str(row["id"])): dict(row) for row in rows} if refs else {}


def _observations(session: Session, fetches: list[int]) -> dict[int, tuple[tuple[Ref, tuple[Ref, ...]], ...]]:
    """The observations of each fetch, each with the fetch and the item that it is made from."""
    if not fetches:
        return {}
    table = TrendObservation
    rows = session.execute(
        select(table.id, table.fetch_id, table.item_id).where(table.fetch_id.in_(fetches)).order_by(table.id)
    )
    found: dict[int, list[tuple[Ref, tuple[Ref, ...]]]] = {}
    for key, fetch, item in rows:
        made_from = (Ref("trend_fetch", str(fetch)), Ref("trend_item", str(item)))
        found.setdefault(fetch, []).append((Ref("trend_observation", str(key)), made_from))
    return {fetch: tuple(members) for fetch, members in found.items()}


def _targets(session: Session, tombstone: int) -> tuple[Ref, ...]:
    """The rows and files whose content a take-down removed."""
    table = TombstoneTarget
    rows = session.execute(
        select(table.node, table.key)
        .where(table.tombstone_id == tombstone, table.effect == "removed")
        .order_by(table.node, table.key)
    )
    return tuple(Ref(node, key) for node, key in rows)
