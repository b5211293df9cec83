"""The sounds of the bed: pad, pluck, bass, kick, shaker, and the room around them, at 48 kHz in float64.

Belongs here: how one note sounds. Not here: which notes are played when (`bed.py`). Everything wraps round the end of
the loop: a tail that passes the end goes on at the start, and the room is a circular convolution, so there is no seam.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from reelineage.documents import SAMPLE_RATE

Wave = NDArray[np.float64]
_TABLE = 1 << 15  # so fine that reading without interpolation leaves noise at -90 dB under the tone
_DETUNE = 0.0022  # 4 cents up on one side, as many down on the other: width, without a beat that can be counted


def add(track: Wave, sound: Wave, start: int) -> None:
    """Add `sound` to `track` from sample `start` on, going round the end; last axes are time."""
    length = track.shape[-1]
    start %= length
    while sound.shape[-1]:
        room = min(length - start, sound.shape[-1])
        track[..., start : start + room] += sound[..., :room]
        sound, start = sound[..., room:], 0


def pad(midi: int, samples: int, *, attack: float, release: float) -> Wave:
    """A soft held tone for both sides, shape (2, samples + release); overlapping neighbours keep the sum level."""
    fade_in, fade_out = round(attack * SAMPLE_RATE), round(release * SAMPLE_RATE)
    time = np.arange(samples + fade_out)
    sides = [
        _soft_table()[(time * (_hertz(midi) * (1 + shift) / SAMPLE_RATE * _TABLE) + offset).astype(np.int64) % _TABLE]
        for shift, offset in ((_DETUNE / 2, 0), (-_DETUNE / 2, _TABLE // 3))
    ]
    tone = np.stack([0.8 * sides[0] + 0.4 * sides[1], 0.4 * sides[0] + 0.8 * sides[1]])
    tone[:, :fade_in] *= np.sin(np.linspace(0, np.pi / 2, fade_in))
    tone[:, samples:] *= np.cos(np.linspace(0, np.pi / 2, fade_out))
    return tone


@cache
def pluck(midi: int) -> Wave:
    """A plucked string of 1.4 s: higher partials start weaker and die sooner."""
    time = np.arange(round(1.4 * SAMPLE_RATE)) / SAMPLE_RATE
    partials = [
        np.sin(2 * np.pi * _hertz(midi) * number * time) * np.exp(-time * (2.6 + 2.2 * number)) / number**1.7
        for number in range(1, 6)
    ]
    return np.asarray(_softened(np.sum(partials, axis=0), 0.004, 0.05))


@cache
def bass(midi: int, seconds: float) -> Wave:
    """A round low tone; its second and third partials let small speakers hint at it."""
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    turn = 2 * np.pi * _hertz(midi) * time
    tone = np.sin(turn) + 0.35 * np.sin(2 * turn) + 0.12 * np.sin(3 * turn)
    return _softened(tone * np.exp(-time * 1.1), 0.012, 0.08)


@cache
def kick() -> Wave:
    """A soft kick: a sine that falls from 105 to 46 Hz."""
    time = np.arange(round(0.3 * SAMPLE_RATE)) / SAMPLE_RATE
    turn = 2 * np.pi * (46 * time + (105 - 46) * 0.035 * (1 - np.exp(-time / 0.035)))
    return _softened(np.sin(turn) * np.exp(-time * 13), 0.002, 0.05)


@cache
def shaker(seed: int, seconds: float) -> Wave:
    """A puff of bright noise, for shaker (long) and hat (short). The same seed gives the same noise everywhere."""
    count = round(seconds * SAMPLE_RATE)
    raw = np.random.PCG64(seed).random_raw(count + 1)  # raw bits: the only stream numpy promises not to change
    noise = np.diff((raw >> np.uint64(11)).astype(np.float64) / 2.0**52 - 1.0) / 2
    time = np.arange(count) / SAMPLE_RATE
    return _softened(noise * np.exp(-time * (4.5 / seconds)), seconds * 0.18, seconds * 0.2)


def in_a_room(dry: Wave, wet: float) -> Wave:
    """Both sides with a short room around them, without rumble and hiss, and with a dip where speech is understood.

    Shape (2, samples) in and out. The dip is 5 dB deep at 2 kHz and two octaves wide.
    """
    length = dry.shape[-1]
    frequency = np.fft.rfftfreq(length, 1 / SAMPLE_RATE)
    octaves = np.log2(np.maximum(frequency, 1.0) / 2000.0)
    shape = 10 ** (-5.0 * np.exp(-(octaves**2)) / 20)
    shape *= 1 / np.sqrt(1 + (frequency / 9000.0) ** 4)
    shape *= frequency**2 / (frequency**2 + 38.0**2)
    sides = []
    for side, seed in enumerate((11, 12)):
        echo = np.zeros(length)
        echo[0] = 1.0
        add(echo, wet * _echoes(seed), round(0.018 * SAMPLE_RATE))
        sides.append(np.fft.irfft(np.fft.rfft(dry[side]) * np.fft.rfft(echo) * shape, length))
    return np.stack(sides)


@cache
def _echoes(seed: int) -> Wave:
    """The tail of a room: noise that dies away in a second, its energy one."""
    count = SAMPLE_RATE
    raw = np.random.PCG64(seed).random_raw(count)
    noise = (raw >> np.uint64(11)).astype(np.float64) / 2.0**52 - 1.0
    noise = np.convolve(noise, np.full(6, 1 / 6), mode="same") * np.exp(-np.arange(count) / (0.19 * SAMPLE_RATE))
    return np.asarray(noise / np.sqrt(np.sum(noise**2)), np.float64)


@cache
def _soft_table() -> Wave:
    """One turn of a dark sawtooth: eight partials that fall by 9 dB an octave."""
    turn = 2 * np.pi * np.arange(_TABLE) / _TABLE
    return np.asarray(sum(np.sin(number * turn) / number**1.5 for number in range(1, 9)), np.float64)


def _softened(sound: Wave, attack: float, release: float) -> Wave:
    """Starts and ends at zero."""
    fade_in, fade_out = round(attack * SAMPLE_RATE), round(release * SAMPLE_RATE)
    sound[:fade_in] *= np.sin(np.linspace(0, np.pi / 2, fade_in)) ** 2
    sound[-fade_out:] *= np.cos(np.linspace(0, np.pi / 2, fade_out)) ** 2
    return sound


def _hertz(midi: int) -> float:
    return float(440.0 * 2.0 ** ((midi - 69) / 12))
