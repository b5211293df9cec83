"""Change of sample rate from a voice's own to the 48 kHz of the track.

Belongs here: the one polyphase filter. Not here: levels and joins (`reelineage.timeline.voice_track`).
"""

from functools import cache
from math import gcd

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from reelineage.documents import SAMPLE_RATE

_HALF_TAPS = 32  # input samples on either side of an output sample
_KAISER_BETA = 9.0  # about 90 dB of rejection
_CUTOFF = 0.94  # of the input's Nyquist frequency


def to_48k(samples: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """Resample mono audio to 48 kHz.

    A windowed-sinc polyphase filter, all phases as one matrix product: each row of windows gives `up` outputs. Nothing
    above the input's Nyquist frequency is left over (images below -80 dB), and the delay is none.

    Args:
        samples: Shape (n,).
        rate: Sample rate of `samples` in Hz, at most 48,000.

    Returns:
        Shape (ceil(n * 48000 / rate),).
    """
    if rate == SAMPLE_RATE or samples.size == 0:
        return samples.astype(np.float32)
    divisor = gcd(SAMPLE_RATE, rate)
    up, down = SAMPLE_RATE // divisor, rate // divisor
    wanted = -(-samples.size * up // down)
    blocks = -(-wanted // up)
    bank = _bank(up, down)
    padded = np.zeros(_HALF_TAPS - 1 + blocks * down + bank.shape[0], dtype=np.float32)
    padded[_HALF_TAPS - 1 : _HALF_TAPS - 1 + samples.size] = samples
    windows = sliding_window_view(padded, bank.shape[0])[::down][:blocks]
    return np.ascontiguousarray((windows @ bank).reshape(-1)[:wanted], dtype=np.float32)


@cache
def _bank(up: int, down: int) -> NDArray[np.float32]:
    """The filter of every phase as a matrix (down + 2 * half taps, up); columns are one output each."""
    inputs = np.arange(down + 2 * _HALF_TAPS, dtype=np.float64)[:, None] - (_HALF_TAPS - 1)
    distance = inputs - (np.arange(up, dtype=np.float64) * down / up)[None, :]
    inside = np.clip(1 - (distance / _HALF_TAPS) ** 2, 0, None)
    window = np.i0(_KAISER_BETA * np.sqrt(inside)) / np.i0(_KAISER_BETA) * (np.abs(distance) <= _HALF_TAPS)
    taps = _CUTOFF * np.sinc(_CUTOFF * distance) * window
    bank: NDArray[np.float32] = (taps / taps.sum(axis=0)).astype(np.float32)
    return bank
