"""How writing is measured and cut without knowing a font: characters as readers see them, columns, line breaks.

Belongs here: what must stay together in any script, and where a text without spaces may be broken. Not here: phrasing
(`captions.py`), widths in pixels (`resources.rendering.lettering`).
"""

import functools
import unicodedata
from collections.abc import Iterator

_INVISIBLE = frozenset((0xAD, 0x34F, 0x180E, 0xFEFF, *range(0x200B, 0x200E), *range(0x2060, 0x2065)))
_CLOSING = frozenset(
    "、。，．！？；：）］｝〉》」』】〕〗〙”’…‥・ー々ゝゞヽヾぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ%％°,.!?;:)]}"
)
_OPENING = frozenset("（［｛〈《「『【〔〖〘“‘￥＄$#＃([{")
# Thai and Lao write some vowels before the consonant they are spoken after, and some as letters behind it.
_LEADING_VOWELS = frozenset((*range(0x0E40, 0x0E45), *range(0x0EC0, 0x0EC5)))
_TRAILING_VOWELS = frozenset((0x0E30, 0x0E32, 0x0E33, 0x0E45, 0x0E46, 0x0EB0, 0x0EB2, 0x0EB3, 0x0EC6))
_PAUSES = frozenset("。！？；，、")
_WITHOUT_SPACES = (  # code points of scripts that part words by nothing: first, last
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Burmese
    (0x1780, 0x17FF),  # Khmer
    (0x2E80, 0x312F),  # radicals, punctuation, kana, bopomofo
    (0x31A0, 0x9FFF),  # more kana, ideographs
    (0xF900, 0xFAFF),
    (0xFF00, 0xFFEF),  # full-width forms
    (0x1B000, 0x1B16F),
    (0x20000, 0x3FFFF),
)
_LONGEST_WORD = 8  # columns: four ideographs, so that a highlight moves on while a clause is read
_LONGEST_LOANWORD = 5  # letters of katakana that stay together
_LONGEST_OTHER = 16  # Thai and its neighbours, where a break may fall inside a word


def clusters(text: str) -> Iterator[str]:
    """What a reader takes for one character: letters with their marks, emoji with what is joined to them, flags."""
    cluster = ""
    for c in text:
        if cluster and not _joins(cluster, c):
            yield cluster
            cluster = ""
        cluster += c
    if cluster:
        yield cluster


@functools.lru_cache(maxsize=4096)  # phrasing asks for each word some fifty times
def columns(text: str) -> int:
    """How much of a line a text takes: 2 for a wide character (Chinese, Japanese, Korean, emoji), 0 for marks."""
    return len(text) if text.isascii() else sum(_columns_of(c) for c in text)


def needs_no_space(before: str, after: str) -> bool:
    """Whether two words of Chinese, Japanese or a script like Thai stand together without a space."""
    return bool(before and after) and _spaceless(ord(before[-1])) and _spaceless(ord(after[0]))


def pieces(word: str) -> list[str]:
    """A word as parts that lines may break between; all of it in one unless its script writes without spaces."""
    if word.isascii() or not any(_spaceless(ord(c)) for c in word):
        return [word]
    wide = any(_columns_of(c) == 2 for c in word)
    longest = _LONGEST_WORD if wide else _LONGEST_OTHER
    if columns(word) <= longest:
        return [word]
    clauses: list[list[str]] = [[]]
    for unit in _units(word):
        clauses[-1].append(unit)
        if unit[-1] in _PAUSES:
            clauses.append([])
    return [piece for clause in clauses if clause for piece in _even(clause, longest)]


def breakable(text: str) -> list[str]:
    """A text as parts that lines may break between; joined they are the text, so a part may start with a space."""
    found: list[str] = []
    for word in text.split():
        space = " " if found else ""
        for number, piece in enumerate(pieces(word)):
            found.append(piece if number else space + piece)
    return found


def _even(units: list[str], longest: int) -> list[str]:
    """The units joined to as few pieces of at most `longest` columns as it takes, all about as long."""
    total = sum(map(columns, units))
    target = total / max(1, -(-total // longest))
    found, done = [""], 0
    for unit in units:
        width = columns(unit)
        # The middle of a unit decides in which piece it falls; its rounding must not make a piece too long.
        if found[-1] and (done + width / 2 > target * len(found) or columns(found[-1]) + width > longest + 2):
            found.append("")
        found[-1] += unit
        done += width
    return found


def _units(word: str) -> list[str]:
    """What a line may break between: characters of scripts without spaces, and whatever else stands between them."""
    found: list[str] = []
    for cluster in clusters(word):
        code = ord(cluster[0])
        last = found[-1] if found else ""
        held = last and (last[-1] in _OPENING or ord(last[-1]) in _LEADING_VOWELS)
        alike = last and not _spaceless(code) and not _spaceless(ord(last[-1]))
        loanword = last and _katakana(code) and _katakana(ord(last[-1])) and len(last) < _LONGEST_LOANWORD
        if last and (held or alike or loanword or cluster[0] in _CLOSING or code in _TRAILING_VOWELS):
            found[-1] += cluster
        else:
            found.append(cluster)
    return found


def _katakana(code: int) -> bool:
    return 0x30A0 <= code <= 0x30FF


def _spaceless(code: int) -> bool:
    return any(first <= code <= last for first, last in _WITHOUT_SPACES)


def _columns_of(c: str) -> int:
    if unicodedata.east_asian_width(c) in ("W", "F"):
        return 2
    return 0 if unicodedata.category(c) in ("Mn", "Me", "Cf") else 1


def _joins(cluster: str, c: str) -> bool:
    """Whether a character belongs to the cluster before it."""
    code, last = ord(c), ord(cluster[-1])
    if unicodedata.category(c) in ("Mn", "Mc", "Me") or code in _INVISIBLE:
        return True
    if last == 0x200D or 0x1F3FB <= code <= 0x1F3FF or 0xE0020 <= code <= 0xE007F:
        return True
    if 0x1160 <= code <= 0x11FF and 0x1100 <= last <= 0x11FF:  # hangul written in letters
        return True
    return 0x1F1E6 <= code <= 0x1F1FF and len(cluster) == 1 and 0x1F1E6 <= last <= 0x1F1FF
