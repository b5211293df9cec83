"""A folder as a user has it: a theme, a few films, a piece of music. All of them tiny, all of them made here.

Belongs here: files that come from outside, for tests of jobs. Not here: odd and broken media (`resources/footage`).
"""

import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reelineage.documents import SAMPLE_RATE, Frame
from tests.films import encode_frames

FILM = Frame(width=90, height=160)
WIDE = Frame(width=160, height=90)


def write_film(path: Path, *, frame: Frame = FILM, seconds: float = 10.0, tone: int = 60) -> Path:
    """Stripes that wander; `tone` tells one film from another."""
    rows, columns = np.arange(frame.height)[:, None], np.arange(frame.width)[None, :]

    def pictures() -> Iterator[NDArray[np.uint8]]:
        for number in range(round(seconds * 30)):
            picture = np.full((frame.height * 3 // 2, frame.width), 128, np.uint8)
            picture[: frame.height] = tone + (rows + 2 * columns + 5 * number) % 90
            yield picture

    encode_frames(pictures(), path, frame=frame, crf=20, preset="ultrafast")
    return path


def write_music(path: Path, *, seconds: float = 3.0) -> Path:
    """A quiet chord, stereo, 48 kHz."""
    clock = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    chord = sum(np.sin(2 * np.pi * pitch * clock) for pitch in (220.0, 275.0, 330.0)) / 12
    samples = np.repeat((np.asarray(chord) * 32767).astype("<i2"), 2)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(samples.tobytes())
    return path


def write_folder(folder: Path, *, films: int = 2) -> Path:
    """`media/` with films of both orientations, and `music.wav`, in `folder`."""
    media = folder / "media"
    media.mkdir(parents=True)
    for number in range(films):
        write_film(media / f"film {number}.mp4", frame=WIDE if number % 2 else FILM, tone=40 + 25 * number)
    write_music(folder / "music.wav")
    return folder
