"""The IO manager: documents become rows, rows become documents, under the fence and never by pickle.

Belongs here: what every asset's output and input has in common: strict types, same job and branch, idempotency per run,
the upstream table in the event. Not here: columns and edges of one asset (`record_rows.py`, `record_edges.py`).
"""

from collections.abc import Sequence
from typing import Any

import dagster as dg
from pydantic import PrivateAttr
from sqlalchemy import select

from reelineage import lineage
from reelineage.documents import Clip, Document
from reelineage.errors import LineageViolation, MissingUpstream
from reelineage.fingerprint import sha256_of
from reelineage.models import Job
from resources.costs import cost_of_job
from resources.record_edges import Row, StoredRow
from resources.record_rows import RECORDS, insert_record, stored_row
from resources.unnamed_files import removed_unless_named
from resources.workbench import PRODUCE_VIDEO, Workbench


class RecordIOManager(dg.ConfigurableIOManager):
    """Writes Script, Video and all other rows with `job_id` populated, and reads the current ones back."""

    workbench: dg.ResourceDependency[Workbench]
    # what each step has read: the rows its output is made from, by run and step
    _loaded: dict[tuple[str, str], dict[str, tuple[StoredRow, ...]]] = PrivateAttr(default_factory=dict)

    def load_input(self, context: dg.InputContext) -> Any:  # noqa: ANN401 — the document type depends on the asset
        """The current document of the upstream asset for this job.

        Raises:
            dg.Failure: it is missing or was taken down; says what to materialize.
        """
        asset = context.asset_key.path[-1]
        step = context.step_context
        with self.workbench.translated_errors():
            job_id = lineage.parse_job_id(context.partition_key)
            self.workbench.home.queue.get(job_id)
        with self.workbench.noted_failures(job_id, step.run_id, step.instance):
            with self.workbench.home.database.read() as session:
                current = lineage.current(session, job_id)
            rows = current.rows(asset)
            if not rows:
                raise MissingUpstream(
                    f"Loading {asset} for job {job_id}: there is no current row. Materialize {asset} for partition "
                    f"{job_id} first (what is missing begins with {current.first_missing}), or run produce_video, "
                    "which makes all that is missing."
                )
            # a run that goes on passes by what is made already: a duty may have emptied what that was made from
            passes = step.dagster_run.job_name == PRODUCE_VIDEO and current.first_missing is not None
            unread = passes and bool(current.rows(step.step.key))
            documents = [_document(asset, row, unread=unread) for row in rows]
        loaded = self._loaded.setdefault((step.run_id, step.step.key), {})
        loaded[asset] = tuple(stored_row(asset, row) for row in rows)
        return documents if RECORDS[asset].many else documents[0]

    def handle_output(self, context: dg.OutputContext, obj: Any) -> None:  # noqa: ANN401 — as above
        """Store the documents of one materialization.

        Raises:
            dg.Failure: wrong type or data version, an upstream row that was not read or is not current, or the
                job was taken over.
        """
        asset = context.asset_key.path[-1]
        job_id = lineage.parse_job_id(context.partition_key)
        upstream = self._loaded.pop((context.run_id, context.step_key), {})
        with self.workbench.noted_failures(job_id, context.run_id, context.step_context.instance):
            documents = _typed(asset, job_id, obj)
            _check_upstream(asset, job_id, upstream)
            home = self.workbench.home
            put = {artifact.sha256 for document in documents for artifact in RECORDS[asset].artifacts(document)}
            with removed_unless_named(home.database, home.store, put):
                rows, kept = self._store(asset, job_id, context, documents, upstream)
        # when an earlier row was kept, the event must tell that row's version
        context.step_context.set_data_version(context.asset_key, dg.DataVersion(_version_of(asset, rows)))
        context.add_output_metadata(self._metadata(asset, job_id, rows, upstream, kept=kept))

    def _store(
        self,
        asset: str,
        job_id: int,
        context: dg.OutputContext,
        documents: Sequence[Document],
        upstream: dict[str, tuple[StoredRow, ...]],
    ) -> tuple[list[StoredRow], bool]:
        """Insert the documents in one fenced transaction, or keep the rows that this step already has."""
        code_version = context.asset_spec.code_version or "1"
        with self.workbench.home.database.fenced_write(job_id, context.run_id) as session:
            job = session.get_one(Job, job_id)
            model: Any = RECORDS[asset].model
            own = session.scalars(
                select(model).where(model.job_id == job_id, model.run_id == context.run_id).order_by(model.id)
            ).all()
            current = lineage.current(session, job_id)
            if rows := (own or (current.rows(asset) if job.claim_mode == "resume" else ())):
                return [stored_row(asset, row) for row in rows], True
            _check_still_current(asset, job_id, upstream, current)
            stored = [
                insert_record(
                    session, asset, document, upstream, job=job, run_id=context.run_id, code_version=code_version
                )
                for document in documents
            ]
            return [stored_row(asset, row) for row in stored], False

    def _metadata(
        self,
        asset: str,
        job_id: int,
        rows: list[StoredRow],
        upstream: dict[str, tuple[StoredRow, ...]],
        *,
        kept: bool,
    ) -> dict[str, dg.MetadataValue | int | str | bool]:
        database = self.workbench.home.database
        cost = cost_of_job(database, job_id)
        return {
            "lineage/row_id": ", ".join(str(row.id) for row in rows),
            "lineage/job_id": job_id,
            "lineage/version": max(row.version for row in rows),
            "lineage/data_version": ", ".join(row.data_version for row in rows),
            "lineage/kept": kept,
            "lineage/upstream": _upstream_table(upstream),
            "cost_usd": cost_of_job(database, job_id, role=RECORDS[asset].role).display,
            "job_cost_usd": cost.display,
            "lineage/job_cost_nanousd": cost.known_nanousd,
            "lineage/job_unknown_costs": cost.unknown_calls,
            "table": RECORDS[asset].model.__tablename__,
        }


def _document(asset: str, row: Row, *, unread: bool) -> Document:
    if row.document is None and unread:
        return RECORDS[asset].document.model_construct()
    if row.document is None:
        raise MissingUpstream(
            f"Loading {asset} for job {row.job_id}: the content of row {row.id} was taken down. Make a new job."
        )
    return RECORDS[asset].document.model_validate(row.document)


def _typed(asset: str, job_id: int, obj: object) -> list[Document]:
    kind = RECORDS[asset]
    documents: list[Any] = obj if kind.many and isinstance(obj, list) else [obj]
    if not documents or not all(type(document) is kind.document for document in documents):
        found = type(documents[0]).__name__ if documents else "nothing"
        raise LineageViolation(
            f"Storing {asset} of job {job_id}: the asset must return {kind.document.__name__}, it returned {found}."
        )
    scenes = [document.scene for document in documents if isinstance(document, Clip)]
    if len(set(scenes)) != len(scenes):
        raise LineageViolation(f"Storing {asset} of job {job_id}: two clips for one scene ({scenes}).")
    return documents


def _check_upstream(asset: str, job_id: int, upstream: dict[str, tuple[StoredRow, ...]]) -> None:
    for name in RECORDS[asset].upstream:
        if name not in upstream:
            raise LineageViolation(f"Storing {asset} of job {job_id}: the step never read its upstream {name}.")
        for row in upstream[name]:
            if row.job_id != job_id:
                raise LineageViolation(
                    f"Storing {asset} of job {job_id}: its upstream {name} row {row.id} belongs to job {row.job_id}."
                )


def _check_still_current(
    asset: str, job_id: int, upstream: dict[str, tuple[StoredRow, ...]], current: lineage.Current
) -> None:
    """Inputs are loaded before the step claims the job: another run may have made newer ones in between."""
    for name, rows in upstream.items():
        if [row.id for row in rows] != [row.id for row in current.rows(name)]:
            raise MissingUpstream(
                f"Storing {asset} of job {job_id}: newer {name} were stored while it was made. "
                f"Materialize {asset} for partition {job_id} again."
            )


def _version_of(asset: str, rows: Sequence[StoredRow]) -> str:
    """The data version of a materialization: its content's hash; of several documents, the hash over their hashes."""
    return sha256_of([row.data_version for row in rows]) if RECORDS[asset].many else rows[0].data_version


def _upstream_table(upstream: dict[str, tuple[StoredRow, ...]]) -> dg.TableMetadataValue:
    columns = ("asset", "row_id", "job_id", "run_id", "data_version")
    return dg.MetadataValue.table(
        records=[
            dg.TableRecord(
                {
                    "asset": row.asset, "row_id": row.id, "job_id": row.job_id, "run_id": row.run_id or "",
                    "data_version": row.data_version,
                }
            )
            for rows in upstream.values()
            for row in rows
        ],
        schema=dg.TableSchema(
            columns=[dg.TableColumn(name, "int" if name in ("row_id", "job_id") else "string") for name in columns]
        ),
    )  # fmt: skip
