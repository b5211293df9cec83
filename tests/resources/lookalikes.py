"""Films with a look of their own, and copies of them as they come back from outside.

Belongs here: what recognition is tried on. Not here: films for composing (`tests/films.py`), broken media
(`resources/footage`).
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reelineage.documents import Frame
from resources.rendering.ffmpeg import file_url, run_ffmpeg
from tests.films import encode_frames

FRAME = Frame(width=180, height=320)
SCENE_FRAMES = 45


def write_lively_film(path: Path, seed: int, *, seconds: float = 12.0) -> Path:
    """Spots that swell and fade, others in every scene of 1.5 seconds; fine enough to fill all 256 bits of a hash."""
    random = np.random.default_rng(seed)

    def pictures() -> Iterator[NDArray[np.uint8]]:
        for number in range(round(seconds * 30)):
            if number % SCENE_FRAMES == 0:
                spots = random.integers(30, 220, (40, 22)).astype(np.float32)
            light = _soft(spots + 20 * np.sin(number / 15 + np.arange(22)))
            picture = np.full((FRAME.height * 3 // 2, FRAME.width), 128, np.uint8)
            picture[: FRAME.height] = light
            yield picture

    encode_frames(pictures(), path, frame=FRAME, crf=20, preset="ultrafast")
    return path


def _soft(spots: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Spots drawn over the whole frame, each line between its neighbours."""
    rows, columns = (np.linspace(0, count - 1, length) for count, length in zip(spots.shape, (320, 180), strict=True))
    tall = np.array([np.interp(rows, np.arange(spots.shape[0]), column) for column in spots.T]).T
    wide = np.array([np.interp(columns, np.arange(spots.shape[1]), row) for row in tall])
    light: NDArray[np.uint8] = np.clip(wide, 16, 235).astype(np.uint8)
    return light


def copy_of(source: Path, name: str, *arguments: str, before: tuple[str, ...] = ()) -> Path:
    """Another encoding of a film, beside it."""
    destination = source.with_name(name)
    command = [*before, "-i", file_url(source), *arguments, "-c:v", "libx264", "-preset", "veryfast"]
    run_ffmpeg([*command, "-y", file_url(destination)], doing=f"Copying {source.name}", deadline_seconds=120)
    return destination
