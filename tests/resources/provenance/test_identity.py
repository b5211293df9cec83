"""Own certificates: every kind that C2PA knows signs, and a wrong one is told before anything is signed."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from reelineage.errors import BadInput
from resources.provenance.identity import Trust, read_identity, trust_in
from resources.provenance.reading import read_credential
from resources.provenance.signers import own_trust_of, signer_of, trust_of
from resources.provenance.signing import Signer, sign_file
from resources.settings import Settings
from tests.resources.provenance.studio import Key, chain_files, claim, film

KEYS: dict[str, Key] = {
    "es256": ec.generate_private_key(ec.SECP256R1()),
    "es384": ec.generate_private_key(ec.SECP384R1()),
    "es512": ec.generate_private_key(ec.SECP521R1()),
    "ps256": rsa.generate_private_key(65537, 2048),
    "ed25519": ed25519.Ed25519PrivateKey.generate(),
}


@pytest.mark.parametrize("algorithm", KEYS)
def test_an_own_chain_in_the_settings_signs_and_is_trusted(tmp_path: Path, algorithm: str) -> None:
    certificate, key = chain_files(tmp_path, KEYS[algorithm])
    settings = Settings(home=tmp_path / "home", signing_certificate=certificate, signing_key=key)
    signer = signer_of(settings)
    assert signer.identity.algorithm == algorithm
    source, signed = film(tmp_path / "film.mp4"), tmp_path / "signed.mp4"
    sign_file(source, signed, claim(source), signer, tmp_path.joinpath)
    assert read_credential(signed, trust_of(settings)).trusted
    assert not read_credential(signed, trust_of(Settings(home=tmp_path / "home"))).trusted
    assert not (tmp_path / "home" / "authority").exists()


def test_what_the_local_authority_signed_stays_trusted_beside_an_own_chain(tmp_path: Path) -> None:
    home = tmp_path / "home"
    source, signed = film(tmp_path / "film.mp4"), tmp_path / "signed.mp4"
    sign_file(source, signed, claim(source), signer_of(Settings(home=home)), tmp_path.joinpath)
    certificate, key = chain_files(tmp_path)
    both = trust_of(Settings(home=home, signing_certificate=certificate, signing_key=key))
    assert read_credential(signed, both).trusted


def test_a_chain_without_its_authority_signs_and_its_certificate_is_trusted_by_itself(tmp_path: Path) -> None:
    certificate, key = chain_files(tmp_path)
    leaf = certificate.read_text().partition("-----END CERTIFICATE-----")
    certificate.write_text("".join(leaf[:2]) + "\n")
    settings = Settings(home=tmp_path / "home", signing_certificate=certificate, signing_key=key)
    source, signed = film(tmp_path / "film.mp4"), tmp_path / "signed.mp4"
    sign_file(source, signed, claim(source), signer_of(settings), tmp_path.joinpath)
    assert read_credential(signed, trust_of(settings)).trusted
    assert read_credential(signed, own_trust_of(settings)).trusted
    assert not read_credential(signed, Trust("", ("0" * 64,))).trusted


def test_of_an_own_chain_only_the_certificate_itself_is_ours(tmp_path: Path) -> None:
    root_key = ec.generate_private_key(ec.SECP256R1())
    chains = []
    for who in ("ours", "theirs"):
        (tmp_path / who).mkdir()
        chains.append(chain_files(tmp_path / who, root_key=root_key))
    settings = Settings(home=tmp_path / "home", signing_certificate=chains[0][0], signing_key=chains[0][1])
    source, signed = film(tmp_path / "film.mp4"), tmp_path / "signed.mp4"
    theirs = Signer(read_identity(*chains[1]), trust_of(settings))
    sign_file(source, signed, claim(source), theirs, tmp_path.joinpath)
    assert not read_credential(signed, own_trust_of(settings)).trusted


@pytest.mark.parametrize("alone", ["signing_certificate", "signing_key"])
def test_certificate_and_key_go_together(tmp_path: Path, alone: str) -> None:
    settings = Settings(home=tmp_path / "home").model_copy(update={alone: tmp_path / "one.pem"})
    with pytest.raises(BadInput, match="go together"):
        signer_of(settings)


def test_files_that_are_missing_or_no_pem_are_told_by_name(tmp_path: Path) -> None:
    certificate, key = chain_files(tmp_path)
    with pytest.raises(BadInput, match=r"none\.pem: No such file"):
        read_identity(tmp_path / "none.pem", key)
    with pytest.raises(BadInput, match=r"none\.key: No such file"):
        read_identity(certificate, tmp_path / "none.key")
    with pytest.raises(BadInput, match=r"signer\.key: it holds no certificate"):
        read_identity(key, key)
    with pytest.raises(BadInput, match=r"chain\.pem: it holds no private key"):
        read_identity(certificate, certificate, private=0)
    with pytest.raises(BadInput, match=r"Is a directory|not a regular file"):
        trust_in(tmp_path)


def test_a_key_of_another_certificate_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    certificate, _ = chain_files(tmp_path)
    _, key = chain_files(tmp_path / "other")
    with pytest.raises(BadInput, match=r"signer\.key: it does not fit the first certificate of .*chain\.pem"):
        read_identity(certificate, key)


@pytest.mark.parametrize("days", [(-20, -1), (1, 20)])
def test_a_certificate_that_is_not_valid_today_is_refused(tmp_path: Path, days: tuple[float, float]) -> None:
    certificate, key = chain_files(tmp_path, days=days)
    with pytest.raises(BadInput, match=r"chain\.pem: it is valid from 20\d\d-\d\d-\d\d to 20"):
        read_identity(certificate, key)


def test_an_encrypted_key_is_refused(tmp_path: Path) -> None:
    certificate, key = chain_files(tmp_path, password=b"secret")
    with pytest.raises(BadInput, match=r"signer\.key: it is encrypted"):
        read_identity(certificate, key)


TOO_WEAK = rsa.generate_private_key(65537, 1024)  # noqa: S505 — it is refused, which is what is tested


@pytest.mark.parametrize("key", [ec.generate_private_key(ec.SECP256K1()), TOO_WEAK])
def test_a_key_that_c2pa_does_not_know_is_refused(tmp_path: Path, key: Key) -> None:
    certificate, path = chain_files(tmp_path, key)
    with pytest.raises(BadInput, match="C2PA knows keys on P-256"):
        read_identity(certificate, path)


def test_an_own_key_that_everybody_may_read_is_refused(tmp_path: Path) -> None:
    certificate, key = chain_files(tmp_path)
    key.chmod(0o644)
    with pytest.raises(BadInput, match=r"signer\.key: others may read it \(its mode is 0644\)"):
        read_identity(certificate, key)


def test_a_key_never_shows_in_what_is_printed(tmp_path: Path) -> None:
    certificate, key = chain_files(tmp_path)
    assert "PRIVATE" not in repr(read_identity(certificate, key))
