"""What a job cost: the sum over every provider call, failed and ambiguous ones too.

Belongs here: sums of `provider_calls`. An unknown price makes the sum a lower bound and is said so, never taken as 0.
"""

from dataclasses import dataclass

from sqlalchemy import func, select

from reelineage.models import ProviderCall
from resources.database import Database


@dataclass(frozen=True)
class Cost:
    """A sum of known prices in billionths of a US dollar, and how many calls have no known price."""

    known_nanousd: int
    unknown_calls: int

    @property
    def usd(self) -> float | None:
        """US dollars, or None when a price is unknown."""
        return None if self.unknown_calls else self.known_nanousd / 1e9

    @property
    def display(self) -> str:
        """For people: `$0.0213`, or `at least $0.01 (2 calls without a known price)`."""
        amount = f"${self.known_nanousd / 1e9:.4f}".rstrip("0").rstrip(".") if self.known_nanousd else "$0"
        return f"at least {amount} ({self.unknown_calls} calls without a known price)" if self.unknown_calls else amount


def cost_of_job(database: Database, job_id: int, *, role: str | None = "any") -> Cost:
    """The cost of what was asked for a job of all providers, or of those of one role (None: of nobody)."""
    with database.read() as session:
        known, unknown = session.execute(
            select(
                func.coalesce(func.sum(ProviderCall.cost_nanousd), 0),
                func.count().filter(ProviderCall.cost_nanousd.is_(None)),
            ).where(ProviderCall.job_id == job_id, *([] if role == "any" else [ProviderCall.role == role]))
        ).one()
    return Cost(int(known or 0), int(unknown or 0))
