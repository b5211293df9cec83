"""Right-to-left writing: in which order the words of a line stand, and which way each of them runs.

Belongs here: the Unicode bidirectional algorithm (UAX 9) as far as whole words go; inside an event libass applies it
itself. Not here: shaping (`typesetter.py`).
"""

import unicodedata
from collections.abc import Sequence

BIDI_CONTROLS = frozenset((0x200E, 0x200F, 0x61C, *range(0x202A, 0x202F), *range(0x2066, 0x206A)))


def runs_right_to_left(text: str) -> bool:
    """Whether a text's first letter says so (rules P2 and P3)."""
    return _strong(text) == "R"


def runs_both_ways(text: str) -> bool:
    """Whether a text holds letters of both directions."""
    kinds = {unicodedata.bidirectional(c) for c in text}
    return "L" in kinds and not kinds.isdisjoint(("R", "AL"))


def visual_order(words: Sequence[str], *, right_to_left: bool) -> list[int]:
    """The indices of the words as they stand from left to right, in a line of the given direction."""
    base = "R" if right_to_left else "L"
    found = [_word_direction(word) for word in words]
    # Numbers go with the word before them (W2, W7); what has no direction goes with its neighbours if they agree (N1).
    before = base
    for at, kind in enumerate(found):
        if kind == "number":
            found[at] = before if before == "L" or right_to_left or at else base
        elif kind in ("L", "R"):
            before = kind
    for at, kind in enumerate(found):
        if kind == "neutral":
            sides = {found[at - 1] if at else base, next((k for k in found[at + 1 :] if k != "neutral"), base)}
            found[at] = sides.pop() if len(sides) == 1 else base
    groups: list[list[int]] = []
    for at, kind in enumerate(found):
        if groups and found[groups[-1][-1]] == kind:
            groups[-1].append(at)
        else:
            groups.append([at])
    if right_to_left:
        groups.reverse()
    return [at for group in groups for at in (group if found[group[0]] == "L" else group[::-1])]


def _strong(text: str) -> str | None:
    for c in text:
        kind = unicodedata.bidirectional(c)
        if kind == "L":
            return "L"
        if kind in ("R", "AL"):
            return "R"
    return None


def _word_direction(word: str) -> str:
    strong = _strong(word)
    if strong is not None:
        return strong
    digits = any(unicodedata.bidirectional(c) in ("EN", "AN") for c in word)
    return "number" if digits else "neutral"
