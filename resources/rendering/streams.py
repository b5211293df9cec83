"""What an MP4 says about itself: streams, colours and every packet's time, read by PyAV without decoding.

Belongs here: opening files safely and reading their structure. Not here: what the pictures and sounds are like, nor
which values are right (`probe.py`). Files come from outside too: only plain MP4 files are opened, never links,
playlists or devices.
"""

import stat
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import IO, Any

from reelineage.errors import PermanentError
from resources.rendering.ffmpeg import file_url

MP4_ONLY = ("-format_whitelist", "mov,mp4,m4a,3gp,3g2,mj2")
_MOST_PACKETS = 1_000_000
_NAMES = {1: "bt709", 2: "unknown"}  # ITU-T H.273 code points


@dataclass(frozen=True)
class VideoMeasures:
    """What the container and its packets say. Durations in seconds; audio fields are empty when there is no sound."""

    width: int
    height: int
    fps: float
    frames: int
    constant_rate: bool
    first_seconds: float
    duration_seconds: float
    video_codec: str
    video_profile: str
    pixel_format: str
    colour_primaries: str
    colour_transfer: str
    colour_matrix: str
    colour_range: str
    audio_codec: str
    audio_sample_rate: int
    audio_channels: int
    audio_duration_seconds: float
    fast_start: bool
    size_bytes: int


def probe_video(path: Path) -> VideoMeasures:
    """Read an MP4's streams and count its packets; nothing is decoded.

    Raises:
        PermanentError: not a plain file, not an MP4, truncated, or without a video stream.
    """
    import av  # noqa: PLC0415 — heavy import, only when used

    size = plain_file(path)
    try:
        with av.open(file_url(path), format="mov", options={"protocol_whitelist": "file"}, timeout=30.0) as container:
            if not container.streams.video:
                raise PermanentError(f"Reading {path.name}: it has no video stream. Give a video file.")
            return _measures(container, path, size)
    except av.FFmpegError as error:
        raise PermanentError(
            f"Reading {path.name}: it is no complete MP4 file ({error.strerror}). Make or fetch it again."
        ) from error


def _measures(container: Any, path: Path, size: int) -> VideoMeasures:  # noqa: ANN401 — PyAV ships no usable types
    video = container.streams.video[0]
    audio = container.streams.audio[0] if container.streams.audio else None
    stamps: list[int] = []
    sound_end = 0
    for count, packet in enumerate(container.demux([s for s in (video, audio) if s is not None])):
        if count > _MOST_PACKETS:
            raise PermanentError(f"Reading {path.name}: more than {_MOST_PACKETS:,} packets. Give a shorter file.")
        if packet.pts is None:
            continue
        if packet.stream.index == video.index:
            stamps.append(packet.pts)
        else:
            sound_end = max(sound_end, packet.pts + (packet.duration or 0))
    if not stamps:
        raise PermanentError(f"Reading {path.name}: its video stream is empty. Make or fetch it again.")
    stamps.sort()
    steps = {after - before for before, after in pairwise(stamps)}
    base, rate = Fraction(video.time_base), Fraction(video.average_rate or 0)
    context = video.codec_context
    return VideoMeasures(
        width=context.width,
        height=context.height,
        fps=float(rate),
        frames=len(stamps),
        constant_rate=len(stamps) == 1 or steps == {1 / (rate * base)},
        first_seconds=float(stamps[0] * base),
        duration_seconds=float(len(stamps) / rate) if rate else 0.0,
        video_codec=context.name,
        video_profile=context.profile or "",
        pixel_format=context.pix_fmt or "",
        colour_primaries=_NAMES.get(int(context.color_primaries), str(context.color_primaries)),
        colour_transfer=_NAMES.get(int(context.color_trc), str(context.color_trc)),
        colour_matrix=_NAMES.get(int(context.colorspace), str(context.colorspace)),
        colour_range={1: "tv", 2: "pc"}.get(int(context.color_range), "unknown"),
        audio_codec=audio.codec_context.name if audio else "",
        audio_sample_rate=audio.codec_context.sample_rate if audio else 0,
        audio_channels=audio.codec_context.channels if audio else 0,
        audio_duration_seconds=float(sound_end * Fraction(audio.time_base)) if audio else 0.0,
        fast_start=_fast_start(path),
        size_bytes=size,
    )


def plain_file(path: Path) -> int:
    """Size of a regular file; a link could lead out of the given folder, a pipe would wait for ever."""
    try:
        status = path.lstat()
    except OSError as error:
        raise PermanentError(f"Reading {path}: {error.strerror}. Make or fetch the file again.") from error
    if not stat.S_ISREG(status.st_mode):
        raise PermanentError(
            f"Reading {path}: it is not a plain file (a link, folder or device). Give the file itself."
        )
    if status.st_size == 0:
        raise PermanentError(f"Reading {path}: the file is empty. Make or fetch it again.")
    return status.st_size


def _fast_start(path: Path) -> bool:
    """Whether the index (`moov`) lies before the media data (`mdat`)."""
    with path.open("rb") as file:
        for kind in _top_boxes(file):
            if kind in (b"moov", b"mdat"):
                return kind == b"moov"
    return False


def _top_boxes(file: IO[bytes]) -> Iterator[bytes]:
    """Kinds of the top-level boxes (ISO/IEC 14496-12, 4.2), at most 64 of them."""
    for _ in range(64):
        head = file.read(8)
        if len(head) < 8:
            return
        length, kind = struct.unpack(">I4s", head)
        yield kind
        if length == 1:
            length = struct.unpack(">Q", file.read(8).ljust(8, b"\0"))[0] - 8
        if length < 8:
            return
        file.seek(length - 8, 1)
