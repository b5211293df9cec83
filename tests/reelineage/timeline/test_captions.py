"""Captions: what stands together, for how long, and that no text becomes markup."""

import re
import time
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from reelineage.documents import SpokenSentence, Voiceover, WordTiming
from reelineage.text import clean_text
from reelineage.timeline.captions import (
    LONGEST_LINE,
    MOST_WORDS,
    SHORTEST_SECONDS,
    Cue,
    caption_cues,
    to_srt,
    to_vtt,
)
from reelineage.timeline.writing import columns, pieces
from tests.resources.rendering.media import NO_DIGEST, sentence, voiceover

HOSTILE = ["{\\an8}", "<b>bold</b>", "a-->b", "&amp;", "\\N", "it's:", "[x],", "<v", "♥", "1 --> 2"]
words = st.lists(
    st.one_of(
        st.sampled_from(HOSTILE),
        st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30),
        st.text("abcdefgh", min_size=1, max_size=9),
    ),
    min_size=1,
    max_size=30,
)


def spoken(texts: list[str], gaps: list[float]) -> Voiceover:
    """The texts as words of one sentence, with the given lengths of words and gaps."""
    at, timings = 0.25, []
    for number, text in enumerate(texts):
        length = 0.05 + gaps[number % len(gaps)]
        timings.append(WordTiming(text=text, start_seconds=at, end_seconds=at + length))
        at += length + gaps[(number * 7 + 1) % len(gaps)] / 3
    whole = SpokenSentence(
        scene=1, text="x", start_seconds=0.25, end_seconds=at, words=tuple(timings), request_sha256=NO_DIGEST
    )
    return voiceover([whole], [int(at * 30) + 30])


@given(words, st.lists(st.floats(0, 0.6), min_size=1, max_size=5))
def test_cues_follow_each_other_and_hold_every_word_in_order(texts: list[str], gaps: list[float]) -> None:
    narration = spoken(texts, gaps)
    cues = caption_cues(narration)
    for cue, following in pairwise(cues):
        assert cue.start_seconds < cue.end_seconds <= following.start_seconds
    kept = [word.text for cue in cues for word in cue.words]
    assert kept == [piece for text in texts for piece in pieces(clean_text(text, max_characters=300)) if piece]
    for cue in cues:
        assert 1 <= len(cue.lines) <= 2
        assert len(cue.words) <= MOST_WORDS
        for text, line in zip(cue.text_lines, cue.lines, strict=True):
            assert columns(text) <= LONGEST_LINE or len(line) == 1


@given(words, st.lists(st.floats(0, 0.6), min_size=1, max_size=5))
@settings(max_examples=60)
def test_no_text_becomes_markup_or_a_time_line(texts: list[str], gaps: list[float]) -> None:
    cues = caption_cues(spoken(texts, gaps))
    srt, vtt = to_srt(cues), to_vtt(cues)
    assert srt.count("-->") == len(cues) == vtt.count("-->")
    body = [line for line in vtt.split("\n") if "-->" not in line]
    assert not any("<" in line or ">" in line for line in body)
    assert not re.search(r"[<{][A-Za-z/\\]", srt)
    blocks = re.split(r"\n\n", srt.strip("\n")) if cues else []
    assert len(blocks) == len(cues), "an empty line inside a cue would end it"


def test_a_cue_stays_long_enough_to_read_unless_the_next_words_come_sooner() -> None:
    cues = caption_cues(spoken(["No."], [0.05]))
    assert cues[0].end_seconds - cues[0].start_seconds >= SHORTEST_SECONDS


def test_short_gaps_are_closed_and_long_ones_are_not() -> None:
    close = voiceover([sentence("First part here.", start=0.2), sentence("Second part.", start=1.35)], [90])
    first, second = caption_cues(close)
    assert first.end_seconds == second.start_seconds
    apart = voiceover([sentence("First part here.", start=0.2), sentence("Second part.", start=3.0)], [150])
    first, second = caption_cues(apart)
    assert first.end_seconds < 1.5


def test_a_cue_ends_with_its_scene() -> None:
    narration = voiceover(
        [sentence("One two three.", scene=1, start=0.1), sentence("Four five six.", scene=2, start=1.2)], [30, 60]
    )
    cues = caption_cues(narration)
    assert cues[0].end_seconds == 1.0
    assert [cue.scene for cue in cues] == [1, 2]


def test_lines_break_at_punctuation_and_never_after_a_small_word() -> None:
    text = "It has 748,374 views, 57,527 likes and one of the strongest starts of the day."
    cues = caption_cues(voiceover([sentence(text, seconds_per_word=0.3)], [180]))
    ends = [line.split()[-1] for cue in cues for line in cue.text_lines]
    assert not {"a", "the", "of", "and", "748,374", "57,527"} & set(ends)
    assert any(cue.text_lines[-1].endswith("views,") for cue in cues)


def test_times_that_run_backwards_are_put_in_order() -> None:
    broken = sentence("one two three four five six seven eight nine", seconds_per_word=0.3)
    swapped = broken.model_copy(update={"words": broken.words[::-1]})
    cues = caption_cues(voiceover([swapped], [120]))
    assert all(cue.start_seconds < cue.end_seconds for cue in cues)
    assert sorted(cues, key=lambda cue: cue.start_seconds) == list(cues)


def test_clocks_are_written_as_the_formats_ask() -> None:
    cue = Cue(1, caption_cues(voiceover([sentence("Hello.")], [60]))[0].lines, 3661.0005, 3662.25)
    assert "01:01:01,000 --> 01:01:02,250" in to_srt([cue])
    assert "01:01:01.000 --> 01:01:02.250" in to_vtt([cue])
    assert to_vtt([cue]).startswith("WEBVTT\n\n")


def test_ten_thousand_words_take_no_time_to_speak_of() -> None:
    sentences = [sentence("word " * 40, start=number * 10.0) for number in range(250)]
    assert len(caption_cues(voiceover(sentences, [80_000]))) >= 2000


def test_a_clause_of_chinese_is_parted_and_its_parts_share_the_time() -> None:
    whole = SpokenSentence(
        scene=1,
        text="你好世界朋友们， 今天的视频。",
        start_seconds=0.0,
        end_seconds=4.0,
        words=(
            WordTiming(text="你好世界朋友们，", start_seconds=0.0, end_seconds=1.6),
            WordTiming(text="今天的视频。", start_seconds=2.0, end_seconds=3.2),
        ),
        request_sha256=NO_DIGEST,
    )
    words = [word for cue in caption_cues(voiceover([whole], [150])) for word in cue.words]
    assert [word.text for word in words] == ["你好世界", "朋友们，", "今天的", "视频。"]
    assert [word.glued for word in words] == [False, True, False, True], "the space that was written stays"
    assert [round(word.start_seconds, 2) for word in words] == [0.0, 0.8, 2.0, 2.6]


def test_lines_of_words_that_are_written_together_have_no_spaces() -> None:
    words = ("こんにちは", "世界", "字幕")
    timings = tuple(WordTiming(text=word, start_seconds=n, end_seconds=n + 0.9) for n, word in enumerate(words))
    for text in ("こんにちは世界字幕", "as it never is written"):
        whole = SpokenSentence(
            scene=1, text=text, start_seconds=0.0, end_seconds=3.0, words=timings, request_sha256=NO_DIGEST
        )
        cues = caption_cues(voiceover([whole], [120]))
        assert [line for cue in cues for line in cue.text_lines] == ["こんにちは世界字幕"]
        assert "こんにちは世界字幕" in to_srt(cues)


def test_no_line_is_longer_than_its_columns_whatever_the_script() -> None:
    for text in (
        "자막은 이렇게 짧은 줄로 나누어 집니다",
        "字幕" * 40,
        "สวัสดีชาวโลก" * 6,
        "слова разной длины и ещё немного",
    ):
        for cue in caption_cues(voiceover([sentence(text, seconds_per_word=1.0)], [900])):
            assert all(columns(line) <= LONGEST_LINE for line in cue.text_lines)


def test_one_sentence_of_ten_thousand_words_takes_no_time_to_speak_of() -> None:
    begin = time.process_time()
    cues = caption_cues(voiceover([sentence("字幕 word " * 5000, start=0.0)], [80_000]))
    assert sum(len(cue.words) for cue in cues) == 10_000
    assert time.process_time() - begin < 6
