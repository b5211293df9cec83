"""Text in any script fits its box, and what no font has is left out."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resources.footage.motion.fonts import fonts_of, is_plain, showable, written_like
from resources.footage.motion.typeface import BLACK, EXTRABOLD, Face, place, width
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
        ("𝗕𝗼𝗹𝗱 ＦＵＬＬ", "Bold FULL"),
        ("a\u200b\u202eb\x00c", "abc"),
        ("Привет Việt Nam", "Привет Việt Nam"),
        ("Vie\u0302\u0323t", "Vi\u1ec7t"),
        ("{\\an8} %{x} <speak>", "{\\an8} %{x} <speak>"),
        ("مرحبا  بالعالم", "مرحبا بالعالم"),
        ("\u202eשלום\u202c", "שלום"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("क्षत्रिय 東京 한국어 สวัสดี", "क्षत्रिय 東京 한국어 สวัสดี"),
        ("👨‍👩‍👧 🇩🇪 ❤️", "👨‍👩‍👧 🇩🇪 ❤️"),
        ("\ud800\ue000\U0010ffff\u0378", ""),
        ("𓀀 old", "old"),
        (" \n\t\u2028 ", ""),
    ],
)
def test_only_what_some_font_has_is_shown(text: str, shown: str) -> None:
    assert showable(text) == shown


@given(text=st.text(max_size=40))
@settings(max_examples=100, deadline=None)
def test_what_can_be_shown_stays_as_it_is(text: str) -> None:
    shown = showable(text)

    assert showable(shown) == shown


@pytest.mark.parametrize("text", ["Last Week Tonight", "748K – “so”", "Привет", "Việt"])
def test_text_that_montserrat_has_asks_no_other_font(text: str) -> None:
    assert is_plain(text)
    assert [font.family for font in fonts_of(text)] == ["Montserrat"]


def test_greek_words_are_not_pieced_together_from_two_fonts() -> None:
    """Montserrat has pi, mu and lambda for formulas, heavier than their neighbours from Noto."""
    assert [font.family for font in fonts_of("Καλημέρα")] == ["Noto Sans"]
    assert [font.family for font in fonts_of("Last λόγος")] == ["Noto Sans", "Montserrat"]


def test_ideographs_take_the_shapes_of_the_language_around_them() -> None:
    with written_like(("東京", "新しい動画")):
        assert [font.family for font in fonts_of("東京")] == ["Noto Sans CJK JP"]
    with written_like(("这个视频",)):
        assert [font.family for font in fonts_of("东京")] == ["Noto Sans CJK SC"]


@pytest.mark.parametrize(
    "text",
    [
        "أفضل ثلاثة مقاطع فيديو هذا الأسبوع",
        "इस सप्ताह के सबसे लोकप्रिय वीडियो",
        "Τα τρία πιο δημοφιλή",
        "Party 🎉 for all 🇩🇪",
    ],
)
def test_other_writing_is_set_word_for_word(text: str) -> None:
    setting = fit(text, FACE, box_width=864, box_height=600, most_lines=5, smallest=40)

    assert " ".join(setting.lines) == text
    assert setting.leading > 1.2 * setting.face.size
    assert setting.width <= 864


def test_writing_without_spaces_is_broken_into_large_lines() -> None:
    text = "東京の夜景と新しい動画が今週もっとも伸びている、なぜ？"
    setting = fit(text, FACE.sized(150), box_width=864, box_height=600, most_lines=5, smallest=40)

    assert "".join(setting.lines) == text
    assert len(setting.lines) > 2
    assert setting.face.size > 80
    assert not any(line.startswith(("、", "？", "っ")) for line in setting.lines)


def test_letters_that_join_are_narrower_than_they_are_alone() -> None:
    word = "مقاطع"

    assert width(word, FACE) < 0.9 * sum(width(letter, FACE) for letter in word)


def test_words_of_a_line_to_the_left_stand_from_right_to_left() -> None:
    line = "שלוש כתבות Hello World עכשיו"
    words = words_of(line, FACE, right_to_left=True)
    starts = {word: start for word, start, _ in words}

    assert [word for word, _, _ in words] == line.split()
    assert starts["שלוש"] > starts["כתבות"] > starts["World"] > starts["Hello"] > starts["עכשיו"] == 0
    assert max(end for _, _, end in words) == pytest.approx(width(line, FACE))


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
