"""Which certificate signs in this installation, and whose signatures it trusts: the settings' chain, or the local one.

Belongs here: the choice. Not here: reading PEM files (`identity.py`), making certificates (`authority.py`).
"""

from pathlib import Path

from reelineage.errors import BadInput
from resources.provenance.authority import LocalAuthority
from resources.provenance.identity import Trust, read_identity, trust_in
from resources.provenance.signing import Signer
from resources.settings import Settings


def signer_of(settings: Settings) -> Signer:
    """Who signs: the certificate that the settings name, else the local authority, made on first use.

    Raises:
        BadInput: only one of certificate and key is named, or one of them cannot be used.
        TransientError: the local authority cannot be made, because its folder cannot be written.
    """
    certificate, key = settings.signing_certificate, settings.signing_key
    if (certificate is None) != (key is None):
        raise BadInput(
            "Reading the signing certificate: REELINEAGE_SIGNING_CERTIFICATE and REELINEAGE_SIGNING_KEY go together. "
            "Set both, or unset both to sign with the local authority."
        )
    if certificate is None or key is None:
        identity = authority_of(settings).identity()
    else:
        identity = read_identity(certificate.expanduser(), key.expanduser())
    return Signer(identity, trust_of(settings), settings.timestamp_url)


def trust_of(settings: Settings) -> Trust:
    """Whose signatures are valid here: our own, and those of everybody whom an authority of the settings' chain knows.

    Raises:
        BadInput: a certificate that the settings name, or the local authority's, cannot be read.
    """
    own = own_trust_of(settings)
    if settings.signing_certificate is None:
        return own
    chain = trust_in(settings.signing_certificate.expanduser())
    return Trust(own.authorities_pem + chain.authorities_pem, own.certificates_sha256)


def own_trust_of(settings: Settings) -> Trust:
    """Whose signatures are this installation's own: the local authority's, and those with the certificate it is given.

    The authority above that certificate signs for others as well, so it vouches for nobody here.

    Raises:
        BadInput: as `trust_of`.
    """
    root = authority_of(settings).root_pem
    local = _text(root) if root.is_file() else ""
    certificate = settings.signing_certificate
    return Trust(local, trust_in(certificate.expanduser()).certificates_sha256 if certificate else ())


def authority_of(settings: Settings) -> LocalAuthority:
    """The local development authority of a home."""
    return LocalAuthority(settings.root / "authority")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(
            f"Reading the local authority's certificate {path}: {error}. Restore it from a backup."
        ) from error
