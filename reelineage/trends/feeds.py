"""RSS and Atom, read with feedparser from text in memory: it is given no address or path, so it never fetches.

Belongs here: guarding the XML, entries as rows, HTML as plain text. Not here: what values mean (`rows.py`).
"""

import calendar
import html
import io
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from xml.parsers import expat

from reelineage.trends.rows import RawRow, refuse

MAX_ENTRIES = 5_000
_MAX_DEPTH = 100
_MAX_HTML = 20_000
_DECLARATION = re.compile(r"<!\s*(DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)", re.IGNORECASE)
_XML_PROLOG = re.compile(r"\s*<\?xml\b[^>]{0,200}\?>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<!--[^<>]*-->")
_BREAK = re.compile(r"<(?:br|/p|/div|/li|/h[1-6])\b[^<>]*>", re.IGNORECASE)


def feed_rows(text: str, *, name: str) -> Iterator[RawRow]:
    """The entries of an RSS or Atom text, counted from 1 in file order.

    Raises:
        BadInput: it declares a DTD or entities, is not well-formed, is no feed, or has more than 5,000 entries.
    """
    if found := _DECLARATION.search(text):
        what = "it is a web page or declares a DTD" if found[1].upper() == "DOCTYPE" else "it declares XML entities"
        refuse(name, f"{what}, which a feed never needs", "Give a plain RSS or Atom file.")
    data = _XML_PROLOG.sub("", text, count=1).encode("utf-8", "replace")
    _check_well_formed(data, name)
    import feedparser  # noqa: PLC0415 — heavy import, only when used

    feed = feedparser.parse(
        io.BytesIO(data),  # a bare bytes object would first be tried as a file name
        response_headers={"content-type": "application/xml; charset=utf-8"},
        resolve_relative_uris=False,
        sanitize_html=False,
    )
    if not feed.version and not feed.entries:
        refuse(name, "it is XML, but neither RSS nor Atom", "Give a CSV, JSON, JSONL, RSS or Atom file.")
    channel = plain_text(_string(feed.feed.get("title")))
    for number, entry in enumerate(feed.entries, 1):
        yield RawRow(line=number, fields=_fields(entry, channel))


def plain_text(value: str) -> str:
    """HTML from a feed as plain text: scripts dropped, tags stripped, then entities resolved."""
    text = _without(_without(value[:_MAX_HTML], "script"), "style")
    return html.unescape(_TAG.sub("", _BREAK.sub("\n", text)))


def _check_well_formed(data: bytes, name: str) -> None:
    """One cheap pass before feedparser, which would guess at broken XML, and is slow on very many entries."""
    parser = expat.ParserCreate()
    depth = entries = 0

    def start(tag: str, _: object) -> None:
        nonlocal depth, entries
        depth += 1
        entries += tag.rsplit(":", 1)[-1] in {"item", "entry"}
        if depth > _MAX_DEPTH:
            refuse(name, f"line {parser.CurrentLineNumber} is nested deeper than {_MAX_DEPTH}", "No feed is like that.")
        if entries > MAX_ENTRIES:
            refuse(name, f"it has more than {MAX_ENTRIES:,} entries", "Split it, or keep only the newest.")

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartElementHandler, parser.EndElementHandler = start, end
    try:
        parser.Parse(data, True)  # noqa: FBT003 — the C function takes no keywords
    except expat.ExpatError as error:
        refuse(
            name,
            f"line {error.lineno} is not well-formed XML ({expat.ErrorString(error.code)})",
            "It may be cut off: get the whole file again.",
        )


def _fields(entry: Mapping[str, Any], channel: str) -> dict[str, object]:
    video_id = entry.get("yt_videoid")
    statistics = entry.get("media_statistics") or {}
    thumbnails = entry.get("media_thumbnail") or [{}]
    media = entry.get("media_content") or [{}]
    return {
        "platform": "youtube" if video_id else None,
        "external_id": video_id or entry.get("id"),
        "title": plain_text(_string(entry.get("title"))),
        "published_at": _time(entry),
        "description": plain_text(_string(entry.get("summary"))),
        "hashtags": [plain_text(_string(tag.get("term"))) for tag in entry.get("tags") or ()],
        "views": statistics.get("views") if isinstance(statistics, dict) else None,
        "duration_seconds": entry.get("itunes_duration") or media[0].get("duration"),
        "creator": plain_text(_string(entry.get("author"))) or channel,
        "thumbnail_url": thumbnails[0].get("url"),
        "url": entry.get("link"),
    }


def _time(entry: Mapping[str, Any]) -> object:
    """When it was published, else last changed. A plain dict: feedparser's own lookup warns and mixes the two up."""
    plain = dict(entry.items())
    for field in ("published", "updated", "created"):
        if parsed := plain.get(f"{field}_parsed"):
            return datetime.fromtimestamp(calendar.timegm(parsed), tz=UTC)
        if written := plain.get(field):
            return written
    return None


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""


def _without(text: str, tag: str) -> str:
    """Text without `<tag ...>...</tag>`; an unclosed one reaches to the end. A search, no pattern: linear time."""
    kept: list[str] = []
    lower, place = text.lower(), 0
    while (start := lower.find(f"<{tag}", place)) >= 0:
        kept.append(text[place:start])
        end = lower.find(f"</{tag}", start)
        close = lower.find(">", end) if end >= 0 else -1
        if close < 0:
            return "".join(kept)
        place = close + 1
    return "".join(kept) + text[place:]
