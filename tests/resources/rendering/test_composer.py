"""Composition from end to end on small pictures: exact frames, right words at the right time, nothing left behind."""

import dataclasses
from pathlib import Path

import av
import numpy as np
import psutil
import pytest
from numpy.typing import NDArray

from reelineage.documents import Overlay
from reelineage.errors import Cancelled, NotPublishable, PermanentError
from reelineage.theme import Captions
from reelineage.timeline.zones import zones
from resources.rendering.composer import CompositionOrder, SceneClip, compose
from resources.rendering.probe import probe_video
from tests.resources.rendering.media import SMALL, babble, script, sentence, voiceover, write_clip, write_voice

FRAMES = (40, 55, 33)


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("it's, media: [x]")
    for number, frames in enumerate(FRAMES, start=1):
        write_clip(folder / f"clip {number}.mp4", frames)
    write_voice(folder / "voice.wav", babble(sum(FRAMES)))
    return folder


@pytest.fixture
def order(media: Path, font_dir: Path) -> CompositionOrder:
    return CompositionOrder(
        frame=SMALL,
        draft=True,
        clips=tuple(SceneClip(n, media / f"clip {n}.mp4", frames) for n, frames in enumerate(FRAMES, start=1)),
        voice=media / "voice.wav",
        voiceover=voiceover(
            [
                sentence("Hello {\\an8} there.", scene=1, start=0.2),
                sentence("In the middle of it.", scene=2, start=1.5),
                sentence("The end.", scene=3, start=3.3),
            ],
            FRAMES,
        ),
        script=script(3, overlays=(Overlay(text="Source: tests", position="lower"),), title="It's a {test}: ünïcode"),
        captions=Captions(),
        font_dir=font_dir,
    )


@pytest.fixture
def workdir(tmp_path: Path) -> Path:
    folder = tmp_path / "work's folder"
    folder.mkdir()
    return folder


def ignore(done: int, total: int) -> None:
    """Progress that nobody looks at."""


def pictures(video: Path) -> list[NDArray[np.uint8]]:
    """The luma of every picture, shape (height, width)."""
    with av.open(str(video)) as container:
        return [np.asarray(picture.to_ndarray(format="gray"), np.uint8) for picture in container.decode(video=0)]


def test_a_composed_video_keeps_every_rule_and_is_complete(order: CompositionOrder, workdir: Path) -> None:
    seen: list[tuple[int, int]] = []
    made = compose(order, workdir, lambda done, total: seen.append((done, total)))
    got = made.measures
    assert got == probe_video(made.video)
    assert (got.frames, got.constant_rate, got.first_seconds) == (sum(FRAMES), True, 0.0)
    assert (got.video_codec, got.video_profile, got.pixel_format) == ("h264", "High", "yuv420p")
    assert (got.audio_codec, got.audio_sample_rate, got.audio_channels) == ("aac", 48_000, 2)
    assert abs(got.audio_duration_seconds - got.duration_seconds) < 0.03
    assert got.fast_start
    assert abs(made.loudness.integrated_lufs + 14) <= 0.5
    assert made.loudness.true_peak_dbtp <= -1
    assert len(pictures(made.video)) == sum(FRAMES)
    assert made.thumbnail.read_bytes()[:3] == b"\xff\xd8\xff"
    assert made.thumbnail.stat().st_size < 2_000_000
    assert "Hello" in made.srt.read_text("utf-8")
    assert made.vtt.read_text("utf-8").startswith("WEBVTT")
    assert seen[-1] == (sum(FRAMES), sum(FRAMES))
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert set(made.encoder) >= {"video", "preset", "crf", "ffmpeg"}
    with av.open(str(made.video)) as container:
        assert container.metadata["title"] == "It's a {test}: ünïcode"
        assert "creation_time" not in container.metadata
        packets = [packet for packet in container.demux(video=0) if packet.pts is not None]
        assert [packet.pts for packet in packets] == [packet.dts for packet in packets], "no reordering across joins"


def test_the_same_order_gives_the_same_bytes(order: CompositionOrder, tmp_path: Path) -> None:
    made = []
    for name in ("first", "second folder"):
        (tmp_path / name).mkdir()
        made.append(compose(order, tmp_path / name, ignore))
    assert made[0].video.read_bytes() == made[1].video.read_bytes()
    assert made[0].thumbnail.read_bytes() == made[1].thumbnail.read_bytes()


def test_captions_stand_when_they_are_spoken_in_every_scene(order: CompositionOrder, workdir: Path) -> None:
    """White letters appear in the captions zone with the first word of a scene and not before."""
    plain_order = dataclasses.replace(order, script=script(3))
    box = zones(SMALL).captions
    shown = [
        int((picture[box.top : box.bottom, box.left : box.right] > 225).sum()) > 20
        for picture in pictures(compose(plain_order, workdir, ignore).video)
    ]
    for sentence_ in order.voiceover.sentences:
        first = int(np.ceil(sentence_.start_seconds * 30 - 1e-6))
        assert shown[first]
        assert not shown[first - 2]
        assert all(shown[first : int(sentence_.end_seconds * 30)])


def test_without_captions_the_picture_is_that_of_the_clips(order: CompositionOrder, workdir: Path) -> None:
    bare = dataclasses.replace(order, captions=Captions(style="none"), script=script(3))
    made = pictures(compose(bare, workdir, ignore).video)
    originals = [picture for clip in order.clips for picture in pictures(clip.path)]
    difference = [np.abs(a.astype(int) - b.astype(int)).mean() for a, b in zip(made, originals, strict=True)]
    assert max(difference) < 6, "each picture is the same picture of its clip, also behind a join"


def test_a_cancelled_composition_leaves_no_child_and_no_finished_file(order: CompositionOrder, workdir: Path) -> None:
    def cancel(done: int, total: int) -> None:
        raise Cancelled(f"stopped by a person at {done} of {total}")

    with pytest.raises(Cancelled, match="by a person"):
        compose(order, workdir, cancel)
    started = psutil.Process().children(recursive=True)
    assert [child for child in started if child.name().startswith("ffmpeg")] == []
    assert not (workdir / "video.mp4").exists()


def test_a_frozen_scene_is_not_publishable(order: CompositionOrder, media: Path, workdir: Path) -> None:
    """The captions over it move, so the finished file alone would not give it away."""
    frozen = write_clip(media / "frozen.mp4", 75, still_from=0)
    longer = (75, *FRAMES[1:])
    bad = dataclasses.replace(
        order,
        clips=(SceneClip(1, frozen, 75), *order.clips[1:]),
        voice=write_voice(media / "longer.wav", babble(sum(longer))),
        voiceover=voiceover([sentence("These words go on and on over it.", start=0.2)], longer),
        script=script(3),
    )
    with pytest.raises(NotPublishable, match=r"scene 1: .*stands still from 0"):
        compose(bad, workdir, ignore)
    assert not (workdir / "video.mp4").exists()


def changed_clip(order: CompositionOrder, number: int, **changes: object) -> CompositionOrder:
    clips = [
        dataclasses.replace(clip, **changes) if clip.number == number else clip  # type: ignore[arg-type]  # per field
        for clip in order.clips
    ]
    return dataclasses.replace(order, clips=tuple(clips))


def test_a_clip_that_does_not_fit_is_named_with_its_scene(order: CompositionOrder, media: Path, workdir: Path) -> None:
    small = SMALL.model_copy(update={"width": 90})
    cases = {
        "scene 2.*90x320": changed_clip(order, 2, path=write_clip(media / "small.mp4", 55, frame=small)),
        "scene 3.*30 frames": changed_clip(order, 3, path=write_clip(media / "short.mp4", 30)),
        r"\[1, 2\].*\[1, 2, 3\]": dataclasses.replace(order, clips=order.clips[:2]),
        "voice.*lasts": dataclasses.replace(order, voice=write_voice(media / "short.wav", babble(100))),
    }
    for message, bad in cases.items():
        with pytest.raises(PermanentError, match=message):
            compose(bad, workdir, ignore)
    assert list(workdir.iterdir()) == []


def test_a_clip_that_lies_about_its_length_is_found_out(order: CompositionOrder, media: Path, workdir: Path) -> None:
    """Its index promises 55 frames, but a part of the media data is nulls: fewer can be decoded."""
    good = (media / "clip 2.mp4").read_bytes()
    start = good.index(b"mdat") + len(good) // 3
    lying = media / "lying.mp4"
    lying.write_bytes(good[:start] + bytes(len(good) // 4) + good[start + len(good) // 4 :])
    assert probe_video(lying).frames == 55
    with pytest.raises(PermanentError, match="scene 2"):
        compose(changed_clip(order, 2, path=lying), workdir, ignore)
