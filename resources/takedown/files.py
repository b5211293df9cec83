"""After the commit of a take-down: files out of the store, views and caches made true, traces wiped off the disk.

Belongs here: what may be done again at any time until it is whole. A process that dies after the commit leaves files
that are named as removed; `sweep` deletes them. Not here: rows (`execution.py`), Dagster's logs, which are its own.
"""

import os
import shutil
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from reelineage.errors import TransientError
from reelineage.models import Tombstone, TombstoneTarget
from resources.home import Home
from resources.lease import is_gone
from resources.takedown.execution import TakenDown, Worker
from resources.takedown.leftovers import left_over
from resources.unnamed_files import remove_unnamed

_MARK = "takedowns.swept"  # up to this one everything is known to be gone
_CLEARED = "takedowns.cleared"  # up to this one the cache was emptied since
_CLEARED_AGAIN = "takedowns.cleared-again"  # and once more, when a run that was stopped had written its last
_FONTS = "fonts"  # cut out of the fonts that come with Reelineage: no content of any job
_BATCH = 1_000
_PATIENCE_SECONDS = 20.0  # a run notices within a second that its job was taken from it; its encoders end soon after
_SETTLED_SECONDS = 60.0


def finish(home: Home, taken: Sequence[TakenDown], stop: Callable[[list[str]], None]) -> bool:
    """`stop` the runs whose jobs were taken from them, then clean up; False when `sweep` must finish it.

    The files are deleted also when the runs cannot be stopped: they store nothing more anyway.

    Raises:
        TransientError: a file cannot be deleted; rows are emptied and withdrawn already.
    """
    try:
        stop([worker.run_id for done in taken for worker in done.workers])
    finally:
        whole = [clean_up(home, done) for done in taken]
    return all(whole)


def clean_up(home: Home, taken: TakenDown, *, patience_seconds: float = _PATIENCE_SECONDS) -> bool:
    """Delete what the take-down removed; False when `sweep` must finish it, because somebody still works or reads.

    Raises:
        TransientError: a file cannot be deleted; rows are emptied and withdrawn already.
    """
    ended = _wait_for(taken.workers, patience_seconds)
    try:
        with home.database.read() as session:
            gone = left_over(session, home.store, dict.fromkeys(taken.plan.files, taken.tombstone.created_at))
        home.store.remove(gone)
        home.store.sweep()
        for job_id in taken.plan.jobs:
            home.output.sync(job_id)
        if taken.plan.named or taken.workers:
            clear_cache(home)
        wiped = home.database.wipe_traces()
        if ended and wiped and _marked(home) == taken.tombstone.id - 1:
            _mark(home, taken.tombstone.id)
    except OSError as error:
        raise TransientError(
            f"Deleting the files of tombstone:{taken.tombstone.id}: {error.strerror or error} ({error.filename}). Its "
            "rows are withdrawn and emptied. Mend that; `reelineage takedown --sweep` goes on."
        ) from error
    return ended and wiped


def sweep(home: Home, *, everything: bool = False) -> int:
    """Make good what a take-down left undone, and return how many files went. Quick when there is nothing to do.

    Without `everything` only the take-downs after the last whole one are looked at; with it, files that no row names
    go too: a run that was stopped may have left them.
    """
    with home.database.read() as session:
        newest = session.scalars(select(Tombstone).order_by(Tombstone.id.desc()).limit(1)).first()
        after = 0 if everything else _marked(home)
        if newest is None or newest.id <= after:
            return 0
        removed = sum(
            home.store.remove(left_over(session, home.store, files)) for files in _removed_files(session, after)
        )
    home.store.sweep()
    if everything:
        removed += remove_unnamed(home.database, home.store)
    home.output.repair()
    if newest.id > _marked(home):
        # before that, a run that was stopped may still write
        settled = (datetime.now(UTC) - newest.created_at).total_seconds() > _SETTLED_SECONDS
        _clear_once(home, newest.id, _CLEARED_AGAIN if settled else _CLEARED)
        if home.database.wipe_traces() and settled:
            _mark(home, newest.id)
    return removed


def _clear_once(home: Home, tombstone_id: int, name: str) -> None:
    """Empty the cache unless that was done since this take-down: runs that work fill it again and want it full."""
    if _marked(home, name) < tombstone_id:
        clear_cache(home)
        _mark(home, tombstone_id, name)


def clear_cache(home: Home) -> None:
    """Empty what may hold pieces of what was taken down: segments, sounds, thumbnails. They are made again."""
    if not home.cache.is_dir():
        return
    for path in home.cache.iterdir():
        if path.name == _FONTS:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)  # another process may be putting a piece there; it goes next time
        else:
            path.unlink(missing_ok=True)


def _removed_files(session: Session, after: int) -> Iterator[dict[str, datetime]]:
    """The hashes of the files that take-downs after this one removed, each with the moment, in batches."""
    query = (
        select(TombstoneTarget.key, Tombstone.created_at)
        .join(Tombstone, Tombstone.id == TombstoneTarget.tombstone_id)
        .where(
            TombstoneTarget.tombstone_id > after,
            TombstoneTarget.node == "artifact",
            TombstoneTarget.effect == "removed",
        )
        .order_by(TombstoneTarget.tombstone_id)
    )
    for files in session.execute(query.execution_options(yield_per=_BATCH)).partitions():
        yield {sha256: moment for sha256, moment in files}  # noqa: C416 — rows are not pairs to mypy


def _wait_for(workers: Collection[Worker], seconds: float) -> bool:
    """Whether all of these processes have ended; waits for those of this host."""
    end = time.monotonic() + seconds
    left = [worker for worker in workers if worker.pid != os.getpid()]
    while left := [one for one in left if not is_gone(one.host, one.pid, one.started_at)]:
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return all(worker.pid != os.getpid() for worker in workers)


def _marked(home: Home, name: str = _MARK) -> int:
    """The last take-down up to which this is known to be done."""
    try:
        text = (home.root / name).read_text(encoding="ascii").strip()
    except (FileNotFoundError, UnicodeDecodeError):
        return 0
    return int(text) if text.isascii() and text.isdigit() else 0


def _mark(home: Home, tombstone_id: int, name: str = _MARK) -> None:
    beside = home.root / f".{name}.part"
    beside.write_text(f"{tombstone_id}\n", encoding="ascii")
    beside.replace(home.root / name)
