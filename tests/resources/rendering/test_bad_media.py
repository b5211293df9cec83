"""Bad files: each gives a clear error that names file and scene; none hangs or reads on.

Every case is made here. A case is a function that writes one file and returns it; the table says why it is refused. Not
here: odd files that can be shown (`test_odd_media.py`).
"""

import os
import struct
import time
import zlib
from pathlib import Path

import numpy as np
import pytest

from reelineage.errors import PermanentError
from resources.rendering.ffmpeg import file_url, run_ffmpeg
from resources.rendering.media_probe import inspect_media
from tests.resources.rendering.media_cases import MOST_SECONDS, X264, Case
from tests.resources.rendering.own_films import make

NAME = "the clip of scene 3 (beach)"


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
