"""Faults that only looking and listening finds: long black, frozen and silent stretches.

Belongs here: the filters that watch a stream while it is encoded, and their words as sentences. Not here: what follows.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from resources.rendering.ffmpeg import file_url, run_ffmpeg
from resources.rendering.streams import MP4_ONLY

_BLACK = re.compile(r"black_start:([\d.]+) black_end:([\d.]+)")
_FROZEN = re.compile(r"freeze_start: ([\d.]+)")
_SILENT = re.compile(r"silence_start: ([\d.-]+)")
# Judged on every fourth pixel of every fourth line: 16 times less work, the same verdict.
_FIND_BLACK = "scale=iw/4:-2:flags=neighbor,blackdetect=d=0.5:pix_th=0.10"
_FIND_FROZEN = "freezedetect=n=-60dB:d=2"
FIND_SILENCE = "silencedetect=n=-50dB:d=2"


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


def sound_faults(path: Path) -> tuple[str, ...]:
    """Silent stretches of 2 s in the encoded sound of `path`, as sentences."""
    said = run_ffmpeg(
        [
            *(*MP4_ONLY, "-i", file_url(path), "-map", "0:a:0", "-af", FIND_SILENCE),
            *("-f", "null", "-", "-loglevel", "info"),
        ],
        doing=f"Listening for silence in {path.name}",
        deadline_seconds=600,
    )
    return tuple(_sound_faults(said))


def _sound_faults(said: str) -> Iterator[str]:
    for start in _SILENT.findall(said):
        yield f"the sound is silent from {max(float(start), 0):.1f} s for more than 2 s"
