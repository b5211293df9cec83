"""Composition: clips, voice and words become one finished, measured video.

Belongs here: the order of the work, and the only door to it (`compose`). Not here: how each part is done
(`segments.py`, `sound.py`, `ass.py`, `thumbnail.py`, `probe.py`), nor where the result is kept.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from reelineage.documents import FPS, SAMPLE_RATE, Frame, Script, Voiceover
from reelineage.errors import PermanentError
from reelineage.theme import Captions
from reelineage.timeline.captions import Cue, caption_cues, to_srt, to_vtt
from resources.rendering.ass import SceneText, scene_script
from resources.rendering.ffmpeg import BITEXACT, ffmpeg_version, file_url, run_ffmpeg
from resources.rendering.fonts import metrics, static_bold
from resources.rendering.probe import Loudness, VideoMeasures, check_video, probe_video
from resources.rendering.segments import Quality, Segment, encode_segments
from resources.rendering.sound import AAC_BITRATE, encode_sound, voice_samples
from resources.rendering.thumbnail import write_thumbnail

DELIVERY = Quality("veryfast", 21)
DRAFT = Quality("ultrafast", 24)
_SAMPLES_PER_FRAME = SAMPLE_RATE // FPS


@dataclass(frozen=True)
class SceneClip:
    """The picture of scene `number`: an MP4 of `frames` frames at 30 fps, of the video's own size."""

    number: int
    path: Path
    frames: int


@dataclass(frozen=True)
class CompositionOrder:
    """Everything a video is made of. `font_dir` keeps the caption font between videos; `accent` is like #FFD23F."""

    frame: Frame
    draft: bool
    clips: tuple[SceneClip, ...]
    voice: Path
    voiceover: Voiceover
    script: Script
    captions: Captions
    font_dir: Path
    accent: str | None = None


@dataclass(frozen=True)
class ComposedVideo:
    """Finished files in the work folder, and what was measured on the video after the last write."""

    video: Path
    thumbnail: Path
    srt: Path
    vtt: Path
    measures: VideoMeasures
    loudness: Loudness
    encoder: dict[str, str | int | float]


def compose(order: CompositionOrder, workdir: Path, on_progress: Callable[[int, int], None]) -> ComposedVideo:
    """Make the video in `workdir` (an existing folder of its own); the same order gives the same bytes.

    `on_progress(frames_done, frames)` is called several times a second from the calling thread; what it raises (a
    cancellation) stops every child process and leaves no finished file.

    Raises:
        NotPublishable: the result breaks a rule: frame count, colours, loudness, long black or frozen stretches, ...
        PermanentError: a clip or the voice does not fit the order.
        TransientError: an encoder hung or was killed.
    """
    total = _check(order)
    quality = DRAFT if order.draft else DELIVERY
    cues = caption_cues(order.voiceover)
    segments = _write_scripts(order, cues, workdir)
    encode_segments(segments, workdir, quality, lambda done: on_progress(done, total))
    sound = workdir / "sound.m4a"
    encode_sound(order.voice, sound, samples=total * _SAMPLES_PER_FRAME, draft=order.draft)
    joined = _join(order, segments, sound, workdir)
    on_progress(total, total)
    measures, inspection = check_video(joined, frame=order.frame, frames=total)
    first = order.clips[0]
    thumbnail, srt, vtt = workdir / "thumbnail.jpg", workdir / "captions.srt", workdir / "captions.vtt"
    write_thumbnail(first.path, thumbnail, frames=first.frames)
    srt.write_text(to_srt(cues), "utf-8")
    vtt.write_text(to_vtt(cues), "utf-8")
    encoder: dict[str, str | int | float] = {
        "video": "libx264",
        "preset": quality.preset,
        "crf": quality.crf,
        "audio": f"aac {AAC_BITRATE}",
        "ffmpeg": ffmpeg_version(),
        "segments": len(segments),
    }
    video = joined.rename(workdir / "video.mp4")  # only now does it have the name of a finished video
    return ComposedVideo(video, thumbnail, srt, vtt, measures, inspection.loudness, encoder)


def _check(order: CompositionOrder) -> int:
    """The number of frames of the whole, once every clip fits its scene."""
    spans = {span.scene: span.frames for span in order.voiceover.spans}
    if [clip.number for clip in order.clips] != list(spans) or not order.clips:
        raise PermanentError(
            f"Composing: the clips are for scenes {[clip.number for clip in order.clips]}, the voice has "
            f"{list(spans)}. Make the missing clips, in the order of the scenes."
        )
    for clip in order.clips:
        found = probe_video(clip.path)
        got = (found.width, found.height, found.fps, clip.frames)
        if got != (order.frame.width, order.frame.height, float(FPS), spans[clip.number]) or found.frames < clip.frames:
            raise PermanentError(
                f"Composing scene {clip.number}: its clip {clip.path.name} has {found.width}x{found.height} pixels, "
                f"{found.frames} frames at {found.fps:g} fps; {order.frame.width}x{order.frame.height}, "
                f"{spans[clip.number]} frames at {FPS} fps are needed. Make the clip again."
            )
    total = sum(spans.values())
    spoken = voice_samples(order.voice)
    if spoken != total * _SAMPLES_PER_FRAME:
        raise PermanentError(
            f"Composing: the voice {order.voice.name} lasts {spoken / SAMPLE_RATE:.3f} s, its scenes "
            f"{total / FPS:.3f} s. Make the voiceover again."
        )
    return total


def _write_scripts(order: CompositionOrder, cues: tuple[Cue, ...], workdir: Path) -> list[Segment]:
    """Lay the font and one ASS file per scene into the work folder."""
    font = static_bold(order.font_dir)
    fonts = workdir / "fonts"
    fonts.mkdir(exist_ok=True)
    shutil.copyfile(font, fonts / font.name)
    overlays = {scene.number: scene.overlays for scene in order.script.scenes}
    shown = cues if order.captions.style == "word_highlight" else ()
    segments = []
    for clip, span in zip(order.clips, order.voiceover.spans, strict=True):
        laid_over = overlays.get(clip.number, ())
        text = SceneText(
            shown, laid_over, span.first_frame, span.frames, uppercase=order.captions.uppercase, accent=order.accent
        )
        name = f"scene-{clip.number:02}.ass" if shown or laid_over else None
        if name:
            (workdir / name).write_text(scene_script(text, frame=order.frame, font=metrics(font)), "utf-8")
        segments.append(Segment(clip.number, clip.path, clip.frames, name))
    return segments


def _join(order: CompositionOrder, segments: list[Segment], sound: Path, workdir: Path) -> Path:
    """Put segments and sound into one file without encoding anything again."""
    listing = workdir / "segments.txt"
    listing.write_text("".join(f"file '{segment.name}'\n" for segment in segments), "utf-8")
    joined = workdir / "joined.mp4"
    run_ffmpeg(
        [
            *("-f", "concat", "-safe", "1", "-i", listing.name, "-i", file_url(sound)),
            *("-map", "0:v:0", "-map", "1:a:0", "-c", "copy", *BITEXACT),
            *("-metadata", f"title={order.script.title}", "-video_track_timescale", "30000"),
            *("-movie_timescale", "30000", "-movflags", "+faststart", "-f", "mp4", "-y", joined.name),
        ],
        doing="Joining the scenes",
        deadline_seconds=600,
        folder=workdir,
    )
    return joined
