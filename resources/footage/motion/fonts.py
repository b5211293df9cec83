"""Which fonts a text is drawn in: Montserrat, and for what it lacks the Noto fonts that come as packages.

Belongs here: what can be shown at all, and the fonts to ask in their order. Not here: glyphs (`typeface`). Only
packaged fonts are used, so that a picture is the same on any machine. Text that Montserrat has costs nothing more: no
other font is opened for it. Nothing here needs skia: the bill of materials is made without drawing.
"""

import functools
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from reelineage.documents import MediaItem, Scene
from reelineage.timeline.writing import clusters
from resources.rendering.lettering.library import covered
from resources.rendering.lettering.sources import EMOJI, MONTSERRAT, Han, Source, chain
from resources.rendering.lettering.typesetter import han_of

_EMOJI_STYLE: Final = "\ufe0f"
_KEPT_INSIDE: Final = frozenset((0x200C, 0x200D, 0xFE0E, 0xFE0F, *range(0xE0020, 0xE0080)))  # joiners, emoji styles
# Whose shapes shared ideographs take: known from all texts of a scene, while it is laid out and drawn.
_HAN: ContextVar[Han | None] = ContextVar("han", default=None)


@contextmanager
def written_like(texts: Iterable[str]) -> Iterator[None]:
    """Inside, ideographs take the shapes of the language that these texts are in, as far as they tell."""
    wide = "".join(character for text in texts for character in text if ord(character) > 0x2E7F)
    token = _HAN.set(han_of((wide,)) if wide else None)
    try:
        yield
    finally:
        _HAN.reset(token)


def texts_of(scene: Scene) -> tuple[str, ...]:
    """What a scene shows: its visual's texts."""
    visual = scene.visual
    data = (text for datum in visual.data for text in (datum.label, datum.display))
    return visual.headline, visual.kicker, visual.body, visual.figure, visual.figure_caption, *data


def said_and_shown(scene: Scene) -> tuple[str, ...]:
    """All texts of a scene, to tell its language by (a drawing keeps of the narration only what does)."""
    return *texts_of(scene), *(sentence.text for sentence in scene.sentences)


def media_of(scene: Scene) -> tuple[MediaItem, ...]:
    """The fonts that a scene's picture is set in, for the bill of materials."""
    with written_like(said_and_shown(scene)):
        used = [source for text in texts_of(scene) for source in fonts_of(showable(text))]
    return tuple(source.media() for source in dict.fromkeys((MONTSERRAT, *used)))


def current_han(text: str) -> Han:
    """Whose shapes the ideographs of `text` take."""
    return _HAN.get() or han_of((text,))


def showable(text: str) -> str:
    """`text` with only what some font can show, spaces collapsed.

    A character that Montserrat lacks is first tried in its plain form (bold mathematical letters, full-width forms),
    then in the other fonts, then left out. Direction marks and control characters are left out too.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    shown = (_showable_cluster(cluster) for cluster in clusters(unicodedata.normalize("NFC", text)))
    return " ".join("".join(shown).split())


def is_plain(text: str) -> bool:
    """Whether Montserrat draws all of it, one glyph for each character, from left to right."""
    return text.isascii() or all(map(_is_own, text))


def fonts_of(text: str) -> tuple[Source, ...]:
    """The fonts that draw a showable text, in the order in which they are asked."""
    return (MONTSERRAT,) if is_plain(text) else _fonts_of(text, current_han(text))


@functools.lru_cache(maxsize=2048)
def _fonts_of(text: str, han: Han) -> tuple[Source, ...]:
    order = chain("montserrat", han)
    needed = {found for cluster in clusters(text) if (found := _source_of(cluster, order)) is not None}
    fonts = [source for source in order if source in needed]
    if any(map(_is_greek, text)) and MONTSERRAT in fonts:
        # Montserrat has a few Greek letters, meant for formulas: words must not be pieced together from two fonts.
        fonts.remove(MONTSERRAT)
        fonts.append(MONTSERRAT)
    return tuple(fonts)


def _source_of(cluster: str, order: tuple[Source, ...]) -> Source | None:
    """The first font that has all of a cluster, or else its first character."""
    codes = [ord(character) for character in cluster if ord(character) not in _KEPT_INSIDE]
    if not codes:
        return None
    if codes[0] >= 0x1F000 or _EMOJI_STYLE in cluster:
        order = (EMOJI, *order)
    elif _is_greek(cluster[0]):
        order = tuple(source for source in order if source != MONTSERRAT)
    for wanted in (codes, codes[:1]):
        for source in order:
            if all(code in covered(source) for code in wanted):
                return source
    return None


@functools.lru_cache(maxsize=8192)
def _showable_cluster(cluster: str) -> str:
    if all(map(_is_own, cluster)):
        return cluster
    cleaned = "".join(map(_cleaned, cluster))
    # "fullwidth" and "mathematical bold" letters: their plain forms read the same and look better. Punctuation keeps
    # its width, which Chinese and Japanese need.
    plain = unicodedata.normalize("NFKC", cleaned)
    if cleaned.isalnum() and all(character.isspace() or _is_own(character) for character in plain):
        return plain
    order = chain("montserrat", "jp")  # whichever comes first, together they have the same characters
    source = _source_of(cleaned, order)
    if source is None:
        return " " if cluster[:1].isspace() else ""
    has = covered(source)
    joined = source == EMOJI or len(cleaned) > 1
    return "".join(
        character for character in cleaned if ord(character) in has or (joined and ord(character) in _KEPT_INSIDE)
    )


def _cleaned(character: str) -> str:
    if character.isspace():
        return " "
    if ord(character) in _KEPT_INSIDE:
        return character
    return "" if unicodedata.category(character) in ("Cf", "Cc", "Cs", "Co", "Cn") else character


@functools.lru_cache(maxsize=8192)
def _is_own(character: str) -> bool:
    if character.isascii():
        return character.isprintable()
    apart = unicodedata.category(character) in ("Mn", "Mc", "Me", "Cf", "Cc", "Zs", "Zl", "Zp")
    return not apart and not _is_greek(character) and ord(character) in covered(MONTSERRAT)


def _is_greek(character: str) -> bool:
    return "\u0370" <= character <= "\u03ff" or "\u1f00" <= character <= "\u1fff"
