"""Zones keep words where every platform shows them."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelineage.documents import Frame
from reelineage.timeline.zones import Box, zones


def test_the_upright_full_size_zones_are_the_measured_safe_areas() -> None:
    found = zones(Frame(width=1080, height=1920))

    assert found.graphics == Box(left=108, top=430, right=972, bottom=1090)
    assert found.captions == Box(left=130, top=1130, right=950, bottom=1330)
    assert (found.overlay_top.top, found.overlay_top.bottom) == (300, 400)
    assert (found.overlay_lower.top, found.overlay_lower.bottom) == (1390, 1500)


@given(width=st.integers(45, 2048), height=st.integers(45, 2048))
def test_zones_of_any_frame_stand_below_each_other_inside_it(width: int, height: int) -> None:
    frame = Frame(width=2 * width, height=2 * height)
    found = zones(frame)
    boxes = [found.overlay_top, found.graphics, found.captions, found.overlay_lower]

    assert all(0 <= box.left < box.right <= frame.width for box in boxes)
    assert all(0 <= box.top < box.bottom <= frame.height for box in boxes)
    assert all(upper.bottom <= lower.top for upper, lower in pairwise(boxes))


@pytest.mark.parametrize(("width", "height"), [(1080, 1920), (540, 960), (720, 1280)])
def test_upright_words_in_the_lower_half_leave_the_buttons_free(width: int, height: int) -> None:
    found = zones(Frame(width=width, height=height))

    assert found.captions.right <= 0.88 * width
    assert found.overlay_lower.right <= 0.88 * width
    assert found.overlay_top.top >= 0.14 * height
    assert found.overlay_lower.bottom <= 0.8 * height
