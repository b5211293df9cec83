"""Montserrat in the weights that are used, and words as placed glyphs.

Belongs here: which characters the font can show, kerning, widths. Not here: lines and sizes (`typesetting`).
Only the bundled font is ever used, so that a picture is the same on any machine: a character it lacks is left out.
"""

import functools
import unicodedata
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import skia

REGULAR: Final = 500
SEMIBOLD: Final = 600
BOLD: Final = 700
EXTRABOLD: Final = 800
BLACK: Final = 900

_EM = 1000.0
_WEIGHT_AXIS = int.from_bytes(b"wght")
_DIGITS = "0123456789"


def font_file() -> Path:
    """The variable font inside fontpkg-montserrat."""
    import fontpkg_montserrat  # noqa: PLC0415 — the only place that knows where the font lies

    return Path(fontpkg_montserrat.ROOT) / "files" / "Montserrat[wght].ttf"


@functools.cache
def typeface(weight: int) -> skia.Typeface:
    """The font at one weight (100..900)."""
    position = skia.FontArguments.VariationPosition
    # Every object below must outlive `makeClone`: skia keeps pointers into them, not copies.
    coordinates = position.Coordinates([position.Coordinate(_WEIGHT_AXIS, float(weight))])
    design = position(coordinates)
    arguments = skia.FontArguments()
    arguments.setVariationDesignPosition(design)
    # An empty manager: the default one would read the system's fontconfig, and complain about it on stderr.
    return skia.FontMgr.New_Custom_Empty().makeFromFile(str(font_file())).makeClone(arguments)


def font(weight: int, size: float) -> skia.Font:
    """A skia font whose glyphs may stand between pixels and are not hinted, so that movement stays smooth."""
    made = skia.Font(typeface(weight), size)
    made.setSubpixel(True)
    made.setLinearMetrics(True)
    made.setHinting(skia.FontHinting.kNone)
    made.setEdging(skia.Font.Edging.kAntiAlias)
    return made


def showable(text: str) -> str:
    """`text` with only what the font can show, spaces collapsed.

    A character without a glyph is first tried in its plain form (bold mathematical letters, full-width forms), then
    left out. Joiners, direction marks and control characters are left out too.
    """
    return " ".join("".join(_showable_character(character) for character in text).split())


@functools.lru_cache(maxsize=4096)
def _showable_character(character: str) -> str:
    if character.isspace():
        return " "
    if unicodedata.category(character) in ("Cf", "Cc", "Cs", "Co", "Cn"):
        return ""
    if _glyph(character):
        return character
    plain = unicodedata.normalize("NFKC", character)
    return "".join(part for part in plain if part.isspace() or _glyph(part))


def _glyph(character: str) -> int:
    return int(typeface(REGULAR).unicharToGlyph(ord(character)))


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
    return _paragraph_width(weight, pair) - _advance(weight, pair[0]) - _advance(weight, pair[1])


def _paragraph_width(weight: int, text: str) -> float:
    layout = skia.textlayout
    style = layout.TextStyle()
    style.setFontFamilies([str(weight)])
    style.setFontSize(_EM)
    paragraph_style = layout.ParagraphStyle()
    paragraph_style.setTextStyle(style)
    builder = layout.ParagraphBuilder.make(paragraph_style, _fonts(weight), _unicode())
    builder.pushStyle(style)
    builder.addText(text)
    paragraph = builder.Build()
    paragraph.layout(_EM * 100)
    return float(paragraph.LongestLine)


@functools.cache
def _fonts(weight: int) -> skia.textlayout.FontCollection:
    provider = skia.textlayout.TypefaceFontProvider()
    provider.registerTypeface(typeface(weight), str(weight))
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


# Montserrat's own numbers, in em.
ASCENT: Final = 0.968
DESCENT: Final = 0.251
CAP_HEIGHT: Final = 0.70
X_HEIGHT: Final = 0.53


def width(text: str, face: Face) -> float:
    """How wide `text` is in pixels, without the tracking after its last letter."""
    return _em_width(text, face.weight, face.tracking, face.tabular) * face.size


@functools.lru_cache(maxsize=4096)
def _em_width(text: str, weight: int, tracking: float, tabular: float) -> float:
    return place(text, Face(weight=weight, size=1.0, tracking=tracking, tabular=tabular))[1]


def place(text: str, face: Face) -> tuple[list[float], float]:
    """Where each character of `text` starts, and where the last one ends, in pixels from the left."""
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


def blob(text: str, face: Face) -> skia.TextBlob | None:
    """`text` as a skia text blob whose origin is the start of its baseline; None when there is nothing to show."""
    if not text.strip():
        return None
    starts, _ = place(text, face)
    made = font(face.weight, face.size)
    builder = skia.TextBlobBuilder()
    builder.allocRunPosH(made, [made.unicharToGlyph(ord(character)) for character in text], starts, 0.0)
    return builder.make()
