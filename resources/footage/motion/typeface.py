"""Fonts at their weights, and words as placed glyphs.

Belongs here: kerning, shaping, widths, drawing one line. Not here: which font has what (`fonts`), lines and sizes
(`typesetting`). Text of Montserrat alone is placed letter by letter, with tracking and even digits; any other is shaped
by skia's paragraph (HarfBuzz, bidirectional), without tracking, which would part what is joined.
"""

import functools
import threading
from dataclasses import dataclass, replace
from typing import Final

import skia

from resources.footage.motion.fonts import current_han, fonts_of, is_plain
from resources.rendering.lettering.direction import runs_right_to_left
from resources.rendering.lettering.sources import MONTSERRAT, Han, Source

REGULAR: Final = 500
SEMIBOLD: Final = 600
BOLD: Final = 700
EXTRABOLD: Final = 800
BLACK: Final = 900

_EM = 1000.0
_NOTO_HEAVIEST = 700  # beside these fonts Montserrat is drawn no heavier, or it would shout
_SHAPING = threading.RLock()
_WEIGHT_AXIS = int.from_bytes(b"wght")
_DIGITS = "0123456789"


@functools.cache
def typeface(weight: int, source: Source = MONTSERRAT) -> skia.Typeface:
    """A font at one weight (100..900), or the nearest that it has: most of Noto ends at 700."""
    position = skia.FontArguments.VariationPosition
    # Every object below must outlive `makeClone`: skia keeps pointers into them, not copies.
    coordinates = position.Coordinates([position.Coordinate(_WEIGHT_AXIS, float(weight))])
    design = position(coordinates)
    arguments = skia.FontArguments()
    arguments.setVariationDesignPosition(design)
    arguments.setCollectionIndex(source.index)
    # An empty manager: the default one would read the system's fontconfig, and complain about it on stderr.
    return skia.FontMgr.New_Custom_Empty().makeFromFile(str(source.path), source.index).makeClone(arguments)


def font(weight: int, size: float) -> skia.Font:
    """A skia font whose glyphs may stand between pixels and are not hinted, so that movement stays smooth."""
    made = skia.Font(typeface(weight), size)
    made.setSubpixel(True)
    made.setLinearMetrics(True)
    made.setHinting(skia.FontHinting.kNone)
    made.setEdging(skia.Font.Edging.kAntiAlias)
    return made


@functools.lru_cache(maxsize=8192)
def _advance(weight: int, character: str) -> float:
    return float(font(weight, _EM).measureText(character))


@functools.lru_cache(maxsize=16384)
def _kerning(weight: int, pair: str) -> float:
    """How much closer (negative) the second glyph stands, in 1/1000 em.

    A plain skia font knows no GPOS table; its paragraph does, so the paragraph is asked how wide the pair is.
    """
    if " " in pair:
        return 0.0
    whole = _paragraph(pair, weight, _EM, (MONTSERRAT,), None).LongestLine
    return float(whole) - _advance(weight, pair[0]) - _advance(weight, pair[1])


def _paragraph(
    text: str, weight: int, size: float, sources: tuple[Source, ...], paint: skia.Paint | None
) -> skia.textlayout.Paragraph:
    """One line, shaped. Where its first letter runs to the left, all of it does."""
    layout = skia.textlayout
    with _SHAPING:  # skia's collections of fonts and paragraphs in the making are not for two threads at once
        style = layout.TextStyle()
        style.setFontFamilies([source.family for source in sources])
        style.setFontSize(size)
        if paint is not None:
            style.setForegroundPaint(paint)
        paragraph_style = layout.ParagraphStyle()
        paragraph_style.setTextStyle(style)
        builder = layout.ParagraphBuilder.make(paragraph_style, _collection(weight, sources), _unicode())
        builder.pushStyle(style)
        builder.addText(f"\u202b{text}\u202c" if runs_right_to_left(text) else text)
        paragraph = builder.Build()
        paragraph.layout(size * 10_000)
        return paragraph


@functools.lru_cache(maxsize=64)
def _collection(weight: int, sources: tuple[Source, ...]) -> skia.textlayout.FontCollection:
    provider = skia.textlayout.TypefaceFontProvider()
    heaviest = weight if len(sources) == 1 or any(source.codec for source in sources) else min(weight, _NOTO_HEAVIEST)
    for source in sources:
        provider.registerTypeface(typeface(heaviest, source), source.family)
    collection = skia.textlayout.FontCollection()
    collection.setDefaultFontManager(provider)
    return collection


@functools.cache
def _unicode() -> skia.Unicode:
    return skia.Unicode.ICU_Make()


@dataclass(frozen=True)
class Face:
    """How words are set: weight 100..900, size in pixels, tracking in em.

    `tabular` 1 gives all digits one width, so that a running number does not shake; 0 sets them as they are.
    """

    weight: int
    size: float
    tracking: float = 0.0
    tabular: float = 0.0

    def sized(self, size: float) -> "Face":
        """The same face at another size."""
        return replace(self, size=size)

    def running(self, tabular: float) -> "Face":
        """The same face with more or less even digits."""
        return replace(self, tabular=tabular)


# Montserrat's own numbers, in em, and what other writing may need: stacked marks of Thai, bowls of Arabic.
TALL_ASCENT: Final = 1.15
TALL_DESCENT: Final = 0.50
ASCENT: Final = 0.968
DESCENT: Final = 0.251
CAP_HEIGHT: Final = 0.70
X_HEIGHT: Final = 0.53


def width(text: str, face: Face) -> float:
    """How wide `text` is in pixels, without the tracking after its last letter."""
    if not is_plain(text):
        return _shaped_em_width(text, face.weight, current_han(text)) * face.size
    return _em_width(text, face.weight, face.tracking, face.tabular) * face.size


@functools.lru_cache(maxsize=4096)
def _shaped_em_width(text: str, weight: int, _han: Han) -> float:
    return float(_paragraph(text, weight, _EM, fonts_of(text), None).LongestLine) / _EM


@functools.lru_cache(maxsize=4096)
def _em_width(text: str, weight: int, tracking: float, tabular: float) -> float:
    return place(text, Face(weight=weight, size=1.0, tracking=tracking, tabular=tabular))[1]


def place(text: str, face: Face) -> tuple[list[float], float]:
    """Where each character of a plain text starts, and where the last one ends, in pixels from the left."""
    scale = face.size / _EM
    tracking = face.tracking * face.size
    starts: list[float] = []
    position = 0.0
    previous = ""
    for character in text:
        even = face.tabular if character in _DIGITS else 0.0
        if previous:
            position += _kerning(face.weight, previous + character) * scale * (1 - face.tabular)
        own = _advance(face.weight, character) * scale
        cell = own + (_digit_width(face.weight) * scale - own) * even
        starts.append(position + (cell - own) / 2)
        position += cell + tracking
        previous = character
    return starts, max(0.0, position - tracking) if text else 0.0


@functools.cache
def _digit_width(weight: int) -> float:
    return max(_advance(weight, digit) for digit in _DIGITS)


def draw_line(canvas: skia.Canvas, text: str, face: Face, x: float, baseline: float, paint: skia.Paint) -> None:
    """Draw one line of showable text from `x`."""
    if not text.strip():
        return
    if not is_plain(text):
        paragraph = _paragraph(text, face.weight, face.size, fonts_of(text), paint)
        paragraph.paint(canvas, x, baseline - paragraph.AlphabeticBaseline)
        return
    starts, _ = place(text, face)
    made = font(face.weight, face.size)
    builder = skia.TextBlobBuilder()
    builder.allocRunPosH(made, [made.unicharToGlyph(ord(character)) for character in text], starts, 0.0)
    canvas.drawTextBlob(builder.make(), x, baseline, paint)
