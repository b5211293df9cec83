"""How a film looks, as perceptual hashes of pictures out of it.

Belongs here: decoding within bounds, hashing. Not here: finding bars (`bars.py`), comparing
(`reelineage/perceptual.py`), searching what is stored (`recognition.py`).

The hash is `imagehash.phash` with 256 bits: which of the 256 lowest frequencies lie above their median. Re-encoding,
scaling and small marks change few of them; mirroring, turning or cropping change many.
"""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from reelineage.errors import PermanentError
from reelineage.perceptual import Fingerprinted
from resources.bars import Bars, find_bars
from resources.rendering.ffmpeg import file_url
from resources.rendering.media_kinds import kind_of
from resources.rendering.media_probe import HIGHEST_SIDE, LARGEST_BYTES, MOST_PIXELS, picture_stream
from resources.rendering.streams import plain_file

LOOKED_AT_SECONDS: Final = 180.0  # of a film from outside; the longest short is three minutes
_STEP_MS: Final = 100  # fast pictures of own films differ beyond recognition after 250 ms
_SHORT_STEP_MS: Final = 500
_MOST_MOMENTS: Final = 120
_FEW_MOMENTS: Final = 10
_DECODING_SECONDS: Final = 60.0
_OPENING_SECONDS: Final = 20.0
_MOST_BROKEN: Final = 100  # packets that cannot be decoded: a copy with a damaged spot still looks like what it is
_SIDE: Final = 64  # a picture is squashed to this square: four times the 16x16 frequencies that are kept
_LEAST_EDGES: Final = 4_500  # percent of contrast over all neighbours, as PDQ (ThreatExchange) measures its quality


class _Hashes:
    """Hashes of pictures as they come, but for those that are too plain to be told apart."""

    def __init__(self) -> None:
        self._moments: list[int] = []
        self._hashes: list[bytes] = []

    def add(self, moment_ms: int, picture: Any) -> None:  # noqa: ANN401 — PyAV ships no usable types
        """Hash a picture of any size."""
        import imagehash  # noqa: PLC0415 — heavy import, only when used
        from PIL import Image  # noqa: PLC0415 — as above

        small = picture.reformat(width=_SIDE, height=_SIDE, format="gray", interpolation="AREA")
        grey: NDArray[np.uint8] = small.to_ndarray()
        if _edges(grey) >= _LEAST_EDGES:
            bits = imagehash.phash(Image.fromarray(grey), hash_size=16).hash
            self._moments.append(moment_ms)
            self._hashes.append(np.packbits(bits).tobytes())

    def fingerprinted(self, most: int | None = None) -> Fingerprinted:
        """All of them, or `most` spread evenly."""
        every = -(-len(self._moments) // most) if most and self._moments else 1
        return Fingerprinted(tuple(self._moments[::every]), b"".join(self._hashes[::every]))


def _edges(grey: NDArray[np.uint8]) -> int:
    """How much there is to see: the whole percents of contrast between all neighbours, across and down."""
    levels = grey.astype(np.int32)
    return sum(int((np.abs(np.diff(levels, axis=axis)) * 100 // 255).sum()) for axis in (0, 1))


def fingerprint_of(path: Path) -> Fingerprinted:
    """The hashes of one of our own videos: of its key pictures, which lie at most two seconds apart.

    These cost a twentieth of decoding everything. Of a video with too few of them it is two pictures a second.

    Returns:
        At most 120 moments; none for a video that is plain from end to end.

    Raises:
        PermanentError: not a plain file, not a film, or no picture of it can be decoded.
    """
    found = Fingerprinted((), b"")
    for only_key_pictures, step_ms in ((True, 1), (False, _SHORT_STEP_MS)):
        hashes = _Hashes()
        for moment_ms, picture in _pictures(path, step_ms, only_key_pictures=only_key_pictures):
            hashes.add(moment_ms, picture)
        found = max(found, hashes.fingerprinted(_MOST_MOMENTS), key=lambda one: len(one.moments_ms))
        if len(found.moments_ms) >= _FEW_MOMENTS:
            break
    return found


def look_at(path: Path) -> tuple[Fingerprinted, ...]:
    """The hashes of a film from outside, ten a second over its first three minutes.

    Once as it is and, when it has plain bars at its edges in every key picture, once more without them.

    Raises:
        PermanentError: not a plain file, not a film, too large, or no picture of it can be decoded.
    """
    bars: Bars | None = find_bars(picture for _, picture in _pictures(path, 1, only_key_pictures=True))
    whole, inside = _Hashes(), _Hashes()
    for moment_ms, picture in _pictures(path, _STEP_MS):
        whole.add(moment_ms, picture)
        if bars is not None:
            inside.add(moment_ms, bars.cut_off(picture))
    looks = (whole.fingerprinted(), inside.fingerprinted())
    return tuple(look for look in looks if look.moments_ms)


def _pictures(path: Path, step_ms: int, *, only_key_pictures: bool = False) -> Iterator[tuple[int, Any]]:
    """Moments and their pictures, one in each step at most, until three minutes are seen or one is spent."""
    import av  # noqa: PLC0415 — heavy import, only when used

    if (size := plain_file(path)) > LARGEST_BYTES:
        raise PermanentError(f"Looking at {path.name}: it has {size / 2**30:.1f} GB. Give a file of at most 8 GB.")
    kind = kind_of(path, path.name)
    if kind.pictures == 1 or kind.reader == "webp_anim":
        raise PermanentError(f"Looking at {path.name}: it is a picture ({kind.media_type}), not a film. Give the film.")
    try:
        with av.open(
            file_url(path),
            format=kind.reader,
            options={"protocol_whitelist": "file"},
            timeout=_OPENING_SECONDS,
            metadata_errors="replace",
        ) as container:
            stream = picture_stream(container, path.name)
            if only_key_pictures:
                stream.codec_context.skip_frame = "NONKEY"
            yield from _decoded(container, stream, path.name, step_ms)
    except av.FFmpegError as error:
        raise PermanentError(
            f"Looking at {path.name}: it cannot be opened or decoded ({error.strerror}). Play it to see whether it is "
            "whole, and export it again as MP4 (H.264)."
        ) from error


def _decoded(container: Any, stream: Any, name: str, step_ms: int) -> Iterator[tuple[int, Any]]:  # noqa: ANN401 — as above
    _check_size(stream.codec_context, name)
    first: float | None = None
    wanted_ms = 0
    for picture in _whole_pictures(container, stream):
        _check_size(picture, name)
        first = picture.time if first is None else first
        moment_ms = round((picture.time - first) * 1000)
        if moment_ms > LOOKED_AT_SECONDS * 1000:
            break
        if moment_ms >= wanted_ms:
            yield moment_ms, picture
            wanted_ms = moment_ms - moment_ms % step_ms + step_ms
    if first is None:
        raise PermanentError(f"Looking at {name}: no picture can be decoded from it. Play it, and export it again.")


def _whole_pictures(container: Any, stream: Any) -> Iterator[Any]:  # noqa: ANN401 — as above
    import av  # noqa: PLC0415 — heavy import, only when used

    broken, until = 0, time.monotonic() + _DECODING_SECONDS
    for packet in container.demux(stream):
        if time.monotonic() > until:
            return
        try:
            pictures = packet.decode()
        except av.InvalidDataError:
            broken += 1
            if broken > _MOST_BROKEN:
                raise
            continue
        yield from (picture for picture in pictures if picture.time is not None)


def _check_size(picture: Any, name: str) -> None:  # noqa: ANN401 — a codec context or a frame
    width, height = picture.width, picture.height
    if max(width, height) > HIGHEST_SIDE or width * height > MOST_PIXELS:
        raise PermanentError(f"Looking at {name}: it is {width}x{height} pixels, which is too large. Scale it down.")
