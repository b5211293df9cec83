"""Profiles and presets: what they ask of the encoder, and that what comes out can be joined and made again."""

import logging
from pathlib import Path
from typing import get_args

import pytest

from reelineage.documents import Frame
from reelineage.errors import BadInput
from reelineage.look import PresetName, ProfileName
from resources.rendering import encoders
from resources.rendering.encoders import Encoding, device_arguments, encoding_for, upload_filter, video_arguments
from resources.rendering.ffmpeg import BITEXACT, TAG_BT709, run_ffmpeg
from resources.rendering.streams import probe_video

FULL_HD = Frame(width=1080, height=1920)
TINY = Frame(width=180, height=320)
PLAIN = "testsrc2=size=180x320:rate=30,setsar=0"
NOISY = "color=gray:size=180x320:rate=30,noise=alls=60:all_seed=7:allf=t,setsar=1"


def encode(folder: Path, encoding: Encoding, source: str, *, threads: int = 1, frames: int = 12) -> Path:
    made = folder / f"{encoding.preset}-{threads}.mp4"
    run_ffmpeg(
        [
            *("-f", "lavfi", "-i", source, "-vf", f"format=yuv420p,{TAG_BT709}", "-frames:v", str(frames)),
            *(*video_arguments(encoding, threads=threads), *BITEXACT, "-f", "mp4", "-y", made.name),
        ],
        doing="Testing an encoder",
        deadline_seconds=30,
        folder=folder,
    )
    return made


def parameter_sets(path: Path) -> bytes:
    """SPS and PPS, as the MP4 holds them."""
    import av  # noqa: PLC0415 — heavy import, only when used

    with av.open(str(path)) as container:
        return bytes(container.streams.video[0].codec_context.extradata or b"")


def give_hardware(monkeypatch: pytest.MonkeyPatch, codec: str | None) -> None:
    """A machine on which `codec` works."""
    monkeypatch.setattr(encoders, "find_hardware", lambda _wanted: codec)


@pytest.mark.parametrize(
    ("preset", "expected"),
    [
        ("fast", ("superfast", 23, None)),
        ("balanced", ("veryfast", 21, 12_000)),
        ("small", ("medium", 24, 5_000)),
    ],
)
def test_a_preset_decides_speed_quality_and_bound(preset: PresetName, expected: tuple[str, int, int | None]) -> None:
    encoding = encoding_for("standard", preset, FULL_HD)
    assert (encoding.preset, encoding.crf, encoding.maxrate_kbit) == expected
    assert (encoding.codec, encoding.hardware, encoding.asked) == ("libx264", None, "x264")


@pytest.mark.parametrize(
    ("width", "height", "kbit"),
    [(720, 1280, 6_000), (1280, 720, 6_000), (1080, 1920, 12_000), (2160, 3840, 40_000), (90, 90, 500)],
)
def test_the_bound_grows_with_the_frame(width: int, height: int, kbit: int) -> None:
    assert encoding_for("youtube", "balanced", Frame(width=width, height=height)).maxrate_kbit == kbit


@pytest.mark.parametrize("preset", get_args(PresetName))
def test_a_draft_is_fast_whatever_the_preset(preset: PresetName) -> None:
    encoding = encoding_for("draft", preset, TINY)
    assert (encoding.preset, encoding.crf, encoding.maxrate_kbit, encoding.audio_kbit) == ("ultrafast", 24, None, 128)


@pytest.mark.parametrize("profile", ["tiktok", "reels"])
@pytest.mark.parametrize(("preset", "kbit"), [("fast", 10_000), ("balanced", 10_000), ("small", 5_000)])
def test_platforms_that_encode_again_get_ten_megabit_at_most(
    profile: ProfileName, preset: PresetName, kbit: int
) -> None:
    assert encoding_for(profile, preset, FULL_HD).maxrate_kbit == kbit
    assert (encoding_for(profile, preset, TINY).maxrate_kbit or 0) <= kbit


def test_each_profile_says_how_the_sound_is_encoded_and_whether_edit_lists_are_allowed() -> None:
    found = {name: encoding_for(name, "balanced", FULL_HD) for name in get_args(ProfileName)}
    assert {name: one.audio_kbit for name, one in found.items()} == {
        "standard": 192,
        "youtube": 192,
        "tiktok": 192,
        "reels": 128,
        "strict": 192,
        "draft": 128,
    }
    assert [name for name, one in found.items() if not one.edit_list] == ["strict"]


@pytest.mark.parametrize(
    ("profile", "preset"), [("standard", "fast"), ("standard", "balanced"), ("standard", "small"), ("draft", "fast")]
)
def test_parameter_sets_depend_neither_on_the_pictures_nor_on_the_threads(
    tmp_path: Path, profile: ProfileName, preset: PresetName
) -> None:
    """Segments are encoded apart and joined by copying: the joined file has one set of parameters for all of them."""
    encoding = encoding_for(profile, preset, TINY)
    found = {parameter_sets(encode(tmp_path, encoding, PLAIN, threads=count)) for count in (1, 2)}
    made = encode(tmp_path, encoding, NOISY)
    assert found == {parameter_sets(made)}
    measures = probe_video(made)
    assert (measures.video_profile, measures.pixel_format, measures.colour_matrix) == ("High", "yuv420p", "bt709")
    assert measures.frames == 12


def test_several_threads_give_the_same_bytes_each_time(tmp_path: Path) -> None:
    encoding = encoding_for("standard", "fast", TINY)
    assert "-threads 2" in " ".join(video_arguments(encoding, threads=2))
    assert len({encode(tmp_path, encoding, NOISY, threads=2, frames=30).read_bytes() for _ in range(4)}) == 1


def test_a_bound_that_is_reached_gives_the_same_bytes_each_time(tmp_path: Path) -> None:
    """x264 holds a bound by looking at its other threads' progress: with two of them each run differed."""
    encoding = encoding_for("standard", "balanced", TINY)
    files = {encode(tmp_path, encoding, NOISY, threads=2, frames=45).read_bytes() for _ in range(4)}
    assert len(files) == 1
    kbit = len(files.pop()) * 8 / 1000 / 1.5
    assert kbit < 2.5 * (encoding.maxrate_kbit or 0), "the bound was reached, and held within its buffer"
    assert kbit > 0.9 * (encoding.maxrate_kbit or 0)


def test_a_key_picture_comes_every_two_seconds_and_none_is_shown_out_of_order(tmp_path: Path) -> None:
    import av  # noqa: PLC0415 — heavy import, only when used

    made = encode(tmp_path, encoding_for("standard", "fast", TINY), PLAIN, frames=125)
    with av.open(str(made)) as container:
        packets = [packet for packet in container.demux(video=0) if packet.pts is not None]
    assert {0, 60, 120} <= {number for number, packet in enumerate(packets) if packet.is_keyframe}
    assert all(packet.pts == packet.dts for packet in packets)


def test_threads_are_counted_by_the_caller() -> None:
    """With 0, x264 takes as many as there are cores: the bytes would depend on the machine."""
    with pytest.raises(ValueError, match="at least one"):
        video_arguments(encoding_for("draft", "fast", TINY), threads=0)


def test_an_unknown_encoder_is_refused_with_the_names_that_exist() -> None:
    with pytest.raises(BadInput, match=r"'x265' is none.*x264, auto.*nvenc"):
        encoding_for("standard", "balanced", TINY, encoder="x265")


def test_an_encoder_that_works_is_used_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    give_hardware(monkeypatch, "h264_nvenc")
    encoding = encoding_for("standard", "balanced", FULL_HD, encoder="auto")
    assert (encoding.codec, encoding.hardware, encoding.asked) == ("h264_nvenc", "nvenc", "auto")
    assert (encoding.preset, encoding.maxrate_kbit) == ("p4", 12_000)
    line = " ".join(video_arguments(encoding, threads=2))
    assert "-c:v h264_nvenc -preset p4 -rc vbr -cq 21 -b:v 0 -maxrate 12000k -bufsize 24000k" in line
    assert "-threads" not in line


def test_a_bound_that_the_encoder_cannot_keep_is_not_promised(monkeypatch: pytest.MonkeyPatch) -> None:
    give_hardware(monkeypatch, "h264_vaapi")
    encoding = encoding_for("tiktok", "balanced", FULL_HD, encoder="vaapi")
    assert encoding.maxrate_kbit is None
    assert "-maxrate" not in video_arguments(encoding, threads=1)
    assert device_arguments(encoding)[0] == "-init_hw_device"
    assert upload_filter(encoding) == ",format=nv12,hwupload"


@pytest.mark.parametrize(("asked", "warnings"), [("nvenc", 1), ("auto", 0), ("x264", 0)])
def test_x264_stands_in_and_says_so_when_a_named_encoder_does_not_work(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, asked: str, warnings: int
) -> None:
    give_hardware(monkeypatch, None)
    with caplog.at_level(logging.WARNING):
        encoding = encoding_for("standard", "fast", FULL_HD, encoder=asked)
    assert (encoding.codec, encoding.hardware, encoding.asked) == ("libx264", None, asked)
    assert (device_arguments(encoding), upload_filter(encoding)) == ([], "")
    assert [asked in record.getMessage() for record in caplog.records] == [True] * warnings
