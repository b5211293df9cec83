"""What the ffmpeg at hand can do, compared with what composing needs.

Belongs here: asking the binary. Not here: using it (`ffmpeg.py`).
"""

import subprocess
from typing import Final

from resources.rendering.ffmpeg import ffmpeg_path
from resources.rendering.process import running

_SECONDS: Final = 20
_NEEDED: Final = {
    "-encoders": ("libx264", "aac"),
    "-filters": (
        "ass", "crop", "ebur128", "freezedetect", "gblur", "overlay", "scale", "setparams", "silencedetect", "tpad",
        "xfade", "zscale",
    ),
}  # fmt: skip


def missing_from_ffmpeg() -> list[str]:
    """The encoders and filters that composing needs and this ffmpeg lacks.

    Raises:
        PermanentError: there is no ffmpeg.
        OSError: it does not start.
    """
    missing: list[str] = []
    for option, names in _NEEDED.items():
        with running([str(ffmpeg_path()), "-hide_banner", option], folder=None, stdin=subprocess.DEVNULL) as child:
            try:
                child.process.wait(_SECONDS)
            except subprocess.TimeoutExpired as error:
                raise OSError(f"ffmpeg {option} did not end within {_SECONDS} s") from error
            lines = [line.split() for line in child.printed().splitlines()]
        there = {words[1] for words in lines if len(words) > 1}  # " V....D libx264   …", " .. ass   V->V …"
        missing += [name for name in names if name not in there]
    return missing
