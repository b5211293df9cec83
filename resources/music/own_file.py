"""A music file of the user's own: whether it can be used, before it is stored.

Belongs here: opening the file safely and refusing what is no music file. Not here: reading its samples and mixing them
(`resources.rendering.sound`).
"""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reelineage.errors import PermanentError
from resources.rendering.ffmpeg import file_url
from resources.rendering.sound import MUSIC_FORMATS
from resources.rendering.streams import plain_file

_SHORTEST, _LONGEST = 0.5, 1800.0
_MOST_BYTES = 200_000_000
_EXACT = ("flac", "mov")  # the others estimate their length from the size of the file
_CUT_SHORT = 0.5  # seconds that may be missing against what the head promises
_FIRST_PACKETS = 50
_MOST_PACKETS = 1_000_000
_NEXT = "Give a wav, flac, mp3, m4a or ogg file of 0.5 s to 30 minutes and at most 200 MB."


@dataclass(frozen=True)
class MusicFacts:
    """What a music file is. Whatever its channels and rate, the mix is 48 kHz stereo."""

    seconds: float
    channels: int
    sample_rate: int


def inspect_music(path: Path) -> MusicFacts:
    """Read a music file's head and count its packets; the start of it is decoded.

    Raises:
        PermanentError: it is a link, a playlist, too large, too short or too long, cut short, or holds no sound that
            can be decoded. The message names the file.
    """
    import av  # noqa: PLC0415 — heavy import, only when used

    size = plain_file(path)
    if size > _MOST_BYTES:
        raise _refused(path, f"it has {size / 1e6:.0f} MB")
    options = {"protocol_whitelist": "file", "format_whitelist": MUSIC_FORMATS}
    try:
        # Tags in Latin-1 are common in WAV files and nothing here reads them.
        with av.open(file_url(path), options=options, timeout=30.0, metadata_errors="replace") as container:
            if not container.streams.audio:
                raise _refused(path, "there is no sound in it")
            return _facts(container, path)
    except av.FFmpegError as error:
        raise _refused(path, f"it cannot be read ({error.strerror})") from error


def _facts(container: Any, path: Path) -> MusicFacts:  # noqa: ANN401 — PyAV ships no usable types
    stream = container.streams.audio[0]
    exact = stream.duration is not None and container.format.name.startswith(_EXACT)
    promised = float(stream.duration * stream.time_base) if exact else 0.0
    seconds, heard = _walk(container, stream, path)
    if not heard:
        raise _refused(path, "none of its sound can be decoded")
    if max(promised, seconds) > _LONGEST:
        raise _refused(path, f"it lasts {max(promised, seconds):.0f} s")
    if seconds < promised - _CUT_SHORT:
        raise _refused(path, f"it is cut short: {seconds:.1f} s of {promised:.1f} s are there")
    if seconds < _SHORTEST:
        raise _refused(path, f"it lasts {seconds:.2f} s")
    return MusicFacts(round(seconds, 3), stream.codec_context.channels, stream.codec_context.sample_rate)


def _walk(container: Any, stream: Any, path: Path) -> tuple[float, bool]:  # noqa: ANN401 — as above
    """Seconds from the first packet to the last, and whether one of the first packets could be decoded.

    Times can lie: what would be decoded is bounded by the packets, too, where each holds as many samples.
    """
    import av  # noqa: PLC0415 — heavy import, only when used

    first: int | None = None
    end = 0
    heard = False
    context = stream.codec_context
    most = _LONGEST * context.sample_rate / context.frame_size if context.frame_size else _MOST_PACKETS
    for count, packet in enumerate(container.demux(stream)):
        if count > _MOST_PACKETS:
            raise _refused(path, f"it has more than {_MOST_PACKETS:,} packets")
        if count > most + _FIRST_PACKETS:
            raise _refused(path, f"its packets hold more than {_LONGEST:.0f} s, whatever its times say")
        if packet.pts is None:
            continue
        first = packet.pts if first is None else first
        end = max(end, packet.pts + (packet.duration or 0))
        if not heard and count < _FIRST_PACKETS:
            with suppress(av.FFmpegError):  # MP3 cut out of a stream starts with a packet that needs the one before
                heard = any(frame.samples for frame in packet.decode())
    return float((end - (first or 0)) * stream.time_base), heard


def _refused(path: Path, why: str) -> PermanentError:
    return PermanentError(f"Reading the music {path.name}: {why}. {_NEXT}")
