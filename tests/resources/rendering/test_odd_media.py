"""Odd files: damaged, growing, oddly encoded or named, each gives a correct result.

Every case is made here; the table says what it must look like, and how far off it may be. Not here: files that are
refused (`test_bad_media.py`).
"""

import functools
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from reelineage.errors import PermanentError
from resources.rendering.ffmpeg import file_url, run_ffmpeg
from resources.rendering.media_probe import inspect_media
from tests.resources.rendering.media_cases import MOST_SECONDS, X264, Case
from tests.resources.rendering.own_films import corners, luma, make, shown


def damaged(folder: Path) -> Path:
    """An MP4 with noise in the middle of its pictures."""
    path = make(folder / "a.mp4", *X264, source="testsrc2=s=160x90:r=30:d=2")
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 2000] = np.random.default_rng(2).bytes(2000)
    path.write_bytes(data)
    return path


def growing(folder: Path) -> Path:
    """MPEG-TS whose picture changes its size after a second."""
    small = make(folder / "a.ts", *X264, source="testsrc2=s=160x90:r=30:d=1")
    large = make(folder / "b.ts", "-output_ts_offset", "1", *X264, source="testsrc2=s=320x180:r=30:d=1")
    small.write_bytes(small.read_bytes() + large.read_bytes())
    return small


def appended(name: str, tail: bytes, *options: str) -> Case:
    """A whole file with something behind it."""

    def write(folder: Path) -> Path:
        path = make(folder / name, *options, source="testsrc2=s=160x90:r=30:d=2")
        path.write_bytes(path.read_bytes() + tail)
        return path

    return write


def made(name: str, *options: str, source: str = "testsrc2=s=160x90:r=30:d=2", called: str | None = None) -> Case:
    """A file that is in order, under another name if given."""

    def write(folder: Path) -> Path:
        return make(folder / name, *options, source=source).rename(folder / (called or name))

    return write


def many_streams(folder: Path) -> Path:
    """Sound and subtitles first, then the picture."""
    (folder / "a.srt").write_text("1\n00:00:00,000 --> 00:00:01,000\nHello\n")
    run_ffmpeg(
        [
            *("-f", "lavfi", "-i", "sine=d=2", "-i", file_url(folder / "a.srt")),
            *("-f", "lavfi", "-i", "testsrc2=s=160x90:r=30:d=2"),
            *("-map", "0", "-map", "1", "-map", "2", *X264, "-y", file_url(folder / "a.mkv")),
        ],
        doing="Making a film of three streams",
        deadline_seconds=30,
    )
    return folder / "a.mkv"


def trimmed(folder: Path) -> Path:
    """An MP4 whose edit list leaves out its beginning."""
    path = make(folder / "a.mp4", *X264, "-g", "60", source="testsrc2=s=160x90:r=30:d=4")
    run_ffmpeg(
        ["-ss", "1.5", "-i", file_url(path), "-c", "copy", "-y", file_url(folder / "b.mp4")],
        doing="Trimming by copy",
        deadline_seconds=30,
    )
    return folder / "b.mp4"


NOISE = np.random.default_rng(3).bytes(5000)
FILM = "testsrc2=s=160x90:r=30:d=2"
RED = "color=0xC02020:s=160x90:r=30:d=2"  # chroma of 4 x 4 pixels would move any edge
STRANGE = "color=gray:s={}:r=30:d=2"
STILL = "testsrc2=s=160x90:r=30:d=0.03,loop=loop=60:size=1"


@dataclass(frozen=True)
class Odd:
    """A file and what must be seen: the 40 pictures from the fourth on of `like`, a graph, but for `off` in luma."""

    write: Case
    like: str = FILM
    size: tuple[int, int] = (160, 90)
    off: float = 4.0


SHOWN: dict[str, Odd] = {
    "one picture in MP4": Odd(made("a.mp4", *X264, "-frames:v", "1"), STILL),
    "one picture in GIF": Odd(made("a.gif", "-frames:v", "1"), STILL),
    "film called JPEG": Odd(made("a.mp4", *X264, called="a.jpg")),
    "JPEG called PNG": Odd(made("a.jpg", "-frames:v", "1", called="a.png"), STILL),
    "film without a suffix": Odd(made("a.mp4", *X264, called="film")),
    "name like an option": Odd(made("a.mp4", *X264, called="-i")),
    "name like a protocol": Odd(made("a.mp4", *X264, called="pipe:0")),
    "name like a list": Odd(made("a.mp4", *X264, called="concat:a|b.mp4")),
    "name like a pattern": Odd(made("a.png", "-frames:v", "1", called="%03d.png"), STILL),
    "name with quotes": Odd(made("a.mp4", *X264, called='it\'s [a], "b"; $(c).mp4')),
    "PNG with noise behind it": Odd(appended("a.png", NOISE, "-frames:v", "1"), STILL),
    "JPEG with noise behind it": Odd(appended("a.jpg", NOISE, "-frames:v", "1"), STILL),
    "WebP with noise behind it": Odd(appended("a.webp", NOISE, "-frames:v", "1", "-c:v", "libwebp"), STILL),
    "MP4 with zeros behind it": Odd(appended("a.mp4", bytes(5000), *X264)),
    "fragmented MP4": Odd(made("a.mp4", *X264, "-movflags", "+frag_keyframe+empty_moov+default_base_moof")),
    "MP4 with an edit list": Odd(trimmed, "testsrc2=s=160x90:r=30:d=4,trim=start=1.5,setpts=PTS-STARTPTS"),
    "very wide": Odd(made("a.mp4", *X264, source=STRANGE.format("2000x16")), STRANGE.format("160x90"), (2000, 16)),
    "very tall": Odd(made("a.mp4", *X264, source=STRANGE.format("16x2000")), STRANGE.format("160x90"), (16, 2000)),
    "odd size": Odd(
        made("a.png", "-frames:v", "1", source=STRANGE.format("161x91")), STRANGE.format("160x90"), (161, 91)
    ),
    "absurd pixel aspect": Odd(made("a.mp4", "-vf", "setsar=1/1000", *X264)),
    "sound and subtitles first": Odd(many_streams),
    "one picture a second": Odd(
        made("a.mp4", *X264, source="testsrc2=s=160x90:r=1:d=3"), "testsrc2=s=160x90:r=1:d=3,fps=30"
    ),
    "240 pictures a second": Odd(
        made("a.mp4", *X264, source="testsrc2=s=160x90:r=240:d=2"), "testsrc2=s=160x90:r=240:d=2,fps=30"
    ),
    "palette with transparency": Odd(made("a.png", "-frames:v", "1", "-pix_fmt", "pal8"), STILL),
    "grey of 16 bits": Odd(made("a.png", "-frames:v", "1", "-pix_fmt", "gray16be"), f"{STILL},format=gray"),
    "black and white": Odd(made("a.png", "-frames:v", "1", "-pix_fmt", "monob"), f"{STILL},format=gray", off=8.0),
    "CMYK-like four planes": Odd(made("a.mkv", "-c:v", "ffv1", "-pix_fmt", "gbrap")),
    "4:1:0": Odd(made("a.mkv", "-c:v", "ffv1", "-pix_fmt", "yuv410p", source=RED), RED),
}


@pytest.fixture(scope="module")
def looks(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], NDArray[np.float64]]:
    """Luma of 40 pictures of a graph from the fourth on, kept without loss; made once for each graph."""

    @functools.cache
    def look(graph: str) -> NDArray[np.float64]:
        whole = make(tmp_path_factory.mktemp("like") / "a.mkv", "-c:v", "ffv1", "-pix_fmt", "yuv420p", source=graph)
        return luma(shown(whole, 3, 40))

    return look


@pytest.mark.parametrize("case", SHOWN)
def test_an_odd_file_is_shown_correctly(tmp_path: Path, looks: Callable[[str], NDArray[np.float64]], case: str) -> None:
    odd = SHOWN[case]
    path = odd.write(tmp_path)
    begun = time.monotonic()
    facts, pictures = inspect_media(path), luma(shown(path, 3, 40))
    assert time.monotonic() - begun < MOST_SECONDS
    assert (facts.width, facts.height) == odd.size
    like = looks(odd.like)
    assert pictures.shape == like.shape
    assert np.abs(blurred(pictures) - blurred(like)).mean(axis=(1, 2)).max() < odd.off


def blurred(pictures: NDArray[np.float64]) -> NDArray[np.float64]:
    """Means of 10 x 10 pixels: what dots of black and white look like from afar."""
    return np.asarray(pictures.reshape(len(pictures), 16, 10, 9, 10).mean(axis=(2, 4)), np.float64)


def test_a_film_damaged_in_the_middle_is_whole_before_and_keeps_its_length(tmp_path: Path) -> None:
    whole = make(tmp_path / "whole.mp4", *X264, source=FILM)
    before = luma(shown(whole, 0, 55))
    pictures = luma(shown(damaged(tmp_path), 0, 55))
    assert pictures.shape == before.shape
    off = np.abs(pictures - before).mean(axis=(1, 2))
    assert off[:20].max() == 0
    assert off[20:45].max() > 0
    assert off[45:].max() == 0, "from the next key frame on it is whole again"


def test_a_film_that_changes_its_size_holds_its_last_picture_from_there_on(tmp_path: Path) -> None:
    pictures = luma(shown(growing(tmp_path), 0, 55))
    steps = np.abs(np.diff(pictures, axis=0)).mean(axis=(1, 2))
    assert len(pictures) == 55
    assert steps[:29].min() > 1
    assert steps[29:].max() == 0


def test_a_film_that_names_another_file_as_its_media_never_shows_that_file(tmp_path: Path) -> None:
    """A QuickTime reference: the track's data reference names a file instead of saying "this one"."""
    secret = make(tmp_path / "secret.mp4", *X264, source="color=white:s=160x90:r=30:d=1")
    path = make(tmp_path / "film.mp4", *X264, source="color=black:s=160x90:r=30:d=1")
    url = f"file://{secret}\0".encode()
    data = bytearray(path.read_bytes())
    at = data.index(b"url \0\0\0\x01") - 4
    data[at + 8 : at + 12] = bytes(4) + url
    data[at : at + 4] = struct.pack(">I", 12 + len(url))
    for box in (b"dref", b"dinf", b"minf", b"mdia", b"trak", b"moov"):
        start = data.index(box) - 4
        (length,) = struct.unpack(">I", data[start : start + 4])
        data[start : start + 4] = struct.pack(">I", length + len(url))
    path.write_bytes(data)
    try:
        pictures = shown(path, 0, 5)
    except PermanentError as error:
        assert path.name in str(error)  # noqa: PT017 — either outcome is right
    else:
        assert luma(pictures).max() < 60


def test_what_a_file_shows_is_not_remembered_by_its_name(tmp_path: Path) -> None:
    path = corners(tmp_path / "a.png", "-frames:v", "1")
    before = shown(path)
    make(path, "-frames:v", "1", source="color=gray:s=160x120:r=25:d=0.1")
    assert not np.array_equal(shown(path), before)
