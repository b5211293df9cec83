"""Reading finished files: the measures are true, every fault is found, and bad files neither hang nor mislead."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from reelineage.documents import Frame
from reelineage.errors import NotPublishable, PermanentError
from resources.rendering.ffmpeg import BITEXACT, file_url, run_ffmpeg
from resources.rendering.loudness import Loudness, measure_loudness
from resources.rendering.probe import check_video
from resources.rendering.streams import probe_video
from tests.resources.rendering.media import SMALL, babble, write_clip, write_voice


def with_sound(clip: Path, voice: Path, destination: Path) -> Path:
    """The clip with the voice beside it, nothing set right."""
    run_ffmpeg(
        [
            *("-i", file_url(clip), "-i", file_url(voice), "-map", "0:v", "-map", "1:a", "-c:v", "copy"),
            *("-c:a", "aac", *BITEXACT, "-f", "mp4", file_url(destination)),
        ],
        doing="Adding sound",
        deadline_seconds=30,
    )
    return destination


def test_loudness_is_that_of_the_reference_tone(tmp_path: Path) -> None:
    """EBU Tech 3341, case 1: a stereo sine of 1 kHz at -23 dBFS reads -23 LUFS; in mono that is 3 less."""
    time = np.arange(5 * 48_000) / 48_000
    tone = (10 ** (-23 / 20) * np.sin(2 * np.pi * 1000 * time)).astype(np.float32)
    found = measure_loudness(write_voice(tmp_path / "tone.wav", tone))
    assert found.integrated_lufs == pytest.approx(-26.0, abs=0.15)
    assert found.true_peak_dbtp == pytest.approx(-23.0, abs=0.15)


def test_silence_is_minus_infinity_or_the_floor(tmp_path: Path) -> None:
    found = measure_loudness(write_voice(tmp_path / "silence.wav", np.zeros(96_000, np.float32)))
    assert found.integrated_lufs <= -70
    assert found.true_peak_dbtp == -np.inf


GOOD = Loudness(-14.0, -1.5)


def test_every_broken_rule_is_named_at_once(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", 80)
    video = with_sound(clip, write_voice(tmp_path / "voice.wav", babble(80)), tmp_path / "bad.mp4")
    with pytest.raises(NotPublishable) as refused:
        check_video(video, frame=Frame(width=360, height=640), frames=81, loudness=Loudness(-20.0, -0.5))
    for part in ("bad.mp4", "size is (180, 320)", "frame count is 80, not 81", "LUFS", "true peak", "start fast"):
        assert part in str(refused.value)
    assert "sound is" in str(refused.value), "the tests' AAC is mono"


def test_a_loudness_that_is_no_number_is_not_publishable(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", 10)
    with pytest.raises(NotPublishable, match="loudness is nan"):
        check_video(clip, frame=SMALL, frames=10, loudness=Loudness(float("nan"), -2.0))


def test_a_video_without_sound_is_not_publishable(tmp_path: Path) -> None:
    with pytest.raises(NotPublishable, match="sound is"):
        check_video(write_clip(tmp_path / "mute.mp4", 10), frame=SMALL, frames=10, loudness=GOOD)


def sound_only(path: Path, good: Path) -> None:
    voice = write_voice(good.with_name("voice.wav"), babble(10))
    run_ffmpeg(["-i", file_url(voice), "-f", "mp4", file_url(path)], doing="T", deadline_seconds=20)


BAD_FILES: dict[str, Callable[[Path, Path], object]] = {
    "missing": lambda _path, _good: None,
    "empty": lambda path, _: path.touch(),
    "noise": lambda path, _: path.write_bytes(bytes(range(256)) * 64),
    "truncated": lambda path, good: path.write_bytes(good.read_bytes()[: good.stat().st_size // 2]),
    "playlist": lambda path, good: path.write_text(f"#EXTM3U\n#EXTINF:1,\n{good}\n"),
    "concat list": lambda path, good: path.write_text(f"ffconcat version 1.0\nfile '{good}'\n"),
    "link": lambda path, good: path.symlink_to(good),
    "folder": lambda path, _: path.mkdir(),
    "pipe": lambda path, _: os.mkfifo(path),
    "sound only": sound_only,
    "other format": lambda path, _: write_voice(path, babble(10)),
    "huge box": lambda path, _: path.write_bytes(b"\x00\x00\x00\x01moov" + b"\xff" * 8 + bytes(100)),
}


@pytest.mark.parametrize("kind", BAD_FILES)
def test_a_bad_file_is_refused_with_its_name(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "bad.mp4"
    BAD_FILES[kind](path, write_clip(tmp_path / "good.mp4", 10))
    with pytest.raises(PermanentError, match=r"bad\.mp4.*\. .*\."):
        probe_video(path)
