"""Segments: each scene encoded once with its captions, all with the same parameters, so that they join by copying.

Belongs here: the encoder's settings, the argument lists, the pool. Not here: what is written into the captions
(`ass.py`), sound (`sound.py`), the order of the whole (`composer.py`).
"""

import concurrent.futures
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from reelineage.documents import FPS
from reelineage.errors import Cancelled, NotPublishable
from resources.rendering.ffmpeg import BITEXACT, BT709, TAG_BT709, file_url, run_ffmpeg
from resources.rendering.probe import WATCH_PICTURE, picture_faults
from resources.rendering.streams import MP4_ONLY

ENCODERS_AT_ONCE = 2  # one thread each; memory stays that of two encoders however many scenes there are
_SECONDS_PER_FRAME = 1.0  # deadline; a slow machine takes 0.2 s
_POLL_SECONDS = 0.2


@dataclass(frozen=True)
class Quality:
    """x264 settings of a profile."""

    preset: str
    crf: int


@dataclass(frozen=True)
class Segment:
    """One scene to encode. `script` is the name of its ASS file in the work folder, None when nothing is laid over."""

    number: int
    clip: Path
    frames: int
    script: str | None

    @property
    def name(self) -> str:
        """The segment's file name in the work folder."""
        return f"segment-{self.number:02}.mp4"


def segment_arguments(segment: Segment, quality: Quality) -> list[str]:
    """Arguments for ffmpeg; run in the work folder, where the font lies in `fonts`."""
    # Names inside a filter are plain and relative: quotes, colons and commas of real paths never reach its parser.
    burn_in = f",ass=f={segment.script}:fontsdir=fonts" if segment.script else ""
    # The clip is watched before words are laid over it: they move, and would hide a picture that stands still.
    graph = f"[0:v:0]{TAG_BT709},split[picture][watched];[watched]{WATCH_PICTURE},nullsink;[picture]null{burn_in}[out]"
    return [
        *("-threads", "1", *MP4_ONLY, "-i", file_url(segment.clip), "-filter_complex", graph, "-map", "[out]"),
        *("-frames:v", str(segment.frames), "-fps_mode", "passthrough", "-filter_complex_threads", "1"),
        *("-c:v", "libx264", "-preset", quality.preset, "-crf", str(quality.crf), "-threads", "1"),
        # Closed groups and no B-frames: decoding and showing order are the same, so a join needs no edit list.
        *("-profile:v", "high", "-pix_fmt", "yuv420p", "-g", str(2 * FPS), "-bf", "0", "-flags", "+cgop", *BT709),
        *("-x264-params", "8x8dct=1"),  # ultrafast leaves it out, and would no longer be High profile
        *("-video_track_timescale", "30000", "-movie_timescale", "30000", *BITEXACT, "-f", "mp4", "-y", segment.name),
        *("-loglevel", "info"),  # where the watching filters speak
    ]


def encode_segments(
    segments: Sequence[Segment], workdir: Path, quality: Quality, on_progress: Callable[[int], None]
) -> None:
    """Encode all segments into `workdir`, longest first, two at a time.

    `on_progress(frames_done)` is called from the calling thread; what it raises stops every encoder.

    Raises:
        NotPublishable: a clip has fewer frames than its scene, or is black or stands still for long.
        PermanentError, TransientError: an encoder failed; the others are stopped.
    """
    done = dict.fromkeys((segment.number for segment in segments), 0)
    stop = threading.Event()

    def encode(segment: Segment) -> None:
        def count(frames: int) -> None:
            if stop.is_set():
                raise Cancelled(
                    f"Encoding scene {segment.number}: stopped, because another part failed or was stopped."
                )
            done[segment.number] = frames

        count(0)
        said = run_ffmpeg(
            segment_arguments(segment, quality),
            doing=f"Encoding scene {segment.number}",
            deadline_seconds=60 + _SECONDS_PER_FRAME * segment.frames,
            on_progress=count,
            folder=workdir,
        )
        if done[segment.number] != segment.frames:
            raise NotPublishable(
                f"Encoding scene {segment.number}: its clip {segment.clip.name} gave {done[segment.number]} frames, "
                f"but the scene has {segment.frames}. Make the clip again."
            )

        if faults := picture_faults(said):
            raise NotPublishable(
                f"Encoding scene {segment.number}: in its clip {segment.clip.name} {'; '.join(faults)}. "
                "Make the clip again."
            )

    longest_first = sorted(segments, key=lambda segment: (-segment.frames, segment.number))
    with concurrent.futures.ThreadPoolExecutor(ENCODERS_AT_ONCE) as pool:
        waiting = {pool.submit(encode, segment) for segment in longest_first}
        try:
            while waiting:
                ready, waiting = concurrent.futures.wait(waiting, _POLL_SECONDS, concurrent.futures.FIRST_EXCEPTION)
                for future in ready:
                    future.result()
                on_progress(sum(done.values()))
        finally:
            stop.set()
            pool.shutdown(cancel_futures=True)
