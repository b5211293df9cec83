"""Signing: what is claimed is read back, what does not verify goes no further, own credentials of footage are kept."""

import http.server
import json
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from reelineage.credentials import LABEL, row_uuid
from reelineage.errors import BadInput, PermanentError, TransientError
from reelineage.family import Ref
from reelineage.fingerprint import sha256_of
from resources.provenance import signing
from resources.provenance.identity import SigningIdentity, Trust
from resources.provenance.library import sign
from resources.provenance.manifest import Ingredient
from resources.provenance.reading import read_credential
from resources.provenance.signing import sign_file
from tests.resources.provenance.conftest import SignedFilm
from tests.resources.provenance.studio import INSTALLATION, SYNTHETIC, claim, film, footage, local_signer, picture

SCRIPT = Ingredient(Ref("script", "3"), "Script", "application/json", "inputTo", "a" * 64)
VOICE = Ingredient(Ref("voiceover", "4"), "Narration", "audio/wav", "componentOf", "b" * 64)
DRAWING = Ingredient(Ref("clip", "5"), "Scene 1", "application/vnd.reelineage.drawing+json", "componentOf", "c" * 64)


def _active(manifest: dict[str, Any]) -> dict[str, Any]:
    active: dict[str, Any] = manifest["manifests"][manifest["active_manifest"]]
    return active


def _said(manifest: dict[str, Any], label: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one["data"] for one in _active(manifest)["assertions"] if one["label"] == label)
    return found


def test_what_was_claimed_is_read_back(signed_film: SignedFilm) -> None:
    found = read_credential(signed_film.path, signed_film.signer.trust)
    assert found.trusted
    assert found.failures == ()
    assert found.assertion == claim(signed_film.source).assertion
    assert found.generator == "Reelineage 0.0"
    assert found.signer == "Video signer"
    assert found.source_sha256 == claim(signed_film.source).source_sha256
    assert signed_film.signed.manifest_sha256 == found.manifest_sha256 == sha256_of(found.store)
    assert found.store in signed_film.path.read_bytes()
    assert signed_film.signed.label == found.label
    assert not signed_film.signed.timestamped


def test_the_source_type_and_every_ingredient_stand_in_the_actions(tmp_path: Path, signed_film: SignedFilm) -> None:
    meant = claim(signed_film.source, SCRIPT, VOICE, DRAWING)
    signed = sign_file(signed_film.source, tmp_path / "s.mp4", meant, signed_film.signer, tmp_path.joinpath)
    created, placed = _said(signed.manifest, "c2pa.actions.v2")["actions"]
    assert created["action"] == "c2pa.created"
    assert created["digitalSourceType"] == SYNTHETIC
    assert placed["action"] == "c2pa.placed"
    assert [len(action["parameters"]["ingredients"]) for action in (created, placed)] == [1, 2]
    told = {one["title"]: one for one in _active(signed.manifest)["ingredients"]}
    assert {title: one["relationship"] for title, one in told.items()} == {
        "Script": "inputTo", "Narration": "componentOf", "Scene 1": "componentOf",
    }  # fmt: skip
    assert told["Script"]["instance_id"] == f"urn:uuid:{row_uuid(INSTALLATION, Ref('script', '3'))}"
    assert told["Scene 1"]["metadata"] == {f"{LABEL}.ref": "clip:5", f"{LABEL}.sha256": "c" * 64}


@pytest.mark.parametrize("name", ["still.jpg", "still.png"])
def test_pictures_are_signed_too(tmp_path: Path, signed_film: SignedFilm, name: str) -> None:
    source, signed = picture(tmp_path / name), tmp_path / f"signed-{name}"
    sign_file(source, signed, claim(source), signed_film.signer, tmp_path.joinpath)
    found = read_credential(signed, signed_film.signer.trust)
    assert found.trusted
    assert found.source_sha256 == claim(source).source_sha256


def test_footage_keeps_its_own_credential_however_often_it_is_shown(tmp_path: Path, signed_film: SignedFilm) -> None:
    other = local_signer(tmp_path / "others")
    own = tmp_path / "own.mp4"
    theirs = sign_file(
        film(tmp_path / "f.mp4", colour="blue"), own, claim(tmp_path / "f.mp4"), other, tmp_path.joinpath
    )
    meant = claim(signed_film.source, footage(own, clip=1), footage(own, clip=2), SCRIPT)
    signed = sign_file(signed_film.source, tmp_path / "s.mp4", meant, signed_film.signer, lambda _: own)
    manifests = signed.manifest["manifests"]
    assert isinstance(manifests, dict)
    assert set(manifests) == {signed.label, theirs.label}
    kept = [one.get("active_manifest") for one in _active(signed.manifest)["ingredients"]]
    assert sorted(kept, key=str) == sorted([theirs.label, theirs.label, None], key=str)
    names = {one["instance_id"] for one in _active(signed.manifest)["ingredients"]}
    assert names == {f"urn:uuid:{row_uuid(INSTALLATION, one.ref)}" for one in meant.ingredients}


def test_footage_that_was_altered_after_it_was_signed_is_named_as_such(tmp_path: Path, signed_film: SignedFilm) -> None:
    altered = bytearray(signed_film.path.read_bytes())
    altered[-100] ^= 1
    (tmp_path / "own.mp4").write_bytes(altered)
    meant = claim(signed_film.source, footage(tmp_path / "own.mp4"))
    signed = sign_file(
        signed_film.source, tmp_path / "s.mp4", meant, signed_film.signer, lambda _: tmp_path / "own.mp4"
    )
    assert "assertion.bmffHash.mismatch" in json.dumps(_active(signed.manifest)["ingredients"][0]["validation_results"])


def test_footage_with_a_credential_nobody_can_read_is_named_by_its_hash(
    tmp_path: Path, signed_film: SignedFilm
) -> None:
    broken = bytearray(signed_film.path.read_bytes())
    place = broken.find(b"jumb")
    broken[place + 8 : place + 60] = b"\xff" * 52
    (tmp_path / "own.mp4").write_bytes(broken)
    meant = claim(signed_film.source, footage(tmp_path / "own.mp4"))
    signed = sign_file(
        signed_film.source, tmp_path / "s.mp4", meant, signed_film.signer, lambda _: tmp_path / "own.mp4"
    )
    (told,) = _active(signed.manifest)["ingredients"]
    assert "active_manifest" not in told
    assert told["metadata"][f"{LABEL}.sha256"] == meant.ingredients[0].sha256


def test_credentials_of_footage_are_kept_up_to_a_bound(
    tmp_path: Path, signed_film: SignedFilm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing, "_MOST_KEPT_BYTES", 1000)
    meant = claim(signed_film.source, footage(signed_film.path))
    signed = sign_file(signed_film.source, tmp_path / "s.mp4", meant, signed_film.signer, lambda _: signed_film.path)
    assert "active_manifest" not in _active(signed.manifest)["ingredients"][0]


def test_a_file_whose_signature_does_not_hold_is_never_handed_on(
    tmp_path: Path, signed_film: SignedFilm, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(source: BinaryIO, destination: BinaryIO, *rest: Any) -> bytes:
        store = sign(source, destination, *rest)
        destination.seek(-50, 2)
        destination.write(b"\0")
        return store

    monkeypatch.setattr(signing, "sign", damaged)
    with pytest.raises(PermanentError, match=r"Signing the video Taps: read back, it is Invalid: .*bmffHash\.mismatch"):
        sign_file(
            signed_film.source, tmp_path / "s.mp4", claim(signed_film.source), signed_film.signer, tmp_path.joinpath
        )


def test_bytes_that_no_signature_covers_are_read_back_as_well(
    tmp_path: Path, signed_film: SignedFilm, monkeypatch: pytest.MonkeyPatch
) -> None:
    def other_brand(source: BinaryIO, destination: BinaryIO, *rest: Any) -> bytes:
        store = sign(source, destination, *rest)
        destination.seek(12)
        destination.write(b"\xff")
        return store

    monkeypatch.setattr(signing, "sign", other_brand)
    with pytest.raises(PermanentError, match="it is not the file that was composed"):
        sign_file(
            signed_film.source, tmp_path / "s.mp4", claim(signed_film.source), signed_film.signer, tmp_path.joinpath
        )


def test_a_signature_that_leads_nowhere_we_trust_is_not_handed_on(tmp_path: Path, signed_film: SignedFilm) -> None:
    lost = signing.Signer(signed_film.signer.identity, Trust())
    with pytest.raises(PermanentError, match="does not lead to the certificate"):
        sign_file(signed_film.source, tmp_path / "s.mp4", claim(signed_film.source), lost, tmp_path.joinpath)


def test_a_signature_with_another_certificate_than_the_one_given_is_not_handed_on(
    tmp_path: Path, signed_film: SignedFilm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even one of the same authority: the row would name a certificate that signed nothing."""
    shutil.copytree(signed_film.signer_folder, tmp_path / "authority")
    (tmp_path / "authority" / "leaf.pem").unlink()
    renewed = local_signer(tmp_path / "authority").identity

    def with_another(source: BinaryIO, destination: BinaryIO, *rest: Any) -> bytes:
        changed: list[Any] = [renewed if isinstance(one, SigningIdentity) else one for one in rest]
        return sign(source, destination, *changed)

    monkeypatch.setattr(signing, "sign", with_another)
    with pytest.raises(PermanentError, match="it holds another credential than the one that was written"):
        sign_file(
            signed_film.source, tmp_path / "s.mp4", claim(signed_film.source), signed_film.signer, tmp_path.joinpath
        )


def test_a_claim_about_another_file_is_not_handed_on(tmp_path: Path, signed_film: SignedFilm) -> None:
    other = film(tmp_path / "other.mp4", colour="green")
    with pytest.raises(PermanentError, match="it is not the file that was composed"):
        sign_file(other, tmp_path / "s.mp4", claim(signed_film.source), signed_film.signer, tmp_path.joinpath)


def test_what_is_no_film_is_not_signed(tmp_path: Path, signed_film: SignedFilm) -> None:
    text = tmp_path / "text.mp4"
    text.write_text("no film at all")
    with pytest.raises(BadInput, match="it is no MP4, JPEG or PNG"):
        sign_file(text, tmp_path / "s.mp4", claim(text), signed_film.signer, tmp_path.joinpath)


@pytest.fixture
def useless_authority() -> Iterator[str]:
    """A time-stamping authority that answers with something else."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"not a time stamp")

        def log_message(self, *_: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_a_time_stamping_authority_that_does_not_answer_is_asked_again_later(
    tmp_path: Path, signed_film: SignedFilm, useless_authority: str
) -> None:
    for url in ("http://127.0.0.1:9/", useless_authority):
        signer = signing.Signer(signed_film.signer.identity, signed_film.signer.trust, url)
        with pytest.raises(TransientError, match=f"Signing with a time stamp of {url}"):
            sign_file(signed_film.source, tmp_path / "s.mp4", claim(signed_film.source), signer, tmp_path.joinpath)


def test_reading_asks_nobody_on_the_network(tmp_path: Path, signed_film: SignedFilm, useless_authority: str) -> None:
    """A file may name a place where its manifest lies; looking there would tell who reads it."""
    import c2pa  # noqa: PLC0415 — heavy import, only here

    with c2pa.Builder.from_json(json.dumps(claim(signed_film.source).definition())) as builder:
        builder.set_remote_url(useless_authority)
        builder.set_no_embed()
        identity = signed_film.signer.identity
        info = c2pa.C2paSignerInfo(identity.algorithm, identity.chain_pem, identity.key_pem, None)
        with (
            c2pa.Signer.from_info(info) as signer,
            picture(tmp_path / "a.jpg").open("rb") as source,
            (tmp_path / "remote.jpg").open("w+b") as destination,
        ):
            builder.sign(signer, "image/jpeg", source, destination)
    assert useless_authority.encode() in (tmp_path / "remote.jpg").read_bytes()
    assert read_credential(tmp_path / "remote.jpg", signed_film.signer.trust).state == "none"


def test_a_copy_of_a_signed_file_signed_again_is_not_ours(tmp_path: Path, signed_film: SignedFilm) -> None:
    """Somebody who signs our claim anew, with a certificate that nobody here knows, convinces nobody."""
    stolen = Path(shutil.copy(signed_film.source, tmp_path / "stolen.mp4"))
    sign_file(stolen, tmp_path / "s.mp4", claim(signed_film.source), local_signer(tmp_path / "o"), tmp_path.joinpath)
    found = read_credential(tmp_path / "s.mp4", signed_film.signer.trust)
    assert found.intact
    assert not found.trusted
