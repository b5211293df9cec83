"""Short numbers say what the long ones say, and texts in pictures are broken where they fit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.web.drawing.lettering import broken, legible, width_of
from console.web.drawing.numbers import age, compact, exact, share, size


@pytest.mark.parametrize(
    ("value", "short", "long"),
    [
        (None, "–", "unknown"), (0, "0", "0"), (7, "7", "7"), (0.04, "0.04", "0.04"), (71.0596, "71.1", "71.0596"),
        (999.4, "999", "999.4"), (999.96, "1.0 k", "999.96"), (1000, "1.0 k", "1,000"), (3412, "3.4 k", "3,412"),
        (287_004, "287 k", "287,004"), (999_950, "1.0 M", "999,950"), (1_234_567, "1.2 M", "1,234,567"),
        (2**62, "4611686 T", "4,611,686,018,427,387,904"),
    ],
)  # fmt: skip
def test_numbers_are_short_and_exact(value: float | None, short: str, long: str) -> None:
    assert compact(value) == short
    assert exact(value) == long


@given(st.floats(0, 1e15))
def test_a_short_number_is_within_five_percent_of_the_long_one(value: float) -> None:
    digits, _, letter = compact(value).partition(" ")
    said = float(digits) * {"": 1, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}[letter]
    assert said == pytest.approx(value, rel=0.0501, abs=1e-9)


def test_ages_are_said_in_two_units_at_most() -> None:
    said = [age(hours) for hours in (0, 0.999, 6.2667, 18, 47.99, 48.2, 1000)]
    assert said == ["0 min", "1 h", "6 h 16 min", "18 h", "47 h 59 min", "2 days", "41 days 16 h"]


def test_sizes_and_shares_have_their_units() -> None:
    assert [size(one) for one in (442, 33_774, 4_151_655)] == ["442 B", "33.8 kB", "4.2 MB"]
    assert [share(one) for one in (0, 0.004, 0.29, 1)] == ["0 %", "< 1 %", "29 %", "100 %"]


@given(st.text(max_size=200), st.floats(3, 40), st.integers(1, 4))
def test_a_broken_text_has_few_lines_and_none_is_too_wide(text: str, width: float, most_lines: int) -> None:
    lines = broken(text, width=width, most_lines=most_lines)
    assert len(lines) <= most_lines
    assert all(width_of(line) <= width for line in lines)


@given(st.text(max_size=60))
def test_a_text_that_fits_is_not_cut(text: str) -> None:
    lines = broken(text, width=1000, most_lines=1)
    assert " ".join(lines) == " ".join(legible(text).split())


def test_a_text_that_does_not_fit_says_so() -> None:
    assert broken("one two three four five", width=4.5, most_lines=2) == ("one two", "three…")
    assert broken("Donaudampfschifffahrt", width=8, most_lines=1)[0].endswith("…")


def test_what_xml_forbids_is_left_out() -> None:
    assert legible("a\x00b\ufffec\uffff\x1b[31m\ud800") == "a bc [31m?"
