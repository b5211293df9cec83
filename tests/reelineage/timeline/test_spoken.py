"""Readings of caption words, and the estimate of how long they take."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reelineage.timeline.spoken import estimate_seconds, spoken_text, spoken_words
from reelineage.timeline.spoken_numbers import cardinal

SAFE = re.compile(r"(?:[A-Za-zÀ-ÿ'\-]|(?<=[A-Za-z])\.(?=[A-Za-z])| (?! ))*[,.!?]?")


def said(text: str) -> list[str]:
    return [word.spoken for word in spoken_words(text)]


@pytest.mark.parametrize(
    ("word", "reading"),
    [
        ("748,374", "seven hundred forty-eight thousand three hundred seventy-four"),
        ("10.4K", "ten point four thousand"),
        ("1.2M", "one point two million"),
        ("3x", "three times"),
        ("3×", "three times"),
        ("$1.2M", "one point two million dollars"),
        ("$1", "one dollar"),
        ("$4.99", "four dollars and ninety-nine cents"),
        ("€5", "five euros"),
        ("25%", "twenty-five percent"),
        ("-5%", "minus five percent"),
        ("2.05", "two point zero five"),
        ("1st", "first"),
        ("2nd", "second"),
        ("4K", "four K"),
        ("24/7", "twenty-four seven"),
        ("9:16", "nine by sixteen"),
        ("7:05", "seven oh five"),
        ("5pm", "five P.M"),
        ("9/10", "nine out of ten"),
        ("3½", "three and a half"),
        ("#1", "number one"),
        ("1990s", "nineteen nineties"),
        ("'90s", "nineties"),
        ("30s", "thirty seconds"),
        ("10-20", "ten to twenty"),
        ("3-minute", "three minute"),
        ("COVID-19", "covid nineteen"),
        ("1080p", "ten eighty P"),
        ("007", "zero zero seven"),
        ("٤٢", "forty-two"),
        ("1,5", "one five"),
    ],
)
def test_a_number_is_said_as_people_say_it(word: str, reading: str) -> None:
    assert said(word) == [reading]


@pytest.mark.parametrize(
    ("word", "reading"),
    [
        ("&", "and"),
        ("@name", "at name"),
        ("#DIY", "hashtag D.I.Y"),
        ("https://youtu.be/dQw4?x=1", "youtu dot be"),
        ("example.com/shop", "example dot com"),
        ("me@example.org", "me at example dot org"),
        ("HBO", "H.B.O"),
        ("BIG", "big"),
        ("NASA", "nasa"),
        ("AT&T", "A.T and T"),
        ("U.S.", "U.S"),
        ("CEOs", "C.E.O's"),
        ("Mr.", "mister"),
        ("“quoted”", "quoted"),
        ("O’Neil’s", "O'Neil's"),
        ("Łódź", "Lódz"),
        ("𝗕𝗼𝗹𝗱", "Bold"),
        ("Song™", "Song"),
        ("great!!!", "great!"),
        ("what?!", "what?"),
        ("so...", "so,"),
    ],
)
def test_a_word_with_signs_is_said_without_them(word: str, reading: str) -> None:
    assert said(word) == [reading]


def test_four_digits_are_a_year_only_where_the_words_around_say_so() -> None:
    assert said("in 2017")[1] == "twenty seventeen"
    assert said("2017 recap")[0] == "twenty seventeen"
    assert said("2017 views")[0] == "two thousand seventeen"
    assert said("in 1776")[1] == "seventeen seventy-six"
    assert said("1776 likes")[0] == "one thousand seven hundred seventy-six"
    assert said("2,017.") == ["two thousand seventeen."]
    assert said("since 2005")[1] == "two thousand five"


def test_the_currency_is_said_after_the_magnitude_that_follows() -> None:
    assert said("$1.2 million raised") == ["one point two", "million dollars", "raised"]
    assert said("$3 billion!") == ["three", "billion dollars!"]


@pytest.mark.parametrize("text", ["፩", "#፩", "፩፪፫፬", "No. ፩", "፩-፪", "②④"])
def test_digits_of_scripts_that_do_not_count_by_tens_fall_silent_or_are_said(text: str) -> None:
    assert [word.display for word in spoken_words(text)] == text.split()


def test_a_word_without_a_sound_stays_a_caption_word_with_an_empty_reading() -> None:
    words = spoken_words("hi 😀 Привет 你好 — bye")
    assert [word.display for word in words] == ["hi", "😀", "Привет", "你好", "—", "bye"]
    assert [word.spoken for word in words] == ["hi,", "", "", "", "", "bye"]


@pytest.mark.parametrize(
    ("markup", "reading"),
    [
        ("{\\an8}", ["an eight"]),
        ("<speak>hi</speak>", ["speak hi speak"]),
        ("[[hEl@U]]", ["hEl at U,"]),
        ("%{}", ["percent"]),
        ("a|b", ["a b"]),
    ],
)
def test_what_looks_like_markup_is_said_as_plain_words(markup: str, reading: list[str]) -> None:
    assert said(markup) == reading


def test_a_title_that_ends_in_the_middle_keeps_its_question() -> None:
    assert said("What is love? Baby") == ["What", "is", "love?", "Baby"]


@given(st.text(max_size=120))
@example("{\\an8} <speak> %{} [[x]] \x00 \ud800")
@example("1" * 300)
@example("½¼¾² ① ﷺ ٫")
def test_any_text_gives_its_words_with_readings_that_hold_no_markup(text: str) -> None:
    words = spoken_words(text)
    assert [word.display for word in words] == text.split()
    for word in words:
        assert SAFE.fullmatch(word.spoken), word
    sentence = spoken_text(words)
    assert sentence == "" or sentence[-1] in ".!?"
    assert estimate_seconds(text, 1.0) >= 0


@given(st.text(alphabet="0123456789.,:/$€£%+-xKMBst'#@&()p ", max_size=24))
def test_any_mix_of_digits_and_signs_is_read_without_a_digit_left(text: str) -> None:
    assert not any(c.isdigit() for reading in said(text) for c in reading)


@given(st.integers(min_value=0, max_value=10**15 - 1))
def test_a_whole_number_is_said_the_same_with_and_without_commas(number: int) -> None:
    assert said(f"{number:,} views")[0] == cardinal(str(number))


def test_the_estimate_grows_with_the_text_and_shrinks_with_the_pace() -> None:
    short = estimate_seconds("Here is the list.", 1.0)
    long = estimate_seconds("Here is the list of what everyone watched this week.", 1.0)
    assert 0.5 < short < long < 4
    assert estimate_seconds("Here is the list.", 1.25) == pytest.approx(short / 1.25)
    assert estimate_seconds("😀", 1.0) == 0
