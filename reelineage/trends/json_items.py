"""JSON and JSONL: a list of objects, {"items": [...]}, or one object per line.

Belongs here: finding the objects and their line or place. Not here: what their values mean (`rows.py`, `youtube.py`).
"""

import json
from collections.abc import Iterator
from typing import Any

from reelineage.documents import SkippedRow
from reelineage.trends import values, youtube
from reelineage.trends.fields import FIELD_OF, plain_name
from reelineage.trends.rows import RawRow, refuse

# A file of the largest allowed size could otherwise unfold into a gigabyte of empty lists.
_MAX_NESTED = 4_000_000
_LOOKED_AT = 50


def json_rows(text: str, *, name: str) -> Iterator[RawRow | SkippedRow]:
    """The objects of a JSON or JSONL text, counted from 1 (JSONL: by line).

    Raises:
        BadInput: it is neither, breaks off, or holds too many nested values.
    """
    if text.count("{") + text.count("[") > _MAX_NESTED:
        refuse(
            name, f"it nests more than {_MAX_NESTED:,} lists and objects", "Split it, or keep only the newest items."
        )
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        if _is_lines(text):
            yield from _line_rows(text, name)
            return
        _refuse_json(name, text, error)
    items = value.get("items", [value]) if isinstance(value, dict) else value
    if not isinstance(items, list):
        refuse(name, "it holds no list of items", 'Give a list of objects, or {"items": [...]}.')
    for number, item in enumerate(items, 1):
        yield _row(item, number)


def _line_rows(text: str, name: str) -> Iterator[RawRow | SkippedRow]:
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
        except (ValueError, RecursionError) as error:
            if number == len(lines):  # no line feed after it: the writer was stopped in the middle
                refuse(
                    name, f"line {number} breaks off ({_what(error)})", "It seems cut off: get the whole file again."
                )
            yield SkippedRow(line=number, reason=f"it is not JSON ({_what(error)})")
            continue
        yield _row(item, number)


def _row(item: Any, number: int) -> RawRow | SkippedRow:  # noqa: ANN401 — whatever JSON can hold
    if not isinstance(item, dict):
        return SkippedRow(line=number, reason="it is not an object with named fields")
    if youtube.is_video(item):
        return RawRow(line=number, fields=youtube.fields_of_video(item), keep_days=youtube.KEEP_DAYS)
    best: dict[str, tuple[int, object]] = {}
    named = {plain_name(key[:100]): value for key, value in item.items()}
    for key, value in named.items():
        if (found := FIELD_OF.get(key)) and not values.is_missing(value):
            field, rank = found
            if field not in best or rank < best[field][0]:
                best[field] = (rank, value)
    fields = {field: value for field, (_, value) in best.items()}
    if youtube.is_trending_set(named):
        fields.setdefault("platform", "youtube")
    return RawRow(line=number, fields=fields)


def _is_lines(text: str) -> bool:
    """True when most of the first lines are JSON objects of their own."""
    if not text.lstrip().startswith("{"):
        return False
    lines = [line for line in text.split("\n", _LOOKED_AT)[:_LOOKED_AT] if line.strip()]
    sound = [_is_object(line) for line in lines]
    return len(lines) > 0 and (sound[0] or sum(sound) * 2 > len(lines))


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _refuse_json(name: str, text: str, error: ValueError | RecursionError) -> None:
    if isinstance(error, json.JSONDecodeError) and error.pos >= len(text.rstrip()) - 1:
        refuse(name, f"it breaks off at line {error.lineno}", "It seems cut off: get the whole file again.")
    refuse(name, f"it is not JSON ({_what(error)})", "Check it with a JSON checker, or get it again.")


def _what(error: ValueError | RecursionError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"line {error.lineno}, column {error.colno}: {error.msg}"
    return "it is nested too deeply" if isinstance(error, RecursionError) else "a number is too long"
