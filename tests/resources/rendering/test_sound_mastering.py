"""Loudness and limiter in arithmetic agree with ffmpeg's meter, and no peak passes the ceiling."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from resources.rendering import mastering
from resources.rendering.ffmpeg import run_ffmpeg
from resources.rendering.loudness import LOUDNESS_FILTER, Loudness, read_loudness
from resources.rendering.mastering import Profile
from tests.resources.rendering.media import babble

RATE = 48_000
Sound = NDArray[np.float32]


def measured(sound: Sound) -> Profile:
    return Profile(mastering.energies(sound), mastering.peaks(sound))


def by_ffmpeg(raw: Path, channels: int) -> Loudness:
    layout = "stereo" if channels == 2 else "mono"
    both = "anull" if channels == 2 else "pan=stereo|c0=c0|c1=c0"
    said = run_ffmpeg(
        [
            *("-f", "f32le", "-ar", "48000", "-ch_layout", layout, "-i", raw.name),
            *("-af", f"{both},{LOUDNESS_FILTER}", "-f", "null", "-", "-loglevel", "info"),
        ],
        doing="Measuring",
        deadline_seconds=60,
        folder=raw.parent,
    )
    return read_loudness(said)


def sounds() -> dict[str, Sound]:
    random = np.random.default_rng(3)
    time = np.arange(6 * RATE) / RATE
    speech = babble(210)[:, None]
    gaps = speech.copy()
    gaps[2 * RATE : 4 * RATE] *= 0.003
    return {
        "speech": speech,
        "speech with long pauses": gaps,
        "noise on both sides": np.asarray(0.1 * random.standard_normal((6 * RATE, 2)), np.float32),
        "one side only": np.asarray(np.stack([0.3 * np.sin(time * 2 * np.pi * 997), 0 * time], axis=1), np.float32),
        "low hum": np.asarray(0.5 * np.sin(time * 2 * np.pi * 45), np.float32)[:, None],
    }


@pytest.mark.parametrize("name", list(sounds()))
def test_loudness_and_peak_are_those_of_the_meter(tmp_path: Path, name: str) -> None:
    sound = sounds()[name]
    sound.astype("<f4").tofile(tmp_path / "sound.f32")
    meter, got = by_ffmpeg(tmp_path / "sound.f32", sound.shape[1]), measured(sound)
    assert mastering.integrated(got.energy) == pytest.approx(meter.integrated_lufs, abs=0.11)
    assert 20 * np.log10(got.peak.max()) == pytest.approx(meter.true_peak_dbtp, abs=0.2)


@pytest.mark.parametrize(
    ("name", "ceiling"),
    [("speech with long pauses", -1.6), ("noise on both sides", -1.6), ("one side only", -1.6), ("speech", -5.0)],
)
def test_the_rendered_mix_has_the_loudness_that_was_foretold_under_the_ceiling(
    tmp_path: Path, name: str, ceiling: float
) -> None:
    sound = sounds()[name]
    known = measured(sound)
    levels = mastering.find_levels(known, ceiling)
    mastering.render(sound, known, levels, tmp_path / "loud.f32")
    meter = by_ffmpeg(tmp_path / "loud.f32", sound.shape[1])
    assert (tmp_path / "loud.f32").stat().st_size == sound.size * 4
    assert meter.true_peak_dbtp <= ceiling + 0.1
    assert meter.integrated_lufs == pytest.approx(levels.lufs, abs=0.11)
    if ceiling == -1.6:
        assert levels.lufs == pytest.approx(-14.0, abs=0.05)


def test_peaks_between_samples_are_seen() -> None:
    """A sine at a quarter of the rate, sampled 45 degrees off: each sample is 3 dB under the peak."""
    wave = 0.5 * np.sin(np.pi / 2 * np.arange(RATE) + np.pi / 4)
    fade = np.minimum(1.0, np.arange(RATE) / 4_800)
    peak = mastering.peaks(np.asarray(wave * fade * fade[::-1], np.float32)[:, None])
    assert 20 * np.log10(np.median(peak) / 0.5) == pytest.approx(0.0, abs=0.1)


def test_a_long_sound_is_measured_in_pieces_as_if_it_were_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    sound = babble(170)[:, None]
    whole = measured(sound)
    monkeypatch.setattr(mastering, "_PIECE", 1_000 * mastering.BLOCK)
    pieces = measured(sound)
    assert len(whole.energy) == len(whole.peak) == -(-len(sound) // 48)
    np.testing.assert_allclose(pieces.energy, whole.energy, rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(pieces.peak, whole.peak, atol=1e-6)


def test_the_limiter_steps_back_before_a_peak_and_returns_slowly() -> None:
    peak = np.full(1_000, 0.1)
    peak[500] = 1.0
    curve = mastering.reduction(peak, 0.0, -6.0)
    assert curve[500] == pytest.approx(-6.0)
    assert curve[490] == 0.0
    assert -6.0 < curve[530] < curve[560] < 0.0
    assert np.all(curve[620:] == 0.0)
    assert np.abs(np.diff(curve, n=2)).max() < 1.0, "no corners"


def test_what_needs_no_limiting_is_only_made_louder(tmp_path: Path) -> None:
    sound = np.asarray(0.05 * np.sin(np.arange(3 * RATE) * 0.13), np.float32)[:, None]
    known = measured(sound)
    levels = mastering.find_levels(known, -1.6)
    mastering.render(sound, known, levels, tmp_path / "loud.f32")
    loud = np.fromfile(tmp_path / "loud.f32", "<f4")
    np.testing.assert_allclose(loud, sound[:, 0] * 10 ** (levels.gain / 20), rtol=1e-5)


def test_clicks_that_cannot_reach_the_loudness_end_the_search_below_it() -> None:
    sound = np.zeros((5 * RATE, 1), np.float32)
    sound[::24_000] = 0.9
    assert mastering.find_levels(measured(sound), -1.6).lufs < -14.5


def test_silence_has_no_loudness() -> None:
    assert mastering.integrated(mastering.energies(np.zeros((RATE, 2), np.float32))) == -np.inf


# What each version of the mastering code makes of a fixed mix: every half second, all samples at 16 bits added up with
# random signs, so none changes without showing. Cached sounds name only the version in their keys. Not a digest: other
# processors round the last bit otherwise, which moves these by a few tenths.
LOUD_OF_VERSION = {"mastering/1": [-159610.83, -266256.54, -377207.02, 222188.87, 41749.28, -469539.51]}


def test_a_change_of_any_mastered_sample_raises_the_version_that_cached_sounds_name(tmp_path: Path) -> None:
    random = np.random.default_rng(11)
    time = np.arange(3 * RATE)
    mix = np.stack([np.abs(time % step - step // 2) * (9_000 // step) - 2_000 for step in (218, 146)], axis=1)
    mix += random.integers(-3_000, 3_000, mix.shape) * (time % 24_000 < 2_000)[:, None]
    mix[time // RATE == 1] //= 4
    mix[10_000::30_011] += 15_000
    sound = np.asarray(mix / 32768, np.float32)
    known = measured(sound)
    mastering.render(sound, known, mastering.find_levels(known, -1.6), tmp_path / "loud.f32")
    loud = np.fromfile(tmp_path / "loud.f32", "<f4").reshape(-1, 2).astype(np.float64)
    signs = np.random.default_rng(13).choice([-1.0, 1.0], loud.shape)
    made = np.add.reduceat(np.sum(loud * 32768.0 * signs, axis=1), np.arange(0, len(loud), RATE // 2))
    assert made == pytest.approx(LOUD_OF_VERSION[mastering.MASTERING], abs=2.0)
