"""Single values of a trend row: counts, times, durations, tags, links.

Belongs here: turning one untrusted value into one typed value, or saying why it cannot be. Not here: which column a
value stands in (`rows.py`), file formats. Two rules hold everywhere: an empty value is missing (None, never 0), and a
value that is there but impossible (a negative view count, NaN, "lots") breaks its row instead of being guessed.
"""

import math
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from reelineage.text import clean_text

MAX_COUNT = 2**62
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_LATEST = datetime(2100, 1, 1, tzinfo=UTC)
_LONGEST_SECONDS = 7 * 24 * 3600.0
_MAX_TAGS = 50

_WHOLE = re.compile(r"\+?([0-9]{1,20}|[0-9]{1,3}(,[0-9]{3}){1,6})(\.0{1,6})?", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_TRENDING_DAY = re.compile(r"([0-9]{2})\.([0-9]{2})\.([0-9]{2})", re.ASCII)
_EPOCH = re.compile(r"[0-9]{9,10}(\.[0-9]{1,9})?|[0-9]{13}", re.ASCII)
_CLOCK = re.compile(r"(?:([0-9]{1,3}):)?([0-9]{1,3}):([0-9]{2})", re.ASCII)
_ISO_DURATION = re.compile(
    r"P(?:([0-9]{1,3})D)?(?:T(?:([0-9]{1,4})H)?(?:([0-9]{1,6})M)?(?:([0-9]{1,7})(?:\.[0-9]{1,9})?S)?)?", re.ASCII
)
_SECONDS = re.compile(r"[0-9]{1,7}(\.[0-9]{1,9})?", re.ASCII)


class BrokenRow(Exception):
    """One row cannot be used; the text says why. It never leaves this package: the row is skipped and counted."""


def is_missing(value: object) -> bool:
    """True for None and for blank text: the source said nothing."""
    return value is None or (isinstance(value, str) and not value.strip())


def shown(value: object) -> str:
    """A foreign value as a message may show it: clean, quoted, short."""
    return f"'{clean_text(str(value)[:200], max_characters=40)}'"


def count(field: str, value: object) -> int | None:
    """A number of views, likes, ...: None when missing.

    Raises:
        BrokenRow: it is no whole number from 0 to 2**62 ("1,234" and "1234.0" are whole numbers).
    """
    if is_missing(value):
        return None
    number: int | None = None
    if isinstance(value, int) and not isinstance(value, bool):
        number = value
    elif isinstance(value, float) and math.isfinite(value) and value == int(value):
        number = int(value)
    elif isinstance(value, str) and (match := _WHOLE.fullmatch(value.strip())):
        number = int(match[1].replace(",", ""))
    if number is None or not 0 <= number <= MAX_COUNT:
        raise BrokenRow(f"{field} is {shown(value)}, not a whole number from 0 up")
    return number


def moment(field: str, value: object, *, end_of_day: bool = False) -> datetime | None:
    """A point in time in UTC: ISO 8601, RFC 2822 or Unix seconds; None when missing.

    A time without a zone is UTC. A day without a time is its first second, or its last with `end_of_day`.

    Raises:
        BrokenRow: it is no time between 1990 and 2100.
    """
    if is_missing(value):
        return None
    try:
        found = _moment(value, end_of_day=end_of_day)
    except (ValueError, OverflowError, TypeError, IndexError):
        found = None
    if found is None or not _EARLIEST <= found < _LATEST:
        raise BrokenRow(f"{field} is {shown(value)}, not a time such as 2026-11-22T07:00:00Z")
    return found


def trending_day(value: object) -> datetime | None:
    """The last second (UTC) of a `trending_date`, written `yy.dd.mm` or as an ISO date.

    The trending lists name only a day. Its end is the one moment that no item of that day can have been published
    after, so hours since publishing are never too few, and velocity is never flattered.

    Raises:
        BrokenRow: it is no day.
    """
    text = str(value).strip()
    if match := _TRENDING_DAY.fullmatch(text):
        year, day, month = match.groups()
        text = f"20{year}-{month}-{day}"
    found = moment("trending_date", text)
    return None if found is None else found.replace(hour=23, minute=59, second=59, microsecond=0)


def duration(value: object) -> float | None:
    """Length of a video in seconds from `63`, `1:03` or `PT1M3S`; None when missing or 0 (live, not yet known).

    Raises:
        BrokenRow: it is no length, or longer than a week.
    """
    if is_missing(value):
        return None
    found: float | None = None
    text = str(value).strip()
    if isinstance(value, bool):
        found = None
    elif _SECONDS.fullmatch(text):
        found = float(text)
    elif match := _CLOCK.fullmatch(text):
        hours, minutes, seconds = (int(part or 0) for part in match.groups())
        found = hours * 3600.0 + minutes * 60 + seconds
    elif len(text) > 2 and (match := _ISO_DURATION.fullmatch(text)):
        days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
        found = days * 86400.0 + hours * 3600 + minutes * 60 + seconds
    if found is None or found > _LONGEST_SECONDS:
        raise BrokenRow(f"duration is {shown(value)}, not a length such as 63, 1:03 or PT1M3S")
    return found or None


def tags(value: object) -> tuple[str, ...]:
    """Hashtags or tags without `#`, in order, each once, at most 50. `[none]` and empty mean none.

    Text is split at `|`, else at commas, else at blanks when every word starts with `#`.
    """
    parts: Iterable[object]
    if isinstance(value, str):
        text = value[:50_000]
        words = text.split()
        if "|" in text or "," in text:
            parts = text.split("|" if "|" in text else ",")
        else:
            parts = words if all(word.startswith("#") for word in words) else [text]
    elif isinstance(value, list | tuple):
        parts = [part.get("name") if isinstance(part, dict) else part for part in value[:500]]
    else:
        parts = ()
    cleaned = (clean_text(part, max_characters=100).strip(' "#') for part in parts if isinstance(part, str))
    return tuple(dict.fromkeys(tag for tag in cleaned if tag and tag.lower() != "[none]"))[:_MAX_TAGS]


def line(value: object, *, max_characters: int = 300) -> str | None:
    """A short text on one line, or None when missing (or not a text or number)."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return None
    return clean_text(value, max_characters=max_characters) or None


def link(value: object) -> str | None:
    """An http(s) address, or None: no other scheme can end up behind a click."""
    text = line(value, max_characters=2000)
    return text if text and text.lower().startswith(("https://", "http://")) and " " not in text else None


def flag(value: object) -> bool:
    """A switch: True, "true", "1", "yes"."""
    return value is True or (isinstance(value, str | int) and str(value).strip().lower() in {"true", "1", "yes"})


def _moment(value: object, *, end_of_day: bool) -> datetime | None:
    if isinstance(value, datetime):
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = str(value).strip()
    if len(text) > 60 or not text.isascii():
        return None
    if _EPOCH.fullmatch(text):
        seconds = float(text) / (1000 if len(text) == 13 else 1)
        return datetime.fromtimestamp(seconds, tz=UTC)
    if _DAY.fullmatch(text):
        day = datetime.fromisoformat(text).replace(tzinfo=UTC)
        return day + timedelta(hours=23, minutes=59, seconds=59) if end_of_day else day
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = parsedate_to_datetime(text)
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
