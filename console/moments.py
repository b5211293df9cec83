"""Times that people type: `2026-11-22`, `2026-11-22 14:30`, `2026-11-22T14:30:00+01:00`.

Belongs here: the one reading of a time on the command line. Without a zone it is UTC, as everything that is printed.
"""

import re
from datetime import UTC, datetime

import click

from reelineage.errors import BadInput

FORM = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?)?", re.ASCII)


class Moment(click.ParamType[datetime]):
    """A moment on the command line; a date alone is its first moment in UTC."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:  # noqa: ARG002 — click's signature
        """Parse.

        Raises:
            BadInput: it is no ISO 8601 date or time.
        """
        if isinstance(value, datetime):
            return value
        return parse_moment(str(value), name=(param.opts[0] if param else "time"))


def parse_moment(text: str, *, name: str = "time") -> datetime:
    """The moment that a text names, in UTC.

    Raises:
        BadInput: it is no ISO 8601 date or time, or there is no such day.
    """
    problem = f"Reading {name} {text[:60]!r}: it must be a date such as 2026-11-22 or a time such as 2026-11-22T14:30Z"
    if not FORM.fullmatch(text):
        raise BadInput(f"{problem}; without a zone it is UTC.")
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadInput(f"{problem} ({error}).") from error


MOMENT = Moment()
