"""Every foreign key of the models, asked once more: SQLite forgets to check when a client forgets to say so.

Belongs here: keys alone. A key that follows from others is asked only when one of those is broken: that spares a
third of the work. Not here: rows that must be named by somebody (`edges.py`).
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

from sqlalchemy import Column, ColumnElement, ForeignKeyConstraint, Select, Table, and_, literal, select
from sqlalchemy.orm import Session

from reelineage.models import Base
from resources.audit.findings import MOST_PER_RULE, Finding

_ANY = literal(1)
Key = tuple[str, int]  # a table's name, and the place of a constraint among its foreign keys in a stable order


@cache
def needed_keys() -> tuple[Key, ...]:
    """The keys from which all others follow."""
    return tuple(
        (table.name, place)
        for table in Base.metadata.sorted_tables
        for place, constraint in enumerate(_keys_of(table))
        if not _follows(constraint) and not _read_elsewhere(table, constraint)
    )


def holds(session: Session, key: Key) -> bool:
    """Whether no row breaks this key. A NULL that may not be there breaks it too."""
    constraint = _keys_of(Base.metadata.tables[key[0]])[key[1]]
    return session.execute(_broken(constraint, _ANY).limit(1)).first() is None


def broken_keys(session: Session, job_id: int | None) -> Iterator[Finding]:
    """Name every row whose key leads nowhere, of one job or of all."""
    for table in Base.metadata.sorted_tables:
        key = next(iter(table.primary_key.columns))
        mine = [table.c.job_id == job_id] if job_id is not None and "job_id" in table.c else []
        if job_id is not None and not mine:
            continue
        if "job_id" in table.c and not table.c.job_id.nullable and job_id is None:
            for row_id in session.scalars(select(key).where(table.c.job_id.is_(None)).limit(MOST_PER_RULE + 1)):
                ref = f"{table.name}:{row_id}"
                yield Finding("job_id_is_null", ref, f"{ref} has no job_id; restore the database from a backup.")
        for constraint in _keys_of(table):
            broken = _broken(constraint, key).where(*mine).limit(MOST_PER_RULE + 1)
            for row_id in session.scalars(broken):
                ref = f"{table.info.get('node', table.name)}:{row_id}"
                columns = ", ".join(element.parent.name for element in constraint.elements)
                yield Finding(
                    "upstream_is_missing",
                    ref,
                    f"{ref} points ({columns}) at a row of {constraint.referred_table.name} that is not there or "
                    "belongs to another job or branch; restore the database from a backup.",
                )


@cache  # an alias copies every column of its table: of a small home it cost half of the whole audit
def _broken(constraint: ForeignKeyConstraint, what: ColumnElement[Any]) -> Select[Any]:
    """`what` of the rows whose key leads nowhere; of a nullable key only those that have one."""
    target = constraint.referred_table.alias()
    pairs = [(element.parent, target.c[element.column.name]) for element in constraint.elements]
    given = [own.is_not(None) for own, _ in pairs if own.nullable]
    # an outer join, since it costs SQLite half of a NOT EXISTS; to PostgreSQL both are one
    joined = constraint.table.outerjoin(target, and_(*(own == other for own, other in pairs)))
    return select(what).select_from(joined).where(*given, pairs[0][1].is_(None))


@cache
def _keys_of(table: Table) -> tuple[ForeignKeyConstraint, ...]:
    return tuple(sorted(table.foreign_key_constraints, key=lambda one: str(one.name)))


def _pairs(constraint: ForeignKeyConstraint) -> dict[Column[object], Column[object]]:
    return {element.parent: element.column for element in constraint.elements}


def _read_elsewhere(table: Table, constraint: ForeignKeyConstraint) -> bool:
    """Keys that other rules follow anyway.

    From record to record: the walk along a job's chain (`chains.py`). To tombstones: from what the tombstone names, and
    `--deep` reads the other way (`tombstones.py`); the column lies behind long content, and a scan reads all of it.
    """
    target = constraint.referred_table
    chained = (
        "record" in table.info and "record" in target.info and table.name != "reviews"
    )  # which carry a file's hash
    return chained or (target.name == "tombstones" and "node" in table.info)


def _follows(constraint: ForeignKeyConstraint) -> bool:
    """Whether another key of the row leads to a row with the same key: then both hold, or that one is broken too."""
    wanted = _pairs(constraint)
    if any(own.nullable for own in wanted):
        return False
    for way in _keys_of(constraint.table):
        steps = _pairs(way)
        if way is constraint or any(own.nullable for own in steps) or not wanted.keys() <= steps.keys():
            continue
        through = {steps[own]: other for own, other in wanted.items()}
        if any(own.nullable for own in through):
            continue
        if any(_pairs(onward) == through for onward in _keys_of(way.referred_table)):
            return True
    return False
