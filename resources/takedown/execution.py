"""A take-down in the database: one transaction that withdraws, empties rows, stops jobs, and leaves a tombstone.

Belongs here: locks, the second look at the plan, and the writes. Not here: what goes (`reelineage/takedown/`), files
and views, which follow the commit (`files.py`).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, case, insert, null, select, update
from sqlalchemy.orm import Session

from reelineage import lineage
from reelineage.errors import BadInput
from reelineage.family import Ref
from reelineage.models import Job, ProviderCall, Tombstone, TombstoneTarget
from reelineage.takedown.plan import Plan, plan_takedown
from reelineage.takedown.rows import batches, content_tables
from reelineage.takedown.withdrawal import told, why_not_made
from reelineage.text import clean_text
from resources.database import Database
from resources.takedown.lock import begin_takedown

_UNFINISHED = ("queued", "submitted", "running", "failed")
_SHOWN_NAMES = 3
VERDICTS = {"approve": "approved", "reject": "rejected"}


@dataclass(frozen=True)
class Worker:
    """A process that was making a job when the job was taken from it."""

    job_id: int
    run_id: str
    host: str | None
    pid: int | None
    started_at: float | None


@dataclass(frozen=True)
class TakenDown:
    """What was written: the tombstone, what it took, and the processes that have yet to notice."""

    tombstone: Tombstone
    plan: Plan
    workers: tuple[Worker, ...]


def listed(database: Database, refs: Collection[Ref]) -> Plan:
    """What a take-down of these references would take; nothing is changed.

    Raises:
        BadInput: a reference names no row.
    """
    with database.read() as session:
        return plan_takedown(session, refs)


def at_work(database: Database, plan: Plan) -> tuple[int, ...]:
    """The jobs of a plan that a run holds now: a take-down stops them."""
    with database.read() as session:
        found = [
            job_id
            for batch in batches(plan.jobs)
            for job_id in session.scalars(select(Job.id).where(Job.id.in_(batch), Job.active_run.is_not(None)))
        ]
    return tuple(sorted(found))


def withdraw(database: Database, refs: Collection[Ref], shown: Plan, *, reason: str, actor: str) -> TakenDown:
    """Take down what was shown, if the tables still say the same; nothing is changed when they do not.

    Raises:
        BadInput: there is no reason, nothing is left to take, or a decision or version came in since it was shown.
    """
    text = clean_text(reason, max_characters=2000)
    if not any(character.isprintable() and not character.isspace() for character in text):
        raise BadInput("Taking down: a reason is needed; give one with --reason.")
    with database.write() as session:
        jobs = lock_jobs(session, shown.jobs)
        begin_takedown(session)
        plan = plan_takedown(session, refs)
        if plan != shown:
            raise BadInput(
                f"Taking down {_names(refs)}: {_difference(shown, plan)} since it was listed. Nothing was changed; "
                "look again."
            )
        return carry_out(session, plan, jobs, reason=text, actor=actor)


def carry_out(
    session: Session, plan: Plan, jobs: Iterable[Job], *, reason: str, actor: str, duty: bool = False
) -> TakenDown:
    """Write a plan that was made in this very transaction, with its `jobs` locked.

    With `duty` a job goes on that has its script already: only source text goes, and no later stage reads it.

    Raises:
        BadInput: nothing is left to take.
    """
    if plan.is_empty:
        raise BadInput("Taking down: all of it is withdrawn and gone already. Nothing was changed.")
    actor = clean_text(actor, max_characters=200) or "unknown"
    tombstone = Tombstone(reason=reason, actor=actor, created_at=datetime.now(UTC))
    session.add(tombstone)
    session.flush()
    _name_targets(session, tombstone.id, plan)
    _empty(session, plan, tombstone)
    workers = [_stop(session, job, tombstone) for job in jobs if not duty or _needs_the_text(session, job)]
    session.flush()
    return TakenDown(tombstone, plan, tuple(worker for worker in workers if worker))


def lock_jobs(session: Session, jobs: Collection[int]) -> list[Job]:
    """The rows of these jobs, locked in one order everywhere, so that two take-downs never wait for each other."""
    return [
        job
        for batch in batches(sorted(jobs))
        for job in session.scalars(
            select(Job).where(Job.id.in_(batch)).order_by(Job.id).with_for_update(),
            execution_options={"populate_existing": True},
        )
    ]


def _name_targets(session: Session, tombstone_id: int, plan: Plan) -> None:
    removed = [*plan.rows, *plan.fetches, *(Ref("artifact", sha256) for sha256 in plan.files)]
    withdrawn = [*plan.named, *(Ref("artifact", sha256) for sha256 in plan.sources)]
    targets = [(ref, "withdrawn") for ref in withdrawn] + [(ref, "removed") for ref in removed]
    values = [
        {"tombstone_id": tombstone_id, "node": ref.node, "key": ref.key, "effect": effect} for ref, effect in targets
    ]
    for batch in batches(values):
        session.execute(insert(TombstoneTarget), batch)


def _empty(session: Session, plan: Plan, tombstone: Tombstone) -> None:
    """Take the content out of every row, by the one transition that the triggers allow."""
    keys: dict[str, list[int]] = {}
    for ref in plan.rows:
        keys.setdefault(ref.node, []).append(int(ref.key))
    for batch in batches(keys.get("provider_call", [])):
        _close_intents(session, tombstone, ProviderCall.id.in_(batch))
    for node, listed_keys in keys.items():
        table, content = content_tables()[node]
        emptied: dict[str, object] = {column: null() for column in content} | {"tombstone_id": tombstone.id}
        for batch in batches(listed_keys):
            session.execute(update(table).where(table.c.id.in_(batch)).values(emptied))


def _close_intents(session: Session, tombstone: Tombstone, condition: ColumnElement[bool]) -> None:
    """Close calls whose answer is still awaited: it is refused when it comes. A paid one may be charged already."""
    session.execute(
        update(ProviderCall)
        .where(condition, ProviderCall.status == "intent")
        .values(
            status=case((ProviderCall.cost_nanousd == 0, "failed"), else_="ambiguous"),
            error=f"tombstone:{tombstone.id} came before the answer",
            finished_at=tombstone.created_at,
        )
    )


def _needs_the_text(session: Session, job: Job) -> bool:
    return lineage.current(session, job.id).script is None


def _stop(session: Session, job: Job, tombstone: Tombstone) -> Worker | None:
    """Take a job that is not finished out of the queue and away from the run that makes it."""
    job.progress = None  # it may quote a sentence
    if job.state not in _UNFINISHED:
        return None
    worker = None
    if job.active_run is not None:
        worker = Worker(job.id, job.active_run, job.lease_host, job.lease_pid, job.lease_process_started_at)
        _close_intents(session, tombstone, ProviderCall.job_id == job.id)
    why = why_not_made(session, job, resume=True)
    if worker is None and why is None:
        return None  # what goes is of an older version; what it goes on from stays
    job.state, job.error_kind = "failed", "permanent"
    job.active_run = job.lease_expires_at = None
    job.updated_at = tombstone.created_at
    job.error = (
        f"Making job {job.id}: {why}. Create a new job."
        if why
        else f"Making job {job.id}: something it made earlier was {told(tombstone)}. `reelineage jobs retry {job.id}` "
        "goes on without it."
    )
    return worker


def _difference(shown: Plan, now: Plan) -> str:
    """What came in between, in the words of who has to look again."""
    before = set(shown.videos)
    for video in now.videos:
        if video not in before and video.verdict:
            return f"video:{video.video_id} was {VERDICTS[video.verdict]} by {video.actor}"
    return "more or less would go, because something was made or taken down"


def _names(refs: Collection[Ref]) -> str:
    names = [str(ref) for ref in sorted(refs)]
    more = f" and {len(names) - _SHOWN_NAMES:,} more" if len(names) > _SHOWN_NAMES else ""
    return ", ".join(names[:_SHOWN_NAMES]) + more
