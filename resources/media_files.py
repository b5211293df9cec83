"""The file behind a video, voiceover or clip, found by the row's id: what the console plays and offers to download.

Belongs here: which stored file it is, under which type and name, and why it may not be shown. Not here: HTTP
(`console/web/sending.py`). No part of a path ever comes from outside: a row names a hash, the hash names the file.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, defer

from reelineage.errors import Gone, MissingUpstream, NotFound
from reelineage.family import Ref
from reelineage.models import Artifact, Clip, Credential, Tombstone, Video, Voiceover
from reelineage.takedown.withdrawal import targets_among, told, withdrawn_behind
from resources.artifact_store import ArtifactStore
from resources.home import Home

VideoPart = Literal["video", "thumbnail", "captions_vtt", "captions_srt"]

UNKNOWN_TYPE: Final = "application/octet-stream"
DRAWING: Final = "application/vnd.reelineage.drawing+json"
# what may be shown in a page, with its file's ending; anything else is only ever handed out as bytes
_ENDINGS: Final = {
    "video/mp4": "mp4", "video/webm": "webm", "video/quicktime": "mov", "image/jpeg": "jpg", "image/png": "png",
    "image/webp": "webp", "image/gif": "gif", "audio/wav": "wav", "text/vtt": "vtt", "application/x-subrip": "srt",
}  # fmt: skip
_FIXED: Final = {"video": "video/mp4", "captions_vtt": "text/vtt", "captions_srt": "application/x-subrip"}


@dataclass(frozen=True)
class MediaFile:
    """A stored file to send: `name` is how a person would save it, made of ids alone."""

    path: Path
    sha256: str
    size_bytes: int
    media_type: str
    name: str

    @property
    def showable(self) -> bool:
        """Whether a browser may show it in place; else it is only downloaded."""
        return self.media_type in _ENDINGS


def video_file(home: Home, video_id: int, part: VideoPart) -> MediaFile:
    """A file of a video: the MP4 and the thumbnail as they are delivered, signed once the review has signed them.

    Raises:
        NotFound: there is no such video, or its file is lost.
        Gone: the video, or something it was made from, was taken down.
    """
    doing = f"Showing video:{video_id}"
    with home.database.read() as session:
        video = session.get(Video, video_id, options=[defer(Video.document)])
        if video is None:
            raise NotFound(f"{doing}: there is no such video. `reelineage review list` shows what waits.")
        _refuse_taken_down(session, Ref("video", str(video_id)), video, doing)
        signed = select(Credential.file_sha256).where(
            Credential.job_id == video.job_id, Credential.video_id == video_id, Credential.subject == part
        )
        sha256 = func.coalesce(signed.scalar_subquery(), _composed(video, part))
        stem = f"job-{video.job_id}-video-{video_id}"
        return _found(session, home.store, sha256, stem, doing, media_type=_FIXED.get(part))


def voiceover_file(home: Home, voiceover_id: int) -> MediaFile:
    """The narration of a voiceover.

    Raises:
        NotFound, Gone: as `video_file`.
    """
    doing = f"Playing voiceover:{voiceover_id}"
    with home.database.read() as session:
        row = session.get(Voiceover, voiceover_id, options=[defer(Voiceover.document)])
        if row is None:
            raise NotFound(f"{doing}: there is no such voiceover. `reelineage jobs list` shows the jobs.")
        _refuse_taken_down(session, Ref("voiceover", str(voiceover_id)), row, doing)
        stem = f"job-{row.job_id}-voiceover-{voiceover_id}"
        return _found(session, home.store, row.audio_sha256, stem, doing, media_type="audio/wav")


def clip_file(home: Home, clip_id: int) -> MediaFile:
    """What one scene shows: the film or still as it came, or the drawing as JSON.

    Raises:
        NotFound, Gone: as `video_file`.
    """
    doing = f"Showing clip:{clip_id}"
    with home.database.read() as session:
        row = session.get(Clip, clip_id, options=[defer(Clip.document)])
        if row is None:
            raise NotFound(f"{doing}: there is no such clip. `reelineage jobs list` shows the jobs.")
        _refuse_taken_down(session, Ref("clip", str(clip_id)), row, doing)
        stem = f"job-{row.job_id}-scene-{row.scene}-clip-{clip_id}"
        return _found(session, home.store, row.artifact_sha256, stem, doing)


def _composed(video: Video, part: VideoPart) -> str:
    return {
        "video": video.file_sha256,
        "thumbnail": video.thumbnail_sha256,
        "captions_vtt": video.captions_vtt_sha256,
        "captions_srt": video.captions_srt_sha256,
    }[part]


def _refuse_taken_down(session: Session, ref: Ref, row: Video | Voiceover | Clip, doing: str) -> None:
    """Refuse a row without content, and one that was withdrawn itself, with its job, or with what it was made from."""
    withdrawn = withdrawn_behind(session, [Ref("job", str(row.job_id)), ref])
    if withdrawn is None and row.tombstone_id is not None:
        withdrawn = session.get_one(Tombstone, row.tombstone_id)
    if withdrawn is not None:
        raise Gone(f"{doing}: it, or something it was made from, was {told(withdrawn)} (tombstone:{withdrawn.id}).")


def _found(
    session: Session,
    store: ArtifactStore,
    sha256: str | ColumnElement[str],
    stem: str,
    doing: str,
    *,
    media_type: str | None = None,
) -> MediaFile:
    """The file itself, as long as its row says it is.

    Raises:
        Gone: it was removed on purpose.
        NotFound: it is lost or damaged; names the audit.
    """
    row = session.scalars(select(Artifact).where(Artifact.sha256 == sha256)).one()
    try:
        path = store.path(row.sha256)
        whole = path.stat().st_size == row.size_bytes
    except (MissingUpstream, FileNotFoundError):
        whole = False
    if not whole:
        removed = targets_among(session, [Ref("artifact", row.sha256)], effect="removed")
        if removed:
            raise Gone(f"{doing}: its file was {told(session.get_one(Tombstone, min(removed.values())))}.")
        raise NotFound(
            f"{doing}: its file {row.sha256[:12]}… is missing or damaged. `reelineage audit` tells what is lost; "
            "restore it from a backup, or make the video again."
        )
    known = media_type or (row.media_type if row.media_type in _ENDINGS else _other(row.media_type))
    return MediaFile(path, row.sha256, row.size_bytes, known, f"{stem}.{_ending(known)}")


def _other(media_type: str) -> str:
    return "application/json" if media_type == DRAWING else UNKNOWN_TYPE


def _ending(media_type: str) -> str:
    return "json" if media_type == "application/json" else _ENDINGS.get(media_type, "bin")
