"""Films made from pictures, for tests. Not here: pictures (`resources/rendering/media.py`), providers (`tiny.py`)."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reelineage.documents import Frame
from resources.rendering.ffmpeg import BITEXACT, BT709, RawPictures, file_url, run_ffmpeg


def encode_frames(
    frames: Iterator[NDArray[np.uint8]], destination: Path, *, frame: Frame, crf: int, preset: str
) -> None:
    """Encode I420 pictures at 30 fps into an H.264 MP4 that appears under its name only when it is complete.

    Raises:
        PermanentError: a picture has the wrong shape, there is none, or ffmpeg refused.
        TransientError: ffmpeg was killed or stopped taking pictures.
    """
    partial = destination.with_name(f".{destination.name}.part")
    pictures = RawPictures(frame, lambda: frames)
    arguments = [
        *(*pictures.arguments, "-c:v", "libx264", "-preset", preset, "-crf", str(crf), "-threads", "1"),
        *("-pix_fmt", "yuv420p", *BT709, *BITEXACT, "-f", "mp4", "-y", file_url(partial)),
    ]
    doing = f"Encoding pictures into {destination.name}"
    try:
        run_ffmpeg(arguments, doing=doing, deadline_seconds=600, pictures=pictures)
        partial.replace(destination)
    finally:
        partial.unlink(missing_ok=True)
