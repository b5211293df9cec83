"""The thumbnail: after the entrance, sharp, lit, and below 2 MB."""

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from reelineage.errors import PermanentError
from resources.rendering.ffmpeg import encode_frames
from resources.rendering.thumbnail import write_thumbnail
from tests.resources.rendering.media import SMALL, write_clip


def test_the_sharpest_moment_is_chosen(tmp_path: Path) -> None:
    def pictures() -> Iterator[NDArray[np.uint8]]:
        for number in range(100):
            picture = np.full((480, 180), 128, np.uint8)
            if number in range(52, 58):  # around 1.8 s
                picture[:320:4] = 200
            yield picture

    clip = tmp_path / "clip.mp4"
    encode_frames(pictures(), clip, frame=SMALL, crf=15, preset="ultrafast")
    assert write_thumbnail(clip, tmp_path / "t.jpg", frames=100) == 54


def test_a_short_clip_gives_its_middle_and_colours_stay(tmp_path: Path) -> None:
    def red() -> Iterator[NDArray[np.uint8]]:
        picture = np.empty((480, 180), np.uint8)  # bt709 limited: 63, 102, 240 is pure red
        picture[:320], picture[320:400], picture[400:] = 63, 102, 240
        yield from [picture] * 10

    clip, still = tmp_path / "red.mp4", tmp_path / "t.jpg"
    encode_frames(red(), clip, frame=SMALL, crf=10, preset="ultrafast")
    assert write_thumbnail(clip, still, frames=10) == 5
    with av.open(str(still)) as container:
        pixel = next(container.decode(video=0)).to_ndarray(format="rgb24").mean(axis=(0, 1))
    assert np.abs(pixel - (255, 0, 0)).max() < 6


def test_a_clip_that_cannot_be_decoded_is_named(tmp_path: Path) -> None:
    bad = tmp_path / "bad.mp4"
    bad.write_bytes(write_clip(tmp_path / "good.mp4", 10).read_bytes()[:400])
    with pytest.raises(PermanentError, match=r"bad\.mp4"):
        write_thumbnail(bad, tmp_path / "t.jpg", frames=10)
