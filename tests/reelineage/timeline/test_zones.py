"""Zones keep words where every platform shows them."""

from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelineage.documents import Frame
from reelineage.look import ProfileName
from reelineage.timeline.zones import Box, CaptionPosition, text_places, zones


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


PROFILES = get_args(ProfileName)
# What each platform covers of an upright picture, from the bottom; words stay above.
COVERED = {"standard": 0.20, "draft": 0.20, "strict": 0.20, "youtube": 0.25, "tiktok": 0.20, "reels": 0.35}


@pytest.mark.parametrize("profile", PROFILES)
def test_each_platforms_own_area_stays_free_of_words(profile: ProfileName) -> None:
    frame = Frame(width=1080, height=1920)
    for position in get_args(CaptionPosition):
        found = text_places(frame, profile, position)
        for box in (found.captions, found.captions_room, found.overlay_top, found.overlay_lower, found.overlay_middle):
            assert box.top >= 0.14 * 1920
            assert box.bottom <= (1 - COVERED[profile]) * 1920
            assert box.left >= 0.06 * 1080
            assert box.right <= (0.88 if box.bottom > 1090 else 0.94) * 1080


@given(
    width=st.integers(45, 2048),
    height=st.integers(45, 2048),
    profile=st.sampled_from(PROFILES),
    position=st.sampled_from(get_args(CaptionPosition)),
)
def test_texts_have_places_of_their_own_in_every_frame(
    width: int, height: int, profile: ProfileName, position: CaptionPosition
) -> None:
    frame = Frame(width=2 * width, height=2 * height)
    found = text_places(frame, profile, position)
    apart = sorted(
        [found.captions_room, found.overlay_top, found.overlay_middle, found.overlay_lower], key=lambda box: box.top
    )
    assert all(box.left < box.right and box.top < box.bottom for box in apart)
    assert all(upper.bottom <= lower.top for upper, lower in pairwise(apart))
    room, captions = found.captions_room, found.captions
    assert room.top <= captions.top < captions.bottom <= room.bottom
    graphics = zones(frame, profile).graphics
    if position == "lower":
        assert room.top >= graphics.bottom
    if position == "top":
        assert room.bottom <= graphics.top


@pytest.mark.parametrize("profile", PROFILES)
def test_graphics_are_where_they_are_for_every_platform(profile: ProfileName) -> None:
    frame = Frame(width=1080, height=1920)
    found = zones(frame, profile)
    assert found.graphics == zones(frame).graphics
    boxes = sorted([found.overlay_top, found.graphics, found.captions, found.overlay_lower], key=lambda box: box.top)
    assert all(upper.bottom <= lower.top for upper, lower in pairwise(boxes))
