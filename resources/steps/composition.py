"""Composing one job's video: files out of the store, one order to the composer, finished files back into the store."""

import base64
from pathlib import Path

from reelineage.documents import Clip, Script, Video, Voiceover
from reelineage.fingerprint import sha256_of_file
from resources.artifact_store import ArtifactStore
from resources.rendering.composer import ComposedVideo, CompositionOrder, SceneClip, compose
from resources.rendering.fonts import montserrat
from resources.rendering.preview import small_png
from resources.rendering.probe import probe_video
from resources.workbench import Work


def compose_video(work: Work, script: Script, voiceover: Voiceover, clips: list[Clip]) -> Video:
    """Compose and store the video; what broke a rule is never stored."""
    order = CompositionOrder(
        frame=work.frame,
        draft=work.draft,
        clips=tuple(SceneClip(clip.scene, work.store.path(clip.artifact.sha256), clip.frames) for clip in clips),
        voice=work.store.path(voiceover.audio.sha256),
        voiceover=voiceover,
        script=script,
        captions=work.theme.captions,
        font_dir=work.home.cache / "fonts",
    )
    with work.store.scratch() as folder:
        made = compose(order, folder, lambda done, total: work.progress(done, total, "frames"))
        return _stored(work, made, script)


def _stored(work: Work, made: ComposedVideo, script: Script) -> Video:
    measures = made.measures
    return Video(
        title=script.title,
        file=work.store.put_file(made.video, "video/mp4"),
        thumbnail=work.store.put_file(made.thumbnail, "image/jpeg"),
        captions_srt=work.store.put_file(made.srt, "application/x-subrip"),
        captions_vtt=work.store.put_file(made.vtt, "text/vtt"),
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
        media=(montserrat(),),
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
