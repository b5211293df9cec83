"""The people's view of finished videos: `output/review`, `output/approved`, `output/rejected`.

Belongs here: making the folders agree with the tables: signed files, and none of a video that was withdrawn. They are
hard links (or copies) of artifacts; records never store these paths, so the view can be repaired at any time.
"""

import logging
import re
import secrets
import time
from contextlib import suppress
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reelineage import lineage
from reelineage.errors import MissingUpstream, TransientError
from reelineage.fingerprint import sha256_of_file
from reelineage.models import Credential, Decision, Edit, Job, Review, Tombstone, Video
from reelineage.takedown.withdrawal import is_withdrawn
from resources.artifact_store import ArtifactStore
from resources.database import Database
from resources.placing import link_or_copy

_log = logging.getLogger(__name__)
_FOLDERS = {"approve": "approved", "reject": "rejected", None: "review"}
_CHANGED_BY = ((Review.id, Review.job_id), (Decision.id, Decision.job_id), (Edit.id, Edit.job_id))
_LOOKED_BACK = 50
_ABANDONED_SECONDS = 3_600.0
_NAME = re.compile(r"job-(\d+)-video-(\d+)\.(mp4|srt|vtt|ass|png|jpg)")


class OutputView:
    """Keeps `output/` true for one job at a time, or for all."""

    def __init__(self, root: Path, database: Database, store: ArtifactStore) -> None:
        self.root = root
        self._database = database
        self._store = store
        self._caught_up: tuple[int, ...] | None = None

    def sync(self, job_id: int) -> Path | None:
        """Put the job's current reviewed video where its decision says, remove older ones; returns the MP4's path.

        Raises:
            TransientError: a file cannot be put there or removed; what the tables say stands, and `catch_up` tries
                again.
        """
        wanted = self._wanted_now(job_id)
        while True:
            self._make_true(
                wanted, [path for folder in _FOLDERS.values() for path in self._files(folder, f"job-{job_id}-")]
            )
            if wanted == (now := self._wanted_now(job_id)):
                break
            wanted = now  # decided or taken down while files were linked, and whoever did that saw none of them
        video = next(iter(wanted), None)
        return video if video and video.is_file() else None

    def catch_up(self) -> None:
        """Sync the jobs that were reviewed, edited or decided since the last time; quick when there is none.

        Whoever does that shows it at once. This is for those who could not: the disk was full, or the process died
        between its transaction and the files. The first time looks at the newest few: `repair` was there before.

        Raises:
            TransientError: as `sync`; the next time begins with the same jobs.
        """
        newest = self._moment()
        seen = self._caught_up or tuple(number - _LOOKED_BACK for number in newest)
        if seen == newest:
            return
        with self._database.read() as session:
            changed = {
                job_id
                for (number, of_job), last in zip(_CHANGED_BY, seen, strict=False)
                for job_id in session.scalars(select(of_job).where(number > last))
            }
        failures: list[TransientError] = []
        for job_id in sorted(changed):
            try:
                self.sync(job_id)
            except TransientError as error:
                failures.append(error)  # raised below: one job's file keeps no other's from people
        if failures:
            raise failures[0]
        self._caught_up = newest

    def repair(self) -> None:
        """Make the whole view true again, for instance after a crash or a restored backup.

        Raises:
            TransientError: a file cannot be put there or removed.
        """
        while True:
            moment = self._moment()
            wanted = self._all_wanted()
            self._make_true(wanted, [path for folder in _FOLDERS.values() for path in self._files(folder, "job-")])
            if moment == self._moment():
                break  # else reviewed, decided or taken down meanwhile, and whoever did that saw other files
        for part in self.root.glob("*/.job-*.part"):
            self._remove_abandoned(part)

    def _moment(self) -> tuple[int, ...]:
        """Changes with everything that changes what is to be shown."""
        numbers = (*(number for number, _ in _CHANGED_BY), Tombstone.id)
        newest = [select(func.max(number)).scalar_subquery() for number in numbers]
        with self._database.read() as session:
            return tuple(number or 0 for number in session.execute(select(*newest)).one())

    def _all_wanted(self) -> dict[Path, str]:
        wanted: dict[Path, str] = {}
        with self._database.read() as session:
            for job_id in session.scalars(select(Video.job_id).distinct().order_by(Video.job_id)):
                wanted |= self._wanted(session, job_id)
        return wanted

    def _wanted_now(self, job_id: int) -> dict[Path, str]:
        with self._database.read() as session:
            return self._wanted(session, job_id)

    @staticmethod
    def _remove(path: Path) -> None:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise TransientError(
                f"Removing {path.name} from {path.parent}: {error.strerror or error}. What was made, decided or taken "
                "down is stored; only this file still lies there. Mend that; `reelineage up` removes it within a "
                "minute."
            ) from error

    @staticmethod
    def _remove_abandoned(part: Path) -> None:
        """A link that was never moved to its place, because its process died, keeps the bytes of its file alive."""
        try:
            if time.time() - part.stat().st_ctime > _ABANDONED_SECONDS:
                part.unlink(missing_ok=True)
        except FileNotFoundError:  # moved to its place meanwhile
            return

    def _files(self, folder: str, prefix: str) -> list[Path]:
        """Our own files in a folder; people may keep others there."""
        return [path for path in (self.root / folder).glob(f"{prefix}*") if _NAME.fullmatch(path.name)]

    def _make_true(self, wanted: dict[Path, str], found: list[Path]) -> None:
        failures: list[TransientError] = []
        for path in found:
            if path not in wanted:
                try:
                    self._remove(path)
                except TransientError as error:
                    failures.append(error)  # raised below: what was taken down goes whatever else stays
        for path, sha256 in wanted.items():
            try:
                self._link(sha256, path)
            except MissingUpstream:
                continue  # one lost file must not keep all others from people; the audit names it
            except TransientError as error:
                failures.append(error)
        if failures:
            raise failures[0]

    def _wanted(self, session: Session, job_id: int) -> dict[Path, str]:
        """Path -> sha256 of the files that should be there, the MP4 first; none of a video that was taken down."""
        job = session.get(Job, job_id)
        current = lineage.current(session, job_id)
        video = current.video
        if job is None or video is None or current.review is None or is_withdrawn(session, video.id):
            return {}
        verdict = session.scalar(select(Decision.verdict).where(Decision.video_id == video.id))
        stem = self.root / _FOLDERS[verdict] / f"job-{job_id}-video-{video.id}"
        document = video.document or {}
        thumbnail = document.get("thumbnail")
        image = "jpg" if isinstance(thumbnail, dict) and thumbnail.get("media_type") == "image/jpeg" else "png"
        signed = _signed(session, video, current.review)
        if signed.keys() != {"video", "thumbnail"}:
            _log.warning(
                "Showing video:%d of job %d: its review says that its files are signed, and a credential is missing. "
                "`reelineage audit` tells more.", video.id, job_id,
            )  # fmt: skip
            return {}
        return {
            stem.with_suffix(".mp4"): signed["video"],
            stem.with_suffix(".srt"): video.captions_srt_sha256,
            stem.with_suffix(".vtt"): video.captions_vtt_sha256,
            stem.with_suffix(".ass"): video.captions_ass_sha256,
            stem.with_suffix(f".{image}"): signed["thumbnail"],
        }

    def _link(self, sha256: str, path: Path) -> None:
        source = self._store.path(sha256)
        if path.is_file() and (path.samefile(source) or sha256_of_file(path) == sha256):
            return
        # a name of its own: a run, the daemon and the console may all put the same file there at the same moment
        beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            link_or_copy(source, beside)
            beside.replace(path)
        except OSError as error:
            raise TransientError(
                f"Showing {path.name} in {path.parent}: {error.strerror or error}. What was made or decided is stored; "
                "only this file is missing. Make room or mend that; `reelineage up` puts it there within a minute."
            ) from error
        finally:  # half a copy; or where another link to the same file was put there first, a rename does nothing
            with suppress(OSError):
                beside.unlink(missing_ok=True)


def _signed(session: Session, video: Video, review: Review) -> dict[str, str]:
    """The files to deliver: signed ones, or those composed where the review is older than signatures."""
    rows = session.execute(
        select(Credential.subject, Credential.file_sha256).where(
            Credential.job_id == video.job_id, Credential.video_id == video.id
        )
    )
    signed = {row.subject: row.file_sha256 for row in rows}
    if (review.document or {}).get("disclosure") is None and review.document is not None:
        return {"video": video.file_sha256, "thumbnail": video.thumbnail_sha256} | signed
    return signed
