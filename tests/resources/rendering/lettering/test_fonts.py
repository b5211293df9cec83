"""The fonts: cut once, checked, and named in the bill of materials."""

from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from reelineage.errors import PermanentError
from resources.rendering.lettering import FontLibrary, cutting
from resources.rendering.lettering.cutting import recipe, static_bold
from resources.rendering.lettering.sources import EMOJI, MONTSERRAT, NOTO, Source, chain

ALL = {source.family: source for source in chain("montserrat", "jp")}


def test_the_font_is_a_static_bold(font_dir: Path) -> None:
    with TTFont(static_bold(MONTSERRAT, font_dir)) as font:
        assert "fvar" not in font
        assert font["OS/2"].usWeightClass == 700
        assert [font["name"].getDebugName(number) for number in (1, 2)] == ["Montserrat", "Bold"]
        assert "GPOS" in font, "without kerning captions look loose"


def test_cutting_is_repeatable_to_the_byte(font_dir: Path, tmp_path: Path) -> None:
    first, second = (static_bold(MONTSERRAT, folder).read_bytes() for folder in (font_dir, tmp_path))
    assert first == second


def test_the_clock_leaves_no_trace_in_the_font(font_dir: Path) -> None:
    assert TTFont(static_bold(MONTSERRAT, font_dir))["head"].modified == TTFont(MONTSERRAT.path)["head"].modified


def test_the_font_is_made_once(font_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("made again")

    static_bold(NOTO, font_dir)
    monkeypatch.setattr(cutting, "_cut", refuse)
    assert static_bold(NOTO, font_dir).is_file()


def test_a_damaged_font_is_made_again_and_nothing_else_stays(font_dir: Path, tmp_path: Path) -> None:
    good = static_bold(MONTSERRAT, font_dir)
    folder = tmp_path / good.parent.name
    folder.mkdir()
    for length in (1000, good.stat().st_size - 1):
        (folder / good.name).write_bytes(good.read_bytes()[:length])
        again = static_bold(MONTSERRAT, tmp_path)
        assert again.read_bytes() == good.read_bytes()
        assert list(folder.iterdir()) == [again]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where a folder should be")
    with pytest.raises(PermanentError, match=r"blocked.* cannot be written"):
        static_bold(MONTSERRAT, blocked)


def test_a_font_package_that_is_not_installed_is_named() -> None:
    with pytest.raises(PermanentError, match="install the package no-such-fonts"):
        _ = Source(family="X", module="no_such_fonts", file="x.ttf", author="", page_url="").path
    with pytest.raises(PermanentError, match="Reinstall manimgx-fonts"):
        _ = Source(family="X", module="manimgx_fonts", file="x.ttf", author="", page_url="").path


@pytest.mark.parametrize("family", ["Montserrat", "Noto Sans", "Noto Sans Arabic", "Noto Emoji", "Noto Sans CJK JP"])
def test_the_bill_of_materials_names_author_page_and_licence(family: str) -> None:
    item = ALL[family].media()
    assert (item.kind, item.licence, item.title) == ("font", "OFL-1.1", f"{family} Bold")
    assert item.author in item.attribution
    assert item.page_url.startswith("https://github.com/")
    assert len(item.sha256) == 64


def test_every_source_has_a_recipe_of_its_own() -> None:
    assert len({recipe(source) for source in ALL.values()}) == len(ALL)


def test_only_the_fonts_that_texts_need_are_named(library: FontLibrary) -> None:
    def families(*texts: str) -> list[str]:
        return [font.family for font in library.needed(texts, "montserrat")]

    assert families("Hello", "Привет") == ["Montserrat"]
    assert families("Γειά") == ["Noto Sans"]
    assert families("سلام") == ["Noto Sans Arabic"]
    assert families("Go 🔥") == ["Montserrat", "Noto Emoji"]
    assert families("字幕です") == ["Noto Sans CJK JP"]
    assert families("한국어") == ["Noto Sans CJK KR"]
    assert [font.family for font in library.needed(["Hi"], "noto")] == ["Noto Sans"]
    assert families("", " \u200b") == []


def test_the_files_of_needed_fonts_exist_under_names_of_their_own(library: FontLibrary) -> None:
    fonts = library.needed(["Aα字한س🔥"], "montserrat")
    assert len({font.path.name for font in fonts}) == len(fonts) == 6
    assert all(font.path.is_file() for font in fonts)


def test_every_glyph_of_the_emoji_font_has_a_private_character(library: FontLibrary) -> None:
    with TTFont(library.face(EMOJI).file.path) as font:
        names = font.getBestCmap()
        assert [names[cutting.PRIVATE + number] for number in (1, 500)] == [font.getGlyphName(n) for n in (1, 500)]
