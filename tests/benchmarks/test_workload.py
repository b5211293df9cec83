"""The workload of the composition benchmark: real, exact to a frame, and the same whenever it is made.

Belongs here: clips, voice, words and changes of a tiny plan. Not here: what is measured on it (`test_report.py`).
"""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.clips import ClipOrder, make_clip, paint
from benchmarks.workload import CHANGED_SCENE, LONG, Plan, Workload, prepare, with_other_clip, with_other_word
from reelineage.documents import FPS, Frame
from reelineage.fingerprint import sha256_of_file
from resources.rendering.streams import probe_video
from resources.speech.wav import read_wav
from tests.tiny import Behaviour, TinySpeech

TINY = Plan("tiny", Frame(width=90, height=160), (28, 29) * 4, words_per_scene=2)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workload, Path]:
    return prepare(tmp_path_factory.mktemp("workload"), TINY, TinySpeech(Behaviour()))


def test_every_scene_has_sound_picture_and_words_of_exactly_its_frames(made: tuple[Workload, Path]) -> None:
    workload, folder = made
    story = workload.story
    assert [span.frames for span in story.voiceover.spans] == list(TINY.scene_frames)
    assert read_wav(folder / story.voice).size == TINY.frames * 1600
    for span, sentence in zip(story.voiceover.spans, story.voiceover.sentences, strict=True):
        first, last = span.first_frame / FPS, (span.first_frame + span.frames) / FPS
        assert all(first <= word.start_seconds < word.end_seconds <= last for word in sentence.words)
    for clip, span in zip(story.clips, story.voiceover.spans, strict=True):
        assert clip.frames / clip.fps >= span.frames / FPS


def test_clips_are_what_the_manifest_says(made: tuple[Workload, Path]) -> None:
    workload, folder = made
    for clip in (*workload.story.clips, workload.other):
        found = probe_video(folder / clip.name)
        assert (found.width, found.height, found.fps, found.frames) == (clip.width, clip.height, clip.fps, clip.frames)
        assert (found.colour_matrix, found.colour_range) == ("bt709", "tv")
        assert sha256_of_file(folder / clip.name) == clip.sha256


def test_both_orientations_and_three_frame_rates_are_among_the_clips(made: tuple[Workload, Path]) -> None:
    clips = made[0].story.clips
    assert {clip.width > clip.height for clip in clips} == {True, False}
    assert {clip.fps for clip in clips} == {25, 30, 60}


def test_no_scene_of_the_long_video_is_like_another(made: tuple[Workload, Path]) -> None:
    long_story = made[0].long_story
    scenes = len(TINY.scene_frames) * LONG
    pairs = {
        (clip.sha256, said.text) for clip, said in zip(long_story.clips, long_story.voiceover.sentences, strict=True)
    }
    assert len(pairs) == len(long_story.clips) == scenes
    assert read_wav(made[1] / long_story.voice).size == long_story.frames * 1600


def test_a_changed_scene_has_another_clip_and_nothing_else(made: tuple[Workload, Path]) -> None:
    story, changed = made[0].story, with_other_clip(made[0])
    different = [place for place, (a, b) in enumerate(zip(story.clips, changed.clips, strict=True), 1) if a != b]
    assert different == [CHANGED_SCENE]
    assert (changed.voiceover, changed.script) == (story.voiceover, story.script)


def test_a_changed_word_keeps_its_time_and_the_voice(made: tuple[Workload, Path]) -> None:
    story = made[0].story
    changed = with_other_word(story)
    before = [word for said in story.voiceover.sentences for word in said.words]
    after = [word for said in changed.voiceover.sentences for word in said.words]
    different = [(a, b) for a, b in zip(before, after, strict=True) if a != b]
    assert len(different) == 1
    assert different[0][0].text != different[0][1].text
    assert different[0][0].start_seconds == different[0][1].start_seconds
    assert changed.voiceover.audio == story.voiceover.audio
    assert (
        changed.script.scenes[CHANGED_SCENE - 1].sentences[0].text
        == changed.voiceover.sentences[CHANGED_SCENE - 1].text
    )


def test_a_workload_that_is_there_is_not_made_again(made: tuple[Workload, Path]) -> None:
    again = Behaviour()
    workload, folder = prepare(made[1].parent, TINY, TinySpeech(again))
    assert (workload, folder) == made
    assert not again.calls


def test_the_same_clip_has_the_same_bytes_and_another_seed_has_others(tmp_path: Path) -> None:
    names = ("a.mp4", "b.mp4", "c.mp4")
    for name, seed in zip(names, (5, 5, 6), strict=True):
        make_clip(ClipOrder(seed, 96, 64, 30, 6), tmp_path / name, folder=tmp_path)
    first, second, other = ((tmp_path / name).read_bytes() for name in names)
    assert first == second != other
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)


def test_a_painted_picture_has_texture_everywhere() -> None:
    picture = paint(np.random.default_rng(1), 320, 240).astype(np.float32)
    blocks = picture[:240, :320].reshape(15, 16, 20, 16, 3)
    assert blocks.std(axis=(1, 3)).max(axis=-1).min() > 1.0
    assert picture.std() > 15
