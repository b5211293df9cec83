"""The family of any row: what it was made from, what was made from it, and what it inherits from there.

Belongs here: references such as `video:7`, and questions that a walk answers. Not here: the walk itself (`walk.py`),
which rows are current (`lineage.py`), printing (`console/showing`). Sessions are opened by the caller.
"""

import re
from collections.abc import Collection, Iterator
from datetime import datetime
from functools import cache
from typing import get_args

from sqlalchemy import Select, bindparam, or_, select
from sqlalchemy import exists as is_there
from sqlalchemy.orm import Session, aliased

from reelineage.documents import StandIn
from reelineage.errors import BadInput
from reelineage.graph import Ref, key_of, node_tables
from reelineage.models import ProviderCall, TrendFetch
from reelineage.walk import direct_parents, typed, walk

__all__ = [
    "Ref", "downstream", "exists", "node_tables", "parents_of", "parse_reference", "stand_ins_among",
    "stand_ins_behind", "upstream",
]  # fmt: skip
_REFERENCE = re.compile(r"([a-z_]{1,32}):([0-9a-f]{1,64})", re.ASCII)
_STAND_INS: tuple[StandIn, ...] = tuple(sorted(get_args(StandIn)))
_MOST_KEYS = 5_000  # SQLite takes 32,766 parameters in one statement


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
    key = key_of(node_tables()[ref.node])
    return session.execute(select(key).where(key == typed(ref))).first() is not None


def upstream(session: Session, starts: Collection[Ref], *, as_of: datetime | None = None) -> dict[Ref, tuple[Ref, ...]]:
    """Everything the starting rows were made from: each row with its direct parents, in the order first met.

    With `as_of` as it stood at that moment: rows made later are not there.
    """
    return walk(session, starts, up=True, as_of=as_of).graph


def downstream(
    session: Session, starts: Collection[Ref], *, as_of: datetime | None = None
) -> dict[Ref, tuple[Ref, ...]]:
    """Everything made from the starting rows: each row with its direct children; `as_of` as for `upstream`."""
    return walk(session, starts, up=False, as_of=as_of).graph


def parents_of(session: Session, refs: Collection[Ref]) -> dict[Ref, tuple[Ref, ...]]:
    """The direct parents of each of these rows, and nothing further up: what an export tells of a batch of rows."""
    return direct_parents(session, refs)


def stand_ins_behind(
    session: Session, refs: Collection[Ref], *, lost_by: datetime | None = None
) -> tuple[StandIn, ...]:
    """Which stand-ins are among the ancestors of these rows: what a provider or source said of itself, or `ambiguous`.

    A call is ambiguous too when the answer to the same request of the same job was lost before: it may be paid twice.
    With `lost_by` only answers that were lost until then count.
    """
    return stand_ins_among(session, upstream(session, refs), lost_by=lost_by)


def stand_ins_among(session: Session, refs: Collection[Ref], *, lost_by: datetime | None = None) -> tuple[StandIn, ...]:
    """As `stand_ins_behind`, for whoever has walked already: which stand-ins are among these very rows."""
    found: set[str | None] = set()
    for keys in _batches(refs, "trend_fetch"):
        found.update(session.scalars(_stand_ins_of_fetches(), {"keys": keys}))
    given = {} if lost_by is None else {"lost_by": lost_by}
    for keys in _batches(refs, "provider_call"):
        for said, unclear in session.execute(_stand_ins_of_calls(by_then=lost_by is not None), {"keys": keys, **given}):
            found.update((said, "ambiguous" if unclear else None))
    return tuple(word for word in _STAND_INS if word in found)


@cache
def _stand_ins_of_fetches() -> Select[str | None]:
    return select(TrendFetch.stand_in).where(TrendFetch.id.in_(bindparam("keys", expanding=True))).distinct()


@cache
def _stand_ins_of_calls(*, by_then: bool) -> Select[str | None, bool]:
    """What each call said of itself, and whether it may be paid twice."""
    lost = aliased(ProviderCall)
    same = (lost.job_id == ProviderCall.job_id, lost.request_sha256 == ProviderCall.request_sha256)
    then = (lost.finished_at <= bindparam("lost_by"),) if by_then else ()
    unclear = or_(
        ProviderCall.status == "ambiguous",
        is_there().where(*same, *then, lost.status == "ambiguous").correlate(ProviderCall),
    )
    mine = ProviderCall.id.in_(bindparam("keys", expanding=True))
    return select(ProviderCall.stand_in, unclear).where(mine).distinct()


def _batches(refs: Collection[Ref], node: str) -> Iterator[list[int]]:
    keys = [int(ref.key) for ref in refs if ref.node == node]
    for start in range(0, len(keys), _MOST_KEYS):
        yield keys[start : start + _MOST_KEYS]
