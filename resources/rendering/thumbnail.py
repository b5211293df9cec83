"""The still picture that stands for the video: the sharpest frame of the hook once its entrance is over.

Belongs here: choosing and writing that frame. Not here: the video itself (`composer.py`).
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reelineage.documents import FPS
from reelineage.errors import PermanentError
from resources.rendering.ffmpeg import BITEXACT, file_url, run_ffmpeg
from resources.rendering.streams import MP4_ONLY

MOST_BYTES = 2_000_000  # YouTube refuses custom thumbnails above 2 MB
_MOMENTS = (1.2, 1.5, 1.8, 2.1, 2.4, 2.7)  # seconds: words and figures of the hook have come to rest by then


def write_thumbnail(clip: Path, destination: Path, *, frames: int) -> int:
    """Write the best frame of the first scene's clip as JPEG below 2 MB; returns its number in the clip.

    Raises:
        PermanentError: the clip cannot be decoded.
    """
    number = _best_frame(clip, frames)
    for quality in (2, 4, 8, 16, 31):
        run_ffmpeg(
            [
                *("-threads", "1", *MP4_ONLY, "-i", file_url(clip), "-map", "0:v:0", "-frames:v", "1"),
                # Pictures on the web are full range with the bt601 matrix (JFIF); the clip is bt709, limited.
                *("-vf", f"select=eq(n\\,{number}),scale=in_color_matrix=bt709:out_color_matrix=bt601:out_range=pc"),
                *("-pix_fmt", "yuvj420p", "-c:v", "mjpeg", "-q:v", str(quality), "-threads", "1", *BITEXACT),
                *("-f", "image2", "-update", "1", "-y", file_url(destination)),
            ],
            doing=f"Writing the thumbnail from {clip.name}",
            deadline_seconds=120,
        )
        if destination.stat().st_size < MOST_BYTES:
            return number
    raise PermanentError(
        f"Writing the thumbnail from {clip.name}: even the smallest JPEG has {destination.stat().st_size:,} bytes; at "
        f"most {MOST_BYTES:,} are allowed. Compose at a smaller size."
    )


def _best_frame(clip: Path, frames: int) -> int:
    """The sharpest of a few well-lit moments; the middle of a clip that ends before them."""
    import av  # noqa: PLC0415 — heavy import, only when used

    wanted = [number for moment in _MOMENTS if (number := round(moment * FPS)) < 0.8 * frames] or [frames // 2]
    best, best_score = wanted[0], -1.0
    try:
        with av.open(file_url(clip), format="mov", options={"protocol_whitelist": "file"}) as container:
            container.streams.video[0].codec_context.thread_count = 1
            for number, picture in enumerate(container.decode(video=0)):
                if number in wanted and (score := _score(_luma(picture))) > best_score:
                    best, best_score = number, score
                if number >= wanted[-1]:
                    break
    except av.FFmpegError as error:
        raise PermanentError(
            f"Choosing the thumbnail from {clip.name}: it cannot be decoded ({error.strerror}). Make the clip again."
        ) from error
    return best


def _luma(picture: object) -> NDArray[np.uint8]:
    plane = picture.planes[0]  # type: ignore[attr-defined]  # PyAV's VideoFrame
    return np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)[:, : plane.width]


def _score(luma: NDArray[np.uint8]) -> float:
    """Mean squared difference of neighbours (sharpness), less for a picture that is nearly black or white."""
    small = luma[::2, ::2].astype(np.float32)
    across, down = np.diff(small, axis=1), np.diff(small, axis=0)
    sharp = float(np.mean(across * across) + np.mean(down * down))
    lit = float(np.mean((small > 24) & (small < 232)))
    return sharp * (0.25 + lit)
