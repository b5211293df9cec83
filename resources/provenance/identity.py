"""Who signs: a certificate chain with its key, from the settings or from the local authority, and whom we trust.

Belongs here: reading and checking PEM files, so that a wrong one is told before any video is signed with it. Not here:
making certificates (`authority.py`), signing (`signing.py`).
"""

import stat
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

from reelineage.errors import BadInput

_MOST_PEM_BYTES: Final = 1 << 20
_CURVES: Final = {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}
_LEAST_RSA_BITS: Final = 2048  # C2PA 2.2, 13.2.1


@dataclass(frozen=True)
class SigningIdentity:
    """A certificate that signs, its chain up to the authority, and its key.

    `algorithm` is C2PA's word (`es256`, `ps256`, …), `certificate_sha256` the hash of the leaf's DER bytes.
    """

    subject: str
    algorithm: str
    chain_pem: bytes
    key_pem: bytes = field(repr=False)
    certificate_sha256: str
    certificate_der: bytes = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True)
class Trust:
    """Whose signatures are trusted: authorities with all whom they know, and single certificates by their sha256."""

    authorities_pem: str = ""
    certificates_sha256: tuple[str, ...] = ()


def read_identity(certificate: Path, key: Path, *, private: int = 0o007) -> SigningIdentity:
    """A chain and its key from PEM files; both may be one file.

    Args:
        certificate: the leaf first, then what signed it.
        key: the leaf's private key, not encrypted.
        private: permission bits that the key file must not have.

    Raises:
        BadInput: a file is missing, readable by others, no PEM, of a kind C2PA does not know, expired, or the key does
            not fit the certificate; names the file.
    """
    chain = _certificates(certificate)
    leaf = chain[0]
    key_pem = _read(key, private=private)
    loaded = _private_key(key, key_pem)
    if leaf.public_key() != loaded.public_key():
        raise BadInput(
            f"Reading the signing key {key}: it does not fit the first certificate of {certificate}. The leaf's own "
            "certificate comes first, then those that signed it."
        )
    now = datetime.now(UTC)
    if not leaf.not_valid_before_utc <= now < leaf.not_valid_after_utc:
        raise BadInput(
            f"Reading the signing certificate {certificate}: it is valid from {leaf.not_valid_before_utc:%Y-%m-%d} to "
            f"{leaf.not_valid_after_utc:%Y-%m-%d}. Get a new one; nothing can be signed with it today."
        )
    return SigningIdentity(
        subject=leaf.subject.rfc4514_string(),
        algorithm=_algorithm(key, loaded),
        chain_pem=b"".join(one.public_bytes(serialization.Encoding.PEM) for one in chain),
        key_pem=loaded.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
        certificate_sha256=leaf.fingerprint(hashes.SHA256()).hex(),
        certificate_der=leaf.public_bytes(serialization.Encoding.DER),
        expires_at=leaf.not_valid_after_utc,
    )


def trust_in(certificate: Path) -> Trust:
    """What a chain's own file lets us trust: the authorities in it, and its leaf."""
    leaf, *authorities = _certificates(certificate)
    pem = serialization.Encoding.PEM
    return Trust(
        "".join(one.public_bytes(pem).decode() for one in authorities), (leaf.fingerprint(hashes.SHA256()).hex(),)
    )  # fmt: skip


def _certificates(path: Path) -> list[x509.Certificate]:
    data = _read(path, private=0)
    try:
        return x509.load_pem_x509_certificates(data)
    except ValueError as error:
        raise BadInput(
            f"Reading the signing certificate {path}: it holds no certificate in PEM form ({error}). Give the leaf and "
            "its chain, the leaf first."
        ) from error


def _private_key(path: Path, data: bytes) -> PrivateKeyTypes:
    try:
        return serialization.load_pem_private_key(data, password=None)
    except TypeError as error:
        raise BadInput(f"Reading the signing key {path}: it is encrypted. Give it without a password.") from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise BadInput(f"Reading the signing key {path}: it holds no private key in PEM form.") from error


def _algorithm(path: Path, key: PrivateKeyTypes) -> str:
    if isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name in _CURVES:
        return _CURVES[key.curve.name]
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size >= _LEAST_RSA_BITS:
        return "ps256"
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return "ed25519"
    raise BadInput(
        f"Reading the signing key {path}: C2PA knows keys on P-256, P-384 or P-521, RSA from {_LEAST_RSA_BITS} bits "
        "and Ed25519. Get a certificate with one of these."
    )


def _read(path: Path, *, private: int) -> bytes:
    """A PEM file's bytes, when nobody may read it who should not."""
    try:
        with path.open("rb") as file:
            mode = path.stat().st_mode
            if not stat.S_ISREG(mode):
                raise BadInput(f"Reading {path}: it is not a regular file. Name a PEM file.")
            if mode & private:
                raise BadInput(
                    f"Reading the signing key {path}: others may read it (its mode is {mode & 0o777:04o}), so it is "
                    f"not used. Run `chmod 600 {path}`, and get a new key if somebody else may have seen it."
                )
            data = file.read(_MOST_PEM_BYTES + 1)
    except OSError as error:
        raise BadInput(
            f"Reading {path}: {error.strerror}. Correct REELINEAGE_SIGNING_CERTIFICATE and REELINEAGE_SIGNING_KEY, or "
            "unset both to sign with the local authority."
        ) from error
    if len(data) > _MOST_PEM_BYTES:
        raise BadInput(f"Reading {path}: it is larger than {_MOST_PEM_BYTES:,} bytes. Name a PEM file.")
    return data
