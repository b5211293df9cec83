"""Rows as the lines of an export: OpenLineage one event a line; PROV one document a row, or one for a whole answer.

Belongs here: choosing the format. Import it where it is used: both libraries together take a quarter of a second.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from reelineage.explain import Family
from reelineage.models import Installation
from resources.exports import openlineage, prov, rows


@dataclass(frozen=True)
class Line:
    """One JSON value of an export, and the time of the row that it tells."""

    text: str
    at: datetime


def everything(session: Session, form: str, *, since: datetime | None, until: datetime | None) -> Iterator[Line]:
    """Every row of a span of time, in the order in which they came; memory stays flat."""
    return _lines(session, rows.stream(session, since=since, until=until), form)


def answer(
    session: Session, family: Family, form: str, *, since: datetime | None = None, until: datetime | None = None
) -> Iterator[Line]:
    """The rows of one answer; with PROV they are one document."""
    told = [
        one
        for one in rows.of_family(session, family)
        if (since is None or one.at >= since) and (until is None or one.at < until)
    ]
    if form == "prov" and told:
        yield Line(prov.as_json(prov.document(told, _installation(session))), told[0].at)
    elif form != "prov":
        yield from _lines(session, told, form)


def _lines(session: Session, told: Iterable[rows.Told], form: str) -> Iterator[Line]:
    installation = _installation(session)
    for one in told:
        if form == "prov":
            yield Line(prov.as_json(prov.document([one], installation)), one.at)
        else:
            for event in openlineage.events([one], installation):
                yield Line(openlineage.as_line(event), one.at)


def _installation(session: Session) -> str:
    return session.execute(select(Installation.uuid)).scalar_one()
