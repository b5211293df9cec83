"""The voice track as a file: 48 kHz, mono, 16-bit PCM, RIFF WAVE.

Belongs here: writing and strict reading of that one format. Not here: where files are kept; other audio formats.
"""

import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reelineage.documents import SAMPLE_RATE
from reelineage.errors import NotPublishable, PermanentError

_FULL_SCALE = 32767.0
_MAX_SECONDS = 3600


def write_wav(path: Path, samples: NDArray[np.float32]) -> None:
    """Write mono samples in -1..1 to `path`, which the caller renames into place when it is whole.

    Raises:
        NotPublishable: a sample is no number or beyond full scale, so the file would click or distort.
    """
    if samples.ndim != 1 or not np.isfinite(samples).all() or np.abs(samples).max(initial=0.0) > 1.0:
        raise NotPublishable(
            f"Writing the voice track {path.name}: the samples are not mono within -1..1. Make the voiceover again; if"
            " it stays, the speech synthesizer's output is broken."
        )
    values = np.round(samples.astype(np.float64) * _FULL_SCALE).astype(
        np.int16
    )  # the wave module swaps bytes where needed
    with path.open("wb") as file, wave.open(file, "wb") as track:
        track.setnchannels(1)
        track.setsampwidth(2)
        track.setframerate(SAMPLE_RATE)
        track.writeframes(values.tobytes())


def read_wav(path: Path) -> NDArray[np.float32]:
    """Samples of a voice track in -1..1, shape (n,).

    Raises:
        PermanentError: the file is no 48 kHz mono 16-bit WAVE, is cut off, or is longer than an hour.
    """
    try:
        with path.open("rb") as file, wave.open(file, "rb") as track:
            frames = track.getnframes()
            shape = (track.getnchannels(), track.getsampwidth(), track.getframerate())
            if shape != (1, 2, SAMPLE_RATE) or frames > _MAX_SECONDS * SAMPLE_RATE:
                raise PermanentError(_unreadable(path, f"{shape} channels, bytes and Hz, {frames} frames"))
            data = track.readframes(frames)
    except (wave.Error, EOFError) as error:
        raise PermanentError(_unreadable(path, str(error) or "it ends too early")) from error
    if len(data) != 2 * frames:
        raise PermanentError(_unreadable(path, f"{len(data) // 2} of {frames} frames are there"))
    return (np.frombuffer(data, dtype=np.int16) / _FULL_SCALE).astype(np.float32)


def _unreadable(path: Path, what: str) -> str:
    return f"Reading the voice track {path.name}: {what}; expected 48 kHz mono 16-bit PCM. Make the voiceover again."
