"""Numbers, plurals, articles and ages must be right English and true to the value."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelineage.scripting.wording import (
    about,
    age,
    article,
    compact,
    counted,
    day_said,
    day_shown,
    ended,
    leaning,
    listed,
    named,
    plural,
    said,
    span,
    words_for,
)

_WORDS = {words_for(number): number for number in range(11)}
_UNITS = {"million": 10**6, "billion": 10**9, "K": 10**3, "M": 10**6, "B": 10**9, "": 1}


def _value(text: str) -> float:
    """The number that a reader understands."""
    if text in _WORDS:
        return _WORDS[text]
    match = re.fullmatch(r"([\d,.]+) ?(million|billion|K|M|B|)", text)
    assert match, text
    return float(match[1].replace(",", "")) * _UNITS[match[2]]


@given(st.floats(min_value=1, max_value=10**11))
def test_a_said_number_is_near_the_value(value: float) -> None:
    assert abs(_value(said(value)) - value) <= max(0.5, 0.051 * value)


@given(st.floats(min_value=1, max_value=10**11))
def test_more_than_and_almost_are_true(value: float) -> None:
    text = leaning(value)
    if text.startswith("more than "):
        assert _value(text.removeprefix("more than ")) < value
    elif text.startswith("almost "):
        assert _value(text.removeprefix("almost ")) > value
    else:
        assert _value(text) == value


@given(st.integers(min_value=1, max_value=10**11))
def test_only_a_rounded_number_is_said_with_about(value: int) -> None:
    text = about(value)
    assert text.startswith("about ") == (_value(text.removeprefix("about ")) != value)


@given(st.floats(min_value=0.6, max_value=9.9e11))
def test_a_compact_number_is_short_and_near_the_value(value: float) -> None:
    text = compact(value)
    assert len(text) <= 5
    assert abs(_value(text) - value) <= max(0.5, 0.051 * value)


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.2, "<1"), (945, "945"), (999.7, "1K"), (7524, "7.5K"), (10414, "10.4K"), (748374, "748K"), (999_950, "1M")],
)
def test_compact_numbers_look_as_on_a_chart(value: float, shown: str) -> None:
    assert compact(value) == shown


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("apple", "an"), ("notebook", "a"), ("hour", "an"), ("honest look", "an"), ("house", "a"), ("unicorn", "a"),
        ("unusual case", "an"), ("one-off", "a"), ("user", "a"), ("umbrella", "an"), ("8-minute video", "an"),
        ("18 ", "an"), ("12 ", "a"), ("FBI file", "an"), ("NASA launch", "a"), ("LED lamp", "an"), ("“odd” one", "an"),
        ("European trip", "a"), ("heirloom", "an"),
    ],
)  # fmt: skip
def test_the_article_follows_the_sound(phrase: str, expected: str) -> None:
    assert article(phrase) == expected


@pytest.mark.parametrize(
    ("thing", "expected"),
    [
        ("notebook", "a notebook"), ("umbrella", "an umbrella"), ("the Tuesday box", "the Tuesday box"),
        ("our app", "our app"), ("Foldaway", "Foldaway"), ("refill pads", "refill pads"), ("glass", "a glass"),
        ("bus", "a bus"),
    ],
)  # fmt: skip
def test_a_thing_gets_an_article_only_when_it_needs_one(thing: str, expected: str) -> None:
    assert named(thing) == expected


def test_only_one_is_singular() -> None:
    assert [plural(count, "view") for count in (0, 1, 1.5, 2)] == ["views", "view", "views", "views"]
    assert counted(1, "view") == "one view"
    assert counted(12, "view") == "12 views"


@pytest.mark.parametrize(
    ("hours", "expected"),
    [(0.5, "30 minutes"), (1.0, "one hour"), (17.4, "17 hours"), (96, "four days"), (24 * 90, "three months"),
     (24 * 365 * 6, "six years")],
)  # fmt: skip
def test_an_age_is_said_in_the_unit_people_use(hours: float, expected: str) -> None:
    assert age(hours) == expected


def test_lengths_lists_days_and_sentence_ends() -> None:
    assert [span(seconds) for seconds in (1, 45, 180, 7200)] == [
        "one second",
        "45 seconds",
        "three minutes",
        "two hours",
    ]
    assert [listed(list("abc")[:count]) for count in (1, 2, 3)] == ["a", "a and b", "a, b, and c"]
    moment = datetime(2017, 11, 4, tzinfo=UTC)
    assert (day_shown(moment), day_said(moment)) == ("4 Nov 2017", "November 4, 2017")
    assert [ended(text) for text in ("Yes", "Yes?", "“Yes!”", "“Yes”")] == ["Yes.", "Yes?", "“Yes!”", "“Yes”."]
