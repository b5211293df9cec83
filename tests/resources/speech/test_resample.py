"""The change of sample rate keeps the sound and adds none."""

import numpy as np
import pytest
from numpy.typing import NDArray

from resources.speech.resample import to_48k


def tone(hertz: float, rate: int) -> NDArray[np.float32]:
    return np.sin(2 * np.pi * hertz * np.arange(rate) / rate).astype(np.float32)


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 24_000, 44_100])
def test_a_tone_comes_out_as_the_same_tone_without_delay(rate: int) -> None:
    hertz = rate / 8
    middle = slice(4_000, -4_000)
    assert to_48k(tone(hertz, rate), rate)[middle] == pytest.approx(tone(hertz, 48_000)[middle], abs=2e-4)


def test_nothing_is_left_above_what_the_voice_could_hold() -> None:
    noise = np.random.RandomState(7).standard_normal(22_050).astype(np.float32)
    spectrum = np.abs(np.fft.rfft(to_48k(noise, 22_050) * np.hanning(48_000))) ** 2
    above = spectrum[11_200:].mean() / spectrum[100:9_000].mean()
    assert 10 * np.log10(above) < -75


@pytest.mark.parametrize(("samples", "expected"), [(0, 0), (1, 3), (147, 320), (148, 323)])
def test_the_length_is_rounded_up(samples: int, expected: int) -> None:
    assert to_48k(np.zeros(samples, dtype=np.float32), 22_050).shape == (expected,)


def test_audio_at_48_khz_stays_as_it_is() -> None:
    samples = tone(440, 48_000)
    assert np.array_equal(to_48k(samples, 48_000), samples)
