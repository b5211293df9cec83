"""Jobs as the API tells them: in a list, and one with its rows.

Belongs here: the values and how they follow from rows. Not here: routes (`jobs.py`), which jobs a list has
(`resources/job_cards.py`).
"""

from datetime import datetime
from typing import Literal

from pydantic import Field, JsonValue
from sqlalchemy.orm import Session

from console.web.api.values import CostSum, Value
from reelineage import lineage
from reelineage.documents import Sha256, StandIn
from reelineage.errors import NotFound
from reelineage.look import ProfileName
from reelineage.models import Job
from resources.job_cards import JobCard, cards_of

State = Literal["queued", "submitted", "running", "awaiting_review", "approved", "rejected", "failed", "cancelled"]
Stage = Literal["trend_collection", "trend_analysis", "content_generation", "composition", "review"]


class JobSummary(Value):
    """A job as it stands in a list."""

    id: int
    state: State
    stage: Stage | None = Field(description="Where a run was last; null before the first.")
    progress: str | None = Field(description="How far the run is in its stage, in words.")
    theme_name: str
    title: str | None = Field(description="The newest script's title; null before there is one, or taken down.")
    profile: ProfileName
    origin: str = Field(description="By which way it was asked for, such as cli, api or console.")
    created_at: datetime
    updated_at: datetime
    attempt: int
    attempt_limit: int
    error: str | None = Field(description="Why it stopped, and what to do.")
    error_kind: Literal["permanent", "transient"] | None = Field(
        description="permanent: it waits for a person. transient: it is tried again by itself."
    )
    video_id: int | None
    duration_seconds: float | None
    cost: CostSum
    stand_ins: tuple[StandIn, ...] = Field(description="Demo or fallback material among what it was made from.")

    @classmethod
    def of(cls, card: JobCard) -> "JobSummary":
        """The same as the jobs page shows."""
        told = {name: getattr(card, name) for name in cls.model_fields if name not in ("cost", "stand_ins")}
        return cls.model_validate(told | {"cost": CostSum.of(card.cost), "stand_ins": tuple(card.stand_ins)})


class Jobs(Value):
    """One page of jobs, the newest first."""

    jobs: tuple[JobSummary, ...]
    next: str | None = Field(description="The address of the page after this one; null on the last.")


class CurrentRow(Value):
    """A row that counts now."""

    ref: str = Field(description="As lineage names it.", examples=["video:7"])
    version: int
    created_at: datetime
    data_version: Sha256 = Field(description="The sha256 of its content.")


class JobDetail(JobSummary):
    """A job with what was asked for, and the rows that count now."""

    seed: int
    theme: dict[str, JsonValue] = Field(description="The theme as it was frozen when the job was made.")
    theme_sha256: Sha256
    active_run: str | None = Field(description="The Dagster run that works on it.")
    current: dict[str, tuple[CurrentRow, ...]] = Field(description="By asset; none where the row is not made yet.")
    first_missing: str | None = Field(description="The first asset that is to be made; null when all are there.")


def job_detail(session: Session, job_id: int) -> JobDetail:
    """One job as it stands now.

    Raises:
        NotFound: there is no such job.
    """
    job, cards = session.get(Job, job_id), cards_of(session, [job_id])
    if job is None or not cards:
        raise NotFound(f"Looking for job {job_id}: there is no such job. GET /api/jobs lists those that exist.")
    current = lineage.current(session, job_id)
    return JobDetail(
        **dict(JobSummary.of(cards[0])),
        seed=job.seed,
        theme=job.theme,
        theme_sha256=job.theme_sha256,
        active_run=job.active_run,
        current={asset: _told(asset, current) for asset in lineage.ASSETS},
        first_missing=current.first_missing,
    )


def _told(asset: str, current: lineage.Current) -> tuple[CurrentRow, ...]:
    return tuple(
        CurrentRow(
            ref=f"{lineage.NODES[asset]}:{row.id}",
            version=row.version,
            created_at=row.created_at,
            data_version=row.data_version,
        )
        for row in current.rows(asset)
    )
