"""Titles and names from outside, cut so that they can be shown on a phone and spoken, never reworded.

Belongs here: choosing which contiguous part of a title is used. What is shown or spoken is always a verbatim part of
the title in the data (plus `…` where a phrase was cut short). Not here: escaping, which later stages do.
"""

import re
import unicodedata

from reelineage.timeline.spoken import estimate_seconds

_BRACKETED_TAIL = re.compile(r"\s*(\([^()]*\)|\[[^\[\]]*\]|【[^】]*】)\s*$")
_HASHTAG_TAIL = re.compile(r"(\s+#[^\W\d]\w*)+\s*$")
_CHANNEL_BREAK = re.compile(r"\s+(?:\||//|•|·|‖)\s+|\s*[|｜]\s*")
_PHRASE_BREAK = re.compile(
    r"(?<=[^\W_])[!?]+(?=\s)|(?=\s+(?:ft\.?|feat\.?)\s)|(?=\s*[(\[])|(?=\s+[-–—]\s)|(?=[:;]\s)", re.IGNORECASE
)
_COMMA = re.compile(r",(?=\s)")
_WORD_BREAK = re.compile(r"\s+")
_EDGE_NOISE = " \t-–—|·•~*_,;:"
_WEAK_ENDING = re.compile(
    r"[\s,;:&+(\[‘“'\"–—-]*\b(?:a|an|and|are|as|at|by|for|from|his|her|in|is|its|my|of|on|or|our|the|their|to|vs|was|with|your)$",
    re.IGNORECASE,
)
_OPENING = " ([{‘“'\"&"
_MIN_PART = 12


def shown_title(title: str, *, limit: int, creator: str | None = None) -> str:
    """The part of a title to show, at most `limit` characters; verbatim, with `…` when a phrase was cut."""
    return _shortened(_core(title, creator), limit)


def spoken_title(title: str, *, limit: int, creator: str | None = None) -> str | None:
    """The part of a title to say and caption, or None when there is nothing an English voice can say.

    Pictures at the edges are left out and a picture in the middle ends the part when enough stands before it.
    """
    core = _sayable_part(_core(title, creator))
    if not _is_sayable(core):
        core = _sayable_part(_trim(title))
    return _shortened(core, limit) if _is_sayable(core) else None


def spoken_creator(creator: str | None, *, title: str = "") -> str | None:
    """A channel's name when it can be said and adds something to the title; else None."""
    if not creator or len(creator) > 32 or creator.upper().endswith("VEVO") or not _is_sayable(creator):
        return None
    if _key(creator) in _key(title) or re.search(r"[_@#/\\<>{}\[\]|:]|[·•]|\.\w", creator):
        return None
    return None if any(_is_picture(c) for c in creator) else creator.strip(" .")


def quoted(title: str) -> str:
    """In typographic quotes, unless the title brings double quotes of its own."""
    return title if re.search(r"[\"“”«»„]", title) else f"“{title}”"


def _core(title: str, creator: str | None) -> str:
    """A title without the tails that channels put behind it: brackets, hashtags, their own name."""
    text = _trim(title) or title
    first, *rest = _CHANNEL_BREAK.split(text)
    if rest and len(_trim(first)) >= _MIN_PART:
        text = _trim(first)
    while True:
        shorter = _trim(_without_creator(_HASHTAG_TAIL.sub("", _BRACKETED_TAIL.sub("", text)), creator))
        if shorter == text or not any(c.isalnum() for c in shorter):
            return text
        text = shorter


def _without_creator(text: str, creator: str | None) -> str:
    for separator in (" - ", " – ", " — ", " | "):
        head, found, tail = text.rpartition(separator)
        if found and creator and _key(tail) == _key(creator) and len(head) >= _MIN_PART:
            return head
    return text


def _shortened(text: str, limit: int) -> str:
    """At most `limit` characters: up to a phrase's end when one is near enough, else up to a word's end with `…`."""
    if len(text) <= limit:
        return text
    ends = [match.end() for match in _PHRASE_BREAK.finditer(text[: limit + 1]) if match.end() <= limit]
    phrases = [_trim(_BRACKETED_TAIL.sub("", text[:end])) for end in ends]
    fitting = [phrase for phrase in phrases if len(phrase) >= max(_MIN_PART, limit * 0.45)]
    if fitting:
        return fitting[-1]
    commas = [match.start() for match in _COMMA.finditer(text[:limit]) if match.start() >= limit * 0.45]
    words = [match.start() for match in _WORD_BREAK.finditer(text[:limit]) if match.start() >= limit * 0.4]
    part = _trim(text[: (commas or words or [limit - 1])[-1]])
    while (shorter := _trim(_WEAK_ENDING.sub("", part))) != part and len(shorter) >= 8:
        part = shorter
    return f"{part.rstrip(_OPENING)}…"


def _sayable_part(text: str) -> str:
    """Text up to the first picture, when that is enough of it; pictures before it are skipped."""
    start = next((i for i, c in enumerate(text) if c.isalnum() or c in "#$'\"“‘({[<%\\¿¡"), 0)
    text = text[start:]
    picture = next((i for i, c in enumerate(text) if _is_picture(c)), len(text))
    head = _trim(text[:picture])
    return head if len(head) >= _MIN_PART or picture == len(text) else _trim(text)


def _is_sayable(text: str) -> bool:
    """Whether an English voice finds enough to say: mostly Latin letters, or digits alone."""
    letters = [c for c in text if c.isalpha()]
    if not letters and not any(c.isascii() and c.isdecimal() for c in text):
        return False
    latin = sum(unicodedata.name(c, "").startswith("LATIN") for c in letters)
    return latin * 2 >= len(letters) and estimate_seconds(text, 1.0) > 0


def _is_picture(character: str) -> bool:
    return unicodedata.category(character) in ("So", "Sk", "Cs", "Co", "Cn") or character in "\ufe0f\u200d\u20e3"


def _key(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def _trim(text: str) -> str:
    return text.strip(_EDGE_NOISE)
