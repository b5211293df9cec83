"""The people's view of finished videos: `output/review`, `output/approved`, `output/rejected`.

Belongs here: making the folders agree with the tables. Files are hard links (or copies) of artifacts; records never
store these paths, so the view can be thrown away and repaired at any time.
"""

import re
import shutil
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from reelineage import lineage
from reelineage.errors import MissingUpstream
from reelineage.fingerprint import sha256_of_file
from reelineage.models import Decision, Job, Video
from resources.artifact_store import ArtifactStore
from resources.database import Database

_FOLDERS = {"approve": "approved", "reject": "rejected", None: "review"}
_NAME = re.compile(r"job-(\d+)-video-(\d+)\.(mp4|srt|vtt|ass|png|jpg)")


class OutputView:
    """Keeps `output/` true for one job at a time, or for all."""

    def __init__(self, root: Path, database: Database, store: ArtifactStore) -> None:
        self.root = root
        self._database = database
        self._store = store

    def sync(self, job_id: int) -> Path | None:
        """Put the job's current reviewed video where its decision says, remove older ones; returns the MP4's path."""
        with self._database.read() as session:
            wanted = self._wanted(session, job_id)
        self._make_true(
            wanted, [path for folder in _FOLDERS.values() for path in self._files(folder, f"job-{job_id}-")]
        )
        video = next(iter(wanted), None)
        return video if video and video.is_file() else None

    def repair(self) -> None:
        """Make the whole view true again, for instance after a crash or a restored backup."""
        wanted: dict[Path, str] = {}
        with self._database.read() as session:
            for job_id in session.scalars(select(Video.job_id).distinct().order_by(Video.job_id)):
                wanted |= self._wanted(session, job_id)
        self._make_true(wanted, [path for folder in _FOLDERS.values() for path in self._files(folder, "job-")])

    def _files(self, folder: str, prefix: str) -> list[Path]:
        """Our own files in a folder; people may keep others there."""
        return [path for path in (self.root / folder).glob(f"{prefix}*") if _NAME.fullmatch(path.name)]

    def _make_true(self, wanted: dict[Path, str], found: list[Path]) -> None:
        for path in found:
            if path not in wanted:
                path.unlink(missing_ok=True)
        for path, sha256 in wanted.items():
            try:
                self._link(sha256, path)
            except MissingUpstream:
                continue  # one lost file must not keep all others from people; the audit names it

    def _wanted(self, session: Session, job_id: int) -> dict[Path, str]:
        """Path -> sha256 of the files that should be there, the MP4 first."""
        job = session.get(Job, job_id)
        current = lineage.current(session, job_id)
        video = current.video
        if job is None or video is None or current.review is None:
            return {}
        verdict = session.scalar(select(Decision.verdict).where(Decision.video_id == video.id))
        stem = self.root / _FOLDERS[verdict] / f"job-{job_id}-video-{video.id}"
        document = video.document or {}
        thumbnail = document.get("thumbnail")
        image = "jpg" if isinstance(thumbnail, dict) and thumbnail.get("media_type") == "image/jpeg" else "png"
        return {
            stem.with_suffix(".mp4"): video.file_sha256,
            stem.with_suffix(".srt"): video.captions_srt_sha256,
            stem.with_suffix(".vtt"): video.captions_vtt_sha256,
            stem.with_suffix(".ass"): video.captions_ass_sha256,
            stem.with_suffix(f".{image}"): video.thumbnail_sha256,
        }

    def _link(self, sha256: str, path: Path) -> None:
        source = self._store.path(sha256)
        if path.is_file() and (path.samefile(source) or sha256_of_file(path) == sha256):
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.part")
        beside.unlink(missing_ok=True)
        try:
            beside.hardlink_to(source)
        except OSError:  # another disk, or a file system without links
            shutil.copyfile(source, beside)
        beside.replace(path)
