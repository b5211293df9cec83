"""Times in addresses, read as the command line reads them."""

from datetime import datetime
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

from console.moments import FORM, parse_moment
from reelineage.errors import BadInput


def _moment(value: object) -> datetime:
    """The moment that a parameter names.

    Raises:
        ValueError: it is no date or time.
    """
    try:
        return parse_moment(str(value))
    except BadInput as error:
        raise ValueError(str(error)) from error


Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    WithJsonSchema(
        {"type": "string", "pattern": f"^{FORM.pattern}$", "examples": ["2026-11-22", "2026-11-22T14:30:00Z"]}
    ),
]
