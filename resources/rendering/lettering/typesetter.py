"""Setting a text: which font draws which part of it, how wide it gets and where its ink lies.

Belongs here: the choice of fonts, character by character, and the measures of a set line. Not here: glyphs
(`shaping.py`), sizes and places in the picture (`captions.py`, `overlays.py`), ASS (`ass.py`).
"""

import math
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reelineage.timeline.writing import clusters
from resources.rendering.lettering.direction import BIDI_CONTROLS, runs_both_ways, runs_right_to_left
from resources.rendering.lettering.library import FontFile, FontLibrary, covered
from resources.rendering.lettering.shaping import Run, as_one, shaped
from resources.rendering.lettering.sources import EMOJI, FamilyName, Han, Source, chain

ELLIPSIS = "…"
_IGNORABLE = frozenset((0xAD, 0x34F, 0x61C, 0x180E, 0xFEFF, *range(0x200B, 0x2010), *range(0x2060, 0x2065)))
_HAN_OF_LANGUAGE: dict[str, Han] = {"ja": "jp", "ko": "kr"}
_NEUTRAL = frozenset(("P", "Z", "S", "N"))


@dataclass(frozen=True)
class Setting:
    """A text ready to be placed; all lengths in ems.

    `text` is what can be drawn of what was asked. `width` is the advance; `ink` is (left, top, right, bottom) of the
    outlines, from the pen's start on the baseline, down and right positive. `centre`, `ascent` and `descent` are those
    of the box that libass centres on.
    """

    text: str
    runs: tuple[Run, ...]
    width: float
    ink: tuple[float, float, float, float]
    centre: float
    ascent: float
    descent: float


class Typesetter:
    """Sets the texts of one scene in one family; `missing` collects the characters that no font has."""

    def __init__(self, library: FontLibrary, texts: Iterable[str], family: FamilyName) -> None:
        """`texts` are all that will be set: if the library does not know, they tell Japanese from Chinese together."""
        self._library = library
        self._sources = chain(family, library.han or han_of(texts))
        self._settings: dict[str, Setting] = {}
        self._chosen: dict[str, Source | None] = {}
        self.missing: dict[str, None] = {}

    def set(self, text: str) -> Setting:
        """The text on one line; runs of white space count as one space."""
        if (known := self._settings.get(text)) is None:
            known = self._settings[text] = self._set(text)
        return known

    def files(self, texts: Iterable[str]) -> tuple[FontFile, ...]:
        """The fonts that the texts need, in the order in which they are asked."""
        used = {run.face.file.family: run.face.file for text in texts for run in self.set(text).runs}
        return tuple(used[source.family] for source in self._sources if source.family in used)

    def cut(self, text: str, most_ems: float) -> Setting:
        """The text, or as much of its start as fits with an ellipsis."""
        whole = self.set(text)
        if whole.width <= most_ems:
            return whole
        # Of the text as given: what is drawn of it may fall apart into other characters than it was made of.
        parts = list(clusters("".join(c for c in " ".join(text.split()) if ord(c) not in BIDI_CONTROLS)))
        low, high = 0, len(parts)
        while low < high:  # bisection: shaping after every removed letter took a minute for a long text
            middle = (low + high + 1) // 2
            if self._set("".join(parts[:middle]).rstrip() + ELLIPSIS).width <= most_ems:
                low = middle
            else:
                high = middle - 1
        return self.set("".join(parts[:low]).rstrip() + ELLIPSIS)

    def _set(self, text: str) -> Setting:
        parts = self._split(" ".join(text.split()))
        runs = tuple(self._run(source, part) for source, part in parts)
        drawn = "".join(part for _, part in parts)
        boxes: list[tuple[float, float, float, float]] = []
        x, first, last = 0.0, math.inf, 0.0
        for run in runs[::-1] if runs_right_to_left(drawn) else runs:
            for group in shaped(run):
                # libass takes the first glyph's own place for the start of its group, also where that is a mark.
                start = x + group[0].left
                first, last = min(first, start), max(last, start + sum(glyph.advance for glyph in group))
                for glyph in group:
                    boxes += [glyph.ink_from(x)] if glyph.ink else []
                    x += glyph.advance
        if runs_both_ways(drawn):  # the order of marks between two directions moves an edge by up to 0.15 em
            boxes.append((-0.2, 0.0, x + 0.2, 0.0))
        return Setting(
            text=drawn,
            runs=runs,
            width=x,
            ink=_around(boxes, x),
            centre=(first + last) / 2 if runs else 0.0,
            ascent=max((run.face.ascent for run in runs), default=0.0),
            descent=max((run.face.descent for run in runs), default=0.0),
        )

    def _run(self, source: Source, text: str) -> Run:
        face = self._library.face(source)
        if not source.sequences:
            return Run(face, text)
        return Run(face, "".join(as_one(face, cluster) for cluster in clusters(text)))

    def _split(self, text: str) -> list[tuple[Source, str]]:
        """The text as parts of one font each. Spaces and marks stay with the font before them where it has them."""
        found: list[tuple[Source, str]] = []
        for cluster in clusters("".join(c for c in text if ord(c) not in BIDI_CONTROLS)):
            drawn, source = self._choose(cluster, found[-1][0] if found else None)
            if source is None:
                continue
            if found and found[-1][0] == source:
                found[-1] = (source, found[-1][1] + drawn)
            else:
                found.append((source, drawn))
        parts = [(source, " ".join(part.split(" "))) for source, part in found]
        return _without_outer_spaces(parts)

    def _choose(self, cluster: str, before: Source | None) -> tuple[str, Source | None]:
        """What is drawn of a cluster, and by which font; None when no font has its first character."""
        codes = [ord(c) for c in cluster]
        if (
            before is not None
            and before != EMOJI
            and unicodedata.category(cluster[0])[0] in _NEUTRAL
            and all(code in covered(before) for code in codes)
        ):
            return cluster, before
        if cluster not in self._chosen:
            self._chosen[cluster] = self._source_of(codes)
        source = self._chosen[cluster]
        if source is None:
            return "", None
        has = covered(source)
        kept = "".join(c for c in cluster if ord(c) in has)
        for c in cluster:
            if ord(c) not in has and not _invisible(ord(c)):
                self.missing.setdefault(c)
        return kept, source

    def _source_of(self, codes: list[int]) -> Source | None:
        solid = [code for code in codes if not _invisible(code)]
        if not solid:
            return None
        order = self._sources
        if 0xFE0F in codes or 0x20E3 in codes or _is_emoji(solid[0]):
            order = (EMOJI, *order)
        for wanted in (solid, solid[:1]):
            for source in order:
                if all(code in covered(source) for code in wanted):
                    return source
        for code in solid:
            self.missing.setdefault(chr(code))
        return None


def han_of(texts: Iterable[str], language: str = "") -> Han:
    """Whose shapes the ideographs take that Chinese, Japanese and Korean share.

    The language decides (`ja`, `ko`, `zh-TW`, ...); without one, what is written: kana is Japanese, hangul Korean, and
    Chinese is traditional when its old encoding knows more of the characters than that of simplified Chinese.
    """
    region = language.casefold().replace("_", "-")
    if region.startswith("zh"):
        return "tc" if any(part in ("tw", "hk", "mo", "hant") for part in region.split("-")) else "sc"
    if named := _HAN_OF_LANGUAGE.get(region.partition("-")[0]):
        return named
    text = "".join(sorted(set("".join(texts))))
    ideographs = "".join(c for c in text if 0x4E00 <= ord(c) <= 0x9FFF)
    if any(0x3041 <= ord(c) <= 0x30FF for c in text) or not ideographs:  # for symbols alone, the smallest file
        return "jp"
    if any(0xAC00 <= ord(c) <= 0xD7A3 for c in text):
        return "kr"
    simplified = len(ideographs.encode("gb2312", "ignore"))
    return "tc" if len(ideographs.encode("big5", "ignore")) > simplified else "sc"


def _invisible(code: int) -> bool:
    return code in _IGNORABLE or 0xFE00 <= code <= 0xFE0F or 0xE0020 <= code <= 0xE007F or code < 32


def _is_emoji(code: int) -> bool:
    return code >= 0x1F000 and code in covered(EMOJI)


def _without_outer_spaces(parts: list[tuple[Source, str]]) -> list[tuple[Source, str]]:
    """Leaving a character out can leave two spaces, or one at an end."""
    kept: list[tuple[Source, str]] = []
    for source, part in parts:
        text = " ".join(piece for piece in part.split(" ") if piece) if part.strip(" ") else " "
        if part != text and part.strip(" "):
            text = (" " if part.startswith(" ") else "") + text + (" " if part.endswith(" ") else "")
        if text.startswith(" ") and (not kept or kept[-1][1].endswith(" ")):
            text = text[1:]
        if text:
            kept.append((source, text))
    while kept and not kept[-1][1].rstrip(" "):
        kept.pop()
    if kept:
        kept[-1] = (kept[-1][0], kept[-1][1].rstrip(" "))
    return kept


def _around(boxes: Sequence[tuple[float, float, float, float]], width: float) -> tuple[float, float, float, float]:
    return (
        min(0.0, min((box[0] for box in boxes), default=0.0)),
        min(0.0, min((box[1] for box in boxes), default=0.0)),
        max(width, max((box[2] for box in boxes), default=0.0)),
        max(0.0, max((box[3] for box in boxes), default=0.0)),
    )
