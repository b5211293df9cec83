"""The ledger: every call closed unless somebody still works on it, and each request what its fingerprint says.

Belongs here: `provider_calls`. What a call cost is stored nowhere else in the database; Dagster's events tell the sums
of their moment.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from reelineage.fingerprint import sha256_of
from reelineage.models import Job, ProviderCall, TrendFetch
from resources.audit.findings import MOST_PER_RULE, Finding

_GRACE = timedelta(minutes=15)  # a cancelled run notices within seconds and closes its call
_ENDED = ("failed", "cancelled")  # a job in another state has a run that closes its calls, or went on after one


def open_calls(session: Session, job_id: int | None) -> Iterator[Finding]:
    """Calls without an answer that nobody waits for any more: the next claim of their job would close them."""
    mine = [ProviderCall.job_id == job_id] if job_id is not None else []
    query = (
        select(ProviderCall.id, Job.id)
        .join(Job, Job.id == ProviderCall.job_id)
        .where(
            *mine,
            ProviderCall.status == "intent",
            Job.state.in_(_ENDED),
            or_(Job.active_run.is_(None), Job.active_run != ProviderCall.run_id),
            or_(Job.error_kind.is_(None), Job.error_kind != "transient"),
            Job.updated_at < datetime.now(UTC) - _GRACE,
        )
        .limit(MOST_PER_RULE + 1)
    )
    for call_id, owner in session.execute(query):
        yield Finding(
            "open_call",
            f"provider_call:{call_id}",
            f"provider_call:{call_id} has no answer and nobody waits; `reelineage jobs retry {owner}` closes it.",
        )


def altered(session: Session, job_id: int) -> Iterator[Finding]:
    """Calls of a job that were changed after they were sent, or closed with another stand-in than their fetch."""
    query = select(ProviderCall).where(ProviderCall.job_id == job_id, ProviderCall.tombstone_id.is_(None))
    for call in session.scalars(query.order_by(ProviderCall.id)):
        identity = {
            "role": call.role, "provider": call.provider, "model": call.model, "prompt_version": call.prompt_version,
            "stand_in": call.stand_in,
        }  # fmt: skip
        asked = sha256_of({"identity": identity, "parameters": call.parameters, "seed": call.seed})  # type: ignore[dict-item]  # a dict of JSON values
        ref = f"provider_call:{call.id}"
        if asked != call.request_sha256:
            yield Finding(
                "altered_call", ref, f"{ref}: what was asked was changed after it was sent; restore the database."
            )
        if call.finished_at is not None and call.finished_at < call.started_at:
            yield Finding("altered_call", ref, f"{ref} ended before it began; restore the database.")
        if call.cost_nanousd is not None and call.cost_nanousd < 0:
            yield Finding("altered_call", ref, f"{ref} has a negative cost; restore the database.")
    fetches = (
        select(TrendFetch.id)
        .join(ProviderCall, ProviderCall.id == TrendFetch.call_id)
        .where(ProviderCall.job_id == job_id, TrendFetch.stand_in.is_distinct_from(ProviderCall.stand_in))
    )
    for fetch_id in session.scalars(fetches):
        ref = f"trend_fetch:{fetch_id}"
        yield Finding("altered_call", ref, f"{ref} is another stand-in than its call; restore the database.")


RULES: tuple[Callable[[Session, int | None], Iterator[Finding]], ...] = (open_calls,)
