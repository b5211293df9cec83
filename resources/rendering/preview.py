"""A small PNG of a picture, for pages that show it inline (Dagster's UI takes PNG data URLs in Markdown).

Belongs here: shrinking one still. Not here: choosing it (`thumbnail.py`).
"""

from pathlib import Path

from resources.rendering.ffmpeg import BITEXACT, file_url, run_ffmpeg

_HEIGHT = 320
_PNG = b"\x89PNG\r\n\x1a\n"


def small_png(picture: Path, folder: Path) -> bytes:
    """The bytes of `picture` (a JPEG or PNG) as a PNG 320 pixels high; `folder` takes the file in between.

    Raises:
        PermanentError: the picture cannot be decoded.
    """
    small = folder / "preview.png"
    with picture.open("rb") as file:
        reader = "png_pipe" if file.read(len(_PNG)) == _PNG else "jpeg_pipe"
    run_ffmpeg(
        [
            *("-threads", "1", "-f", reader, "-i", file_url(picture), "-vf", f"scale=-2:{_HEIGHT}"),
            *("-frames:v", "1", "-c:v", "png", "-pred", "mixed", *BITEXACT, "-f", "image2", "-update", "1", "-y"),
            file_url(small),
        ],
        doing="Making a small preview of the thumbnail",
        deadline_seconds=60,
    )
    return small.read_bytes()
