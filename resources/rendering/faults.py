"""Faults that only looking and listening finds: long black, frozen and silent stretches.

Belongs here: the filters that watch a stream while it is encoded, and their words as sentences. Not here: what follows.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from resources.rendering.ffmpeg import file_url, run_ffmpeg
from resources.rendering.streams import MP4_ONLY

# Only the filters' own lines: ffmpeg also prints what a film says of itself.
_NUMBER = r"(-?\d+(?:\.\d+)?)"
_BLACK = re.compile(rf"^\[\S*blackdetect\S* @ \S+\] black_start:{_NUMBER} black_end:{_NUMBER}", re.MULTILINE)
_FROZEN = re.compile(rf"^\[\S*freezedetect\S* @ \S+\] \S*freeze_start: {_NUMBER}", re.MULTILINE)
_SILENT = re.compile(rf"^\[\S*silencedetect\S* @ \S+\] silence_start: {_NUMBER}", re.MULTILINE)
# Judged on every fourth pixel of every fourth line: 16 times less work, the same verdict.
_FIND_BLACK = "scale=iw/4:-2:flags=neighbor,blackdetect=d=0.5:pix_th=0.10"
_FIND_FROZEN = "freezedetect=n=-60dB:d=2"
_FIND_SILENCE = "silencedetect=n=-50dB:d=2"


def watch(*, standing_still: bool) -> str:
    """Filters that report black stretches of 0.5 s and, if asked, pictures that stand still for 2 s."""
    return f"{_FIND_BLACK},{_FIND_FROZEN}" if standing_still else _FIND_BLACK


def picture_faults(said: str) -> tuple[str, ...]:
    """Black and frozen stretches that the filters of `watch` reported, as sentences."""
    return tuple(_picture_faults(said))


def _picture_faults(said: str) -> Iterator[str]:
    for start, end in _BLACK.findall(said):
        yield f"the picture is black from {float(start):.1f} s to {float(end):.1f} s"
    for start in _FROZEN.findall(said):
        yield f"the picture stands still from {float(start):.1f} s for more than 2 s"


def silences(path: Path, check: Callable[[], None]) -> tuple[float, ...]:
    """Where stretches of 2 s without sound begin in the encoded sound of `path`, in seconds."""
    said = run_ffmpeg(
        [
            *("-xerror", *MP4_ONLY, "-i", file_url(path), "-map", "0:a:0", "-af", _FIND_SILENCE),
            *("-f", "null", "-", "-loglevel", "info"),
        ],
        doing=f"Listening for silence in {path.name}",
        deadline_seconds=600,
        on_progress=lambda _: check(),
    )
    return tuple(max(float(start), 0.0) for start in _SILENT.findall(said))
