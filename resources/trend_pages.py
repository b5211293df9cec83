"""What a page about trends shows of one analysis: its content, the sources it rests on, the rows behind its claims.

Belongs here: reading them for people. Not here: making analyses (`reelineage/trends`), which one is the newest
(`trend_analyses.py`), charts and words.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from reelineage import documents as docs
from reelineage import lineage
from reelineage.errors import BadInput, NotFound
from reelineage.family import Ref
from reelineage.models import Job, ProviderCall, Tombstone, TrendAnalysis, TrendFetch, TrendReport
from reelineage.takedown.withdrawal import withdrawn_behind
from reelineage.walk import rows_of
from resources.trend_analyses import evidence_rows


@dataclass(frozen=True)
class Source:
    """One fetch behind a report, as the report names it; `fetch` is its row, None when it cannot be found."""

    told: docs.ReportSource
    fetch: TrendFetch | None


@dataclass(frozen=True)
class Trends:
    """One analysis. `content` is None when it was taken down; `rows` are the observations behind the keys it names."""

    row: TrendAnalysis
    content: docs.TrendAnalysis | None
    sources: tuple[Source, ...]
    withdrawn: Tombstone | None
    keys: Mapping[str, Ref]
    rows: Mapping[Ref, Mapping[str, Any]]


def analysis_behind(session: Session, job_id: int) -> TrendAnalysis | None:
    """The analysis that a job's script was written from; before there is one, the job's newest analysis.

    Raises:
        NotFound: there is no such job.
    """
    if session.get(Job, job_id) is None:
        raise NotFound(f"Showing the trends of job {job_id}: there is no such job. `/jobs` lists the jobs.")
    current = lineage.current(session, job_id)
    if current.script is not None:
        return session.get(TrendAnalysis, current.script.analysis_id)
    return current.analysis


def analysis_numbered(session: Session, analysis_id: int) -> TrendAnalysis:
    """One analysis.

    Raises:
        NotFound: there is no such analysis.
    """
    found = session.get(TrendAnalysis, analysis_id)
    if found is None:
        raise NotFound(f"Showing trend_analysis:{analysis_id}: there is no such row. `/trends` shows the newest one.")
    return found


def trends_of(session: Session, row: TrendAnalysis, wanted: int) -> Trends:
    """All that a page needs about an analysis.

    Args:
        session: on one snapshot.
        row: the analysis.
        wanted: how many rows of evidence are shown of each claim; no more are read.

    Raises:
        BadInput: its content is no analysis any more.
    """
    content = _content(row)
    keys = _evidence(content, wanted) if content else set()
    known = evidence_rows(session, row.id) if keys else {}
    refs = {key: Ref("trend_observation", str(known[key])) for key in sorted(keys) if key in known}
    rows = rows_of(session, refs.values(), columns="slim")
    return Trends(
        row=row,
        content=content,
        sources=tuple(_sources(session, row)),
        withdrawn=withdrawn_behind(session, [Ref("job", str(row.job_id)), Ref("trend_analysis", str(row.id))]),
        keys=refs,
        rows={ref: found._mapping for ref, found in rows.items()},  # type: ignore[misc]  # noqa: SLF001 — SQLAlchemy's documented accessor, a mapping of names
    )


def _content(row: TrendAnalysis) -> docs.TrendAnalysis | None:
    if row.document is None:
        return None
    try:
        return docs.TrendAnalysis.model_validate(row.document)
    except ValidationError as error:
        raise _altered(f"trend_analysis:{row.id}", error) from error


def _altered(what: str, error: ValidationError) -> BadInput:
    return BadInput(
        f"Showing {what}: its content is not what was stored any more ({error.error_count()} problems). "
        "`reelineage audit` tells what was changed."
    )


def _evidence(content: docs.TrendAnalysis, wanted: int) -> set[str]:
    """The keys that are shown: the first of each claim, and the newest of each ranked item."""
    claims: list[docs.Topic | docs.Statement] = [
        *content.topics,
        *content.statements,
        *(pattern.statement for pattern in content.patterns),
    ]
    return {key for claim in claims for key in claim.evidence[:wanted]} | {one.evidence[-1] for one in content.ranked}


def _sources(session: Session, row: TrendAnalysis) -> Sequence[Source]:
    """The sources as the report names them: only this part of its content is read, the rest may be large."""
    named = select(TrendReport.document["sources"]).where(TrendReport.id == row.report_id)
    listed = session.scalar(named) or ()
    try:
        told = [docs.ReportSource.model_validate(one) for one in listed]
    except ValidationError as error:
        raise _altered(f"trend_report:{row.report_id}", error) from error
    fetches = _fetches(session, row.job_id, {one.artifact_sha256 for one in told})
    return [Source(one, fetches.get((one.source_name, one.artifact_sha256))) for one in told]


def _fetches(session: Session, job_id: int, files: Collection[str]) -> Mapping[tuple[str, str], TrendFetch]:
    rows = session.scalars(
        select(TrendFetch)
        .join(ProviderCall, ProviderCall.id == TrendFetch.call_id)
        .where(ProviderCall.job_id == job_id, TrendFetch.artifact_sha256.in_(files))
        .order_by(TrendFetch.id)
    )
    return {(one.source_name, one.artifact_sha256): one for one in rows}
