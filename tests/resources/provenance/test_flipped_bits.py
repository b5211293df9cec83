"""A flipped bit anywhere in the media verifies as invalid: 200 places, and every kind of box among them."""

import io
import random
from collections import Counter
from pathlib import Path

import pytest

from reelineage.errors import BadInput
from resources.provenance.carriers import credential_parts
from resources.provenance.identity import Trust
from resources.provenance.reading import Reading, read_credential
from resources.provenance.signing import sign_file
from tests.resources.provenance.conftest import SignedFilm
from tests.resources.provenance.studio import claim, flipped, picture

PLACES = 200


def _holds(found: Reading) -> bool:
    """Whether the file alone would still pass, with no database beside it."""
    assertion = found.assertion or {}
    return found.trusted and assertion.get("source_sha256") == found.source_sha256


def _is_missed(data: bytes, place: int, bit: int, path: Path, trust: Trust) -> bool:
    try:
        return _holds(_read(data, place, bit, path, trust))
    except BadInput:
        return False  # it does not even look like a film any more


def _read(data: bytes, place: int, bit: int, path: Path, trust: Trust) -> Reading:
    path.write_bytes(flipped(data, place, bit).getvalue())
    return read_credential(path, trust)


def test_a_flipped_bit_in_200_places_of_a_film_is_always_seen(tmp_path: Path, signed_film: SignedFilm) -> None:
    data = signed_film.path.read_bytes()
    (box,) = credential_parts(io.BytesIO(data), "video/mp4", "film")
    media = [*range(box.start), *range(box.end, len(data))]
    chance = random.Random(20261122)  # noqa: S311 — places to try, not a secret
    small = list(range(box.start)) + list(range(box.end, box.end + 1200))  # `ftyp`, the head of `moov`
    free = list(range(data.index(b"free", box.end) - 4, data.index(b"mdat", box.end) + 4))
    places = [*chance.sample(media, PLACES - 80), *chance.sample(small, 70), *chance.sample(free, 10)]
    assert len(places) == PLACES
    missed = [
        place
        for place in places
        if _is_missed(data, place, chance.randrange(8), tmp_path / "f.mp4", signed_film.signer.trust)
    ]
    assert missed == []


def test_what_no_signature_covers_in_an_mp4_is_seen_by_our_own_hash(tmp_path: Path, signed_film: SignedFilm) -> None:
    """C2PA leaves `ftyp` out of its hash, so that the library calls such a file valid; we do not."""
    data = signed_film.path.read_bytes()
    found = _read(data, 13, 0, tmp_path / "f.mp4", signed_film.signer.trust)
    assert found.trusted
    assert not _holds(found)


@pytest.mark.parametrize("name", ["still.jpg", "still.png"])
def test_a_flipped_bit_in_a_picture_is_always_seen(tmp_path: Path, signed_film: SignedFilm, name: str) -> None:
    source, signed = picture(tmp_path / name), tmp_path / f"signed-{name}"
    sign_file(source, signed, claim(source), signed_film.signer, tmp_path.joinpath)
    data = signed.read_bytes()
    media_type = "image/jpeg" if name.endswith("jpg") else "image/png"
    inside = {
        place for part in credential_parts(io.BytesIO(data), media_type, name) for place in range(part.start, part.end)
    }
    chance = random.Random(name)  # noqa: S311 — as above
    media = [place for place in range(len(data)) if place not in inside]
    places = [*range(16), *chance.sample(media, 60)]
    assert not [
        place
        for place in places
        if _is_missed(data, place, chance.randrange(8), tmp_path / name, signed_film.signer.trust)
    ]


def test_a_flipped_bit_inside_the_credential_changes_nothing_that_is_said(
    tmp_path: Path, signed_film: SignedFilm
) -> None:
    """Padding of the signature is covered by nothing; whatever still verifies says exactly what was signed."""
    data = signed_film.path.read_bytes()
    meant = read_credential(signed_film.path, signed_film.signer.trust)
    (box,) = credential_parts(io.BytesIO(data), "video/mp4", "film")
    chance = random.Random(7)  # noqa: S311 — as above
    seen: Counter[bool] = Counter()
    for place in chance.sample(range(box.start, box.end), 150):
        found = _read(data, place, chance.randrange(8), tmp_path / "f.mp4", signed_film.signer.trust)
        seen[found.trusted] += 1
        if found.trusted:
            assert found.assertion == meant.assertion, place
            assert found.signer == meant.signer, place
    assert seen[False] > 50
