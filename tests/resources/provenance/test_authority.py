"""The local authority: made once, kept to oneself, renewed in time."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from reelineage.errors import BadInput, TransientError
from resources.provenance import authority as module
from resources.provenance.authority import LocalAuthority
from resources.provenance.identity import Trust
from resources.provenance.reading import read_credential
from resources.provenance.signing import Signer, sign_file
from resources.settings import PROJECT
from tests.resources.provenance.studio import claim, film

_PRINT_IDENTITY = """
import sys
from pathlib import Path
from resources.provenance.authority import LocalAuthority
sys.stdin.readline()
authority = LocalAuthority(Path(sys.argv[1]))
identity = authority.identity()
print(identity.certificate_sha256)
"""


def test_it_is_made_on_first_use_and_nobody_else_may_read_it(tmp_path: Path) -> None:
    folder = tmp_path / "home" / "authority"
    made = LocalAuthority(folder).identity()
    assert {path.name for path in folder.iterdir()} == {"root.pem", "root.key", "leaf.pem"}
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert folder.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in folder.parent.iterdir()] == ["authority"]
    assert LocalAuthority(folder).identity() == made


def test_processes_that_make_it_at_the_same_time_get_the_same_one(tmp_path: Path) -> None:
    started = [
        subprocess.Popen(
            [sys.executable, "-c", _PRINT_IDENTITY, str(tmp_path / "authority")],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    said = {process.communicate(timeout=60)[0].strip() for process in started}
    assert said == {LocalAuthority(tmp_path / "authority").identity().certificate_sha256}
    assert [path.name for path in tmp_path.iterdir()] == ["authority"]


def test_whoever_comes_second_uses_what_the_first_has_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = LocalAuthority(tmp_path / "authority"), LocalAuthority(tmp_path / "authority")
    made: list[str] = []
    write = module._write

    def meanwhile(path: Path, data: bytes) -> None:
        if not made:
            monkeypatch.setattr(module, "_write", write)
            made.append(first.identity().certificate_sha256)
        write(path, data)

    monkeypatch.setattr(module, "_write", meanwhile)
    assert second.identity().certificate_sha256 == made[0]


@pytest.mark.parametrize("name", ["leaf.pem", ""])
def test_a_key_that_others_may_read_is_not_used(tmp_path: Path, name: str) -> None:
    authority = LocalAuthority(tmp_path / "authority")
    authority.identity()
    (authority.folder / name).chmod(0o750)
    with pytest.raises(BadInput, match=r"others may .*chmod [67]00"):
        authority.identity()


def test_a_root_key_that_others_may_read_signs_no_new_leaf(tmp_path: Path) -> None:
    authority = LocalAuthority(tmp_path / "authority")
    authority.identity()
    (authority.folder / "leaf.pem").unlink()
    (authority.folder / "root.key").chmod(0o644)
    with pytest.raises(BadInput, match=r"root\.key: others may read it"):
        authority.identity()


def test_the_leaf_is_renewed_long_before_it_expires_and_what_it_signed_stays_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = LocalAuthority(tmp_path / "authority")
    monkeypatch.setattr(module, "_RENEWED_DAYS_BEFORE", 0)
    monkeypatch.setattr(module, "_LEAF_DAYS", 400)
    old = authority.identity()
    source, signed = film(tmp_path / "film.mp4"), tmp_path / "signed.mp4"
    sign_file(source, signed, claim(source), Signer(old, Trust(authority.root_pem.read_text())), tmp_path.joinpath)
    monkeypatch.undo()
    new = authority.identity()
    assert new.certificate_sha256 != old.certificate_sha256
    assert new.expires_at > datetime.now(UTC) + timedelta(days=9 * 365)
    assert authority.identity() == new
    assert (authority.folder / "leaf.pem").stat().st_mode & 0o777 == 0o600
    assert read_credential(signed, Trust(authority.root_pem.read_text())).trusted


def test_certificates_follow_the_profile_that_c2pa_asks_for(tmp_path: Path) -> None:
    chain = LocalAuthority(tmp_path / "authority").identity().chain_pem
    leaf, root = x509.load_pem_x509_certificates(chain)
    usage = leaf.extensions.get_extension_for_class(x509.KeyUsage)
    assert usage.critical
    assert usage.value.digital_signature
    assert not usage.value.key_cert_sign
    assert not leaf.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert root.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    purposes = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(purposes) == [ExtendedKeyUsageOID.EMAIL_PROTECTION]
    signed_by = leaf.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
    assert signed_by == root.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    leaf.verify_directly_issued_by(root)


def test_a_home_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file where the home should be")
    with pytest.raises(TransientError, match=r"Preparing the local signing authority in .*home/authority: "):
        LocalAuthority(tmp_path / "home" / "authority").identity()
