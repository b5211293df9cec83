"""What jobs cost: sums over every provider call, failed and ambiguous ones too.

Belongs here: a sum and how it is told, of one job, by month, by anything that calls have in common. Not here: which
calls belong together (`cost_groups.py`, `call_scenes.py`), printing (`console/commands/costs.py`).
An unknown price makes a sum a lower bound and is said so, never taken as 0.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, func, literal_column, or_, select
from sqlalchemy.orm import Session

from reelineage.errors import BadInput
from reelineage.models import Job, ProviderCall
from resources.call_scenes import scene_costs
from resources.cost_groups import By, grouped, sums
from resources.database import Database

STAGES: Final = {
    "trend_source": "trend_collection",
    "script_writer": "content_generation",
    "speech_synthesizer": "content_generation",
    "footage_source": "content_generation",
    "music_source": "composition",
}
_A_CENT: Final = 10_000_000  # billionths of a dollar
_NUMBERS: Final = re.compile(r"(\d{1,18})")
NO_JOB: Final = "no job"
NO_RUN: Final = "no run"
NOT_APPROVED: Final = "no approved video"


@dataclass(frozen=True)
class Cost:
    """A sum of known prices in billionths of a US dollar, and how many calls have no known price."""

    known_nanousd: int
    unknown_calls: int

    def __add__(self, other: "Cost") -> "Cost":
        """The cost of both."""
        return Cost(self.known_nanousd + other.known_nanousd, self.unknown_calls + other.unknown_calls)

    @property
    def usd(self) -> float | None:
        """US dollars, or None when a price is unknown."""
        return None if self.unknown_calls else self.known_nanousd / 1e9

    @property
    def display(self) -> str:
        """For people: `$0.0213`, or `at least $0.01 (2 calls without a known price)`."""
        digits = 4 if self.known_nanousd >= _A_CENT else 9  # a hundredth of a cent is something, and not $0
        amount = f"${self.known_nanousd / 1e9:.{digits}f}".rstrip("0").rstrip(".")
        if not self.unknown_calls:
            return amount
        calls = "1 call" if self.unknown_calls == 1 else f"{self.unknown_calls:,} calls"
        return f"at least {amount} ({calls} without a known price)"


@dataclass(frozen=True)
class CostLine:
    """One part of a sum: `key` is what its calls have in common. By month, free calls are not counted."""

    key: str
    calls: int
    cost: Cost


@dataclass(frozen=True)
class CostReport:
    """A sum, taken apart by one thing; the lines add up to the total."""

    by: By
    lines: tuple[CostLine, ...]

    @property
    def total(self) -> Cost:
        """What all lines come to."""
        return sum((line.cost for line in self.lines), Cost(0, 0))

    @property
    def calls(self) -> int:
        """How many calls are in it."""
        return sum(line.calls for line in self.lines)

    @property
    def per_approved_video(self) -> Cost | None:
        """By video: what one cost on average, all calls of its job in it; None while none is approved.

        The known part is rounded up, so that it never promises less than was paid.
        """
        approved = [line.cost for line in self.lines if line.key != NOT_APPROVED]
        if self.by != "video" or not approved:
            return None
        whole = sum(approved, Cost(0, 0))
        return Cost(-(-whole.known_nanousd // len(approved)), whole.unknown_calls)


def cost_of_job(database: Database, job_id: int, *, role: str | None = "any") -> Cost:
    """The cost of what was asked for a job of all providers, or of those of one role (None: of nobody)."""
    with database.read() as session:
        known, unknown = session.execute(
            select(
                func.coalesce(func.sum(ProviderCall.cost_nanousd), 0),
                func.count().filter(ProviderCall.cost_nanousd.is_(None)),
            ).where(ProviderCall.job_id == job_id, *([] if role == "any" else [ProviderCall.role == role]))
        ).one()
    return Cost(int(known or 0), int(unknown or 0))


def costs(
    database: Database,
    by: By,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    job_id: int | None = None,
) -> CostReport:
    """Everything that was asked of providers, taken apart by one thing.

    Args:
        database: where the calls are.
        by: what to take it apart by.
        since: only calls started at or after this moment.
        until: only calls started before this moment.
        job_id: only calls of this job.

    Raises:
        BadInput: there is no such job.
    """
    with database.read() as session:
        if job_id is not None and session.get(Job, job_id) is None:
            raise BadInput(
                f"Adding up the cost of job {job_id}: there is no such job. `reelineage jobs list` shows them."
            )
        within = _within(since, until, job_id)
        if by == "month":
            return CostReport(by, tuple(_months(session, since, until, job_id)))
        if by == "scene":
            found = scene_costs(session, within)
            return CostReport(
                by,
                tuple(
                    CostLine(key, one.calls, Cost(one.known_nanousd, one.unknown_calls)) for key, one in found.items()
                ),
            )
        rows = session.execute(grouped(by, within, job_id)).all()
    return CostReport(by, _lines(by, rows))


def costs_by_stage(session: Session, job_id: int) -> CostReport:
    """What each stage of a job cost, for whoever reads more of it on the same snapshot."""
    return CostReport("stage", _lines("stage", session.execute(grouped("stage", _within(None, None, job_id), job_id))))


def by_month(database: Database, since: datetime | None = None, until: datetime | None = None) -> CostReport:
    """What each month cost, in UTC. Reads an index over the calls that cost something and nothing else."""
    return costs(database, "month", since=since, until=until)


def _within(since: datetime | None, until: datetime | None, job_id: int | None) -> list[ColumnElement[bool]]:
    conditions = [] if since is None else [ProviderCall.started_at >= since]
    conditions += [] if until is None else [ProviderCall.started_at < until]
    return conditions + ([] if job_id is None else [ProviderCall.job_id == job_id])


def _lines(by: By, rows: Iterable[Row[Any]]) -> tuple[CostLine, ...]:
    found: dict[str, CostLine] = {}
    for key, calls, known, priced in map(tuple, rows):
        said = _said(by, key)
        before = found.get(said, CostLine(said, 0, Cost(0, 0)))
        found[said] = CostLine(
            said, before.calls + int(calls), before.cost + Cost(int(known or 0), int(calls - priced))
        )
    return tuple(found[key] for key in sorted(found, key=_natural))


def _said(by: By, key: str | None) -> str:
    if key is None:
        return {"job": NO_JOB, "attempt": NO_RUN, "video": NOT_APPROVED}[by]
    named = {"job": f"job:{key}", "attempt": f"attempt {key}", "video": f"video:{key}"}
    return STAGES.get(key, key) if by == "stage" else named.get(by, key)


def _natural(key: str) -> tuple[int, list[tuple[bool, int, str]]]:
    """Order in which people read: stages as they happen, numbers by size, what has no number last."""
    stages = list(dict.fromkeys(STAGES.values()))
    if key in stages:
        return stages.index(key), []
    # a model may be called anything: "²" is a digit that is no number, and int() refuses more than 4,300 digits
    parts = [(not part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in _NUMBERS.split(key)]
    return int(key in (NO_JOB, NO_RUN, NOT_APPROVED)), parts


def _months(session: Session, since: datetime | None, until: datetime | None, job_id: int | None) -> Iterator[CostLine]:
    """One range of the index per month that has anything in it; a month without is skipped, not shown as free.

    A group-by would compute the month of every row: at a million jobs that took several times as long. Each query has
    one lower and one upper bound: given two, SQLite took the wider one and read all months for each.
    """
    charged = or_(
        ProviderCall.cost_nanousd.is_(None), ProviderCall.cost_nanousd > literal_column("0")
    )  # as in the index

    def first(begin: datetime | None) -> datetime | None:
        asked = select(ProviderCall.started_at).where(charged, *_within(begin, until, job_id))
        return session.scalar(asked.order_by(ProviderCall.started_at).limit(1))

    moment = first(since)
    while moment is not None:
        month = moment.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        end = (month + timedelta(days=32)).replace(day=1)
        last = end if until is None else min(end, until)
        calls, known, priced = session.execute(select(*sums()).where(charged, *_within(moment, last, job_id))).one()
        yield CostLine(f"{month:%Y-%m}", calls, Cost(int(known or 0), calls - priced))
        moment = first(end)
