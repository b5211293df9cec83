"""How each document becomes rows: its record, its edges, its artifacts, in the caller's transaction.

Belongs here: one entry per asset in `RECORDS`, and the shared insert. Not here: edges (`record_edges.py`), fence and
idempotency (`record_io_manager.py`), what a document means (`reelineage/documents/`).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reelineage import documents as docs
from reelineage import models
from reelineage.errors import LineageViolation
from reelineage.fingerprint import sha256_of
from reelineage.lineage import chain_link
from resources import record_edges as edges
from resources.record_edges import Row, StoredRow, Upstream, ensure_artifact


@dataclass(frozen=True)
class RecordType:
    """How one asset is stored: its document and model, the assets it is made from, its columns and its edges.

    `role` is that of the providers it calls, `many` whether one materialization is several rows.
    """

    document: type[docs.Document]
    model: type[Row]
    upstream: tuple[str, ...]
    columns: Callable[[Any, Upstream], dict[str, Any]]
    artifacts: Callable[[Any], Iterable[docs.ArtifactRef]]
    edges: Callable[[Session, Any, Any, Upstream], None]
    role: str | None = None
    many: bool = False


def stored_row(asset: str, row: Row) -> StoredRow:
    """The identity of a row, with the keys that rows made from it must carry."""
    keys: dict[str, int | str] = {
        column.name: getattr(row, column.name)
        for column in row.__table__.columns
        if column.name in ("report_id", "analysis_id", "script_id", "voiceover_id", "video_id", "scene", "file_sha256")
    }
    return StoredRow(asset, row.id, row.job_id, row.version, row.run_id, row.data_version, keys)


def insert_record(
    session: Session, asset: str, document: docs.Document, upstream: Upstream, *, job: models.Job, run_id: str | None,
    code_version: str,
) -> Row:  # fmt: skip
    """Insert the next version of a record with its artifacts and edges, and move the job's chain on.

    The caller holds the job's row lock, so versions and the chain have no gaps. Without a `run_id` a person's edit made
    it.
    """
    kind = RECORDS[asset]
    model = kind.model
    for artifact in kind.artifacts(document):
        ensure_artifact(session, artifact)
    same = [model.job_id == job.id]
    if isinstance(document, docs.Clip):
        same.append(models.Clip.scene == document.scene)
    version = (session.scalar(select(func.max(model.version)).where(*same)) or 0) + 1
    row = model(
        job_id=job.id,
        version=version,
        run_id=run_id,
        origin="edit" if run_id is None else "run",
        code_version=code_version,
        data_version=sha256_of(document),
        previous_sha256=job.chain_sha256,
        created_at=datetime.now(UTC),
        document=document.model_dump(mode="json"),
        **kind.columns(document, upstream),
    )
    session.add(row)
    session.flush()
    kind.edges(session, row, document, upstream)
    job.chain_sha256 = chain_link(job.chain_sha256, model.__tablename__, row.id, row.data_version)
    session.flush()
    return row


def _one(upstream: Upstream, asset: str) -> StoredRow:
    rows = upstream[asset]
    if len(rows) != 1:
        raise LineageViolation(f"Storing a record: it needs exactly one upstream row of {asset}, not {len(rows)}.")
    return rows[0]


# --- columns ---------------------------------------------------------------------------------------------------------


def _report_columns(report: docs.TrendReport, _: Upstream) -> dict[str, Any]:
    return {
        "window_start": report.window_start,
        "window_end": report.window_end,
        "observation_count": len(report.observations),
    }


def _analysis_columns(analysis: docs.TrendAnalysis, upstream: Upstream) -> dict[str, Any]:
    return {"report_id": _one(upstream, "trends").id, "topic_count": len(analysis.topics)}


def _script_columns(script: docs.Script, upstream: Upstream) -> dict[str, Any]:
    return {
        "analysis_id": _one(upstream, "analysis").id,
        "title": script.title,
        "scene_count": len(script.scenes),
        "duration_target_seconds": script.duration_target_seconds,
    }


def _voiceover_columns(voiceover: docs.Voiceover, upstream: Upstream) -> dict[str, Any]:
    return {
        "script_id": _one(upstream, "scripts").id,
        "audio_sha256": voiceover.audio.sha256,
        "duration_seconds": voiceover.duration_seconds,
    }


def _branch(upstream: Upstream) -> dict[str, Any]:
    """The keys that tie clips and videos to one script and a voiceover of that script."""
    return {"script_id": _one(upstream, "scripts").id, "voiceover_id": _one(upstream, "voiceovers").id}


def _clip_columns(clip: docs.Clip, upstream: Upstream) -> dict[str, Any]:
    return _branch(upstream) | {
        "scene": clip.scene,
        "artifact_sha256": clip.artifact.sha256,
        "frames": clip.frames,
    }


def _video_columns(video: docs.Video, upstream: Upstream) -> dict[str, Any]:
    return _branch(upstream) | {
        "title": video.title,
        "file_sha256": video.file.sha256,
        "thumbnail_sha256": video.thumbnail.sha256,
        "captions_srt_sha256": video.captions_srt.sha256,
        "captions_vtt_sha256": video.captions_vtt.sha256,
        "captions_ass_sha256": video.captions_ass.sha256,
        "duration_seconds": video.duration_seconds,
        "width": video.width,
        "height": video.height,
    }


def _review_columns(review: docs.Review, upstream: Upstream) -> dict[str, Any]:
    return {
        "video_id": _one(upstream, "videos").id,
        "video_sha256": review.video_sha256,
        "finding_count": len(review.findings),
        "blocking_count": sum(finding.severity == "blocking" for finding in review.findings),
    }


RECORDS: dict[str, RecordType] = {
    "trends": RecordType(
        docs.TrendReport, models.TrendReport, (), _report_columns, lambda _: (), edges.report_edges, role="trend_source"
    ),
    "analysis": RecordType(
        docs.TrendAnalysis, models.TrendAnalysis, ("trends",), _analysis_columns, lambda _: (), edges.analysis_edges
    ),
    "scripts": RecordType(
        docs.Script, models.Script, ("analysis",), _script_columns, lambda _: (), edges.script_edges,
        role="script_writer",
    ),
    "voiceovers": RecordType(
        docs.Voiceover, models.Voiceover, ("scripts",), _voiceover_columns, lambda v: (v.audio,), edges.voiceover_edges,
        role="speech_synthesizer",
    ),
    "clips": RecordType(
        docs.Clip, models.Clip, ("scripts", "voiceovers"), _clip_columns, lambda c: (c.artifact,), edges.clip_edges,
        role="footage_source", many=True,
    ),
    "videos": RecordType(
        docs.Video, models.Video, ("scripts", "voiceovers", "clips"), _video_columns,
        lambda v: (v.file, v.thumbnail, v.captions_srt, v.captions_vtt, v.captions_ass), edges.video_edges,
        role="music_source",
    ),
    "reviews": RecordType(docs.Review, models.Review, ("videos",), _review_columns, lambda _: (), edges.no_edges),
}  # fmt: skip
