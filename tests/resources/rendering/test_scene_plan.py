"""The plan of segments: every frame of the video once, every word on its scene's own clock."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelineage.documents import Overlay, Placement
from reelineage.errors import PermanentError
from reelineage.look import Transition
from reelineage.timeline.captions import caption_cues
from resources.rendering import scene_plan
from resources.rendering.lettering import Sheet, TimedOverlay
from resources.rendering.pictures import Input, SceneClip, ScenePictures, Source
from resources.rendering.scene_plan import plan_segments, scene_frames
from resources.rendering.scene_text import lay_out_scenes
from tests.resources.rendering.media import SMALL, script, sentence, voiceover

KINDS = st.sampled_from(["cut", "crossfade", "slide", "wipe", "zoom"])


class Counted(ScenePictures):
    """Pictures that only note which of their frames are asked for."""

    def run(self, first: int, count: int, *, pad: str, label: str, hold: bool = False) -> Source:  # noqa: ARG002 — as its base
        def read() -> Input:
            raise AssertionError("planning reads nothing")

        return Source([self.clip.number, first, count, int(hold)], is_drawn=False, file="", open=read)

    @property
    def may_stand_still(self) -> bool:
        return False


def scenes(frames: list[int]) -> list[ScenePictures]:
    return [
        Counted(SceneClip(number, count, Path("film.mp4"), "0" * 64, "video/mp4", Placement()), SMALL)
        for number, count in enumerate(frames, start=1)
    ]


def asked(source: Source) -> tuple[int, ...]:
    """What `Counted` was asked for: scene, first frame, frames, whether the last one may be held."""
    assert isinstance(source.key, list)
    return tuple(int(str(part)) for part in source.key)


def bare_sheets(frames: list[int]) -> list[Sheet]:
    return [Sheet(SMALL, (), (), ()) for _ in frames]


@given(frames=st.lists(st.integers(1, 300), min_size=1, max_size=9), kind=KINDS, seconds=st.floats(0.1, 1.0))
def test_every_frame_of_every_scene_is_shown_once_and_in_order(frames: list[int], kind: str, seconds: float) -> None:
    transition = Transition.model_validate({"kind": kind, "seconds": seconds})
    segments = plan_segments(scenes(frames), voiceover([], frames), transition, bare_sheets(frames))
    assert [segment.number for segment in segments] == list(range(len(segments)))
    runs = [asked(segment.sources[-1]) for segment in segments]
    shown = [(scene, number) for scene, first, count, _ in runs for number in range(first, first + count)]
    assert shown == [(scene, number) for scene, count in enumerate(frames, start=1) for number in range(count)]
    for segment, (scene, first, count, _) in zip(segments, runs, strict=True):
        assert (segment.frames, segment.scene_frame) == (count, first)
        assert count >= 1
        if segment.mix:
            assert asked(segment.sources[0]) == (scene - 1, frames[scene - 2], count, 1), "the earlier scene goes on"


def test_the_clips_must_be_those_of_the_voice() -> None:
    spoken = voiceover([], [30, 40])
    assert scene_frames(spoken, [1, 2]) == [30, 40]
    for wrong in ([], [1], [2, 1], [1, 2, 3]):
        with pytest.raises(PermanentError, match="the voice has"):
            scene_frames(spoken, wrong)
    with pytest.raises(PermanentError, match="scene 2: its clip has 41 frames, its narration 40"):
        plan_segments(scenes([30, 41]), spoken, Transition(), bare_sheets([30, 41]))


def test_words_and_overlays_count_from_their_scenes_first_frame() -> None:
    seen: list[tuple[list[float], list[TimedOverlay]]] = []
    spoken = voiceover([sentence("Hello there.", scene=2, start=1.5)], [30, 40])
    late = Overlay(text="Late", position="top", start_seconds=5.0)
    long = Overlay(text="Long", position="lower", start_seconds=0.5, end_seconds=99.0)

    def set_text(cues: object, overlays: object) -> Sheet:
        seen.append(([cue.start_seconds for cue in cues], list(overlays)))  # type: ignore[attr-defined, call-overload]  # cues and overlays
        return Sheet(SMALL, (), (), ())

    lay_out_scenes(caption_cues(spoken), script(2, overlays=(late, long)), spoken, set_text)
    assert [cues for cues, _ in seen] == [[], [0.5]]
    assert seen[1][1] == [TimedOverlay(long, 0.5, 40 / 30)], "one begins behind the scene, the other ends with it"
    assert scene_plan.SAMPLES_PER_FRAME == 1600
