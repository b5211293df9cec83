"""How rows and values are said to people: one line a row.

Belongs here: which columns matter of which kind of row, and how money, times and hashes are written. All that
came from outside passes `clean_text`: a title must not be able to move the cursor of a terminal.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from console.showing.view import View
from reelineage.editing import in_words, read_changes
from reelineage.family import Ref
from reelineage.text import clean_text

_MADE = ("data_version", "run_id", "created_at")
_SHOWN: Mapping[str, tuple[str, ...]] = {
    "trend_fetch": (
        "source_kind", "source_name", "observation_count", "skipped_count", "stand_in", "delete_by", "created_at",
    ),
    "trend_item": ("platform", "external_id"),
    "trend_observation": ("title", "views", "likes", "comments", "observed_at"),
    "trend_report": ("version", "observation_count", "window_end", *_MADE),
    "trend_analysis": ("version", "topic_count", *_MADE),
    "script": ("version", "title", "scene_count", *_MADE),
    "edit": ("actor", "reason", "changes", "created_at"),
    "voiceover": ("version", "duration_seconds", *_MADE),
    "clip": ("scene", "version", "frames", *_MADE),
    "video": ("version", "title", "duration_seconds", "width", "height", "file_sha256", *_MADE),
    "review": ("version", "finding_count", "blocking_count", *_MADE),
    "decision": ("verdict", "actor", "reason", "decided_at"),
    "credential": ("subject", "file_sha256", "manifest_sha256", "digital_source_type", "timestamped", "created_at"),
    "reproduction": ("verdict", "code_version", "actor", "created_at"),
    "artifact": ("media_type", "size_bytes"),
    "media_item": ("kind", "title", "licence"),
    "provider_call": (
        "role", "provider", "model", "prompt_version", "parameters", "seed", "status", "stand_in", "cost_nanousd",
        "request_sha256", "run_id", "finished_at",
    ),
    "job": ("theme_name", "state"),
}  # fmt: skip
_NAMES = {
    "data_version": "hash", "run_id": "run", "created_at": "at", "finished_at": "at", "cost_nanousd": "cost",
    "digital_source_type": "source_type",
}  # fmt: skip
_NOT_IN_A_BOX = (*_MADE, "finished_at", "parameters", "request_sha256")
_MOST = 80
_MOST_PARAMETERS = 4
_RUN = 8


def describe(view: View, ref: Ref, *, plain: bool = False) -> str:
    """One line about a row: its reference, what people look for, and what take-downs did to it.

    Args:
        view: what is shown.
        ref: the row.
        plain: only what tells it apart, for a box in a graph.
    """
    parts = [
        f"{_NAMES.get(column, column.removesuffix('_sha256'))} {said(column, value)}"
        for column, value in _told(view, ref)
        if not (plain and column in _NOT_IN_A_BOX)
    ]
    line = f"{name(ref)}  {', '.join(parts)}" if parts else name(ref)
    return line + "".join(f"  ({mark})" for mark in marked(view, ref))


def marked(view: View, ref: Ref) -> list[str]:
    """What take-downs did to a row."""
    mark = view.marks.get(ref)
    if mark is None:
        return []
    said = [clean(mark.removed)] if mark.removed else []
    return [*said, f"withdrawn: from what was {clean(mark.withdrawn)}"] if mark.withdrawn else said


def name(ref: Ref) -> str:
    """The reference as it is printed: a file by the start of its hash."""
    return f"artifact:{ref.key[:12]}…" if ref.node == "artifact" else str(ref)


def _told(view: View, ref: Ref) -> list[tuple[str, object]]:
    values = view.values(ref)
    told = [(column, values[column]) for column in _SHOWN.get(ref.node, ()) if column in values]
    return [
        (column, value) for column, value in told if value not in (None, "", {}) or _is_unknown_price(column, values)
    ]


def _is_unknown_price(column: str, values: Mapping[str, Any]) -> bool:
    return column == "cost_nanousd" and values.get("status") not in ("intent", None)


def said(column: str, value: object) -> str:
    """A value of a column as people read it."""
    if column == "cost_nanousd":
        return money(value if isinstance(value, int) else None)
    if column == "run_id":
        return clean(str(value))[:_RUN]
    if column == "changes":
        return clean("; ".join(map(in_words, read_changes(value))))
    return _said(value)


def _said(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float | int):
        return f"{value:.2f}" if isinstance(value, float) else f"{value:,}"
    if isinstance(value, dict):
        return (
            f"{{{', '.join(f'{clean(str(key))} {_said(one)}' for key, one in list(value.items())[:_MOST_PARAMETERS])}}}"
        )
    if isinstance(value, str):
        return f"{value[:12]}…" if len(value) == 64 and value.isalnum() else f"'{clean(value)}'"
    return clean(str(value))


def money(nanousd: int | None) -> str:
    """US dollars without needless zeros; a price that nobody told is not 0."""
    if nanousd is None:
        return "unknown"
    return f"${nanousd / 1e9:.9f}".rstrip("0").rstrip(".")


def clean(text: str, *, most: int = _MOST) -> str:
    """Text from outside on one line, without what moves a cursor."""
    return clean_text(text, max_characters=most)
