"""Small rules of English: numbers, plurals, articles, lists, ages, sentence ends.

Belongs here: how a value is said or written, true to the value. Not here: whole sentences (`phrases.py`), titles.
"""

import re
from collections.abc import Sequence
from datetime import datetime

_SMALL = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_SCALES = ((10**9, "billion", "B"), (10**6, "million", "M"), (10**3, "thousand", "K"))
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_DETERMINERS = {"a", "an", "the", "my", "our", "your", "their", "his", "her", "its", "this", "that", "these", "those"}
# Spelled with a vowel, said with a consonant (a unicorn, a one-off), and the other way round (an hour).
_SAID_WITH_CONSONANT = re.compile(r"(uni(?!n|m)|use|usu|usa|uti|eu|one\b|one-|once|ubi|ura)", re.IGNORECASE)
_SAID_WITH_VOWEL = re.compile(r"(hour|honest|honou?r|heir|8|11\b|18\b|11[.,]|18[.,])", re.IGNORECASE)
_SPELLED_WITH_VOWEL_SOUND = frozenset("AEFHILMNORSX")
_NOT_PLURAL = ("ss", "us", "is", "ics", "news")


def words_for(number: int) -> str:
    """Zero to ten in words, more in digits with thousands separated."""
    return _SMALL[number] if 0 <= number < len(_SMALL) else f"{number:,}"


def plural(count: float, noun: str, many: str | None = None) -> str:
    """The noun alone, in the form that `count` asks for: `view` for exactly 1, else `views`."""
    return noun if count == 1 else many or f"{noun}s"


def counted(count: int, noun: str, many: str | None = None) -> str:
    """`one view`, `three views`, `12 views`."""
    return f"{words_for(count)} {plural(count, noun, many)}"


def article(phrase: str) -> str:
    """`a` or `an`, by the sound of what follows."""
    first = re.sub(r"^[^\w]+", "", phrase).split(" ")[0]
    is_spelled = 1 < len(first) <= 3 or not any(c in "AEIOU" for c in first[1:])
    if len(first) > 1 and first.isupper() and is_spelled:
        return "an" if first[0] in _SPELLED_WITH_VOWEL_SOUND else "a"
    if _SAID_WITH_VOWEL.match(first):
        return "an"
    if _SAID_WITH_CONSONANT.match(first):
        return "a"
    return "an" if first[:1].lower() in tuple("aeiou") else "a"


def is_plural(thing: str) -> bool:
    """Whether a thing reads as several: `refill pads` does, `glass`, `a bus` and `the news` do not."""
    first, last = thing.split(" ", maxsplit=1)[0].lower(), thing.rsplit(" ", maxsplit=1)[-1].lower()
    return first not in ("a", "an", "this", "that") and last.endswith("s") and not last.endswith(_NOT_PLURAL)


def named(thing: str) -> str:
    """A thing as it stands in a sentence: with an article unless it has one, is a name, or is plural."""
    first = thing.split(" ", maxsplit=1)[0]
    if first.lower() in _DETERMINERS or not first[:1].islower() or is_plural(thing):
        return thing
    return f"{article(thing)} {thing}"


def listed(parts: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b, and c`."""
    if len(parts) < 3:
        return " and ".join(parts)
    return f"{', '.join(parts[:-1])}, and {parts[-1]}"


def capitalised(text: str) -> str:
    """First letter upper case, the rest as it is."""
    return text[:1].upper() + text[1:]


def ended(text: str) -> str:
    """With a full stop, unless the text already ends like a sentence (closing quotes and brackets looked through)."""
    bare = text.rstrip(" ”’\"')]")
    return text if bare.endswith((".", "!", "?", "…", ":")) else f"{text.rstrip()}."


def rounded(value: float) -> float:
    """Close enough to say, far enough to remember: whole up to 100, then two digits, then tenths of the unit said.

    945 -> 940 (two digits), 7,524 -> 7,500, 15,918 -> 15,900, 748,374 -> 748,000, 2,418,783 -> 2,400,000.
    """
    if value < 100:
        return float(round(value))
    if value < 10_000:
        step = 10 if value < 1000 else 100
    else:
        size = next(size for size, _, _ in _SCALES if value >= size)
        step = size // 10 if value < 100 * size else size
    return float(round(value / step) * step)


def said(value: float) -> str:
    """A rounded value in speech: `seven`, `940`, `7,500`, `748,000`, `2.4 million`."""
    near = rounded(value)
    if near < 1_000_000:
        return words_for(int(near))
    size, word, _ = next(scale for scale in _SCALES if near >= scale[0])
    return f"{_trimmed(near / size)} {word}"


def about(value: float) -> str:
    """`about 748,000`; without `about` when the value is said exactly."""
    return said(value) if rounded(value) == value else f"about {said(value)}"


def leaning(value: float) -> str:
    """As `about`, but telling the side: `more than 748,000` or `almost 749,000`. True either way."""
    near = rounded(value)
    if near == value:
        return said(value)
    return f"{'more than' if near < value else 'almost'} {said(value)}"


def compact(value: float) -> str:
    """For the picture: `945`, `7.5K`, `748K`, `33.5M`; `<1` below a half. At most three digits and a letter."""
    if 0 < value < 0.5:
        return "<1"
    if value < 999.5:
        return f"{round(value)}"
    near = rounded(max(value, 1000.0))
    size, _, letter = next(scale for scale in _SCALES if near >= scale[0])
    return f"{_trimmed(near / size)}{letter}"


def age(hours: float) -> str:
    """A span since publishing: `50 minutes`, `17 hours`, `four days`, `six years`, each rounded."""
    for limit, unit, size in (
        (0.98, "minute", 1 / 60),
        (72, "hour", 1),
        (24 * 60, "day", 24),
        (24 * 700, "month", 730.5),
    ):
        if hours < limit:
            return counted(max(1, round(hours / size)), unit)
    return counted(round(hours / 8766), "year")


def day_shown(moment: datetime) -> str:
    """`14 Nov 2017`; month names of our own, so that no locale changes them."""
    return f"{moment.day} {_MONTHS[moment.month - 1][:3]} {moment.year}"


def day_said(moment: datetime) -> str:
    """`November 14, 2017`."""
    return f"{_MONTHS[moment.month - 1]} {moment.day}, {moment.year}"


def span(seconds: float) -> str:
    """A length: `45 seconds`, `three minutes`; minutes up to 119, then hours."""
    if seconds < 90:
        return counted(max(1, round(seconds)), "second")
    if seconds < 7200:
        return counted(round(seconds / 60), "minute")
    return counted(round(seconds / 3600), "hour")


def _trimmed(value: float) -> str:
    """One decimal at most, none when it is zero: `33.5`, `748`, `2`."""
    return f"{value:.1f}".removesuffix(".0")
