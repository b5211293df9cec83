"""What take-downs mean for the rows of an answer: whose content is gone, and who descends from something withdrawn.

Belongs here: marks, derived when an answer is shown. Not here: the rules of taking down (`withdrawal.py`,
`plan.py`), printing. The session is given by the caller.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from reelineage.explain import Family
from reelineage.family import Ref
from reelineage.models import Tombstone
from reelineage.takedown.withdrawal import targets_among, told, withdrawn_behind


@dataclass(frozen=True)
class Mark:
    """What to say beside a row: `taken down 2026-11-22: …`, for its own content and for what it descends from."""

    removed: str = ""
    withdrawn: str = ""


def marks_of(session: Session, family: Family, *, up: bool, as_of: datetime | None = None) -> Mapping[Ref, Mark]:
    """The marked rows of an answer; most answers have none.

    Looking back, nothing was withdrawn that was withdrawn later; content that went later is gone all the same.

    Args:
        session: on the snapshot from which the family came.
        family: the answer.
        up: whether its graph leads to what rows were made from.
        as_of: the moment at which the answer stood.
    """
    if not session.scalar(select(exists().where(Tombstone.id > 0))):
        return {}
    removed = targets_among(session, family.graph, effect="removed")
    for ref, row in family.rows.items():
        tombstone_id = row._mapping.get("tombstone_id")  # noqa: SLF001 — SQLAlchemy's documented accessor
        if tombstone_id is not None:
            removed.setdefault(ref, int(tombstone_id))
    withdrawn = _withdrawn(session, family, up=up)
    wanted = {*removed.values(), *withdrawn.values()}
    stones = {one.id: one for one in session.scalars(select(Tombstone).where(Tombstone.id.in_(wanted)))}
    words = {number: told(one) for number, one in stones.items()}
    then = {number: told(one) for number, one in stones.items() if as_of is None or one.created_at <= as_of}
    marks = {
        ref: Mark(words.get(removed.get(ref, 0), ""), then.get(withdrawn.get(ref, 0), ""))
        for ref in family.graph
        if ref in removed or ref in withdrawn
    }
    return {ref: mark for ref, mark in marks.items() if mark != Mark()}


def _withdrawn(session: Session, family: Family, *, up: bool) -> dict[Ref, int]:
    """The tombstone behind each row that was withdrawn, or that descends from one that was."""
    jobs = {
        ref: Ref("job", str(job_id))
        for ref, row in family.rows.items()
        if (job_id := row._mapping.get("job_id")) is not None  # noqa: SLF001 — as above
    }
    named = targets_among(session, {*family.graph, *jobs.values()}, effect="withdrawn")
    found = {ref: named[ref] for ref in family.graph if ref in named}
    found.update({ref: named[job] for ref, job in jobs.items() if job in named and ref not in found})
    if not up and (behind := withdrawn_behind(session, family.starts)):
        found.update({ref: found.get(ref, behind.id) for ref in family.starts})
    children = _reversed(family.graph) if up else family.graph
    waiting = list(found)
    while waiting:
        ref = waiting.pop()
        for child in children.get(ref, ()):
            if child not in found:
                found[child] = found[ref]
                waiting.append(child)
    return found


def _reversed(graph: Mapping[Ref, Collection[Ref]]) -> Mapping[Ref, list[Ref]]:
    children: dict[Ref, list[Ref]] = {}
    for child, parents in graph.items():
        for parent in parents:
            children.setdefault(parent, []).append(child)
    return children
