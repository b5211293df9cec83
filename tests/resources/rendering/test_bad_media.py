"""Bad and odd files: each gives a clear error that names file and scene, or a correct result; none hangs or reads on.

Every case is made here. A case is a function that writes one file and returns it; the table says what must come of it.
"""

import functools
import os
import struct
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from reelineage.errors import PermanentError
from resources.rendering.ffmpeg import file_url, run_ffmpeg
from resources.rendering.media_probe import inspect_media
from tests.resources.rendering.own_films import corners, luma, make, shown

Case = Callable[[Path], Path]
X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-g", "10")
NAME = "the clip of scene 3 (beach)"
MOST_SECONDS = 20.0  # each takes a fraction of a second; what hangs would take for ever


def cut(name: str, *options: str, keep: float = 0.6) -> Case:
    """A file of which only the beginning is there."""

    def write(folder: Path) -> Path:
        whole = make(folder / name, *options)
        data = whole.read_bytes()
        whole.write_bytes(data[: int(len(data) * keep)])
        return whole

    return write


def holding(name: str, data: bytes | str) -> Case:
    """A file with these bytes. SECRET stands for a file beside it."""

    def write(folder: Path) -> Path:
        secret = make(folder / "secret.mp4", *X264)
        raw = data.replace("SECRET", str(secret)).encode() if isinstance(data, str) else data
        (folder / name).write_bytes(raw)
        return folder / name

    return write


def chunk(kind: bytes, data: bytes) -> bytes:
    """A PNG chunk."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, pixels: bytes | None = None) -> bytes:
    """A PNG that says it has this size; without pixels it holds a few zeros."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(1000)) if pixels is None else pixels
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def resized_jpeg(folder: Path) -> Path:
    """A JPEG whose header says 65,000 x 65,000."""
    path = make(folder / "a.jpg", "-frames:v", "1")
    data = bytearray(path.read_bytes())
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", 65_000, 65_000)
    path.write_bytes(data)
    return path


def resized_gif(folder: Path) -> Path:
    """A GIF whose screen is 65,535 x 65,535."""
    path = make(folder / "a.gif")
    data = path.read_bytes()
    path.write_bytes(data[:6] + b"\xff\xff\xff\xff" + data[10:])
    return path


def sound(name: str, *options: str) -> Case:
    """A file with sound and no picture."""

    def write(folder: Path) -> Path:
        run_ffmpeg(
            ["-f", "lavfi", "-i", "sine=d=1", *options, "-y", file_url(folder / name)],
            doing="Making sound",
            deadline_seconds=30,
        )
        return folder / name

    return write


def album(folder: Path) -> Path:
    """A song with a cover picture."""
    song, cover = sound("a.m4a")(folder), make(folder / "cover.jpg", "-frames:v", "1")
    run_ffmpeg(
        [
            *("-i", file_url(song), "-i", file_url(cover), "-map", "0:a", "-map", "1:v", "-c", "copy"),
            *("-disposition:v:0", "attached_pic", "-y", file_url(folder / "b.mp4")),
        ],
        doing="Adding a cover",
        deadline_seconds=30,
    )
    return folder / "b.mp4"


def link(target: str) -> Case:
    """A symbolic link."""

    def write(folder: Path) -> Path:
        make(folder / "film.mp4", *X264)
        (folder / "link.mp4").symlink_to(target)
        return folder / "link.mp4"

    return write


def pipe(folder: Path) -> Path:
    """A named pipe: whoever opens it for reading waits for ever."""
    os.mkfifo(folder / "pipe.mp4")
    return folder / "pipe.mp4"


def emptied(folder: Path) -> Path:
    """An MP4 whose media data is all zeros, in its full length."""
    path = make(folder / "a.mp4", *X264)
    data = bytearray(path.read_bytes())
    start = data.index(b"mdat") + 4
    (length,) = struct.unpack(">I", data[start - 8 : start - 4])
    data[start : start + length - 8] = bytes(length - 8)
    path.write_bytes(data)
    return path


def sparse(name: str, head: bytes, size: int) -> Case:
    """A file that is large without taking room on the disk."""

    def write(folder: Path) -> Path:
        with (folder / name).open("wb") as file:
            file.write(head)
            file.truncate(size)
        return folder / name

    return write


def endless(folder: Path) -> Path:
    """A film of two pictures, seven hours apart."""
    return make(
        folder / "a.mkv", "-vf", "setpts=N*25200/TB", *X264, "-frames:v", "2", source="testsrc2=s=64x48:r=1:d=3"
    )


def folder_itself(folder: Path) -> Path:
    """A folder with a film's name."""
    (folder / "a.mp4").mkdir()
    return folder / "a.mp4"


def tiny(folder: Path) -> Path:
    """One pixel."""
    return make(folder / "a.png", "-frames:v", "1", "-vf", "scale=1:1")


PLAYLIST = "#EXTM3U\n#EXTINF:1,\nfile://SECRET\n#EXT-X-ENDLIST\n"
FTYP = b"\0\0\0\x18ftyp"
REFUSED: dict[str, tuple[Case, str]] = {
    "MP4 cut, index in front": (cut("a.mp4", *X264, "-movflags", "+faststart"), "cut off"),
    "MP4 cut by a little, index in front": (cut("a.mp4", *X264, "-movflags", "+faststart", keep=0.99), "cut off"),
    "MP4 cut, index at the end": (cut("a.mp4", *X264), "cut off"),
    "fragmented MP4 cut": (cut("a.mp4", *X264, "-movflags", "+frag_keyframe+empty_moov"), "cut off"),
    "MOV cut": (cut("a.mov", *X264), "cut off"),
    "MKV cut": (cut("a.mkv", *X264), "cut off"),
    "WebM cut": (cut("a.webm", "-c:v", "libvpx", "-deadline", "realtime"), "cut off"),
    "AVI cut": (cut("a.avi", "-c:v", "mpeg4"), "cut off"),
    "PNG cut": (cut("a.png", "-frames:v", "1"), "cut off"),
    "animated PNG cut": (cut("a.png", "-f", "apng"), "cut off"),
    "JPEG cut": (cut("a.jpg", "-frames:v", "1"), "cut off"),
    "GIF cut": (cut("a.gif"), "cut off"),
    "WebP cut": (cut("a.webp", "-frames:v", "1", "-c:v", "libwebp"), "cut off"),
    "animated WebP cut": (cut("a.webp", "-c:v", "libwebp_anim"), "cut off"),
    "nothing in it": (holding("a.mp4", b""), "empty"),
    "one byte": (holding("a.mp4", b"\xff"), "none of MP4"),
    "noise": (holding("a.mp4", np.random.default_rng(1).bytes(50_000)), "none of MP4"),
    "only zeros": (holding("a.mp4", bytes(50_000)), "none of MP4"),
    "text": (holding("a.mp4", "not a film\n" * 100), "none of MP4"),
    "web page called JPEG": (holding("a.jpg", "<!doctype html><title>404</title>"), "none of MP4"),
    "HLS playlist called MP4": (
        holding("a.mp4", PLAYLIST),
        "none of MP4",
    ),
    "HLS playlist": (holding("a.m3u8", PLAYLIST), "none of MP4"),
    "list of files to join": (holding("a.mkv", "ffconcat version 1.0\nfile 'SECRET'\n"), "none of MP4"),
    "DASH manifest": (holding("a.mp4", "<?xml version='1.0'?><MPD><BaseURL>SECRET</BaseURL></MPD>"), "none of MP4"),
    "session description": (
        holding("a.sdp", "v=0\no=- 0 0 IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96"),
        "none of MP4",
    ),
    "SVG that names a file": (holding("a.png", "<svg><image href='SECRET'/></svg>"), "none of MP4"),
    "sequence of pictures by pattern": (holding("a%03d.png", "SECRET"), "none of MP4"),
    "PDF": (holding("a.png", b"%PDF-1.7\n" + bytes(2000)), "none of MP4"),
    "ZIP": (holding("a.mov", b"PK\x03\x04" + bytes(2000)), "none of MP4"),
    "HEIC": (holding("a.jpg", FTYP + b"heic\0\0\0\0mif1heic" + b"\0\0\0\x08mdat"), "Export it as JPEG"),
    "AVIF": (holding("a.png", FTYP + b"avif\0\0\0\0mif1avif" + b"\0\0\0\x08mdat"), "Export it as JPEG"),
    "MP4 without an index": (holding("a.mp4", FTYP + b"isom\0\0\0\0isommp41" + b"\0\0\0\x10mdat" + bytes(8)), "moov"),
    "sound in MP4": (sound("a.mp4"), "no video stream"),
    "sound in MKV": (sound("a.mkv"), "no video stream"),
    "song with a cover": (album, "no video stream"),
    "WAV": (sound("a.wav"), "none of MP4"),
    "MP3": (sound("a.mp4", "-f", "mp3"), "none of MP4"),
    "film without pictures": (emptied, "cannot be opened|no picture"),
    "link to a film beside it": (link("film.mp4"), "not a plain file"),
    "link out of the folder": (link("/etc/hostname"), "not a plain file"),
    "link to nothing": (link("missing"), "not a plain file"),
    "named pipe": (pipe, "not a plain file"),
    "folder": (folder_itself, "not a plain file"),
    "missing": (lambda folder: folder / "missing.mp4", "No such file"),
    "PNG 100,000 pixels wide": (holding("a.png", png(100_000, 2)), "100000x2 pixels"),
    "PNG of ten billion pixels": (holding("a.png", png(100_000, 100_000)), "Scale it down"),
    "PNG of 70 million pixels": (holding("a.png", png(10_000, 7_000)), "64 million"),
    "JPEG of four billion pixels": (resized_jpeg, "65000x65000 pixels"),
    "GIF of four billion pixels": (resized_gif, "65535x65535 pixels"),
    "one pixel": (tiny, "at least 2x2"),
    "PNG whose pixels are noise": (holding("a.png", png(64, 48, b"noise" * 40)), "cannot be opened|no picture"),
    "nine gigabytes": (sparse("a.mp4", FTYP + b"isom" + bytes(12), 9 * 2**30), "at most 8 GB"),
    "picture of 300 MB": (sparse("a.jpg", b"\xff\xd8\xff\xe0", 300 * 2**20), "at most 256 MB"),
    "film of seven hours": (endless, "at most 6 hours"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_that_cannot_be_shown_is_refused_by_name(tmp_path: Path, case: str) -> None:
    write, reason = REFUSED[case]
    path = write(tmp_path)
    begun = time.monotonic()
    with pytest.raises(PermanentError, match=reason) as refusal:
        inspect_media(path, name=NAME)
    assert time.monotonic() - begun < MOST_SECONDS
    assert NAME in str(refusal.value) or str(path) in str(refusal.value)
    assert "\n" not in str(refusal.value)


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
