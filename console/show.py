"""How rows and family trees are printed.

Belongs here: one line per row, the tree, the JSON. Not here: walking the graph (`reelineage/family.py`).
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Row

from reelineage.explain import Family
from reelineage.family import Ref

# how many rows of a kind are shown under one row; an analysis uses what its report has just shown
_FOLDED = {"trend_observation": 3, "provider_call": 3}
_FOLDED_UNDER = {("trend_analysis", "trend_observation"): 0, ("script", "trend_observation"): 5}
# what a row tells first: its own story, then the files and outside works
_ORDER = (
    "review", "video", "voiceover", "script", "trend_analysis", "trend_report", "trend_observation", "trend_fetch",
    "clip", "provider_call", "media_item", "artifact",
)  # fmt: skip
_SHORT = ("artifact", "media_item", "trend_observation")  # told again in full rather than pointed to
_SHOWN = {
    "trend_fetch": ("source_kind", "source_name", "observation_count", "skipped_count", "stand_in"),
    "trend_item": ("platform", "external_id"),
    "trend_observation": ("title", "views", "likes", "comments", "observed_at"),
    "trend_report": ("version", "observation_count", "window_end"),
    "trend_analysis": ("version", "topic_count"),
    "script": ("version", "title", "scene_count"),
    "voiceover": ("version", "duration_seconds"),
    "clip": ("scene", "version", "frames"),
    "video": ("version", "title", "duration_seconds", "width", "height", "file_sha256"),
    "review": ("version", "finding_count", "blocking_count"),
    "decision": ("verdict", "actor", "reason", "decided_at"),
    "artifact": ("media_type", "size_bytes"),
    "media_item": ("kind", "title", "licence"),
    "provider_call": ("role", "provider", "model", "prompt_version", "seed", "status", "stand_in", "cost_nanousd"),
    "job": ("theme_name", "state"),
}


def describe(ref: Ref, row: Row[Any] | None) -> str:
    """One line about a row: its reference and what people look for."""
    if row is None:
        return str(ref)
    values = row._mapping  # noqa: SLF001 — SQLAlchemy's documented accessor
    name = f"artifact:{ref.key[:12]}…" if ref.node == "artifact" else str(ref)
    parts = [
        f"{column.removesuffix('_sha256')} {_value(values[column])}"
        for column in _SHOWN.get(ref.node, ())
        if values[column] not in (None, "")
    ]
    return f"{name}  {', '.join(parts)}" if parts else name


def _value(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M} UTC"
    if isinstance(value, float):
        return f"{value:.2f}"
    if isinstance(value, str):
        return f"{value[:12]}…" if len(value) == 64 and value.isalnum() else repr(value[:80])
    return f"{value:,}" if isinstance(value, int) else str(value)


def tree(family: Family) -> str:
    """The family tree as text, each row with its parents below it. A row met before is named, not repeated."""
    graph, rows = family.graph, family.rows
    lines: list[str] = []
    seen: set[Ref] = set()

    def _is_known(ref: Ref) -> bool:
        return ref.node == "trend_fetch" and ref in seen

    def add(ref: Ref, lead: str, branch: str, below: str) -> None:
        if ref in seen and ref.node not in _SHORT:
            lines.append(f"{lead}{branch}{ref}  (above)")
            return
        lines.append(f"{lead}{branch}{describe(ref, rows.get(ref))}")
        if ref in seen:
            return
        seen.add(ref)
        told = [parent for parent in graph.get(ref, ()) if not (_is_said(ref, parent) or _is_known(parent))]
        parents, hidden = _fold(ref, told)
        for number, parent in enumerate(parents, 1):
            last = number == len(parents) and not hidden
            add(parent, lead + below, "└─ " if last else "├─ ", "   " if last else "│  ")
        for place, (node, count) in enumerate(hidden.items(), 1):
            more = " more" if any(parent.node == node for parent in parents) else ""
            lines.append(f"{lead}{below}{'└─ ' if place == len(hidden) else '├─ '}… and {count:,}{more} {node} rows")

    for start in family.starts:
        add(start, "", "", "")
    return "\n".join(lines)


def _is_said(ref: Ref, parent: Ref) -> bool:
    """Whether the line of `ref`, or one near it, names this parent already: a call's file, an observation's item."""
    return (ref.node, parent.node) in (("provider_call", "artifact"), ("trend_observation", "trend_item"))


def _fold(ref: Ref, parents: list[Ref]) -> tuple[list[Ref], dict[str, int]]:
    """The parents in the order they are told, the first few of each folded kind, and how many are left out."""
    limits = {node: _FOLDED_UNDER.get((ref.node, node), most) for node, most in _FOLDED.items()}
    told = sorted(parents, key=lambda ref: _ORDER.index(ref.node) if ref.node in _ORDER else len(_ORDER))
    kept: list[Ref] = []
    counts: dict[str, int] = {}
    for parent in told:
        counts[parent.node] = counts.get(parent.node, 0) + 1
        if counts[parent.node] <= limits.get(parent.node, len(told)):
            kept.append(parent)
    return kept, {node: counts.get(node, 0) - most for node, most in limits.items() if counts.get(node, 0) > most}


def as_json(family: Family) -> dict[str, object]:
    """All of the graph: every row with its columns but its document, every edge from a row to what it was made from."""
    graph, rows = family.graph, family.rows
    return {
        "starts": [str(start) for start in family.starts],
        "nodes": [
            {"ref": str(ref)}
            | {
                column: value.isoformat() if isinstance(value, datetime) else value
                for column, value in (rows[ref]._mapping.items() if ref in rows else ())  # noqa: SLF001 — as above
                if column not in ("document", "response")
            }
            for ref in graph
        ],
        "edges": [{"from": str(ref), "made_from": str(parent)} for ref, parents in graph.items() for parent in parents],
    }
