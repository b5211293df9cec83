"""Fetches on their way into the database: one row per fetch, item and observation, never overwritten.

Belongs here: writing what a trend source brought in. Not here: parsing (`reelineage/trends`), reports (the IO manager).
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from reelineage.documents import Observation, TrendFetch
from reelineage.models import TrendFetch as FetchRow
from reelineage.models import TrendItem, TrendObservation
from resources.database import Database
from resources.record_edges import insert_missing

_BATCH = 1_000


def store_fetch(database: Database, call_id: int, artifact_sha256: str, fetch: TrendFetch) -> None:
    """Store a fetch with its items and observations in one transaction, once per provider call."""
    with database.write() as session:
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
        )
        session.add(row)
        session.flush()
        seen = sorted(fetch.observations, key=lambda one: (one.platform, one.external_id, one.observed_at))
        for start in range(0, len(seen), _BATCH):
            _store_batch(session, row.id, seen[start : start + _BATCH])


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
