"""Lettering: every text in the picture, in every script, as ASS for libass, with the fonts it needs.

Belongs here: fonts, shaping, places, looks and movements of captions, overlays and titles. Not here: which words stand
together (`reelineage.timeline.captions`), running ffmpeg (`segments.py`, `thumbnail.py`).
"""

from resources.rendering.lettering.library import FontFile, FontLibrary
from resources.rendering.lettering.overlays import TimedOverlay
from resources.rendering.lettering.sheet import Sheet, lay_out
from resources.rendering.lettering.typesetter import han_of

__all__ = ["FontFile", "FontLibrary", "Sheet", "TimedOverlay", "han_of", "lay_out"]
