"""Where the boxes and lines of a graph go: a column for each group, or on narrow screens a band for each.

Belongs here: pure geometry in whole pixels. No two boxes overlap, every line ends at boxes that are there, and all of
it lies within the picture. Not here: what the boxes say (`graph.py`), the SVG (`../templates/lineage_graph.html`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

PADDING: Final = 9  # from a box's edge to its text
LINE: Final = 15  # from one line of text to the next
_HEAD: Final = 26  # the height of a box with its name alone
_GAP: Final = 9
_TITLE: Final = 30  # above the boxes of a group
_MARGIN: Final = 4  # a focus ring must not be cut off


@dataclass(frozen=True)
class Shape:
    """How a graph is laid out: `sideways` has a column for each group, else each is a band of `across` boxes a row."""

    box_width: int
    gap: int
    sideways: bool
    across: int = 1


_WIDEST: Final = 1_160  # fits beside the margins of a page without scrolling, with all seven groups
NARROW: Final = Shape(box_width=164, gap=14, sideways=False, across=2)


def wide(groups: int) -> Shape:
    """Columns for so many groups: the fewer there are, the wider the boxes and the gaps between them."""
    gap = 24 if groups > 6 else 44
    box_width = (_WIDEST - gap * (groups - 1)) // max(groups, 1)
    return Shape(box_width=max(140, min(box_width, 200)), gap=gap, sideways=True)


@dataclass(frozen=True)
class Place:
    """Where a box is; x and y are its upper left corner."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Heading:
    """The name of a group, and where its text begins."""

    group: str
    x: int
    y: int


@dataclass(frozen=True)
class Line:
    """A line from what was used to what was made from it, as the `d` of an SVG path."""

    used: str
    made: str
    path: str


@dataclass(frozen=True)
class Layout:
    """A laid out graph. Its lines go behind its boxes."""

    width: int
    height: int
    headings: tuple[Heading, ...]
    places: Mapping[str, Place]
    lines: tuple[Line, ...]


def lay_out(groups: Mapping[str, Sequence[tuple[str, int]]], arrows: Iterable[tuple[str, str]], shape: Shape) -> Layout:
    """Lay a graph out.

    Args:
        groups: for each group its boxes in order: their names, and how many lines of text go below the name.
        arrows: pairs of names, from what was used to what was made from it.
        shape: how.
    """
    headings: list[Heading] = []
    places: dict[str, Place] = {}
    x = y = lowest = _MARGIN
    for group, boxes in groups.items():
        headings.append(Heading(group, x, y + 14))
        below = _fill(places, boxes, x, y + _TITLE, shape)
        lowest = max(lowest, below)
        if shape.sideways:
            x += shape.box_width + shape.gap
        else:
            y = below + _GAP
    columns = len(groups) if shape.sideways else shape.across
    width = max(columns, 1) * (shape.box_width + shape.gap) - shape.gap + 2 * _MARGIN
    lines = tuple(Line(used, made, _path(places[used], places[made], shape)) for used, made in arrows)
    return Layout(width, lowest + _MARGIN, tuple(headings), places, lines)


def _fill(places: dict[str, Place], boxes: Sequence[tuple[str, int]], x: int, y: int, shape: Shape) -> int:
    """Place the boxes of one group; returns where the next row below them would begin."""
    for start in range(0, len(boxes), shape.across):
        row = boxes[start : start + shape.across]
        for column, (name, text_lines) in enumerate(row):
            left = x + column * (shape.box_width + shape.gap)
            places[name] = Place(left, y, shape.box_width, _HEAD + LINE * text_lines)
        y += max(places[name].height for name, _ in row) + _GAP
    return y


def _path(used: Place, made: Place, shape: Shape) -> str:
    """A curve between the sides of two boxes that face each other; within a column around its edge."""
    if shape.sideways:
        start, end = used.y + used.height // 2, made.y + made.height // 2
        if used.x == made.x:
            side = used.x + used.width
            bulge = side + shape.gap - 4
            return f"M{side} {start}C{bulge} {start} {bulge} {end} {side} {end}"
        forward = used.x < made.x
        left, right = (used.x + used.width, made.x) if forward else (used.x, made.x + made.width)
        middle = (left + right) // 2
        return f"M{left} {start}C{middle} {start} {middle} {end} {right} {end}"
    start, end = used.x + used.width // 2, made.x + made.width // 2
    down = used.y <= made.y
    top, bottom = (used.y + used.height, made.y) if down else (used.y, made.y + made.height)
    middle = (top + bottom) // 2
    return f"M{start} {top}C{start} {middle} {end} {middle} {end} {bottom}"
