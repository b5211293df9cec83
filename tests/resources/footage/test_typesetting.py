"""Text always fits its box, and what the font lacks is left out."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resources.footage.motion.typeface import BLACK, EXTRABOLD, Face, place, showable, width
from resources.footage.motion.typesetting import ELLIPSIS, fit, fit_line, words_of

FACE = Face(weight=EXTRABOLD, size=100, tracking=-0.02)


@settings(max_examples=60, deadline=None)
@given(
    text=st.text(alphabet=st.characters(codec="utf-8"), max_size=200) | st.text(alphabet="abc WÄ", max_size=200),
    box_width=st.floats(80, 900),
    box_height=st.floats(70, 700),
    most_lines=st.integers(1, 6),
)
def test_any_text_fits_any_box(text: str, box_width: float, box_height: float, most_lines: int) -> None:
    setting = fit(text, FACE, box_width=box_width, box_height=box_height, most_lines=most_lines, smallest=30)

    assert len(setting.lines) <= most_lines
    assert setting.height <= max(box_height, 30 * 0.92)
    assert all(width(line, setting.face) <= box_width + 0.01 for line in setting.lines)
    assert 30 <= setting.face.size <= 100


def test_a_text_that_fits_is_shown_word_for_word() -> None:
    text = "3 videos everyone is clicking right now"
    setting = fit(text, FACE, box_width=864, box_height=500, most_lines=5, smallest=40)

    assert " ".join(setting.lines) == text


def test_lines_are_balanced_so_that_no_word_stands_alone() -> None:
    text = "3 videos everyone is clicking right now"
    setting = fit(text, FACE.sized(150), box_width=907, box_height=500, most_lines=5, smallest=40)

    assert width(setting.lines[-1], setting.face) > 0.4 * setting.width


def test_no_line_begins_with_a_dash() -> None:
    setting = fit("Ed Sheeran - Perfect", FACE, box_width=760, box_height=300, most_lines=3, smallest=90)

    assert setting.lines == ("Ed Sheeran -", "Perfect")


def test_what_does_not_fit_ends_in_an_ellipsis() -> None:
    setting = fit_line("a very long line " * 20, FACE, box_width=300, smallest=40)

    assert setting.lines[0].endswith(ELLIPSIS)
    assert setting.face.size == 40


def test_a_word_wider_than_the_box_is_broken() -> None:
    setting = fit("x" * 60, FACE, box_width=400, box_height=400, most_lines=6, smallest=40)

    assert len(setting.lines) > 1
    assert "".join(setting.lines) == "x" * 60


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("😀 Hello 🎉 world", "Hello world"),
        ("𝗕𝗼𝗹𝗱 ＦＵＬＬ", "Bold FULL"),
        ("مرحبا", ""),
        ("a\u200b\u202eb\x00c", "abc"),
        ("Привет Việt Nam", "Привет Việt Nam"),
        ("{\\an8} %{x} <speak>", "{\\an8} %{x} <speak>"),
    ],
)
def test_only_what_the_font_has_is_shown(text: str, shown: str) -> None:
    assert showable(text) == shown


def test_pairs_are_kerned() -> None:
    assert width("AV", FACE) < width("A", FACE) + width("V", FACE) + FACE.tracking * FACE.size - 1


def test_running_digits_do_not_shake() -> None:
    even = Face(weight=BLACK, size=100, tabular=1.0)

    assert width("111", even) == pytest.approx(width("888", even))
    assert width("111", Face(weight=BLACK, size=100)) < width("888", Face(weight=BLACK, size=100)) - 10


def test_words_stand_where_their_line_puts_them() -> None:
    line = "Last Week Tonight"
    starts, whole = place(line, FACE)
    words = words_of(line, FACE)

    assert [word for word, _, _ in words] == line.split()
    assert [start for _, start, _ in words] == pytest.approx([starts[0], starts[5], starts[10]])
    assert words[-1][2] == pytest.approx(whole)
