"""Films and stills made up for the tests of own media, and what becomes of them in a frame.

Belongs here: making a small file with ffmpeg's test sources, fitting it, reading the pictures back as arrays.
"""

import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reelineage.documents import Frame, Placement
from resources.rendering.ffmpeg import file_url, run_ffmpeg
from resources.rendering.fitting import fit
from resources.rendering.media_probe import MediaFacts, inspect_media

UPRIGHT = Frame(width=90, height=160)
# Red, green, blue, white in the corners: shows any turn, mirror or wrong matrix.
CORNERS = (
    "color=0xC02020:s=80x60:r=25:d={d},format=rgb24[a];color=0x20C020:s=80x60:r=25:d={d},format=rgb24[b];"
    "color=0x2020C0:s=80x60:r=25:d={d},format=rgb24[c];color=0xE0E0E0:s=80x60:r=25:d={d},format=rgb24[e];"
    "[a][b]hstack[top];[c][e]hstack[low];[top][low]vstack"
)
RED, GREEN, BLUE, WHITE = (0xC0, 0x20, 0x20), (0x20, 0xC0, 0x20), (0x20, 0x20, 0xC0), (0xE0, 0xE0, 0xE0)


def make(path: Path, *options: str, source: str = "testsrc2=s=160x90:r=25:d=1") -> Path:
    """Write what `source` (a lavfi graph) shows; `options` are ffmpeg's for the output."""
    run_ffmpeg(
        ["-f", "lavfi", "-i", source, "-threads", "1", *options, "-y", file_url(path)],
        doing=f"Making {path.name}",
        deadline_seconds=30,
    )
    return path


def corners(path: Path, *options: str, seconds: float = 0.2) -> Path:
    """A film or still of 160x120 with four coloured corners."""
    return make(path, *options, source=CORNERS.format(d=seconds))


def shown(
    path: Path,
    first: int = 0,
    count: int = 1,
    *,
    facts: MediaFacts | None = None,
    placement: Placement | None = None,
    frame: Frame = UPRIGHT,
    scene_frames: int = 40,
    hold: bool = False,
    crop_at: tuple[float, float] | None = None,
) -> NDArray[np.uint8]:
    """The I420 pictures of a run, shape (pictures, height * 3 // 2, width)."""
    facts = facts or inspect_media(path)
    fitted = fit(
        path,
        facts,
        placement or Placement(),
        frame,
        first=first,
        count=count,
        scene_frames=scene_frames,
        pad="0:V:0",
        label="out",
        hold=hold,
        crop_at=crop_at,
    )
    raw = path.parent / "shown.yuv"
    run_ffmpeg(
        [
            *("-filter_complex_threads", "1", *fitted.arguments, "-filter_complex", fitted.filters, "-map", "[out]"),
            *("-fps_mode", "passthrough", "-f", "rawvideo", "-y", file_url(raw)),
        ],
        doing="Fitting",
        deadline_seconds=30,
    )
    return np.fromfile(raw, np.uint8).reshape(-1, frame.height * 3 // 2, frame.width)


def luma(pictures: NDArray[np.uint8]) -> NDArray[np.float64]:
    """The brightness of each picture, shape (pictures, height, width), 16 black to 235 white."""
    return pictures[:, : pictures.shape[1] * 2 // 3].astype(np.float64)


def colour_at(picture: NDArray[np.uint8], x: float, y: float) -> tuple[int, int, int]:
    """Red, green, blue (0..255) at a place (0..1, 0..1), read as bt709 limited (ITU-R BT.709, 3.2-3.4)."""
    height, width = picture.shape[0] * 2 // 3, picture.shape[1]
    chroma = picture[height:].reshape(2, height // 2, width // 2)
    row, column = int(y * height), int(x * width)
    bright = (float(picture[row, column]) - 16) / 219
    blue, red = ((float(plane[row // 2, column // 2]) - 128) / 224 for plane in chroma)
    mixed = (bright + 1.5748 * red, bright - 0.1873 * blue - 0.4681 * red, bright + 1.8556 * blue)
    return tuple(round(min(max(value, 0), 1) * 255) for value in mixed)  # type: ignore[return-value] # three of them


def corner_colours(picture: NDArray[np.uint8]) -> list[tuple[int, int, int]]:
    """Colours at the top left, top right, lower left, lower right."""
    return [colour_at(picture, x, y) for y in (0.1, 0.9) for x in (0.1, 0.9)]


def near(found: Sequence[tuple[int, int, int]], wanted: Sequence[tuple[int, int, int]], tolerance: int = 6) -> bool:
    """Whether all colours are what they should be."""
    return bool(np.all(np.abs(np.subtract(found, wanted)) <= tolerance))


def with_orientation(jpeg: bytes, orientation: int) -> bytes:
    """A JPEG with an EXIF orientation (1..8; TIFF 6.0 tag 274)."""
    tiff = b"MM\0*\0\0\0\x08" + struct.pack(">HHHIHHI", 1, 274, 3, 1, orientation, 0, 0)
    body = b"Exif\0\0" + tiff
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + jpeg[2:]
