"""Composition from end to end on small pictures: exact frames, right words at the right time, nothing left behind."""

import dataclasses
import hashlib
import time
from pathlib import Path

import av
import numpy as np
import psutil
import pytest
from numpy.typing import NDArray

from reelineage.documents import Overlay, Placement
from reelineage.errors import Cancelled, NotPublishable, PermanentError
from reelineage.look import Captions, OverlayLook, Style, Thumbnail, Transition
from reelineage.timeline.zones import zones
from resources.footage import Shot
from resources.footage.drawing import DRAWING, write_drawing
from resources.rendering.composer import ComposedVideo, ComposeProgress, CompositionOrder, SceneClip, compose
from resources.rendering.ffmpeg import file_url, run_ffmpeg
from resources.rendering.streams import probe_video
from tests.films import encode_frames
from tests.resources.rendering.media import (
    SMALL,
    babble,
    plain_pictures,
    script,
    sentence,
    voiceover,
    write_clip,
    write_voice,
)

FRAMES = (40, 55, 33)


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("it's, media: [x]")
    for number, frames in enumerate(FRAMES, start=1):
        write_clip(folder / f"clip {number}.mp4", frames + 20)
    write_voice(folder / "voice.wav", babble(sum(FRAMES)))
    return folder


@pytest.fixture
def cache(tmp_path: Path, font_dir: Path) -> Path:
    """A cache of the test's own, with the fonts that all tests share."""
    folder = tmp_path / "cache"
    folder.mkdir()
    (folder / "fonts").symlink_to(font_dir)
    return folder


@pytest.fixture
def order(media: Path, cache: Path) -> CompositionOrder:
    return CompositionOrder(
        frame=SMALL,
        profile="draft",
        preset="balanced",
        clips=tuple(film(media / f"clip {n}.mp4", n, frames) for n, frames in enumerate(FRAMES, start=1)),
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
        overlays=OverlayLook(),
        transition=Transition(kind="cut"),
        thumbnail=Thumbnail(),
        music=None,
        cache=cache,
        cache_bytes=50_000_000,
    )


@pytest.fixture
def workdir(tmp_path: Path) -> Path:
    folder = tmp_path / "work's folder"
    folder.mkdir()
    return folder


def film(path: Path, number: int, frames: int, *, placement: Placement | None = None) -> SceneClip:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return SceneClip(number, frames, path, digest, "video/mp4", placement or Placement(), name=path.name)


def drawing(folder: Path, number: int, frames: int) -> SceneClip:
    shot = Shot(
        scene=script(number).scenes[-1], scenes=3, frame=SMALL, frames=frames, style=Style(), video_seed=7, draft=True
    )
    path = folder / f"drawing {number}.json"
    path.write_bytes(write_drawing(shot))
    return SceneClip(number, frames, path, hashlib.sha256(path.read_bytes()).hexdigest(), DRAWING, None)


def made_again(order: CompositionOrder, folder: Path) -> ComposedVideo:
    folder.mkdir()
    return compose(order, folder, ignore)


def ignore(_: ComposeProgress) -> None:
    """Progress that nobody looks at."""


def pictures(video: Path) -> list[NDArray[np.uint8]]:
    """The luma of every picture, shape (height, width)."""
    with av.open(str(video)) as container:
        return [np.asarray(picture.to_ndarray(), np.uint8)[: picture.height] for picture in container.decode(video=0)]


def bare(order: CompositionOrder, **changes: object) -> CompositionOrder:
    """The order without words in the picture."""
    changed = {"captions": Captions(style="none"), "script": script(3), **changes}
    return dataclasses.replace(order, **changed)  # type: ignore[arg-type]  # fields of an order


def test_a_composed_video_keeps_every_rule_and_is_complete(order: CompositionOrder, workdir: Path) -> None:
    seen: list[ComposeProgress] = []
    made = compose(order, workdir, seen.append)
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
    assert made.ass.read_text("utf-8").startswith("[Script Info]")
    assert seen[-1].done == seen[-1].frames == sum(FRAMES)
    assert [state.done for state in seen] == sorted(state.done for state in seen)
    assert {item.kind for item in made.media} == {"font"}
    assert (made.encoder["video"], made.encoder["profile"], made.encoder["segments"]) == ("libx264", "draft", 3)
    assert made.notes == ()
    with av.open(str(made.video)) as container:
        assert container.metadata["title"] == "It's a {test}: ünïcode"
        assert "creation_time" not in container.metadata
        packets = [packet for packet in container.demux(video=0) if packet.pts is not None]
        assert [packet.pts for packet in packets] == [packet.dts for packet in packets], "no reordering across joins"


def test_the_same_order_gives_the_same_bytes_with_or_without_a_cache(
    order: CompositionOrder, font_dir: Path, tmp_path: Path
) -> None:
    first = made_again(order, tmp_path / "first")
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "fonts").symlink_to(font_dir)
    second = made_again(dataclasses.replace(order, cache=tmp_path / "empty"), tmp_path / "second folder")
    third = made_again(order, tmp_path / "third")
    assert (first.reused, second.reused, third.reused) == (0, 0, 3)
    assert first.video.read_bytes() == second.video.read_bytes() == third.video.read_bytes()
    assert first.thumbnail.read_bytes() == second.thumbnail.read_bytes() == third.thumbnail.read_bytes()
    assert first.loudness == third.loudness


def test_a_video_made_partly_from_the_cache_is_the_one_made_from_nothing(
    order: CompositionOrder, media: Path, font_dir: Path, tmp_path: Path
) -> None:
    order = dataclasses.replace(order, profile="standard")
    made_again(order, tmp_path / "before")
    changed = dataclasses.replace(order, clips=(*order.clips[:2], film(media / "clip 1.mp4", 3, FRAMES[2])))
    partly = made_again(changed, tmp_path / "partly")
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "fonts").symlink_to(font_dir)
    whole = made_again(dataclasses.replace(changed, cache=tmp_path / "empty"), tmp_path / "whole")
    assert (partly.reused, whole.reused) == (2, 0)
    assert partly.video.read_bytes() == whole.video.read_bytes()


def test_one_changed_word_makes_one_segment_again(order: CompositionOrder, tmp_path: Path) -> None:
    made_again(order, tmp_path / "first")
    sentences = list(order.voiceover.sentences)
    sentences[1] = sentence("In the centre of it.", scene=2, start=1.5)
    changed = order.voiceover.model_copy(update={"sentences": tuple(sentences)})
    made = made_again(dataclasses.replace(order, voiceover=changed), tmp_path / "second")
    assert made.reused == 2
    assert "centre" in made.srt.read_text("utf-8")


def test_a_longer_first_scene_leaves_the_segments_of_later_scenes_alone(
    order: CompositionOrder, media: Path, tmp_path: Path
) -> None:
    made_again(order, tmp_path / "first")
    frames = (FRAMES[0] + 7, *FRAMES[1:])
    later = [
        sentence("Hello {\\an8} there.", scene=1, start=0.2),
        sentence("In the middle of it.", scene=2, start=1.5 + 7 / 30),
        sentence("The end.", scene=3, start=3.3 + 7 / 30),
    ]
    longer = dataclasses.replace(
        order,
        clips=(film(media / "clip 1.mp4", 1, frames[0]), *order.clips[1:]),
        voice=write_voice(tmp_path / "longer.wav", babble(sum(frames))),
        voiceover=voiceover(later, frames),
    )
    assert made_again(longer, tmp_path / "second").reused == 2


def test_another_clip_makes_one_segment_again(order: CompositionOrder, media: Path, tmp_path: Path) -> None:
    made_again(order, tmp_path / "first")
    other = film(write_clip(media / "other.mp4", 60, still_from=50), 2, FRAMES[1])
    clips = (order.clips[0], other, order.clips[2])
    assert made_again(dataclasses.replace(order, clips=clips), tmp_path / "second").reused == 2


def test_captions_stand_when_they_are_spoken_in_every_scene(order: CompositionOrder, workdir: Path) -> None:
    """White letters appear in the captions zone with the first word of a scene and not before."""
    plain_order = dataclasses.replace(order, script=script(3), transition=Transition(kind="crossfade", seconds=0.3))
    box = zones(SMALL).captions
    shown = [
        int((picture[box.top : box.bottom, box.left : box.right] > 190).sum()) > 20
        for picture in pictures(compose(plain_order, workdir, ignore).video)
    ]
    for sentence_ in order.voiceover.sentences:
        first = int(np.ceil(sentence_.start_seconds * 30 - 1e-6))
        assert shown[first]
        assert not shown[first - 2]
        assert all(shown[first : int(sentence_.end_seconds * 30)])


def test_without_captions_the_picture_is_that_of_the_clips(order: CompositionOrder, workdir: Path) -> None:
    made = pictures(compose(bare(order), workdir, ignore).video)
    originals = [picture for clip in order.clips for picture in pictures(clip.path)[: clip.frames]]
    difference = [np.abs(a.astype(int) - b.astype(int)).mean() for a, b in zip(made, originals, strict=True)]
    assert max(difference) < 6, "each picture is the same picture of its clip, also behind a join"


def test_a_crossfade_mixes_the_scenes_at_the_start_of_the_later_one(order: CompositionOrder, workdir: Path) -> None:
    faded = compose(bare(order, transition=Transition(kind="crossfade", seconds=0.4)), workdir, ignore)
    assert (faded.measures.frames, faded.encoder["segments"]) == (sum(FRAMES), 5)
    shown = [picture.astype(int) for picture in pictures(faded.video)]
    earlier, later = (pictures(clip.path) for clip in order.clips[:2])
    for step in range(12):
        mixed = (1 - step / 12) * earlier[FRAMES[0] + step] + step / 12 * later[step]
        assert np.abs(shown[FRAMES[0] + step] - mixed).mean() < 5
    assert np.abs(shown[FRAMES[0] + 12] - later[12]).mean() < 5
    assert np.abs(shown[FRAMES[0] - 1] - earlier[FRAMES[0] - 1]).mean() < 5


def test_every_transition_moves_in_its_own_way(order: CompositionOrder, media: Path, tmp_path: Path) -> None:
    """Stripes give way to a bright plain: a hard edge slides, a soft one wipes, a zoom enlarges the stripes first."""
    plain = media / "plain.mp4"
    encode_frames(plain_pictures(SMALL, 80, luma=220), plain, frame=SMALL, crf=10, preset="ultrafast")
    clips = (order.clips[0], film(plain, 2, FRAMES[1]), order.clips[2])

    def halfway(kind: str) -> NDArray[np.int64]:
        changed = bare(order, clips=clips, transition=Transition.model_validate({"kind": kind, "seconds": 0.4}))
        return pictures(made_again(changed, tmp_path / kind).video)[FRAMES[0] + 6].astype(np.int64)

    slide, wipe, zoom, fade = (halfway(kind) for kind in ("slide", "wipe", "zoom", "crossfade"))
    assert slide[:, 110:].min() > 200, "the later picture has come in from the right"
    assert slide[:, :70].max() < 200
    assert abs(slide[:, 94].mean() - slide[:, 86].mean()) > 30
    assert wipe[:, 0].max() < 200 < wipe[:, 179].min(), "from the right as well"
    assert abs(wipe[:, 94].mean() - wipe[:, 86].mean()) < 30
    assert np.ptp(zoom.mean(axis=0)) < 60
    assert np.abs(zoom - fade).mean() > 4


def test_transitions_join_drawings(order: CompositionOrder, media: Path, tmp_path: Path) -> None:
    clips = tuple(drawing(media, number, frames) for number, frames in enumerate(FRAMES, start=1))
    changes = {"transition": Transition(kind="wipe", seconds=0.2), "clips": clips}
    made = made_again(bare(order, **changes), tmp_path / "work")
    assert made.measures.frames == len(pictures(made.video)) == sum(FRAMES)
    assert list((tmp_path / "work").glob("*.yuv")) == []


def test_drawings_are_drawn_while_they_are_encoded(order: CompositionOrder, media: Path, workdir: Path) -> None:
    from resources.footage.drawing import read_drawing  # noqa: PLC0415 — as above
    from resources.footage.motion.scene import frames_of  # noqa: PLC0415 — heavy import, only when used

    clips = tuple(drawing(media, number, frames) for number, frames in enumerate(FRAMES, start=1))
    shown = pictures(compose(bare(order, clips=clips), workdir, ignore).video)
    shot = read_drawing(clips[1].path.read_bytes(), name="scene 2")
    drawn = [picture[: SMALL.height].astype(int) for picture in frames_of(shot)]
    for number in (0, 20, 54):
        assert np.abs(shown[FRAMES[0] + number] - drawn[number]).mean() < 4


def test_a_cancelled_composition_stops_its_encoders_within_a_second(order: CompositionOrder, workdir: Path) -> None:
    asked = 0.0

    def cancel(progress: ComposeProgress) -> None:
        nonlocal asked
        if progress.running:
            asked = time.monotonic()
            raise Cancelled("stopped by a person")

    with pytest.raises(Cancelled, match="by a person"):
        compose(dataclasses.replace(order, profile="standard", preset="small"), workdir, cancel)
    assert time.monotonic() - asked < 5  # a tenth of a second, unless the machine is busy
    started = psutil.Process().children(recursive=True)
    assert [child for child in started if child.name().startswith("ffmpeg")] == []
    assert not (workdir / "video.mp4").exists()


def test_footage_that_stands_still_is_noted(order: CompositionOrder, media: Path, workdir: Path) -> None:
    """The captions over it move, so the finished file alone would not give it away."""
    frozen = write_clip(media / "frozen.mp4", 75, still_from=0)
    longer = (75, *FRAMES[1:])
    still = dataclasses.replace(
        order,
        clips=(film(frozen, 1, 75), *order.clips[1:]),
        voice=write_voice(media / "longer.wav", babble(sum(longer))),
        voiceover=voiceover([sentence("These words go on and on over it.", start=0.2)], longer),
        script=script(3),
    )
    (note,) = compose(still, workdir, ignore).notes
    assert note.startswith("scene 1 (frozen.mp4): the picture stands still from 0.")


def test_a_strict_video_has_no_edit_list_and_its_sound_is_in_step(order: CompositionOrder, tmp_path: Path) -> None:
    usual = made_again(dataclasses.replace(order, profile="standard", preset="fast"), tmp_path / "usual")
    strict = made_again(dataclasses.replace(order, profile="strict", preset="fast"), tmp_path / "strict")
    assert b"elst" in usual.video.read_bytes()
    assert b"elst" not in strict.video.read_bytes()
    first, second = (samples_of(made.video) for made in (usual, strict))
    length = min(len(first), len(second))
    shift = int(np.argmax(np.correlate(second[:length], first[2000 : length - 2000], "valid"))) - 2000
    assert abs(shift) <= 48, "within a millisecond of the file with an edit list"


def samples_of(video: Path) -> NDArray[np.float32]:
    """The left side of the sound as a player hears it that knows edit lists."""
    raw = video.with_suffix(".f32")
    arguments = ["-i", file_url(video), "-map", "0:a", "-ac", "1", "-f", "f32le", "-y", file_url(raw)]
    run_ffmpeg(arguments, doing="Decoding", deadline_seconds=20)
    return np.fromfile(raw, np.float32)


def test_the_thumbnail_is_taken_where_the_theme_says(order: CompositionOrder, tmp_path: Path) -> None:
    at = Thumbnail(at_seconds=3.2, title=False, format="png")
    made = made_again(dataclasses.replace(order, thumbnail=at), tmp_path / "work")
    with av.open(str(made.thumbnail)) as container:
        still = next(container.decode(video=0)).reformat(format="yuv420p").to_ndarray()[: SMALL.height].astype(int)
    wanted = pictures(order.clips[2].path)[96 - 95].astype(int)
    assert made.thumbnail.suffix == ".png"
    assert np.abs(still - wanted).mean() < 12, "the picture of scene 3, without captions"


def changed_clip(order: CompositionOrder, number: int, **changes: object) -> CompositionOrder:
    clips = [
        dataclasses.replace(clip, **changes) if clip.number == number else clip  # type: ignore[arg-type]  # per field
        for clip in order.clips
    ]
    return dataclasses.replace(order, clips=tuple(clips))


def test_what_does_not_fit_together_is_refused_before_work(order: CompositionOrder, media: Path, workdir: Path) -> None:
    cases = {
        r"\[1, 2\].*\[1, 2, 3\]": dataclasses.replace(order, clips=order.clips[:2]),
        "scene 3.*30 frames.*33": changed_clip(order, 3, frames=30),
        "scene 2.*drawing": changed_clip(order, 2, media_type=DRAWING),
        "voice.*lasts": dataclasses.replace(order, voice=write_voice(media / "short.wav", babble(100))),
    }
    for message, bad in cases.items():
        with pytest.raises(PermanentError, match=message):
            compose(bad, workdir, ignore)
    assert list(workdir.glob("*.mp4")) == []


def test_footage_that_is_too_short_is_named_with_its_scene(order: CompositionOrder, media: Path, workdir: Path) -> None:
    short = changed_clip(order, 3, path=write_clip(media / "short.mp4", 30), name="short.mp4")
    with pytest.raises(NotPublishable, match=r"scene 3 \(short.mp4\): its footage gave 30 frames, but 33 are needed"):
        compose(short, workdir, ignore)


def test_a_clip_that_lies_about_its_length_is_found_out(order: CompositionOrder, media: Path, workdir: Path) -> None:
    """Its index promises 75 frames, but a part of the media data is nulls: fewer can be decoded."""
    good = (media / "clip 2.mp4").read_bytes()
    start = good.index(b"mdat") + len(good) // 3
    lying = media / "lying.mp4"
    lying.write_bytes(good[:start] + bytes(len(good) // 4) + good[start + len(good) // 4 :])
    assert probe_video(lying).frames == 75
    with pytest.raises(PermanentError, match=r"scene 2 \(lying.mp4\)"):
        compose(changed_clip(order, 2, path=lying, sha256="1" * 64, name="lying.mp4"), workdir, ignore)
