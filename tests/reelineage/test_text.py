"""Text from outside becomes text that every database, subtitle and log can hold."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reelineage.text import clean_text

ANYTHING = st.text(st.characters(), max_size=80) | st.text(st.sampled_from("\0\n\r\t\x85\u2028\ud800 aé\u200d\u202e😀"))


@given(ANYTHING, st.integers(0, 40))
@example("\ud800", 10)
@example("e\u0301" * 50, 10)
def test_clean_text_can_always_be_stored_and_stays_within_its_length(text: str, limit: int) -> None:
    cleaned = clean_text(text, max_characters=limit)
    cleaned.encode("utf-8")
    assert len(cleaned) <= limit
    assert not {unicodedata.category(character) for character in cleaned} & {"Cc", "Cs", "Zl", "Zp"}
    assert cleaned == cleaned.strip()
    assert "  " not in cleaned


@given(ANYTHING)
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    once = clean_text(text, max_characters=30)
    assert clean_text(once, max_characters=30) == once
    lines = clean_text(text, max_characters=30, keep_lines=True)
    assert clean_text(lines, max_characters=30, keep_lines=True) == lines


@pytest.mark.parametrize(
    "text",
    ["How to mend a tap", "👩‍👩‍👧 family", "مرحبا بالعالم", "日本語の題名", "it's 50% {off} \\an8 <speak>", "ﬁ"],
)
def test_what_people_write_stays_as_it_is(text: str) -> None:
    assert clean_text(text, max_characters=100) == text


def test_equal_looking_texts_become_equal() -> None:
    assert clean_text("cafe\u0301", max_characters=10) == "café"


def test_lines_are_kept_where_they_are_asked_for() -> None:
    assert clean_text("a \n\n  b\r\nc\0d", max_characters=100, keep_lines=True) == "a\nb\nc d"
    assert clean_text("a \n b", max_characters=100) == "a b"


def test_a_hundred_thousand_characters_cost_no_more_than_their_limit() -> None:
    assert len(clean_text("x" * 10_000_000, max_characters=300)) == 300
