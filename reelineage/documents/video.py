"""The finished file of a job and what was measured on it (`composition`).

Belongs here: what a video is. Not here: how it is composed (`resources/rendering/`).
"""

from reelineage.documents.parts import ArtifactRef, Document, MediaItem, Seconds, Sha256


class Video(Document):
    """The finished file and what was measured on it after the last write.

    `notes` say where footage itself is black or stands still for long: nothing is broken, but somebody should look.
    """

    title: str
    file: ArtifactRef
    thumbnail: ArtifactRef
    captions_srt: ArtifactRef
    captions_vtt: ArtifactRef
    captions_ass: ArtifactRef
    width: int
    height: int
    fps: int
    frames: int
    duration_seconds: Seconds
    video_codec: str
    video_profile: str
    pixel_format: str
    audio_codec: str
    audio_sample_rate: int
    loudness_lufs: float
    true_peak_dbtp: float
    encoder: dict[str, str | int | float]
    notes: tuple[str, ...] = ()
    media: tuple[MediaItem, ...] = ()
    music_request_sha256: Sha256 | None = None
