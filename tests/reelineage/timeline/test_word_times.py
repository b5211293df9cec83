"""Word times stay in order, apart and inside."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelineage.timeline.word_times import MIN_WORD_SECONDS, kept_apart


def test_times_that_already_fit_stay_as_they_are() -> None:
    times = ((0.1, 0.3), (0.3, 0.5), (0.8, 1.0))
    assert kept_apart(times, 0.0, 1.2) == times


def test_a_word_that_is_too_short_gets_forty_milliseconds() -> None:
    (first, second) = kept_apart([(0.2, 0.2), (0.2, 0.5)], 0.0, 1.0)
    assert first == pytest.approx((0.2, 0.24))
    assert second == pytest.approx((0.24, 0.5))


moments = st.floats(min_value=-2, max_value=12)


@given(st.lists(st.tuples(moments, moments), max_size=40), st.floats(min_value=0.05, max_value=10))
def test_any_times_come_out_in_order_apart_and_inside(times: list[tuple[float, float]], length: float) -> None:
    kept = kept_apart(times, 1.0, 1.0 + length)
    least = min(MIN_WORD_SECONDS, length / max(len(times), 1))
    cursor = 1.0
    for start, end in kept:
        assert start >= cursor - 1e-9
        assert end - start >= least - 1e-9
        cursor = end
    assert cursor <= 1.0 + length + 1e-9
    assert len(kept) == len(times)
