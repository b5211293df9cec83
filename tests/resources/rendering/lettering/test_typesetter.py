"""Setting texts: the right font for each part, measures that grow with the text, nothing drawn as a box."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from resources.rendering.lettering import FontLibrary, han_of
from resources.rendering.lettering.typesetter import ELLIPSIS, Typesetter


def parts(library: FontLibrary, text: str) -> list[tuple[str, str]]:
    setter = Typesetter(library, [text], "montserrat")
    return [(run.face.file.family, run.text) for run in setter.set(text).runs]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Top  ten", [("Montserrat", "Top ten")]),
        ("α 2", [("Noto Sans", "α 2")]),
        ("سلام، 2024!", [("Noto Sans Arabic", "سلام، 2024!")]),
        ("שלום!", [("Noto Sans Hebrew", "שלום"), ("Montserrat", "!")]),
        ("2024年！", [("Montserrat", "2024"), ("Noto Sans CJK JP", "年！")]),
        ("a🔥b", [("Montserrat", "a"), ("Noto Emoji", "🔥"), ("Montserrat", "b")]),
        ("e\u0301", [("Montserrat", "e\u0301")]),
    ],
)
def test_each_part_is_drawn_by_a_font_that_has_it(
    library: FontLibrary, text: str, expected: list[tuple[str, str]]
) -> None:
    assert parts(library, text) == expected


def test_an_emoji_sequence_becomes_one_character_and_a_flag_too(library: FontLibrary) -> None:
    for text in ("👩\u200d👩\u200d👧", "🇩🇪", "👍🏽", "❤\ufe0f", "1\ufe0f\u20e3"):
        ((family, drawn),) = parts(library, text)
        assert (family, len(drawn)) == ("Noto Emoji", 1), text


def test_what_no_font_has_is_left_out_without_a_trace(library: FontLibrary) -> None:
    setter = Typesetter(library, [], "montserrat")
    assert setter.set("Old 𒀀 clay \ue000").text == "Old clay"
    assert setter.set("𒀀").runs == ()
    assert list(setter.missing) == ["𒀀", "\ue000"]


def test_direction_marks_and_other_invisible_characters_are_not_missed(library: FontLibrary) -> None:
    setter = Typesetter(library, [], "montserrat")
    assert setter.set("\u202ea\u2066b\u200f\ufeff c\u00ad\u200d").text.replace("\u00ad", "").startswith("ab")
    assert not setter.missing


def test_kerning_and_growth_are_measured(library: FontLibrary) -> None:
    setter = Typesetter(library, [], "montserrat")
    assert setter.set("AVAV").width < 2 * (setter.set("A").width + setter.set("V").width)
    assert setter.set("iii").width < setter.set("WWW").width
    left, top, right, bottom = setter.set("Ág").ink
    assert left <= 0 < right
    assert top < -0.8
    assert bottom > 0.15


@example("a\u0634\u200daa\u0634a", 4.0)
@given(st.text(st.sampled_from("ab cوش字한🔥e\u0301क्ष𒀀\u200d\u200f"), max_size=40), st.floats(0.5, 30))
@settings(max_examples=100, deadline=None)
def test_a_cut_text_fits_and_keeps_its_beginning(library: FontLibrary, text: str, room: float) -> None:
    setter = Typesetter(library, [text], "montserrat")
    whole, cut = setter.set(text), setter.cut(text, room)
    if whole.width <= room:
        assert cut == whole
    else:
        assert cut.width <= max(room, setter.set(ELLIPSIS).width)
        assert cut.text.endswith(ELLIPSIS)
        assert whole.text.startswith(cut.text.removesuffix(ELLIPSIS))


@pytest.mark.parametrize(
    ("texts", "language", "expected"),
    [
        (["漢字", "かな"], "", "jp"),
        (["漢字", "한글"], "", "kr"),
        (["汉语"], "", "sc"),
        (["漢語學習"], "", "tc"),
        (["Latin ✓"], "", "jp"),
        (["漢字"], "ja", "jp"),
        (["かな"], "zh-Hant-TW", "tc"),
        (["漢字"], "zh_CN", "sc"),
        (["漢字"], "ko-KR", "kr"),
        (["汉语"], "en", "sc"),
    ],
)
def test_the_language_or_else_the_writing_decides_the_shape_of_ideographs(
    texts: list[str], language: str, expected: str
) -> None:
    assert han_of(texts, language) == expected
