"""The audit: does every row have what it was made from, in the same job, with its files and its place in the chain?

Belongs here: checks over stored rows that a person can act on. The database refuses most of this when it happens; the
audit finds what was done behind its back (keys switched off, a file edited, a row changed by hand).
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import Session

from reelineage import models
from reelineage.fingerprint import sha256_of, sha256_of_file
from reelineage.lineage import chain_link, chain_start
from reelineage.models import Base
from resources.audit_documents import contradictions, edge_counts
from resources.home import Home
from resources.record_rows import RECORDS

_RECORD_TABLES = [Base.metadata.tables[kind.model.__tablename__] for kind in RECORDS.values()]


@dataclass(frozen=True)
class Finding:
    """A broken rule: which, for which row or file, and what to do."""

    rule: str
    ref: str
    message: str

    def as_json(self) -> dict[str, str]:
        """For `--json`."""
        return asdict(self)


def audit_all(home: Home) -> list[Finding]:
    """Check every job, every file, and that no file lies in the store without a row."""
    with home.database.read() as session:
        job_ids = list(session.scalars(select(models.Job.id).order_by(models.Job.id)))
        findings = [*_keys(session, None), *_edges(session, None)]
        for job_id in job_ids:
            findings += [*_chain(session, job_id), *_documents(session, job_id)]
        findings += _files(session, home, None)
        known = set(session.scalars(select(models.Artifact.sha256)))
    findings += [
        Finding(
            "orphan_file", f"artifact:{sha256}", f"The file {sha256[:12]}… is in the store but in no row; delete it."
        )
        for sha256 in home.store.hashes()
        if sha256 not in known
    ]
    return findings


def audit_job(home: Home, job_id: int) -> list[Finding]:
    """Check the rows and files of one job."""
    with home.database.read() as session:
        return [
            *_keys(session, job_id),
            *_edges(session, job_id),
            *_chain(session, job_id),
            *_documents(session, job_id),
            *_files(session, home, job_id),
        ]


def _keys(session: Session, job_id: int | None) -> Iterator[Finding]:
    """Every foreign key of every table, asked once more: SQLite forgets to check when a client forgets to say so."""
    for table in Base.metadata.sorted_tables:
        key = next(iter(table.primary_key.columns))
        mine = [table.c.job_id == job_id] if job_id is not None and "job_id" in table.c else []
        if job_id is not None and not mine:
            continue
        if "job_id" in table.c and not table.c.job_id.nullable:
            for row_id in session.scalars(select(key).where(table.c.job_id.is_(None))):
                ref = f"{table.name}:{row_id}"
                yield Finding("job_id_is_null", ref, f"{ref} has no job_id; restore the database from a backup.")
        for constraint in table.foreign_key_constraints:
            target = constraint.referred_table.alias()
            pairs = [(element.parent, target.c[element.column.name]) for element in constraint.elements]
            missing = (
                select(key)
                .where(*mine, *(own.is_not(None) for own, _ in pairs))
                .where(~exists().where(and_(*(own == other for own, other in pairs))))
            )
            for row_id in session.scalars(missing):
                ref = f"{table.info.get('node', table.name)}:{row_id}"
                columns = ", ".join(own.name for own, _ in pairs)
                yield Finding(
                    "upstream_is_missing",
                    ref,
                    f"{ref} points ({columns}) at a row of {constraint.referred_table.name} that is not there or "
                    "belongs to another job or branch; restore the database from a backup.",
                )


_NEEDED_EDGES = (
    ("trend_reports", "trend_report_observations", "report_id"),
    ("scripts", "script_calls", "script_id"),
    ("voiceovers", "voiceover_calls", "voiceover_id"),
    ("clips", "clip_calls", "clip_id"),
    ("videos", "video_clips", "video_id"),
)


def _edges(session: Session, job_id: int | None) -> Iterator[Finding]:
    """Rows that must have been made from something, and name nothing."""
    tables = Base.metadata.tables
    for name, edge_name, column in _NEEDED_EDGES:
        table, edge = tables[name], tables[edge_name]
        mine = [table.c.job_id == job_id] if job_id is not None else []
        lonely = select(table.c.id).where(*mine).where(~exists().where(edge.c[column] == table.c.id))
        for row_id in session.scalars(lonely):
            ref = f"{table.info['node']}:{row_id}"
            yield Finding("upstream_is_missing", ref, f"{ref} has no row in {edge.name}; make it again.")
    mine = [models.Video.job_id == job_id] if job_id is not None else []
    shown = select(func.count()).where(models.VideoClip.video_id == models.Video.id).scalar_subquery()
    short = (
        select(models.Video.id)
        .join(models.Script, models.Script.id == models.Video.script_id)
        .where(*mine, shown != models.Script.scene_count)
    )
    for row_id in session.scalars(short):
        yield Finding(
            "upstream_is_missing", f"video:{row_id}", f"video:{row_id} does not name one clip per scene; make it again."
        )


def _chain(session: Session, job_id: int) -> Iterator[Finding]:
    """Follow the chain of a job from its theme to its head: an edited, removed or added row breaks it."""
    job = session.get_one(models.Job, job_id)
    if sha256_of(job.theme) != job.theme_sha256:
        yield Finding("broken_chain", f"job:{job_id}", f"job:{job_id}: its theme was changed after it was made.")
    rows: dict[str, list[tuple[str, int, str]]] = {}
    for table in _RECORD_TABLES:
        columns = (table.c.previous_sha256, table.c.id, table.c.data_version)
        for previous, row_id, data_version in session.execute(select(*columns).where(table.c.job_id == job_id)):
            rows.setdefault(previous, []).append((table.name, row_id, data_version))
    head = chain_start(job_id, job.theme_sha256)
    while followers := rows.pop(head, None):
        table_name, row_id, data_version = followers[0]
        head = chain_link(head, table_name, row_id, data_version)
        for other in followers[1:]:
            rows.setdefault(f"second follower of {row_id}", []).append(other)
    for followers in rows.values():
        for table_name, row_id, _ in followers:
            ref = f"{table_name}:{row_id}"
            yield Finding(
                "broken_chain",
                ref,
                f"{ref} does not follow from the rows before it; restore the database from a backup.",
            )
    if head != job.chain_sha256 and not rows:
        yield Finding("broken_chain", f"job:{job_id}", f"job:{job_id}: its newest rows were removed; restore a backup.")


def _documents(session: Session, job_id: int) -> Iterator[Finding]:
    """Each document has the hash it was stored under, its row says the same, and versions have no gaps."""
    for table, (asset, kind) in zip(_RECORD_TABLES, RECORDS.items(), strict=True):
        model: Any = kind.model
        versions: dict[int, list[int]] = {}
        counts = edge_counts(session, asset, job_id)
        for row in session.scalars(select(model).where(model.job_id == job_id).order_by(model.id)):
            ref = f"{table.info['node']}:{row.id}"
            versions.setdefault(getattr(row, "scene", 0), []).append(row.version)
            if row.document is None:
                continue
            if sha256_of(row.document) != row.data_version:
                yield Finding("altered_document", ref, f"{ref}: its content was changed; restore the database.")
                continue
            for rule, how in contradictions(asset, row, counts):
                yield Finding(rule, ref, f"{ref}: {how}; restore the database from a backup.")
        for found in versions.values():
            if found != list(range(1, len(found) + 1)):
                name = model.__tablename__
                yield Finding(
                    "version_gap", f"job:{job_id}", f"job:{job_id}: versions in {name} are {found}; a row is gone."
                )


def _files(session: Session, home: Home, job_id: int | None) -> Iterator[Finding]:
    """Every artifact's file is there and has the bytes that its name says."""
    query = select(models.Artifact.sha256, models.Artifact.size_bytes).order_by(models.Artifact.sha256)
    if job_id is not None:
        query = query.where(models.Artifact.sha256.in_(_hashes_of(session, job_id)))
    for sha256, size in session.execute(query):
        path = home.store.root / sha256[:2] / sha256
        ref = f"artifact:{sha256}"
        if not path.is_file():
            yield Finding(
                "missing_file",
                ref,
                f"The file {sha256[:12]}… is missing; restore it from a backup, or materialize its asset again.",
            )
        elif path.stat().st_size != size or sha256_of_file(path) != sha256:
            yield Finding("altered_file", ref, f"The file {sha256[:12]}… was altered; restore it from a backup.")


def _hashes_of(session: Session, job_id: int) -> set[str]:
    hashes: set[str] = set()
    for table in Base.metadata.sorted_tables:
        if "job_id" not in table.c:
            continue
        for constraint in table.foreign_key_constraints:
            if constraint.referred_table is models.Artifact.__table__:
                column = constraint.elements[0].parent
                hashes.update(
                    session.scalars(select(column).where(table.c.job_id == job_id, column.is_not(None)).distinct())
                )
    return hashes
