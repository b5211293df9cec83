"""What changed is drawn again in as few areas as waste little."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelineage.timeline.zones import Box
from resources.footage.motion.graphics import merged

SIDES = st.tuples(st.integers(0, 30), st.integers(0, 30))
BOXES = st.builds(lambda across, down: Box(min(across), min(down), max(across), max(down)), across=SIDES, down=SIDES)


@given(st.lists(BOXES, max_size=12))
def test_no_pixel_is_lost_and_little_is_added(boxes: list[Box]) -> None:
    asked, given_back = np.zeros((30, 30), bool), np.zeros((30, 30), int)
    for box in boxes:
        asked[box.top : box.bottom, box.left : box.right] = True
    found = merged(boxes)
    for box in found:
        given_back[box.top : box.bottom, box.left : box.right] += 1

    assert (given_back > 0)[asked].all()
    assert len(found) <= len(boxes)
    assert all(box.width > 0 and box.height > 0 for box in found)


@pytest.mark.parametrize(
    ("boxes", "count"),
    [
        ([Box(0, 0, 10, 10), Box(10, 0, 20, 10)], 1),  # side by side
        ([Box(0, 0, 10, 10), Box(2, 2, 8, 8)], 1),  # one inside the other
        ([Box(0, 0, 10, 10), Box(90, 90, 100, 100)], 2),  # far apart
        ([Box(0, 0, 100, 4), Box(0, 0, 4, 100)], 2),  # an L: together mostly what did not change
        ([Box(5, 5, 5, 9)], 0),  # nothing
    ],
)
def test_areas_become_one_only_where_that_is_cheaper(boxes: list[Box], count: int) -> None:
    assert len(merged(boxes)) == count
