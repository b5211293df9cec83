"""Text inside pictures: SVG does not wrap lines, so they are broken here by estimated widths.

Belongs here: cleaning, measuring, breaking. Not here: which texts a picture carries (`labels.py`).
"""

import unicodedata
from collections.abc import Iterator
from typing import Final

from reelineage.text import clean_text

_NOT_XML: Final = str.maketrans(dict.fromkeys((0xFFFE, 0xFFFF)))  # cleaned text may still hold these two, XML may not
_NARROW: Final = frozenset("ijltfrI.,:;'|!()[]{}/ ")
_LONGEST: Final = 300


def legible(text: str, *, most: int = _LONGEST) -> str:
    """Text from outside on one line, of characters that XML takes."""
    return clean_text(text, max_characters=most).translate(_NOT_XML).strip()


def width_of(text: str) -> float:
    """How wide a text is about, in sizes of its font: a guess that is rather too wide for common sans-serif fonts."""
    return sum(_advance(character) for character in text)


def broken(text: str, *, width: float, most_lines: int) -> tuple[str, ...]:
    """The text in lines no wider than this many font sizes; what does not fit ends in `…`."""
    lines: list[str] = []
    for word in _pieces(legible(text), width):
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(joined) <= width:
            lines[-1] = joined
        elif len(lines) < most_lines:
            lines.append(word)
        else:
            lines[-1] = _ended(lines[-1], width)
            break
    return tuple(lines)


def _pieces(text: str, width: float) -> Iterator[str]:
    """The words; one that is wider than a line in pieces that are not."""
    for word in text.split():
        piece = ""
        for character in word:
            if piece and width_of(piece + character) > width:
                yield piece
                piece = ""
            piece += character
        yield piece


def _ended(line: str, width: float) -> str:
    while line and width_of(f"{line}…") > width:
        line = line[:-1].rstrip()
    return f"{line}…"


def _advance(character: str) -> float:
    if character in _NARROW:
        return 0.38
    if unicodedata.combining(character):
        return 0.0
    if unicodedata.east_asian_width(character) in ("W", "F"):
        return 1.05
    return 0.78 if character.isupper() or character in "mw@%" else 0.62
