"""What a text or a file that people name is: a reference, a file known by its hash, a signed copy, or a look-alike.

Belongs here: the order of the ways to recognise something, and the search through stored fingerprints. Not here: what
references mean (`reelineage/references.py`), reading credentials (`provenance/`), hashing pictures (`fingerprints.py`).

A reference wins over a file of the same name: `./video:7` is the file.
"""

import hashlib
import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from reelineage.credentials import Claimed, read_claim
from reelineage.errors import BadInput, PermanentError
from reelineage.graph import Ref
from reelineage.hashes import behind_hash
from reelineage.models import Credential, Fingerprint, Installation, Video
from reelineage.perceptual import (
    HASH_BYTES,
    Fingerprinted,
    Likeness,
    alike,
    confidence,
    distinct,
    matching_moments,
    words_of,
)
from reelineage.references import parse, resolve
from reelineage.text import clean_text
from resources.fingerprints import look_at
from resources.home import Home
from resources.provenance.reading import Reading, opened, read_credential
from resources.provenance.signers import own_trust_of
from resources.rendering.media_probe import LARGEST_BYTES
from resources.rendering.streams import plain_file

_VIDEOS_AT_A_TIME: Final = 5_000
_MOST_CANDIDATES: Final = 64
_LEAST_MOMENTS: Final = 2  # one picture may be shared by many: a logo, a title

How = Literal["reference", "hash", "credential", "fingerprint"]


@dataclass(frozen=True)
class Recognised:
    """The rows that a text or file stands for, and how they were found.

    `refs` is where an impact or take-down starts, `explained` whose making is told (see `references.Resolved`).
    `confidence` is 1.0 but for looks; `sentence` tells people how it was recognised, `job 42` and the like included.
    """

    refs: tuple[Ref, ...]
    how: How
    confidence: float
    sentence: str
    explained: tuple[Ref, ...]


def recognise(home: Home, text: str) -> Recognised:
    """What a reference, a sha256 or the path of a file stands for.

    Raises:
        BadInput: no form of reference and no file, an unknown reference, a file that cannot be read, or one that is
            not known by its hash, its credential or its looks.
    """
    if not text.strip():
        raise BadInput("Reading a reference: it is empty. Give one such as video:7, a sha256, or a file.")
    try:
        parse(text)
    except BadInput as no_reference:
        path = _path(text)
        if path is None and ("/" in text or Path(text).suffix):
            name = clean_text(text, max_characters=200)
            raise BadInput(f"Reading {name}: there is no such file, and it is no reference such as video:7.") from None
        if path is None:
            raise BadInput(f"{no_reference} There is no file of this name either.") from no_reference
        return _file(home, path)
    with home.database.read() as session:
        found = resolve(session, text)
    is_hash = len(text) == 64 and ":" not in text
    sentence = f"The sha256 belongs to {_named(found.explained)}." if is_hash else f"{text} is a reference."
    return Recognised(found.refs, "hash" if is_hash else "reference", 1.0, sentence, found.explained)


def _path(text: str) -> Path | None:
    """The path that a text is, or None when nothing lies there; a broken link and a loop of links lie there."""
    try:
        path = Path(text)
        path.lstat()
    except (OSError, ValueError):
        return None
    return path


def _file(home: Home, path: Path) -> Recognised:
    name = clean_text(path.name, max_characters=100)
    try:
        size = plain_file(path)
        if size > LARGEST_BYTES:
            raise BadInput(f"Reading {name}: it has {size / 2**30:.1f} GB. Files of at most 8 GB are looked at.")
        with opened(path) as file:  # not by its path: a pipe that takes its place now would hold us for ever
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise BadInput(f"Reading {name}: {error.strerror}. Name a file that you may read.") from error
    except PermanentError as error:
        raise BadInput(_clean(error)) from error
    with home.database.read() as session:
        refs, explained = behind_hash(session, sha256)
    if refs:
        return Recognised(refs, "hash", 1.0, f"{name} is, bit by bit, {_named(explained)}.", explained)
    return _signed(home, path, name) or _look_alike(home, path, name)


def _clean(error: Exception) -> str:
    """A message without the control characters that a file's name brought into it."""
    return clean_text(str(error), max_characters=500)


def _named(refs: Sequence[Ref]) -> str:
    shown = ", ".join(map(str, refs[:5]))
    return f"{shown} and {len(refs) - 5} more" if len(refs) > 5 else shown


# --- by the credential -----------------------------------------------------------------------------------------------


def _signed(home: Home, path: Path, name: str) -> Recognised | None:
    """The video that a credential names, if its signature holds and is ours: anybody can write our numbers."""
    try:
        reading = read_credential(path, own_trust_of(home.settings))
    except PermanentError:  # no kind of file that carries one, or a broken one: its looks may still tell
        return None
    claimed = read_claim(reading.assertion) if reading.intact and reading.assertion is not None else None
    with home.database.read() as session:
        if claimed is not None and _is_ours(session, reading, claimed):
            video = claimed.video
            sentence = f"{name} carries a valid credential of {video} (job {claimed.job_id})."
            return Recognised((video,), "credential", 1.0, sentence, (video,))
        refs, explained = behind_hash(session, reading.source_sha256) if reading.source_sha256 else ((), ())
    if not refs:
        return None
    sentence = f"Without the credential that it carries {name} is, bit by bit, {_named(explained)}."
    return Recognised(refs, "hash", 1.0, sentence, explained)


def _is_ours(session: Session, reading: Reading, claimed: Claimed) -> bool:
    """Whether this installation itself signed, or the manifest is stored here; and the video is in this database."""
    return _is_stored(session, claimed) and (
        reading.trusted or reading.manifest_sha256 in _manifests(session, claimed.video)
    )


def _is_stored(session: Session, claimed: Claimed) -> bool:
    video = select(Video.id).where(
        Video.job_id == claimed.job_id,
        Video.id == int(claimed.video.key),
        Video.file_sha256 == claimed.video_sha256,
    )
    own = session.scalar(select(Installation.uuid))
    return claimed.installation == own and session.scalar(video) is not None


def _manifests(session: Session, video: Ref) -> Sequence[str]:
    return session.scalars(select(Credential.manifest_sha256).where(Credential.video_id == int(video.key))).all()


# --- by its looks ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Candidate:
    video_id: int
    job_id: int
    likeness: Likeness


def _look_alike(home: Home, path: Path, name: str) -> Recognised:
    try:
        looks = look_at(path)
    except PermanentError as error:
        raise BadInput(
            f"Recognising {name}: neither its sha256 nor a valid credential of this installation is known here, and "
            f"its looks cannot be compared. {_clean(error)}"
        ) from error
    with home.database.read() as session:
        candidates = most_alike(session, looks)
    best = candidates[0] if candidates else None
    if best is None or not best.likeness.known:
        closest = f" Closest is {_told(best)}, which is not enough." if best and best.likeness.matching else ""
        raise BadInput(
            f"Recognising {name}: not known, neither by its sha256, nor by a credential, nor by its looks.{closest} "
            "Give the reference of the video, such as video:7, if you know it."
        )
    rival = candidates[1] if len(candidates) > 1 else None
    sure = confidence(best.likeness, rival.likeness if rival else Likeness())
    next_best = f" The next is {_told(rival)}." if rival and rival.likeness.matching else " No other comes near."
    video = Ref("video", str(best.video_id))
    sentence = f"{name} looks like {_told(best)}; {sure:.0%} sure.{next_best}"
    return Recognised((video,), "fingerprint", sure, sentence, (video,))


def _told(one: _Candidate) -> str:
    likeness = one.likeness
    return (
        f"video:{one.video_id} (job {one.job_id}): {likeness.matching} of {likeness.moments} moments match, "
        f"{likeness.mean_bits:.0f} of 256 bits apart"
    )


def most_alike(session: Session, looks: Sequence[Fingerprinted]) -> list[_Candidate]:
    """The stored videos that look most like a film, best first, at most 64; every stored fingerprint is read once.

    Memory stays flat: 5,000 videos are held at a time.
    """
    wanted = distinct(looks)
    if not len(wanted):
        return []
    nearest: list[tuple[int, int]] = []  # (matching moments, -video id): of equals the older video is kept
    rows = select(Fingerprint.video_id, Fingerprint.hashes).order_by(Fingerprint.video_id)
    stream = session.execute(rows.execution_options(yield_per=_VIDEOS_AT_A_TIME))
    for batch in stream.partitions():
        lengths = [len(hashes) // HASH_BYTES for _, hashes in batch]
        matching = matching_moments(words_of(b"".join(hashes for _, hashes in batch)), wanted)
        owners = np.repeat(np.arange(len(batch)), lengths)[matching]
        counts = np.bincount(owners, minlength=len(batch))
        for place in np.flatnonzero(counts >= _LEAST_MOMENTS):
            heapq.heappush(nearest, (int(counts[place]), -batch[int(place)][0]))
            if len(nearest) > _MOST_CANDIDATES:
                heapq.heappop(nearest)
    found = session.scalars(select(Fingerprint).where(Fingerprint.video_id.in_([-one for _, one in nearest])))
    candidates = [
        _Candidate(row.video_id, row.job_id, alike(Fingerprinted(tuple(row.moments_ms), row.hashes), looks))
        for row in found
    ]
    return sorted(candidates, key=lambda one: (one.likeness.rank, -one.video_id), reverse=True)
