"""Signing one file and reading it back at once: what does not verify is never handed on.

Belongs here: own credentials of footage kept as ingredients, and the check of what was written. Not here: where signed
files go and which rows tell of them (`resources/steps/review.py`).
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import JsonValue

from reelineage.errors import BadInput, PermanentError
from reelineage.fingerprint import canonical_json
from resources.provenance.carriers import credential_parts, media_type_of
from resources.provenance.identity import SigningIdentity, Trust
from resources.provenance.library import Embedded, read_store, sign
from resources.provenance.manifest import Claim, Ingredient
from resources.provenance.reading import Reading, opened, read_credential

# Half of what is ever read: the rest is for what is claimed here.
_MOST_KEPT_BYTES: Final = 8 << 20


@dataclass(frozen=True)
class Signed:
    """A signed file's manifest store as it was read back, and who signed."""

    manifest: dict[str, JsonValue]
    label: str
    manifest_sha256: str
    certificate_sha256: str
    timestamped: bool


@dataclass(frozen=True)
class Signer:
    """Who signs, whom it trusts when reading back, and who says when."""

    identity: SigningIdentity
    trust: Trust
    timestamp_url: str | None = None


def sign_file(source: Path, destination: Path, claim: Claim, signer: Signer, stored: Callable[[str], Path]) -> Signed:
    """Write `source` with a signed manifest to `destination` and read it back.

    Args:
        source: an MP4, JPEG or PNG that holds no credential; it is not changed.
        destination: a new file.
        claim: what the manifest says.
        signer: who says it.
        stored: where the file with a given sha256 lies.

    Raises:
        PermanentError: the library refused, or what was written does not verify.
        TransientError: the time-stamping authority did not answer.
    """
    with opened(source) as file, destination.open("w+b") as written, _kept(claim, stored) as kept:
        media_type = media_type_of(file)
        if media_type is None:
            raise BadInput(f"Signing {source.name}: it is no MP4, JPEG or PNG. Compose the video again.")
        file.seek(0)
        store = sign(
            file,
            written,
            media_type,
            claim.definition(without=tuple(kept)),
            tuple(kept.values()),
            signer.identity,
            signer.timestamp_url,
        )
    found = read_credential(destination, signer.trust)
    if problem := _problem(found, claim, signer, store):
        raise PermanentError(
            f"Signing the {claim.subject} {claim.title}: read back, {problem}. Nothing was stored; check the "
            "certificate (`REELINEAGE_SIGNING_CERTIFICATE`) and make the review again."
        )
    return Signed(
        manifest=dict(found.document or {}),
        label=found.label,
        manifest_sha256=found.manifest_sha256 or "",
        certificate_sha256=signer.identity.certificate_sha256,
        timestamped=found.signed_at is not None,
    )


def _problem(found: Reading, claim: Claim, signer: Signer, store: bytes) -> str | None:
    """What of the written file is not as it was meant, or None."""
    if not found.intact:
        return f"it is {found.state}: {'; '.join(found.failures) or 'no reason is given'}"
    if not found.trusted:
        return "its signature does not lead to the certificate that signed it"
    if found.store != store or signer.identity.certificate_der not in found.store:
        return "it holds another credential than the one that was written"
    if found.assertion is None or canonical_json(dict(found.assertion)) != canonical_json(claim.assertion):
        return "it does not say what was claimed"
    if found.source_sha256 != claim.source_sha256:
        return "it is not the file that was composed with a credential in it"
    return None


@contextmanager
def _kept(claim: Claim, stored: Callable[[str], Path]) -> Iterator[dict[Ingredient, Embedded]]:
    """The ingredients whose files bring a readable credential of their own, open for the library."""
    kept: dict[Ingredient, Embedded] = {}
    left = _MOST_KEPT_BYTES
    with ExitStack() as stack:
        for one in claim.ingredients:
            if one.artifact_sha256 is None:
                continue
            file = stack.enter_context(opened(stored(one.artifact_sha256)))
            media_type = media_type_of(file)
            if media_type is None:
                continue
            try:
                size = sum(part.end - part.start for part in credential_parts(file, media_type, one.title))
            except BadInput:
                continue  # far too large to carry along: the ingredient is named by its hash alone
            if 0 < size <= left and read_store(file, media_type, Trust()) is not None:
                left -= size
                file.seek(0)
                kept[one] = Embedded(claim.ingredient(one), media_type, file)
        yield kept
