"""The local development authority: its own root and signing certificate, made on first use, kept under the home.

Belongs here: making and renewing them so that two processes at once get the same ones and nobody else may read a key.
Not here: an organisation's own chain (`identity.py` reads it from the settings).
"""

import os
import shutil
import stat
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from reelineage.errors import BadInput, TransientError
from resources.provenance.identity import SigningIdentity, read_identity

_ROOT_YEARS: Final = 30
# Without a time-stamping authority a signature counts as long as its certificate does: each file gets 5 years or more.
_LEAF_DAYS: Final = 10 * 365
_RENEWED_DAYS_BEFORE: Final = 5 * 365
_CLOCKS_DIFFER: Final = timedelta(hours=1)
_NOBODY_ELSE: Final = 0o077


class LocalAuthority:
    """A root and a leaf in `folder`: `root.pem`, `root.key`, and `leaf.pem` with the leaf's chain and key."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def root_pem(self) -> Path:
        """The root certificate: what makes a signature one of this installation's."""
        return self.folder / "root.pem"

    def identity(self) -> SigningIdentity:
        """The certificate that signs, made when there is none, renewed long before it expires.

        Raises:
            BadInput: the folder is damaged, or others may read a key in it.
            TransientError: the folder cannot be written.
        """
        leaf = self.folder / "leaf.pem"
        try:
            if not self.root_pem.is_file():
                self._make()
            self._check_modes()
            found = read_identity(leaf, leaf, private=_NOBODY_ELSE) if leaf.is_file() else None
            if found is None or found.expires_at < datetime.now(UTC) + timedelta(days=_RENEWED_DAYS_BEFORE):
                self._renew()
                found = read_identity(leaf, leaf, private=_NOBODY_ELSE)
        except OSError as error:
            raise TransientError(
                f"Preparing the local signing authority in {self.folder}: {error.strerror or error}. Make the folder "
                "writable, or name a certificate with REELINEAGE_SIGNING_CERTIFICATE and REELINEAGE_SIGNING_KEY."
            ) from error
        return found

    def _make(self) -> None:
        """Make root and leaf in a folder beside, then rename it: the first of two processes wins, both use its."""
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{self.folder.name}-", dir=self.folder.parent))  # mode 0700
        try:
            key = ec.generate_private_key(ec.SECP256R1())
            root = _root(key)
            _write(beside / "root.key", _pem_of(key))
            _write(beside / "leaf.pem", _leaf(root, key))
            _write(beside / "root.pem", root.public_bytes(serialization.Encoding.PEM))
            try:
                beside.rename(self.folder)
            except OSError:
                if not self.root_pem.is_file():
                    raise
        finally:
            shutil.rmtree(beside, ignore_errors=True)

    def _renew(self) -> None:
        """A new leaf under the same root; whoever renews at the same time makes one that is as good."""
        key_path = self.folder / "root.key"
        root = read_identity(self.root_pem, key_path, private=_NOBODY_ELSE)
        key = serialization.load_pem_private_key(root.key_pem, password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise BadInput(f"Renewing the signing certificate in {self.folder}: root.key is not ours. Restore it.")
        certificate = x509.load_pem_x509_certificate(root.chain_pem)
        handle, name = tempfile.mkstemp(prefix=".leaf-", dir=self.folder)  # mode 0600
        with os.fdopen(handle, "wb") as file:
            file.write(_leaf(certificate, key))
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(self.folder / "leaf.pem")

    def _check_modes(self) -> None:
        mode = self.folder.stat().st_mode
        if not stat.S_ISDIR(mode) or mode & _NOBODY_ELSE:
            raise BadInput(
                f"Reading the local signing authority in {self.folder}: others may look into it (its mode is "
                f"{mode & 0o777:04o}), so its keys are not used. Run `chmod 700 {self.folder}`; if somebody else may "
                "have read them, move the folder away and a new authority is made."
            )


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Reelineage local development"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _root(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    """A self-signed authority that may sign certificates and nothing else."""
    now = datetime.now(UTC)
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(_name(f"Local authority {identifier.digest.hex()[:8]}"))
        .issuer_name(_name(f"Local authority {identifier.digest.hex()[:8]}"))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCKS_DIFFER)
        .not_valid_after(now + timedelta(days=365 * _ROOT_YEARS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(identifier, critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def _leaf(root: x509.Certificate, root_key: ec.EllipticCurvePrivateKey) -> bytes:
    """A new leaf by the C2PA certificate profile (2.2, 14.5.1): its chain and its key as one PEM."""
    now = datetime.now(UTC)
    key = ec.generate_private_key(ec.SECP256R1())
    leaf = (
        x509.CertificateBuilder()
        .subject_name(_name("Video signer"))
        .issuer_name(root.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCKS_DIFFER)
        .not_valid_after(min(now + timedelta(days=_LEAF_DAYS), root.not_valid_after_utc))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    return leaf.public_bytes(pem) + root.public_bytes(pem) + _pem_of(key)


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _pem_of(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )  # fmt: skip


def _write(path: Path, data: bytes) -> None:
    """A new file that only its owner may read, from its first byte on."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
