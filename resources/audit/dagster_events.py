"""Dagster's materializations against our rows, in both directions.

Belongs here: what Dagster's event log says of rows, page by page so that memory stays flat. Runs that were deleted from
Dagster are no fault: finished jobs leave it one day, and stay in our tables for ever.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import dagster as dg
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from reelineage.lineage import ASSETS, NODES
from reelineage.models import ProviderCall
from resources.audit.findings import Finding
from resources.costs import Cost
from resources.home import Home
from resources.record_rows import RECORDS

_PAGE = 200
_MOST_ROWS = 100  # that one event can name: one clip per scene
# what the command line reports beside runs: a decision, and that the history of a run was deleted by a take-down
_NO_ROWS = frozenset({"decision_id", "taken_down"})
_MOST_EVENTS = 1_000  # read at once


@dataclass(frozen=True)
class Event:
    """What one materialization says of our rows; `kept` when an earlier run had made them."""

    asset: str
    partition: str
    run_id: str
    code_version: str | None
    kept: bool
    rows: tuple[tuple[int, str], ...]
    at: datetime
    cost: Cost | None


def against_dagster(home: Home, instance: dg.DagsterInstance) -> Iterator[Finding]:
    """Every materialization names rows that are there, and every row of a run that succeeded has a materialization."""
    for asset in ASSETS:
        yield from _events_name_rows(home, instance, asset)
    for asset in ASSETS:
        yield from _rows_have_events(home, instance, asset)


def _events_name_rows(home: Home, instance: dg.DagsterInstance, asset: str) -> Iterator[Finding]:
    cursor = None
    while True:
        page = instance.fetch_materializations(dg.AssetKey(asset), _PAGE, cursor, ascending=True)
        events = [event for record in page.records if (event := _read(asset, record)) is not None]
        with home.database.read() as session:  # after the events were read: their rows were committed before
            rows = _rows_by_id(session, asset, [row_id for event in events for row_id, _ in event.rows])
            priced = [event for event in events if event.asset == "reviews" and event.cost]
            calls = _calls_of(session, {event.partition for event in priced})
        for event in events:
            yield from _against(event, rows)
        for event in priced:
            cost = _spent(calls.get(event.partition, ()), event.at)
            if event.cost != cost:
                yield Finding(
                    "cost_contradicts_event",
                    f"job:{event.partition}",
                    f"job:{event.partition} had cost {event.cost.display if event.cost else ''} when run "
                    f"{event.run_id} reviewed it, says Dagster; its calls until then add up to {cost.display}. "
                    "Restore the database from a backup.",
                )
        if not page.has_more:
            return
        cursor = page.cursor


def _against(event: Event, rows: dict[int, Any]) -> Iterator[Finding]:
    node = NODES[event.asset]
    for row_id, data_version in event.rows:
        row = rows.get(row_id)
        ref = f"{node}:{row_id}"
        if row is None or str(row.job_id) != event.partition or row.data_version != data_version:
            yield Finding(
                "event_without_row",
                ref,
                f"Dagster's run {event.run_id} stored {ref} for job {event.partition} with the content "
                f"{data_version[:12]}…, and there is no such row; restore the database from a backup.",
            )
        elif not event.kept and (row.run_id or "", row.code_version) != (event.run_id, event.code_version):
            yield Finding(
                "row_contradicts_event",
                ref,
                f"{ref} says that run {row.run_id} made it with code version {row.code_version}; Dagster says run "
                f"{event.run_id} with {event.code_version}. Restore the database from a backup.",
            )
    if not event.rows:
        yield Finding(
            "event_without_row",
            f"run:{event.run_id}",
            f"Dagster's run {event.run_id} materialized {event.asset} of partition {event.partition} without naming a "
            "row; it was not stored by Reelineage.",
        )


def _rows_have_events(home: Home, instance: dg.DagsterInstance, asset: str) -> Iterator[Finding]:
    model: Any = RECORDS[asset].model
    columns = (model.id, model.job_id, model.run_id, model.data_version)
    last = 0
    while True:
        with home.database.read() as session:
            query = select(*columns).where(model.id > last, model.run_id.is_not(None), model.tombstone_id.is_(None))
            rows = session.execute(query.order_by(model.id).limit(_PAGE)).all()
        if not rows:
            return
        ended_well = _succeeded(instance, {row.run_id for row in rows})
        claimed = [row for row in rows if row.run_id in ended_well]
        named = _named(instance, asset, {str(row.job_id) for row in claimed})
        for row_id, job_id, run_id, data_version in claimed:
            if (row_id, data_version) not in named:
                ref = f"{NODES[asset]}:{row_id}"
                yield Finding(
                    "row_without_event",
                    ref,
                    f"{ref} says that run {run_id} stored it, and Dagster knows no materialization of {asset} of job "
                    f"{job_id} with it; restore the database from a backup.",
                )
        last = rows[-1][0]


def _calls_of(session: Session, partitions: Collection[str]) -> dict[str, list[Row[Any]]]:
    """When the calls of some jobs were made and what they cost, by partition."""
    ids = [int(partition) for partition in partitions if partition.isascii() and partition.isdecimal()]
    query = select(ProviderCall.job_id, ProviderCall.started_at, ProviderCall.cost_nanousd)
    found: dict[str, list[Any]] = {}
    for row in session.execute(query.where(ProviderCall.job_id.in_(ids))):
        found.setdefault(str(row.job_id), []).append(row)
    return found


def _spent(calls: Sequence[Row[Any]], until: datetime) -> Cost:
    """What those of the calls come to that were made until then."""
    prices = [call.cost_nanousd for call in calls if call.started_at <= until]
    return Cost(sum(price for price in prices if price is not None), prices.count(None))


def _succeeded(instance: dg.DagsterInstance, run_ids: Collection[str]) -> set[str]:
    """The runs that Dagster has, and that ended well: one that was killed may have left a row without an event."""
    wanted = dg.RunsFilter(run_ids=list(run_ids), statuses=[dg.DagsterRunStatus.SUCCESS])
    return set(instance.get_run_ids(wanted))


def _named(instance: dg.DagsterInstance, asset: str, partitions: Collection[str]) -> set[tuple[int, str]]:
    """The rows, with the hash of their content, that the events of these partitions name."""
    named: set[tuple[int, str]] = set()
    cursor = None
    while partitions:
        wanted = dg.AssetRecordsFilter(asset_key=dg.AssetKey(asset), asset_partitions=list(partitions))
        page = instance.fetch_materializations(wanted, _MOST_EVENTS, cursor)
        for record in page.records:
            if (event := _read(asset, record)) is not None:
                named.update(event.rows)
        if not page.has_more:
            break
        cursor = page.cursor
    return named


def _read(asset: str, record: dg.EventLogRecord) -> Event | None:
    materialization = record.asset_materialization
    if materialization is None:
        return None
    metadata = materialization.metadata
    if not record.run_id and not metadata.keys().isdisjoint(_NO_ROWS):
        return None
    ids, versions = (_texts(metadata.get(name)) for name in ("lineage/row_id", "lineage/data_version"))
    rows = [(int(one), version) for one, version in zip(ids, versions, strict=False) if one.isdecimal()]
    tags = materialization.tags or {}
    code_version = tags.get("dagster/code_version")
    kept = bool(getattr(metadata.get("lineage/kept"), "value", False))
    known, unknown = (
        getattr(metadata.get(f"lineage/{name}"), "value", None) for name in ("job_cost_nanousd", "job_unknown_costs")
    )
    cost = Cost(known, unknown) if isinstance(known, int) and isinstance(unknown, int) else None
    at = datetime.fromtimestamp(record.timestamp, UTC)
    named = tuple(rows[:_MOST_ROWS])
    return Event(asset, materialization.partition or "", record.run_id, code_version, kept, named, at, cost)


def _texts(value: Any) -> list[str]:  # noqa: ANN401 — one of Dagster's metadata values
    text = getattr(value, "text", None) or str(getattr(value, "value", "") or "")
    return [part.strip()[:100] for part in text.split(",") if part.strip()]


def _rows_by_id(session: Session, asset: str, ids: list[int]) -> dict[int, Any]:
    model: Any = RECORDS[asset].model
    columns = (model.id, model.job_id, model.run_id, model.data_version, model.code_version)
    found: dict[int, Any] = {}
    for start in range(0, len(ids), 1_000):
        query = select(*columns).where(model.id.in_(ids[start : start + 1_000]))
        found.update({row.id: row for row in session.execute(query)})
    return found
