"""What a text or a file is recognised as, and that nothing is guessed."""

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select

from reelineage.errors import BadInput
from reelineage.graph import Ref
from reelineage.models import Artifact, Credential, Fingerprint, Installation, Video
from reelineage.perceptual import Fingerprinted
from resources import recognition
from resources.fingerprints import fingerprint_of
from resources.home import Home, open_home
from resources.provenance.identity import read_identity, trust_in
from resources.provenance.manifest import Ingredient
from resources.provenance.reading import read_credential
from resources.provenance.signers import trust_of
from resources.provenance.signing import Signer, sign_file
from resources.recognition import most_alike, recognise
from resources.rendering.streams import plain_file
from resources.settings import Settings
from tests.factories import fill_job, new_job
from tests.resources.lookalikes import copy_of, write_lively_film
from tests.resources.provenance.studio import chain_files, claim, footage, local_signer

VIDEO = Ref("video", "1")
NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
Unknown = Callable[..., tuple[tuple[Ref, ...], tuple[Ref, ...]]]


@pytest.fixture
def delivered(finished: Home, tmp_path: Path) -> Path:
    """A copy of the signed file that people got."""
    (path,) = finished.root.glob("output/review/*.mp4")
    return Path(shutil.copy(path, tmp_path / "found.mp4"))


@pytest.fixture
def unknown_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """No file is known by its bytes, as if each were a copy that was changed where nothing looks."""
    nothing: Unknown = lambda *_: ((), ())  # noqa: E731 — typed here, where it is used
    monkeypatch.setattr(recognition, "behind_hash", nothing)


# --- references and hashes -------------------------------------------------------------------------------------------


def test_a_reference_wins_over_a_file_of_that_name(
    finished: Home, delivered: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(delivered.parent)
    shutil.copy(delivered, "job:1")
    assert recognise(finished, "job:1").refs == (Ref("job", "1"),)
    assert recognise(finished, "job:1").how == "reference"
    assert recognise(finished, "./job:1").explained == (VIDEO,)
    assert recognise(finished, "./job:1").how == "hash"
    assert recognise(finished, str(delivered.parent / "job:1")).how == "hash"
    shutil.copy(delivered, "video:seven")
    assert recognise(finished, "video:seven").how == "hash"


def test_a_file_named_like_a_hash_needs_a_path(
    finished: Home, delivered: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(delivered.parent)
    delivered.rename("0" * 64)
    with pytest.raises(BadInput, match="no file, record or credential with this sha256"):
        recognise(finished, "0" * 64)
    assert recognise(finished, "./" + "0" * 64).explained == (VIDEO,)


@pytest.mark.parametrize("text", ["video:seven", "found.mp4", "a/b.mp4", "", "\0", "x" * 5000, "movie:7", "/"])
def test_what_is_neither_a_reference_nor_a_file_is_refused(finished: Home, text: str) -> None:
    with pytest.raises(BadInput, match=r"Reading|There is no file of this name"):
        recognise(finished, text)


def test_the_files_of_a_video_are_known_bit_by_bit(finished: Home, delivered: Path) -> None:
    found = recognise(finished, str(delivered))
    assert (found.how, found.confidence, found.explained) == ("hash", 1.0, (VIDEO,))
    assert VIDEO in found.refs
    assert found.sentence == "found.mp4 is, bit by bit, video:1."
    with finished.database.read() as session:
        video = session.get_one(Video, 1)
        signed = session.scalars(select(Credential.file_sha256)).all()
    assert len(signed) == 2
    for sha256 in (video.file_sha256, video.thumbnail_sha256, *signed):
        assert recognise(finished, str(finished.store.path(sha256))).explained == (VIDEO,)
        assert recognise(finished, sha256).explained == (VIDEO,)
        assert recognise(finished, sha256).how == "hash"


def test_the_file_of_a_voice_is_its_voiceover(finished: Home) -> None:
    with finished.database.read() as session:
        wav = session.scalars(select(Artifact.sha256).where(Artifact.media_type == "audio/wav")).all()
    found = {recognise(finished, str(finished.store.path(sha256))).explained[0].node for sha256 in wav}
    assert "voiceover" in found


# --- credentials -----------------------------------------------------------------------------------------------------


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


# --- looks -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Home, dict[int, Path]]]:
    """Three reviewed videos and the films that they look like; tests only add to it."""
    folder = tmp_path_factory.mktemp("gallery")
    home, films = Home(Settings(home=folder / "home")), {}
    for number in (1, 2, 3):
        fill_job(home, new_job(home), f"run-{number}")
        films[number] = write_lively_film(folder / f"film-{number}.mp4", seed=number)
        _store(home, number, fingerprint_of(films[number]))
    yield home, films
    home.database.close()


def _store(home: Home, video_id: int, seen: Fingerprinted) -> None:
    with home.database.write() as session:
        job_id = session.get_one(Video, video_id).job_id
        session.add(
            Fingerprint(
                video_id=video_id, job_id=job_id, moments_ms=list(seen.moments_ms), hashes=seen.hashes, created_at=NOON
            )
        )


def test_a_copy_is_known_by_its_looks_and_says_how_sure_that_is(gallery: tuple[Home, dict[int, Path]]) -> None:
    home, films = gallery
    copy = copy_of(films[2], "copy.mp4", "-crf", "32", "-vf", "scale=90:160,fps=24")
    found = recognise(home, str(copy))
    assert (found.how, found.refs, found.explained) == ("fingerprint", (Ref("video", "2"),), (Ref("video", "2"),))
    assert 0.9 < found.confidence < 1.0
    assert found.sentence.startswith("copy.mp4 looks like video:2 (job 2): ")
    assert f"{found.confidence:.0%} sure. No other comes near." in found.sentence


def test_two_videos_that_look_the_same_make_unsure_and_both_are_named(gallery: tuple[Home, dict[int, Path]]) -> None:
    home, films = gallery
    fill_job(home, 1, "run-4", take=2)
    _store(home, 4, fingerprint_of(films[1]))
    found = recognise(home, str(copy_of(films[1], "copy.mp4", "-crf", "30")))
    assert found.refs == (Ref("video", "1"),)
    assert found.confidence < 0.5
    assert "The next is video:4 (job 1)" in found.sentence


def test_a_film_that_looks_like_none_is_not_guessed(gallery: tuple[Home, dict[int, Path]], tmp_path: Path) -> None:
    home, _ = gallery
    with pytest.raises(BadInput, match=r"not known, neither by its sha256, nor by a credential, nor by its looks"):
        recognise(home, str(write_lively_film(tmp_path / "another.mp4", seed=77)))


def test_a_film_with_too_little_of_a_video_in_it_is_told_but_not_taken_for_it(
    gallery: tuple[Home, dict[int, Path]],
) -> None:
    home, films = gallery
    excerpt = copy_of(films[3], "excerpt.mp4", "-t", "1.6", before=("-ss", "4"))
    with pytest.raises(BadInput, match=r"Closest is video:3 \(job 3\).*which is not enough"):
        recognise(home, str(excerpt))


@pytest.mark.usefixtures("unknown_hashes")
def test_a_delivered_video_that_was_encoded_again_is_known_by_its_looks(finished: Home, delivered: Path) -> None:
    copy = copy_of(delivered, "copy.mp4", "-crf", "26", "-an")
    found = recognise(finished, str(copy))
    assert (found.how, found.refs) == ("fingerprint", (VIDEO,))


def test_one_among_thousands_is_found_on_both_engines(any_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    job = new_job(any_home)
    moments = tuple(range(0, 30_000, 2000))
    random = np.random.default_rng(5)
    films = {}
    for number in range(1, 6):
        fill_job(any_home, job, f"run-{number}", take=number)
        films[number] = Fingerprinted(moments, random.bytes(32 * len(moments)))
        _store(any_home, number, films[number])
    monkeypatch.setattr(recognition, "_VIDEOS_AT_A_TIME", 2)
    with any_home.database.read() as session:
        best, *others = most_alike(session, [films[4]])
    assert (best.video_id, best.likeness.matching) == (4, 15)
    assert not others


def test_only_the_nearest_are_compared_closely(any_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """A title that thousands of videos share must not make them all candidates."""
    job = new_job(any_home)
    moments = tuple(range(0, 20_000, 2000))
    random = np.random.default_rng(6)
    shared, rest = random.bytes(32 * 3), random.bytes(32 * 7)
    for number in range(1, 6):
        fill_job(any_home, job, f"run-{number}", take=number)
        _store(any_home, number, Fingerprinted(moments, shared + (rest if number == 5 else random.bytes(32 * 7))))
    monkeypatch.setattr(recognition, "_MOST_CANDIDATES", 2)
    with any_home.database.read() as session:
        found = most_alike(session, [Fingerprinted(moments, shared + rest)])
    assert [one.video_id for one in found] == [5, 1]
    assert [one.likeness.known for one in found] == [True, False]


# --- files from outside ----------------------------------------------------------------------------------------------


def _fifo(path: Path) -> None:
    os.mkfifo(path)


@contextmanager
def time_limit(seconds: int) -> Iterator[None]:
    """Break off what waits longer; opening a pipe waits for ever."""

    def over(*_: object) -> None:
        raise TimeoutError(f"still waiting after {seconds} s")

    before = signal.signal(signal.SIGALRM, over)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (Path.mkdir, "not a plain file"),
        (_fifo, "not a plain file"),
        (lambda path: path.symlink_to(path), "not a plain file"),
        (Path.touch, "is empty"),
        (lambda path: path.write_text("words\n" * 1000), "looks cannot be compared.*none of MP4"),
        (lambda path: path.write_bytes(b"\0\0\0\x18ftypmp42" + bytes(500)), "looks cannot be compared"),
    ],
    ids=["folder", "pipe", "loop of links", "empty", "text", "header only"],
)
def test_a_file_that_is_no_film_is_refused_with_the_reason(
    home: Home, tmp_path: Path, make: Callable[[Path], object], said: str
) -> None:
    path = tmp_path / "film.mp4"
    make(path)
    with pytest.raises(BadInput, match=said):
        recognise(home, str(path))


def test_a_pipe_that_takes_the_place_of_a_file_is_not_waited_for(
    finished: Home, delivered: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def swapped(path: Path) -> int:
        size = plain_file(path)
        path.unlink()
        os.mkfifo(path)
        return size

    monkeypatch.setattr(recognition, "plain_file", swapped)
    with time_limit(10), pytest.raises(BadInput, match="it is a pipe or device"):
        recognise(finished, str(delivered))


def test_a_delivered_file_that_was_cut_off_is_refused(finished: Home, delivered: Path) -> None:
    delivered.write_bytes(delivered.read_bytes()[: delivered.stat().st_size // 2])
    with pytest.raises(BadInput, match="cut off or damaged"):
        recognise(finished, str(delivered))


def test_a_file_of_more_than_8_gb_is_not_read(home: Home, tmp_path: Path) -> None:
    with (tmp_path / "huge.mp4").open("wb") as file:
        file.truncate(9 * 2**30)
    with pytest.raises(BadInput, match=r"9\.0 GB"):
        recognise(home, str(tmp_path / "huge.mp4"))


def test_a_name_full_of_control_characters_is_shown_without_them(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "a\x1b[2Jb.mp4"
    path.write_text("words")
    with pytest.raises(BadInput) as refused:
        recognise(home, str(path))
    assert "\x1b" not in str(refused.value)


def test_nothing_typed_and_a_file_that_is_not_there_are_said_plainly(home: Home) -> None:
    with pytest.raises(BadInput, match="it is empty"):
        recognise(home, " ")
    with pytest.raises(BadInput, match=r"nofile\.mp4: there is no such file"):
        recognise(home, "nofile.mp4")
