"""Files that anybody may have made: bounds hold, nothing is followed, and nothing but our own errors comes out."""

import io
import os
import struct
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from reelineage.errors import BadInput, PermanentError
from resources.provenance import carriers, library
from resources.provenance.carriers import credential_bytes, credential_parts, media_type_of, sha256_without
from resources.provenance.chunk_offsets import moved_chunk_offsets
from resources.provenance.identity import Trust
from resources.provenance.reading import read_credential
from tests.resources.provenance.conftest import SignedFilm
from tests.resources.provenance.studio import film, picture

C2PA = bytes.fromhex("d8fec3d61b0e483c92975828877ec481") + bytes(4) + b"manifest\0" + bytes(8)
HEADS = {
    "video/mp4": b"\0\0\0\x10ftypisom\0\0\0\0",
    "image/jpeg": b"\xff\xd8\xff\xe0\0\x04ab",
    "image/png": b"\x89PNG\r\n\x1a\n",
}
FTYP = HEADS["video/mp4"]


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


@given(media_type=st.sampled_from(sorted(HEADS)), tail=st.binary(max_size=300), seed=st.integers(0, 3))
@example(media_type="video/mp4", tail=b"\0\0\0\0uuid" + C2PA, seed=0)
@example(media_type="video/mp4", tail=b"\0\0\0\x01uuid\xff\xff\xff\xff\xff\xff\xff\xff" + C2PA, seed=0)
@example(media_type="video/mp4", tail=_box(b"uuid", C2PA[:16]), seed=0)
@example(media_type="image/jpeg", tail=b"\xff\xeb\0\0JP" + bytes(40), seed=0)
@example(media_type="image/png", tail=b"\xff\xff\xff\xffcaBX", seed=0)
def test_no_bytes_lead_the_walk_astray(media_type: str, tail: bytes, seed: int) -> None:
    """Whatever follows the first bytes: parts lie inside the file, in order, and the hash without them is computed."""
    boxes = [b"", _box(b"uuid", C2PA + tail), _box(b"moov", tail), b"\xff\xeb\0\x20JP" + bytes(10) + b"jumb"]
    data = HEADS[media_type] + boxes[seed] + tail
    file = io.BytesIO(data)
    assert media_type_of(file) == media_type
    parts = credential_parts(file, media_type, "it")
    for part in parts:
        assert 0 < part.start < part.end
    assert [part.start for part in parts] == sorted(part.start for part in parts)
    assert len(credential_bytes(file, parts)) <= len(data)
    sha256_without(file, media_type, parts)


@given(moov=st.binary(max_size=200), behind=st.integers(0, 2**33), by=st.integers(-(2**33), 0))
def test_no_table_of_offsets_breaks_the_walk(moov: bytes, behind: int, by: int) -> None:
    for kind in (b"stco", b"co64"):
        wrapped = _box(b"moov", _box(b"trak", _box(kind, moov)))
        moved = moved_chunk_offsets(wrapped, behind=behind, by=by)
        assert moved is None or len(moved) == len(wrapped)


@given(offsets=st.lists(st.integers(100, 2**31), max_size=20), size=st.integers(1, 2**30))
def test_offsets_that_were_moved_back_are_those_before(offsets: list[int], size: int) -> None:
    for kind, form in ((b"stco", "I"), (b"co64", "Q")):

        def moov(values: list[int], kind: bytes = kind, form: str = form) -> bytes:
            return _box(
                b"moov", _box(b"trak", _box(kind, struct.pack(f">II{len(values)}{form}", 0, len(values), *values)))
            )

        there = moved_chunk_offsets(moov(offsets), behind=50, by=size)
        assert there == moov([offset + size for offset in offsets])
        assert there is not None
        assert moved_chunk_offsets(there, behind=50, by=-size) == moov(offsets)


@pytest.mark.parametrize(("width", "kind"), [(4, b"stco"), (8, b"co64")])
def test_an_offset_that_cannot_be_where_it_would_go_is_no_sound_table(width: int, kind: bytes) -> None:
    largest = 2 ** (8 * width) - 1
    for offset, by in ((10, -11), (largest, 1), (largest - 3, 4)):
        table = _box(kind, struct.pack(">II", 0, 2) + (10).to_bytes(width, "big") + offset.to_bytes(width, "big"))
        assert moved_chunk_offsets(_box(b"moov", table), behind=5, by=by) is None
        assert moved_chunk_offsets(_box(b"moov", table), behind=largest, by=by) == _box(b"moov", table)


def test_millions_of_offsets_take_little_more_memory_than_a_copy_of_the_box() -> None:
    """As a list of numbers the offsets of a moov of 30 MB took 866 MB."""
    count = 4_000_000
    moov = _box(b"moov", _box(b"stco", struct.pack(">II", 0, count) + b"\0\1\0\0" * count))
    tracemalloc.start()
    try:
        moved = moved_chunk_offsets(moov, behind=100, by=-50)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert moved is not None
    assert moved.endswith(struct.pack(">I", (1 << 16) - 50))
    assert peak < len(moov) * 1.2


def test_a_box_of_a_thousand_tables_is_not_followed() -> None:
    table = _box(b"stco", struct.pack(">III", 0, 1, 500))
    assert moved_chunk_offsets(_box(b"moov", table * 1_000), behind=1, by=-1) is not None
    assert moved_chunk_offsets(_box(b"moov", table * 1_001), behind=1, by=-1) is None


def test_a_moov_box_larger_than_any_of_ours_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "f.mp4"
    moov = 33 << 20
    path.write_bytes(FTYP + _box(b"uuid", C2PA) + struct.pack(">I4s", moov, b"moov"))
    os.truncate(path, path.stat().st_size - 8 + moov)  # sparse: it takes no room
    with path.open("rb") as file:
        tracemalloc.start()
        try:
            assert sha256_without(file, "video/mp4", credential_parts(file, "video/mp4", "it")) is None
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert peak < 4 << 20


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_credential_is_told_never_believed(
    tmp_path: Path, signed_film: SignedFilm, data: st.DataObject
) -> None:
    whole = signed_film.path.read_bytes()
    start = data.draw(st.integers(32, 3900))
    junk = data.draw(st.binary(min_size=1, max_size=64))
    cut = data.draw(st.sampled_from([len(whole), 3000, 200, 40]))
    (tmp_path / "f.mp4").write_bytes((whole[:start] + junk + whole[start + len(junk) :])[:cut])
    found = read_credential(tmp_path / "f.mp4", signed_film.signer.trust)
    if found.trusted and found.source_sha256 is not None:
        assert found.assertion == read_credential(signed_film.path, signed_film.signer.trust).assertion


def test_a_credential_of_50_megabytes_is_not_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "f.mp4"
    path.write_bytes(FTYP + _box(b"uuid", C2PA + bytes(50_000_000)))
    with pytest.raises(BadInput, match=r"the credential in it has 50,000,0\d\d bytes; at most 16,777,216 are read"):
        read_credential(path, Trust())


def test_50_megabytes_in_many_pieces_are_not_looked_at(tmp_path: Path) -> None:
    segment = b"\xff\xeb" + struct.pack(">H", 65_000) + b"JP" + bytes(10) + b"jumb" + bytes(64_982)
    path = tmp_path / "f.jpg"
    path.write_bytes(HEADS["image/jpeg"] + segment * 800)
    with pytest.raises(BadInput, match="at most 16,777,216 are read"):
        read_credential(path, Trust())


def test_a_file_of_millions_of_tiny_parts_is_given_up(tmp_path: Path) -> None:
    path = tmp_path / "f.mp4"
    path.write_bytes(FTYP + _box(b"free", b"") * 200_000)
    with pytest.raises(BadInput, match="more than 100,000 parts"):
        read_credential(path, Trust())


def test_a_file_larger_than_is_ever_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "f.mp4"
    path.write_bytes(FTYP)
    os.truncate(path, carriers.MOST_FILE_BYTES + 1)  # sparse: it takes no room
    with pytest.raises(BadInput, match="larger than 8 GB"):
        read_credential(path, Trust())


def test_reading_that_takes_too_long_is_given_up(signed_film: SignedFilm) -> None:
    with signed_film.path.open("rb") as file, pytest.raises(PermanentError, match="takes longer than 0 s"):
        library.read_store(file, "video/mp4", Trust(), most_seconds=0.0)


def test_what_is_no_media_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "folder.mp4").mkdir()
    (tmp_path / "link.mp4").symlink_to("/dev/null")
    os.mkfifo(tmp_path / "pipe.mp4")
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "text.mp4").write_text("a text of some length")
    for name, said in (
        ("folder.mp4", "it is a folder"),
        ("link.mp4", "it is a link"),
        ("pipe.mp4", "it is a pipe or device"),
        ("empty.mp4", "it is no MP4, JPEG or PNG"),
        ("text.mp4", "it is no MP4, JPEG or PNG"),
        ("none.mp4", "No such file"),
        ("no\0name.mp4", "that is no file name"),
    ):
        with pytest.raises(BadInput, match=said):
            read_credential(tmp_path / name, Trust())


def test_a_file_that_becomes_something_else_while_it_is_opened_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = film(tmp_path / "f.mp4")
    real_open = os.open

    def swapped(name: Path, flags: int) -> int:
        path.unlink()
        path.mkdir()
        return real_open(name, flags & ~os.O_CREAT)

    monkeypatch.setattr(os, "open", swapped)
    with pytest.raises(BadInput, match="another thing took its place"):
        read_credential(path, Trust())


def test_a_name_full_of_control_characters_is_shown_without_them(tmp_path: Path) -> None:
    path = tmp_path / "evil\x1b[2J\n.mp4"
    path.write_text("no film")
    with pytest.raises(BadInput) as refused:
        read_credential(path, Trust())
    assert "\x1b" not in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_film_and_pictures_without_a_credential_have_none(tmp_path: Path) -> None:
    for path in (film(tmp_path / "f.mp4"), picture(tmp_path / "p.jpg"), picture(tmp_path / "p.png")):
        found = read_credential(path, Trust())
        assert (found.state, found.assertion, found.intact) == ("none", None, False)


def test_a_film_cut_off_in_the_middle_is_invalid(tmp_path: Path, signed_film: SignedFilm) -> None:
    whole = signed_film.path.read_bytes()
    for length in (len(whole) - 1, len(whole) // 2):
        (tmp_path / "f.mp4").write_bytes(whole[:length])
        assert not read_credential(tmp_path / "f.mp4", signed_film.signer.trust).intact
