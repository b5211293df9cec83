"""Putting segments and sound into one MP4 without encoding anything again, and proving that nothing got lost.

Belongs here: the join and the comparison of packets. Not here: what a video must be (`probe.py`).
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Literal

from reelineage.documents import FPS
from reelineage.errors import NotPublishable
from resources.rendering.ffmpeg import BITEXACT, file_url, run_ffmpeg

_DEADLINE_SECONDS = 600


def join(
    segments: Sequence[tuple[Path, int]],
    sound: Path,
    destination: Path,
    *,
    title: str,
    edit_list: bool,
    folder: Path,
    check: Callable[[], None],
) -> None:
    """Copy the packets of `segments` and `sound` into `destination`, with the index in front.

    `segments` are files in `folder` with their numbers of frames. `check` raises when the work is to end.

    Raises:
        NotPublishable: the segments cannot be shown as one stream, or a packet differs after the join.
    """
    listing = folder / "segments.txt"
    listing.write_text("".join(_entries(segments)), "utf-8")
    run_ffmpeg(
        [
            *("-f", "concat", "-safe", "1", "-auto_convert", "0", "-i", listing.name, "-i", file_url(sound)),
            *("-map", "0:v:0", "-map", "1:a:0", "-c", "copy", *BITEXACT, "-metadata", f"title={title}"),
            *("-video_track_timescale", "30000", "-movie_timescale", "30000", "-movflags", "+faststart"),
            *("-use_editlist", "-1" if edit_list else "0", "-f", "mp4", "-y", file_url(destination)),
        ],
        doing="Joining the scenes",
        deadline_seconds=_DEADLINE_SECONDS,
        on_progress=lambda _: check(),
        folder=folder,
    )
    if (_packets([path for path, _ in segments], "video"), _packets([sound], "audio")) != (
        _packets([destination], "video"),
        _packets([destination], "audio"),
    ):
        raise NotPublishable(
            f"Joining the scenes: {destination.name} does not hold what its {len(segments)} segments and its sound do. "
            "Compose again; if that does not help, empty the cache."
        )


def _entries(segments: Sequence[tuple[Path, int]]) -> Iterator[str]:
    """The list that ffmpeg reads, with lengths that add up.

    Left to itself it adds rounded ones, and the time of a frame slips by a tick after some fifty segments.
    """
    frames = 0
    for path, count in segments:
        begin, end = (round(number * 1_000_000 / FPS) for number in (frames, frames + count))
        yield f"file '{path.name}'\nduration {(end - begin) / 1_000_000:.6f}\n"
        frames += count


def _packets(paths: Sequence[Path], kind: Literal["video", "audio"]) -> tuple[str, frozenset[bytes]]:
    """A hash over all coded pictures or sound in order, and the decoder settings that they need.

    Every packet was decoded before the join, so comparing them is as good as decoding them again, and costs nothing.
    """
    import av  # noqa: PLC0415 — heavy import, only when used

    digest = hashlib.sha256()
    settings = set()
    for path in paths:
        with av.open(file_url(path), format="mov", options={"protocol_whitelist": "file"}) as container:
            stream = getattr(container.streams, kind)[0]
            settings.add(bytes(stream.codec_context.extradata or b""))
            for packet in container.demux(stream):
                if packet.size:
                    digest.update(packet)
    if len(settings) > 1:
        raise NotPublishable(
            "Joining the scenes: their encoder wrote different stream settings, so they cannot be one stream. "
            "Set REELINEAGE_ENCODER=x264 and compose again."
        )
    return digest.hexdigest(), frozenset(settings)
