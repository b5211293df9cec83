"""The duty to delete: source text whose terms set an end goes when that day comes, and what was made from it stays.

Belongs here: honouring `trend_fetches.delete_by`, one fetch at a time. Not here: when it is asked
(`pipeline_assets/schedules.py`), where the duty comes from (`trend_store.py`).
"""

from collections.abc import Callable
from datetime import datetime

from reelineage.models import TrendFetch
from reelineage.takedown.plan import due_fetches, plan_duty
from resources.home import Home
from resources.takedown.execution import TakenDown, carry_out, lock_jobs
from resources.takedown.files import finish
from resources.takedown.lock import begin_takedown

ACTOR = "schedule"


def expire(
    home: Home, now: datetime, *, actor: str = ACTOR, stop: Callable[[list[str]], None] = lambda _: None
) -> list[TakenDown]:
    """Empty every fetch that is due, then `stop` the runs that made something of it, and delete its files.

    Raises:
        TransientError: a file cannot be deleted; rows are emptied already.
    """
    taken = empty_due(home, now, actor=actor)
    finish(home, taken, stop)
    return taken


def empty_due(home: Home, now: datetime, *, actor: str = ACTOR) -> list[TakenDown]:
    """Empty every fetch that is due: its observations, file and call, and the report and analysis that quote them.

    Each fetch is one transaction with a tombstone of its own, so that a process that dies in between leaves whole
    ones; what is done is not done again. A job that has no script yet cannot go on and is parked with the reason.

    Its files go after that (`files.finish`).
    """
    with home.database.read() as session:
        due = due_fetches(session, now)
    return [done for fetch_id in due if (done := _empty(home, fetch_id, now, actor)) is not None]


def _empty(home: Home, fetch_id: int, now: datetime, actor: str) -> TakenDown | None:
    with home.database.read() as session:
        shown = plan_duty(session, [fetch_id])
    with home.database.write() as session:
        jobs = lock_jobs(session, shown.jobs)
        begin_takedown(session)
        if fetch_id not in due_fetches(session, now):
            return None  # another process was quicker
        fetch = session.get_one(TrendFetch, fetch_id)
        reason = f"terms of the source {fetch.source_name}: delete by {fetch.delete_by:%Y-%m-%d}"
        return carry_out(session, plan_duty(session, [fetch_id]), jobs, reason=reason, actor=actor, duty=True)
