"""Making a job again elsewhere: what has to be at hand, and a scratch home with the frozen theme and the snapshot.

Belongs here: reading the original, refusing what cannot be made again, the scratch home. Not here: the run itself
(`console/reproducing.py`), how what came out compares (`reproduction_verdict.py`). Nothing in the original's home is
changed: files go over as hard links or copies, and no settings but the numbers.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reelineage import lineage
from reelineage.comparing.branches import Branch, current_branch
from reelineage.documents import ArtifactRef, TrendReport
from reelineage.edit_history import changes_of, edits_of
from reelineage.errors import BadInput, MissingUpstream
from reelineage.family import Ref, upstream
from reelineage.fingerprint import sha256_of_file
from reelineage.models import Artifact, Edit, Job, ProviderCall, Review, Tombstone
from reelineage.takedown.withdrawal import targets_among, told
from reelineage.theme import FeedSource, FileSource, SampleSource, Source, Theme
from resources.artifact_store import ArtifactStore
from resources.editing import write_edit
from resources.home import Home
from resources.job_queue import Order, add_job
from resources.job_states import existing, queue_again
from resources.placing import link_or_copy
from resources.providers import Providers
from resources.settings import Settings
from resources.trend_sources import TrendSource

_PREFIX = "reelineage-again"


@dataclass(frozen=True)
class Input:
    """A file that a job was made from, and when it first came in: the duty to delete its text counts from then."""

    artifact: ArtifactRef
    came_in: datetime


@dataclass(frozen=True)
class Original:
    """A finished job as it is stored: its order, the way to its current video, and the files it was made from.

    `sample_sha256` is the demo feed that came in, `threads` what each segment's encoder had, `edits` what people
    changed in the script, the oldest first.
    """

    job: Job
    video_id: int
    branch: Branch
    inputs: tuple[Input, ...]
    sample_sha256: str | None
    threads: tuple[int, ...]
    encoder: str
    edits: tuple[Edit, ...] = ()


def read_original(home: Home, job_id: int) -> Original:
    """What is needed to make a job again.

    Raises:
        BadInput: there is no such job, it is not finished, something it was made from was taken down, or it was paid
            for: making it again would be paid again.
    """
    doing = f"Reproducing job {job_id}"
    with home.database.read() as session:
        job = existing(session, job_id)
        current = lineage.current(session, job_id)
        if current.first_missing is not None or current.video is None or current.report is None:
            raise BadInput(
                f"{doing}: it is not finished (it is {job.state}; what is missing begins with "
                f"{current.first_missing}). `reelineage jobs retry {job_id} --now` goes on with it."
            )
        refuse_taken_down(session, doing, job_id, current.video.id)
        _refuse_paid(session, doing, job_id)
        branch = current_branch(session, job_id, current)
        if gone := [name for name, part in branch.parts.items() if part.value is None]:
            raise BadInput(
                f"{doing}: the content of its {gone[0]} was taken down, so there is nothing to compare with."
            )
        report = TrendReport.model_validate(current.report.document)
        sample = next((one.artifact_sha256 for one in report.sources if one.source_kind == "sample"), None)
        wanted = [*_named_files(Theme.model_validate(job.theme)), *([sample] if sample else [])]
        inputs = tuple(_input(session, doing, sha256) for sha256 in dict.fromkeys(wanted))
        edits = edits_of(session, current.script.id) if current.script else ()
    encoder = _encoder(current.video.document)
    threads = tuple(int(count) for count in str(encoder.get("threads", "")).split() if count.isdigit())
    asked = str(encoder.get("asked", "x264"))
    return Original(job, current.video.id, branch, inputs, sample, threads, asked, edits)


@contextmanager
def scratch_folder(*, keep: bool) -> Iterator[Path]:
    """A new folder that only this user may read; it is gone at the end unless it is kept."""
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}-{os.getpid()}-"))
    try:
        yield folder
    finally:
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)


def scratch_home(home: Home, original: Original, folder: Path) -> tuple[Home, int]:
    """A home in `folder` with its own database, and the job in it, queued with the same theme, seed and profile.

    Raises:
        BadInput: a file that the job was made from is gone, was altered, or does not fit on the disk.
    """
    scratch = Home(_settings(home.settings, folder, original.encoder))
    doing = f"Reproducing job {original.job.id}"
    for given in original.inputs:
        _bring(home.store, scratch.store, given.artifact, doing)
    with scratch.database.write() as session:
        session.add_all(Artifact(**given.artifact.model_dump(), created_at=given.came_in) for given in original.inputs)
        order = Order(
            theme_name=original.job.theme_name,
            theme=original.job.theme,  # as it was frozen: a later schema's defaults would give it another hash
            theme_sha256=original.job.theme_sha256,
            seed=original.job.seed,
            profile=original.job.profile,
            origin="reproduction",
        )
        job = add_job(session, order, attempts=scratch.settings.max_attempts)
        return scratch, job.id


def edit_again(original: Original, scratch: Home, job_id: int) -> None:
    """Make all edits of the original in the scratch home, in their order, by the same people and for the same reasons.

    Raises:
        BadInput: an edit does not fit the script that was written there: other code wrote another one.
    """
    with scratch.database.write() as session:
        job = existing(session, job_id, lock=True)
        for edit in original.edits:
            script = lineage.current(session, job_id).script
            if script is None:
                raise MissingUpstream(f"Editing job {job_id} of a scratch home: it has no script. Nothing was stored.")
            write_edit(session, job, script, changes_of(edit), actor=edit.actor, reason=edit.reason)
        queue_again(job, scratch.settings.max_attempts)


def snapshot_providers(original: Original, store: ArtifactStore) -> Providers:
    """The embedded providers, but trends come from what was fetched the first time."""

    class SnapshotProviders(Providers):
        """Dagster copies resources, so the class itself holds the snapshot."""

        def trend_source(self, source: Source, store: ArtifactStore) -> TrendSource:
            """Files and feeds lie in the store as they came; so does the demo feed of that version."""
            if isinstance(source, SampleSource) and feed is not None:
                from resources.trend_sources.embedded import SampleFeedSource  # noqa: PLC0415 — heavy, only when used

                return SampleFeedSource(feed)
            return super().trend_source(source, store)

    sha256 = original.sample_sha256
    feed = store.path(sha256).read_bytes() if sha256 else None
    return SnapshotProviders()


# --- reading the original -------------------------------------------------------------------------------------------


def refuse_taken_down(session: Session, doing: str, job_id: int, video_id: int) -> None:
    """What was taken down must not come back, and what is gone cannot be compared.

    Raises:
        BadInput: the job, the video or something behind it was withdrawn or is gone.
    """
    reviews = session.scalars(select(Review.id).where(Review.video_id == video_id))
    starts = [Ref("video", str(video_id)), *(Ref("review", str(row_id)) for row_id in reviews)]
    around = [Ref("job", str(job_id)), *starts, *upstream(session, starts)]
    for effect in ("withdrawn", "removed"):
        for ref, key in targets_among(session, around, effect=effect).items():
            tombstone = session.get_one(Tombstone, key)
            raise BadInput(f"{doing}: {ref} is behind it and was {told(tombstone)}. It is not made again.")


def _refuse_paid(session: Session, doing: str, job_id: int) -> None:
    paid = session.execute(
        select(ProviderCall.provider, ProviderCall.model, func.count())
        .where(
            ProviderCall.job_id == job_id,
            ProviderCall.status == "ok",
            (ProviderCall.cost_nanousd.is_(None)) | (ProviderCall.cost_nanousd > 0),
        )
        .group_by(ProviderCall.provider, ProviderCall.model)
        .order_by(ProviderCall.provider, ProviderCall.model)
    ).first()
    if paid is not None:
        raise BadInput(
            f"{doing}: {paid[0]} ({paid[1]}) was paid for {paid[2]} of its calls. Making them again would be paid "
            "again and would not give the same, so nothing was sent. `reelineage diff` compares what is stored."
        )


def _named_files(theme: Theme) -> Iterator[str]:
    """The files that a frozen theme names by their hashes."""
    for source in theme.sources:
        if isinstance(source, FileSource | FeedSource) and source.artifact_sha256:
            yield source.artifact_sha256
    yield from (file.artifact_sha256 for file in theme.footage.files)
    if theme.music.artifact_sha256:
        yield theme.music.artifact_sha256


def _input(session: Session, doing: str, sha256: str) -> Input:
    row = session.get(Artifact, sha256)
    if row is None:
        raise BadInput(
            f"{doing}: it was made from artifact:{sha256}, of which there is no row. Run `reelineage audit`."
        )
    artifact = ArtifactRef(sha256=row.sha256, size_bytes=row.size_bytes, media_type=row.media_type)
    return Input(artifact, row.created_at)


def _encoder(document: Mapping[str, object] | None) -> Mapping[str, object]:
    encoder = (document or {}).get("encoder")
    return encoder if isinstance(encoder, dict) else {}


# --- the scratch home -----------------------------------------------------------------------------------------------


def _settings(settings: Settings, folder: Path, encoder: str) -> Settings:
    """The numbers of the original home; nothing that leads out of the folder: no key, no database, no network."""
    return settings.model_copy(
        update={
            "home": folder,
            "database_url": None,
            "dagster_home": None,
            "signing_certificate": None,
            "signing_key": None,
            "timestamp_url": None,
            "openlineage_url": None,
            "encoder": encoder,
        }
    )


def _bring(store: ArtifactStore, scratch: ArtifactStore, artifact: ArtifactRef, doing: str) -> None:
    """The file into the scratch store, under the same hash: linked where the disk is the same, else copied."""
    name = f"artifact:{artifact.sha256[:12]}…"
    if not store.has(artifact):
        raise BadInput(f"{doing}: the file {name} that it was made from is gone. Restore {store.root} from a backup.")
    source = store.path(artifact.sha256)
    if sha256_of_file(source) != artifact.sha256:
        raise BadInput(f"{doing}: the file {name} that it was made from was altered. Restore it from a backup.")
    destination = scratch.root / artifact.sha256[:2] / artifact.sha256
    try:
        destination.parent.mkdir(parents=True, exist_ok=True)
        link_or_copy(source, destination)
    except OSError as error:
        raise BadInput(
            f"{doing}: {name} ({artifact.size_bytes:,} bytes) cannot be copied: {error.strerror or error}. Make room "
            "in the temporary folder, or set TMPDIR to another one."
        ) from error
