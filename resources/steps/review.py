"""Reviewing one job's video: what has to be disclosed, the signed files, the fingerprint; then the findings.

Belongs here: the order of these, and the rows that tell of signed files. Not here: what is a finding
(`reelineage.review`), how a file is signed (`resources.provenance`).
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from reelineage import lineage, models
from reelineage.documents import ArtifactRef, MediaItem, Review, Script, Video
from reelineage.edit_history import changes_of, edits_of
from reelineage.editing import Change
from reelineage.errors import MissingUpstream
from reelineage.explain import Family, explain
from reelineage.family import Ref
from reelineage.review import review_video
from reelineage.rights.disclosure import derive
from reelineage.takedown.withdrawal import is_withdrawn, obligations_of, told
from resources.fingerprints import fingerprint_of
from resources.provenance.manifest import Claim, Subject, claim_for_thumbnail, claim_for_video
from resources.provenance.signers import signer_of
from resources.provenance.signing import Signed, sign_file
from resources.record_edges import ensure_artifact
from resources.unnamed_files import removed_unless_named
from resources.work import Work


@dataclass(frozen=True)
class _Subject:
    """What is reviewed: the job's current video with all it was made from, its duties, and what people edited."""

    row: models.Video
    family: Family
    installation_uuid: str
    delete_by: date | None
    edits: tuple[tuple[str, Change], ...]


def review(work: Work, script: Script, video: Video) -> Review:
    """The findings about a video whose files are signed by then: a signature that fails leaves no review behind."""
    subject = _subject(work, video)
    disclosure = derive(subject.family)
    found = review_video(
        video,
        script,
        stand_ins=work.stand_ins(),
        works=_works(subject.family),
        draft=work.draft,
        disclosure=disclosure,
        edits=subject.edits,
        delete_by=subject.delete_by,
        allow_unknown_licences=work.theme.allow_unknown_licences,
    )
    work.progress(1, 3, "signing the video")
    claim = claim_for_video(
        subject.family,
        subject.installation_uuid,
        disclosure,
        generator_version=version("reelineage"),
        include_prompts=work.theme.credential.include_prompts,
    )
    signed = _signed(work, subject, claim, video.file)
    work.progress(2, 3, "signing the thumbnail")
    _signed(work, subject, claim_for_thumbnail(claim, subject.family, signed.file_sha256), video.thumbnail)
    work.progress(3, 3, "taking the fingerprint")
    _fingerprint(work, subject.row)
    return found


def _subject(work: Work, video: Video) -> _Subject:
    with work.home.database.read() as session:
        row = lineage.current(session, work.job.id).video
        if row is None or row.file_sha256 != video.file.sha256:
            raise MissingUpstream(
                f"Reviewing job {work.job.id}: another video was stored while this one was read. Materialize reviews "
                f"for partition {work.job.id} again."
            )
        _refuse_withdrawn(session, row)
        duties = obligations_of(session, row.id)
        return _Subject(
            row,
            explain(session, [Ref("video", str(row.id))]),
            session.scalars(select(models.Installation.uuid)).one(),
            duties[0].delete_by.date() if duties else None,
            tuple((edit.actor, change) for edit in edits_of(session, row.script_id) for change in changes_of(edit)),
        )


def _works(family: Family) -> tuple[MediaItem, ...]:
    """Outside works anywhere behind the video, in an order that no row number decides."""
    rows = [row for ref, row in family.rows.items() if ref.node == "media_item"]
    found = [MediaItem.model_validate({name: getattr(row, name) for name in MediaItem.model_fields}) for row in rows]
    return tuple(sorted(found, key=lambda item: (item.kind, item.title, item.provider, item.sha256)))


def _signed(work: Work, subject: _Subject, claim: Claim, source: ArtifactRef) -> models.Credential:
    """The credential of one file: the one that a run before this has stored, or a new one, committed at once."""
    if known := _known(work, subject, claim.subject):
        return known
    work.check()
    signer = signer_of(work.home.settings)
    with work.store.scratch() as folder:
        path = Path(folder) / claim.subject
        signed = sign_file(work.store.path(source.sha256), path, claim, signer, work.store.path)
        file = work.store.put_file(path, source.media_type)
    row = _row(work, subject, claim, signed, file)
    database = work.home.database
    # taken down while it was signed: not even an orphan may stay
    with (
        removed_unless_named(database, work.store, [file.sha256]),
        database.fenced_write(work.job.id, work.run_id) as session,
    ):
        ensure_artifact(session, file)  # from here on no take-down begins
        _refuse_withdrawn(session, subject.row)
        session.add(row)
    return row


def _refuse_withdrawn(session: Session, video: models.Video) -> None:
    if tombstone := is_withdrawn(session, video.id):
        raise MissingUpstream(
            f"Reviewing job {video.job_id}: video:{video.id} or something it was made from was {told(tombstone)} "
            f"(tombstone:{tombstone.id}), so it is not signed. Make a new job."
        )


def _known(work: Work, subject: _Subject, which: Subject) -> models.Credential | None:
    with work.home.database.read() as session:
        row = _credential(session, subject.row, which)
    if row is None:
        return None
    if row.tombstone_id is not None:
        raise MissingUpstream(
            f"Reviewing job {work.job.id}: the signed {which} of video:{row.video_id} was taken down (tombstone:"
            f"{row.tombstone_id}). Make a new job."
        )
    work.store.path(row.file_sha256)  # a video is signed once: a file that is gone has to come back from a backup
    return row


def _credential(session: Session, video: models.Video, which: Subject) -> models.Credential | None:
    return session.scalar(
        select(models.Credential).where(
            models.Credential.job_id == video.job_id,
            models.Credential.video_id == video.id,
            models.Credential.subject == which,
        )
    )


def _row(work: Work, subject: _Subject, claim: Claim, signed: Signed, file: ArtifactRef) -> models.Credential:
    return models.Credential(
        job_id=subject.row.job_id,
        video_id=subject.row.id,
        video_sha256=subject.row.file_sha256,
        subject=claim.subject,
        file_sha256=file.sha256,
        manifest=signed.manifest,
        manifest_label=signed.label,
        manifest_sha256=signed.manifest_sha256,
        certificate_sha256=signed.certificate_sha256,
        digital_source_type=claim.disclosure.digital_source_type,
        timestamped=signed.timestamped,
        run_id=work.run_id,
        created_at=datetime.now(UTC),
    )


def _fingerprint(work: Work, video: models.Video) -> None:
    """Store how the video looks, unless a run before this has."""
    with work.home.database.read() as session:
        if session.get(models.Fingerprint, video.id) is not None:
            return
    found = fingerprint_of(work.store.path(video.file_sha256))
    with work.home.database.fenced_write(work.job.id, work.run_id) as session:
        session.add(
            models.Fingerprint(
                video_id=video.id,
                job_id=video.job_id,
                moments_ms=list(found.moments_ms),
                hashes=found.hashes,
                created_at=datetime.now(UTC),
            )
        )
