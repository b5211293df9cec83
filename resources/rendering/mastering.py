"""Bringing a mix to -14 LUFS under a ceiling: K-weighted energy, true peaks and a limiter that looks both ways.

Belongs here: arithmetic on samples of 48 kHz, float32, shape (samples, channels), read in pieces so that memory stays
flat. Not here: what is mixed (`mixing.py`), ffmpeg, encoding and measuring the encoded file (`sound.py`).
The search for the gain works on one number per millisecond, so it costs nothing and needs no second pass.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reelineage.documents import SAMPLE_RATE
from resources.rendering.loudness import TARGET_LUFS

MASTERING = "mastering/1"  # part of the cache key: count up when any sample comes out differently
BLOCK = SAMPLE_RATE // 1000
_PIECE = 5000 * BLOCK  # 5 s; a whole number of blocks
_BEFORE = 400 * BLOCK  # the 38 Hz high-pass of the K-weighting has died away by e^-90 after it
_FFT = 1 << 18
_TAPS = 16
_RELEASE = 0.06  # dB per ms: 6 dB come back in 100 ms, 0.6 dB within one period of a low voice
_ATTACK = 1.5  # dB per ms, before the peak
_SPREAD = 2  # blocks by which reduction is widened before it is smoothed over as many

Samples = NDArray[np.float32]
Curve = NDArray[np.float64]


@dataclass(frozen=True)
class Profile:
    """What mastering knows of a mix, per block of 1 ms: K-weighted energy of both sides, highest true peak."""

    energy: Curve
    peak: Curve


@dataclass(frozen=True)
class Levels:
    """Gain in dB before the limiter, the limiter's ceiling in dBFS, and the loudness in LUFS that comes out."""

    gain: float
    ceiling: float
    lufs: float


def peaks(mix: Samples) -> Curve:
    """Highest true peak of either side per block of 1 ms."""
    return np.concatenate(
        [
            np.max([_true_peaks(piece[:, side], before) for side in range(mix.shape[1])], axis=0)
            for piece, before in _pieces(mix)
        ]
    )


def energies(mix: Samples) -> Curve:
    """K-weighted energy per block of 1 ms, of both sides together; one channel counts twice, as it is played."""
    sides = 2.0 / mix.shape[1]
    return np.concatenate(
        [
            sides * np.sum([_k_weighted_energy(piece[:, side], before) for side in range(mix.shape[1])], axis=0)
            for piece, before in _pieces(mix)
        ]
    )


def integrated(energy: Curve) -> float:
    """Integrated loudness in LUFS of energies per ms, gated as in ITU-R BS.1770-5; -inf for silence."""
    windows = _windows(energy)
    heard = windows[windows > 10 ** ((-70 + 0.691) / 10)]
    if heard.size == 0:
        return -np.inf
    loud = heard[heard > heard.mean() / 10]
    return float(-0.691 + 10 * np.log10(loud.mean()))


def find_levels(measured: Profile, ceiling: float, target: float = TARGET_LUFS) -> Levels:
    """The gain that gives the target behind the limiter, which takes a little loudness away again.

    Louder in is never quieter out, so halving an interval finds it: 24 dB are narrowed to 0.01 dB in 12 steps.
    `lufs` misses the target where no gain can reach it (a track of clicks).
    """
    low = target - integrated(measured.energy)
    high = low + 24.0
    for _ in range(12):
        middle = (low + high) / 2
        if _limited(measured, middle, ceiling) < target:
            low = middle
        else:
            high = middle
    gain = round(high, 2)
    return Levels(gain, ceiling, _limited(measured, gain, ceiling))


def render(mix: Samples, measured: Profile, levels: Levels, destination: Path) -> None:
    """Write the mix behind gain and limiter as raw float32, channels interleaved."""
    knots = _knots(reduction(measured.peak, levels.gain, levels.ceiling), levels.gain)
    with destination.open("wb") as file:
        for start in range(0, len(mix), _PIECE):
            piece = np.asarray(mix[start : start + _PIECE], np.float32)
            first, count = start // BLOCK, -(-len(piece) // BLOCK)
            curve = _between(knots[first : first + count + 1])[: len(piece)]
            file.write((piece * curve[:, None]).astype("<f4").tobytes())


def reduction(peak: Curve, gain: float, ceiling: float) -> Curve:
    """What the limiter takes away, in dB (<= 0) per block, so that no true peak passes the ceiling.

    It falls before a peak, comes back slowly behind it, and is smoothed over a few blocks so that it has no corners.
    """
    with np.errstate(divide="ignore"):
        need = np.minimum(0.0, ceiling - gain - 20 * np.log10(peak))
    widened = need.copy()
    for shift in range(1, _SPREAD + 2):
        widened[shift:] = np.minimum(widened[shift:], need[:-shift])
        widened[:-shift] = np.minimum(widened[:-shift], need[shift:])
    slow = slewed(widened, rise=_RELEASE, fall=_ATTACK)
    padded = np.pad(slow, _SPREAD, mode="edge")
    kernel = np.array([1, 4, 6, 4, 1]) / 16
    return np.asarray(sum(weight * padded[at : at + len(slow)] for at, weight in enumerate(kernel)), np.float64)


def slewed(need: Curve, *, rise: float, fall: float) -> Curve:
    """The highest curve under `need` (dB) that rises by at most `rise` and falls by at most `fall` per step."""
    steps = np.arange(len(need))
    behind = np.minimum.accumulate(need - rise * steps) + rise * steps
    ahead = np.minimum.accumulate((behind + fall * steps)[::-1])[::-1] - fall * steps
    return np.asarray(np.minimum(ahead, need), np.float64)


def _limited(measured: Profile, gain: float, ceiling: float) -> float:
    knots = reduction(measured.peak, gain, ceiling)
    return integrated(measured.energy * 10 ** ((gain + knots) / 10))


def _knots(curve: Curve, gain: float) -> Samples:
    """Factors at the borders of the blocks; reduction is wider than its peak, so straight lines stay under it."""
    return np.asarray(10 ** ((gain + np.append(curve, curve[-1])) / 20), np.float32)


def _between(knots: Samples) -> Samples:
    """One factor per sample, on straight lines between the borders."""
    ramp = (np.arange(BLOCK, dtype=np.float32) / BLOCK)[None, :]
    return np.asarray((knots[:-1, None] + np.diff(knots)[:, None] * ramp).ravel(), np.float32)


def _windows(energy: Curve) -> Curve:
    """Mean squares of 400 ms every 100 ms (a shorter sound is one window)."""
    total = np.concatenate([[0.0], np.cumsum(energy)])
    length = min(400, len(energy))
    starts = np.arange(0, len(energy) - length + 1, 100)
    return np.asarray((total[starts + length] - total[starts]) / (length * BLOCK), np.float64)


def _pieces(mix: Samples) -> Iterator[tuple[Samples, int]]:
    """Pieces of 5 s with what lies before them (`before` samples) and, for the filters' taps, a little behind them."""
    for start in range(0, len(mix), _PIECE):
        before = min(start, _BEFORE)
        yield np.asarray(mix[start - before : start + _PIECE + _TAPS], np.float32), before


def _per_block(samples: Samples) -> Samples:
    """Shape (blocks, 48), the last block filled up with silence."""
    missing = -len(samples) % BLOCK
    return np.pad(samples, (0, missing)).reshape(-1, BLOCK)


def _k_weighted_energy(piece: Samples, before: int) -> Curve:
    spectrum = np.fft.rfft(piece, _FFT) * _k_weighting()
    weighted = np.asarray(np.fft.irfft(spectrum, _FFT)[before : min(len(piece), before + _PIECE)], np.float32)
    return np.asarray(np.sum(np.square(_per_block(weighted)), axis=1, dtype=np.float64), np.float64)


def _true_peaks(piece: Samples, before: int) -> Curve:
    """Highest magnitude per block, between the samples too (four times oversampled, as in BS.1770 annex 2)."""
    end = min(len(piece), before + _PIECE)
    padded = np.pad(piece, (_TAPS, _TAPS))[before : end + 2 * _TAPS]
    count = end - before
    highest = np.abs(padded[_TAPS : _TAPS + count])
    for phase in _phases():
        between = np.zeros(count, np.float32)
        for at, weight in enumerate(phase, start=_TAPS - _TAPS // 2 + 1):
            between += weight * padded[at : at + count]
        np.maximum(highest, np.abs(between), out=highest)
    return np.asarray(_per_block(highest).max(axis=1), np.float64)


@cache
def _phases() -> Samples:
    """Windowed-sinc taps for the three points between two samples; each row sums to one."""
    offsets = np.arange(_TAPS) - _TAPS // 2 + 1
    away = offsets[None, :] - np.array([0.25, 0.5, 0.75])[:, None]
    taps = np.sinc(away) * np.cos(np.pi * away / (_TAPS + 1)) ** 2
    return np.asarray(taps / taps.sum(axis=1, keepdims=True), np.float32)


@cache
def _k_weighting() -> NDArray[np.complex64]:
    """Response of the two filters of BS.1770 at 48 kHz, at the frequencies of the transform."""
    z = np.exp(-2j * np.pi * np.arange(_FFT // 2 + 1) / _FFT)
    shelf = (1.53512485958697 - 2.69169618940638 * z + 1.19839281085285 * z**2) / (
        1 - 1.69065929318241 * z + 0.73248077421585 * z**2
    )
    high_pass = (1 - 2 * z + z**2) / (1 - 1.99004745483398 * z + 0.99007225036621 * z**2)
    return np.asarray(shelf * high_pass, np.complex64)
