"""What the API's answers and orders are made of: their base, ids, costs.

Belongs here: what several kinds of resource share. Not here: the resources themselves (one file each).
"""

import re
from typing import Annotated, Final

from fastapi import Path
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from resources.costs import Cost

LARGEST_ID: Final = 10**18 - 1  # as `lineage.parse_job_id`: 18 digits, which every database holds
_ID: Final = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)


def _whole(value: object) -> object:
    """An id in an address: ASCII digits without sign or leading zero.

    Raises:
        ValueError: anything else.
    """
    if isinstance(value, str) and not _ID.fullmatch(value):
        raise ValueError("an id is a whole number such as 42")
    return value


RowNumber = Annotated[int, Field(ge=1, le=LARGEST_ID), BeforeValidator(_whole)]
JobId = Annotated[RowNumber, Path(description="The job's id.", examples=[1])]
VideoId = Annotated[RowNumber, Path(description="The video's id.", examples=[1])]


class Value(BaseModel):
    """Base of everything that the API tells or takes: immutable, and a field that is not known is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class CostSum(Value):
    """What calls of providers cost. With a price that nobody knows the sum is a lower bound, and `usd` is null."""

    usd: float | None = Field(description="US dollars; null while a price is unknown.")
    known_nanousd: int = Field(description="The known prices, in billionths of a US dollar.")
    unknown_calls: int = Field(description="How many calls have no known price.")

    @classmethod
    def of(cls, cost: Cost) -> "CostSum":
        """The same sum as the API tells it."""
        return cls(usd=cost.usd, known_nanousd=cost.known_nanousd, unknown_calls=cost.unknown_calls)
