"""From an answer about the lineage to the graph that a page draws: boxes with words and marks, lines between them.

Belongs here: what each box says, leads to and is marked with. Not here: where it goes (`layout.py`), how much of an
answer is drawn (`console/showing/view.py`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from console.showing.view import Box, Drawing, View, drawing
from console.web.drawing.labels import label, words
from console.web.drawing.layout import LINE, NARROW, PADDING, Layout, Line, Place, Shape, lay_out, wide
from console.web.drawing.lettering import broken
from console.web.drawing.origins import Origins, marks
from reelineage.graph import Ref

_MOST_OF_A_KIND: Final = 10
_MOST_ARROWS: Final = 400
_MOST_LINES: Final = 2
_FONT: Final = 12  # pixels; `../static/lineage.css` sets the same
_FIRST_LINE: Final = 17  # from a box's upper edge to the foot of its name


@dataclass(frozen=True)
class Node:
    """A drawn box. `ref` is None for those that were left out of a kind; `marks` are words such as `demo`."""

    ref: Ref | None
    place: Place
    title: str
    name: str
    text: str
    lines: tuple[tuple[int, str], ...]
    href: str
    marks: tuple[str, ...]
    kind: str

    @property
    def tone(self) -> str:
        """How its box is coloured."""
        if self.ref is None:
            return "more"
        gone = {"taken down", "withdrawn"} & {*self.marks}
        return "bad" if gone else "demo" if self.marks and self.marks != ("AI",) else ""

    @property
    def name_y(self) -> int:
        """Where its name stands."""
        return self.place.y + _FIRST_LINE

    @property
    def text_x(self) -> int:
        """Where its texts begin."""
        return self.place.x + PADDING


@dataclass(frozen=True)
class Graph:
    """A graph to draw."""

    layout: Layout
    nodes: Mapping[str, Node]

    @property
    def lines(self) -> tuple[Line, ...]:
        """Its lines, from what was used to what was made."""
        return self.layout.lines


@dataclass(frozen=True)
class Pictures:
    """The same graph for wide and for narrow screens, its boxes by group, and how many rows are only counted in it."""

    wide: Graph
    narrow: Graph
    groups: Mapping[str, tuple[str, ...]]
    left_out: int

    def made_from(self, name: str) -> tuple[Node, ...]:
        """The boxes whose rows were used for this one's."""
        return tuple(self.wide.nodes[line.used] for line in self.wide.lines if line.made == name)

    def went_into(self, name: str) -> tuple[Node, ...]:
        """The boxes whose rows were made from this one's."""
        return tuple(self.wide.nodes[line.made] for line in self.wide.lines if line.used == name)


def pictures(view: View, origins: Origins, more: Callable[[str], str]) -> Pictures:
    """Draw an answer; `more` gives the address of a list of all its rows of one kind."""
    drawn = drawing(view, most_of_a_kind=_MOST_OF_A_KIND, most_arrows=_MOST_ARROWS)
    boxes = dict.fromkeys(box for group in drawn.groups.values() for box in group)
    told = {box.name: _told(view, origins, box, more) for box in boxes}
    left_out = sum(box.count for box in boxes if box.ref is None)
    groups = _once(drawn)
    return Pictures(
        _graph(drawn, groups, told, wide(len(groups))), _graph(drawn, groups, told, NARROW), groups, left_out
    )


@dataclass(frozen=True)
class _Told:
    name: str
    text: str
    href: str
    marks: tuple[str, ...]
    kind: str
    ref: Ref | None


def _told(view: View, origins: Origins, box: Box, more: Callable[[str], str]) -> _Told:
    if box.ref is None:
        return _Told(f"and {box.count:,} more", words(box.node, box.count), more(box.node), (), "more", None)
    said = label(box.ref, view.values(box.ref))
    kind = "start" if box.ref in view.family.starts else "row"
    return _Told(said.name, said.text, said.href, marks(view, origins, box.ref), kind, box.ref)


def _once(drawn: Drawing) -> Mapping[str, tuple[str, ...]]:
    """The boxes of each group. What was left out of a kind may belong to several stages: it stands in the last one."""
    last = {box.name: group for group, boxes in drawn.groups.items() for box in boxes}
    groups = {
        group: tuple(box.name for box in boxes if last[box.name] == group) for group, boxes in drawn.groups.items()
    }
    return {group: names for group, names in groups.items() if names}


def _graph(drawn: Drawing, groups: Mapping[str, tuple[str, ...]], told: Mapping[str, _Told], shape: Shape) -> Graph:
    width = (shape.box_width - 2 * PADDING) / _FONT
    texts = {name: broken(one.text, width=width, most_lines=_MOST_LINES) for name, one in told.items()}
    rows = {name: len(texts[name]) + bool(one.marks) for name, one in told.items()}
    layout = lay_out(
        {group: [(name, rows[name]) for name in names] for group, names in groups.items()}, drawn.arrows, shape
    )
    nodes = {}
    for name, one in told.items():
        place = layout.places[name]
        lines = tuple((place.y + _FIRST_LINE + LINE * (number + 1), text) for number, text in enumerate(texts[name]))
        title = ": ".join(part for part in (one.name, one.text, ", ".join(one.marks)) if part)
        nodes[name] = Node(one.ref, place, title, one.name, one.text, lines, one.href, one.marks, one.kind)
    return Graph(layout, nodes)
