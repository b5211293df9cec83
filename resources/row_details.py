"""One row with its nearest family: what it was made from and what was made from it, by kind and never more than a few.

Belongs here: reading a single row for people to look at. Not here: the whole lineage (`reelineage/walk.py`), words and
pages. A font may be in a hundred thousand videos: nothing here reads more rows than it gives back, but for one.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import JsonValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reelineage.errors import NotFound
from reelineage.fingerprint import sha256_of
from reelineage.graph import Edge, Ref, edges
from reelineage.models import ScriptCitation, Tombstone, TombstoneTarget, TrendFetch, TrendObservation
from reelineage.takedown.withdrawal import targets_among, withdrawn_behind
from reelineage.walk import rows_of, typed

_MOST_OF_A_KIND: Final = 12
_SHARED: Final = ("provider_call", "media_item", "artifact")  # they come after the records
_MOST_SEEN: Final = 200
_MOST_FETCHED: Final = 2_000  # rows that are read for these
_SAME: Final = (
    "observed_at", "observed_at_estimated", "title", "url", "views", "likes", "comments", "shares", "tombstone_id",
)  # fmt: skip
_MOST_TARGETS: Final = 200


@dataclass(frozen=True)
class Kin:
    """Rows of one kind beside a row: the first of them, and whether there are more."""

    node: str
    rows: Mapping[Ref, Mapping[str, Any]]
    more: bool


@dataclass(frozen=True)
class Details:
    """A row in full. `values` are its columns; `unchanged` is None where no content can be compared with its hash.

    `stand_in` says what stood in for the real thing: in the row itself, or in the fetch that observations came with.
    """

    ref: Ref
    values: Mapping[str, Any]
    made_from: tuple[Kin, ...]
    went_into: tuple[Kin, ...]
    unchanged: bool | None
    tombstone: Tombstone | None
    withdrawn: Tombstone | None
    stand_in: str | None = None

    @property
    def document(self) -> JsonValue:
        """Its content, for a record that has one."""
        found: JsonValue = self.values.get("document")
        return found


@dataclass(frozen=True)
class Seen:
    """A moment at which an item was seen: the newest row of it, and how often it was fetched with these numbers."""

    row: TrendObservation
    fetches: int


def details_of(session: Session, ref: Ref) -> Details:
    """Read a row and its nearest family.

    Raises:
        NotFound: there is no such row.
    """
    row = rows_of(session, [ref]).get(ref)
    if row is None:
        raise NotFound(f"Showing {ref}: there is no such row. Search for what you are after under Lineage.")
    values: Mapping[str, Any] = row._mapping  # type: ignore[assignment]  # noqa: SLF001 — SQLAlchemy's documented accessor, a mapping of names
    return Details(
        ref=ref,
        values=values,
        made_from=_kin(session, ref, up=True),
        went_into=_kin(session, ref, up=False),
        unchanged=_unchanged(values),
        tombstone=_removed(session, ref, values),
        withdrawn=withdrawn_behind(session, [ref, *_job(values)]),
        stand_in=_stand_in(session, ref, values),
    )


def seen_of(session: Session, item_id: int) -> Sequence[Seen]:
    """What was seen of a trend item over time, oldest first; of very many the newest 200.

    Several jobs fetch the same feed: what they saw at the same moment with the same numbers is told once.
    """
    newest = (
        select(TrendObservation)
        .where(TrendObservation.item_id == item_id)
        .order_by(TrendObservation.observed_at.desc(), TrendObservation.id.desc())
        .limit(_MOST_FETCHED)
        .subquery()
    )
    same = [newest.c[name] for name in _SAME]
    moments = (
        select(func.max(newest.c.id), func.count())
        .group_by(*same)
        .order_by(newest.c.observed_at.desc(), func.max(newest.c.id).desc())
        .limit(_MOST_SEEN)
    )
    times = {int(row_id): int(count) for row_id, count in session.execute(moments)}
    rows = session.scalars(select(TrendObservation).where(TrendObservation.id.in_(times)))
    return [Seen(row, times[row.id]) for row in sorted(rows, key=lambda row: (row.observed_at, row.id))]


def citations_of(session: Session, script_id: int) -> Mapping[int, tuple[Ref, ...]]:
    """The observations that each scene of a script cites."""
    rows = session.execute(
        select(ScriptCitation.scene, ScriptCitation.observation_id)
        .where(ScriptCitation.script_id == script_id)
        .order_by(ScriptCitation.scene, ScriptCitation.observation_id)
    )
    found: dict[int, tuple[Ref, ...]] = {}
    for scene, observation_id in rows:
        found[scene] = (*found.get(scene, ()), Ref("trend_observation", str(observation_id)))
    return found


def targets_of(session: Session, tombstone_id: int) -> Sequence[tuple[Ref, str]]:
    """The first 200 rows and files that a take-down names, each with what it does to them."""
    rows = session.execute(
        select(TombstoneTarget.node, TombstoneTarget.key, TombstoneTarget.effect)
        .where(TombstoneTarget.tombstone_id == tombstone_id)
        .order_by(TombstoneTarget.node, TombstoneTarget.key, TombstoneTarget.effect)
        .limit(_MOST_TARGETS)
    )
    return [(Ref(node, key), effect) for node, key, effect in rows]


def _kin(session: Session, ref: Ref, *, up: bool) -> tuple[Kin, ...]:
    found: dict[str, dict[Ref, None]] = defaultdict(dict)
    for edge in edges():
        if ref.node == (edge.child_node if up else edge.parent_node):
            node = edge.parent_node if up else edge.child_node
            found[node].update(dict.fromkeys(_beside(session, edge, ref, node, up=up)))
    shown = {node: [*refs][:_MOST_OF_A_KIND] for node, refs in found.items()}
    rows = rows_of(session, [one for refs in shown.values() for one in refs], columns="slim")
    return tuple(
        Kin(node, {one: rows[one]._mapping for one in refs}, more=len(found[node]) > len(refs))  # type: ignore[misc]  # noqa: SLF001 — as above
        for node, refs in sorted(shown.items(), key=lambda one: (one[0] in _SHARED, one[0]))
        if refs
    )


def _beside(session: Session, edge: Edge, ref: Ref, node: str, *, up: bool) -> list[Ref]:
    """The neighbours along one key: the oldest that a row was made from, the newest that were made from it."""
    here, there = (edge.child, edge.parent) if up else (edge.parent, edge.child)
    query = select(there).where(here == typed(ref), there.is_not(None)).distinct()
    ordered = query.order_by(there if up else there.desc()).limit(_MOST_OF_A_KIND + 1)
    return [Ref(node, str(key)) for key in session.scalars(ordered)]


def _unchanged(values: Mapping[str, Any]) -> bool | None:
    if "data_version" not in values or values["document"] is None:
        return None
    return bool(sha256_of(values["document"]) == values["data_version"])


def _removed(session: Session, ref: Ref, values: Mapping[str, Any]) -> Tombstone | None:
    """The take-down that took a row's content, or its file."""
    number = values.get("tombstone_id") or targets_among(session, [ref], effect="removed").get(ref)
    return None if number is None else session.get_one(Tombstone, int(number))


def _stand_in(session: Session, ref: Ref, values: Mapping[str, Any]) -> str | None:
    """What stood in for the real thing: told by the row, for an item by the newest observations of it."""
    if ref.node == "trend_observation":
        return session.get_one(TrendFetch, values["fetch_id"]).stand_in
    if ref.node != "trend_item":
        own: str | None = values.get("stand_in")
        return own
    newest = (
        select(TrendObservation.fetch_id)
        .where(TrendObservation.item_id == values["id"])
        .order_by(TrendObservation.id.desc())
        .limit(_MOST_SEEN)
    )
    query = select(TrendFetch.stand_in).where(TrendFetch.id.in_(newest), TrendFetch.stand_in.is_not(None))
    return session.scalar(query.order_by(TrendFetch.stand_in).limit(1))


def _job(values: Mapping[str, Any]) -> list[Ref]:
    job_id = values.get("job_id")
    return [] if job_id is None else [Ref("job", str(job_id))]
