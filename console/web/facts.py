"""The columns of a row as people read them: a name with its unit, a value, and where it leads.

Belongs here: from columns to words and links. Not here: reading rows (`resources/row_details.py`), the page.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

from console.showing.words import money
from console.web.drawing.labels import href
from console.web.drawing.lettering import legible
from console.web.drawing.numbers import exact, size
from reelineage.graph import Ref, edges

# shown in parts of their own, or as JSON
CONTENT: Final = (
    "document", "response", "parameters", "manifest", "theme", "stages", "changes", "skipped", "hashes", "hashtags",
)  # fmt: skip
_NAMES: Final = {
    "run_id": "run", "job_id": "job", "data_version": "content hash", "previous_sha256": "chain, the link before",
    "chain_sha256": "chain, the last link", "theme_sha256": "theme hash", "request_sha256": "request hash",
    "tombstone_id": "taken down by", "cost_nanousd": "cost", "page_url": "page", "delete_by": "delete by",
    "stand_in": "stand-in", "file_sha256": "file", "thumbnail_sha256": "thumbnail", "audio_sha256": "sound",
    "artifact_sha256": "file", "captions_srt_sha256": "subtitles, SRT", "captions_vtt_sha256": "subtitles, VTT",
    "captions_ass_sha256": "subtitles, ASS", "digital_source_type": "IPTC digital source type",
    "external_id": "external id", "observed_at_estimated": "observed at a guessed time",
}  # fmt: skip
# columns that name another row as part of a longer key, which the graph's edges do not follow by themselves
_ROWS: Final = {
    "job_id": "job", "tombstone_id": "tombstone", "report_id": "trend_report", "analysis_id": "trend_analysis",
    "script_id": "script", "voiceover_id": "voiceover", "video_id": "video", "review_id": "review",
}  # fmt: skip
_UNITS: Final = {"_seconds": " s", "_ms": " ms"}
_LONGEST: Final = 2_000


@dataclass(frozen=True)
class Fact:
    """One column: `title` is the exact value where `text` is a short form, `outside` an address of somebody else."""

    name: str
    text: str
    href: str = ""
    title: str = ""
    outside: bool = False
    code: bool = False


def facts(ref: Ref, values: Mapping[str, Any]) -> tuple[Fact, ...]:
    """Every column that holds something, in the order of the table, without the large ones."""
    return tuple(_facts(ref, values))


def outside_address(text: str | None) -> str:
    """An address of the web that a page may link to, or nothing: no other scheme, no control characters."""
    if not text or not text.isprintable() or " " in text:
        return ""
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    return text if parts.scheme in ("http", "https") and parts.netloc else ""


def run_address(run_id: str) -> str:
    """A run in Dagster's own pages."""
    return f"/dagster/runs/{quote(run_id, safe='')}"


def names_of(ref: Ref, values: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Under which names a row can be asked about together with others: the words for a link, and its address."""
    found = {
        "provider_call": (
            ("Everything made with this model", f"model:{values.get('provider')}/{values.get('model')}", True),
            (
                "Everything made with this prompt",
                f"prompt:{values.get('prompt_version')}",
                values.get("prompt_version"),
            ),
        ),
        "media_item": (
            ("Everything that uses this work", f"media:{values.get('provider')}/{values.get('external_id')}", True),
        ),
        "trend_fetch": (("Everything from this source", f"source:{values.get('source_name')}", True),),
        "trend_item": (("Everything from this platform", f"source:{values.get('platform')}", True),),
    }
    return tuple(
        (words, f"/lineage?{urlencode({'ref': text, 'direction': 'down'})}")
        for words, text, there in found.get(ref.node, ())
        if there
    )


def _facts(ref: Ref, values: Mapping[str, Any]) -> Iterator[Fact]:
    parents = _parents(ref.node)
    for column, value in values.items():
        if column == "cost_nanousd" and value is None and values.get("status") != "intent":
            yield Fact("cost", "unknown", title="the provider told no price")
        if value is None or value == "" or column in CONTENT:
            continue
        name = _NAMES.get(column, _worded(column))
        if column in parents:
            other = Ref(parents[column], str(value))
            yield Fact(name, str(value) if other.node == "artifact" else str(other), href(other), code=True)
        elif column == "run_id":
            yield Fact(name, str(value), run_address(str(value)), code=True)
        elif column == "url" or column.endswith("_url"):
            address = outside_address(str(value))
            yield Fact(name, legible(str(value), most=_LONGEST), address, outside=bool(address))
        else:
            yield _plain(name, column, value)


def _parents(node: str) -> Mapping[str, str]:
    """The columns of a row that name another row, with its kind."""
    own = {edge.parent.name: edge.parent_node for edge in edges() if edge.own and edge.child_node == node}
    return _ROWS | own


def _plain(name: str, column: str, value: object) -> Fact:
    if isinstance(value, datetime):
        moment = value.astimezone(UTC)
        return Fact(name, f"{moment:%Y-%m-%d %H:%M} UTC", title=moment.isoformat())
    if isinstance(value, int | float):
        return _number(name, column, value)
    text = legible(str(value), most=_LONGEST)
    return Fact(name, text, code=column.endswith(("sha256", "data_version")))


def _number(name: str, column: str, value: float) -> Fact:
    if isinstance(value, bool):
        return Fact(name, "yes" if value else "no")
    if column == "cost_nanousd" and isinstance(value, int):
        return Fact(name, money(value), title=f"{value:,} nano-dollars")
    if column.endswith("_bytes") and isinstance(value, int):
        return Fact(name, size(value), title=f"{value:,} bytes")
    unit = next((unit for ending, unit in _UNITS.items() if column.endswith(ending)), "")
    return Fact(name, f"{exact(value)}{unit}" if column not in ("id", "seed") else str(value))


def _worded(column: str) -> str:
    column = column.removesuffix("_id")
    for ending in ("_seconds", "_bytes", "_ms", "_sha256"):
        column = column.removesuffix(ending)
    return column.replace("_", " ")
