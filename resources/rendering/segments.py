"""Segments: runs of frames, encoded once with their captions and all with the same parameters: they join by copying.

Belongs here: one segment's command line, its key, its check. Not here: which segments there are (`scene_plan.py`), how
many run at once (`encoding_pool.py`), codecs (`encoders.py`), what is written into captions (`lettering`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue

from reelineage.documents import FPS
from reelineage.errors import NotPublishable
from resources.rendering.encoders import Encoding, device_arguments, upload_filter, video_arguments
from resources.rendering.faults import picture_faults, watch
from resources.rendering.ffmpeg import BITEXACT, TAG_BT709, ffmpeg_version, run_ffmpeg
from resources.rendering.pictures import Input, Source
from resources.rendering.streams import MP4_ONLY

_SECONDS_PER_FRAME = 1.0  # deadline; a slow machine takes 0.2 s


@dataclass(frozen=True)
class Segment:
    """A run of `frames` frames of the video.

    `sources` are one picture, or two with the filter `mix` between pads `a`, `b` and `picture`. `script` is the text of
    its ASS file, None when nothing is laid over; `fonts` are the digests of the fonts that it uses. `scene_frame` is
    where the segment begins in its scene: captions count from there, so that a scene keeps its segments when the video
    before it gets longer.
    """

    number: int
    name: str
    scene_frame: int
    frames: int
    sources: tuple[Source, ...]
    mix: str | None
    script: str | None
    fonts: tuple[str, ...]
    may_stand_still: bool = False

    @property
    def title(self) -> str:
        """What messages call it: the name, and the films and stills in it."""
        files = ", ".join(source.file for source in self.sources if source.file)
        return f"{self.name} ({files})" if files else self.name

    @property
    def file_name(self) -> str:
        """The segment's file in the work folder."""
        return f"segment-{self.number:03}.mp4"

    @property
    def script_name(self) -> str:
        """Its ASS file in the work folder."""
        return f"segment-{self.number:03}.ass"


def segment_key(segment: Segment, encoding: Encoding, threads: int) -> list[JsonValue]:
    """Everything that decides the segment's bytes."""
    return [
        "segment/1",
        [source.key for source in segment.sources],
        _graph(segment, encoding, [], "captions.ass"),
        segment.frames,
        segment.script,
        list(segment.fonts),
        [*video_arguments(encoding, threads=threads)],
        ffmpeg_version(),
    ]


def encode_segment(
    segment: Segment, workdir: Path, encoding: Encoding, *, threads: int, on_progress: Callable[[int], None]
) -> tuple[str, ...]:
    """Encode a segment into `workdir`, where its fonts lie in `fonts`, and decode it again.

    Returns what a viewer may find odd in footage: black or still stretches, timed from the segment's start.

    Raises:
        NotPublishable: a clip has fewer frames than its scene, a drawing is black or stands still for long, or what was
            encoded cannot be decoded whole.
        PermanentError, TransientError: ffmpeg failed.
    """
    if segment.script:
        (workdir / segment.script_name).write_text(segment.script, "utf-8")
    counted = 0

    def count(frames: int) -> None:
        nonlocal counted
        counted = frames
        on_progress(frames)

    inputs = _one_pipe(segment, workdir, lambda: on_progress(0))
    (workdir / segment.file_name).unlink(missing_ok=True)  # it could be a link into the cache
    said = run_ffmpeg(
        segment_arguments(segment, inputs, encoding, threads),
        doing=f"Encoding {segment.title}",
        deadline_seconds=60 + _SECONDS_PER_FRAME * segment.frames,
        on_progress=count,
        folder=workdir,
        pictures=next((given.drawn for given in inputs if given.drawn), None),
    )
    if counted != segment.frames:
        raise NotPublishable(
            f"Encoding {segment.title}: its footage gave {counted} frames, but {segment.frames} are needed. "
            "Give the scene longer footage, or make the clip again."
        )
    for scratch in workdir.glob(f"segment-{segment.number:03}-*.yuv"):
        scratch.unlink()
    faults = picture_faults(said)
    if faults and all(source.is_drawn for source in segment.sources):
        raise NotPublishable(f"Encoding {segment.title}: {'; '.join(faults)}. Make its clip again.")
    decode_segment(segment, workdir / segment.file_name, lambda _: on_progress(segment.frames))
    return faults


def _one_pipe(segment: Segment, workdir: Path, check: Callable[[], None]) -> list[Input]:
    """The inputs, all drawn ones but the last laid down as raw pictures: ffmpeg has one standard input.

    Only a transition has two sources, so this is a handful of frames.
    """
    inputs = [source.open() for source in segment.sources]
    drawn = [place for place, given in enumerate(inputs) if given.drawn]
    for place in drawn[:-1]:
        pictures = inputs[place].drawn
        assert pictures is not None  # noqa: S101 — picked above
        path = workdir / f"segment-{segment.number:03}-{place}.yuv"
        with path.open("wb") as file:
            for picture in pictures.make():
                check()
                file.write(picture.data)
        inputs[place] = Input(pictures.arguments_for(path.name), inputs[place].filters, None)
    return inputs


def decode_segment(segment: Segment, path: Path, on_progress: Callable[[int], None]) -> None:
    """Decode an encoded segment from its first to its last frame.

    The finished video is these packets, copied: when each segment can be decoded whole, so can it.

    Raises:
        NotPublishable: it cannot, or its frames are not as many as they should be.
    """
    counted = 0

    def count(frames: int) -> None:
        nonlocal counted
        counted = frames
        on_progress(frames)

    run_ffmpeg(
        [
            # The loop filter only smooths: nothing in it can fail, and it is a quarter of the work (6.8 to 5.2 CPU-ms).
            *("-xerror", "-threads", "1", "-skip_loop_filter", "all", *MP4_ONLY, "-i", path.name, "-map", "0:v:0"),
            *("-fps_mode", "passthrough", "-f", "null", "-"),
        ],
        doing=f"Decoding {segment.title} to check it",
        deadline_seconds=60 + _SECONDS_PER_FRAME * segment.frames,
        on_progress=count,
        folder=path.parent,
    )
    if counted != segment.frames:
        raise NotPublishable(
            f"Checking {segment.name}: {counted} of its {segment.frames} frames can be decoded. Compose again; if that "
            "does not help, look at the disk of this machine."
        )


def segment_arguments(segment: Segment, inputs: Sequence[Input], encoding: Encoding, threads: int) -> list[str]:
    """Arguments for ffmpeg; run in the work folder."""
    reading = [argument for given in inputs for argument in ("-threads", "1", *given.arguments)]
    graph = _graph(segment, encoding, [given.filters for given in inputs], segment.script_name)
    return [
        *("-xerror", *device_arguments(encoding), *reading),  # a picture that cannot be decoded is never made up
        *("-filter_complex", graph, "-filter_complex_threads", "1"),
        *("-map", "[out]"),
        *("-frames:v", str(segment.frames), "-fps_mode", "passthrough", *video_arguments(encoding, threads=threads)),
        *("-video_track_timescale", "30000", "-movie_timescale", "30000", *BITEXACT),
        *("-f", "mp4", "-y", segment.file_name, "-loglevel", "info"),  # where the watching filters speak
    ]


def _graph(segment: Segment, encoding: Encoding, fitting: Sequence[str], script_name: str) -> str:
    """From the inputs to `[out]`. Names inside are plain: quotes and colons of real paths never reach its parser."""
    parts = [*fitting]
    if segment.mix:
        parts.append(segment.mix)
    picture = "picture" if segment.mix else "a"
    parts.append(f"[{picture}]settb=1/{FPS},{TAG_BT709},split[shown][watched]")
    # The picture is watched before words are laid over it: they move, and would hide one that stands still.
    parts.append(f"[watched]{watch(standing_still=not (segment.may_stand_still or segment.mix))},nullsink")
    parts.append(f"[shown]{_burn_in(segment, script_name)}{upload_filter(encoding)}[out]")
    return ";".join(parts)


def _burn_in(segment: Segment, script_name: str) -> str:
    """The captions, with the picture's clock put to the scene's for as long as they are drawn."""
    if not segment.script:
        return "null"
    text = f"ass=f={script_name}:fontsdir=fonts"
    return f"setpts=PTS+{segment.scene_frame},{text},setpts=PTS-{segment.scene_frame}" if segment.scene_frame else text
