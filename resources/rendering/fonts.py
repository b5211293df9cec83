"""The caption font: a static Montserrat Bold, cut once from the variable font that comes as a package.

libass picks weights of a variable font unreliably, so it gets a plain Bold. Belongs here: making and checking that
file, its widths, and its entry for the bill of materials. Not here: how captions use it (`ass.py`), other fonts.
"""

import functools
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import JsonValue

from reelineage.documents import MediaItem
from reelineage.errors import PermanentError
from reelineage.fingerprint import sha256_of, sha256_of_file

FAMILY = "Montserrat"
FILE_NAME = "Montserrat-Bold.ttf"
_SOURCE = "files/Montserrat[wght].ttf"
_BOLD = 700
# Captions use no small capitals or other alternates. Without them cutting the font takes 4.6 CPU-s instead of 8.6.
_FEATURES = ("kern", "mark", "mkmk", "ccmp", "locl", "liga")


def static_bold(folder: Path) -> Path:
    """Montserrat Bold as a static TrueType file in `folder`; made on first use, then only checked.

    The file appears by an atomic rename, so several processes may share the folder. The bytes depend only on the
    installed font and fontTools.

    Raises:
        PermanentError: the font package is not installed as expected, or the folder cannot be written.
    """
    target = folder / _recipe() / FILE_NAME
    if target.is_file() and _is_bold(target):
        return target
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, suffix=".part")
    except OSError as error:
        raise PermanentError(
            f"Making {FILE_NAME}: {target.parent} cannot be written ({error.strerror}). Make that folder writable."
        ) from error
    partial = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            _instantiate().save(file)
            file.flush()
            os.fsync(file.fileno())
        if not _is_bold(partial):
            raise PermanentError(
                f"Making {FILE_NAME}: the result is not a Bold font. Reinstall fontpkg-montserrat and fonttools."
            )
        partial.chmod(0o644)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return target


@functools.cache
def montserrat() -> MediaItem:
    """The font as an item of the bill of materials; the sha256 is that of the file it was cut from."""
    facts = json.loads((_package() / "metadata.json").read_text("utf-8"))
    return MediaItem(
        kind="font",
        provider="fontpkg-montserrat",
        external_id=f"{facts['slug']}/{facts['version']}",
        title=f"{FAMILY} Bold",
        author="The Montserrat Project Authors",
        page_url="https://github.com/JulietaUla/Montserrat",
        licence=facts["license"],
        attribution=f"{facts['copyright']}, {facts['license']}",
        sha256=_source_digest(),
    )


def _recipe() -> str:
    """Changes with everything that decides the bytes, so that an old file is never taken for a new one."""
    import fontTools  # noqa: PLC0415 — heavy import, only when used

    parts: list[JsonValue] = [_source_digest(), fontTools.version, _BOLD, *_FEATURES]
    return sha256_of(parts)[:16]


def _instantiate() -> Any:  # noqa: ANN401 — fontTools ships no types
    from fontTools.subset import Options, Subsetter  # noqa: PLC0415 — heavy import, only when used
    from fontTools.ttLib import TTFont  # noqa: PLC0415 — as above
    from fontTools.varLib.instancer import instantiateVariableFont  # noqa: PLC0415 — as above

    # recalc_timestamp: otherwise the time of making goes into the file and its digest changes every day.
    font = TTFont(_package() / _SOURCE, recalcTimestamp=False)
    options = Options(layout_features=list(_FEATURES), hinting=False, name_IDs=["*"], recalc_timestamp=False)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=font.getBestCmap().keys())
    subsetter.subset(font)
    bold = instantiateVariableFont(font, {"wght": _BOLD}, updateFontNames=True)
    bold["OS/2"].usWeightClass = _BOLD
    return bold


def _is_bold(path: Path) -> bool:
    from fontTools.ttLib import TTFont, TTLibError  # noqa: PLC0415 — heavy import, only when used

    try:
        with TTFont(path, lazy=True) as font:
            return "fvar" not in font and font["OS/2"].usWeightClass == _BOLD and font["name"].getDebugName(1) == FAMILY
    except (TTLibError, OSError):
        return False


@functools.cache
def _package() -> Path:
    import fontpkg_montserrat  # noqa: PLC0415 — only when used

    folder = Path(fontpkg_montserrat.ROOT)
    if not (folder / _SOURCE).is_file():
        raise PermanentError(f"Looking for {FAMILY}: {folder} has no {_SOURCE}. Reinstall fontpkg-montserrat.")
    return folder


@functools.cache
def _source_digest() -> str:
    return sha256_of_file(_package() / _SOURCE)


@dataclass(frozen=True)
class FontMetrics:
    """What text layout needs of a font. `advances` maps code points to widths in ems; what is not in it has no glyph.

    `line_ems` is what libass calls the font size, in ems: its Fontsize is winAscent + winDescent, not the em.
    """

    advances: Mapping[int, float]
    line_ems: float

    def shown(self, text: str) -> str:
        """The text without characters that the font cannot draw: the same picture on every machine."""
        return " ".join("".join(c if ord(c) in self.advances else "" for c in text).split())

    def width(self, text: str) -> float:
        """Width in ems, without kerning."""
        return sum(self.advances.get(ord(c), 0.0) for c in text)


@functools.cache
def metrics(font: Path) -> FontMetrics:
    """Read the widths of a font file made by `static_bold`."""
    from fontTools.ttLib import TTFont  # noqa: PLC0415 — heavy import, only when used

    with TTFont(font, lazy=True) as opened:
        ems = opened["head"].unitsPerEm
        widths, names = opened["hmtx"], opened.getBestCmap()
        advances = {code: widths[name][0] / ems for code, name in names.items() if code >= 32}
        return FontMetrics(advances, (opened["OS/2"].usWinAscent + opened["OS/2"].usWinDescent) / ems)
