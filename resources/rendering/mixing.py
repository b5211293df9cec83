"""What is heard before mastering: the voice freed of clicks and evened out, music looped, faded and ducked under it.

Belongs here: arithmetic on samples of 48 kHz, float32, shape (samples, channels). Not here: reading files and ffmpeg
(`sound.py`), loudness and the limiter (`mastering.py`).
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from reelineage.documents import SAMPLE_RATE
from reelineage.look import Music
from resources.rendering.mastering import Curve, Samples, slewed

MIXING = "mixing/1"  # part of the cache key: count up when any sample comes out differently
_STEP = SAMPLE_RATE // 100  # levels are watched every 10 ms
_CLICK = 24.0  # times the usual curvature; in 40 s of speech one block in a hundred reached 12, none more than 23
_LONGEST_CLICK = SAMPLE_RATE // 500  # 2 ms; what lasts longer is a sound
_COMPRESS_OVER = -3.0  # dB against the voice's own level: only what is louder than usual is held back
_COMPRESS_RATIO = 2.5
_WORD_OVER = -24.0  # dB under the voice's level: weaker is breath and room
_BEFORE_WORD, _AFTER_WORD, _BRIDGED = 0.10, 0.15, 0.50  # seconds; music does not come up in gaps shorter than the last
_DOWN, _UP = 0.20, 0.60  # seconds in which music steps back and returns
_PIECE = 5 * SAMPLE_RATE  # factors are made so many at a time: 15 minutes of them at once take 1 GB
_OVERLAP = (1.0, 3.0)  # seconds over which the end of a song is laid over its start


@dataclass(frozen=True)
class Loop:
    """Music without an end: `song` without its last `overlap` samples, then again with them laid over its start."""

    song: Samples
    overlap: int

    def take(self, start: int, count: int) -> Samples:
        """Samples `start` to `start + count`."""
        period = len(self.song) - self.overlap
        taken = []
        while count > 0:
            at = start % period
            if start >= period and at < self.overlap:
                length = min(count, self.overlap - at)
                angle = (np.pi / 2) * (np.arange(at, at + length, dtype=np.float32) + 0.5)[:, None] / self.overlap
                ending = self.song[period + at : period + at + length]
                taken.append(self.song[at : at + length] * np.sin(angle) + ending * np.cos(angle))
            else:
                length = min(count, period - at)
                taken.append(self.song[at : at + length])
            start, count = start + length, count - length
        return np.concatenate(taken)


def without_clicks(voice: Samples) -> Samples:
    """The voice with impulses of up to 2 ms drawn over by a straight line; speech itself is not touched."""
    wave = voice[:, 0]
    bend = np.zeros_like(wave)
    bend[1:-1] = np.abs(wave[:-2] - 2 * wave[1:-1] + wave[2:])
    usual = _steps(bend).mean(axis=1)
    usual[1:-1] = np.minimum(usual[1:-1], (usual[:-2] + usual[2:]) / 2 + usual.mean() / 10)
    limit = np.repeat(np.maximum(_CLICK * usual, 0.02 * np.abs(wave).max()), _STEP)[: len(wave)]
    found = np.flatnonzero(bend > limit)
    mended = wave.copy()
    for run in np.split(found, np.flatnonzero(np.diff(found) > 16) + 1):
        if run.size == 0 or run[-1] - run[0] > _LONGEST_CLICK:
            continue
        left, right = max(0, int(run[0]) - 2), min(len(wave) - 1, int(run[-1]) + 2)
        mended[left : right + 1] = np.linspace(wave[left], wave[right], right - left + 1, dtype=np.float32)
    return mended[:, None]


def evened(voice: Samples) -> Samples:
    """The voice gently compressed against its own level, whatever that is: ratio 2.5 with a soft knee."""
    level = _levels(voice)
    over = level - (_speaking(level) + _COMPRESS_OVER)
    held = -(1 - 1 / _COMPRESS_RATIO) * np.logaddexp(0.0, over / 2) * 2
    kernel = np.hanning(9)[1:-1]  # 80 ms, half of it ahead of the sound
    smooth = np.convolve(np.pad(held, 3, mode="edge"), kernel / kernel.sum(), mode="valid")
    made = np.empty_like(voice, np.float32)
    for start in range(0, len(voice), _PIECE):
        piece = voice[start : start + _PIECE]
        made[start : start + _PIECE] = piece * _factors(smooth, start, len(piece))[:, None]
    return made


def ducking(voice: Samples, depth: float) -> Curve:
    """Gain of the music in dB every 10 ms: -`depth` while words are spoken and in short gaps between them, else 0."""
    level = _levels(voice)
    spoken = level > _speaking(level) + _WORD_OVER
    words = np.flatnonzero(spoken)
    for one, following in pairwise(words):
        if following - one <= _BRIDGED * 100:
            spoken[one:following] = True
    need = np.zeros(len(level))
    before, after = round(_BEFORE_WORD * 100), round(_AFTER_WORD * 100)
    for word in np.flatnonzero(spoken):
        need[max(0, word - before) : word + after + 1] = -depth
    return slewed(need, rise=depth / (_UP * 100), fall=depth / (_DOWN * 100))


def lay_under(voice: Samples, music: Loop, curve: Curve, settings: Music, start: int, total: int) -> Samples:
    """A piece of the mix, both sides, from sample `start` of `total`; `curve` is the music's gain in dB per 10 ms."""
    count = len(voice)
    gain = _factors(curve, start, count)
    fade = min(round(settings.fade_seconds * SAMPLE_RATE), total // 2)
    if start < fade or start + count > total - fade:
        at = np.arange(start, start + count)
        edge = np.clip((np.minimum(at, total - 1 - at) + 0.5) / max(fade, 1), 0, 1)
        gain *= np.sin(edge * np.pi / 2).astype(np.float32) ** 2
    return np.asarray(voice + music.take(start, count) * gain[:, None], np.float32)


def endless(song: Samples, *, seamless: bool) -> Loop:
    """A loop of a song; one that was not made to loop is laid over itself where beats fall on beats.

    Of all overlaps from 1 to 3 s (less for short songs), the one is taken whose ups and downs at the end are most like
    those at the start.
    """
    if seamless or len(song) < 6 * _STEP:  # 60 ms are no song; whatever they are, they are repeated
        return Loop(song, 0)
    shortest, longest = (min(round(s * SAMPLE_RATE), len(song) // 3) // _STEP for s in _OVERLAP)
    level = _levels(song)[: len(song) // _STEP]
    best = max(range(max(shortest, 1), max(longest, 1) + 1), key=lambda steps: _likeness(level[:steps], level[-steps:]))
    return Loop(song, min(best * _STEP, len(song) // 2))


def trimmed(song: Samples) -> Samples:
    """The song without the silence at both ends (50 dB under its loudest 10 ms); empty when there is nothing else."""
    level = _levels(song)
    heard = np.flatnonzero(level > max(level.max() - 50.0, -80.0)) if len(level) else level
    return song[int(heard[0]) * _STEP : int(heard[-1] + 1) * _STEP] if heard.size else song[:0]


def _likeness(one: Curve, other: Curve) -> float:
    one, other = one - one.mean(), other - other.mean()
    scale = float(np.sqrt(np.sum(one**2) * np.sum(other**2)))
    return float(np.sum(one * other)) / scale if scale else 0.0


def _speaking(level: Curve) -> float:
    """How loud the voice is while it speaks: the mean power of the louder half of what is not silence, in dB."""
    heard = level[level > level.max() - 40.0]
    loud = heard[heard >= np.median(heard)]
    return float(10 * np.log10(np.mean(10 ** (loud / 10))))


def _levels(sound: Samples) -> Curve:
    """Level in dBFS every 10 ms, -120 at least."""
    power = np.mean([_steps(np.square(sound[:, side])).mean(axis=1) for side in range(sound.shape[1])], axis=0)
    return np.asarray(10 * np.log10(np.maximum(power, 1e-12)), np.float64)


def _steps(wave: Samples) -> Samples:
    return np.pad(wave, (0, -len(wave) % _STEP)).reshape(-1, _STEP)


def _factors(curve: Curve, start: int, count: int) -> Samples:
    """One factor per sample from `start` on, on straight lines between dB values that hold amid each 10 ms."""
    places = np.arange(len(curve)) * _STEP + _STEP / 2
    return np.asarray(np.interp(np.arange(start, start + count), places, 10 ** (curve / 20)), np.float32)
