"""What exactly is wrong with a row or job that the quick pass stumbled over, and the full reading of a job's documents.

Belongs here: slow and exact. Not here: what the quick pass reads (`records.py`).
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from reelineage import models
from reelineage.fingerprint import sha256_of
from reelineage.lineage import ASSETS, chain_link, chain_start
from reelineage.models import Base
from resources.audit.chains import TABLES
from resources.audit.documents import contradictions, edge_counts
from resources.audit.findings import Finding
from resources.record_rows import RECORDS

_ASSET_OF = dict(zip(TABLES, ASSETS, strict=True))


def broken_chain(session: Session, job_id: int) -> Iterator[Finding]:
    """Where the chain of a job breaks: an edited, removed or added row, or another theme."""
    job = session.get_one(models.Job, job_id)
    if sha256_of(job.theme) != job.theme_sha256:
        yield Finding("broken_chain", f"job:{job_id}", f"job:{job_id}: its theme was changed after it was made.")
    rows: dict[str, list[tuple[str, int, str]]] = {}
    for name in TABLES:
        table = Base.metadata.tables[name]
        columns = (table.c.previous_sha256, table.c.id, table.c.data_version)
        for previous, row_id, data_version in session.execute(select(*columns).where(table.c.job_id == job_id)):
            rows.setdefault(previous, []).append((name, row_id, data_version))
    head = chain_start(job_id, job.theme_sha256)
    while followers := rows.pop(head, None):
        name, row_id, data_version = followers[0]
        head = chain_link(head, name, row_id, data_version)
        for other in followers[1:]:
            rows.setdefault(f"second follower of {row_id}", []).append(other)
    for followers in rows.values():
        for name, row_id, _ in followers:
            ref = f"{name}:{row_id}"
            yield Finding(
                "broken_chain",
                ref,
                f"{ref} does not follow from the rows before it; restore the database from a backup.",
            )
    if head != job.chain_sha256 and not rows:
        yield Finding("broken_chain", f"job:{job_id}", f"job:{job_id}: its newest rows were removed; restore a backup.")


def version_gaps(session: Session, job_id: int) -> Iterator[Finding]:
    """Tables in which the versions of a job are not 1, 2, …; clips count per scene."""
    for name in TABLES:
        table = Base.metadata.tables[name]
        series = table.c.scene if "scene" in table.c else literal(0)
        versions: dict[int, list[int]] = {}
        for number, version in session.execute(
            select(series, table.c.version).where(table.c.job_id == job_id).order_by(table.c.id)
        ):
            versions.setdefault(number, []).append(version)
        for found in versions.values():
            if found != list(range(1, len(found) + 1)):
                yield Finding(
                    "version_gap", f"job:{job_id}", f"job:{job_id}: versions in {name} are {found}; a row is gone."
                )


def contradiction(session: Session, table: str, row_id: int) -> Iterator[Finding]:
    """Why a row does not say what its document says."""
    asset = _ASSET_OF[table]
    model: Any = RECORDS[asset].model
    ref = f"{_node(table)}:{row_id}"
    try:
        row = session.get_one(model, row_id)
    except ValueError:  # a time that is none, a document that is no JSON
        yield Finding("altered_document", ref, f"{ref}: a column holds what cannot be read; restore the database.")
        return
    found = list(_of_row(asset, row, edge_counts(session, asset, row.job_id)))
    yield from found or [
        Finding("altered_document", ref, f"{ref}: its columns contradict each other; restore the database.")
    ]


def of_job(session: Session, job_id: int) -> Iterator[Finding]:
    """Read every document of a job in full."""
    for asset in ASSETS:
        model: Any = RECORDS[asset].model
        counts = edge_counts(session, asset, job_id)
        try:
            rows = session.scalars(select(model).where(model.job_id == job_id).order_by(model.id)).all()
        except ValueError:  # the quick pass has named the row that cannot be read
            continue
        for row in rows:
            yield from _of_row(asset, row, counts)


def _of_row(asset: str, row: Any, counts: dict[type[Any], dict[int, int]]) -> Iterator[Finding]:  # noqa: ANN401 — any record
    ref = f"{_node(row.__tablename__)}:{row.id}"
    if row.document is None:
        return
    if sha256_of(row.document) != row.data_version:
        yield Finding("altered_document", ref, f"{ref}: its content was changed; restore the database.")
        return
    for rule, how in contradictions(asset, row, counts):
        yield Finding(rule, ref, f"{ref}: {how}; restore the database from a backup.")


def _node(table: str) -> str:
    return str(Base.metadata.tables[table].info["node"])
