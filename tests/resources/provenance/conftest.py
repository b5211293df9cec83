"""A film, signed once per worker: copy it, never change it."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from resources.provenance.signing import Signed, Signer, sign_file
from tests.resources.provenance.studio import claim, film, local_signer


@dataclass(frozen=True)
class SignedFilm:
    """A film before and after signing."""

    source: Path
    path: Path
    signer: Signer
    signer_folder: Path
    signed: Signed


@pytest.fixture(scope="session")
def signed_film(tmp_path_factory: pytest.TempPathFactory) -> SignedFilm:
    """Half a second of red, signed by a local authority."""
    folder = tmp_path_factory.mktemp("signed")
    authority = folder / "authority"
    source, path, signer = film(folder / "film.mp4"), folder / "signed.mp4", local_signer(authority)
    return SignedFilm(source, path, signer, authority, sign_file(source, path, claim(source), signer, folder.joinpath))
