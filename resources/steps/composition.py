"""Composing one job's video: files out of the store, one order to the composer, finished files back into the store."""

import base64
from pathlib import Path

from reelineage.documents import Clip, Script, Video, Voiceover
from reelineage.fingerprint import sha256_of_file
from resources.artifact_store import ArtifactStore
from resources.providers import Providers
from resources.rendering.composer import ComposedVideo, ComposeProgress, CompositionOrder, SceneClip, compose
from resources.rendering.preview import small_png
from resources.rendering.streams import probe_video
from resources.steps.music import Score, score
from resources.work import Part, Work

_LONGEST_LINE = 300  # a machine of 64 cores works on as many segments
_IMAGES = {".jpg": "image/jpeg", ".png": "image/png"}


def compose_video(work: Work, providers: Providers, script: Script, voiceover: Voiceover, clips: list[Clip]) -> Video:
    """Compose and store the video; what broke a rule is never stored."""
    music = score(work, providers, sum(span.frames for span in voiceover.spans))
    theme, settings = work.theme, work.home.settings
    order = CompositionOrder(
        frame=work.frame,
        profile=work.profile,
        preset=theme.preset,
        clips=tuple(_scene_clip(work, clip) for clip in clips),
        voice=work.store.path(voiceover.audio.sha256),
        voiceover=voiceover,
        script=script,
        captions=theme.captions,
        overlays=theme.overlays,
        transition=theme.transition,
        thumbnail=theme.thumbnail,
        music=music.track if music else None,
        cache=work.home.cache,
        cache_bytes=settings.cache_bytes,
        encoder=settings.encoder,
        threads=work.threads,
    )
    with work.store.scratch() as folder:
        made = compose(order, folder, lambda progress: _tell(work, progress))
        return _stored(work, made, script, music)


def _scene_clip(work: Work, clip: Clip) -> SceneClip:
    sha256 = clip.artifact.sha256
    name = next((item.title for item in clip.media if item.kind == "footage"), "")
    path = work.store.path(sha256)
    return SceneClip(clip.scene, clip.frames, path, sha256, clip.artifact.media_type, clip.placement, name)


def _tell(work: Work, progress: ComposeProgress) -> None:
    parts = tuple(
        Part(segment.name, segment.done, segment.frames, segment.text.partition(": ")[2])
        for segment in progress.running
    )
    what = progress.text if parts else progress.text.partition(" ")[2]  # the count is said already
    work.live_progress(progress.done, progress.frames, what[:_LONGEST_LINE], parts)


def _stored(work: Work, made: ComposedVideo, script: Script, music: Score | None) -> Video:
    measures = made.measures
    return Video(
        title=script.title,
        file=work.store.put_file(made.video, "video/mp4"),
        thumbnail=work.store.put_file(made.thumbnail, _IMAGES[made.thumbnail.suffix]),
        captions_srt=work.store.put_file(made.srt, "application/x-subrip"),
        captions_vtt=work.store.put_file(made.vtt, "text/vtt"),
        captions_ass=work.store.put_file(made.ass, "text/x-ssa"),
        width=measures.width,
        height=measures.height,
        fps=round(measures.fps),
        frames=measures.frames,
        duration_seconds=measures.duration_seconds,
        video_codec=measures.video_codec,
        video_profile=measures.video_profile,
        pixel_format=measures.pixel_format,
        audio_codec=measures.audio_codec,
        audio_sample_rate=measures.audio_sample_rate,
        loudness_lufs=made.loudness.integrated_lufs,
        true_peak_dbtp=made.loudness.true_peak_dbtp,
        encoder=made.encoder,
        notes=made.notes,
        media=(*made.media, *((music.item,) if music else ())),
        music_request_sha256=music.request_sha256 if music else None,
    )


def stored_video_problem(store: ArtifactStore, video: Video) -> str | None:
    """What is wrong with a stored video, or None.

    Every frame was decoded and judged before the row was written, so it is enough that these are the same bytes, and
    that the container still says what the row says.
    """
    if not store.has(video.file):
        return "the file is missing"
    path = store.path(video.file.sha256)
    if sha256_of_file(path) != video.file.sha256:
        return "the file was altered since it was checked"
    found = probe_video(path)
    recorded = (video.width, video.height, video.frames, video.video_codec, video.audio_codec)
    measured = (found.width, found.height, found.frames, found.video_codec, found.audio_codec)
    return None if recorded == measured else f"the file has {measured}, its row says {recorded}"


def preview(work: Work, video: Video) -> str:
    """The thumbnail as Markdown that Dagster's UI shows: a small PNG in the text itself."""
    with work.store.scratch() as folder:
        png = small_png(work.store.path(video.thumbnail.sha256), Path(folder))
    return f"![thumbnail](data:image/png;base64,{base64.b64encode(png).decode()})"
