"""What is shown: an answer with all that the formats need to know about it, so that none of them asks for more.

Belongs here: the value that the formats share, how rows are grouped by stage, and how much of an answer is drawn.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from reelineage.explain import Family
from reelineage.family import Ref
from reelineage.lineage import NODES, STAGES
from reelineage.takedown.marks import Mark

FILES = "files"
WORKS = "outside works"
GROUPS = ("trend_collection", "trend_analysis", "content_generation", "composition", "review", WORKS, FILES)
_GROUPS = {node: STAGES[asset] for asset, node in NODES.items()} | {
    "trend_fetch": "trend_collection", "trend_item": "trend_collection", "trend_observation": "trend_collection",
    "edit": "content_generation", "media_item": WORKS, "artifact": FILES, "decision": "review", "credential": "review",
    "reproduction": "review",
}  # fmt: skip
_KINDS = (
    "decision", "review", "credential", "reproduction", "video", "script", "edit", "voiceover", "clip",
    "trend_analysis", "trend_report", "trend_fetch", "provider_call", "trend_observation", "trend_item",
)  # fmt: skip
_MANY = {"trend_observation": 5, "trend_item": 5}  # of these a fifth as many are drawn as of others
_GROUPS_OF_ROLES = {"trend_source": "trend_collection", "music_source": "composition"}


@dataclass(frozen=True)
class Delivered:
    """A video as people have it: what was decided, and where its file lies under the home, if it does."""

    video: Ref
    title: str
    state: str
    path: str | None


@dataclass(frozen=True)
class View:
    """An answer to show. `down` says that its graph leads to what was made from the starts."""

    family: Family
    heading: str
    down: bool = False
    marks: Mapping[Ref, Mark] = field(default_factory=dict)
    delivered: tuple[Delivered, ...] = ()

    def values(self, ref: Ref) -> Mapping[str, Any]:
        """The columns of a row that were read; none when the row is not there."""
        row = self.family.rows.get(ref)
        return row._mapping if row is not None else {}  # type: ignore[return-value]  # noqa: SLF001 — SQLAlchemy's documented accessor, a mapping of names

    def group(self, ref: Ref) -> str:
        """The stage that a row belongs to, or `outside works`, or `files`."""
        if ref.node == "provider_call":
            return _GROUPS_OF_ROLES.get(str(self.values(ref).get("role")), "content_generation")
        return _GROUPS.get(ref.node, WORKS)


@dataclass(frozen=True)
class Box:
    """One drawn node: a row, or (`ref` None) how many rows of a kind were left out."""

    name: str
    node: str
    ref: Ref | None
    count: int = 1


@dataclass(frozen=True)
class Drawing:
    """The part of an answer that is drawn: boxes by group, and arrows from what was used to what was made from it."""

    groups: Mapping[str, tuple[Box, ...]]
    arrows: tuple[tuple[str, str], ...]


def drawing(view: View, *, most_of_a_kind: int, most_arrows: int) -> Drawing:
    """The drawn part of an answer: the first rows of each kind, one box for the rest of it, until the arrows fit.

    Args:
        view: what to draw.
        most_of_a_kind: rows of one kind that get a box of their own, at most.
        most_arrows: a reader can follow a few hundred, and Mermaid refuses more than 500.
    """
    limit = most_of_a_kind
    while True:
        drawn = _drawing(view, limit)
        if len(drawn.arrows) <= most_arrows or limit == 0:
            return drawn
        limit //= 2


def _drawing(view: View, limit: int) -> Drawing:
    boxes: dict[Ref, Box] = {}
    rest: dict[str, list[Ref]] = {}
    counts: dict[str, int] = {}
    for ref in view.family.graph:
        counts[ref.node] = counts.get(ref.node, 0) + 1
        if counts[ref.node] <= limit // _MANY.get(ref.node, 1) or ref in view.family.starts[:1]:
            boxes[ref] = Box(f"n{len(boxes) + 1}", ref.node, ref)
        else:
            rest.setdefault(ref.node, []).append(ref)
    for number, (node, refs) in enumerate(rest.items(), 1):
        boxes.update(dict.fromkeys(refs, Box(f"more{number}", node, None, len(refs))))
    groups: dict[str, dict[Box, None]] = {group: {} for group in GROUPS}
    for ref, box in boxes.items():
        groups[view.group(ref)].setdefault(box)
    arrows: dict[tuple[str, str], None] = {}
    for ref, others in view.family.graph.items():
        for other in others:
            used, made = (ref, other) if view.down else (other, ref)
            if boxes[used] != boxes[made]:
                arrows.setdefault((boxes[used].name, boxes[made].name))
    return Drawing({group: tuple(sorted(found, key=_place)) for group, found in groups.items() if found}, tuple(arrows))


def _place(box: Box) -> tuple[int, bool]:
    """Records before what they used, what was left out of a kind after what is drawn of it."""
    return (_KINDS.index(box.node) if box.node in _KINDS else len(_KINDS), box.ref is None)
