"""Words: how titles are cut into words, which of them carry no topic, and plurals folded together.

Belongs here: word lists and tokens for clustering and labels. Not here: what is done with them.
"""

import re
from dataclasses import dataclass

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_JOINS = frozenset({" ", "-", "‐"})

# Words that glue a sentence together.
STOP_WORDS = frozenset(
    """
    a about above after again against all almost alone along already also although always am among an and another any
    anybody anyone anything are around as at away back be became because become been before behind being below best
    better between big both but by came can can't cannot come could did didn't do does doesn't doing don't done down
    during each either else enough even ever every everybody everyone everything far few finally for from full get gets
    getting give given go goes going gone good got had has have having he her here hers him his how i i'm i've if in
    inside instead into is isn't it it's its itself just keep know last least less let let's like little long look looks
    lot made make makes making many may me might mine more most much must my myself need never new next no nobody none
    nor not nothing now of off oh ok old on once only onto or other our ours out over own part per please put quite
    really said same saw say see seen she should since so some somebody someone something soon still stop such take tell
    than that that's the their them then there these they thing things this those though through to today together
    tonight too took toward try trying two under until up upon us use used using very want was way we well went were
    what what's when where which while who whole whom whose why will with within without won't would wrong yes yet you
    you're your yours yourself
    """.split()  # noqa: SIM905 — a block of words reads better than 200 quoted strings
)
# What channels write around a title, in any topic.
NOISE = frozenset(
    """
    4k ad advert audio behind bts channel clip clips commercial compilation day days ep episode exclusive fan feat film
    ft full hd highlights hour hours live lyric lyrics minute minutes month months movie music mv news official original
    performance pt reaction reactions react remix review scene scenes season second seconds series short shorts show
    song stream subscribe teaser trailer tv uhd update version vertical vevo video videos vlog vs watch week weeks year
    years youtube
    """.split()  # noqa: SIM905 — as above
)
# Words with a meaning that still name no topic when they stand alone.
TOO_COMMON = frozenset(
    """
    awesome beautiful big boy bring buy call change check cool crazy cute daily different easy feel find first free
    friend fun funny girl great happy hard help home idea know life love man men mistake money morning name night people
    place play point real reason right simple small start story test thank time tip top tour trick true turn woman women
    word work world
    """.split()  # noqa: SIM905 — as above
)


@dataclass(frozen=True)
class Word:
    """A word of a title: its folded form, and where it stands. `joined` when only a blank or hyphen is before it."""

    form: str
    start: int
    end: int
    joined: bool


def words_of(text: str) -> list[Word]:
    """The words of a text, stop words included."""
    found: list[Word] = []
    for match in _WORD.finditer(text):
        joined = bool(found) and text[found[-1].end : match.start()] in _JOINS
        found.append(Word(folded(match[0]), match.start(), match.end(), joined))
    return found


def folded(word: str) -> str:
    """One form for a word and its plural, any case: `Deserts` and `desert`, `NASA's` and `nasa`."""
    form = word.casefold().replace("’", "'").removesuffix("'s")
    if len(form) > 3 and form.endswith("s") and not form.endswith(("ss", "us", "is")):
        return form[:-1]
    return form


_FOLDED_STOP_WORDS = frozenset(folded(word) for word in STOP_WORDS)
_FOLDED_NOISE = frozenset(folded(word) for word in NOISE)


def is_stop_word(form: str) -> bool:
    """True for a word that only glues."""
    return form in _FOLDED_STOP_WORDS


def carries_topic(form: str) -> bool:
    """True for a word that can name a topic: no stop word, no channel noise, no bare number."""
    return form not in _FOLDED_STOP_WORDS and form not in _FOLDED_NOISE and not form.isdecimal()


def phrases_of(text: str, *, longest: int = 4) -> dict[str, tuple[int, int]]:
    """Phrases of 1 to `longest` neighbouring topic words, each with where its first occurrence stands in `text`."""
    words = words_of(text)
    found: dict[str, tuple[int, int]] = {}
    for first in range(len(words)):
        for last in range(first, min(first + longest, len(words))):
            word = words[last]
            if not carries_topic(word.form) or (last > first and not word.joined):
                break
            phrase = " ".join(part.form for part in words[first : last + 1])
            found.setdefault(phrase, (words[first].start, word.end))
    return found
