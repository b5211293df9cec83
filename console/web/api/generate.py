"""`POST /api/generate`: one row in the queue, and nothing else: the work is the sensor's.

Belongs here: the order and the route. Not here: reading themes and trend files (`resources/job_orders.py`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Self

from fastapi import Depends, Response
from pydantic import Field, model_validator

from console.web.api.answers import done
from console.web.api.job_values import JobSummary
from console.web.api.once import AtMostOnce
from console.web.api.problems import changing
from console.web.api.strictness import strict_router
from console.web.api.values import Value
from console.web.guard import needs
from console.web.parts import TheHome
from reelineage.look import ProfileName
from reelineage.theme import MAX_THEME_BYTES
from resources.access import Principal, Role
from resources.job_cards import cards_of
from resources.job_orders import MAX_TREND_BYTES, create_job, read_theme

router = strict_router("jobs")


class Order(Value):
    """A video that is asked for."""

    theme: str = Field(
        min_length=1,
        max_length=MAX_THEME_BYTES,
        description="The name of a ready theme, or a theme as YAML text. It may name no files: there is no folder.",
        examples=["trend_briefing"],
    )
    seed: int | None = Field(
        None, ge=0, le=2**31 - 1, strict=True, description="Makes the video repeatable; random when left out."
    )
    profile: ProfileName | None = Field(None, description="Where it goes; the theme's own by default.")
    trends: str | None = Field(
        None,
        min_length=1,
        max_length=MAX_TREND_BYTES,
        description="The text of a CSV, JSON, JSONL, RSS or Atom file, instead of the theme's sources.",
    )
    trends_name: str | None = Field(
        None,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9 _-]{0,99}(\.[A-Za-z0-9]{1,10})?$",
        description="What the trend file is called in the lineage; trends.txt by default.",
        examples=["trends.csv"],
    )

    @model_validator(mode="after")
    def _a_name_needs_trends(self) -> Self:
        if self.trends_name is not None and self.trends is None:
            raise ValueError("trends_name names trends, but there are none")
        return self


@router.post("/generate", response_model=JobSummary, status_code=201, responses=changing())
def generate(
    home: TheHome, _: Annotated[Principal, Depends(needs(Role.OPERATOR))], order: Order, once: AtMostOnce
) -> Response:
    """Create a job and answer at once: it is queued, and Dagster's sensor starts it. Needs an operator."""

    def act() -> Response:
        with _as_file(order) as trends:
            job_id = create_job(
                home,
                read_theme(order.theme),
                origin="api",
                seed=order.seed,
                profile=order.profile,
                trends=trends,
                request_key=once.request_key,
            )
        with home.database.read() as session:
            (card,) = cards_of(session, [job_id])
        return done(JobSummary.of(card), location=f"/api/jobs/{job_id}")

    return once(act)


@contextmanager
def _as_file(order: Order) -> Iterator[Path | None]:
    """The trends as a file of their name, in a folder that is gone afterwards."""
    if order.trends is None:
        yield None
        return
    with TemporaryDirectory(prefix="reelineage-trends-") as folder:
        path = Path(folder) / (order.trends_name or "trends.txt")
        path.write_bytes(order.trends.encode())
        yield path
