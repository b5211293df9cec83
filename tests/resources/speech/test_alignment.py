"""Words find their stretch of the sentence, also where espeak merges or changes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.speech.alignment import Span, TimedPhoneme, word_spans


def spoken(phonemes: str, seconds_each: float = 0.1) -> list[TimedPhoneme]:
    return [TimedPhoneme(p, i * seconds_each, (i + 1) * seconds_each) for i, p in enumerate(phonemes)]


def spans(words: list[str], sentence: str, total: float | None = None) -> list[tuple[float, float]]:
    found = word_spans([list(word) for word in words], spoken(sentence), total or len(sentence) * 0.1)
    return [(round(span.start, 3), round(span.end, 3)) for span in found]


def test_words_with_gaps_between_them_get_their_own_phonemes() -> None:
    assert spans(["ðə", "tˈɑːp"], "ðə tˈɑːp") == [(0.0, 0.2), (0.3, 0.8)]


def test_words_that_were_merged_are_told_apart_by_their_phonemes() -> None:
    assert spans(["ɪn", "ðə", "ˈɛnd"], "ɪnðɪʲ ˈɛnd") == [(0.0, 0.2), (0.2, 0.5), (0.6, 1.0)]


def test_a_number_of_many_words_is_one_caption_word() -> None:
    assert spans(["tˈɛn pɔɪnt fˈɔːɹ", "vjˈuːz"], "tˈɛn pɔɪnt fˈɔːɹ vjˈuːz") == [(0.0, 1.6), (1.7, 2.3)]


def test_a_pause_belongs_to_no_word() -> None:
    assert spans(["lˈʌv?", "bˈeɪ"], "lˈʌv?  bˈeɪ") == [(0.0, 0.4), (0.7, 1.1)]


def test_the_same_word_twice_is_found_in_order() -> None:
    assert spans(["nˈoʊ", "nˈoʊ", "jˈɛs"], "nˈoʊ nˈoʊ jˈɛs") == [(0.0, 0.4), (0.5, 0.9), (1.0, 1.4)]


def test_a_word_without_a_sound_takes_time_from_the_pause_it_stands_in() -> None:
    assert spans(["hˈaɪ", "", "bˈaɪ"], "hˈaɪ,  bˈaɪ") == [(0.0, 0.4), (0.4, 0.6), (0.7, 1.1)]


def test_a_word_without_a_sound_and_without_a_pause_shortens_the_word_before_it() -> None:
    assert spans(["hˈaɪ", ""], "hˈaɪ") == [(0.0, 0.36), (0.36, 0.4)]


def test_a_word_without_a_sound_never_delays_the_word_after_it() -> None:
    assert spans(["hˈaɪ", "", "bˈaɪ"], "hˈaɪbˈaɪ") == [(0.0, 0.36), (0.36, 0.4), (0.4, 0.8)]


def test_words_that_nothing_was_heard_of_still_get_a_time() -> None:
    assert word_spans([["a"], [], []], [], 0.3)[-1].end <= 0.3


symbols = st.text(alphabet="ˈˌːʲ ,.?aɪəɚtdsnmðk", max_size=14)


@given(st.lists(symbols, min_size=1, max_size=12), symbols, st.floats(min_value=0.05, max_value=0.2))
def test_any_words_get_times_in_order_inside_the_sentence(words: list[str], sentence: str, each: float) -> None:
    total = max(len(sentence), 1) * each
    found: tuple[Span, ...] = word_spans([list(word) for word in words], spoken(sentence, each), total)
    assert len(found) == len(words)
    least = min(0.04, total / len(words))
    cursor = 0.0
    for span in found:
        assert span.start >= cursor - 1e-9
        assert span.end - span.start >= least - 1e-9
        cursor = span.end
    assert cursor <= total + 1e-9


def test_a_sentence_of_a_thousand_phonemes_is_aligned() -> None:
    words = ["sˈɛvən"] * 200
    found = word_spans([list(word) for word in words], spoken(" ".join(words)), 200 * 0.7)
    assert found[-1].start == pytest.approx(199 * 0.7)
