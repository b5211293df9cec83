"""Titles are shortened, never reworded: what is shown or said stands in the title, letter for letter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelineage.scripting.titles import quoted, shown_title, spoken_creator, spoken_title
from reelineage.text import clean_text
from reelineage.timeline.spoken import estimate_seconds

_TITLES = st.text(min_size=1, max_size=200).map(lambda text: clean_text(text, max_characters=300)).filter(bool)


@given(_TITLES, st.integers(min_value=20, max_value=100))
def test_a_shown_title_is_a_verbatim_part_within_its_limit(title: str, limit: int) -> None:
    shown = shown_title(title, limit=limit)
    assert 0 < len(shown) <= limit
    assert shown in title or shown.removesuffix("…") in title


@given(_TITLES)
def test_a_spoken_title_is_verbatim_and_can_be_said(title: str) -> None:
    said = spoken_title(title, limit=58)
    if said is not None:
        assert len(said) <= 58
        assert said in title or said.removesuffix("…") in title
        assert estimate_seconds(said, 1.0) > 0


@pytest.mark.parametrize(
    ("title", "creator", "shown"),
    [
        ("Ed Example - Perfect (Official Music Video)", "Ed Example", "Ed Example - Perfect"),
        ("Racing Superhero | Some One, King B & L P", "Some One", "Racing Superhero"),
        ("What $4,800 Will Get You In NYC | Sweet Home Tour | Site29", "Site29", "What $4,800 Will Get You In NYC"),
        ("Deadly tremor hits border region - ABCD News", "ABCD News", "Deadly tremor hits border region"),
        ("WE WANT TO TALK ABOUT OUR HOUSE", None, "WE WANT TO TALK ABOUT OUR HOUSE"),
        ("Best bread ever #bread #shorts", None, "Best bread ever"),
        ("Mean Letters – Country Edition #3", None, "Mean Letters – Country Edition #3"),
        ("Batman", "Batman", "Batman"),
        ("(2018)", None, "(2018)"),
    ],
)  # fmt: skip
def test_tails_that_channels_add_are_left_out(title: str, creator: str | None, shown: str) -> None:
    assert shown_title(title, limit=60, creator=creator) == shown


@pytest.mark.parametrize(
    ("title", "limit", "shown"),
    [
        ("Why does dinner go soggy? This is why it does", 40, "Why does dinner go soggy?"),
        ("The Long Weekend: Last Week Before Summer with friends", 45, "The Long Weekend: Last Week Before Summer…"),
        ("Why the rise of the robots won’t mean the end of work", 44, "Why the rise of the robots won’t mean…"),
        ("A meteor over a dark lake, 40 minutes in 40 seconds", 46, "A meteor over a dark lake…"),
    ],
)  # fmt: skip
def test_long_titles_end_at_a_natural_place(title: str, limit: int, shown: str) -> None:
    assert shown_title(title, limit=limit) == shown


@pytest.mark.parametrize("title", ["🔥🔥🔥", "مرحبا بالعالم", "안녕하세요", "???", "{} %{}"])
def test_a_title_without_english_letters_cannot_be_said(title: str) -> None:
    assert spoken_title(title, limit=58) is None
    assert shown_title(title, limit=60)


def test_pictures_at_the_edges_are_not_said() -> None:
    assert spoken_title("🔥 BEST bread ever 🔥 #shorts", limit=58) == "BEST bread ever"
    assert spoken_title("I Trained To Be A Bat 🦇 (Part 2)", limit=58) == "I Trained To Be A Bat"


def test_markup_in_a_title_stays_plain_text() -> None:
    for title in (r"{\an8}hello there", "<speak>hello</speak>", "it's 5:30 %{pts}"):
        assert shown_title(title, limit=60) == title
        assert spoken_title(title, limit=60) == title


def test_a_channel_is_named_only_when_it_can_be_said_and_is_not_in_the_title() -> None:
    assert spoken_creator("Weeknight Pot", title="Soup") == "Weeknight Pot"
    for silent in ("EminentVEVO", "hp_overload", "Weeknight Pot 🍲", "안녕", None, "x" * 40, "a.com"):
        assert spoken_creator(silent, title="Soup") is None
    assert spoken_creator("Soup Kitchen", title="soup kitchen at night") is None


def test_titles_with_quotes_get_no_second_pair() -> None:
    assert quoted("Rain") == "“Rain”"
    assert quoted("The “Rain” Song") == "The “Rain” Song"
