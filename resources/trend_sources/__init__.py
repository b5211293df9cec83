"""Trend sources: one interface, one file per backend. What the bytes mean is `reelineage.trends`."""

from dataclasses import dataclass
from typing import Protocol

from reelineage.documents import ProviderIdentity, TrendFetch


@dataclass(frozen=True)
class FetchedTrends:
    """What one request brought in: the bytes as they came (kept as an artifact), their media type, what they say."""

    raw: bytes
    media_type: str
    fetch: TrendFetch


class TrendSource(Protocol):
    """Brings in trend items. The same bytes always give the same fetch."""

    @property
    def identity(self) -> ProviderIdentity:
        """Provider and model, for the ledger; `stand_in` marks demo data."""
        ...

    def fetch(self) -> FetchedTrends:
        """Bring in what the source has now.

        Raises:
            BadInput: what came in cannot be used.
            TransientError: the source could not be reached.
        """
        ...
