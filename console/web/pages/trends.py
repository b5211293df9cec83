"""Trends: what an analysis found to be rising, and the very rows that each of its claims rests on.

Belongs here: from an analysis to what its page shows. Not here: reading it (`resources/trend_pages.py`), charts
(`../drawing/charts.py`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from console.web.drawing import numbers
from console.web.drawing.charts import LineChart, line_chart, sparkline
from console.web.drawing.labels import href
from console.web.facts import outside_address
from console.web.guard import needs
from console.web.parts import TheHome
from console.web.row_ids import RowNumber
from console.web.templating import render
from reelineage import documents as docs
from reelineage.errors import NotFound
from reelineage.takedown.withdrawal import told
from resources.access import Role
from resources.home import Home
from resources.trend_analyses import newest_analysis
from resources.trend_pages import Trends, analysis_behind, analysis_numbered, trends_of

router = APIRouter(dependencies=[Depends(needs(Role.VIEWER))])

_MOST_EVIDENCE: Final = 12


@dataclass(frozen=True)
class Evidence:
    """One row that a claim rests on: its record here, and its page outside when it has one."""

    title: str
    key: str
    href: str
    outside: str
    views: int | None


@dataclass(frozen=True)
class Claim:
    """A statement with the first rows that it rests on, and how many more there are."""

    text: str
    evidence: tuple[Evidence, ...]
    more: int


@dataclass(frozen=True)
class TopicPanel:
    """A topic with its chart, None when its items were not seen more than once at the same times.

    `part` is its velocity as a percentage of the strongest topic's.
    """

    topic: docs.Topic
    chart: LineChart | None
    part: float
    claim: Claim


@dataclass(frozen=True)
class RankedRow:
    """An item at its place, with the course of its views as an SVG path (empty when it was seen once)."""

    item: docs.RankedItem
    href: str
    outside: str
    course: str
    age: str


@router.get("/trends")
def newest(request: Request, home: TheHome) -> Response:
    """The newest analysis."""
    with home.database.read() as session:
        try:
            row = newest_analysis(session)
        except NotFound:
            return render(request, "trends_empty.html", title="Trends", nav="trends", job_id=None)
        found = trends_of(session, row, _MOST_EVIDENCE)
    return _page(request, found, title="Newest trends")


@router.get("/trends/{analysis_id}")
def show(request: Request, home: TheHome, analysis_id: RowNumber) -> Response:
    """One analysis."""
    with home.database.read() as session:
        found = trends_of(session, analysis_numbered(session, analysis_id), _MOST_EVIDENCE)
    return _page(request, found, title=f"Trends of analysis {analysis_id}")


@router.get("/jobs/{job_id}/trends")
def of_job(request: Request, home: TheHome, job_id: RowNumber) -> Response:
    """The analysis behind a job."""
    title = f"Trends behind job {job_id}"
    found = _behind(home, job_id)
    if found is None:
        return render(request, "trends_empty.html", title=title, nav="trends", job_id=job_id)
    return _page(request, found, title=title)


def _behind(home: Home, job_id: int) -> Trends | None:
    with home.database.read() as session:
        row = analysis_behind(session, job_id)
        return None if row is None else trends_of(session, row, _MOST_EVIDENCE)


def _page(request: Request, found: Trends, *, title: str) -> Response:
    content = found.content
    topics = _topics(found, content.topics) if content else ()
    return render(
        request,
        "trends.html",
        title=title,
        nav="trends",
        found=found,
        content=content,
        topics=topics,
        ranked=tuple(_ranked(found, one) for one in content.ranked) if content else (),
        patterns=tuple((one, _claim(found, one.statement.text, one.statement.evidence)) for one in content.patterns)
        if content
        else (),
        statements=_statements(found, content),
        stand_ins=sorted({one.told.stand_in for one in found.sources if one.told.stand_in}),
        numbers=numbers,
        told=told,
    )


def _topics(found: Trends, topics: Sequence[docs.Topic]) -> tuple[TopicPanel, ...]:
    strongest = max((one.velocity for one in topics), default=0.0) or 1.0
    return tuple(
        TopicPanel(
            topic,
            line_chart([(point.at, point.value) for point in topic.series]) if len(topic.series) > 1 else None,
            round(100 * topic.velocity / strongest, 1),
            _claim(found, topic.label, topic.evidence),
        )
        for topic in topics
    )


def _ranked(found: Trends, item: docs.RankedItem) -> RankedRow:
    ref = found.keys.get(item.evidence[-1])
    course = [(point.at, point.value) for point in item.series]
    return RankedRow(
        item,
        href(ref) if ref else "",
        outside_address(item.url),
        sparkline(course) if len(course) > 1 else "",
        _age(item.hours_since_published),
    )


def _statements(found: Trends, content: docs.TrendAnalysis | None) -> tuple[Claim, ...]:
    """The statements that are not shown with their pattern already."""
    if content is None:
        return ()
    shown = {pattern.statement for pattern in content.patterns}
    return tuple(_claim(found, one.text, one.evidence) for one in content.statements if one not in shown)


def _claim(found: Trends, text: str, keys: Sequence[str]) -> Claim:
    return Claim(text, tuple(_evidence(found, keys[:_MOST_EVIDENCE])), max(0, len(keys) - _MOST_EVIDENCE))


def _evidence(found: Trends, keys: Iterable[str]) -> Iterable[Evidence]:
    for key in keys:
        ref = found.keys.get(key)
        values = found.rows.get(ref, {}) if ref else {}
        yield Evidence(
            title=str(values.get("title") or key),
            key=key,
            href=href(ref) if ref else "",
            outside=outside_address(values.get("url")),
            views=values.get("views"),
        )


def _age(hours: float) -> str:
    """How long ago something was published: in hours for two days, then in days."""
    return f"{hours:.0f} h" if hours < 48 else f"{hours / 24:,.0f} d"
