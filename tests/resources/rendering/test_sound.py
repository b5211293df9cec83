"""The voice reaches the loudness of the platforms on the encoded file, whatever it came in with."""

from pathlib import Path

import numpy as np
import pytest

from reelineage.errors import NotPublishable, PermanentError
from resources.rendering import sound
from resources.rendering.probe import Loudness, measure_loudness
from resources.rendering.sound import encode_sound, voice_samples
from tests.resources.rendering.media import babble, write_voice


@pytest.mark.parametrize("level", [0.02, 1.0])
def test_any_voice_comes_out_at_minus_fourteen(tmp_path: Path, level: float) -> None:
    voice = write_voice(tmp_path / "it's a voice.wav", babble(120, level=level))
    reached = encode_sound(voice, tmp_path / "sound.m4a", samples=120 * 1600, draft=True)
    assert abs(reached.integrated_lufs + 14.0) <= 0.5
    assert reached.true_peak_dbtp <= -1.0
    assert reached == measure_loudness(tmp_path / "sound.m4a")


def test_peaks_far_above_the_speech_are_limited(tmp_path: Path) -> None:
    samples = babble(120, level=0.1)
    samples[::9600] = 0.99
    reached = encode_sound(
        write_voice(tmp_path / "clicks.wav", samples), tmp_path / "sound.m4a", samples=120 * 1600, draft=True
    )
    assert abs(reached.integrated_lufs + 14.0) <= 0.5
    assert reached.true_peak_dbtp <= -1.0


def test_what_the_encoder_lifted_over_the_limit_is_corrected_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sound, "_FIRST_CEILING", -0.2)
    samples = babble(120, level=0.1)
    samples[::9600] = 0.99
    voice = write_voice(tmp_path / "clicks.wav", samples)
    assert encode_sound(voice, tmp_path / "sound.m4a", samples=120 * 1600, draft=True).true_peak_dbtp <= -1.0


def test_a_loudness_that_cannot_be_reached_is_refused_with_what_was_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sound, "measure_loudness", lambda _: Loudness(-15.0, -3.0))
    with pytest.raises(NotPublishable, match=r"voice\.wav: reached -15\.0 LUFS with a true peak of -3\.0 dBTP"):
        encode_sound(
            write_voice(tmp_path / "voice.wav", babble(30)), tmp_path / "sound.m4a", samples=30 * 1600, draft=True
        )


def test_a_silent_voice_is_not_publishable(tmp_path: Path) -> None:
    voice = write_voice(tmp_path / "silence.wav", np.zeros(48_000, np.float32))
    with pytest.raises(NotPublishable, match=r"silence\.wav: the voice is silent"):
        encode_sound(voice, tmp_path / "sound.m4a", samples=48_000)


def test_the_length_of_a_voice_is_read_from_its_head(tmp_path: Path) -> None:
    assert voice_samples(write_voice(tmp_path / "voice.wav", babble(10))) == 16_000


@pytest.mark.parametrize("kind", ["noise", "rate", "short", "link"])
def test_a_voice_that_is_no_mono_48_khz_wav_is_named(tmp_path: Path, kind: str) -> None:
    voice = tmp_path / "voice.wav"
    good = write_voice(tmp_path / "good.wav", babble(2), rate=44_100 if kind == "rate" else 48_000)
    match kind:
        case "noise":
            voice.write_bytes(b"nothing like a WAV")
        case "rate":
            good.rename(voice)
        case "short":
            voice.write_bytes(good.read_bytes()[:20])
        case "link":
            voice.symlink_to(good)
    with pytest.raises(PermanentError, match=r"voice\.wav"):
        voice_samples(voice)
