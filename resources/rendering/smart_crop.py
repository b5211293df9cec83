"""Where the interest of a picture lies: the point that a crop must keep.

Belongs here: a few small decoded pictures and what stands out in them (edges, skin-like colours, motion). Not here: the
crop itself (`fitting.py`). No model and no random number: the same file gives the same point.
"""

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from reelineage.documents import Frame
from reelineage.errors import PermanentError
from resources.rendering.ffmpeg import file_url
from resources.rendering.media_probe import MediaFacts, picture_stream

_LONG_SIDE: Final = 160
_SAMPLES: Final = 4
_PACKETS_PER_SAMPLE: Final = 600  # MPEG-TS may land anywhere in a group of pictures
_STANDS_OUT: Final = 1.1  # below this much more than in the middle, the middle is kept
_HARDLY_ANYTHING: Final = 0.05  # a soft gradient of light has 0.03 on this scale, texture 0.3
_MIDDLE: Final = (0.5, 0.5)
_UPRIGHT: Final = Frame(width=1080, height=1920)


def interest(
    path: Path,
    facts: MediaFacts,
    *,
    seconds: float,
    first_seconds: float,
    frame: Frame = _UPRIGHT,
    name: str | None = None,
) -> tuple[float, float]:
    """The centre (0..1 from the left, 0..1 from the top, as shown) of what should stay in a crop of `frame`'s shape.

    Samples key frames between `first_seconds` and `first_seconds + seconds`. The middle when nothing stands out, and
    for animated WebP, which cannot be decoded here. `name` is what messages call the file; its own by default.

    Raises:
        PermanentError: the file cannot be decoded any more.
    """
    if facts.format == "webp_anim":
        return _MIDDLE
    pictures = _small_pictures(path, facts, seconds, first_seconds, name or path.name)
    if not pictures:
        return _MIDDLE
    return _best_window(_interest_map(pictures), frame.width / frame.height, facts.width / facts.height)


def _small_pictures(
    path: Path, facts: MediaFacts, seconds: float, first_seconds: float, called: str
) -> list[NDArray[np.float32]]:
    """Up to four pictures as shown, Y Cb Cr of shape (3, height, width), the longer side 160."""
    import av  # noqa: PLC0415 — heavy import, only when used

    try:
        options = {"protocol_whitelist": "file"}
        with av.open(file_url(path), format=facts.format, options=options, metadata_errors="replace") as container:
            stream = picture_stream(container, called)
            return [_small(picture, facts) for picture in _samples(container, stream, facts, seconds, first_seconds)]
    except av.FFmpegError as error:
        raise PermanentError(
            f"Looking at {called}: it cannot be decoded ({error.strerror}). Export it again."
        ) from error


def _samples(
    container: Any,  # noqa: ANN401 — PyAV ships no usable types
    stream: Any,  # noqa: ANN401 — as above
    facts: MediaFacts,
    seconds: float,
    first_seconds: float,
) -> Iterator[Any]:
    """Key frames near evenly spread times, each once; they cost one decoded picture each wherever they lie."""
    if facts.is_still or facts.format in ("gif", "apng"):
        yield from itertools.islice(container.decode(stream), 1 if facts.is_still else _SAMPLES)
        return
    stream.thread_type = "NONE"
    decoder = stream.codec_context
    start = stream.start_time or 0
    seen = set()
    for number in range(_SAMPLES):
        at = first_seconds + seconds * (number + 0.5) / _SAMPLES
        container.seek(int(at / stream.time_base) + start, stream=stream)  # this empties the decoder, too
        packets = itertools.islice(container.demux(stream), _PACKETS_PER_SAMPLE)
        packet = next((packet for packet in packets if packet.is_keyframe and packet.size), None)
        if packet is not None and packet.pts not in seen:
            seen.add(packet.pts)
            yield from itertools.islice((*decoder.decode(packet), *decoder.decode(None)), 1)


def _small(picture: Any, facts: MediaFacts) -> NDArray[np.float32]:  # noqa: ANN401 — as above
    shrink = _LONG_SIDE / max(facts.width, facts.height)
    turned = facts.rotation % 180 != 0
    shown = max(round(facts.width * shrink), 2), max(round(facts.height * shrink), 2)
    stored = shown[::-1] if turned else shown
    small = picture.reformat(width=stored[0], height=stored[1], format="yuv444p", interpolation="AREA")
    planes = small.to_ndarray().astype(np.float32)
    if facts.mirrored:
        planes = planes[:, :, ::-1]
    return np.rot90(planes, -facts.rotation // 90, axes=(1, 2))


def _interest_map(pictures: list[NDArray[np.float32]]) -> NDArray[np.float32]:
    """What stands out, smoothed, of the shape of a picture; each part counts relative to its own mean."""
    edges = np.mean([_edges(picture[0]) for picture in pictures], axis=0)
    skin = np.mean([_skin_like(picture) for picture in pictures], axis=0)
    changes = [np.abs(after[0] - before[0]) for before, after in itertools.pairwise(pictures)]
    motion = np.mean(changes, axis=0) if changes else np.zeros_like(edges)
    # Edges and motion are capped, so that one line of lettering does not outweigh a face.
    parts = np.minimum(edges, 40) / 40 + 0.7 * np.minimum(motion, 40) / 40 + 0.6 * skin * np.minimum(edges + 4, 20) / 20
    return _smoothed(np.asarray(parts, np.float32), max(pictures[0].shape[1:]) // 16)


def _edges(luma: NDArray[np.float32]) -> NDArray[np.float32]:
    down, across = np.gradient(luma)
    return np.asarray(np.hypot(down, across), np.float32)


def _skin_like(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    """1 in the middle of the range of skin in Cb and Cr, whatever its brightness, falling to 0.

    Chai and Ngan, "Face segmentation using skin-color map in videophone applications" (1999): Cb 77..127, Cr 133..173.
    """
    blue, red = (picture[1] - 102) / 25, (picture[2] - 153) / 20
    return np.asarray(np.clip(1.5 - np.maximum(np.abs(blue), np.abs(red)), 0, 1) * (picture[0] > 40), np.float32)


def _smoothed(values: NDArray[np.float32], radius: int) -> NDArray[np.float32]:
    """A box blur twice, edges repeated."""
    for _ in range(2):
        for axis in (0, 1):
            padded = np.pad(values, [(radius + 1, radius) if a == axis else (0, 0) for a in (0, 1)], mode="edge")
            total = np.cumsum(padded, axis=axis, dtype=np.float64)
            wide = 2 * radius + 1
            ends = np.take(total, range(wide, total.shape[axis]), axis)
            values = np.asarray((ends - np.take(total, range(total.shape[axis] - wide), axis)) / wide, np.float32)
    return values


def _best_window(values: NDArray[np.float32], wanted: float, aspect: float) -> tuple[float, float]:
    """Centre of the crop that holds the most; ties and near ties stay in the middle."""
    height, width = values.shape
    columns = values.mean(axis=0, dtype=np.float64)
    rows = values.mean(axis=1, dtype=np.float64)
    return (
        _best_span(columns, max(round(width * min(wanted / aspect, 1)), 1)),
        _best_span(rows, max(round(height * min(aspect / wanted, 1)), 1)),
    )


def _best_span(values: NDArray[np.float64], length: int) -> float:
    """The middle (0..1) of the best span: between its strongest place and its centre of mass, never jumping off it."""
    if length >= len(values):
        return 0.5
    above = values - values.min() + _HARDLY_ANYTHING  # what lies everywhere says nothing about where
    totals = np.convolve(above, np.ones(length), "valid")
    middle = totals[len(totals) // 2]
    best = int(np.argmax(totals))
    if totals[best] <= _STANDS_OUT * middle:
        return 0.5
    plateau = np.flatnonzero(totals >= totals[best] * 0.995)
    best = int(plateau[len(plateau) // 2]) if np.ptp(plateau) == len(plateau) - 1 else best
    return (best + length / 2) / len(values)
