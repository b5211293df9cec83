"""Composition: clips, voice, words and music become one finished, measured video.

Belongs here: the order of the work, and the only door to it (`compose`). Not here: how each part is done
(`scene_plan.py`, `scene_text.py`, `encoding_pool.py`, `sound.py`, `join.py`, `thumbnail.py`, `probe.py`), nor where the
result is kept. What was made before is taken from the cache: only what changed is made again.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from reelineage.documents import SAMPLE_RATE, Frame, MediaItem, Script, Voiceover
from reelineage.errors import NotPublishable, PermanentError
from reelineage.look import (
    Captions,
    OverlayLook,
    PresetName,
    ProfileName,
    Thumbnail,
    Transition,
)
from reelineage.timeline.captions import caption_cues, to_srt, to_vtt
from resources.rendering.encoders import Encoding, encoding_for
from resources.rendering.encoding_pool import MadeSegment, Stop, make_segments
from resources.rendering.faults import sound_faults
from resources.rendering.ffmpeg import ffmpeg_version
from resources.rendering.join import join
from resources.rendering.lettering import FontLibrary, Sheet, han_of, lay_out
from resources.rendering.lettering.sources import Han
from resources.rendering.lettering.title import FAMILY
from resources.rendering.loudness import Loudness
from resources.rendering.pictures import SceneClip, ScenePictures
from resources.rendering.probe import check_video
from resources.rendering.progress import ComposeProgress, Meter
from resources.rendering.scene_plan import SAMPLES_PER_FRAME, plan_segments, scene_frames
from resources.rendering.scene_text import lay_out_scenes, whole_sheet
from resources.rendering.segment_cache import SegmentCache
from resources.rendering.sound import MusicTrack, SoundOrder, encode_sound, sound_key, voice_samples
from resources.rendering.streams import VideoMeasures
from resources.rendering.thumbnail import candidate_frames, choose, write_thumbnail

__all__ = ["ComposeProgress", "ComposedVideo", "CompositionOrder", "MusicTrack", "SceneClip", "compose"]


@dataclass(frozen=True)
class CompositionOrder:
    """Everything a video is made of.

    `cache` is a folder that videos share, of at most `cache_bytes`: finished segments, sounds and cut fonts. `encoder`
    is `x264`, or what `hardware.find_hardware` takes.
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
    """Make the video in `workdir` (an existing folder of its own); the same order gives the same bytes.

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
    sound = _Sound(order, encoding, total, cache, workdir)
    segments = plan_segments(pictures, order.voiceover, order.transition, sheets)
    made = make_segments(segments, workdir, encoding, cache, meter, beside=sound.make)
    joined = workdir / "joined.mp4"
    paths = [workdir / done.segment.file_name for done in made]
    join(paths, sound.path, joined, title=order.script.title, edit_list=encoding.edit_list, folder=workdir)
    measures = check_video(joined, frame=order.frame, frames=total, loudness=sound.loudness)
    meter.tell()
    thumbnail, thumbnail_fonts = _thumbnail(order, pictures, fonts, cache, workdir, meter.tell)
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


class _Sound:
    """The sound, made beside the segments or taken from the cache."""

    def __init__(
        self, order: CompositionOrder, encoding: Encoding, frames: int, cache: SegmentCache, workdir: Path
    ) -> None:
        self.path = workdir / "sound.m4a"
        self.loudness = Loudness(float("-inf"), float("-inf"))
        self._cache, self._workdir = cache, workdir
        self._order = SoundOrder(
            voice=order.voice,
            voice_sha256=order.voiceover.audio.sha256,
            samples=frames * SAMPLES_PER_FRAME,
            music=order.music,
            audio_kbit=encoding.audio_kbit,
            edit_list=encoding.edit_list,
        )

    def make(self, check: Stop) -> None:
        key = self._cache.key_of(*sound_key(self._order))
        facts = self._cache.take(key, self.path)
        if facts is None:
            loudness = encode_sound(self._order, self.path, folder=self._workdir, check=check)
            if faults := sound_faults(self.path):
                raise NotPublishable(
                    f"Checking the sound: {'; '.join(faults)}. Make the voiceover again, or add music to the theme."
                )
            facts = {"lufs": loudness.integrated_lufs, "dbtp": loudness.true_peak_dbtp}
            self._cache.put(key, self.path, facts)
        self.loudness = Loudness(float(str(facts["lufs"])), float(str(facts["dbtp"])))


def _thumbnail(
    order: CompositionOrder,
    pictures: list[ScenePictures],
    fonts: FontLibrary,
    cache: SegmentCache,
    workdir: Path,
    check: Callable[[], None],
) -> tuple[Path, tuple[MediaItem, ...]]:
    """The still that stands for the video: from the hook, or from the moment that the theme names."""
    look = order.thumbnail
    path = workdir / f"thumbnail.{'png' if look.format == 'png' else 'jpg'}"
    scene, number = _moment(pictures, look.at_seconds)
    # A drawn hook has the title in it already: it is not said twice.
    title = None if scene.is_drawn or not look.title else order.script.title
    numbers = candidate_frames(scene.clip.frames) if number is None else (number,)
    drawn = title and fonts.needed([title], FAMILY)
    described = [scene.run(candidate, 1, pad="0:V:0", label="out", hold=True).key for candidate in numbers]
    key = cache.key_of("thumbnail/1", described, title, [font.sha256 for font in drawn or ()], path.suffix)
    if cache.take(key, path) is None:
        stills = scene.stills(numbers, workdir, check)
        picture = stills[choose(stills)]
        write_thumbnail(picture, path, frame=order.frame, title=title, fonts=fonts, look=look, folder=workdir)
        cache.put(key, path, {})
    return path, tuple(font.media for font in drawn or ())


def _moment(pictures: list[ScenePictures], at_seconds: float | None) -> tuple[ScenePictures, int | None]:
    """The scene of the thumbnail, and the frame in it when a time was given (behind the end: the last one)."""
    if at_seconds is None:
        return pictures[0], None
    left = round(at_seconds * 30)
    for scene in pictures:
        if left < scene.clip.frames:
            return scene, left
        left -= scene.clip.frames
    return pictures[-1], pictures[-1].clip.frames - 1


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
