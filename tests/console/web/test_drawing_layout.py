"""The layout of a graph keeps its promises whatever it is given: nothing overlaps, every line ends at its boxes."""

import re
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from console.web.drawing.layout import LINE, NARROW, Layout, Place, Shape, lay_out, wide

Groups = dict[str, list[tuple[str, int]]]
Given = tuple[Groups, list[tuple[str, str]], Shape]


@st.composite
def graphs(draw: st.DrawFn) -> Given:
    """Up to seven groups of up to 12 boxes with 0 to 4 lines of text, and arrows between any of them."""
    sizes = draw(st.lists(st.lists(st.integers(0, 4), max_size=12), max_size=7))
    groups = {
        f"group {number}": [(f"n{number}-{place}", lines) for place, lines in enumerate(boxes)]
        for number, boxes in enumerate(sizes)
    }
    names = [name for boxes in groups.values() for name, _ in boxes]
    ends = st.sampled_from(names) if names else st.nothing()
    arrows = draw(st.lists(st.tuples(ends, ends), max_size=30)) if names else []
    return groups, arrows, draw(st.sampled_from([NARROW, wide(len(groups))]))


@given(graphs())
def test_no_two_boxes_overlap_and_all_lie_within_the_picture(made: Given) -> None:
    groups, arrows, shape = made
    layout = lay_out(groups, arrows, shape)
    assert set(layout.places) == {name for boxes in groups.values() for name, _ in boxes}
    for one, other in combinations(layout.places.values(), 2):
        apart_x = one.x + one.width <= other.x or other.x + other.width <= one.x
        apart_y = one.y + one.height <= other.y or other.y + other.height <= one.y
        assert apart_x or apart_y
    for place in layout.places.values():
        assert 0 <= place.x <= place.x + place.width <= layout.width
        assert 0 <= place.y <= place.y + place.height <= layout.height


@given(graphs())
def test_every_line_begins_and_ends_at_the_side_of_its_boxes(made: Given) -> None:
    layout = lay_out(*made)
    assert len(layout.lines) == len(made[1])
    for line in layout.lines:
        first, last = _ends(line.path)
        assert _on_edge(layout.places[line.used], *first)
        assert _on_edge(layout.places[line.made], *last)


@given(graphs())
def test_a_line_stays_within_the_picture(made: Given) -> None:
    layout = lay_out(*made)
    for line in layout.lines:
        for x, y in _points(line.path):  # a curve lies within the hull of its four points
            assert 0 <= x <= layout.width + made[2].gap
            assert 0 <= y <= layout.height


def test_a_box_is_as_high_as_its_text_and_boxes_of_a_group_stand_in_order() -> None:
    layout = lay_out({"a": [("first", 0), ("second", 3)]}, [], wide(1))
    first, second = layout.places["first"], layout.places["second"]
    assert second.height - first.height == 3 * LINE
    assert (first.x, first.y) < (second.x, second.y)


def test_all_seven_groups_fit_on_a_page_and_two_boxes_on_a_phone() -> None:
    groups: Groups = {str(number): [(str(number), 1)] for number in range(7)}
    assert lay_out(groups, [], wide(7)).width <= 1184  # the width of a page's content on a wide screen
    assert lay_out(groups, [], NARROW).width <= 358  # what 390 pixels leave beside the margins


def test_groups_stand_beside_each_other_or_below() -> None:
    groups: Groups = {"a": [("one", 1)], "b": [("two", 1)]}
    beside, below = lay_out(groups, [], wide(2)), lay_out(groups, [], NARROW)
    assert _first(beside, "one").y == _first(beside, "two").y
    assert _first(beside, "one").x < _first(beside, "two").x
    assert _first(below, "one").x == _first(below, "two").x
    assert _first(below, "one").y < _first(below, "two").y
    assert [heading.group for heading in below.headings] == ["a", "b"]


def test_a_line_leaves_and_arrives_at_the_sides_that_face_each_other() -> None:
    layout = lay_out({"a": [("left", 1)], "b": [("right", 1)]}, [("left", "right"), ("right", "left")], wide(2))
    left, right = layout.places["left"], layout.places["right"]
    there, back = (_ends(line.path) for line in layout.lines)
    assert (there[0][0], there[1][0]) == (left.x + left.width, right.x)
    assert (back[0][0], back[1][0]) == (right.x, left.x + left.width)


def _first(layout: Layout, name: str) -> Place:
    return layout.places[name]


def _points(path: str) -> list[tuple[int, int]]:
    numbers = [int(one) for one in re.findall(r"-?\d+", path)]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def _ends(path: str) -> tuple[tuple[int, int], tuple[int, int]]:
    points = _points(path)
    return points[0], points[-1]


def _on_edge(place: Place, x: int, y: int) -> bool:
    inside = place.x <= x <= place.x + place.width and place.y <= y <= place.y + place.height
    return inside and (x in (place.x, place.x + place.width) or y in (place.y, place.y + place.height))
