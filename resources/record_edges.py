"""The edges of each record: which observations, clips, provider calls and outside works it was made from.

Belongs here: finding the rows behind the keys that a document names, and refusing what is not there. Not here: the
records themselves (`record_rows.py`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from reelineage import documents as docs
from reelineage import models
from reelineage.errors import LineageViolation
from reelineage.takedown.withdrawal import refuse_removed
from resources.takedown.lock import hold_takedowns

Row = (
    models.TrendReport
    | models.TrendAnalysis
    | models.Script
    | models.Voiceover
    | models.Clip
    | models.Video
    | models.Review
)
Upstream = Mapping[str, tuple["StoredRow", ...]]


@dataclass(frozen=True)
class StoredRow:
    """A record that exists: what a materialization lists as upstream, and what keys point to."""

    asset: str
    id: int
    job_id: int
    version: int
    run_id: str | None
    data_version: str
    keys: Mapping[str, int | str]


def ensure_artifact(session: Session, artifact: docs.ArtifactRef) -> None:
    """Insert the artifact's row unless the same bytes are already known.

    Raises:
        BadInput: these bytes were taken down.
    """
    hold_takedowns(session)
    refuse_removed(session, artifact.sha256, doing="Storing a file")
    insert_missing(session, models.Artifact, [artifact.model_dump() | {"created_at": datetime.now(UTC)}], ("sha256",))


def insert_missing(
    session: Session, model: type[models.Base], rows: list[dict[str, Any]], key: tuple[str, ...]
) -> None:
    """Insert rows, leaving those alone whose key is there already."""
    if not rows:
        return
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    session.execute(dialect.insert(model).on_conflict_do_nothing(index_elements=key), rows)


def report_edges(session: Session, row: models.TrendReport, report: docs.TrendReport, _: Upstream) -> None:
    """Insert the observations a report holds."""
    ids = _observation_ids(session, row.job_id, report)
    _insert_edges(
        session,
        models.TrendReportObservation,
        [{"job_id": row.job_id, "report_id": row.id, "observation_id": ids[o.key]} for o in report.observations],
    )


def _observation_ids(session: Session, job_id: int, report: docs.TrendReport) -> dict[str, int]:
    """The stored observation behind each key of a report; where two fetches hold one key, the first source wins."""
    fetches = {
        (fetch.source_name, fetch.artifact_sha256): fetch.id
        for fetch in session.scalars(
            select(models.TrendFetch)
            .join(models.ProviderCall, models.ProviderCall.id == models.TrendFetch.call_id)
            .where(models.ProviderCall.job_id == job_id)
            .order_by(models.TrendFetch.id)
        )
    }
    ids: dict[str, int] = {}
    for source in report.sources:
        fetch_id = fetches.get((source.source_name, source.artifact_sha256))
        if fetch_id is None:
            raise LineageViolation(
                f"Storing the trend report of job {job_id}: its source {source.source_name!r} "
                "was never fetched for this job."
            )
        rows = session.execute(
            select(
                models.TrendItem.platform,
                models.TrendItem.external_id,
                models.TrendObservation.observed_at,
                models.TrendObservation.id,
            )
            .join(models.TrendItem, models.TrendItem.id == models.TrendObservation.item_id)
            .where(models.TrendObservation.fetch_id == fetch_id)
        )
        for platform, external_id, observed_at, observation_id in rows:
            ids.setdefault(f"{platform}/{external_id}@{docs.iso(observed_at)}", observation_id)
    return ids


def analysis_edges(session: Session, row: models.TrendAnalysis, analysis: docs.TrendAnalysis, _: Upstream) -> None:
    """Insert the observations an analysis used."""
    ids = _keys_of(
        session,
        select(models.TrendReportObservation.observation_id).where(
            models.TrendReportObservation.report_id == row.report_id
        ),
    )
    common = {"job_id": row.job_id, "report_id": row.report_id, "analysis_id": row.id}
    rows = [common | {"observation_id": _cited(ids, key, row.job_id)} for key in sorted(evidence(analysis))]
    _insert_edges(session, models.TrendAnalysisObservation, rows)


def evidence(analysis: docs.TrendAnalysis) -> set[str]:
    """The observation keys that any part of an analysis rests on."""
    used = {key for item in analysis.ranked for key in item.evidence}
    used |= {key for topic in analysis.topics for key in topic.evidence}
    used |= {key for statement in analysis.statements for key in statement.evidence}
    used |= {key for pattern in analysis.patterns for key in pattern.statement.evidence}
    return used


def script_edges(session: Session, row: models.Script, script: docs.Script, _: Upstream) -> None:
    """Insert what a script cites, per scene, and the call that wrote it."""
    ids = _keys_of(
        session,
        select(models.TrendAnalysisObservation.observation_id).where(
            models.TrendAnalysisObservation.analysis_id == row.analysis_id
        ),
    )
    common = {"job_id": row.job_id, "analysis_id": row.analysis_id, "script_id": row.id}
    cited = {(scene.number, key) for scene in script.scenes for key in citations(scene)}
    rows = [common | {"scene": scene, "observation_id": _cited(ids, key, row.job_id)} for scene, key in sorted(cited)]
    _insert_edges(session, models.ScriptCitation, rows)
    _insert_calls(session, models.ScriptCall, {"script_id": row.id}, row.job_id, [script.request_sha256])


def citations(scene: docs.Scene) -> set[str]:
    """The observation keys that a scene's words and picture rest on."""
    return {key for sentence in scene.sentences for key in sentence.citations} | {
        datum.evidence for datum in scene.visual.data if datum.evidence
    }


def voiceover_edges(session: Session, row: models.Voiceover, voiceover: docs.Voiceover, _: Upstream) -> None:
    """Insert the calls and the voice behind a voiceover."""
    requests = [sentence.request_sha256 for sentence in voiceover.sentences]
    _insert_calls(session, models.VoiceoverCall, {"voiceover_id": row.id}, row.job_id, requests)
    _insert_media(session, models.VoiceoverMedia, {"voiceover_id": row.id}, row.job_id, [voiceover.voice])


def clip_edges(session: Session, row: models.Clip, clip: docs.Clip, _: Upstream) -> None:
    """Insert the call and the outside works behind a clip."""
    _insert_calls(session, models.ClipCall, {"clip_id": row.id}, row.job_id, [clip.request_sha256])
    _insert_media(session, models.ClipMedia, {"clip_id": row.id}, row.job_id, clip.media)


def video_edges(session: Session, row: models.Video, video: docs.Video, upstream: Upstream) -> None:
    """Insert the clips a video shows, and the outside works that composition added."""
    common = {
        "job_id": row.job_id, "script_id": row.script_id, "voiceover_id": row.voiceover_id, "video_id": row.id,
    }  # fmt: skip
    rows: list[dict[str, Any]] = [
        common | {"scene": clip.keys["scene"], "clip_id": clip.id} for clip in upstream["clips"]
    ]
    if not rows:
        raise LineageViolation(f"Storing a video of job {row.job_id}: it shows no clip. Materialize the clips first.")
    _insert_edges(session, models.VideoClip, rows)
    requests = [video.music_request_sha256] if video.music_request_sha256 else []
    _insert_calls(session, models.VideoCall, {"video_id": row.id}, row.job_id, requests)
    _insert_media(session, models.VideoMedia, {"video_id": row.id}, row.job_id, video.media)


def no_edges(_session: Session, _row: Row, _document: docs.Document, _upstream: Upstream) -> None:
    """A review hangs on its video by its key alone."""


def _keys_of(session: Session, observation_ids: Any) -> dict[str, int]:  # noqa: ANN401 — a select of ids
    rows = session.execute(
        select(
            models.TrendItem.platform,
            models.TrendItem.external_id,
            models.TrendObservation.observed_at,
            models.TrendObservation.id,
        )
        .join(models.TrendItem, models.TrendItem.id == models.TrendObservation.item_id)
        .where(models.TrendObservation.id.in_(observation_ids))
    )
    return {f"{platform}/{external_id}@{docs.iso(at)}": row_id for platform, external_id, at, row_id in rows}


def _cited(ids: Mapping[str, int], key: str, job_id: int) -> int:
    if key not in ids:
        raise LineageViolation(
            f"Storing a record of job {job_id}: it cites {key}, which its upstream row does not hold. "
            "Nothing was stored; this is a bug in what made it."
        )
    return ids[key]


def _insert_edges(session: Session, model: type[models.Base], rows: list[dict[str, Any]]) -> None:
    if rows:
        session.execute(insert(model), rows)


def _insert_calls(
    session: Session, model: type[models.Base], owner: dict[str, int], job_id: int, requests: Iterable[str]
) -> None:
    wanted = set(requests)
    calls = session.execute(
        select(models.ProviderCall.request_sha256, func.max(models.ProviderCall.id))
        .where(
            models.ProviderCall.job_id == job_id,
            models.ProviderCall.request_sha256.in_(wanted),
            models.ProviderCall.status == "ok",
        )
        .group_by(models.ProviderCall.request_sha256)
    ).all()
    if missing := wanted - {request for request, _ in calls}:
        raise LineageViolation(
            f"Storing a record of job {job_id}: no finished provider call has the fingerprint {min(missing)[:12]}…. "
            "Nothing was stored; every provider must be called through the ledger."
        )
    _insert_edges(session, model, [owner | {"job_id": job_id, "call_id": call_id} for _, call_id in sorted(calls)])


def _insert_media(
    session: Session, model: type[models.Base], owner: dict[str, int], job_id: int, media: Iterable[docs.MediaItem]
) -> None:
    identity = ("kind", "provider", "external_id", "sha256")
    for item in media:
        values = item.model_dump() | {"created_at": datetime.now(UTC)}
        same = [getattr(models.MediaItem, name) == values[name] for name in identity]
        if session.scalar(select(models.MediaItem.id).where(*same)) is None:  # an ignored insert would use up an id
            insert_missing(session, models.MediaItem, [values], identity)
        item_id = session.scalars(select(models.MediaItem.id).where(*same)).one()
        insert_missing(
            session, model, [owner | {"job_id": job_id, "media_item_id": item_id}], (*owner, "media_item_id")
        )
