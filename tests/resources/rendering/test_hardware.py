"""Finding a hardware encoder: only one whose picture comes back from a decoder is used."""

import logging
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from reelineage.errors import BadInput
from resources.rendering import ffmpeg, hardware
from resources.rendering.encoders import encoding_for, video_arguments
from resources.rendering.ffmpeg import TAG_BT709, run_ffmpeg
from resources.rendering.hardware import HARDWARE, find_hardware, hardware_arguments
from tests.resources.rendering.media import SMALL

RIGHT = "lutyuv=y=180:u=90:v=160"


@pytest.fixture(autouse=True)
def _fresh_trials() -> Iterator[None]:
    hardware._works.cache_clear()
    yield
    hardware._works.cache_clear()


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG, logger=hardware.__name__)
    return caplog


def write_result(path: Path, *, colour: str = RIGHT, size: int = 256, frames: int = 1) -> Path:
    """What an encoder could have written."""
    run_ffmpeg(
        [
            *("-f", "lavfi", "-i", f"color=size={size}x{size}:rate=30,format=yuv420p,{colour},{TAG_BT709}"),
            *("-frames:v", str(frames), *video_arguments(encoding_for("draft", "fast", SMALL), threads=1)),
            *("-f", "mp4", "-y", path.name),
        ],
        doing="Making a result",
        deadline_seconds=30,
        folder=path.parent,
    )
    return path


def play_ffmpeg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answers: dict[str, str]) -> None:
    """Put a script in ffmpeg's place that answers by codec with a line of shell; it refuses the others."""
    cases = "".join(f"*{codec}*) {line};;\n" for codec, line in answers.items())
    script = tmp_path / "ffmpeg"
    script.write_text(f'#!/bin/sh\nfor last; do :; done\ncase "$*" in\n{cases}*) echo No device >&2; exit 1;;\nesac\n')
    script.chmod(0o755)
    monkeypatch.setattr(ffmpeg, "ffmpeg_path", lambda: script)


@pytest.mark.parametrize("name", HARDWARE)
def test_an_encoder_without_its_device_is_not_found_and_ffmpeg_says_why(
    name: str, logged: pytest.LogCaptureFixture
) -> None:
    found = find_hardware(name)
    if found is not None:  # this machine has the device: then it must be the one that was asked for
        assert found == HARDWARE[name].codec
        return
    [record] = logged.records
    assert record.levelno == logging.DEBUG
    said = record.getMessage()
    assert f"Trying the encoder {HARDWARE[name].codec}" in said
    assert "ffmpeg said: nothing" not in said
    for refused in ("Error setting option", "Unrecognized option", "Error parsing", "has not been used"):
        assert refused not in said, "it is the device that is missing, not an argument that is wrong"


def test_one_that_works_is_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good = write_result(tmp_path / "good.mp4")
    play_ffmpeg(tmp_path, monkeypatch, {"h264_qsv": f'cp {good} "$last"'})
    assert find_hardware("auto") == "h264_qsv"
    assert find_hardware("qsv") == "h264_qsv"
    assert find_hardware("nvenc") is None


def test_auto_takes_the_first_in_its_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good = write_result(tmp_path / "good.mp4")
    asked = tmp_path / "asked"
    answers = {one.codec: f'echo {one.codec} >>{asked}; cp {good} "$last"' for one in HARDWARE.values()}
    del answers["h264_nvenc"]
    play_ffmpeg(tmp_path, monkeypatch, answers)
    assert find_hardware("auto") == "h264_qsv"
    assert asked.read_text().split() == ["h264_qsv"], "the others are left alone"
    assert list(HARDWARE) == ["nvenc", "qsv", "videotoolbox", "amf", "vaapi"]


def test_each_is_tried_once_per_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = tmp_path / "asked"
    play_ffmpeg(tmp_path, monkeypatch, {"h264_": f"echo once >>{asked}; exit 1"})
    assert [find_hardware("auto") for _ in range(3)] == [None] * 3
    assert len(asked.read_text().split()) == len(HARDWARE)


def test_one_that_hangs_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, logged: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(hardware, "_DEADLINE_SECONDS", 2)
    good = write_result(tmp_path / "good.mp4")
    play_ffmpeg(tmp_path, monkeypatch, {"h264_nvenc": "sleep 30", "h264_qsv": f'cp {good} "$last"'})
    begin = time.monotonic()
    assert find_hardware("auto") == "h264_qsv"
    assert time.monotonic() - begin < 20
    assert "was stopped after" in logged.text


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ("colour", "Y, U, V are away"),
        ("size", "holds 1 pictures"),
        ("frames", "holds 2 pictures"),
        ("cut", "cannot be decoded"),
        ("noise", "cannot be decoded"),
        ("sound", "cannot be decoded"),
        ("nothing", "cannot be decoded"),
    ],
)
def test_one_that_ends_well_but_writes_something_else_is_not_chosen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, logged: pytest.LogCaptureFixture, wrong: str, why: str
) -> None:
    result = tmp_path / "bad.mp4"
    if wrong == "colour":
        write_result(result, colour="lutyuv=y=128:u=128:v=128")
    elif wrong == "size":
        write_result(result, size=128)
    elif wrong == "frames":
        write_result(result, frames=2)
    elif wrong == "cut":
        result.write_bytes(write_result(result).read_bytes()[:700])
    elif wrong == "sound":
        run_ffmpeg(
            ["-f", "lavfi", "-i", "sine=duration=0.1", "-c:a", "aac", "-f", "mp4", "-y", result.name],
            doing="Making sound",
            deadline_seconds=30,
            folder=tmp_path,
        )
    else:
        result.write_bytes(b"no film" * 100)
    line = "exit 0" if wrong == "nothing" else f'cp {result} "$last"'
    play_ffmpeg(tmp_path, monkeypatch, {"h264_nvenc": line})
    assert find_hardware("nvenc") is None
    assert why in logged.text


def test_a_name_that_is_none_is_refused() -> None:
    with pytest.raises(BadInput, match=r"'cuda' is none.*nvenc, qsv"):
        find_hardware("cuda")


@pytest.mark.parametrize("name", HARDWARE)
def test_every_encoder_is_asked_for_the_same_profile_and_closed_groups_in_bt709(name: str) -> None:
    line = " ".join(hardware_arguments(name, preset=HARDWARE[name].presets["veryfast"], crf=21, maxrate_kbit=9000))
    assert "-profile:v high" in line
    assert "-g 60 -bf 0 -flags +cgop" in line
    assert "-colorspace bt709" in line
    assert ("-maxrate 9000k -bufsize 18000k" in line) == HARDWARE[name].keeps_maxrate


def test_better_quality_asks_more_of_every_encoder() -> None:
    """VideoToolbox counts the other way round."""
    for name in HARDWARE:
        low, high = (hardware_arguments(name, preset="x", crf=crf, maxrate_kbit=None) for crf in (24, 18))
        [changed] = {(int(a), int(b)) for a, b in zip(low, high, strict=True) if a != b}
        assert (changed[1] > changed[0]) == (name == "videotoolbox")
