"""Where a credential lies inside an MP4, JPEG or PNG, how large it is, and the file without it.

Belongs here: walking the outer structure of hostile files within bounds, before any library sees them. Not here: what
a credential says (`reading.py`). MP4: a `uuid` box (C2PA 2.2, A.5); JPEG: APP11 segments (A.2); PNG: `caBX` (A.3).
"""

import hashlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from reelineage.errors import BadInput
from resources.provenance.chunk_offsets import moved_chunk_offsets

MOST_FILE_BYTES: Final = 8 << 30
MOST_CREDENTIAL_BYTES: Final = 16 << 20  # ours has about 30 kB; with the credentials of own films in it, some MB
_MOST_PARTS: Final = 100_000
_MOST_MOOV_BYTES: Final = 32 << 20  # three minutes at 60 pictures a second have about 200 kB
_C2PA_UUID: Final = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_CHUNK: Final = 1 << 20


@dataclass(frozen=True)
class Part:
    """A run of bytes, `start` .. `end`, that carries a credential or a piece of one: `content` .. `content_end`."""

    start: int
    content: int
    content_end: int
    end: int


def media_type_of(file: BinaryIO) -> str | None:
    """`video/mp4`, `image/jpeg` or `image/png` by the file's first bytes, None for anything else."""
    file.seek(0)
    head = file.read(12)
    if head[4:8] == b"ftyp":
        return "video/mp4"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    return "image/png" if head.startswith(_PNG) else None


def credential_parts(file: BinaryIO, media_type: str, name: str) -> tuple[Part, ...]:
    """Where the credential lies, in the order of its pieces; empty when there is none.

    Raises:
        BadInput: the file or the credential in it is larger than is ever read, or has absurdly many parts.
    """
    if _size(file) > MOST_FILE_BYTES:
        raise BadInput(f"Reading {name}: it is larger than {MOST_FILE_BYTES >> 30} GB, the most that is read.")
    walk = {"video/mp4": _boxes, "image/jpeg": _segments, "image/png": _chunks}[media_type]
    parts = []
    for number, part in enumerate(walk(file)):
        if number > _MOST_PARTS:
            raise BadInput(f"Reading {name}: it has more than {_MOST_PARTS:,} parts. It is damaged or made to harm.")
        if part is not None:
            parts.append(part)
    size = sum(part.end - part.start for part in parts)
    if size > MOST_CREDENTIAL_BYTES:
        raise BadInput(
            f"Reading {name}: the credential in it has {size:,} bytes; at most {MOST_CREDENTIAL_BYTES:,} are read, so "
            "it was not looked at. It was not made here."
        )
    return tuple(parts)


def credential_bytes(file: BinaryIO, parts: tuple[Part, ...]) -> bytes:
    """The credential's own bytes (JUMBF) out of its pieces."""
    pieces = []
    for part in parts:
        file.seek(part.content)
        pieces.append(file.read(max(part.content_end - part.content, 0)))
    return b"".join(pieces)


def sha256_without(file: BinaryIO, media_type: str, parts: tuple[Part, ...]) -> str | None:
    """Hex sha256 of the file as it was before it was signed; None when that cannot be told.

    A signature covers neither `ftyp` nor `free` boxes nor what surrounds the credential; this hash covers them.
    """
    if media_type == "video/mp4":
        return _sha256_of_unsigned_mp4(file, parts)
    digest = hashlib.sha256()
    position = 0
    for part in parts:
        _feed(digest, file, position, part.start)
        position = part.end
    _feed(digest, file, position, _size(file))
    return digest.hexdigest()


def _sha256_of_unsigned_mp4(file: BinaryIO, parts: tuple[Part, ...]) -> str | None:
    """Without its credential box every chunk of samples lies further to the front: the tables of `moov` say so."""
    if len(parts) != 1:
        return None
    gone = parts[0]
    digest = hashlib.sha256()
    for start, _, end, kind in _mp4_boxes(file):
        if start == gone.start:
            continue
        if kind != b"moov":
            _feed(digest, file, start, end)
            continue
        if end - start > _MOST_MOOV_BYTES:
            return None
        file.seek(start)
        moved = moved_chunk_offsets(file.read(end - start), behind=gone.start, by=gone.start - gone.end)
        if moved is None:
            return None
        digest.update(moved)
    return digest.hexdigest()


def _feed(digest: "hashlib._Hash", file: BinaryIO, start: int, end: int) -> None:
    file.seek(start)
    left = end - start
    while left > 0 and (piece := file.read(min(left, _CHUNK))):
        digest.update(piece)
        left -= len(piece)


def _size(file: BinaryIO) -> int:
    return file.seek(0, 2)


def _mp4_boxes(file: BinaryIO) -> Iterator[tuple[int, int, int, bytes]]:
    """Start, start of content, end and type of each outer box; a length that cannot be ends the walk at the file's."""
    size = _size(file)
    position = 0
    while position + 8 <= size:
        file.seek(position)
        head = file.read(16)
        length, kind = struct.unpack(">I4s", head[:8])
        content = position + 8
        if length == 1 and len(head) == 16:
            length, content = struct.unpack(">Q", head[8:])[0], position + 16
        end = min(position + length, size) if length >= content - position else size
        yield position, content, end, kind
        position = end
    if position < size:
        yield position, position, size, b""  # a few bytes too short for a box


def _boxes(file: BinaryIO) -> Iterator[Part | None]:
    for start, content, end, kind in _mp4_boxes(file):
        if kind != b"uuid":
            yield None
            continue
        file.seek(content)
        head = file.read(min(end - content, 128))
        purpose = head.find(b"\0", 20)
        if not head.startswith(_C2PA_UUID):
            yield None
        elif purpose < 0:
            yield Part(start, content, end, end)
        else:  # version and flags, the purpose as text, the offset of a Merkle box
            yield Part(start, min(content + purpose + 9, end), end, end)


def _segments(file: BinaryIO) -> Iterator[Part | None]:
    position, number = 2, 0
    while True:
        file.seek(position)
        head = file.read(20)
        if len(head) < 4 or head[0] != 0xFF or head[1] in (0xD9, 0xDA):
            return
        end = position + 2 + int.from_bytes(head[2:4], "big")
        if head[1] == 0xEB and head[4:6] == b"JP" and head[16:20] == b"jumb":
            content = position + (20 if number else 12)  # every piece but the first repeats the outer box's header
            yield Part(position, content, end, end)
            number += 1
        else:
            yield None
        position = max(end, position + 4)


def _chunks(file: BinaryIO) -> Iterator[Part | None]:
    size = _size(file)
    position = len(_PNG)
    while position + 12 <= size:
        file.seek(position)
        length, kind = struct.unpack(">I4s", file.read(8))
        end = position + 12 + length
        yield Part(position, position + 8, end - 4, end) if kind == b"caBX" else None
        position = end
