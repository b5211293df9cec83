"""The family tree as text, each row with its parents (or, for an impact, its children) below it.

Belongs here: the tree and what it folds. Not here: the words of a line (`words.py`).
"""

from collections.abc import Iterator

from console.showing.view import View
from console.showing.words import describe, name
from reelineage.family import Ref

# how many rows of a kind are shown under one row; an analysis uses what its report has just shown
_FOLDED = {"trend_observation": 3, "trend_item": 3, "provider_call": 3}
_FOLDED_UNDER = {("trend_analysis", "trend_observation"): 0, ("script", "trend_observation"): 5}
_MOST_BELOW = 12  # of a kind under one row, downstream: a clip may be in a thousand videos
_MOST_LINES = 400
_DEEPEST = 100  # a script that was edited again and again; each edit hangs under the script that it caused
# what a row tells first: its own story, then the files and outside works
_ORDER = (
    "decision", "review", "video", "voiceover", "script", "edit", "trend_analysis", "trend_report", "trend_observation",
    "trend_item", "trend_fetch", "clip", "provider_call", "media_item", "credential", "reproduction", "artifact",
)  # fmt: skip
_SHORT = ("artifact", "media_item", "trend_observation")  # told again in full rather than pointed to


def tree(view: View) -> str:
    """The tree; a row met before is named, not repeated. Downstream it ends after some hundred lines, and says so."""
    return "\n".join(_Tree(view).lines())


class _Tree:
    """One printing; remembers which rows were told."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._graph = view.family.graph
        self._seen: set[Ref] = set()

    def lines(self) -> Iterator[str]:
        """Line by line."""
        starts, hidden = [*self._view.family.starts], dict[str, int]()
        if self._view.down:
            starts, hidden = self._fold(None, starts)
        told = 0
        for start in starts:
            for line in self._told(start, "", "", ""):
                told += 1
                if self._view.down and told > _MOST_LINES:
                    left = len(self._graph) - len(self._seen)
                    yield f"… and {left:,} more rows: --format json has them all"
                    return
                yield line
        for node, count in hidden.items():
            yield f"… and {count:,} more {node} rows"

    def _told(self, ref: Ref, lead: str, branch: str, below: str) -> Iterator[str]:
        if ref in self._seen and (ref.node not in _SHORT or self._view.down):
            yield f"{lead}{branch}{name(ref)}  (above)"
            return
        yield f"{lead}{branch}{describe(self._view, ref)}"
        if ref in self._seen:
            return
        self._seen.add(ref)
        if len(lead) > 3 * _DEEPEST:
            yield f"{lead}{below}└─ … and further: --format json has it all"
            return
        near = [other for other in self._graph.get(ref, ()) if not self._is_said(ref, other)]
        others, hidden = self._fold(ref, near)
        for number, other in enumerate(others, 1):
            last = number == len(others) and not hidden
            yield from self._told(other, lead + below, "└─ " if last else "├─ ", "   " if last else "│  ")
        for place, (node, count) in enumerate(hidden.items(), 1):
            more = " more" if any(other.node == node for other in others) else ""
            yield f"{lead}{below}{'└─ ' if place == len(hidden) else '├─ '}… and {count:,}{more} {node} rows"

    def _is_said(self, ref: Ref, other: Ref) -> bool:
        """Whether the line of `ref`, or one near it, names this parent already: a call's file, an item."""
        if self._view.down:
            return False
        known = other.node == "trend_fetch" and other in self._seen
        return known or (ref.node, other.node) in (("provider_call", "artifact"), ("trend_observation", "trend_item"))

    def _fold(self, ref: Ref | None, others: list[Ref]) -> tuple[list[Ref], dict[str, int]]:
        """The neighbours in the order they are told, the first few of each folded kind, and how many are left out."""
        told = sorted(others, key=self._place)
        kept: list[Ref] = []
        counts: dict[str, int] = {}
        for other in told:
            counts[other.node] = counts.get(other.node, 0) + 1
            if counts[other.node] <= self._limit(ref, other.node, len(told)):
                kept.append(other)
        over = {node: count - self._limit(ref, node, len(told)) for node, count in counts.items()}
        return kept, {node: count for node, count in over.items() if count > 0}

    def _place(self, ref: Ref) -> int:
        """The row's own story first; downstream in the order of the work, so that rows hang under what comes before."""
        place = _ORDER.index(ref.node) if ref.node in _ORDER else len(_ORDER)
        return -place if self._view.down else place

    def _limit(self, ref: Ref | None, node: str, everything: int) -> int:
        if self._view.down:
            return _FOLDED.get(node, _MOST_BELOW)
        most = _FOLDED.get(node, everything)
        return _FOLDED_UNDER.get((ref.node, node), most) if ref is not None else most
