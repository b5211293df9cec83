"""What `verify` says of a credential in words, where a whole job is not needed for it."""

import shutil
import time
from pathlib import Path

import pytest

from resources.home import Home, open_home
from resources.provenance.identity import Trust
from resources.provenance.reading import Reading, read_credential
from resources.provenance.signers import signer_of
from resources.provenance.signing import sign_file
from resources.provenance.verification import Verification, verify
from tests.resources.provenance.conftest import SignedFilm
from tests.resources.provenance.studio import chain_files, claim, film


def said(found: Verification, name: str) -> str:
    (message,) = [check.message for check in found.checks if check.name == name]
    return message


@pytest.mark.usefixtures("home")
def test_a_certificate_that_expired_is_told_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a time stamp nobody can know that the file was signed before."""
    source, signed = film(tmp_path / "f.mp4"), tmp_path / "s.mp4"
    for lifetime in (4, 40):  # on a busy machine signing and looking can take longer than the first lives
        end = time.monotonic() + lifetime
        certificate, key = chain_files(tmp_path, days=(-1, lifetime / 86_400))
        monkeypatch.setenv("REELINEAGE_SIGNING_CERTIFICATE", str(certificate))
        monkeypatch.setenv("REELINEAGE_SIGNING_KEY", str(key))
        mine = open_home()
        signed.unlink(missing_ok=True)
        sign_file(source, signed, claim(source), signer_of(mine.settings), tmp_path.joinpath)
        if (verdict := verify(mine, signed).verdict) == "unrecorded":
            break
    assert verdict == "unrecorded"
    time.sleep(max(0, end - time.monotonic()) + 1)
    found = verify(mine, signed)
    mine.database.close()
    assert found.verdict == "invalid"
    assert "has expired, and no time stamp says when" in said(found, "signature")


def test_a_video_that_this_authority_signed_and_no_row_tells_of_is_not_recorded(
    home: Home, signed_film: SignedFilm
) -> None:
    shutil.copytree(signed_film.signer_folder, home.root / "authority")
    found = verify(home, signed_film.path)
    assert found.verdict == "unrecorded"
    assert "another installation (00000000-0000-4000-8000-000000000001)" in said(found, "record")
    assert "with a certificate of a trusted authority" in said(found, "trust")


def test_a_damaged_credential_is_told(home: Home, signed_film: SignedFilm, tmp_path: Path) -> None:
    data = bytearray(signed_film.path.read_bytes())
    place = data.index(b"jumb")
    data[place : place + 4] = b"junk"
    (tmp_path / "f.mp4").write_bytes(data)
    found = verify(home, tmp_path / "f.mp4")
    assert found.verdict == "invalid"
    assert "damaged or of no known form" in said(found, "signature")


def test_names_and_times_out_of_a_file_are_cleaned(tmp_path: Path, signed_film: SignedFilm) -> None:
    """Whoever makes a file chooses its words; they must neither clear a terminal nor break a database."""
    source, signed = film(tmp_path / "f.mp4"), tmp_path / "s.mp4"
    evil = claim(source, note="a\0b\x1b[2J")
    sign_file(source, signed, evil, signed_film.signer, tmp_path.joinpath)
    found = read_credential(signed, Trust())
    assert isinstance(found, Reading)
    assert "\0" not in str(found.document)
    assert "a\\x00b" in repr(found.assertion), "what was claimed is compared as it stands in the file"
