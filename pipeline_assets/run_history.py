"""What Dagster remembers of runs whose content was taken down: its events hold titles, narration, thumbnails.

Belongs here: ending such runs, and deleting their events and logs. Not here: our rows and files (`resources/takedown`).
"""

import time
from collections.abc import Collection, Iterable, Iterator

import dagster as dg
from sqlalchemy import select
from sqlalchemy.orm import Session

from reelineage.lineage import ASSETS
from reelineage.models import TombstoneTarget
from reelineage.takedown.rows import content_tables, rows_where
from resources.home import Home

_BATCH = 500
_LOST_AFTER_SECONDS = 86_400.0  # a run whose host died never ends; one that was stopped ends within seconds


def stop_runs(instance: dg.DagsterInstance, run_ids: Iterable[str]) -> None:
    """Ask Dagster to end these runs; one that it did not launch notices by itself within seconds."""
    for run_id in run_ids:
        run = instance.get_run_by_id(run_id)
        if run is not None and run.remote_job_origin is not None:
            instance.run_launcher.terminate(run_id)


def forget_runs(instance: dg.DagsterInstance, home: Home, run_ids: Collection[str] | None = None) -> tuple[int, int]:
    """Delete the history of these runs: how many went, how many are still at work and must be asked for again.

    None means every run that stored a row without content now, of all take-downs ever.
    """
    if run_ids is None:
        with home.database.read() as session:
            run_ids = set(_runs_of_emptied_rows(session))
    listed, deleted, running = sorted(run_ids), 0, 0
    for start in range(0, len(listed), _BATCH):
        for record in instance.get_run_records(filters=dg.RunsFilter(run_ids=listed[start : start + _BATCH])):
            silent = time.time() - record.update_timestamp.timestamp() > _LOST_AFTER_SECONDS
            if record.dagster_run.is_finished or silent:
                instance.delete_run(record.dagster_run.run_id)
                deleted += 1
            else:
                running += 1
    _cover(instance, set(run_ids))
    return deleted, running


def _cover(instance: dg.DagsterInstance, run_ids: Collection[str]) -> None:
    """Put an empty event over the newest one of each asset when that is of such a run.

    Dagster keeps the newest event of an asset a second time, beside its name, and does not delete it with its run.
    """
    for record in instance.get_asset_records([dg.AssetKey(asset) for asset in ASSETS]):
        newest = record.asset_entry.last_materialization_record
        if newest is None or newest.asset_materialization is None or newest.run_id not in run_ids:
            continue
        instance.report_runless_asset_event(
            dg.AssetMaterialization(
                asset_key=record.asset_entry.asset_key,
                partition=newest.asset_materialization.partition,
                description="The history of the run that made this was deleted: something in it was taken down.",
                metadata={"taken_down": True},
            )
        )


def _runs_of_emptied_rows(session: Session) -> Iterator[str]:
    """By the targets of all take-downs: the tables themselves have no index for it, and may hold millions of rows."""
    for node, (table, _) in content_tables().items():
        if "run_id" not in table.c:
            continue
        targets = select(TombstoneTarget.key).where(TombstoneTarget.node == node, TombstoneTarget.effect == "removed")
        for keys in session.scalars(targets, execution_options={"yield_per": _BATCH}).partitions():
            rows = rows_where(session, (table.c.id, table.c.run_id), table.c.id, [int(key) for key in keys])
            yield from (run_id for _, run_id in rows if run_id is not None)
