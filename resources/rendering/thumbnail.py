"""The still picture that stands for the video: the sharpest well-lit frame near the hook, with the title over it.

Belongs here: choosing the frame, the shade under the title, writing the file. Not here: how the title is set
(`lettering/title.py`), where pictures come from (`pictures.py`).
"""

import math
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reelineage.documents import FPS, Frame
from reelineage.errors import PermanentError
from reelineage.timeline.zones import Box
from resources.rendering.ffmpeg import BITEXACT, BT709, TAG_BT709, file_url, run_ffmpeg
from resources.rendering.lettering import FontFile, FontLibrary
from resources.rendering.lettering.title import lay_out_title

MOST_BYTES = 2_000_000  # YouTube refuses custom thumbnails above 2 MB
_MOMENTS = (1.2, 1.5, 1.8, 2.1, 2.4, 2.7)  # seconds: words and figures of the hook have come to rest by then
_SHADE = 0.62  # of the light that the title's shade takes away where it is darkest
_ATTEMPTS = 12
# Where a title may stand: (top, bottom) of the picture's height, above and below; and the free sides.
_UPRIGHT, _FLAT, _SIDES = ((0.15, 0.42), (0.50, 0.75)), ((0.06, 0.40), (0.60, 0.94)), 0.07


def candidate_frames(frames: int) -> tuple[int, ...]:
    """The numbers of the frames worth looking at in a first scene of so many; its middle when it ends before them."""
    wanted = [number for moment in _MOMENTS if (number := round(moment * FPS)) < 0.8 * frames]
    return tuple(wanted) or (max(0, frames) // 2,)


def choose(pictures: Mapping[int, NDArray[np.uint8]]) -> int:
    """The number of the sharpest well-lit picture, the first of equals. I420, each of shape (height * 3 // 2, width).

    Raises:
        ValueError: there is no picture.
    """
    return max(sorted(pictures), key=lambda number: _score(_luma(pictures[number])))


def write_thumbnail(
    picture: NDArray[np.uint8],
    destination: Path,
    *,
    frame: Frame,
    title: str | None,
    fonts: FontLibrary,
    folder: Path,
    check: Callable[[], None],
) -> tuple[FontFile, ...]:
    """Write a still as JPEG or PNG below 2 MB, with the title over its calmer third; returns the title's fonts.

    Args:
        picture: I420 in bt709, limited range, uint8 of shape (height * 3 // 2, width).
        destination: where the file appears once it is complete; its suffix (.jpg, .png) is the format.
        frame: the picture's size.
        title: None for a picture that already says it.
        fonts: the library that cuts the fonts.
        folder: for work in between; ffmpeg runs in it.
        check: raises when the work is to end.

    Raises:
        PermanentError: the picture has the wrong shape, or does not fit into 2 MB even when it is made small.
    """
    shape = (frame.height * 3 // 2, frame.width)
    if picture.shape != shape or picture.dtype != np.uint8:
        raise PermanentError(
            f"Writing the thumbnail {destination.name}: the picture is {picture.dtype} of shape {picture.shape}. "
            f"Hand over an I420 picture of the size of the frame: uint8 of shape {shape}."
        )
    laid = lay_out_title(title, _title_box(picture, frame), frame=frame, fonts=fonts) if title else None
    picture = _shaded(picture, laid.top, laid.bottom) if laid else picture
    raw, words = folder / "thumbnail.yuv", folder / "thumbnail.ass"
    raw.write_bytes(np.ascontiguousarray(picture).data)
    if laid:
        words.write_text(laid.script, "utf-8")
        (folder / "fonts").mkdir(exist_ok=True)
        for font in laid.fonts:
            shutil.copyfile(font.path, folder / "fonts" / font.path.name)
    try:
        _write(destination, frame, folder, check, burn_in=laid is not None)
    finally:
        raw.unlink()
    return laid.fonts if laid else ()


def _write(destination: Path, frame: Frame, folder: Path, check: Callable[[], None], *, burn_in: bool) -> None:
    partial = destination.with_name(f".{destination.name}.part")
    sizes = [0]
    try:
        for scale, quality in _attempts(destination, sizes):
            run_ffmpeg(
                _arguments(partial, frame, destination.suffix, (scale, quality), burn_in=burn_in),
                doing=f"Writing the thumbnail {destination.name}",
                deadline_seconds=120,
                on_progress=lambda _: check(),
                folder=folder,
            )
            sizes.append(partial.stat().st_size)
            if sizes[-1] < MOST_BYTES:
                partial.replace(destination)
                return
    finally:
        partial.unlink(missing_ok=True)
    raise PermanentError(
        f"Writing the thumbnail {destination.name}: even the smallest picture has {sizes[-1]:,} bytes; at most "
        f"{MOST_BYTES:,} are allowed. Compose at a smaller size."
    )


def _attempts(destination: Path, sizes: Sequence[int]) -> Iterator[tuple[float, int]]:
    """Scale and JPEG quality (2 is best), each smaller than the one before; `sizes` grows by what each gave."""
    if destination.suffix == ".jpg":
        yield from ((1.0, quality) for quality in (2, 4, 8, 16))
    else:
        yield 1.0, 0
    scale = 1.0
    for _ in range(_ATTEMPTS):  # bytes go with the area
        scale *= min(0.9, 0.95 * math.sqrt(MOST_BYTES / max(sizes[-1], 1)))
        yield scale, 8


def _arguments(partial: Path, frame: Frame, suffix: str, attempt: tuple[float, int], *, burn_in: bool) -> list[str]:
    scale, quality = attempt
    wide, high = (max(2, round(side * scale / 2) * 2) for side in (frame.width, frame.height))
    words = ",ass=f=thumbnail.ass:fontsdir=fonts" if burn_in else ""
    size = f"scale={wide}:{high}:flags=lanczos+accurate_rnd:in_color_matrix=bt709:in_range=tv"
    if suffix == ".jpg":
        # Pictures on the web are full range with the bt601 matrix (JFIF); the video is bt709, limited.
        output = f"{size}:out_color_matrix=bt601:out_range=pc"
        codec = ("-pix_fmt", "yuvj420p", "-c:v", "mjpeg", "-q:v", str(quality))
    else:
        # Tagged as sRGB: with bt709's curve in the file, viewers darken what players show as it is.
        output = f"{size},format=rgb24,setparams=color_trc=iec61966-2-1"
        codec = ("-pix_fmt", "rgb24", "-c:v", "png", "-pred", "mixed")
    return [
        *("-f", "rawvideo", "-pix_fmt", "yuv420p", "-video_size", f"{frame.width}x{frame.height}", "-framerate", "30"),
        *(*BT709, "-i", "thumbnail.yuv", "-vf", f"{TAG_BT709}{words},{output}", "-frames:v", "1", *codec),
        *("-threads", "1", *BITEXACT, "-f", "image2", "-update", "1", "-y", file_url(partial)),
    ]


def _title_box(picture: NDArray[np.uint8], frame: Frame) -> Box:
    """The calmer of two places: less goes on there that the title would hide, or that would make it hard to read."""
    upright = frame.width < 0.75 * frame.height
    boxes = [
        Box(
            round(_SIDES * frame.width),
            round(top * frame.height),
            round((1 - _SIDES) * frame.width),
            round(bottom * frame.height),
        )
        for top, bottom in (_UPRIGHT if upright else _FLAT)
    ]
    luma = _luma(picture)
    return min(reversed(boxes), key=lambda box: _sharpness(luma[box.top : box.bottom]))


def _shaded(picture: NDArray[np.uint8], top: float, bottom: float) -> NDArray[np.uint8]:
    """The picture darkened behind the title, softly: fully behind the letters, fading over an eighth of the height."""
    height, width = _luma(picture).shape
    rows = np.arange(height, dtype=np.float32)
    outside = np.maximum(np.maximum(top - rows, rows - bottom), 0)
    away = np.clip(outside / (0.12 * height), 0, 1)
    light = 1 - _SHADE * (1 - away * away * (3 - 2 * away))
    # Rows of a dither pattern: a gradient of whole levels would show as bands on a plain picture.
    dither = (np.indices((height, width), dtype=np.uint8).sum(axis=0, dtype=np.uint8) % 4).astype(np.float32) / 4
    luma = (picture[:height].astype(np.float32) - 16) * light[:, None] + 16
    shaded = np.empty_like(picture)
    shaded[:height] = np.clip(luma + dither, 16, 235).astype(np.uint8)
    chroma = picture[height:].reshape(2, height // 2, width // 2).astype(np.float32) - 128
    shaded[height:] = np.rint(chroma * light[::2][:, None] + 128).astype(np.uint8).reshape(height // 2, width)
    return shaded


def _luma(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return picture[: picture.shape[0] * 2 // 3]


def _score(luma: NDArray[np.uint8]) -> float:
    """Sharpness, less for a picture that is nearly black or white."""
    small = luma[::2, ::2]
    return _sharpness(luma) * (0.25 + float(np.mean((small > 24) & (small < 232))))


def _sharpness(luma: NDArray[np.uint8]) -> float:
    """Mean squared difference of neighbours, on every other pixel."""
    small = luma[::2, ::2].astype(np.float32)
    across, down = np.diff(small, axis=1), np.diff(small, axis=0)
    return float(np.mean(across * across) + np.mean(down * down))
