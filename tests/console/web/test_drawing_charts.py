"""Charts are drawn to scale, on round numbers."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.web.drawing.charts import line_chart, round_ticks, sparkline

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
VALUES = st.lists(st.floats(0, 1e12), min_size=2, max_size=100)


def points(values: list[float]) -> list[tuple[datetime, float]]:
    """One value an hour."""
    return [(NOON + timedelta(hours=hour), value) for hour, value in enumerate(values)]


@given(VALUES)
def test_every_value_lies_in_the_plot_and_higher_ones_stand_higher(values: list[float]) -> None:
    chart = line_chart(points(values))
    dots = [(dot.x, dot.y) for dot in chart.dots]
    assert all(chart.left <= x <= chart.right and 10 <= y <= chart.bottom for x, y in dots)
    assert dots == sorted(dots, key=lambda dot: dot[0])
    if len(values) <= 60:
        by_value = sorted(zip(values, dots, strict=True))
        assert all(one[1][1] >= other[1][1] for one, other in pairwise(by_value))


@given(st.floats(1e-6, 1e15))
def test_an_axis_has_a_few_equal_round_steps_up_to_the_highest_value(highest: float) -> None:
    ticks = round_ticks(highest)
    assert ticks[0] == 0
    assert ticks[-1] >= highest * (1 - 1e-6)
    assert ticks[-2] < highest
    assert 3 <= len(ticks) <= 6


def test_moments_are_to_scale_and_the_title_of_a_dot_is_exact() -> None:
    chart = line_chart([(NOON, 0), (NOON + timedelta(hours=1), 5), (NOON + timedelta(hours=4), 10)], width=360)
    first, second, last = (dot.x for dot in chart.dots)
    assert (second - first) / (last - first) == pytest.approx(0.25, abs=0.01)
    assert chart.dots[2].title == "2026-11-01 16:00 UTC: 10"
    assert [tick.text for tick in chart.x_ticks] == ["1 Nov 12:00", "16:00"]


def test_a_series_without_any_views_is_a_flat_line() -> None:
    chart = line_chart(points([0, 0, 0]))
    assert {dot.y for dot in chart.dots} == {chart.bottom}


@given(VALUES)
def test_a_small_course_stays_within_its_frame(values: list[float]) -> None:
    spots = [tuple(map(float, spot.split())) for spot in sparkline(points(values)).removeprefix("M").split("L")]
    assert len(spots) == len(values)
    assert all(0 <= x <= 72 and 0 <= y <= 22 for x, y in spots)


@pytest.mark.parametrize("draw", [line_chart, sparkline])
def test_one_value_is_no_course(draw: object) -> None:
    with pytest.raises(ValueError, match="two points"):
        draw(points([1]))  # type: ignore[operator]  # both are functions
