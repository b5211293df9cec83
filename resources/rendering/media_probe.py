"""What a film or still of the user's own is: size as shown, rotation, colours, rate, and how long it really lasts.

Belongs here: opening such a file safely and stating its facts; every bound on what is taken. Not here: telling the kind
from the bytes (`media_kinds.py`), our own finished files (`streams.py`), how footage is fitted (`fitting.py`).
"""

import struct
import time
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Final, Literal

from reelineage.errors import PermanentError
from resources.rendering.ffmpeg import file_url
from resources.rendering.media_kinds import Kind, kind_of
from resources.rendering.media_length import has_two_pictures, measured_seconds
from resources.rendering.streams import plain_file

MEDIA_FORMATS: Final = (
    "-format_whitelist",
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,mpegts,avi,gif,apng,png_pipe,jpeg_pipe,webp_pipe,webp_anim",
)
HIGHEST_SIDE: Final = 16384
MOST_PIXELS: Final = 64_000_000
LARGEST_BYTES: Final = 8 * 2**30
_OPENING_SECONDS: Final = 20.0
_DECODING_SECONDS: Final = 20.0  # for the first picture
_COVER_PICTURE: Final = 0x400  # AV_DISPOSITION_ATTACHED_PIC
_TRANSFERS: Final[dict[int, Literal["pq", "hlg"]]] = {16: "pq", 18: "hlg"}  # ITU-T H.273 table 3
_MATRICES: Final = {1: "bt709", 4: "fcc", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 9: "bt2020nc", 10: "bt2020nc"}
# Exif 2.32, 4.6.4 A: the eight orientations as degrees clockwise after mirroring left to right.
_EXIF: Final = {
    1: (0, False),
    2: (0, True),
    3: (180, False),
    4: (180, True),
    5: (270, True),
    6: (90, False),
    7: (90, True),
    8: (270, False),
}
_ALPHA_DECODERS: Final = {"vp8": "libvpx", "vp9": "libvpx-vp9"}


@dataclass(frozen=True)
class MediaFacts:
    """Facts about one film or still.

    `width` and `height` are as shown: rotation and pixel aspect applied; `coded_width`, `coded_height` as stored.
    `rotation` turns the stored picture clockwise, in degrees (0, 90, 180, 270), after it was mirrored left to right
    when `mirrored`. `seconds` counts from the file's own start to the end of its last picture, measured on the
    packets, not believed; None for stills. `ticks` is the time base; `start_ticks` how far the picture starts after
    the file (MPEG-TS only). `format` is the reader to force, `decoder` one to force or None.
    """

    width: int
    height: int
    coded_width: int
    coded_height: int
    rotation: int
    mirrored: bool
    seconds: float | None
    is_still: bool
    has_alpha: bool
    interlaced: bool
    transfer: Literal["sdr", "pq", "hlg"]
    matrix: str
    wide_gamut: bool
    full_range: bool
    pixel_format: str
    is_rgb: bool
    decoder: str | None
    format: str
    media_type: str
    ticks: Fraction
    start_ticks: int


def inspect_media(path: Path, *, name: str | None = None) -> MediaFacts:
    """State the facts about `path`; one picture is decoded, and the last seconds are read.

    Args:
        path: a plain file; links are refused.
        name: what messages call it, e.g. "the clip of scene 3 (beach.mp4)"; the file's name by default.

    Raises:
        PermanentError: not a plain file, not a film or still, cut off, or beyond a bound; the message says which.
    """
    called = name or path.name
    size = plain_file(path)
    if size > LARGEST_BYTES:
        raise PermanentError(f"Reading {called}: it has {size / 2**30:.1f} GB. Give a file of at most 8 GB.")
    kind = kind_of(path, called)
    if kind.size:
        _check_size(kind.size, called)
    if kind.reader == "webp_anim":  # the library that reads streams here knows no animated WebP
        return _animated_webp(kind)
    return _read(path, kind, called)


def _read(path: Path, kind: Kind, called: str) -> MediaFacts:
    import av  # noqa: PLC0415 — heavy import, only when used

    options = {"protocol_whitelist": "file"}
    try:
        with av.open(
            file_url(path),
            format=kind.reader,
            options=options,
            timeout=_OPENING_SECONDS,
            metadata_errors="replace",  # titles in Latin-1 are common, and nothing here reads them
        ) as container:
            stream = picture_stream(container, called)
            context = stream.codec_context
            _check_size((context.width, context.height), called)
            picture = _first_picture(container, stream, called)
            still = kind.pictures == 1 if kind.pictures else not has_two_pictures(container, stream)
            seconds = None if still else measured_seconds(container, stream, called)
            return _facts(container, stream, picture, kind, seconds)
    except av.FFmpegError as error:
        raise PermanentError(
            f"Reading {called}: it cannot be opened or decoded ({error.strerror}). Play it to see whether it is "
            "whole, and export it again as MP4 (H.264) or JPEG."
        ) from error


def picture_stream(container: Any, called: str) -> Any:  # noqa: ANN401 — PyAV ships no usable types
    """The first video stream that is no cover picture: the one that ffmpeg's specifier `V:0` names.

    Raises:
        PermanentError: there is none, or its codec is unknown.
    """
    for stream in container.streams.video:
        if not int(stream.disposition) & _COVER_PICTURE:
            if stream.codec_context is None:
                raise PermanentError(f"Reading {called}: its codec is unknown here. Export it as MP4 (H.264).")
            return stream
    raise PermanentError(f"Reading {called}: it has no video stream. Give a film or a picture.")


def _check_size(size: tuple[int, int], called: str) -> None:
    width, height = size
    if width < 2 or height < 2:
        raise PermanentError(f"Reading {called}: it is {width}x{height} pixels. Give at least 2x2.")
    if max(size) > HIGHEST_SIDE or width * height > MOST_PIXELS:
        raise PermanentError(
            f"Reading {called}: it is {width}x{height} pixels; at most {HIGHEST_SIDE} a side and "
            f"{MOST_PIXELS // 1_000_000} million in all can be used. Scale it down first."
        )


def _first_picture(container: Any, stream: Any, called: str) -> Any:  # noqa: ANN401 — as above
    until = time.monotonic() + _DECODING_SECONDS
    for count, packet in enumerate(container.demux(stream)):
        for picture in packet.decode():
            _check_size((picture.width, picture.height), called)
            return picture
        if count > 2000:
            break
        if time.monotonic() > until:
            raise PermanentError(
                f"Reading {called}: it takes too long to decode its first picture. Export it again as MP4 (H.264)."
            )
    raise PermanentError(f"Reading {called}: no picture can be decoded from it. Play it, and export it again.")


def _facts(
    container: Any,  # noqa: ANN401 — PyAV ships no usable types
    stream: Any,  # noqa: ANN401 — as above
    picture: Any,  # noqa: ANN401 — as above
    kind: Kind,
    seconds: float | None,
) -> MediaFacts:
    context = stream.codec_context
    rotation, mirrored = _orientation(picture, kind)
    aspect = Fraction(stream.sample_aspect_ratio or 1) or Fraction(1)
    if not Fraction(1, 16) <= aspect <= 16:
        aspect = Fraction(1)
    width, height = picture.width, picture.height
    shown = (round(width * aspect), height) if aspect >= 1 else (width, round(height / aspect))
    alpha = any(part.is_alpha for part in picture.format.components) or picture.format.has_palette
    alpha_layer = stream.metadata.get("alpha_mode") == "1" and context.name in _ALPHA_DECODERS
    matrix = _MATRICES.get(int(picture.colorspace)) or ("smpte170m" if height < 720 else "bt709")
    tick = Fraction(stream.time_base)
    behind = round((stream.start_time or 0) - Fraction(container.start_time or 0, 10**6) / tick)
    return MediaFacts(
        width=shown[rotation % 180 // 90],
        height=shown[1 - rotation % 180 // 90],
        coded_width=width,
        coded_height=height,
        rotation=rotation,
        mirrored=mirrored,
        seconds=seconds,
        is_still=seconds is None,
        has_alpha=alpha or alpha_layer,
        interlaced=bool(picture.interlaced_frame),
        transfer=_TRANSFERS.get(int(picture.color_trc), "sdr"),
        matrix=matrix,
        wide_gamut=int(picture.color_primaries) == 9,
        full_range=int(picture.color_range) == 2,
        pixel_format=picture.format.name,
        is_rgb=picture.format.is_rgb or picture.format.has_palette,
        decoder=_ALPHA_DECODERS[context.name] if alpha_layer else None,
        format=kind.reader,
        media_type=kind.media_type,
        ticks=tick,
        start_ticks=behind if kind.reader == "mpegts" else 0,
    )


def _orientation(picture: Any, kind: Kind) -> tuple[int, bool]:  # noqa: ANN401 — as above
    """Degrees clockwise to the nearest quarter, and whether the picture is mirrored first.

    The display matrix maps a stored point (x, y) to (a x + c y, b x + d y); see ISO/IEC 14496-12, 6.2.2.
    """
    if kind.pictures is not None:
        return _EXIF[kind.orientation]
    try:
        matrix = next((bytes(part) for part in picture.side_data if part.type.name == "DISPLAYMATRIX"), b"")
    except ValueError:  # a kind of side data that PyAV has no name for yet
        return -round(picture.rotation / 90) * 90 % 360, False
    if len(matrix) < 36:
        return 0, False
    a, b, _, c, d = struct.unpack_from("=5i", matrix)
    mirrored = a * d - b * c < 0
    if mirrored:
        a, b = -a, -b
    if abs(a) >= abs(b):
        return (0 if a >= 0 else 180), mirrored
    return (90 if b > 0 else 270), mirrored


def _animated_webp(kind: Kind) -> MediaFacts:
    width, height = kind.size or (0, 0)
    seconds = kind.seconds if kind.seconds and (kind.pictures or 0) > 1 else None
    rotation, mirrored = _EXIF[kind.orientation]
    turned = rotation % 180 != 0
    return MediaFacts(
        width=height if turned else width,
        height=width if turned else height,
        coded_width=width,
        coded_height=height,
        rotation=rotation,
        mirrored=mirrored,
        seconds=seconds,
        is_still=seconds is None,
        has_alpha=True,
        interlaced=False,
        transfer="sdr",
        matrix="smpte170m",
        wide_gamut=False,
        full_range=False,
        pixel_format="argb",
        is_rgb=True,
        decoder=None,
        format=kind.reader,
        media_type=kind.media_type,
        ticks=Fraction(1, 1000),
        start_ticks=0,
    )
