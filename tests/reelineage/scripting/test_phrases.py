"""The phrase tables: every phrase can be filled, none promises what it cannot know."""

import re
from collections.abc import Iterator

import pytest

from reelineage.scripting.deck import Deck, Phrases, chance, fields_of
from reelineage.scripting.phrases import WRITER_VERSION, countdown, opening, product, reasons
from reelineage.theme import Writer

_FIELDS = {
    "k", "K", "n", "rest", "what", "whats", "day", "audience", "name", "lead", "line", "first",
    "t", "by", "By", "r", "v", "V", "rs", "age", "fresh", "views", "Views", "count", "times", "per", "prs", "g", "gv",
    "length", "Length", "ratio", "part", "below", "topic", "Topic", "topic2", "Topic2", "topic3", "members",
    "share", "Share", "m", "from", "to", "span", "c", "C", "o", "product", "Product", "is", "Is", "does", "s", "p", "P",
}  # fmt: skip


def _tables() -> Iterator[tuple[str, Phrases]]:
    for module in (opening, countdown, reasons, product):
        for name, value in vars(module).items():
            if isinstance(value, Phrases):
                yield name, value
            elif isinstance(value, dict):
                yield from ((f"{name}.{key}", table) for key, table in value.items() if isinstance(table, Phrases))


def _phrases(table: Phrases) -> tuple[str, ...]:
    return table.any + table.lively + table.calm + table.plain


@pytest.mark.parametrize(("name", "table"), list(_tables()))
def test_phrases_use_known_fields_once_each(name: str, table: Phrases) -> None:
    phrases = _phrases(table)
    assert len(set(phrases)) == len(phrases), name
    for phrase in phrases:
        assert fields_of(phrase) <= _FIELDS, phrase
        assert not re.search(r"\b(today|everyone|nobody|always|never|guarantee|viral|amazing)\b", phrase), phrase
        assert len(phrase.split()) <= 16, phrase


def test_the_countdown_has_enough_introductions_for_eight_places_in_every_tone() -> None:
    for table in (countdown.INTRO_NEXT, countdown.INTRO_UNCOUNTED):
        assert sum(not fields_of(phrase) & {"by", "By"} for phrase in table.any) >= 6


def test_each_embedded_writer_has_a_version() -> None:
    assert set(WRITER_VERSION) == {writer.value for writer in Writer}


def test_a_phrase_leaves_the_deck_when_it_is_dealt() -> None:
    table = Phrases(any=("One {x}", "Two {x}", "Three {y}"))
    deck = Deck(chance(1, "test"), "calm")
    dealt = [option.text for _ in range(3) for option in deck.deal(table, {"x": "apple", "y": ""}, count=1)]
    assert sorted(dealt) == ["One apple.", "Two apple."]
