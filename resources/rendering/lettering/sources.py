"""Which font draws which writing: the fonts that come as packages, and their entries for the bill of materials.

Belongs here: names, files, authors, the characters each font is used for, the order in which they are asked. Not
here: cutting static files (`cutting.py`), keeping them (`library.py`). Noto's emoji are outlines: libass draws no
colour fonts.
"""

import functools
import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from reelineage.documents import MediaItem
from reelineage.errors import PermanentError
from reelineage.fingerprint import sha256_of_file

FamilyName = Literal["montserrat", "noto"]
Han = Literal["jp", "kr", "sc", "tc"]
# Captions use no small capitals or other alternates; without them the cut fonts are a third smaller.
_LATIN_FEATURES = ("kern", "mark", "mkmk", "ccmp", "locl", "liga")
# Without `locl`, which brings the other countries' shapes: each country has a face of its own.
_CJK_FEATURES = ("kern", "mark", "mkmk", "ccmp", "liga", "calt", "ljmo", "vjmo", "tjmo")
_SIMPLE_NOTO = (
    "Arabic Hebrew Devanagari Bengali Gurmukhi Gujarati Oriya Tamil Telugu Kannada Malayalam Sinhala Thai Lao Khmer "
    "Myanmar Armenian Georgian Ethiopic"
)


@dataclass(frozen=True)
class Source:
    """One font of a package.

    `family` is the name libass knows it by. `codec` limits a Chinese, Japanese or Korean face to the characters that
    the old encoding of its country holds (8,000 to 22,000 of 45,000: 2-6 MB, cut in 0.4-1.1 CPU-s).
    `features` None keeps the layout features that shaping applies by itself. `sequences`: several characters can make
    one picture.
    """

    family: str
    module: str
    file: str
    author: str
    page_url: str
    index: int = 0
    codec: str | None = None
    features: tuple[str, ...] | None = None
    sequences: bool = False

    @property
    def path(self) -> Path:
        """The variable font in its package.

        Raises:
            PermanentError: the package is not installed as expected.
        """
        package = self.module.replace("_", "-")
        try:
            origin = importlib.import_module(self.module).__file__
        except ModuleNotFoundError as error:
            raise PermanentError(f"Looking for the font {self.family}: install the package {package}.") from error
        path = Path(origin or "").parent / self.file
        if not path.is_file():
            raise PermanentError(f"Looking for the font {self.family}: {path} is missing. Reinstall {package}.")
        return path

    @property
    def sha256(self) -> str:
        """Digest of the file it is cut from."""
        return _digest(self.path)

    def media(self) -> MediaItem:
        """The font for the bill of materials; the sha256 is that of the file it was cut from."""
        return MediaItem(
            kind="font",
            provider=self.module.replace("_", "-"),
            external_id=f"{Path(self.file).name}#{self.index}" if self.codec else Path(self.file).name,
            title=f"{self.family} Bold",
            author=self.author,
            page_url=self.page_url,
            licence="OFL-1.1",
            attribution=f"{self.family} by {self.author}, OFL-1.1",
            sha256=self.sha256,
        )


def _noto(script: str) -> Source:
    name = f"Noto Sans {script}".strip()
    return Source(
        family=name,
        module="manimgx_fonts",
        file=f"{name.replace(' ', '')}[wght].ttf",
        author="The Noto Project Authors",
        page_url="https://github.com/notofonts",
    )


def _cjk(region: str, index: int, codec: str) -> Source:
    return Source(
        family=f"Noto Sans CJK {region}",
        module="manimgx_fonts_cjk",
        file="NotoSansCJK-VF.otf.ttc",
        author="Adobe",
        page_url="https://github.com/notofonts/noto-cjk",
        index=index,
        codec=codec,
        features=_CJK_FEATURES,
    )


MONTSERRAT = Source(
    family="Montserrat",
    module="fontpkg_montserrat",
    file="files/Montserrat[wght].ttf",
    author="The Montserrat Project Authors",
    page_url="https://github.com/JulietaUla/Montserrat",
    features=_LATIN_FEATURES,
)
NOTO = _noto("")
EMOJI = Source(
    family="Noto Emoji",
    module="manimgx_fonts",
    file="NotoEmoji[wght].ttf",
    author="Google",
    page_url="https://github.com/googlefonts/noto-emoji",
    sequences=True,
)
_CJK: dict[Han, Source] = {
    "jp": _cjk("JP", 0, "cp932"),
    "kr": _cjk("KR", 1, "cp949"),
    "sc": _cjk("SC", 2, "gbk"),
    "tc": _cjk("TC", 3, "cp950"),
}
_RARE_HAN = _cjk("HK", 4, "utf-8")  # every character that Noto has, for names and old texts: 10 MB, 2 CPU-s


def chain(family: FamilyName, han: Han) -> tuple[Source, ...]:
    """The fonts in the order in which they are asked for a character.

    Chinese, Japanese and Korean share code points but not shapes: the face of `han` comes before the others.
    """
    first = (MONTSERRAT, NOTO) if family == "montserrat" else (NOTO, MONTSERRAT)
    scripts = tuple(_noto(script) for script in _SIMPLE_NOTO.split())
    faces = (_CJK[han], *(face for name, face in _CJK.items() if name != han))
    return (*first, *scripts, *faces, _noto("Symbols"), EMOJI, _RARE_HAN)


@functools.cache
def _digest(path: Path) -> str:
    return sha256_of_file(path)
