"""How loud a file is, as the platforms measure it (EBU R 128): target, tolerance, and ffmpeg's ebur128 read back.

Belongs here: the numbers every finished sound is held against, and measuring files. Not here: bringing a sound to that
loudness (`mastering.py`, `sound.py`), nor the other rules for a finished video (`probe.py`).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from reelineage.errors import PermanentError
from resources.rendering.ffmpeg import file_url, run_ffmpeg
from resources.rendering.streams import MP4_ONLY, plain_file

TARGET_LUFS = -14.0
LUFS_TOLERANCE = 0.5
HIGHEST_TRUE_PEAK = -1.0
LOUDNESS_FILTER = "ebur128=peak=true:framelog=quiet"
_LOUDNESS = re.compile(r"^\s+I:\s+(-?[\d.]+|-?inf|nan) LUFS", re.MULTILINE)
_PEAK = re.compile(r"^\s+Peak:\s+(-?[\d.]+|-?inf|nan) dBFS", re.MULTILINE)
_SOUND = f"{MP4_ONLY[1]},wav"


@dataclass(frozen=True)
class Loudness:
    """EBU R 128: integrated loudness in LUFS and highest true peak in dBTP; -inf when there is only silence."""

    integrated_lufs: float
    true_peak_dbtp: float


def measure_loudness(path: Path, on_progress: Callable[[int], None] | None = None) -> Loudness:
    """Loudness of a file's first audio stream, as the platforms measure it; what `on_progress` raises stops it.

    Raises:
        PermanentError: no plain file, or no sound in it.
    """
    plain_file(path)
    said = run_ffmpeg(
        [
            *("-xerror", "-format_whitelist", _SOUND, "-i", file_url(path), "-map", "0:a:0", "-af", LOUDNESS_FILTER),
            *("-f", "null", "-", "-loglevel", "info"),
        ],
        doing=f"Measuring the loudness of {path.name}",
        deadline_seconds=600,
        on_progress=on_progress,
    )
    return read_loudness(said)


def read_loudness(said: str) -> Loudness:
    """The summary that the ebur128 filter writes at its end.

    Raises:
        PermanentError: there is none.
    """
    return Loudness(_last_number(_LOUDNESS, said), _last_number(_PEAK, said))


def _last_number(pattern: re.Pattern[str], said: str) -> float:
    found = pattern.findall(said)
    if not found:
        raise PermanentError(
            f"Measuring loudness: ffmpeg gave no summary. Check that the file has sound. It said: {said[-500:]}"
        )
    return float(found[-1])
