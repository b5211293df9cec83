"""The fonts that a video's texts need: found, cut once, opened for measuring.

Belongs here: the folder of static fonts, and the choice of fonts for a set of texts. Not here: how a text is split
between them (`typesetter.py`), which fonts exist (`sources.py`).
"""

import functools
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reelineage.documents import MediaItem
from reelineage.fingerprint import sha256_of_file
from resources.rendering.lettering.cutting import coverage, recipe, static_bold
from resources.rendering.lettering.sources import FamilyName, Han, Source


@dataclass(frozen=True)
class FontFile:
    """A static font for libass. `family` is the name libass sees, `sha256` the digest of the file at `path`.

    `media` is its entry for the bill of materials: the font it was cut from.
    """

    path: Path
    sha256: str
    family: str
    media: MediaItem


@dataclass(frozen=True, eq=False)
class Face:
    """An opened font. `ascent` and `descent` (both positive, in ems) make up what libass calls the font's size.

    `sequences` remembers which emoji the private characters stand for that were used so far.
    """

    file: FontFile
    recipe: str
    ascent: float
    descent: float
    units: int
    opened: Any
    sequences: dict[str, str] = field(default_factory=dict)

    @property
    def line_ems(self) -> float:
        """Size as ASS counts it, in ems: winAscent + winDescent, not the em."""
        return self.ascent + self.descent


class FontLibrary:
    """Static fonts in a folder, made when a text first needs them. Processes and threads may share it."""

    def __init__(self, folder: Path, *, han: Han | None = None) -> None:
        """`folder` is made when it is needed.

        `han` says whose shapes the characters take that Chinese, Japanese and Korean share (see `han_of`); with None
        each set of texts decides for itself.
        """
        self.folder = folder
        self.han = han
        self._faces: dict[str, Face] = {}
        self._lock = threading.Lock()

    def needed(self, texts: Iterable[str], family: FamilyName) -> tuple[FontFile, ...]:
        """The fonts whose glyphs these texts need, in the order in which they are asked.

        Raises:
            PermanentError: a font package is missing, or the folder cannot be written.
        """
        from resources.rendering.lettering.typesetter import Typesetter  # noqa: PLC0415 — it builds on this module

        setter = Typesetter(self, texts := tuple(texts), family)
        return setter.files(texts)

    def face(self, source: Source) -> Face:
        """The static font of a source, opened.

        Raises:
            PermanentError: the font package is missing, or the folder cannot be written.
        """
        with self._lock:
            if source.family not in self._faces:
                self._faces[source.family] = self._open(source)
            return self._faces[source.family]

    def _open(self, source: Source) -> Face:
        import uharfbuzz as hb  # noqa: PLC0415 — heavy import, only when used
        from fontTools.ttLib import TTFont  # noqa: PLC0415 — as above

        path = static_bold(source, self.folder)
        with TTFont(path, lazy=True) as font:
            units = font["head"].unitsPerEm
            ascent, descent = font["OS/2"].usWinAscent / units, font["OS/2"].usWinDescent / units
        return Face(
            file=FontFile(path, sha256_of_file(path), source.family, source.media()),
            recipe=recipe(source),
            ascent=ascent,
            descent=descent,
            units=units,
            opened=hb.Font(hb.Face(hb.Blob.from_file_path(str(path)))),
        )


@functools.cache
def covered(source: Source) -> frozenset[int]:
    """The code points of a source, read once per process."""
    return coverage(source)
