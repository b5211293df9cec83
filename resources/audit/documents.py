"""What a document says of its own row: the columns taken from it, and how many edges it must have.

Belongs here: comparing the two in full, for `--deep` and for one job. Not here: what the database can compare by itself
(`wording.py`), writing rows (`record_rows.py`).
"""

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reelineage import documents as docs
from reelineage import models
from resources.record_edges import Row, StoredRow, citations, evidence
from resources.record_rows import RECORDS, stored_row

_KEYS = {
    "trends": "report_id", "analysis": "analysis_id", "scripts": "script_id", "voiceovers": "voiceover_id",
    "videos": "video_id",
}  # fmt: skip
_OWNERS: dict[str, tuple[tuple[type[Any], str], ...]] = {
    "trends": ((models.TrendReportObservation, "report_id"),),
    "analysis": ((models.TrendAnalysisObservation, "analysis_id"),),
    "scripts": ((models.ScriptCitation, "script_id"), (models.ScriptCall, "script_id")),
    "voiceovers": ((models.VoiceoverCall, "voiceover_id"), (models.VoiceoverMedia, "voiceover_id")),
    "clips": ((models.ClipCall, "clip_id"), (models.ClipMedia, "clip_id")),
    "videos": (
        (models.VideoCall, "video_id"),
        (models.VideoMedia, "video_id"),
    ),
    "reviews": (),
}


def edge_counts(session: Session, asset: str, job_id: int) -> dict[type[Any], dict[int, int]]:
    """How many rows each edge table of an asset holds, by the row they belong to."""
    counts = {}
    for table, owner in _OWNERS[asset]:
        column = getattr(table, owner)
        query = select(column, func.count()).where(table.job_id == job_id).group_by(column)
        counts[table] = {row_id: number for row_id, number in session.execute(query)}  # noqa: C416 — rows are not pairs to mypy
    return counts


def contradictions(asset: str, row: Row, counts: dict[type[Any], dict[int, int]]) -> Iterator[tuple[str, str]]:
    """What of a row does not fit its document: the rule it breaks, and how."""
    kind = RECORDS[asset]
    try:
        document = kind.document.model_validate(row.document)
    except ValidationError as error:
        yield "altered_document", f"its content is no {kind.document.__name__} ({error.error_count()} problems)"
        return
    upstream = {name: (_upstream_row(name, row),) for name in kind.upstream if name in _KEYS}
    for column, value in kind.columns(document, upstream).items():
        if getattr(row, column) != value:
            yield "altered_document", f"its column {column} does not say what its content says"
    for table, expected in _expected_edges(document).items():
        if (there := counts[table].get(row.id, 0)) != expected:
            yield "upstream_is_missing", f"it has {there} rows in {table.__tablename__}, its content names {expected}"


def _upstream_row(name: str, row: Row) -> StoredRow:
    """The upstream row by its id alone: columns take nothing else from it."""
    return StoredRow(name, getattr(row, _KEYS[name]), row.job_id, 0, None, "", stored_row(name, row).keys)


def _expected_edges(document: docs.Document) -> dict[type[Any], int]:
    expected: dict[type[Any], int] = {}
    match document:
        case docs.TrendReport():
            expected[models.TrendReportObservation] = len({seen.key for seen in document.observations})
        case docs.TrendAnalysis():
            expected[models.TrendAnalysisObservation] = len(evidence(document))
        case docs.Script():
            expected[models.ScriptCitation] = sum(len(citations(scene)) for scene in document.scenes)
            expected[models.ScriptCall] = 1
        case docs.Voiceover():
            expected[models.VoiceoverCall] = len({sentence.request_sha256 for sentence in document.sentences})
            expected[models.VoiceoverMedia] = 1
        case docs.Clip():
            expected[models.ClipCall] = 1
            expected[models.ClipMedia] = _works(document.media)
        case docs.Video():
            expected[models.VideoCall] = 1 if document.music_request_sha256 else 0
            expected[models.VideoMedia] = _works(document.media)
    return expected


def _works(media: tuple[docs.MediaItem, ...]) -> int:
    return len({(item.kind, item.provider, item.external_id, item.sha256) for item in media})
