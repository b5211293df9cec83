"""Which credential inside a file is believed: ours, by our authority, for the rows of this installation.

Not here: how a credential is signed and read (`tests/resources/provenance/`).
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select

from reelineage.errors import BadInput
from reelineage.models import Installation, Video
from resources.home import Home, open_home
from resources.provenance.identity import read_identity, trust_in
from resources.provenance.manifest import Ingredient
from resources.provenance.reading import read_credential
from resources.provenance.signers import trust_of
from resources.provenance.signing import Signer, sign_file
from resources.recognition import recognise
from tests.resources.lookalikes import write_lively_film
from tests.resources.provenance.studio import chain_files, claim, footage, local_signer
from tests.resources.recognition.conftest import VIDEO


@pytest.mark.usefixtures("unknown_hashes")
def test_a_file_is_known_by_the_credential_inside_it(finished: Home, delivered: Path) -> None:
    found = recognise(finished, str(delivered))
    assert (found.how, found.confidence, found.refs, found.explained) == ("credential", 1.0, (VIDEO,), (VIDEO,))
    assert "valid credential of video:1 (job 1)" in found.sentence


@pytest.mark.usefixtures("unknown_hashes")
def test_a_manifest_of_ours_counts_when_its_authority_is_lost(finished: Home, delivered: Path) -> None:
    shutil.rmtree(finished.root / "authority")
    assert recognise(finished, str(delivered)).how == "credential"


def _forged(
    home: Home, folder: Path, signer: Signer, installation: str | None = None, *ingredients: Ingredient
) -> Path:
    """A film of somebody else whose credential names our video."""
    with home.database.read() as session:
        video = session.get_one(Video, 1)
        own = session.scalar(select(Installation.uuid))
    source = write_lively_film(folder / "foreign.mp4", seed=9, seconds=6.0)
    says = claim(
        source,
        *ingredients,
        installation=installation or own,
        job_id=1,
        video="video:1",
        video_sha256=video.file_sha256,
    )
    sign_file(source, folder / "forged.mp4", says, signer, lambda _: folder / "found.mp4")
    return folder / "forged.mp4"


def test_a_credential_that_somebody_else_signed_is_not_believed(finished: Home, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="not known"):
        recognise(finished, str(_forged(finished, tmp_path, local_signer(tmp_path / "theirs"))))


def test_the_same_credential_signed_by_our_authority_is_believed(finished: Home, tmp_path: Path) -> None:
    forged = _forged(finished, tmp_path, local_signer(finished.root / "authority"))
    assert recognise(finished, str(forged)).how == "credential"


@pytest.fixture
def chains(tmp_path: Path) -> dict[str, tuple[Path, Path]]:
    """Two certificates, each with its key, of one authority that signs for anybody who pays."""
    root_key = ec.generate_private_key(ec.SECP256R1())
    for who in ("ours", "theirs"):
        (tmp_path / who).mkdir()
    return {who: chain_files(tmp_path / who, root_key=root_key) for who in ("ours", "theirs")}


@pytest.fixture
def certified(finished: Home, chains: dict[str, tuple[Path, Path]], monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """The finished home with a certificate of that authority in its settings."""
    certificate, key = chains["ours"]
    monkeypatch.setenv("REELINEAGE_SIGNING_CERTIFICATE", str(certificate))
    monkeypatch.setenv("REELINEAGE_SIGNING_KEY", str(key))
    home = open_home()
    assert home.root == finished.root
    yield home
    home.database.close()


def _signer(chain: tuple[Path, Path]) -> Signer:
    return Signer(read_identity(*chain), trust_in(chain[0]))


def test_a_credential_by_somebody_else_under_the_same_authority_is_not_believed(
    certified: Home, chains: dict[str, tuple[Path, Path]], tmp_path: Path
) -> None:
    """Whoever buys a certificate where we bought ours must not name our videos as its own, and have them withdrawn."""
    forged = _forged(certified, tmp_path, _signer(chains["theirs"]))
    assert read_credential(forged, trust_of(certified.settings)).trusted
    with pytest.raises(BadInput, match="not known"):
        recognise(certified, str(forged))


def test_a_video_of_ours_inside_it_makes_such_a_credential_no_more_believed(
    certified: Home, chains: dict[str, tuple[Path, Path]], delivered: Path, tmp_path: Path
) -> None:
    forged = _forged(certified, tmp_path, _signer(chains["theirs"]), None, footage(delivered))
    inside = read_credential(forged, trust_of(certified.settings)).document
    assert inside is not None
    assert len(inside["manifests"]) == 2  # type: ignore[arg-type]  # an object, by the library
    with pytest.raises(BadInput, match="not known"):
        recognise(certified, str(forged))


def test_a_credential_signed_with_the_certificate_of_the_settings_is_believed(
    certified: Home, chains: dict[str, tuple[Path, Path]], tmp_path: Path
) -> None:
    forged = _forged(certified, tmp_path, _signer(chains["ours"]))
    assert recognise(certified, str(forged)).how == "credential"


def test_a_credential_for_the_same_rows_of_another_installation_is_not_believed(finished: Home, tmp_path: Path) -> None:
    """A job that was made again elsewhere has the same numbers and the same file."""
    elsewhere = "00000000-0000-4000-8000-000000000000"
    with pytest.raises(BadInput, match="not known"):
        recognise(finished, str(_forged(finished, tmp_path, local_signer(finished.root / "authority"), elsewhere)))


@pytest.mark.usefixtures("unknown_hashes")
def test_a_credential_of_another_installation_names_nothing_here(home: Home, finished_template: Path) -> None:
    """Its looks are not known here either."""
    (path,) = finished_template.glob("output/review/*.mp4")
    with pytest.raises(BadInput, match="not known"):
        recognise(home, str(path))


def test_a_file_is_known_by_what_is_left_without_its_credential(
    finished: Home, delivered: Path, tmp_path: Path
) -> None:
    """Another maker may sign our composed file: the credential is theirs, the film is ours."""
    with finished.database.read() as session:
        composed = finished.store.path(session.get_one(Video, 1).file_sha256)
    theirs = tmp_path / "theirs.mp4"
    sign_file(composed, theirs, claim(composed), local_signer(tmp_path / "theirs"), tmp_path.joinpath)
    found = recognise(finished, str(theirs))
    assert (found.how, found.explained) == ("hash", (VIDEO,))
    assert "Without the credential that it carries" in found.sentence
    assert theirs.read_bytes() != delivered.read_bytes()
