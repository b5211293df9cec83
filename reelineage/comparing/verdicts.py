"""When what was made again counts as the same: which differences of two documents matter, and which do not.

Belongs here: the rules, on documents alone. Not here: making again and comparing files (`resources/reproduction.py`),
the difference of two values (`comparison.py`).

identical   the same document, to the last character, and so the same files: documents name files by their hashes
equivalent  the same document but for what `is_material` lets pass, and files that show and say the same
different   anything else
"""

from collections.abc import Iterator
from typing import Literal

from pydantic import JsonValue

from reelineage.comparing.comparison import Difference, Named

Verdict = Literal["identical", "equivalent", "different"]
WORST: tuple[Verdict, ...] = ("different", "equivalent", "identical")
MEASURE_TOLERANCE = 0.1  # LUFS or dB: ffmpeg rounds its measures to one decimal place
_FILES = frozenset({"audio", "artifact", "file", "thumbnail", "captions_srt", "captions_vtt", "captions_ass"})
_FILE_FIELDS = frozenset({"sha256", "size_bytes", "media_type"})
_MEASURES = frozenset({"loudness_lufs", "true_peak_dbtp", "peak_dbfs"})
_HASHES_OF_INPUTS = frozenset({"request_sha256", "music_request_sha256", "video_sha256"})
_MADE_MUSIC = ("music", "bed")


def is_material(difference: Difference) -> bool:
    """Whether a difference is one of content.

    It is not where it only says that a file has other bytes (those are compared by themselves), by how many threads an
    encoder worked, that a level came out up to 0.1 dB off, or that an input has another hash.
    """
    path = difference.path
    last = path[-1] if path else ""
    if len(path) >= 2 and path[-2] in _FILES and last in _FILE_FIELDS:
        return False
    if path == ("encoder", "threads") or last in _HASHES_OF_INPUTS:
        return False
    if last in _MEASURES:
        return not _is_near(difference)
    made = path[-1] if path[-2:-1] == ("media",) else None
    return not (isinstance(made, Named) and made.values[:2] == _MADE_MUSIC)  # a work named by its file's hash


def worst(verdicts: Iterator[Verdict]) -> Verdict:
    """The verdict on a whole: that of its worst part; `identical` when there is none."""
    return WORST[min((WORST.index(verdict) for verdict in verdicts), default=2)]


def files_in(value: JsonValue, place: str = "") -> Iterator[tuple[str, str, str]]:
    """Every file that a document names: where, its sha256 and its media type."""
    if isinstance(value, dict):
        if value.keys() == _FILE_FIELDS:
            yield place, str(value["sha256"]), str(value["media_type"])
        for name, one in value.items():
            yield from files_in(one, f"{place}.{name}" if place else name)
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from files_in(one, f"{place}[{number}]")


def _is_near(difference: Difference) -> bool:
    before, after = difference.before, difference.after
    if not isinstance(before, int | float) or not isinstance(after, int | float):
        return False
    return abs(before - after) <= MEASURE_TOLERANCE + 1e-9
