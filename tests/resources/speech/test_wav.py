"""The track's file format, and what is refused."""

import wave
from pathlib import Path

import numpy as np
import pytest

from reelineage.errors import NotPublishable, PermanentError
from resources.speech.wav import read_wav, write_wav


def test_samples_come_back_within_one_step_of_16_bits(tmp_path: Path) -> None:
    samples = np.array([0.0, 1.0, -1.0, 0.5, -0.25, 1e-5], dtype=np.float32)
    write_wav(tmp_path / "track.wav", samples)
    assert read_wav(tmp_path / "track.wav") == pytest.approx(samples, abs=1 / 32767)
    with (tmp_path / "track.wav").open("rb") as file, wave.open(file, "rb") as track:
        assert (track.getnchannels(), track.getsampwidth(), track.getframerate()) == (1, 2, 48_000)


def test_the_same_samples_give_the_same_bytes(tmp_path: Path) -> None:
    samples = np.linspace(-0.9, 0.9, 4_800, dtype=np.float32)
    for name in ("a.wav", "b.wav"):
        write_wav(tmp_path / name, samples)
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()


@pytest.mark.parametrize("samples", [[np.nan], [1.01], [-np.inf], [[0.0, 0.1]]])
def test_samples_that_would_click_are_not_written(tmp_path: Path, samples: list[float]) -> None:
    with pytest.raises(NotPublishable, match=r"track\.wav"):
        write_wav(tmp_path / "track.wav", np.array(samples, dtype=np.float32))
    assert not (tmp_path / "track.wav").exists()


def test_a_file_that_is_cut_off_foreign_or_of_another_format_is_refused(tmp_path: Path) -> None:
    whole = tmp_path / "whole.wav"
    write_wav(whole, np.zeros(4_800, dtype=np.float32))
    data = whole.read_bytes()
    for cut in (0, 3, 20, 43, 44, 1_000, len(data) - 2):
        (tmp_path / "cut.wav").write_bytes(data[:cut])
        with pytest.raises(PermanentError, match=r"cut\.wav"):
            read_wav(tmp_path / "cut.wav")
    (tmp_path / "noise.wav").write_bytes(bytes(range(256)) * 8)
    with pytest.raises(PermanentError, match=r"noise\.wav"):
        read_wav(tmp_path / "noise.wav")
    with wave.open(str(tmp_path / "stereo.wav"), "wb") as stereo:
        stereo.setnchannels(2)
        stereo.setsampwidth(2)
        stereo.setframerate(48_000)
        stereo.writeframes(b"\0" * 400)
    with pytest.raises(PermanentError, match="2, 2, 48000"):
        read_wav(tmp_path / "stereo.wav")
