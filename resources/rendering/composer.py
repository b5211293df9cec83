"""Composition: clips, voice, words and music become one finished, measured video.

Belongs here: the order of the work, and the only door to it (`compose`). Not here: how each part is done
(`scene_plan.py`, `scene_text.py`, `encoding_pool.py`, `soundtrack.py`, `join.py`, `chosen_still.py`, `probe.py`), nor
where the result is kept. What was made before is taken from the cache: only what changed is made again.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from reelineage.documents import SAMPLE_RATE, Frame, MediaItem, Script, Voiceover
from reelineage.errors import PermanentError
from reelineage.look import (
    Captions,
    OverlayLook,
    PresetName,
    ProfileName,
    Thumbnail,
    Transition,
)
from reelineage.timeline.captions import caption_cues, to_srt, to_vtt
from resources.rendering.chosen_still import ThumbnailMaker
from resources.rendering.encoders import Encoding, encoding_for
from resources.rendering.encoding_pool import MadeSegment, encoders_for, make_segments
from resources.rendering.ffmpeg import ffmpeg_version
from resources.rendering.join import join
from resources.rendering.lettering import FontLibrary, Sheet, han_of, lay_out
from resources.rendering.lettering.sources import Han
from resources.rendering.loudness import Loudness
from resources.rendering.pictures import SceneClip, ScenePictures
from resources.rendering.probe import check_video
from resources.rendering.progress import ComposeProgress, Meter
from resources.rendering.scene_plan import SAMPLES_PER_FRAME, plan_segments, scene_frames
from resources.rendering.scene_text import lay_out_scenes, whole_sheet
from resources.rendering.segment_cache import SegmentCache
from resources.rendering.sound import MusicTrack, SoundOrder, voice_samples
from resources.rendering.soundtrack import Soundtrack
from resources.rendering.streams import VideoMeasures

__all__ = ["ComposeProgress", "ComposedVideo", "CompositionOrder", "MusicTrack", "SceneClip", "compose"]


@dataclass(frozen=True)
class CompositionOrder:
    """Everything a video is made of.

    `cache` is a folder that videos share, of at most `cache_bytes`: finished segments, sounds and cut fonts. `encoder`
    is `x264`, or what `hardware.find_hardware` takes. `threads` are those of each segment's encoder, as an earlier
    video's `encoder` tells them; empty leaves them to this machine.
    """

    frame: Frame
    profile: ProfileName
    preset: PresetName
    clips: tuple[SceneClip, ...]
    voice: Path
    voiceover: Voiceover
    script: Script
    captions: Captions
    overlays: OverlayLook
    transition: Transition
    thumbnail: Thumbnail
    music: MusicTrack | None
    cache: Path
    cache_bytes: int
    encoder: str = "x264"
    threads: tuple[int, ...] = ()


@dataclass(frozen=True)
class ComposedVideo:
    """Finished files in the work folder, and what was measured on the video after the last write.

    `encoder` says what encoded it, `notes` what is odd in its footage, `media` which fonts are in its picture. `reused`
    of its segments came from the cache.
    """

    video: Path
    thumbnail: Path
    srt: Path
    vtt: Path
    ass: Path
    measures: VideoMeasures
    loudness: Loudness
    encoder: dict[str, str | int | float]
    notes: tuple[str, ...]
    media: tuple[MediaItem, ...]
    reused: int


def compose(order: CompositionOrder, workdir: Path, on_progress: Callable[[ComposeProgress], None]) -> ComposedVideo:
    """Make the video in `workdir` (an existing folder of its own).

    The same order gives the same bytes, in any folder, with any cache. Where a preset leaves the bit rate unbounded
    (fast, draft) that holds for the same numbers of encoder threads, which `ComposedVideo.encoder` tells.

    `on_progress` is called several times a second from the calling thread; what it raises (a cancellation) stops every
    child process and leaves no finished file.

    Raises:
        NotPublishable: the result breaks a rule: frame count, colours, loudness, long black or frozen stretches, ...
        PermanentError: a clip, the voice or the music cannot be used or does not fit the order.
        TransientError: an encoder hung or was killed.
    """
    frames = scene_frames(order.voiceover, [clip.number for clip in order.clips])
    total = sum(frames)
    _check_voice(order.voice, total)
    encoding = encoding_for(order.profile, order.preset, order.frame, encoder=order.encoder)
    cache = SegmentCache(order.cache / "segments", most_bytes=order.cache_bytes)
    pictures = [ScenePictures(clip, order.frame) for clip in order.clips]
    cues = caption_cues(order.voiceover)
    fonts = FontLibrary(order.cache / "fonts", han=_han_of(order))
    set_text = partial(
        lay_out,
        frame=order.frame,
        profile=order.profile,
        captions=order.captions,
        overlay_look=order.overlays,
        fonts=fonts,
    )
    sheets = lay_out_scenes(cues, order.script, order.voiceover, set_text)
    sheet = whole_sheet(sheets, order.voiceover)
    _lay_out_fonts(sheet, workdir)
    meter = Meter(total, on_progress)
    meter.tell()
    sound = Soundtrack(_sound_order(order, encoding, total), order.voiceover.sentences, cache, workdir)
    segments = plan_segments(pictures, order.voiceover, order.transition, sheets)
    sound.make(meter.tell)  # before the pictures, not beside them: a long voice takes the memory of an encoder
    at_once = encoders_for(order.frame)
    made = make_segments(segments, workdir, encoding, cache, meter, at_once=at_once, threads=order.threads)
    joined = workdir / "joined.mp4"
    parts = [(workdir / done.segment.file_name, done.segment.frames) for done in made]
    join(
        parts,
        sound.path,
        joined,
        title=order.script.title,
        edit_list=encoding.edit_list,
        folder=workdir,
        check=meter.tell,
    )
    measures = check_video(joined, frame=order.frame, frames=total, loudness=sound.loudness)
    meter.tell()
    stills = ThumbnailMaker(order.frame, fonts, cache, workdir)
    thumbnail, thumbnail_fonts = stills.make(pictures, order.thumbnail, order.script.title, meter.tell)
    texts = {"captions.srt": to_srt(cues), "captions.vtt": to_vtt(cues), "captions.ass": sheet.whole()}
    for name, text in texts.items():
        (workdir / name).write_text(text, "utf-8")
    srt, vtt, ass = (workdir / name for name in texts)
    return ComposedVideo(
        video=joined.rename(workdir / "video.mp4"),  # only now does it have the name of a finished video
        thumbnail=thumbnail,
        srt=srt,
        vtt=vtt,
        ass=ass,
        measures=measures,
        loudness=sound.loudness,
        encoder=_described(encoding, made, order),
        notes=(*(note for done in made for note in done.notes), *_left_out(sheet)),
        media=_distinct([*(font.media for font in sheet.fonts), *thumbnail_fonts]),
        reused=sum(done.from_cache for done in made),
    )


def _check_voice(voice: Path, frames: int) -> None:
    spoken = voice_samples(voice)
    if spoken != frames * SAMPLES_PER_FRAME:
        raise PermanentError(
            f"Composing: the voice {voice.name} lasts {spoken / SAMPLE_RATE:.3f} s, its scenes "
            f"{frames * SAMPLES_PER_FRAME / SAMPLE_RATE:.3f} s. Make the voiceover again."
        )


def _han_of(order: CompositionOrder) -> Han:
    """One choice for the whole video: Japanese and Chinese write the same characters differently."""
    spoken = [sentence.text for sentence in order.voiceover.sentences]
    laid_over = [overlay.text for scene in order.script.scenes for overlay in scene.overlays]
    return han_of([order.script.title, *spoken, *laid_over], order.script.language)


def _lay_out_fonts(sheet: Sheet, workdir: Path) -> None:
    """Copy the fonts to where libass looks for them, and nowhere else."""
    folder = workdir / "fonts"
    folder.mkdir(exist_ok=True)
    for font in sheet.fonts:
        shutil.copyfile(font.path, folder / font.path.name)


def _sound_order(order: CompositionOrder, encoding: Encoding, frames: int) -> SoundOrder:
    return SoundOrder(
        voice=order.voice,
        voice_sha256=order.voiceover.audio.sha256,
        samples=frames * SAMPLES_PER_FRAME,
        music=order.music,
        audio_kbit=encoding.audio_kbit,
        edit_list=encoding.edit_list,
    )


def _described(
    encoding: Encoding, made: tuple[MadeSegment, ...], order: CompositionOrder
) -> dict[str, str | int | float]:
    return {
        "profile": order.profile,
        "preset": order.preset,
        "video": encoding.codec,
        "asked": encoding.asked,
        "speed": encoding.preset,
        "crf": encoding.crf,
        "maxrate_kbit": encoding.maxrate_kbit or 0,
        "audio": f"aac {encoding.audio_kbit}k",
        "transition": order.transition.kind,
        "ffmpeg": ffmpeg_version(),
        "segments": len(made),
        # x264's bytes depend on the number of its threads: with these the same file comes out again.
        "threads": " ".join(str(done.threads) for done in made),
    }


def _left_out(sheet: Sheet) -> tuple[str, ...]:
    if not sheet.missing:
        return ()
    shown = " ".join(f"U+{ord(character):04X}" for character in sheet.missing[:20])
    return (f"captions: no font has {shown}; left out of the picture, kept in .srt and .vtt",)


def _distinct(media: list[MediaItem]) -> tuple[MediaItem, ...]:
    return tuple(dict.fromkeys(media))
