"""How a caption word is said, and about how long a sentence takes to say.

Belongs here: reading rules that hold for any English voice. Not here: synthesis (`resources.speech`), the reading of
numbers (`spoken_numbers.py`). What a speech synthesizer gets holds letters, apostrophes, hyphens, spaces and
`, . ! ?` only, so nothing in a title can act as its markup. Initials are joined by dots (`U.F.C`): espeak spells
these the same way in any sentence, while it reads bare capitals as a word or as letters depending on their neighbours.
"""

import re
import unicodedata
from dataclasses import dataclass

from reelineage.timeline.speaking_time import speaking_seconds
from reelineage.timeline.spoken_numbers import MAGNITUDE_WORDS, cardinal, money_unit, number_reading

_LETTER_BY_LETTER = frozenset({
    "AI", "AMA", "API", "ASMR", "BBC", "BMW", "BTS", "CEO", "CGI", "CIA", "CNN", "CPU", "DC", "DIY", "DJ", "DNA",
    "EA", "EDM", "EP", "ESPN", "EU", "FAQ", "FBI", "FYI", "GM", "GOP", "GPS", "GPU", "GTA", "HBO", "HD", "HIV",
    "IMO", "IPO", "IQ", "IRL", "IT", "LA", "LAPD", "LED", "LGBT", "LP", "MC", "MLB", "MMA", "MMO", "MRI", "MTV",
    "MVP", "NBA", "NCAA", "NFL", "NHL", "NPR", "NY", "NYC", "NYPD", "OMG", "PC", "POV", "PR", "PS", "RAM", "RIP",
    "RNA", "RPG", "RSS", "SEO", "SMS", "SNL", "SUV", "TBH", "TV", "UAE", "UFC", "UFO", "UI", "UK", "UN", "URL",
    "US", "USA", "USB", "UX", "VIP", "VR", "WTF", "WWE", "XL",
})  # fmt: skip
_EXPANSIONS = {
    "&": "and", "+": "plus", "=": "equals", "@": "at", "%": "percent", "w/": "with", "vs": "versus", "vs.": "versus",
    "v.": "versus", "mr.": "mister", "mrs.": "missus", "ms.": "miz", "dr.": "doctor", "prof.": "professor",
    "st.": "saint", "jr.": "junior", "sr.": "senior", "ft.": "featuring", "feat.": "featuring", "ep.": "episode",
    "vol.": "volume", "pt.": "part", "etc.": "et cetera", "e.g.": "for example", "i.e.": "that is",
    "approx.": "approximately", "inc.": "incorporated", "co.": "company", "corp.": "corporation", "ltd.": "limited",
}  # fmt: skip
_PLAIN_LETTERS = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "th", "þ": "th", "ı": "i"}
_SPOKEN_ACCENTS = frozenset("àáâãäåçèéêëìíîïñòóôõöùúûüýÿ")
_SPOKEN_FRACTIONS = {"½": "half", "¼": "quarter", "¾": "three quarters"}
_TLDS = "com|org|net|io|tv|be|co|uk|ai|app|dev|gg|me|us|de|fr|edu|gov|info|ly|fm|eu|ca|shop|store|live|xyz"
_LINK = re.compile(rf"(?:https?://|www\.)\S+|[\w-]+(?:\.[\w-]+)*\.(?:{_TLDS})(?:/\S*)?", re.IGNORECASE)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_INITIALS = re.compile(r"(?:[A-Za-z]\.){2,}[A-Za-z]?")
_RUN = re.compile(r"\d{1,3}(?:,\d{3})+(?!\d)|\d+(?:\.\d+)?|[^\W\d_]+(?:['-][^\W\d_]+)*'?|[&+=@%#$€£¥₹]")
_JOINED_INITIALS = re.compile(r"([A-Z]{1,3})&([A-Z]{1,3})")
_CAPITALS = re.compile(r"([A-Z]{2,6})('?s)?")
_OPENERS = "([{<\"'*_~`|«“„‹¿¡"
_CLOSERS = ")]}>\"'*_~`|»”›,.!?;:…"
_PAUSES = frozenset("-–—|•·:;,/…~→")
_VOWELS = re.compile(r"[aeiouyàáâãäåèéêëìíîïòóôõöùúûüýÿ]+")


@dataclass(frozen=True)
class SpokenWord:
    """A caption word as written, and how it is said: "" when it makes no sound (an emoji, a foreign script)."""

    display: str
    spoken: str


def spoken_words(text: str) -> tuple[SpokenWord, ...]:
    """The caption words of `text`, split at white space, each with its reading.

    Punctuation stays with the displayed word; of it the reading keeps at most one trailing `,` `.` `!` or `?`. A
    standing dash or an opening bracket becomes a comma on the reading before it. Letters of other scripts than Latin
    have no reading: an English voice would only name them ("Cyrillic letter").
    """
    displays = text.split()
    plain = [_plain(display) for display in displays]
    cores = [_core(word).lower() for word in plain]
    readings: list[str] = []
    owed = ""  # the currency of "$1.2" is said after the "million" that follows
    for index, word in enumerate(plain):
        before = cores[index - 1] if index else ""
        after = cores[index + 1] if index + 1 < len(cores) else ""
        if readings and (word[:1] in ("(", "[") or (word and all(c in _PAUSES for c in word))):
            _add_pause(readings)
        reading = _read(word, before, after)
        if owed and reading:
            reading, owed = _with_words(reading, owed), ""
        if word[:1] in "$€£¥₹" and word[:1] and after in MAGNITUDE_WORDS:
            owed = money_unit(word[0])
        readings.append(reading)
    return tuple(SpokenWord(display, reading) for display, reading in zip(displays, readings, strict=True))


def spoken_text(words: tuple[SpokenWord, ...]) -> str:
    """What a synthesizer is given: the readings in order, ending like a sentence; "" when nothing can be said."""
    said = " ".join(word.spoken for word in words if word.spoken)
    if not any(c.isalpha() for c in said):
        return ""
    return said if said[-1] in ".!?" else said.rstrip(", ") + "."


def estimate_seconds(text: str, pace: float) -> float:
    """About how long the default voice takes to say one sentence, without the silence around it.

    Within 5 % on average (`speaking_time.py`). 0 for a sentence that cannot be said.

    Args:
        text: One sentence as written in captions.
        pace: 1.0 is the voice's own speed, 1.2 is 20 % faster.
    """
    return speaking_seconds(spoken_text(spoken_words(text))) / pace


def _plain(display: str) -> str:
    """Fold look-alikes (full-width, bold, curly quotes, foreign digits) into what the rules below know."""
    text = "".join(c for c in display if c not in "™®©℠")
    for sign, name in _SPOKEN_FRACTIONS.items():
        article = "" if name.startswith("three") else "a "
        text = re.sub(rf"(?<=\d){sign}", f" and {article}{name}", text).replace(sign, f"{article}{name}")
    folded = unicodedata.normalize("NFKC", text)
    swapped = folded.translate(str.maketrans("’‘ʼ−⁄", "'''-/"))
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in swapped)


def _core(word: str) -> str:
    return word.strip(_OPENERS + _CLOSERS)


def _read(word: str, before: str, after: str) -> str:
    start = word.lstrip(_OPENERS)
    core = start.rstrip(_CLOSERS)
    tail = start[len(core) :]
    if start.lower() in _EXPANSIONS:
        return _EXPANSIONS[start.lower()]
    abbreviation = core.lower() + "."
    if abbreviation == "no." and tail.startswith(".") and after.isdecimal():
        said, tail = "number", tail[1:]
    elif tail.startswith(".") and abbreviation in _EXPANSIONS:
        said, tail = _EXPANSIONS[abbreviation], tail[1:]
    elif core.lower() in _EXPANSIONS:
        said = _EXPANSIONS[core.lower()]
    elif _INITIALS.fullmatch(core + "."):
        said, tail = ".".join(core.replace(".", "").upper()), tail[1:]
    else:
        said = _say(core, before, after)
    return said + _mark(tail) if said else ""


def _say(core: str, before: str, after: str) -> str:
    if match := _JOINED_INITIALS.fullmatch(core):
        return f"{'.'.join(match[1])} and {'.'.join(match[2])}"
    if core.startswith("#") and core[1:].isdecimal():
        return f"number {cardinal(core[1:])}"
    if _MAIL.fullmatch(core) or _LINK.fullmatch(core):
        host = re.sub(r"^(https?://)?(www\.)?", "", core, flags=re.IGNORECASE).split("/")[0].split("?")[0]
        return _spell_out(host.replace("@", " at ").replace(".", " dot "))
    reading = number_reading(core, before=before, after=after)
    return _hyphened(core) if reading is None else reading


def _hyphened(core: str) -> str:
    """`20-year-old`, `10-20`, `COVID-19`: parts with digits are said one by one, a range with "to"."""
    parts = core.split("-")
    if not any(part[:1].isdecimal() for part in parts):
        return _spell_out(core)
    joint = " to " if len(parts) == 2 and all(part[:1].isdecimal() for part in parts) else " "
    return joint.join(filter(None, (number_reading(part) or _spell_out(part) for part in parts)))


def _spell_out(text: str) -> str:
    """Say the letters and numbers of `text` one run after the other; other signs fall silent."""
    words = []
    for run in _RUN.findall(text):
        if run[0].isdecimal():
            words.append(number_reading(run) or cardinal(re.sub(r"\D", "", run)))
        elif run == "#":
            words.append("hashtag")
        elif run in "$€£¥₹":
            words.append(money_unit(run))
        else:
            words.append(_EXPANSIONS.get(run.lower()) or _letters(run))
    return " ".join(filter(None, words))


def _letters(run: str) -> str:
    latin = "".join(_latin(c) for c in run).strip("-'")
    if match := _CAPITALS.fullmatch(latin):
        capitals, plural = match[1], match[2]
        if capitals in _LETTER_BY_LETTER or not _VOWELS.search(capitals.lower()):
            return ".".join(capitals) + ("'s" if plural else "")
    return " ".join(part.lower() if len(part) > 1 and part.isupper() else part for part in latin.split())


def _latin(character: str) -> str:
    if character.isascii() or character.lower() in _SPOKEN_ACCENTS:
        return character
    if plain := _PLAIN_LETTERS.get(character.lower()):
        return plain.capitalize() if character.isupper() else plain
    base = unicodedata.normalize("NFKD", character)[0]
    return base if base.isascii() and base.isalpha() else ""


def _mark(tail: str) -> str:
    for mark in tail:
        if mark in "!?":
            return mark
    if "." in tail and "..." not in tail:
        return "."
    return "," if any(mark in ",;:…)]." for mark in tail) else ""


def _add_pause(readings: list[str]) -> None:
    for index in reversed(range(len(readings))):
        if readings[index]:
            if readings[index][-1] not in ",.!?":
                readings[index] += ","
            return


def _with_words(reading: str, words: str) -> str:
    bare = reading.rstrip(",.!?")
    return f"{bare} {words}{reading[len(bare) :]}"
