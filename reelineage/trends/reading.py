"""From the bytes of a trend file to a fetch; the format is told apart by content, never by name.

Belongs here: bounds, text encodings, telling formats apart. Not here: the formats themselves.
"""

import codecs
from typing import Literal

from reelineage.documents import TrendFetch
from reelineage.text import clean_text
from reelineage.trends.feeds import feed_rows
from reelineage.trends.json_items import json_rows
from reelineage.trends.rows import collect, refuse
from reelineage.trends.tabular import csv_rows

MAX_BYTES = 32 * 1024 * 1024
_NAME_CHARACTERS = 300
_FORMATS = "Give a CSV, JSON, JSONL, RSS or Atom file saved as UTF-8."


def read_trends(data: bytes, *, name: str, kind: Literal["file", "feed"] | None = None) -> TrendFetch:
    """Read trend items from the bytes of a CSV, JSON, JSONL, YouTube `videos.list`, RSS or Atom file.

    Args:
        data: the file as it came in, at most 32 MiB.
        name: what messages and the fetch call it.
        kind: "file" (tables and JSON) or "feed" (RSS and Atom) refuses the other; None takes both.

    Raises:
        BadInput: nothing in it can be used; the message names the file, the place and what to do.
    """
    name = clean_text(name, max_characters=_NAME_CHARACTERS) or "unnamed"
    if len(data) > MAX_BYTES:
        refuse(name, f"it has {len(data):,} bytes, more than {MAX_BYTES:,}", "Split it, or keep only the newest items.")
    text = _decode(data, name)
    first = text.lstrip()[:1]
    if not first:
        refuse(name, "it is empty", _FORMATS)
    is_feed = first == "<"
    if is_feed and kind == "file":
        refuse(name, "it is XML, but its source is of kind 'file'", "Write 'kind: feed' for RSS and Atom.")
    if not is_feed and kind == "feed":
        refuse(name, "it is no RSS or Atom, but its source is of kind 'feed'", "Write 'kind: file' for CSV and JSON.")
    if is_feed:
        return collect(feed_rows(text, name=name), name=name, kind="feed", unit="entry")
    if first in "{[":
        return collect(json_rows(text, name=name), name=name, kind="file", unit="item")
    return collect(csv_rows(text, name=name), name=name, kind="file", unit="line")


def _decode(data: bytes, name: str) -> str:
    """UTF-8, or UTF-16 with a byte order mark. Lone surrogates pass: the cleaning of each text replaces them."""
    encoding = "utf-8-sig"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and not data.startswith(codecs.BOM_UTF32_LE):
        encoding = "utf-16"
    try:
        return data.decode(encoding, "surrogatepass")
    except UnicodeDecodeError as error:
        if error.end >= len(data) and error.start > len(data) - 4 and error.start > 0:
            refuse(name, "it breaks off inside its last character", "It seems cut off: get the whole file again.")
        refuse(name, f"byte {error.start + 1:,} is not {encoding.removesuffix('-sig').upper()} text", _FORMATS)
