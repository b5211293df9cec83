"""Cutting a static Bold out of a variable font: libass picks weights of variable fonts unreliably.

Belongs here: the recipe, the file and its check. Not here: which fonts there are (`sources.py`), when one is needed
(`library.py`). HarfBuzz's subsetter cuts Montserrat in 0.02 CPU-s; fontTools' instancer took 4.6.
"""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import JsonValue

from reelineage.errors import PermanentError
from reelineage.fingerprint import sha256_of
from resources.rendering.lettering.sources import Source

_BOLD = 700
PRIVATE = 0xF0000  # private characters that name glyphs by number start here
_RECIPE = 2  # count up when the cutting below changes


def recipe(source: Source) -> str:
    """Changes with everything that decides the bytes, so that an old file is never taken for a new one."""
    import fontTools  # noqa: PLC0415 — heavy import, only when used
    import uharfbuzz  # noqa: PLC0415 — as above

    parts: list[JsonValue] = [source.sha256, source.index, source.family, source.codec]
    parts += [
        "-" if source.features is None else " ".join(source.features),
        _BOLD,
        _RECIPE,
        fontTools.version,
        uharfbuzz.version_string(),
    ]
    return sha256_of(parts)


def coverage(source: Source) -> frozenset[int]:
    """The code points that the cut font has; read from the variable font, so that nothing is cut for it."""
    return frozenset(_repertoire(source, _face(source)))


def static_bold(source: Source, folder: Path) -> Path:
    """The static font in `folder`; made on first use, then only checked.

    The file appears by an atomic rename, so several processes may share the folder. The bytes depend only on the
    installed font, HarfBuzz and fontTools.

    Raises:
        PermanentError: the font package is not installed as expected, or the folder cannot be written.
    """
    name = f"{source.family.replace(' ', '')}-Bold.{'otf' if source.codec else 'ttf'}"
    target = folder / recipe(source)[:16] / name
    if target.is_file() and _is_whole(target, source.family):
        return target
    with _partial(target) as partial:
        with partial.open("wb") as file:
            _cut(source, file)
            file.flush()
            os.fsync(file.fileno())
        if not _is_whole(partial, source.family):
            raise PermanentError(
                f"Making {name}: the result is not a Bold font. Reinstall {source.module}, uharfbuzz and fonttools."
            )
        partial.chmod(0o644)
        partial.replace(target)
    return target


@contextlib.contextmanager
def _partial(target: Path) -> Iterator[Path]:
    """A file beside the target that is gone at the end, whatever happened."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, suffix=".part")
    except OSError as error:
        raise PermanentError(
            f"Making {target.name}: {target.parent} cannot be written ({error.strerror}). Make that folder writable."
        ) from error
    os.close(handle)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def _face(source: Source) -> Any:  # noqa: ANN401 — uharfbuzz ships no types
    import uharfbuzz as hb  # noqa: PLC0415 — heavy import, only when used

    return hb.Face(hb.Blob.from_file_path(str(source.path)), source.index)


def _repertoire(source: Source, face: Any) -> set[int]:  # noqa: ANN401 — as above
    codes = {code for code in face.unicodes if code >= 32}
    if source.codec is None:
        return codes
    text = "".join(map(chr, sorted(codes)))
    encodable = {ord(c) for c in text.encode(source.codec, "ignore").decode(source.codec)}
    # The old encodings lack symbols, some kana, punctuation and full-width forms that people write today.
    return encodable | {code for code in codes if code < 0x2E80 or 0x3000 <= code < 0x3130 or 0xFF00 <= code < 0xFFEF}


def _cut(source: Source, file: Any) -> None:  # noqa: ANN401 — as above
    import io  # noqa: PLC0415 — only here

    import uharfbuzz as hb  # noqa: PLC0415 — heavy import, only when used
    from fontTools.ttLib import TTFont  # noqa: PLC0415 — as above

    face = _face(source)
    wanted = hb.SubsetInput()
    wanted.unicode_set.update(_repertoire(source, face))
    wanted.flags = hb.SubsetFlags.NO_HINTING | hb.SubsetFlags.DOWNGRADE_CFF2
    if source.features is not None:
        wanted.layout_feature_tag_set.clear()
        wanted.layout_feature_tag_set.update(int.from_bytes(tag.encode(), "big") for tag in source.features)
    wanted.pin_axis_location(face, "wght", float(_BOLD))
    # recalcTimestamp: otherwise the time of making goes into the file and its digest changes every day.
    font = TTFont(io.BytesIO(hb.subset(face, wanted).blob.data), recalcTimestamp=False, lazy=True)
    for table in ("STAT", "DSIG", "vhea", "vmtx", "VORG"):  # of no use in a static font set in lines
        if table in font:
            del font[table]
    if source.sequences:
        _number_glyphs(font)
    _name(font, source.family)
    font.save(file, reorderTables=None)


def _number_glyphs(font: Any) -> None:  # noqa: ANN401 — as above
    """Give every glyph a private character: libass drops the joiners that would make one emoji of several."""
    wide = next(table for table in font["cmap"].tables if table.format == 12)
    for number, name in enumerate(font.getGlyphOrder()):
        wide.cmap[PRIVATE + number] = name


def _name(font: Any, family: str) -> None:  # noqa: ANN401 — as above
    """Variable fonts are named after their default, often Thin: libass looks fonts up by this name and the weight."""
    table = font["name"]
    for number in (16, 17, 21, 22, 25):
        table.removeNames(nameID=number)
    words = {1: family, 2: "Bold", 4: f"{family} Bold", 6: f"{family.replace(' ', '')}-Bold"}
    for record in list(table.names):
        if record.nameID in words:
            record.string = words[record.nameID]
    for number, text in words.items():
        table.setName(text, number, 3, 1, 0x409)
    font["OS/2"].usWeightClass = _BOLD
    font["OS/2"].fsSelection = font["OS/2"].fsSelection & ~0x61 | 0x20  # neither italic nor regular, but bold
    font["head"].macStyle = 1


def _is_whole(path: Path, family: str) -> bool:
    """A static Bold of that name with nothing cut off at its end."""
    from fontTools.ttLib import TTFont, TTLibError  # noqa: PLC0415 — heavy import, only when used

    try:
        with TTFont(path, lazy=True) as font:
            ends = [entry.offset + entry.length for entry in font.reader.tables.values()]
            name = font["name"].getDebugName(1)
            return (
                "fvar" not in font
                and max(ends) <= path.stat().st_size
                and font["OS/2"].usWeightClass == _BOLD
                and name == family
            )
    except (TTLibError, OSError):
        return False
