"""Writing: columns, readers' characters, and where lines may break in scripts without spaces."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelineage.timeline.writing import breakable, clusters, columns, needs_no_space, pieces

anything = st.text(st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("字。「」っーเา์ab🔥\u200d")))


@given(anything)
def test_pieces_and_clusters_lose_nothing(text: str) -> None:
    assert "".join(pieces(text)) == text
    assert "".join(clusters(text)) == text
    assert "".join(breakable(text)) == " ".join(text.split())


@given(st.text(st.sampled_from("字幕漢あいうカナ。、「」ーっ"), min_size=1, max_size=60))
def test_japanese_is_cut_to_short_pieces_at_places_where_lines_may_break(text: str) -> None:
    found = pieces(text)
    for before, after in pairwise(found):
        assert after[0] not in "。、」ーっ"
        assert before[-1] != "「"
    if "「" not in text and not set(text) & set("。、」ーっカナ"):
        assert max(map(columns, found)) <= 8


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("Donaudampfschifffahrtsgesellschaft", ["Donaudampfschifffahrtsgesellschaft"]),
        ("안녕하세요여러분반갑습니다", ["안녕하세요여러분반갑습니다"]),
        ("你好", ["你好"]),
        ("你好，世界。字幕测试", ["你好，", "世界。", "字幕测试"]),
        ("最新のロボット技術", ["最新の", "ロボット", "技術"]),
        ("2024年的公司ABC公司报告", ["2024年的", "公司ABC", "公司报告"]),
    ],
)
def test_only_scripts_without_spaces_are_cut(word: str, expected: list[str]) -> None:
    assert pieces(word) == expected


def test_thai_vowels_stay_with_their_consonants() -> None:
    for piece in pieces("สวัสดีชาวโลกนี่คือการทดสอบไทยเป็นภาษา"):
        assert piece[-1] not in "เแโใไ"
        assert piece[0] not in "ะาำๅ"
        assert columns(piece) <= 18


@pytest.mark.parametrize(
    "cluster", ["e\u0301", "क्", "👩\u200d👩\u200d👧", "🇩🇪", "👍🏽", "❤\ufe0f", "1\ufe0f\u20e3", "ᄒ\u1161\u11ab"]
)
def test_what_readers_take_for_one_character_stays_together(cluster: str) -> None:
    assert list(clusters(f"a{cluster}b")) == ["a", cluster, "b"]
    assert list(clusters("🇩🇪🇫🇷")) == ["🇩🇪", "🇫🇷"]


def test_wide_characters_take_two_columns_and_marks_none() -> None:
    assert [columns(text) for text in ("abc", "字幕", "한", "e\u0301", "🔥", "")] == [3, 4, 2, 1, 2, 0]


def test_words_of_scripts_without_spaces_stand_together() -> None:
    assert needs_no_space("世界", "字幕")
    assert not needs_no_space("안녕", "세계")
    assert not needs_no_space("字幕", "test")
    assert not needs_no_space("", "字")
