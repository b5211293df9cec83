"""Numbers in pictures: axes, short forms, counting up, curves, easing."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.footage.motion import easing
from resources.footage.motion.elements import counted
from resources.footage.motion.scale import compact, nice_ticks, smooth

AMOUNTS = st.floats(-1e15, 1e15)


@given(first=AMOUNTS, second=AMOUNTS)
def test_ticks_enclose_the_values_evenly_and_are_few(first: float, second: float) -> None:
    low, high = sorted((first, second))
    ticks = nice_ticks(low, high)

    slack = 1e-6 * (ticks[-1] - ticks[0])
    assert 2 <= len(ticks) <= 6
    assert ticks[0] <= low + slack
    assert ticks[-1] >= high - slack
    assert all(a < b for a, b in pairwise(ticks))


@pytest.mark.parametrize(("low", "high"), [(5e-324, 5e-324), (-5e-324, 5e-324), (0.0, 0.0), (-1e15, 1e15)])
def test_values_that_hardly_differ_or_differ_hugely_still_make_an_axis(low: float, high: float) -> None:
    ticks = nice_ticks(low, high)

    assert 2 <= len(ticks) <= 6
    assert ticks[0] <= low + 1e-9
    assert high - 1e-9 <= ticks[-1]


def test_an_axis_starts_at_zero_unless_the_values_are_far_from_it() -> None:
    assert nice_ticks(120_000, 1_700_000) == [0, 1_000_000, 2_000_000]
    assert nice_ticks(96, 99)[0] == 96


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (950, "950"),
        (999.7, "1K"),
        (1234, "1.23K"),
        (10_400, "10.4K"),
        (748_374, "748K"),
        (3.2e6, "3.2M"),
        (-2500, "-2.5K"),
    ],
)
def test_numbers_are_shortened(value: float, text: str) -> None:
    assert compact(value) == text


@given(st.lists(st.floats(0, 1000), min_size=2, max_size=12))
def test_a_curve_never_leaves_the_range_of_its_neighbours(values: list[float]) -> None:
    points = [(float(index), value) for index, value in enumerate(values)]

    for (start, end), (first, second, last) in zip(pairwise(points), smooth(points), strict=True):
        low, high = sorted((start[1], end[1]))
        assert last == end
        assert low - 1e-6 <= first[1] <= high + 1e-6
        assert low - 1e-6 <= second[1] <= high + 1e-6


def test_one_point_makes_no_curve() -> None:
    assert smooth([(0.0, 1.0)]) == []


@pytest.mark.parametrize(
    ("display", "half"),
    [
        ("10.4K/h", "5.2K/h"),
        ("1,234", "617"),
        ("748K", "374K"),
        ("$4.50", "$2.25"),
        ("12%", "6%"),
        ("new", "new"),
        ("", ""),
    ],
)
def test_a_number_counts_up_in_its_own_format(display: str, half: str) -> None:
    assert counted(display, 0.5) == half
    assert counted(display, 1.0) == display


@given(st.text(max_size=30))
def test_counting_ends_on_exactly_what_is_to_be_shown(display: str) -> None:
    assert counted(display, 1.0) == display


@pytest.mark.parametrize(
    "curve", [easing.out_cubic, easing.out_expo, easing.out_back, easing.in_cubic, easing.in_out_sine]
)
def test_movements_start_at_their_start_and_arrive(curve: object) -> None:
    assert callable(curve)
    assert curve(0.0) == pytest.approx(0.0, abs=1e-3)
    assert curve(1.0) == pytest.approx(1.0)


def test_progress_stays_between_nothing_and_all() -> None:
    assert [easing.progress(time, 1.0, 2.0) for time in (0.0, 1.0, 2.0, 9.0)] == [0.0, 0.0, 0.5, 1.0]
    assert easing.progress(1.0, 1.0, 0.0) == 1.0
    assert not math.isnan(easing.progress(0.0, 1.0, 0.0))
