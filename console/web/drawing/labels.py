"""What a row is called on a page: `Video 7`, and one line that tells it from its neighbours.

Belongs here: names of rows and where they are shown. Texts from outside are cleaned here, and escaped by the template.
Not here: the command line's words for rows (`console/showing/words.py`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from console.showing.words import money
from console.web.drawing.lettering import legible
from console.web.drawing.numbers import compact, size
from reelineage.graph import Ref

_WORDS: Final = {
    "artifact": "File", "media_item": "Work", "provider_call": "Call", "trend_analysis": "Analysis",
    "trend_fetch": "Fetch", "trend_item": "Item", "trend_observation": "Observation", "trend_report": "Report",
}  # fmt: skip
_VERDICTS: Final = {"approve": "approved", "reject": "rejected"}
_FILES: Final = {
    "application/vnd.reelineage.drawing+json": "drawing", "application/x-subrip": "subtitles SRT",
    "text/vtt": "subtitles VTT", "text/x-ssa": "subtitles ASS",
}  # fmt: skip
_SHORT_HASH: Final = 8


@dataclass(frozen=True)
class Label:
    """A row by name, what it is, and its page."""

    name: str
    text: str
    href: str


def label(ref: Ref, values: Mapping[str, Any]) -> Label:
    """The label of a row; `values` are those of its columns that were read."""
    told = _TOLD.get(ref.node)
    text = told(values) if told and values else ""
    if values.get("tombstone_id") is not None:
        text = "content taken down"
    return Label(name(ref), legible(text), href(ref))


def name(ref: Ref) -> str:
    """`Video 7`; a file goes by the start of its hash."""
    return f"{word(ref.node)} {ref.key[:_SHORT_HASH] if ref.node == 'artifact' else ref.key}"


def word(node: str) -> str:
    """The word for one row of a kind."""
    return _WORDS.get(node, node.replace("_", " ").capitalize())


def words(node: str, count: int) -> str:
    """The word for so many rows of a kind, in the middle of a sentence."""
    one = word(node).lower()
    if count == 1:
        return one
    return "analyses" if node == "trend_analysis" else f"{one}s"


def href(ref: Ref) -> str:
    """Where a row is shown."""
    return f"/jobs/{ref.key}" if ref.node == "job" else f"/records/{ref.node}/{ref.key}"


def _some(*parts: object) -> str:
    return ", ".join(str(part) for part in parts if part not in (None, ""))


def _observation(values: Mapping[str, Any]) -> str:
    views = values.get("views")
    return _some(values.get("title"), f"{compact(views)} views" if views is not None else None)


def _call(values: Mapping[str, Any]) -> str:
    cost = values.get("cost_nanousd")
    return _some(f"{values.get('provider')} {values.get('model')}", money(cost) if cost else None)


def _review(values: Mapping[str, Any]) -> str:
    found, blocking = values["finding_count"], values["blocking_count"]
    return f"{found} finding{'' if found == 1 else 's'}, {blocking} blocking"


def _film(values: Mapping[str, Any]) -> str:
    return _some(values.get("title"), f"{values['duration_seconds']:.1f} s")


_TOLD: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = {
    "artifact": lambda row: f"{_FILES.get(row['media_type'], row['media_type'])}, {size(row['size_bytes'])}",
    "clip": lambda row: f"scene {row['scene']}, {row['frames']} frames",
    "credential": lambda row: f"signed {row['subject']}",
    "decision": lambda row: f"{_VERDICTS.get(row['verdict'], row['verdict'])} by {row['actor']}",
    "edit": lambda row: f"by {row['actor']}",
    "job": lambda row: row["theme_name"],
    "media_item": lambda row: _some(f"{row['kind']} {row['title']}", row["licence"]),
    "provider_call": _call,
    "reproduction": lambda row: f"made again: {row['verdict']}",
    "review": _review,
    "script": lambda row: row["title"] or "",
    "tombstone": lambda row: row["reason"],
    "trend_analysis": lambda row: f"{row['topic_count']} topics",
    "trend_fetch": lambda row: f"{row['source_name']}, {row['observation_count']:,} rows",
    "trend_item": lambda row: f"{row['platform']} {row['external_id']}",
    "trend_observation": _observation,
    "trend_report": lambda row: f"{row['observation_count']:,} observations",
    "video": _film,
    "voiceover": _film,
}
