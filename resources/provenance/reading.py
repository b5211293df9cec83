"""Reading the credential in a file that anybody may have made: what it says, and whether the bytes still fit.

Belongs here: opening the file safely, the bounds, the library's answer in plain values. Not here: what the database
says about it (`verification.py`).
"""

import hashlib
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Any, BinaryIO, Final

from pydantic import JsonValue

from reelineage.credentials import LABEL
from reelineage.errors import BadInput
from reelineage.fingerprint import sha256_of
from reelineage.text import clean_text
from resources.provenance.carriers import credential_bytes, credential_parts, media_type_of, sha256_without
from resources.provenance.identity import Trust
from resources.provenance.library import read_store

_CHUNK: Final = 1 << 20
_UNTRUSTED: Final = "signingCredential.untrusted"
_UNTRUSTED_TIME: Final = "timeStamp.untrusted"
_MOST_FAILURES: Final = 20


@dataclass(frozen=True)
class Reading:
    """A file and the credential in it. Texts are cleaned: they come from whoever made the file.

    `state` is `none` without a credential and `unreadable` for a broken one; then what follows is empty. `failures` are
    the library's, other than that the signer is not known. `signed_at` is what a time-stamping authority says.
    `assertion` is our own, as it stands in the file: it is compared, never shown. `source_sha256` is the file without
    its credential, None when it cannot be told.
    """

    media_type: str
    file_sha256: str
    state: str
    manifest_sha256: str | None = None
    label: str = ""
    document: Mapping[str, JsonValue] | None = None
    assertion: Mapping[str, Any] | None = None
    failures: tuple[str, ...] = ()
    generator: str = ""
    signer: str = ""
    signed_at: str | None = None
    time_trusted: bool = False
    source_sha256: str | None = None
    store: bytes = b""

    @property
    def intact(self) -> bool:
        """Whether signature, assertions and content hashes hold, whoever signed."""
        return self.state in ("Valid", "Trusted") and not self.failures

    @property
    def trusted(self) -> bool:
        """Whether it was signed by one of the authorities that were given."""
        return self.intact and self.state == "Trusted"


@contextmanager
def opened(path: Path) -> Iterator[BufferedReader]:
    """A regular file, open for reading; links, folders, pipes and devices are refused before a byte is read.

    Raises:
        BadInput: there is no such file, it is something else, or it may not be read.
    """
    name = clean_text(str(path), max_characters=300)
    try:
        mode = path.lstat().st_mode
        if stat.S_ISREG(mode):
            # without O_NONBLOCK, opening a pipe that just took its place would wait for ever
            handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "that is no file name"
        raise BadInput(f"Reading {name}: {reason}. Name an MP4, JPEG or PNG file.") from error
    if not stat.S_ISREG(mode):
        what = "a link" if stat.S_ISLNK(mode) else "a folder" if stat.S_ISDIR(mode) else "a pipe or device"
        raise BadInput(f"Reading {name}: it is {what}. Name the file itself.")
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise BadInput(f"Reading {name}: another thing took its place just now. Name the file itself.")
    with os.fdopen(handle, "rb") as file:
        yield file


def read_credential(path: Path, trust: Trust) -> Reading:
    """Everything that a file tells about itself.

    Raises:
        BadInput: no regular file, no MP4, JPEG or PNG, or larger than is ever read.
        PermanentError: reading it takes too long.
    """
    name = clean_text(path.name, max_characters=300)
    with opened(path) as file:
        media_type = media_type_of(file)
        if media_type is None:
            raise BadInput(f"Reading {name}: it is no MP4, JPEG or PNG. Only these carry credentials here.")
        parts = credential_parts(file, media_type, name)
        sha256 = _sha256_of(file)
        if not parts:
            return Reading(media_type, sha256, "none")
        store = credential_bytes(file, parts)
        found = read_store(file, media_type, trust)
        manifest_sha256 = sha256_of(store)
        if found is None:
            return Reading(media_type, sha256, "unreadable", manifest_sha256)
        return _reading(media_type, sha256, found.state, found.document, store, sha256_without(file, media_type, parts))


def _reading(
    media_type: str, file_sha256: str, state: str, document: dict[str, JsonValue], store: bytes, source: str | None
) -> Reading:
    label = document.get("active_manifest")
    manifests = document.get("manifests")
    active: Any = manifests.get(label, {}) if isinstance(manifests, dict) and isinstance(label, str) else {}
    signature = active.get("signature_info") or {}
    generators = active.get("claim_generator_info") or [{}]
    return Reading(
        media_type=media_type,
        file_sha256=file_sha256,
        state=state,
        manifest_sha256=sha256_of(store),
        label=_clean(label),
        document=_storable(document),
        assertion=_own_assertion(active),
        failures=tuple(_failures(document, ingredients=state == "Invalid"))[:_MOST_FAILURES],
        generator=_clean(f"{generators[0].get('name', '')} {generators[0].get('version', '')}"),
        signer=_clean(signature.get("common_name")) or _clean(signature.get("issuer")),
        signed_at=_clean(signature["time"]) if signature.get("time") else None,
        time_trusted=_UNTRUSTED_TIME not in _codes(document, "informational"),
        source_sha256=source,
        store=store,
    )


def _own_assertion(manifest: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Our assertion; a file that holds two is not ours."""
    found = [one.get("data") for one in manifest.get("assertions") or [] if one.get("label") == LABEL]
    return found[0] if len(found) == 1 and isinstance(found[0], dict) else None


def _failures(document: Mapping[str, Any], *, ingredients: bool) -> Iterator[str]:
    """What is wrong with the credential; that an ingredient's own has expired since matters to nobody but itself."""
    results = document.get("validation_results") or {}
    deltas = [one.get("validationDeltas") or {} for one in results.get("ingredientDeltas") or []]
    for part in (results.get("activeManifest") or {}, *(deltas if ingredients else ())):
        for failure in part.get("failure") or []:
            if failure.get("code") != _UNTRUSTED:
                yield f"{_clean(failure.get('code'))}: {_clean(failure.get('explanation'))}"


def _codes(document: Mapping[str, Any], outcome: str) -> set[str]:
    active = (document.get("validation_results") or {}).get("activeManifest") or {}
    return {_clean(one.get("code")) for one in active.get(outcome) or []}


def _sha256_of(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    file.seek(0)
    while piece := file.read(_CHUNK):
        digest.update(piece)
    return digest.hexdigest()


def _clean(text: object) -> str:
    return clean_text(text, max_characters=300) if isinstance(text, str) else ""


def _storable(value: Any) -> Any:  # noqa: ANN401 — JSON of any shape
    """The same JSON without what a database refuses: NUL and lone surrogates, which own films may bring along."""
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {_storable(key): _storable(one) for key, one in value.items()}
    return [_storable(one) for one in value] if isinstance(value, list) else value
