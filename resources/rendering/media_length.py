"""How long a film really lasts: what its packets say, whatever its header claims.

Belongs here: reading packets without decoding any. Not here: everything else about a file (`media_probe.py`).
"""

import itertools
import time
from fractions import Fraction
from typing import Any, Final

from reelineage.errors import PermanentError

LONGEST_SECONDS: Final = 6 * 3600
_MOST_PACKETS: Final = 2_000_000
_MEASURING_SECONDS: Final = 30.0
_TAIL_SECONDS: Final = 2


def has_two_pictures(container: Any, stream: Any) -> bool:  # noqa: ANN401 — PyAV ships no usable types
    """Whether the stream holds pictures at two times."""
    container.seek(0)
    stamps = (packet.pts for packet in container.demux(stream) if packet.size)
    return len({*itertools.islice(stamps, 2)}) == 2


def measured_seconds(container: Any, stream: Any, called: str) -> float:  # noqa: ANN401 — as above
    """Where the last picture ends: from the packets near the stated end, or from all when there are none.

    Counted from the file's own start, which ffmpeg takes for zero.

    Raises:
        PermanentError: no length, more than six hours, or too many packets to count.
    """
    tick = Fraction(stream.time_base)
    origin = _origin(container, stream)
    claimed = (container.duration or 0) // 10**6
    last: int | None = None
    if claimed > _TAIL_SECONDS:
        container.seek(int((claimed - _TAIL_SECONDS) / tick) + origin, stream=stream)
        last = _last_end(container, stream, called)
    if last is None:
        container.seek(origin, stream=stream)
        last = _last_end(container, stream, called)
    seconds = float((last - origin) * tick) if last is not None else 0.0
    if seconds <= 0 or seconds > LONGEST_SECONDS:
        raise PermanentError(f"Reading {called}: it lasts {seconds:,.1f} s. Give a film of at most 6 hours.")
    return seconds


def _last_end(container: Any, stream: Any, called: str) -> int | None:  # noqa: ANN401 — as above
    until = time.monotonic() + _MEASURING_SECONDS
    last: tuple[int, int] | None = None
    usual = int(1 / (stream.average_rate * stream.time_base)) if stream.average_rate else 1
    for count, packet in enumerate(container.demux(stream)):
        if packet.pts is not None and packet.size:
            last = max(last or (packet.pts, 0), (packet.pts, packet.duration or usual))
        if count > _MOST_PACKETS or (count % 256 == 0 and time.monotonic() > until):
            raise PermanentError(f"Reading {called}: it takes too long to measure. Export it again as MP4 (H.264).")
    return None if last is None else last[0] + last[1]


def _origin(container: Any, stream: Any) -> int:  # noqa: ANN401 — as above
    """The file's own start in ticks of the stream, which ffmpeg subtracts from all times."""
    if container.format.name == "mpegts" and stream.start_time is not None:
        return int(stream.start_time)
    return round(Fraction(container.start_time or 0, 10**6) / Fraction(stream.time_base))
