"""How films look: hashes of pictures, copies that still look the same, and files that are no films."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from reelineage.errors import PermanentError
from reelineage.perceptual import alike
from resources import fingerprints
from resources.fingerprints import LOOKED_AT_SECONDS, fingerprint_of, look_at
from resources.rendering.ffmpeg import file_url, run_ffmpeg
from tests.resources.lookalikes import copy_of, write_lively_film


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_lively_film(tmp_path_factory.mktemp("film") / "film.mp4", seed=1)


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_lively_film(tmp_path_factory.mktemp("other") / "other.mp4", seed=2)


def test_a_film_has_one_hash_of_32_bytes_for_each_moment(film: Path) -> None:
    found = fingerprint_of(film)
    assert len(found.hashes) == 32 * len(found.moments_ms)
    assert len(found.moments_ms) >= 10
    assert list(found.moments_ms) == sorted(set(found.moments_ms))
    assert found == fingerprint_of(film)


def test_ten_moments_a_second_are_looked_at(film: Path) -> None:
    (look,) = look_at(film)
    assert look.moments_ms == tuple(range(0, 12_000, 100))


@pytest.mark.parametrize(
    ("before", "arguments"),
    [
        ((), ("-crf", "32", "-vf", "scale=90:160,fps=24")),
        (("-ss", "2"), ("-crf", "28",)),
        ((), ("-crf", "28", "-vf", "scale=-2:180,pad=320:180:(ow-iw)/2:0:white")),
        ((), ("-crf", "28", "-vf", "pad=180:400:0:40")),
        ((), ("-crf", "28", "-r", "60", "-pix_fmt", "yuv444p")),
    ],
    ids=["half the size at 24 fps and crf 32", "first two seconds cut off", "white bars at the sides of 16:9",
         "black bars above and below", "60 fps and other colours"],
)  # fmt: skip
def test_a_copy_still_looks_the_same(
    film: Path, other: Path, before: tuple[str, ...], arguments: tuple[str, ...]
) -> None:
    looks = look_at(copy_of(film, "copy.mp4", *arguments, before=before))
    found = alike(fingerprint_of(film), looks)
    assert found.known
    assert found.closeness > 0.9
    assert found.matching >= found.moments - 1
    assert alike(fingerprint_of(other), looks).matching <= 1


def test_a_mirrored_copy_is_not_recognised(film: Path) -> None:
    """Known limit, told in the documentation: whoever lifts it has to change the sentence there."""
    assert not alike(fingerprint_of(film), look_at(copy_of(film, "mirrored.mp4", "-vf", "hflip"))).known


def test_a_copy_with_a_damaged_spot_still_looks_the_same(film: Path, tmp_path: Path) -> None:
    data = bytearray(film.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 3000] = os.urandom(3000)
    damaged = tmp_path / "damaged.mp4"
    damaged.write_bytes(data)
    assert alike(fingerprint_of(film), look_at(damaged)).known


def test_a_short_film_has_enough_moments_to_be_known(tmp_path: Path) -> None:
    short = write_lively_film(tmp_path / "short.mp4", seed=3, seconds=3.0)
    assert fingerprint_of(short).moments_ms == (0, 500, 1000, 1500, 2000, 2500)
    assert alike(fingerprint_of(short), look_at(short)).known


def test_a_film_of_one_colour_has_no_hash_and_is_like_nothing(tmp_path: Path) -> None:
    plain = _film(tmp_path / "plain.mp4", "color=gray:size=90x160:rate=30:duration=2")
    assert fingerprint_of(plain).moments_ms == ()
    assert look_at(plain) == ()


# --- files from outside ----------------------------------------------------------------------------------------------


def _film(path: Path, source: str, *arguments: str) -> Path:
    command = ["-f", "lavfi", "-i", source, *arguments, "-c:v", "libx264", "-preset", "ultrafast", "-y", file_url(path)]
    run_ffmpeg(command, doing=f"Making {path.name}", deadline_seconds=120)
    return path


def test_of_a_film_of_ten_hours_three_minutes_are_looked_at(tmp_path: Path) -> None:
    long = _film(tmp_path / "long.mp4", "testsrc2=size=32x32:rate=1/10:duration=36000", "-g", "30")
    began = time.process_time()
    (look,) = look_at(long)
    assert look.moments_ms[-1] <= LOOKED_AT_SECONDS * 1000
    assert time.process_time() - began < 20


def test_looking_ends_when_its_time_is_up(film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fingerprints, "_DECODING_SECONDS", -1.0)
    with pytest.raises(PermanentError, match="no picture can be decoded"):
        look_at(film)


@pytest.mark.parametrize(("name", "bound"), [("MOST_PIXELS", 100), ("HIGHEST_SIDE", 100)])
def test_a_film_of_huge_pictures_is_not_decoded(
    film: Path, monkeypatch: pytest.MonkeyPatch, name: str, bound: int
) -> None:
    monkeypatch.setattr(fingerprints, name, bound)
    with pytest.raises(PermanentError, match="180x320 pixels, which is too large"):
        look_at(film)


def test_a_huge_file_is_not_opened(film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fingerprints, "LARGEST_BYTES", 1000)
    with pytest.raises(PermanentError, match="at most 8 GB"):
        look_at(film)


def _fifo(path: Path) -> None:
    os.mkfifo(path)


def _loop(path: Path) -> None:
    path.symlink_to(path)


def _playlist(path: Path) -> None:
    path.write_text("#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (Path.mkdir, "not a plain file"),
        (_fifo, "not a plain file"),
        (_loop, "not a plain file"),
        (lambda path: path.symlink_to("/etc/passwd"), "not a plain file"),
        (Path.touch, "is empty"),
        (lambda path: path.write_text("words\n" * 1000), "none of MP4"),
        (_playlist, "none of MP4"),
        (lambda path: path.write_bytes(b"\0\0\0\x18ftypmp42" + bytes(500)), "cut off or damaged"),
        (Path.exists, "No such file"),
    ],
    ids=["folder", "pipe", "loop of links", "link", "empty", "text", "playlist", "header only", "nothing"],
)
def test_what_is_no_film_is_refused_at_once(tmp_path: Path, make: Callable[[Path], object], said: str) -> None:
    path = tmp_path / "film.mp4"
    make(path)
    for look in (look_at, fingerprint_of):
        with pytest.raises(PermanentError, match=said):
            look(path)


def test_a_film_cut_off_in_the_middle_is_refused(film: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(film.read_bytes()[: film.stat().st_size // 2])
    with pytest.raises(PermanentError, match="cut off or damaged"):
        look_at(cut)


def test_a_still_is_no_film(tmp_path: Path) -> None:
    still = tmp_path / "still.png"
    command = ["-f", "lavfi", "-i", "testsrc2=size=90x160", "-frames:v", "1", "-y", file_url(still)]
    run_ffmpeg(command, doing="Making a still", deadline_seconds=60)
    with pytest.raises(PermanentError, match="it is a picture"):
        look_at(still)
