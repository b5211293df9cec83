"""Everything that a job's page shows, on one snapshot: the newest video, its script, reasons, and what may be done.

Belongs here: which version is shown, and the rules of what may be decided or changed about it. Not here: the script and
its sources (`job_scenes.py`), the history (`job_versions.py`), deciding itself (`decisions.py`), how a page looks.
"""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from reelineage import documents as docs
from reelineage import lineage
from reelineage.errors import NotFound
from reelineage.family import Ref
from reelineage.models import Credential, Decision, Job, Review, Script, Tombstone, Video, Voiceover
from reelineage.takedown.withdrawal import is_withdrawn, withdrawn_behind
from resources.costs import CostReport, costs_by_stage
from resources.home import Home
from resources.job_cards import sign_of
from resources.job_scenes import NOTHING, ScriptView, script_view
from resources.job_states import existing
from resources.job_versions import Version, versions_of
from resources.materials import Materials

_AT_WORK: Final = ("queued", "submitted", "running")


@dataclass(frozen=True)
class Shown:
    """The version that is shown: a script, and the video to look at, which may be of an earlier script.

    `current` says that both are what counts now. `file_sha256` is the file as it is played.
    """

    script: Script
    script_document: docs.Script | None
    video: Video | None
    file_sha256: str | None
    thumbnail_sha256: str | None
    review: docs.Review | None
    decision: Decision | None
    withdrawn: Tombstone | None
    current: bool

    @property
    def video_is_of_script(self) -> bool:
        """Whether the video says what the script beside it says."""
        return self.video is not None and self.video.script_id == self.script.id


@dataclass(frozen=True)
class JobView:
    """One job's page. `shown` is None until there is a script, `materials` until there is a video.

    `done` are the stages of which everything that counts now is there.
    """

    job: Job
    shown: Shown | None
    script: ScriptView
    materials: Materials | None
    versions: tuple[Version, ...]
    costs: CostReport
    current_video_id: int | None
    current_script_id: int | None
    done: frozenset[str]

    @property
    def at_work(self) -> bool:
        """Whether something is being made, or is about to be."""
        return self.job.state in _AT_WORK

    @property
    def job_sign(self) -> str:
        """The job as this page shows it: its stream of changes begins here, so that none is missed while it loads."""
        return sign_of(self.job)

    @property
    def sign(self) -> str:
        """What there is to look at: changes as soon as there is a script, a voice, a picture or a video more."""
        if self.shown is None:
            return "nothing"
        heard = sum(line.start_seconds is not None for scene in self.script.scenes for line in scene.lines)
        seen = sum(scene.clip_id is not None for scene in self.script.scenes)
        video = self.shown.video.id if self.shown.video else 0
        return f"{self.shown.script.id}.{heard}.{seen}.{video}"

    @property
    def why_not_decided(self) -> str | None:
        """Why nobody can decide about what is shown, None when somebody can."""
        shown = self.shown
        if shown is None or shown.video is None:
            return "There is no video to decide on yet."
        if shown.decision is not None:
            return "This video was decided on already. A decision is never changed."
        if self.job.active_run is not None:
            return "It is being worked on. Decide when that is done."
        if shown.video.id != self.current_video_id:
            return "This is not the current video. Decide on that one."
        if shown.review is None:
            return "Its automatic review is not done yet."
        return None

    @property
    def why_not_changed(self) -> str | None:
        """Why nothing of the script can be changed, None when it can."""
        shown = self.shown
        if shown is None:
            return "There is no script to change yet."
        if self.at_work:
            return "It is being made. Ask for changes when that is done."
        if shown.script.id != self.current_script_id:
            return "This is an earlier version of the script. Change the newest one."
        if shown.withdrawn is not None or shown.script_document is None:
            return "It was taken down. Create a new job."
        return None


def job_view(home: Home, job_id: int, *, version: int | None = None) -> JobView:
    """A job's page: the newest version, or an earlier one by the number of its script.

    Raises:
        NotFound: there is no such job, or no such version of it.
    """
    with home.database.read() as session:
        job = existing(session, job_id)
        current = lineage.current(session, job_id)
        script = _script(session, job, current, version)
        video = _video(session, script) if script else None
        current_script_id = current.script.id if current.script else None
        current_video_id = current.video.id if current.video else None
        shown = _shown(session, script, video, current_video_id) if script else None
        spoken = script_view(session, script, *_voice_and_video(session, script, video)) if script else NOTHING
        materials = home.materials.of(session, video) if video else None
        versions = versions_of(session, job_id, script_id=current_script_id, video_id=current_video_id)
        cost = costs_by_stage(session, job_id)
    return JobView(
        job=job,
        shown=shown,
        script=spoken,
        materials=materials,
        versions=versions,
        costs=cost,
        current_video_id=current_video_id,
        current_script_id=current_script_id,
        done=_done(current),
    )


def _done(current: lineage.Current) -> frozenset[str]:
    missing = {stage for asset, stage in lineage.STAGES.items() if not current.rows(asset)}
    return frozenset(lineage.STAGES.values()) - missing


def _script(session: Session, job: Job, current: lineage.Current, version: int | None) -> Script | None:
    if version is None:
        return current.script
    wanted = select(Script).where(Script.job_id == job.id, Script.version == version)
    script = session.scalars(wanted).first()
    if script is None:
        raise NotFound(
            f"Showing job {job.id}: its script has no version {version}. `/jobs/{job.id}` lists those it has."
        )
    return script


def _video(session: Session, script: Script) -> Video | None:
    """The newest video of a script; while there is none, the newest of an earlier script."""
    of_job = select(Video).where(Video.job_id == script.job_id, Video.script_id <= script.id)
    return session.scalars(of_job.order_by(Video.script_id.desc(), Video.id.desc()).limit(1)).first()


def _voice_and_video(
    session: Session, script: Script, video: Video | None
) -> tuple[Voiceover | None, Video | None]:  # fmt: skip
    """What times and pictures a script: the video made from it with its voice, or the newest voice by itself."""
    if video is not None and video.script_id == script.id:
        return session.get_one(Voiceover, video.voiceover_id), video
    newest = select(Voiceover).where(Voiceover.script_id == script.id).order_by(Voiceover.id.desc()).limit(1)
    return session.scalars(newest).first(), None


def _shown(session: Session, script: Script, video: Video | None, current_video_id: int | None) -> Shown:
    document = docs.Script.model_validate(script.document) if script.document is not None else None
    if video is None:
        behind = withdrawn_behind(session, [Ref("job", str(script.job_id)), Ref("script", str(script.id))])
        return Shown(script, document, None, None, None, None, None, behind, current=False)
    newest = select(Review).where(Review.video_id == video.id).order_by(Review.id.desc()).limit(1)
    review = session.scalars(newest).first()
    files = session.execute(
        select(Credential.subject, Credential.file_sha256).where(
            Credential.job_id == video.job_id, Credential.video_id == video.id
        )
    )
    signed = {subject: file_sha256 for subject, file_sha256 in files}  # noqa: C416 — a result has keys() of its own
    return Shown(
        script=script,
        script_document=document,
        video=video,
        file_sha256=signed.get("video", video.file_sha256),
        thumbnail_sha256=signed.get("thumbnail", video.thumbnail_sha256),
        review=docs.Review.model_validate(review.document) if review and review.document else None,
        decision=session.scalars(select(Decision).where(Decision.video_id == video.id)).first(),
        withdrawn=is_withdrawn(session, video.id) or _tombstone(session, script.tombstone_id or video.tombstone_id),
        current=video.id == current_video_id,
    )


def _tombstone(session: Session, tombstone_id: int | None) -> Tombstone | None:
    return session.get_one(Tombstone, tombstone_id) if tombstone_id else None
