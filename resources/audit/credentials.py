"""Signed files, read back: does each still carry the credential that was stored for it?

Belongs here: what `--deep` and `--job` ask of files in the store. Not here: that a reviewed video has its credentials
at all (`people.py`), a file from outside (`resources/provenance/verification.py`).
"""

from collections.abc import Iterator

from sqlalchemy import select

from reelineage.errors import BadInput
from reelineage.fingerprint import sha256_of
from reelineage.models import Credential
from resources.audit.findings import Finding
from resources.home import Home
from resources.provenance.identity import Trust
from resources.provenance.reading import read_credential

_PAGE = 200


def broken_credentials(home: Home, job_id: int | None) -> Iterator[Finding]:
    """Signed files whose credential is not the stored one. That a file is there is for `files.py` to say.

    The database is left alone while files are read: a transaction of an hour keeps it from tidying up.
    """
    mine = [Credential.job_id == job_id] if job_id is not None else []
    last = 0
    while True:
        query = select(Credential).where(*mine, Credential.id > last, Credential.tombstone_id.is_(None))
        with home.database.read() as session:
            rows = session.scalars(query.order_by(Credential.id).limit(_PAGE)).all()
        for row in rows:
            if problem := _problem(home, row):
                ref = f"credential:{row.id}"
                yield Finding(
                    "altered_credential",
                    ref,
                    f"{ref}: {problem}; restore the database and its artifacts from one backup.",
                )
        if len(rows) < _PAGE:
            return
        last = rows[-1].id


def _problem(home: Home, row: Credential) -> str | None:
    path = home.store.root / row.file_sha256[:2] / row.file_sha256
    if not path.is_file():
        return None
    try:
        found = read_credential(path, Trust())
    except BadInput as error:
        return str(error)
    if found.manifest_sha256 != row.manifest_sha256 or found.label != row.manifest_label:
        return f"the file {row.file_sha256[:12]}… holds another credential than the one stored"
    if not found.intact:
        return f"the file {row.file_sha256[:12]}… and its credential do not fit: {'; '.join(found.failures[:3])}"
    if _told(found.document) != _told(row.manifest):
        return "the stored copy of its manifest was changed"
    return None


def _told(manifest: object) -> str:
    """A manifest without its verdicts: these depend on whom the reader trusts, and on the day."""
    kept = (
        {key: value for key, value in manifest.items() if key in ("active_manifest", "manifests")}
        if isinstance(manifest, dict)
        else {}
    )
    return sha256_of(kept)
