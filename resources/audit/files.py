"""The files of the store against the rows of `artifacts`: there, of the right size, and the right bytes where asked.

Belongs here: files, read folder by folder so that memory stays flat, and no transaction open while they are read: one
of an hour keeps the database from tidying up. Not here: `output/` (`tombstones.py`).
"""

import os
import random
import re
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from reelineage.fingerprint import sha256_of_file
from reelineage.models import Artifact, Base, Job, TombstoneTarget
from resources.audit.findings import Finding
from resources.home import Home

_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)
_YOUNG_SECONDS = 3_600  # a run puts a file in place before the row that names it
_HASHING_THREADS = 4
_BATCH = 500


class StoredFiles:
    """Looks at files, and counts them: `seen` were looked for, `hashed` of them read to their end."""

    def __init__(self, home: Home, *, deep: bool = False, sample: int = 0, seed: int = 0) -> None:
        self._home, self._deep = home, deep
        self._sample, self._random = sample, random.Random(seed)  # noqa: S311 — a sample that can be drawn again
        self._drawn: list[tuple[str, Path]] = []
        self._sound = self.seen = self.hashed = 0

    def of_all(self) -> Iterator[Finding]:
        """Every row of `artifacts`, and every file of the store."""
        with self._home.database.read() as session:
            working = session.scalar(select(func.count()).where(Job.active_run.is_not(None)))
        for prefix in (f"{number:02x}" for number in range(256)):
            known = self._known(Artifact.sha256 >= prefix, Artifact.sha256 < f"{prefix}g")  # what follows 0 to f
            there = _folder(self._home.store.root / prefix)
            yield from self._compare(known, there)
            orphans = [sha256 for sha256 in there if sha256 not in known]
            yield from self._orphans(orphans, there, working=bool(working))
        yield from self._bytes(self._drawn)

    def of_job(self, job_id: int) -> Iterator[Finding]:
        """The files that rows of one job name, read to their end."""
        with self._home.database.read() as session:
            hashes = sorted(_hashes_of(session, job_id))
        for start in range(0, len(hashes), _BATCH):
            known = self._known(Artifact.sha256.in_(hashes[start : start + _BATCH]))
            there = {sha256: stat for sha256 in known if (stat := _stat(self._home.store.root, sha256)) is not None}
            yield from self._compare(known, there)
        yield from self._bytes(self._drawn)

    def _known(self, *which: ColumnElement[bool]) -> dict[str, int]:
        """The size of each file that a row names."""
        with self._home.database.read() as session:
            rows = session.execute(select(Artifact.sha256, Artifact.size_bytes).where(*which))
            return {sha256: size for sha256, size in rows}  # noqa: C416 — rows are not pairs to mypy

    def _compare(self, known: dict[str, int], there: dict[str, os.stat_result]) -> Iterator[Finding]:
        self.seen += len(known)
        missing = {sha256 for sha256 in known if sha256 not in there}
        for sha256 in sorted(missing - self._removed(missing)):
            if _stat(self._home.store.root, sha256) is None:  # else it came back while we looked
                yield Finding(
                    "missing_file",
                    f"artifact:{sha256}",
                    f"The file {sha256[:12]}… is missing; restore it from a backup, or materialize its asset again.",
                )
        for sha256 in sorted(known.keys() & there.keys()):
            if there[sha256].st_size != known[sha256]:
                yield _altered(sha256)
            else:
                self._draw(sha256)
        if self._deep:
            yield from self._bytes(self._drawn)
            self._drawn = []

    def _draw(self, sha256: str) -> None:
        """Take a file for hashing: all of them, or each with the same chance (reservoir sampling)."""
        path = self._home.store.root / sha256[:2] / sha256
        if self._deep or len(self._drawn) < self._sample:
            self._drawn.append((sha256, path))
        elif self._sample and (place := self._random.randrange(self._sound + 1)) < self._sample:
            self._drawn[place] = sha256, path
        self._sound += 1

    def _bytes(self, files: list[tuple[str, Path]]) -> Iterator[Finding]:
        with ThreadPoolExecutor(_HASHING_THREADS) as threads:
            for (sha256, _), found in zip(files, threads.map(_hash_or_none, [path for _, path in files]), strict=True):
                self.hashed += 1
                if found is not None and found != sha256:
                    yield _altered(sha256)

    def _orphans(self, hashes: Iterable[str], there: dict[str, os.stat_result], *, working: bool) -> Iterator[Finding]:
        for sha256 in hashes:
            if working and time.time() - there[sha256].st_ctime < _YOUNG_SECONDS:
                continue  # a run that works now may be about to write its row
            with self._home.database.read() as fresh:
                if fresh.get(Artifact, sha256) is not None or _stat(self._home.store.root, sha256) is None:
                    continue  # its row was written, or it was taken away, since we began
            yield Finding(
                "orphan_file",
                f"artifact:{sha256}",
                f"The file {sha256[:12]}… is in the store but in no row. It may belong to a job that is being created: "
                "delete it only when it is older than a day, or while no Reelineage process runs.",
            )

    def _removed(self, hashes: set[str]) -> set[str]:
        """Those of the hashes that a take-down removed, asked anew: it may have come after the rows were read."""
        found: set[str] = set()
        wanted = sorted(hashes)
        for start in range(0, len(wanted), _BATCH):
            query = select(TombstoneTarget.key).where(
                TombstoneTarget.node == "artifact",
                TombstoneTarget.effect == "removed",
                TombstoneTarget.key.in_(wanted[start : start + _BATCH]),
            )
            with self._home.database.read() as session:
                found.update(session.scalars(query))
        return found


def _altered(sha256: str) -> Finding:
    return Finding(
        "altered_file", f"artifact:{sha256}", f"The file {sha256[:12]}… was altered; restore it from a backup."
    )


def _hash_or_none(path: Path) -> str | None:
    try:
        return sha256_of_file(path)
    except FileNotFoundError:  # taken down since we looked; a lost file is found by the next audit
        return None


def _folder(folder: Path) -> dict[str, os.stat_result]:
    try:
        with os.scandir(folder) as entries:
            return {entry.name: entry.stat() for entry in entries if _HASH.fullmatch(entry.name) and entry.is_file()}
    except FileNotFoundError:
        return {}


def _stat(root: Path, sha256: str) -> os.stat_result | None:
    try:
        return (root / sha256[:2] / sha256).stat()
    except FileNotFoundError:
        return None


def _hashes_of(session: Session, job_id: int) -> set[str]:
    hashes: set[str] = set()
    for table in Base.metadata.sorted_tables:
        if "job_id" not in table.c:
            continue
        for constraint in table.foreign_key_constraints:
            if constraint.referred_table is Artifact.__table__:
                column = constraint.elements[0].parent
                hashes.update(
                    session.scalars(select(column).where(table.c.job_id == job_id, column.is_not(None)).distinct())
                )
    return hashes
