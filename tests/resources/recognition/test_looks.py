"""A copy with other bytes is recognised by its looks, with how sure that is, and nothing is guessed.

Not here: the hashes of pictures (`tests/reelineage/test_perceptual.py`).
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from reelineage.errors import BadInput
from reelineage.graph import Ref
from reelineage.models import Fingerprint, Video
from reelineage.perceptual import Fingerprinted
from resources import recognition
from resources.fingerprints import fingerprint_of
from resources.home import Home
from resources.recognition import most_alike, recognise
from resources.settings import Settings
from tests.factories import fill_job, new_job
from tests.resources.lookalikes import copy_of, write_lively_film
from tests.resources.recognition.conftest import VIDEO

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


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
