"""From the fields of one row to one observation, and from all rows of an input to a fetch.

Belongs here: what a usable row needs, ids for rows without one, the moment of observation.
Not here: field names (`fields.py`), single values (`values.py`), file formats (`tabular.py`, ...).
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, NoReturn

from reelineage.documents import Observation, SkippedRow, TrendFetch, iso
from reelineage.errors import BadInput
from reelineage.fingerprint import sha256_of
from reelineage.text import clean_text
from reelineage.trends import values
from reelineage.trends.values import BrokenRow
from reelineage.trends.youtube import CATEGORIES, watch_url

MAX_ROWS = 200_000
_MAX_LISTED = 20

_COUNTS = ("views", "likes", "comments", "shares", "followers")
_YOUTUBE_ID = re.compile(r"[A-Za-z0-9_-]{6,20}", re.ASCII)
_NOT_PLATFORM = re.compile(r"[^a-z0-9._-]+", re.ASCII)


@dataclass(frozen=True)
class RawRow:
    """A row as a format reader found it: our field names, untrusted values. `line` counts from 1.

    `keep_days` is how long the terms of its source let its text be kept, None when they set no end.
    """

    line: int
    fields: Mapping[str, object]
    keep_days: int | None = None


@dataclass
class _Collected:
    """Sound rows as keyword arguments of `Observation`, and what was left out."""

    rows: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    skipped: list[SkippedRow] = field(default_factory=list)
    skipped_count: int = 0
    keep_days: int | None = None

    def skip(self, line: int, reason: str) -> None:
        """Count a row that cannot be used; the first 20 are listed."""
        self.skipped_count += 1
        if len(self.skipped) < _MAX_LISTED:
            self.skipped.append(SkippedRow(line=line, reason=reason))


def refuse(name: str, problem: str, remedy: str) -> NoReturn:
    """Raise BadInput in the words every message about a trend file uses."""
    raise BadInput(f"Reading the trend file {name}: {problem}. {remedy}")


def collect(raw: Iterable[RawRow | SkippedRow], *, name: str, kind: Literal["file", "feed"], unit: str) -> TrendFetch:
    """Turn the rows of one input into a fetch.

    A row without its own `observed_at` counts as seen at the newest moment that the sound rows know of, marked as
    estimated: no row can be published after it. A row seen before it was published contradicts itself and is skipped;
    of two rows about one item at one moment the first stays.

    Raises:
        BadInput: no row is sound, or there are more than 200,000. `unit` is what the message calls a row.
    """
    found = _Collected()
    total = 0
    for total, row in enumerate(raw, 1):
        if total > MAX_ROWS:
            refuse(name, f"it has more than {MAX_ROWS:,} {unit}s", "Split it, or keep only the newest.")
        if isinstance(row, SkippedRow):
            found.skip(row.line, row.reason)
            continue
        if row.keep_days is not None:  # of rows under several terms the strictest counts for the whole file
            found.keep_days = min(row.keep_days, found.keep_days or row.keep_days)
        try:
            found.rows.append((row.line, _keywords(row.fields, kind)))
        except BrokenRow as broken:
            found.skip(row.line, str(broken))
    observations = tuple(_observations(found))
    if not observations:
        _refuse_all(name, unit, total, found)
    return TrendFetch(
        source_kind=kind,
        source_name=clean_text(name, max_characters=300) or "unnamed",
        observations=observations,
        skipped=tuple(sorted(found.skipped, key=lambda row: row.line)),
        skipped_count=found.skipped_count,
        keep_days=found.keep_days,
    )


def _refuse_all(name: str, unit: str, total: int, found: _Collected) -> NoReturn:
    if total == 0:
        refuse(name, f"it holds no {unit}", "Give a file with at least one.")
    reasons = "; ".join(f"{unit} {row.line}: {row.reason}" for row in found.skipped[:3])
    refuse(name, f"none of its {total:,} {unit}s can be used ({reasons})", "Each needs a title and a publishing time.")


def _observations(found: _Collected) -> Iterator[Observation]:
    moments = [keywords[part] for _, keywords in found.rows for part in ("observed_at", "published_at")]
    newest = max((moment for moment in moments if moment is not None), default=None)
    seen: dict[tuple[str, str, datetime], int] = {}
    for line, keywords in found.rows:
        if keywords["observed_at"] is None:
            keywords |= {"observed_at": newest, "observed_at_estimated": True}
        key = (keywords["platform"], keywords["external_id"], keywords["observed_at"])
        first = seen.setdefault(key, line)
        if first == line:
            yield Observation.model_validate(keywords)
        else:
            found.skip(line, f"it repeats line {first}: same item, same moment")


def _keywords(fields: Mapping[str, object], kind: str) -> dict[str, Any]:
    title = values.line(fields.get("title"))
    if title is None or not any(unicodedata.category(c)[0] not in "CZM" for c in title):
        raise BrokenRow("it has no title")
    published = values.moment("published_at", fields.get("published_at"))
    if published is None:
        raise BrokenRow("it has no publishing time")
    observed = values.moment("observed_at", fields.get("observed_at"), end_of_day=True)
    if observed is None and not values.is_missing(fields.get("trending_date")):
        observed = values.trending_day(fields["trending_date"])
    if observed is not None and observed < published:
        raise BrokenRow(f"it was seen at {iso(observed)}, before it was published at {iso(published)}")
    platform = _NOT_PLATFORM.sub("-", (values.line(fields.get("platform")) or "").lower()).strip("-")[:40] or kind
    creator = values.line(fields.get("creator"), max_characters=200)
    external_id = _external_id(fields.get("external_id"), platform)
    url = values.link(fields.get("url"))
    if url is None and platform == "youtube" and external_id:
        url = watch_url(external_id)
    closed = {
        "comments": values.flag(fields.get("comments_disabled")),
        "likes": values.flag(fields.get("ratings_disabled")),
    }
    category = values.line(fields.get("category"), max_characters=100)
    if category and platform == "youtube":
        category = CATEGORIES.get(category, category)
    return {
        "platform": platform,
        "external_id": external_id or f"sha256:{sha256_of([platform, creator, title, iso(published)])}",
        "observed_at": observed,
        "title": title,
        "description": clean_text(_text(fields.get("description")), max_characters=5000, keep_lines=True),
        "hashtags": values.tags(fields.get("hashtags")),
        **{name: None if closed.get(name) else values.count(name, fields.get(name)) for name in _COUNTS},
        "duration_seconds": values.duration(fields.get("duration_seconds")),
        "creator": creator,
        "sound": values.line(fields.get("sound"), max_characters=200),
        "thumbnail_url": values.link(fields.get("thumbnail_url")),
        "url": url,
        "category": category,
        "country": values.line(fields.get("country"), max_characters=60),
        "published_at": published,
    }


def _external_id(value: object, platform: str) -> str | None:
    """The source's id, or None. Spreadsheets turn YouTube ids that start with `-` into `#NAME?`: that is no id."""
    found = values.line(value, max_characters=2000)
    if found is None or (platform == "youtube" and not _YOUTUBE_ID.fullmatch(found)):
        return None
    return found if len(found) <= 300 else f"sha256:{sha256_of(found)}"


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
