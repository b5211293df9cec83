"""Fetches on their way into the database: one row per fetch, item and observation, never overwritten.

Belongs here: writing what a trend source brought in. Not here: parsing (`reelineage/trends`), reports (the IO manager).
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from reelineage.documents import Observation, TrendFetch
from reelineage.errors import MissingUpstream
from reelineage.models import Artifact, ProviderCall, Tombstone, TrendItem, TrendObservation
from reelineage.models import TrendFetch as FetchRow
from reelineage.takedown.withdrawal import refuse_removed, told
from resources.database import Database
from resources.record_edges import insert_missing
from resources.takedown.lock import hold_takedowns

_BATCH = 1_000


def store_fetch(
    database: Database, call_id: int, artifact_sha256: str, fetch: TrendFetch, *, job_id: int, run_id: str
) -> None:
    """Store a fetch with its items and observations in one transaction, once per provider call.

    Raises:
        FenceLost: the run no longer holds the job.
        BadInput: the fetched file was taken down since it came in.
        MissingUpstream: the call was.
    """
    with database.fenced_write(job_id, run_id) as session:
        hold_takedowns(session)
        _refuse_taken_down(session, call_id, artifact_sha256, job_id)
        if session.scalar(select(FetchRow.id).where(FetchRow.call_id == call_id)) is not None:
            return
        row = FetchRow(
            call_id=call_id,
            source_kind=fetch.source_kind,
            source_name=fetch.source_name,
            artifact_sha256=artifact_sha256,
            observation_count=len(fetch.observations),
            skipped_count=fetch.skipped_count,
            skipped={"first": [skipped.model_dump(mode="json") for skipped in fetch.skipped]},
            stand_in=fetch.stand_in,
            created_at=datetime.now(UTC),
            delete_by=_delete_by(session, artifact_sha256, fetch),
        )
        session.add(row)
        session.flush()
        seen = sorted(fetch.observations, key=lambda one: (one.platform, one.external_id, one.observed_at))
        for start in range(0, len(seen), _BATCH):
            _store_batch(session, row.id, seen[start : start + _BATCH])


def _refuse_taken_down(session: Session, call_id: int, artifact_sha256: str, job_id: int) -> None:
    """What a take-down between the answer and its observations took is not written down after all."""
    doing = f"Storing the trends of job {job_id}"
    tombstone_id = session.scalars(select(ProviderCall.tombstone_id).where(ProviderCall.id == call_id)).one()
    if tombstone_id is not None:
        tombstone = session.get_one(Tombstone, tombstone_id)
        raise MissingUpstream(f"{doing}: provider_call:{call_id}, which fetched them, was {told(tombstone)}.")
    refuse_removed(session, artifact_sha256, doing=doing)


def _delete_by(session: Session, artifact_sha256: str, fetch: TrendFetch) -> datetime | None:
    """When the source's terms want the text gone: counted from when these bytes first came in, however often read."""
    if fetch.keep_days is None:
        return None
    came_in = session.scalars(select(Artifact.created_at).where(Artifact.sha256 == artifact_sha256)).one()
    return came_in + timedelta(days=fetch.keep_days)


def _store_batch(session: Session, fetch_id: int, observations: Sequence[Observation]) -> None:
    now = datetime.now(UTC)
    # in one order everywhere: two jobs that store overlapping files would else wait for each other for ever
    names = sorted({(seen.platform, seen.external_id) for seen in observations})
    items = [{"platform": platform, "external_id": external, "created_at": now} for platform, external in names]
    insert_missing(session, TrendItem, items, ("platform", "external_id"))
    known = session.execute(
        select(TrendItem.platform, TrendItem.external_id, TrendItem.id).where(
            TrendItem.external_id.in_({external for _, external in names})
        )
    )
    ids = {(platform, external): item_id for platform, external, item_id in known}
    rows = [
        seen.model_dump(exclude={"platform", "external_id"})
        | {
            "hashtags": list(seen.hashtags),
            "fetch_id": fetch_id,
            "item_id": ids[seen.platform, seen.external_id],
        }
        for seen in observations
    ]
    insert_missing(session, TrendObservation, rows, ("fetch_id", "item_id", "observed_at"))  # files do repeat rows
