"""The one place that calls the C2PA library: with no network, no thumbnails of its own, and bounds on time.

Belongs here: its settings, its streams, its errors in our words. Not here: what is claimed (`manifest.py`), bounds on
size (`carriers.py`), what a reading means (`reading.py`).
"""

import base64
import io
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

from pydantic import JsonValue

from reelineage.errors import PermanentError, TransientError
from resources.provenance.identity import SigningIdentity, Trust

MOST_SECONDS: Final = 300.0
# "Signature: internal error (…)" is what the library calls anything that a time-stamping authority does wrong
_TIMESTAMP_SIGNS: Final = ("signature: internal error", "timestamp", "time stamp")


@dataclass(frozen=True)
class Embedded:
    """A file whose own credential is kept inside the new one: the ingredient it is, and where its bytes are."""

    ingredient: Mapping[str, JsonValue]
    media_type: str
    file: BinaryIO


@dataclass(frozen=True)
class Store:
    """A manifest store as the library read it: `state` is Trusted, Valid or Invalid."""

    state: str
    document: dict[str, JsonValue]


class _Timed:
    """A file that refuses to be read when time is up: the only way to stop the library in the middle of hashing."""

    def __init__(self, file: BinaryIO, seconds: float) -> None:
        self._file = file
        self._end = time.monotonic() + seconds

    def readinto(self, buffer: bytearray) -> int:
        """Fill `buffer`.

        Raises:
            TimeoutError: time is up.
        """
        if time.monotonic() > self._end:
            raise TimeoutError("reading takes too long")
        piece = self._file.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)

    def read(self, size: int = -1) -> bytes:
        """As `BinaryIO.read`."""
        return self._file.read(size)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """As `BinaryIO.seek`."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """As `BinaryIO.tell`."""
        return self._file.tell()

    def write(self, _: bytes) -> int:
        """Nothing is ever written here.

        Raises:
            io.UnsupportedOperation: always.
        """
        raise io.UnsupportedOperation("write")

    def flush(self) -> None:
        """Nothing to do."""


def sign(
    source: BinaryIO,
    destination: BinaryIO,
    media_type: str,
    definition: Mapping[str, JsonValue],
    embedded: Sequence[Embedded],
    identity: SigningIdentity,
    timestamp_url: str | None,
) -> bytes:
    """Write `source` to `destination` with a signed manifest in it, and return the manifest store's bytes.

    Raises:
        TransientError: the time-stamping authority did not answer as it should.
        PermanentError: the library refused; with its reason.
    """
    import c2pa  # noqa: PLC0415 — 23 MB of machine code, only when used

    try:
        context = c2pa.Context(c2pa.Settings.from_dict(_settings(Trust(), network=timestamp_url is not None)))
        builder = c2pa.Builder.from_json(json.dumps(definition), context=context)
        for one in embedded:
            builder.add_ingredient(json.dumps(one.ingredient), one.media_type, one.file)
        info = c2pa.C2paSignerInfo(identity.algorithm, identity.chain_pem, identity.key_pem, timestamp_url)
        with c2pa.Signer.from_info(info) as signer:
            written: bytes = builder.sign(signer, media_type, source, destination)
            return written
    except c2pa.C2paError as error:
        said = str(error)
        if timestamp_url is not None and any(sign in said.lower() for sign in _TIMESTAMP_SIGNS):
            raise TransientError(
                f"Signing with a time stamp of {timestamp_url}: it gave no usable answer ({said}). Check "
                "REELINEAGE_TIMESTAMP_URL; it is tried again."
            ) from error
        raise PermanentError(
            f"Signing a file of {media_type}: the C2PA library refused ({said}). Nothing was stored."
        ) from error


def read_store(file: BinaryIO, media_type: str, trust: Trust, *, most_seconds: float = MOST_SECONDS) -> Store | None:
    """The manifest store in a file, validated against its bytes; None when it cannot be read as one.

    Raises:
        PermanentError: it takes longer than `most_seconds`.
    """
    import c2pa  # noqa: PLC0415 — as above

    began = time.monotonic()
    file.seek(0)
    try:
        context = c2pa.Context(c2pa.Settings.from_dict(_settings(trust, network=False)))
        with c2pa.Reader(media_type, _Timed(file, most_seconds), context=context) as reader:
            document = json.loads(reader.json())
            return Store(reader.get_validation_state() or "Invalid", document) if isinstance(document, dict) else None
    except c2pa.C2paError as error:
        if time.monotonic() - began > most_seconds:
            raise PermanentError(
                f"Reading a credential: it takes longer than {most_seconds:.0f} s, so it was given up. It is far "
                "larger than any that is made here."
            ) from error
        return None
    except (RecursionError, ValueError):
        return None  # a document too deep to read, or no JSON


def _settings(trust: Trust, *, network: bool) -> dict[str, Any]:
    return {
        "version": 1,
        "trust": _trust(trust),
        "verify": {
            "verify_trust": True,
            "verify_after_sign": False,  # we read back ourselves, from the disk, against the database
            "verify_timestamp_trust": True,
            "remote_manifest_fetch": False,
            "ocsp_fetch": False,
        },
        "builder": {"thumbnail": {"enabled": False}},
        "core": {} if network else {"allowed_network_hosts": []},
    }


def _trust(trust: Trust) -> dict[str, Any]:
    """Single certificates as base64 of their sha256; `allowed_list` counts inside a list of anchors only (0.38)."""
    found: dict[str, Any] = {}
    if trust.authorities_pem:  # an empty text is taken for a certificate that cannot be read
        found["user_anchors"] = trust.authorities_pem
    if trust.certificates_sha256:
        lines = [base64.b64encode(bytes.fromhex(sha256)).decode() for sha256 in trust.certificates_sha256]
        alone = {"trust_kind": "manifest", "trust_anchors": "", "allowed_list": "\n".join(lines)}
        found["anchors"] = [alone]
    return found
