"""The voice track: pauses, levels, frame-exact scenes, refusals."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from reelineage.documents import WordTiming
from reelineage.errors import NotPublishable
from reelineage.timeline.voice_track import SAMPLES_PER_FRAME, VoicedSentence, VoiceTrack, assemble_voice_track

RATE = 48_000


def tone(seconds: float, amplitude: float = 0.2) -> NDArray[np.float32]:
    return (amplitude * np.sin(2 * np.pi * 220 * np.arange(round(seconds * RATE)) / RATE)).astype(np.float32)


def silence(seconds: float) -> NDArray[np.float32]:
    return np.zeros(round(seconds * RATE), dtype=np.float32)


def sentence(scene: int, samples: NDArray[np.float32], *times: tuple[float, float]) -> VoicedSentence:
    spans = times or ((0.0, samples.size / RATE),)
    words = tuple(WordTiming(text=f"w{i}", start_seconds=a, end_seconds=b) for i, (a, b) in enumerate(spans))
    text = " ".join(word.text for word in words)
    return VoicedSentence(scene=scene, text=text, samples=samples, words=words, request_sha256="0" * 64)


def level(track: VoiceTrack, index: int) -> float:
    spoken = track.sentences[index]
    part = track.samples[round(spoken.start_seconds * RATE) : round(spoken.end_seconds * RATE)]
    return float(np.sqrt(np.mean(part**2)))


def test_pauses_are_longer_between_scenes_than_inside_one() -> None:
    track = assemble_voice_track([sentence(1, tone(1)), sentence(1, tone(1)), sentence(2, tone(1))])
    first, second, third = track.sentences
    assert first.start_seconds == 0.25
    assert second.start_seconds - first.end_seconds == pytest.approx(0.18, abs=1e-3)
    assert third.start_seconds - second.end_seconds == pytest.approx(0.40, abs=0.5 / 30 + 1e-3)
    assert track.samples.size / RATE - third.end_seconds >= 0.6


def test_silence_around_a_sentence_goes_and_its_words_move_along() -> None:
    padded = np.concatenate([silence(0.5), tone(1), silence(0.7)])
    track = assemble_voice_track([sentence(1, padded, (0.5, 1.0), (1.0, 1.5))])
    spoken = track.sentences[0]
    assert spoken.end_seconds - spoken.start_seconds == pytest.approx(1.06, abs=0.012)
    assert spoken.words[0].start_seconds == pytest.approx(0.25 + 0.03, abs=0.012)
    onset = np.flatnonzero(np.abs(track.samples) > 0.05)[0] / RATE
    assert spoken.words[0].start_seconds == pytest.approx(onset, abs=0.012)


def test_words_in_the_silence_that_was_cut_off_are_brought_back_inside() -> None:
    padded = np.concatenate([tone(1), silence(1)])
    track = assemble_voice_track([sentence(1, padded, (0.0, 1.0), (1.5, 2.0))])
    spoken = track.sentences[0]
    assert spoken.words[-1].end_seconds <= spoken.end_seconds
    assert spoken.words[-1].end_seconds - spoken.words[-1].start_seconds >= 0.0399


def test_quiet_and_loud_sentences_come_closer_and_the_peak_is_minus_three() -> None:
    track = assemble_voice_track([sentence(1, tone(1, 0.2)), sentence(1, tone(1, 0.3)), sentence(2, tone(1, 0.25))])
    assert level(track, 0) == pytest.approx(level(track, 1), rel=0.01)
    assert track.peak_dbfs == -3.0
    assert np.abs(track.samples).max() == pytest.approx(10 ** (-3 / 20), rel=1e-4)


def test_a_whisper_is_lifted_by_three_decibels_at_most() -> None:
    track = assemble_voice_track([sentence(1, tone(1, 0.02)), sentence(1, tone(1, 0.2)), sentence(1, tone(1, 0.2))])
    assert level(track, 1) / level(track, 0) == pytest.approx(10 / 10 ** (3 / 20), rel=0.02)


def test_the_edges_of_a_sentence_are_soft() -> None:
    track = assemble_voice_track([sentence(1, np.full(RATE, 0.3, dtype=np.float32))])
    start = round(track.sentences[0].start_seconds * RATE)
    assert np.abs(np.diff(track.samples[start - 10 : start + 300])).max() < 0.02


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(1_000, 60_000)), min_size=1, max_size=12))
@settings(max_examples=40, deadline=None)
def test_scenes_are_whole_frames_that_cover_the_track_and_hold_their_sentences(steps: list[tuple[int, int]]) -> None:
    scene, sentences = 1, []
    for step, size in steps:
        scene += step
        sentences.append(sentence(scene, tone(size / RATE)))
    track = assemble_voice_track(sentences)
    assert track.samples.size == sum(span.frames for span in track.spans) * SAMPLES_PER_FRAME
    assert track.spans[0].first_frame == 0
    for span, following in pairwise(track.spans):
        assert following.first_frame == span.first_frame + span.frames
    frames = {span.scene: (span.first_frame / 30, (span.first_frame + span.frames) / 30) for span in track.spans}
    for spoken in track.sentences:
        start, end = frames[spoken.scene]
        assert start < spoken.start_seconds
        assert spoken.end_seconds < end


@pytest.mark.parametrize("longer", [0.0001, 0.011, 0.017, 0.5])
def test_a_longer_scene_moves_the_later_ones_by_whole_frames_and_changes_nothing_in_them(longer: float) -> None:
    """Or each caption and picture after it would have to be encoded again."""

    def later(seconds: float) -> list[tuple[object, ...]]:
        words = ((0.0, 0.31), (0.33, 0.7))
        track = assemble_voice_track(
            [sentence(1, tone(seconds)), sentence(2, tone(0.7), *words), sentence(2, tone(0.9)), sentence(3, tone(1.2))]
        )
        starts = {span.scene: span.first_frame / 30 for span in track.spans}
        frames = [("frames", span.frames) for span in track.spans[1:]]
        return [*frames, *(
            (word.text, round(word.start_seconds - starts[spoken.scene], 7))
            for spoken in track.sentences[1:]
            for word in spoken.words
        )]  # fmt: skip

    assert later(1.0 + longer) == later(1.0)


def test_the_same_sentences_give_the_same_track() -> None:
    one, two = (assemble_voice_track([sentence(1, tone(1)), sentence(2, tone(0.7))]) for _ in range(2))
    assert one.samples.tobytes() == two.samples.tobytes()
    assert one.sentences == two.sentences


@pytest.mark.parametrize(
    "samples",
    [silence(1), tone(1, 1e-4), np.full(RATE, np.nan, dtype=np.float32), np.zeros(0, dtype=np.float32)],
    ids=["silent", "nearly silent", "no numbers", "empty"],
)
def test_a_sentence_without_sound_is_refused_by_scene_and_text(samples: NDArray[np.float32]) -> None:
    with pytest.raises(NotPublishable, match=r"“w0” of scene 7"):
        assemble_voice_track([sentence(3, tone(1)), sentence(7, samples, (0.0, 1.0))])


def test_no_sentence_a_scene_that_comes_back_and_an_hour_of_speech_are_refused() -> None:
    with pytest.raises(NotPublishable, match="no sentence"):
        assemble_voice_track([])
    with pytest.raises(NotPublishable, match="scene 1 comes after scene 2"):
        assemble_voice_track([sentence(1, tone(1)), sentence(2, tone(1)), sentence(1, tone(1))])
    with pytest.raises(NotPublishable, match="Shorten the script"):
        assemble_voice_track([sentence(1, np.broadcast_to(np.float32(0.1), (3600 * RATE,)))])
