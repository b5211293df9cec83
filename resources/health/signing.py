"""The certificate that signs videos: is it usable, and for how long.

Belongs here: looking at the one that would sign. Not here: making or renewing it (`resources/provenance`).
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from reelineage.errors import BadInput
from resources.health.readings import Reading, Status, told_age
from resources.home import Home
from resources.provenance.identity import SigningIdentity, read_identity
from resources.provenance.signers import authority_of

_SOON_SECONDS: Final = 30 * 86400
_NOBODY_ELSE: Final = 0o077


def look_at_certificate(home: Home) -> Iterator[Reading]:
    """The settings' certificate, else the local authority's; none at all is fine, since the first video makes one."""
    try:
        identity = _identity(home)
    except BadInput as error:  # its message says what to do
        yield Reading("certificate", Status.BAD, str(error))
        return
    if identity is None:
        yield Reading("certificate", Status.OK, "None yet: the first video makes a local one.")
        return
    left = (identity.expires_at - datetime.now(UTC)).total_seconds()
    seen = f"{identity.subject} is valid for {told_age(left)} more."
    if left < _SOON_SECONDS:
        yield Reading("certificate", Status.WARN, seen, "Get a new one in time.", value=left, unit="seconds")
        return
    yield Reading("certificate", Status.OK, seen, value=left, unit="seconds")


def _identity(home: Home) -> SigningIdentity | None:
    certificate, key = home.settings.signing_certificate, home.settings.signing_key
    if (certificate is None) != (key is None):
        raise BadInput(
            "Reading the signing certificate: REELINEAGE_SIGNING_CERTIFICATE and REELINEAGE_SIGNING_KEY go together. "
            "Set both, or unset both to sign with the local authority."
        )
    if certificate is not None and key is not None:
        return read_identity(certificate.expanduser(), key.expanduser())
    leaf = authority_of(home.settings).folder / "leaf.pem"
    return read_identity(leaf, leaf, private=_NOBODY_ELSE) if leaf.is_file() else None
