"""A file against its credential, and both against the database: what `reelineage verify` says.

Belongs here: the checks and their order. Not here: reading the file (`reading.py`), which file a copy without a
credential may be (`resources/recognition.py`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from reelineage.credentials import CLAIM_VERSION, Claimed, differences, lineage_claim, read_claim
from reelineage.explain import explain
from reelineage.family import Ref
from reelineage.models import Credential, Decision, Installation, Video
from reelineage.takedown.withdrawal import is_withdrawn
from reelineage.text import clean_text
from resources.home import Home
from resources.provenance.reading import Reading, read_credential
from resources.provenance.signers import trust_of

Verdict = Literal["recorded", "unsigned", "invalid", "foreign", "unrecorded", "differs", "withdrawn"]
Outcome = Literal["ok", "fails", "info"]

VERDICTS: Final[dict[Verdict, str]] = {
    "recorded": "valid and as recorded",
    "unsigned": "no credential inside",
    "invalid": "INVALID: altered, damaged or expired",
    "foreign": "valid, but signed by somebody unknown",
    "unrecorded": "valid, but not recorded here",
    "differs": "valid, but the database says something else",
    "withdrawn": "valid, but taken down",
}
_VERDICTS_OF: Final[dict[str, Verdict]] = {
    "signature": "invalid",
    "content": "invalid",
    "bytes": "invalid",
    "trust": "foreign",
    "record": "unrecorded",
    "lineage": "differs",
    "standing": "withdrawn",
}
_MOST_DIFFERENCES: Final = 3
_SOURCE_SAME: Final = "without its credential it is, byte for byte, the file that was composed"
_SOURCE_CHANGED: Final = (
    "bytes around the signed content were changed: without the credential this is not the file that was composed"
)
_TOO_LATE: Final = ("signingCredential.expired", "claimSignature.outsideValidity")


@dataclass(frozen=True)
class Check:
    """One thing that was looked at; `info` only tells something."""

    name: str
    outcome: Outcome
    message: str


@dataclass(frozen=True)
class Verification:
    """What was found about one file; `verdict` is that of the first check that does not hold."""

    name: str
    file_sha256: str
    verdict: Verdict
    checks: tuple[Check, ...]
    claimed: Claimed | None = None


def verify(home: Home, path: Path) -> Verification:
    """Read a file's credential and compare it with the file and with the database.

    Raises:
        BadInput: no regular file, no MP4, JPEG or PNG, or larger than is ever read.
        PermanentError: reading it takes too long.
    """
    found = read_credential(path, trust_of(home.settings))
    name = clean_text(path.name, max_characters=300)
    with home.database.read() as session:
        if found.state == "none":
            return Verification(name, found.file_sha256, "unsigned", (_unsigned(session, found),))
        claimed = read_claim(found.assertion) if found.assertion else None
        checks = (*_inside(found), *_recorded(session, found, claimed))
    failing = [check.name for check in checks if check.outcome == "fails"]
    verdict: Verdict = min((_VERDICTS_OF[check] for check in failing), key=_rank, default="recorded")
    return Verification(name, found.file_sha256, verdict, checks, claimed)


def _outcome(holds: bool) -> Outcome:  # noqa: FBT001 — a condition becomes a word
    return "ok" if holds else "fails"


def _rank(verdict: Verdict) -> int:
    return ("invalid", "foreign", "unrecorded", "differs", "withdrawn").index(verdict)


def _unsigned(session: Session, found: Reading) -> Check:
    """A file without a credential may still be one of ours, as it was composed."""
    row = session.execute(
        select(Video.id, Video.job_id).where(
            (Video.file_sha256 == found.file_sha256) | (Video.thumbnail_sha256 == found.file_sha256)
        )
    ).first()
    if row is None:
        return Check("signature", "info", "there is no credential; `reelineage lineage FILE` looks for a likeness")
    return Check("signature", "info", f"there is no credential; these are bytes of video:{row.id} of job:{row.job_id}")


def _inside(found: Reading) -> Iterator[Check]:
    """What the file alone tells."""
    by = f"{found.signer or 'nobody named'} with {found.generator or 'an unnamed tool'}"
    stamp = "by the time stamp" if found.time_trusted else "by the time stamp of an authority that nobody here knows"
    when = f"on {found.signed_at} {stamp}" if found.signed_at else "without a time stamp"
    if found.state == "unreadable":
        yield Check("signature", "fails", "there is a credential, but it is damaged or of no known form")
        return
    if not found.intact:
        yield Check("signature", "fails", _reason(found))
    else:
        yield Check("signature", "ok", f"signed by {by}, {when}; the signed content is unchanged")
    claimed_source = found.assertion.get("source_sha256") if found.assertion else None
    if claimed_source is not None:
        same = claimed_source == found.source_sha256
        yield Check("content", _outcome(same), _SOURCE_SAME if same else _SOURCE_CHANGED)
    if found.intact:
        known = "with a certificate of a trusted authority" if found.trusted else f"no certificate known here: {by}"
        yield Check("trust", _outcome(found.trusted), known)


def _reason(found: Reading) -> str:
    codes = {failure.partition(":")[0] for failure in found.failures}
    if codes and codes <= set(_TOO_LATE):
        return "its certificate has expired, and no time stamp says when it was signed"
    return "; ".join(found.failures[:3]) or "the library gives no reason"


def _recorded(session: Session, found: Reading, claimed: Claimed | None) -> Iterator[Check]:
    """What the database knows of it."""
    row = _credential(session, found, claimed)
    if row is None:
        yield Check("record", "fails", _not_recorded(session, claimed))
        return
    same = row.file_sha256 == found.file_sha256
    what = f"credential:{row.id}, the {row.subject} of video:{row.video_id} of job:{row.job_id}"
    told = "every byte is as it was stored" if same else f"these are other bytes than those of {what}"
    yield Check("bytes", _outcome(same), told)
    fits = (
        claimed is not None
        and (claimed.video.key, claimed.job_id) == (str(row.video_id), row.job_id)
        and claimed.video_sha256 == row.video_sha256
        and row.manifest_sha256 == found.manifest_sha256
    )
    yield Check("record", _outcome(fits), what if fits else f"it does not say what the tables say of {what}")
    yield from _lineage(session, found, row)
    yield from _standing(session, row)


def _credential(session: Session, found: Reading, claimed: Claimed | None) -> Credential | None:
    """The credential that this is, by its bytes, by its manifest's, or by the manifest's name in what is claimed."""
    same_file = Credential.file_sha256 == found.file_sha256
    row = session.scalar(
        select(Credential)
        .where(same_file | (Credential.manifest_sha256 == found.manifest_sha256))
        .order_by(same_file.desc(), Credential.id)
        .limit(1)
    )
    if row is not None or claimed is None:
        return row
    return session.scalar(
        select(Credential).where(
            Credential.job_id == claimed.job_id,
            Credential.video_id == int(claimed.video.key),
            Credential.manifest_label == found.label,
        )
    )


def _not_recorded(session: Session, claimed: Claimed | None) -> str:
    if claimed is None:
        return "the database does not know it, and it names no video of Reelineage"
    named = f"it says that it is {claimed.video} of job:{claimed.job_id}"
    if claimed.installation != session.scalars(select(Installation.uuid)).one():
        return f"{named} of another installation ({claimed.installation})"
    return f"{named}, but the database holds no such credential"


def _lineage(session: Session, found: Reading, row: Credential) -> Iterator[Check]:
    version = (found.assertion or {}).get("claim_version")
    if version != CLAIM_VERSION:
        told = clean_text(f"it tells its lineage in form {version}, not {CLAIM_VERSION}", max_characters=100)
        yield Check("lineage", "info", f"{told}: not compared")
        return
    installation = session.scalars(select(Installation.uuid)).one()
    stored = lineage_claim(explain(session, [Ref("video", str(row.video_id))]), installation)
    parted = differences(found.assertion or {}, stored)
    if not parted:
        records, edges = stored["records"], stored["edges"]
        counts = [len(part) for part in (records, edges) if isinstance(part, list)]
        yield Check("lineage", "ok", "its {} rows and {} edges are those of the tables".format(*counts))
        return
    more = f"; and {len(parted) - _MOST_DIFFERENCES} more" if len(parted) > _MOST_DIFFERENCES else ""
    yield Check("lineage", "fails", clean_text("; ".join(parted[:_MOST_DIFFERENCES]), max_characters=500) + more)


def _standing(session: Session, row: Credential) -> Iterator[Check]:
    withdrawn = is_withdrawn(session, row.video_id)
    tombstone = withdrawn.id if withdrawn else row.tombstone_id
    if tombstone is None:
        yield Check("standing", "ok", "not taken down")
    else:
        yield Check("standing", "fails", f"taken down (tombstone:{tombstone})")
    decision = session.scalar(select(Decision).where(Decision.video_id == row.video_id))
    verdicts = {"approve": "approved", "reject": "rejected"}
    if decision is None:
        yield Check("decision", "info", "nobody has decided on this video")
    else:
        when = f"{decision.decided_at:%Y-%m-%d %H:%M} UTC"
        yield Check(
            "decision", "info", f"{verdicts[decision.verdict]} by {decision.actor} on {when}: {decision.reason}"
        )
