"""The facts about films and stills: size as shown, rotation, colours, length as it is and not as it is claimed."""

import struct
import time
from pathlib import Path

import pytest

from reelineage.errors import PermanentError
from resources.rendering import media_kinds, media_probe
from resources.rendering.ffmpeg import file_url, run_ffmpeg
from resources.rendering.media_kinds import kind_of
from resources.rendering.media_probe import inspect_media
from tests.resources.rendering.own_films import make

X264 = ("-c:v", "libx264", "-preset", "ultrafast")
KINDS: dict[str, tuple[tuple[str, ...], str, str, bool]] = {
    "a.mp4": (X264, "mov", "video/mp4", False),
    "a.mov": (X264, "mov", "video/quicktime", False),
    "a.mkv": (X264, "matroska", "video/x-matroska", False),
    "a.webm": (("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8"), "matroska", "video/webm", False),
    "a.ts": (X264, "mpegts", "video/mp2t", False),
    "a.m2ts": (X264, "mpegts", "video/mp2t", False),
    "a.avi": (("-c:v", "mpeg4"), "avi", "video/x-msvideo", False),
    "a.gif": ((), "gif", "image/gif", False),
    "a.apng": (("-f", "apng"), "apng", "image/apng", False),
    "a.webp": (("-c:v", "libwebp_anim"), "webp_anim", "image/webp", False),
    "b.webp": (("-frames:v", "1", "-c:v", "libwebp"), "webp_pipe", "image/webp", True),
    "c.webp": (("-frames:v", "1", "-c:v", "libwebp", "-lossless", "1"), "webp_pipe", "image/webp", True),
    "b.png": (("-frames:v", "1"), "png_pipe", "image/png", True),
    "b.jpg": (("-frames:v", "1"), "jpeg_pipe", "image/jpeg", True),
    "b.gif": (("-frames:v", "1"), "gif", "image/gif", True),
    "b.mp4": ((*X264, "-frames:v", "1"), "mov", "video/mp4", True),
}


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_is_told_from_its_bytes_not_from_its_name(tmp_path: Path, name: str) -> None:
    options, reader, media_type, still = KINDS[name]
    media = make(tmp_path / name, *options, source="testsrc2=s=160x90:r=10:d=1")
    facts = inspect_media(media.rename(tmp_path / "no suffix, %03d"))
    assert (facts.format, facts.media_type, facts.is_still) == (reader, media_type, still)
    assert (facts.width, facts.height) == (160, 90)
    if still:
        assert facts.seconds is None
    else:
        assert facts.seconds == pytest.approx(1.0, abs=0.11)  # AVI counts reordered pictures once too often


@pytest.mark.parametrize(
    ("tags", "matrix", "full", "transfer"),
    [
        ("colorspace=bt709:range=tv", "bt709", False, "sdr"),
        ("colorspace=smpte170m:range=pc", "smpte170m", True, "sdr"),
        ("colorspace=bt2020nc:range=tv:color_primaries=bt2020:color_trc=smpte2084", "bt2020nc", False, "pq"),
        ("colorspace=bt2020nc:range=tv:color_primaries=bt2020:color_trc=arib-std-b67", "bt2020nc", False, "hlg"),
    ],
)
def test_colours_are_read_from_the_stream(tmp_path: Path, tags: str, matrix: str, transfer: str, *, full: bool) -> None:
    film = make(tmp_path / "a.mkv", "-vf", f"format=yuv420p10,setparams={tags}", *X264)
    facts = inspect_media(film)
    assert (facts.matrix, facts.full_range, facts.transfer) == (matrix, full, transfer)
    assert facts.wide_gamut == (transfer != "sdr")


@pytest.mark.parametrize(("height", "matrix"), [(576, "smpte170m"), (720, "bt709")])
def test_colours_that_are_not_stated_are_guessed_from_the_height(tmp_path: Path, height: int, matrix: str) -> None:
    film = make(tmp_path / "a.mp4", *X264, source=f"testsrc2=s=320x{height}:r=5:d=0.4")
    assert inspect_media(film).matrix == matrix


def test_transparency_in_a_second_layer_is_seen_and_needs_its_own_decoder(tmp_path: Path) -> None:
    codec = ("-c:v", "libvpx-vp9", "-pix_fmt", "yuva420p", "-deadline", "realtime", "-cpu-used", "8")
    facts = inspect_media(make(tmp_path / "a.webm", *codec))
    assert (facts.has_alpha, facts.decoder) == (True, "libvpx-vp9")
    plain = inspect_media(make(tmp_path / "b.webm", *codec[:2], *codec[4:]))
    assert (plain.has_alpha, plain.decoder) == (False, None)


def test_pixel_aspect_widens_the_size_as_shown(tmp_path: Path) -> None:
    facts = inspect_media(make(tmp_path / "a.mp4", "-vf", "setsar=64/45", *X264, source="testsrc2=s=720x576:r=5:d=0.4"))
    assert (facts.width, facts.height, facts.coded_width) == (1024, 576, 720)


def patched(path: Path, before: bytes, after: bytes) -> Path:
    """The file with the first `before` replaced by `after`, of the same length."""
    data = path.read_bytes()
    assert before in data
    assert len(before) == len(after)
    path.write_bytes(data.replace(before, after, 1))
    return path


@pytest.mark.parametrize("claimed", [0.2, 1.0, 7.0, 5000.0])
def test_a_matroska_file_that_lies_about_its_length_is_measured(tmp_path: Path, claimed: float) -> None:
    film = make(tmp_path / "a.mkv", *X264, "-g", "10", source="testsrc2=s=160x90:r=10:d=4")
    data = film.read_bytes()
    at = data.index(b"\x44\x89\x88") + 3
    patched(film, data[at : at + 8], struct.pack(">d", claimed * 1000))
    assert inspect_media(film).seconds == pytest.approx(4.0, abs=0.11)


@pytest.mark.parametrize("claimed", [0, 1, 100_000_000])
def test_an_mp4_that_lies_about_its_length_is_measured(tmp_path: Path, claimed: int) -> None:
    film = make(tmp_path / "a.mp4", *X264, "-g", "10", "-bf", "0", source="testsrc2=s=160x90:r=10:d=4")
    data = bytearray(film.read_bytes())
    for box, offset in ((b"mvhd", 20), (b"mdhd", 20), (b"tkhd", 24)):
        at = data.index(box) + offset
        data[at : at + 4] = struct.pack(">I", claimed)
    film.write_bytes(data)
    assert inspect_media(film).seconds == pytest.approx(4.0, abs=0.11)


def test_a_film_that_begins_late_in_its_file_counts_from_the_files_start(tmp_path: Path) -> None:
    film = tmp_path / "a.mkv"
    run_ffmpeg(
        [
            *("-f", "lavfi", "-itsoffset", "0.5", "-i", "testsrc2=s=160x90:r=10:d=2", "-f", "lavfi", "-i", "sine=d=1"),
            *(*X264, "-y", file_url(film)),
        ],
        doing="Making a film whose sound comes first",
        deadline_seconds=30,
    )
    assert inspect_media(film).seconds == pytest.approx(2.5, abs=0.11)


def test_a_photograph_with_a_film_behind_it_is_a_photograph(tmp_path: Path) -> None:
    photograph, film = make(tmp_path / "a.jpg", "-frames:v", "1"), make(tmp_path / "a.mp4", *X264)
    photograph.write_bytes(photograph.read_bytes() + film.read_bytes())
    facts = inspect_media(photograph)
    assert (facts.is_still, facts.format, facts.width) == (True, "jpeg_pipe", 160)


def test_the_cover_of_an_album_is_no_picture_of_the_film(tmp_path: Path) -> None:
    film, made = make(tmp_path / "a.mp4", *X264), tmp_path / "b.mp4"
    cover = make(tmp_path / "a.jpg", "-frames:v", "1", source="testsrc2=s=96x96:r=25:d=1")
    run_ffmpeg(
        [
            *("-i", file_url(cover), "-i", file_url(film), "-map", "0:v", "-map", "1:v", "-c", "copy"),
            *("-disposition:v:0", "attached_pic", "-y", file_url(made)),
        ],
        doing="Adding a cover",
        deadline_seconds=30,
    )
    assert (inspect_media(made).width, inspect_media(made).height) == (160, 90)


def test_kinds_are_told_without_any_codec(tmp_path: Path) -> None:
    still = make(tmp_path / "a.gif", "-frames:v", "1")
    kind = kind_of(still, "a.gif")
    assert (kind.reader, kind.size, kind.pictures) == ("gif", (160, 90), 1)


def test_a_film_whose_title_is_no_utf_8_is_a_film_like_any_other(tmp_path: Path) -> None:
    film = make(tmp_path / "a.mkv", *X264, "-metadata", "title=Cafee", "-metadata:s:v", "title=Nochee")
    patched(patched(film, b"Cafee", b"Caf\xe9s"), b"Nochee", b"Noch\xe9s")
    facts = inspect_media(film)
    assert facts.width == 160
    assert facts.seconds == pytest.approx(1.0, abs=0.05)


def test_a_first_picture_that_takes_too_long_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    film = make(tmp_path / "a.mp4", *X264, "-bf", "2")  # pictures come out of order: the first packet shows none yet
    assert inspect_media(film).width == 160
    monkeypatch.setattr(media_probe, "_DECODING_SECONDS", -1.0)
    with pytest.raises(PermanentError, match=r"a\.mp4: it takes too long to decode its first picture"):
        inspect_media(film)


def test_a_photograph_padded_with_fill_bytes_is_read_at_once(tmp_path: Path) -> None:
    """T.81 B.1.1.2 allows any number of FF before a marker; one step each took minutes for 256 MB of them."""
    photograph = make(tmp_path / "a.jpg", "-frames:v", "1")
    whole = photograph.read_bytes()
    photograph.write_bytes(whole[:2] + b"\xff" * 2_000_000 + whole[2:])
    begun = time.process_time()
    assert kind_of(photograph, "a.jpg").size == (160, 90)
    assert time.process_time() - begun < 1.0  # measured: 0.01


@pytest.mark.parametrize(
    ("data", "most", "what"),
    [
        (b"\0\0\0\x08ftyp" + b"\0\0\0\x08free" * 50 + b"\0\0\0\x08moov", "_MOST_BOXES", "boxes"),
        (
            b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR" + struct.pack(">IIBBBBBI", 64, 48, 8, 2, 0, 0, 0, 0)
            + b"\0\0\0\0tEXt\0\0\0\0" * 50 + b"\0\0\0\0IEND\0\0\0\0",
            "_MOST_CHUNKS",
            "chunks",
        ),
        (b"RIFF\x9a\x01\0\0WEBPVP8L\0\0\0\0" + b"junk\0\0\0\0" * 50, "_MOST_CHUNKS", "chunks"),
        (b"GIF89a\x40\0\x30\0\0\0\0" + b"\x21\xfe\x01a\0" * 50 + b"\x3b", "_MOST_BLOCKS", "blocks"),
        (
            b"\xff\xd8" + b"\xff\x01" * 50 + b"\xff\xc0\0\x0b\x08\0\x30\0\x40\x01\x01\x11\0\xff\xda\0\x02\xff\xd9",
            "_MOST_MARKERS",
            "markers",
        ),
    ],
    ids=["MP4", "PNG", "WebP", "GIF", "JPEG"],
)  # fmt: skip
def test_a_file_of_too_many_parts_is_refused_as_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes, most: str, what: str
) -> None:
    (tmp_path / "a").write_bytes(data)
    kind_of(tmp_path / "a", "it")  # 50 and a few are nothing
    monkeypatch.setattr(media_kinds, most, 40)
    with pytest.raises(PermanentError, match=rf"damaged \(it has more than 40 {what}\)"):
        kind_of(tmp_path / "a", "it")
