"""All rules over all jobs, or over one; with many jobs, in several processes side by side.

Belongs here: which rule runs when and on which rows. Not here: the rules.
"""

import os
import secrets
import time
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from reelineage.models import Job
from resources.audit import calls, edges, edits, guards, keys, naming, people, tombstones
from resources.audit.credentials import broken_credentials
from resources.audit.files import StoredFiles
from resources.audit.findings import Finding, Findings, Report
from resources.audit.records import read_records
from resources.database import Database
from resources.home import Home

_PEOPLE = (*people.RULES, *edits.RULES)
_STEP = 500  # jobs read at once: their documents are in memory together
_JOBS_PER_TASK = 10_000
_ROOM = text("PRAGMA cache_size = -64000")  # KiB, of pages of a SQLite file
_MANY_JOBS = 50_000  # from here on processes pay for their start


@dataclass(frozen=True)
class Options:
    """What an audit looks at beyond the default. `files` off leaves the store alone; `seed` draws the same sample."""

    deep: bool = False
    sample: int = 0
    seed: int | None = None
    job_id: int | None = None
    files: bool = True
    workers: int | None = None


@dataclass(frozen=True)
class _Task:
    """A piece of work for one process: a kind of rule, and where (a place in a list, or a range of jobs)."""

    kind: str
    first: int = 0
    last: int = 0
    deep: bool = False


@dataclass(frozen=True)
class _Done:
    task: _Task
    findings: tuple[Finding, ...]
    jobs: int = 0
    rows: int = 0


def audit_all(home: Home, *, deep: bool = False) -> list[Finding]:
    """The broken rules of a whole home."""
    return list(run_audit(home, Options(deep=deep)).findings)


def audit_job(home: Home, job_id: int) -> list[Finding]:
    """The broken rules of one job, its documents read in full and its files hashed."""
    return list(run_audit(home, Options(job_id=job_id)).findings)


def _one_job(home: Home, job_id: int) -> Report:
    started = time.monotonic()
    found = Findings()
    files = StoredFiles(home, deep=True)
    with home.database.read() as session:
        found.add(keys.broken_keys(session, job_id))
        for place in range(len(edges.NEEDED)):
            found.add(edges.broken_edges(session, place, job_id))
        records = _records(session, job_id, job_id, deep=True)
        found.add(records.findings)
        for rule in (*_PEOPLE, *calls.RULES):
            found.add(rule(session, job_id))
    found.add(files.of_job(job_id))
    found.add(broken_credentials(home, job_id))
    return Report(
        findings=tuple(found), counts=dict(found.counts), jobs=records.jobs, rows=records.rows,
        files=files.seen, hashed=files.hashed, seconds=time.monotonic() - started, deep=True,
    )  # fmt: skip


def run_audit(home: Home, options: Options) -> Report:
    """Check every job, every file, and that no file lies in the store without a row; or one job in full.

    Raises:
        BadInput: there is no such job.
    """
    if options.job_id is not None:
        return _one_job(home, home.queue.get(options.job_id).id)
    started = time.monotonic()
    found = Findings()
    seed = secrets.randbelow(2**31) if options.seed is None else options.seed
    files = StoredFiles(home, deep=options.deep, sample=options.sample, seed=seed)
    with home.database.read() as session:
        count, last = session.execute(select(func.count(Job.id), func.coalesce(func.max(Job.id), 0))).one()
    tasks = _tasks(last, deep=options.deep)
    workers = options.workers or (_usable_cpus() if count >= _MANY_JOBS else 1)
    if workers == 1:
        done = [_alone(home.database, task) for task in tasks]
    else:
        done = list(_in_processes(home.database.url, tasks, workers))
    for one in done:
        found.add(one.findings)
    with home.database.read() as session:
        if any(one.task.kind == "key" and one.rows for one in done):
            found.add(keys.broken_keys(session, None))
        found.add(guards.missing_guards(session))
        found.add(tombstones.broken(session, home, deep=options.deep))
    if options.files:
        found.add(files.of_all())
    if options.files and options.deep:
        found.add(broken_credentials(home, None))
    return Report(
        findings=tuple(found), counts=dict(found.counts), jobs=count, rows=sum(one.rows for one in done),
        files=files.seen, hashed=files.hashed, seconds=time.monotonic() - started, deep=options.deep,
        sample_seed=seed if options.sample else None,
    )  # fmt: skip


def _tasks(last: int, *, deep: bool) -> list[_Task]:
    """The work in pieces, the largest first, so that no process is left with one at the end."""
    ranges = [
        _Task("records", first, min(first + _JOBS_PER_TASK - 1, last), deep)
        for first in range(1, last + 1, _JOBS_PER_TASK)
    ]
    places = [
        *(_Task("key", place) for place in range(len(keys.needed_keys()))),
        *(_Task("edge", place) for place in range(len(edges.NEEDED))),
        *(_Task("people", place) for place in range(len(_PEOPLE))),
        *(_Task("call", place) for place in range(len(calls.RULES))),
    ]
    return [*places, *ranges]


def _alone(database: Database, task: _Task) -> _Done:
    """One piece in a transaction of its own: every rule sees one moment, and they are minutes apart at most."""
    with database.read() as session:
        return _work(session, task)


def _work(session: Session, task: _Task) -> _Done:
    if session.get_bind().dialect.name == "sqlite":
        session.execute(_ROOM)  # for this connection alone; the default of 2 MB reads most pages twice
    match task.kind:
        case "key":
            return _Done(task, (), rows=0 if keys.holds(session, keys.needed_keys()[task.first]) else 1)
        case "edge":
            return _Done(task, tuple(edges.broken_edges(session, task.first, None)))
        case "people":
            return _Done(task, tuple(_PEOPLE[task.first](session, None)))
        case "call":
            return _Done(task, tuple(calls.RULES[task.first](session, None)))
        case _:
            return _records(session, task.first, task.last, deep=task.deep)


def _records(session: Session, first: int, last: int, *, deep: bool) -> _Done:
    found = Findings()
    jobs = rows = 0
    for start in range(first, last + 1, _STEP):
        read = read_records(session.connection(), start, min(start + _STEP - 1, last), deep=deep)
        jobs, rows = jobs + read.seen_jobs, rows + read.seen_rows
        found.add(read.findings)
        for job_id in read.jobs:
            found.add(naming.broken_chain(session, job_id))
            found.add(naming.version_gaps(session, job_id))
            found.add(keys.broken_keys(session, job_id))
        for table, row_id in read.rows:
            found.add(naming.contradiction(session, table, row_id))
        found.add(tombstones.unexplained(session, read.gone))
        if deep:
            job_ids = session.scalars(select(Job.id).where(Job.id.between(start, min(start + _STEP - 1, last))))
            for job_id in job_ids.all():
                found.add(naming.of_job(session, job_id))
                found.add(calls.altered(session, job_id))
        session.expunge_all()  # nothing read here is needed again
    return _Done(_Task("records", first, last, deep), tuple(found), jobs, rows)


def _in_processes(url: str, tasks: list[_Task], workers: int) -> Iterator[_Done]:
    context = get_context("spawn")  # a forked one would share the parent's connections
    with ProcessPoolExecutor(workers, context, initializer=_open, initargs=(url,)) as pool:
        futures: list[Future[_Done]] = [pool.submit(_work_alone, task) for task in tasks]
        for future in as_completed(futures):
            yield future.result()


_DATABASES: dict[str, Database] = {}


def _open(url: str) -> None:
    """Once per process: its database."""
    _DATABASES["mine"] = Database(url)


def _work_alone(task: _Task) -> _Done:
    return _alone(_DATABASES["mine"], task)


def _usable_cpus() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
