"""What a media file is, told from its own bytes: which reader to force on it, and whether all of it is there.

Belongs here: signatures and the structure of files (chunks, boxes, blocks), read without any codec. Not here: streams,
colours, durations (`media_probe.py`). A name or a suffix decides nothing: a playlist called film.mp4 stays a playlist,
and no reader is ever chosen by guessing (the one for picture sequences takes `%03d` in a name as a pattern).
"""

import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from reelineage.errors import PermanentError

_LARGEST_STILL = 256 * 2**20
# Far more than any real file has; each takes about a microsecond to step over, so none keeps a worker for long.
_MOST_BOXES = 1_000_000
_MOST_CHUNKS = 100_000
_MOST_BLOCKS = 4_000_000  # a GIF of 256 MB has a million, of up to 255 bytes
_MOST_MARKERS = 10_000
_HEIF = {b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif", b"avis"}
_BOXES = {b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot", b"styp"}
_UNKNOWN_LENGTH = 0xFFFFFFF0  # writers that could not go back leave 0 or all ones as the length of a RIFF file
_NO_FILL = re.compile(rb"[^\xff]")  # any number of FF may stand before a marker
_JPEG_BARE = {0x01, *range(0xD0, 0xDA)}  # markers without a length
_JPEG_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}  # ITU-T T.81 table B.1: start of frame


@dataclass(frozen=True)
class Kind:
    """How to read a file. `reader` is ffmpeg's name of the demuxer; the rest is known for pictures only.

    `pictures` is 1 for a still; `orientation` is EXIF's (1: as stored .. 8); `seconds` is the length that an animated
    WebP states picture by picture.
    """

    reader: str
    media_type: str
    size: tuple[int, int] | None = None
    pictures: int | None = None
    orientation: int = 1
    seconds: float | None = None


class _Cut(Exception):
    """The file ends before its own structure does."""


def kind_of(path: Path, name: str) -> Kind:
    """Tell the kind of the plain file `path` and walk its structure to the end.

    Raises:
        PermanentError: no kind that can be shown, or cut off; `name` is what the message calls the file.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(512)
        for matches, read in _KINDS:
            if matches(head):
                file.seek(0)
                try:
                    return read(file, size)
                except (_Cut, struct.error, IndexError) as error:
                    raise PermanentError(
                        f"Reading {name}: the file is cut off or damaged ({str(error) or 'it ends too early'}). "
                        "Copy or export it again."
                    ) from error
                except _NotShown as error:
                    raise PermanentError(f"Reading {name}: {error}") from error
    raise PermanentError(
        f"Reading {name}: it is none of MP4, MOV, MKV, WebM, MPEG-TS, AVI, GIF, PNG, JPEG, WebP (judged by what is in "
        "it, not by its name). Export it as one of these."
    )


class _NotShown(Exception):
    """A kind that is known and refused; the text says what to do."""


def _mov(file: IO[bytes], size: int) -> Kind:
    """Boxes from end to end (ISO/IEC 14496-12, 4.2)."""
    position, brand, indexed, boxes = 0, b"", False, 0
    while position + 8 <= size:
        boxes = _counted(boxes, _MOST_BOXES, "boxes")
        file.seek(position)
        length, box, after = struct.unpack(">I4s8s", file.read(16).ljust(16, b"\0"))
        if length == 1:
            (length,) = struct.unpack(">Q", after)
        elif length == 0:
            length = size - position
        if box == b"ftyp":
            brand = after[:4]
        indexed |= box == b"moov"
        if length < 8 or not box.isascii():
            break  # a tail that is no box harms nobody
        if position + length > size:
            raise _Cut(f"{size:,} bytes are there, its structure needs {position + length:,}")
        position += length
    if brand in _HEIF:
        raise _NotShown("it is a HEIC or AVIF picture, which cannot be read here. Export it as JPEG or PNG.")
    if not indexed:
        raise _Cut("the index (moov) is missing")
    return Kind("mov", "video/quicktime" if brand == b"qt  " else "video/mp4")


def _matroska(file: IO[bytes], size: int) -> Kind:
    """The two outermost elements (RFC 8794, 4-6)."""
    head = file.read(4096)
    length, start = _vint(head, 4)
    document = head[start : start + (length or 0)]
    if head[start + (length or 0) :][:4] == b"\x18\x53\x80\x67":
        inner, begin = _vint(head, start + (length or 0) + 4)
        if inner is not None and begin + inner > size:
            raise _Cut(f"{size:,} bytes are there, its structure needs {begin + inner:,}")
    return Kind("matroska", "video/webm" if b"webm" in document else "video/x-matroska")


def _vint(data: bytes, at: int) -> tuple[int | None, int]:
    """A variable-length integer and where it ends; None when all its bits are set (unknown)."""
    width = 9 - data[at].bit_length()
    value = int.from_bytes(data[at : at + width], "big") & ((1 << 7 * width) - 1)
    return (None if value == (1 << 7 * width) - 1 else value), at + width


def _mpegts(_file: IO[bytes], _size: int) -> Kind:
    return Kind("mpegts", "video/mp2t")


def _avi(file: IO[bytes], size: int) -> Kind:
    _riff(file, size)
    return Kind("avi", "video/x-msvideo")


def _riff(file: IO[bytes], size: int) -> None:
    (length,) = struct.unpack("<4xI", file.read(8))
    if length < _UNKNOWN_LENGTH and length + 8 > size:
        raise _Cut(f"{size:,} bytes are there, its structure needs {length + 8:,}")


def _png(file: IO[bytes], size: int) -> Kind:
    """Chunks up to IEND; acTL with more than one picture makes it an animation."""
    width, height = struct.unpack(">16xII", file.read(24))
    position, pictures, orientation, chunks = 8, 1, 1, 0
    while position < size:
        chunks = _counted(chunks, _MOST_CHUNKS, "chunks")
        file.seek(position)
        length, chunk = struct.unpack(">I4s", file.read(8).ljust(8, b"\0"))
        if position + 12 + length > size:
            break
        if chunk == b"acTL":
            (pictures,) = struct.unpack(">I", file.read(4))
        if chunk == b"eXIf":
            orientation = _orientation(file.read(min(length, 65536)))
        if chunk == b"IEND":
            reader, media_type = ("apng", "image/apng") if pictures > 1 else ("png_pipe", "image/png")
            return Kind(reader, media_type, (width, height), pictures, orientation)
        position += 12 + length
    raise _Cut("its end (IEND) is missing")


def _orientation(exif: bytes) -> int:
    """Tag 274 of the first directory (TIFF 6.0); 1 when it is not there or makes no sense."""
    order = {b"MM": ">", b"II": "<"}.get(exif[:2])
    if order is None or len(exif) < 10:
        return 1
    (start,) = struct.unpack_from(order + "I", exif, 4)
    entries = exif[start + 2 : start + 2 + 12 * 64]
    for tag, _, _, value in struct.iter_unpack(order + "HHIH2x", entries[: len(entries) // 12 * 12]):
        if tag == 274:
            return value if 1 <= value <= 8 else 1
    return 1


def _jpeg(file: IO[bytes], size: int) -> Kind:
    """Markers up to the end of the first picture; phones append films and depth maps to it."""
    data = _whole(file, size)
    position, shown, orientation = 2, None, 1
    for _ in range(_MOST_MARKERS):
        position = data.find(b"\xff", position, position + 2**16)
        found = _NO_FILL.search(data, position) if position >= 0 else None
        if found is None:
            raise _Cut("the next marker is missing")
        position, marker = found.start() - 1, data[found.start()]
        if marker in _JPEG_BARE:
            position += 2
            continue
        (length,) = struct.unpack_from(">H", data, position + 2)
        if marker in _JPEG_FRAMES:
            height, width = struct.unpack_from(">HH", data, position + 5)
            shown = (width, height)
        if marker == 0xE1 and data[position + 4 : position + 10] == b"Exif\0\0":
            orientation = _orientation(data[position + 10 : position + 2 + length])
        position += 2 + length
        if marker == 0xDA:  # scan data: FF is always followed by 00 or a restart, so FF D9 is the end
            if shown is None or data.find(b"\xff\xd9", position) < 0:
                raise _Cut("its end is missing")
            return Kind("jpeg_pipe", "image/jpeg", shown, 1, orientation)
    raise _Cut(f"it has more than {_MOST_MARKERS:,} markers")


def _gif(file: IO[bytes], size: int) -> Kind:
    """Blocks up to the trailer (GIF89a specification, appendix B)."""
    data = _whole(file, size)
    width, height, flags = struct.unpack_from("<HHB", data, 6)
    position, pictures, blocks = 13 + _colours(flags), 0, 0
    while data[position] != 0x3B:
        if data[position] == 0x2C:
            pictures += 1
            position += 11 + _colours(data[position + 9])
        elif data[position] == 0x21:
            position += 2
        else:
            raise _Cut(f"there is no block at byte {position:,}")
        blocks = _counted(blocks, _MOST_BLOCKS, "blocks")
        while data[position]:
            blocks = _counted(blocks, _MOST_BLOCKS, "blocks")
            position += data[position] + 1
        position += 1
    return Kind("gif", "image/gif", (width, height), pictures)


def _colours(flags: int) -> int:
    """Bytes of a colour table."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _webp(file: IO[bytes], size: int) -> Kind:
    """RIFF chunks (RFC 9649, 2.7); an animation states each picture's milliseconds in ANMF."""
    _riff(file, size)
    file.seek(0)
    data = _whole(file, size)
    exif = next((data[at + 8 : at + 65536] for at in _chunks(data, b"EXIF")), b"").removeprefix(b"Exif\0\0")
    orientation, seconds, pictures = _orientation(exif), None, 1
    if data[12:16] == b"VP8X":
        width, height = (1 + int.from_bytes(data[at : at + 3], "little") for at in (24, 27))
        if data[20] & 2:
            times = [int.from_bytes(data[at + 20 : at + 23], "little") for at in _chunks(data, b"ANMF")]
            pictures, seconds = len(times), sum(times) / 1000
    elif data[12:16] == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    else:
        width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", data, 26))
    reader = "webp_pipe" if seconds is None else "webp_anim"
    return Kind(reader, "image/webp", (width, height), pictures, orientation, seconds)


def _chunks(data: bytes, wanted: bytes) -> list[int]:
    position, found, chunks = 12, [], 0
    while position + 8 <= len(data):
        chunks = _counted(chunks, _MOST_CHUNKS, "chunks")
        if data[position : position + 4] == wanted:
            found.append(position)
        (length,) = struct.unpack_from("<I", data, position + 4)
        position += 8 + length + length % 2
    return found


def _counted(before: int, most: int, what: str) -> int:
    if before >= most:
        raise _Cut(f"it has more than {most:,} {what}")
    return before + 1


def _whole(file: IO[bytes], size: int) -> bytes:
    if size > _LARGEST_STILL:
        raise _NotShown(f"it is a picture of {size / 2**20:,.0f} MB. Give one of at most {_LARGEST_STILL >> 20} MB.")
    return file.read()


def _is_mpegts(head: bytes) -> bool:
    """Three packets in a row start with 0x47; cameras put four bytes before each."""
    return any(
        len(head) > 2 * step + at and all(head[at + n * step] == 0x47 for n in range(3)) for at, step in _PACKETS
    )


_PACKETS = ((0, 188), (4, 192))
_KINDS: tuple[tuple[Callable[[bytes], bool], Callable[[IO[bytes], int], Kind]], ...] = (
    (lambda head: head[4:8] in _BOXES, _mov),
    (lambda head: head[:4] == b"\x1a\x45\xdf\xa3", _matroska),
    (lambda head: head[:8] == b"\x89PNG\r\n\x1a\n", _png),
    (lambda head: head[:3] == b"\xff\xd8\xff", _jpeg),
    (lambda head: head[:4] == b"RIFF" and head[8:12] == b"WEBP", _webp),
    (lambda head: head[:4] == b"RIFF" and head[8:12] == b"AVI ", _avi),
    (lambda head: head[:6] in (b"GIF87a", b"GIF89a"), _gif),
    (_is_mpegts, _mpegts),
)
