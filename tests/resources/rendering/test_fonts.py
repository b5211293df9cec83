"""The caption font: made once, checked, and named in the bill of materials."""

from pathlib import Path

import fontpkg_montserrat
import pytest
from fontTools.ttLib import TTFont

from reelineage.errors import PermanentError
from resources.rendering import fonts
from resources.rendering.fonts import FontMetrics, montserrat, static_bold


def test_the_font_is_a_static_bold(font_dir: Path) -> None:
    with TTFont(static_bold(font_dir)) as font:
        assert "fvar" not in font
        assert font["OS/2"].usWeightClass == 700
        assert [font["name"].getDebugName(number) for number in (1, 2)] == ["Montserrat", "Bold"]
        assert "GPOS" in font, "without kerning captions look loose"


def test_the_font_is_made_once(font_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise AssertionError("made again")

    monkeypatch.setattr(fonts, "_instantiate", refuse)
    assert static_bold(font_dir).is_file()


def test_a_damaged_font_is_made_again_and_nothing_else_stays(
    font_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = static_bold(font_dir)
    monkeypatch.setattr(fonts, "_instantiate", lambda: TTFont(good, recalcTimestamp=False))  # cutting takes 4.5 CPU-s
    folder = tmp_path / good.parent.name
    folder.mkdir()
    (folder / good.name).write_bytes(good.read_bytes()[:1000])
    again = static_bold(tmp_path)
    assert TTFont(again).getBestCmap() == TTFont(good).getBestCmap()
    assert list(folder.iterdir()) == [again]


def test_the_clock_leaves_no_trace_in_the_font(font_dir: Path) -> None:
    source = Path(fontpkg_montserrat.ROOT) / "files" / "Montserrat[wght].ttf"
    assert TTFont(static_bold(font_dir))["head"].modified == TTFont(source)["head"].modified


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where a folder should be")
    with pytest.raises(PermanentError, match=r"blocked.* cannot be written"):
        static_bold(blocked)


def test_the_bill_of_materials_names_author_and_licence() -> None:
    item = montserrat()
    assert (item.kind, item.licence) == ("font", "OFL-1.1")
    assert "Montserrat Project Authors" in item.attribution


def test_characters_without_a_glyph_are_left_out(font: FontMetrics) -> None:
    assert font.shown("Top 🔥 ten 漢字 now\u00a0\x00") == "Top ten now"
    assert font.width("iii") < font.width("WWW")
