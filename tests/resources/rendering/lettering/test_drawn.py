"""Captions and overlays as libass draws them: every text is a text, every script has its shapes."""

from pathlib import Path

import numpy as np
import pytest

from reelineage.documents import Frame, Overlay
from reelineage.look import Captions, OverlayLook
from reelineage.timeline.zones import text_places
from resources.rendering.lettering import FontLibrary, Sheet, TimedOverlay, lay_out
from tests.resources.rendering.lettering.drawing import (
    SCRIPTS,
    SMALL,
    cues_of,
    draw_sheet,
    inked,
    inside,
    shown_by,
)

PLAIN = Captions(style="phrase", outline=0, shadow=0)


def sheet_of(library: FontLibrary, text: str, look: Captions = PLAIN, *, frame: Frame = SMALL) -> Sheet:
    return lay_out(
        cues_of(text)[:1],
        [],
        frame=frame,
        profile="standard",
        captions=look,
        overlay_look=OverlayLook(),
        fonts=library,
    )


@pytest.mark.parametrize("script", SCRIPTS)
def test_each_script_is_drawn_where_it_was_measured(tmp_path: Path, library: FontLibrary, script: str) -> None:
    """Had libass no font for a character, it would draw a box of another width; unshaped letters are wider, too."""
    sheet = sheet_of(library, SCRIPTS[script])
    drawn = inked(draw_sheet(sheet, tmp_path), above=40)
    shown = list(shown_by(sheet.whole(), library))
    left, top = min(one.left for one in shown), min(one.top for one in shown)
    right, bottom = max(one.right for one in shown), max(one.bottom for one in shown)
    wanted, got = (left, top, right, bottom), (drawn.left, drawn.top, drawn.right, drawn.bottom)
    assert np.abs(np.subtract(wanted, got)).max() <= 1.6
    assert abs(left + right - SMALL.width) / 2 <= 0.12 * (bottom - top), "in the middle, but for space beside the ink"
    assert inside(drawn, text_places(SMALL, "standard", "lower").captions)
    assert sheet.missing == ()


def test_arabic_letters_join(tmp_path: Path, library: FontLibrary) -> None:
    """A zero-width non-joiner between the letters keeps their isolated shapes: that picture is wider."""
    joined, apart = (sheet_of(library, text) for text in ("سلام", "س\u200cل\u200cا\u200cم"))
    assert inked(draw_sheet(joined, tmp_path)).width < 0.85 * inked(draw_sheet(apart, tmp_path)).width


def test_right_to_left_lines_begin_on_the_right(tmp_path: Path, library: FontLibrary) -> None:
    """The first word is lit: in Hebrew it is the right one, in English the left one."""
    for text, side in (("שלום עולם", "right"), ("Hello world", "left")):
        picture = draw_sheet(sheet_of(library, text, Captions(accent="#FF0000")), tmp_path).astype(int)
        red = (picture[..., 0] > 200) & (picture[..., 1] < 60)
        centre = np.flatnonzero(red.any(axis=0)).mean()
        assert (centre > SMALL.width / 2) == (side == "right"), text


def test_the_full_stop_of_a_right_to_left_word_stands_on_its_left(tmp_path: Path, library: FontLibrary) -> None:
    picture = draw_sheet(sheet_of(library, "שלום."), tmp_path)
    box = inked(picture)
    narrow = picture.max(axis=2)[box.top : box.bottom, box.left : box.left + box.width // 12] > 60
    assert 0 < np.flatnonzero(narrow.any(axis=1)).size < box.height / 2, "only the dot is as low as this"


def test_an_emoji_sequence_is_one_picture(tmp_path: Path, library: FontLibrary) -> None:
    family, woman = (inked(draw_sheet(sheet_of(library, text), tmp_path)) for text in ("👩\u200d👩\u200d👧", "👩"))
    assert family.width < 1.5 * woman.width


@pytest.mark.parametrize(
    ("hostile", "plain"),
    [
        ("{\\an8}up", "{/an8}up"),
        ("\\Nnew", "/Nnew"),
        ("\\hnew", "/hnew"),
        ("\\{x", "/{x"),
        ("a\\", "a/"),
        ("{\\p1}m", "{/p1}m"),
        ("}{", "}{"),
        ("'it:s,'", "'it:s,'"),
        ("字\\字", "字/字"),
    ],
)
def test_markup_is_drawn_as_the_characters_it_consists_of(
    tmp_path: Path, library: FontLibrary, hostile: str, plain: str
) -> None:
    """A command would draw nothing or move the text; drawn as text it is about as wide as a harmless twin."""
    hostile_box, plain_box = (inked(draw_sheet(sheet_of(library, text), tmp_path)) for text in (hostile, plain))
    assert inside(hostile_box, text_places(SMALL, "standard", "lower").captions)
    assert abs(hostile_box.width - plain_box.width) <= 3
    assert abs(hostile_box.top - plain_box.top) <= 3


@pytest.mark.parametrize("style", ["word_highlight", "word_pop"])
@pytest.mark.parametrize("text", ["Short.", "W" * 250])
def test_captions_with_outline_and_glow_stay_in_their_box(
    tmp_path: Path, library: FontLibrary, style: str, text: str
) -> None:
    look = Captions.model_validate({"style": style, "uppercase": True, "outline_colour": "#FFFFFF"})
    drawn = inked(draw_sheet(sheet_of(library, text, look), tmp_path, at=3))
    assert inside(drawn, text_places(SMALL, "standard", "lower").captions)


@pytest.mark.parametrize("position", ["top", "middle", "lower"])
@pytest.mark.parametrize("plate", [True, False])
def test_overlays_are_drawn_in_their_box(tmp_path: Path, library: FontLibrary, position: str, *, plate: bool) -> None:
    overlay = Overlay.model_validate({"text": "long words of some length " * 9, "position": position})
    sheet = lay_out(
        [],
        [TimedOverlay(overlay, 0.0, 2.0)],
        frame=SMALL,
        profile="standard",
        captions=Captions(),
        overlay_look=OverlayLook(plate=plate),
        fonts=library,
    )
    box = getattr(text_places(SMALL, "standard", "lower"), f"overlay_{position}")
    assert inside(inked(draw_sheet(sheet, tmp_path, at=20), above=4), box)


def test_typed_letters_appear_one_after_another_and_then_look_as_if_never_typed(
    tmp_path: Path, library: FontLibrary
) -> None:
    pictures = {}
    for kind in ("type", "none"):
        overlay = Overlay.model_validate({"text": "مرحبا typed", "position": "top", "animation": kind})
        sheet = lay_out(
            [],
            [TimedOverlay(overlay, 0.0, 3.0)],
            frame=SMALL,
            profile="standard",
            captions=Captions(),
            overlay_look=OverlayLook(plate=False),
            fonts=library,
        )
        pictures[kind] = [draw_sheet(sheet, tmp_path, at=at).astype(int) for at in (6, 60)]
    early, late = pictures["type"]
    assert 0 < early.sum() < 0.8 * late.sum()
    assert np.abs(late - pictures["none"][1]).max() <= 24, "edges of letters drawn one by one differ a little"
