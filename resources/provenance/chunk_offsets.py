"""Where an MP4's `moov` box says that its samples lie, and the same box as if they lay elsewhere.

Belongs here: the tables `stco` and `co64` (ISO/IEC 14496-12, 8.7.5), the only offsets in a file that is not fragmented.
They are changed in one copy, a block at a time: millions of offsets as Python numbers took thirty times the box's size.
"""

import struct
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

_NESTED: Final = (b"moov", b"trak", b"mdia", b"minf", b"stbl")
_WIDTHS: Final = {b"stco": 4, b"co64": 8}
_MOST_TABLES: Final = 1_000  # a file of ours has two, one a track
_BLOCK: Final = 1 << 16
Offsets = NDArray[np.unsignedinteger[Any]]


def moved_chunk_offsets(moov: bytes | bytearray, *, behind: int, by: int) -> bytes | bytearray | None:
    """The box with `by` added to every chunk offset after `behind`; None when a table is not sound, or too many.

    Args:
        moov: the whole box, header and all.
        behind: a position in the file, in bytes.
        by: bytes; negative is towards the front.
    """
    moved = bytearray(moov)
    for number, (start, end, width) in enumerate(_tables(moved, 0, len(moved), depth=0)):
        if number == _MOST_TABLES or end - start < 8:
            return None
        count = struct.unpack_from(">I", moved, start + 4)[0]
        if start + 8 + count * width > end:
            return None
        table: Offsets = np.frombuffer(moved, f">u{width}", count, start + 8)  # writes go into the box
        if not all(_move(table[first : first + _BLOCK], behind, by) for first in range(0, count, _BLOCK)):
            return None
    return moved


def _move(offsets: Offsets, behind: int, by: int) -> bool:
    """Move those after `behind`; False when one would leave what the table can hold."""
    largest = int(np.iinfo(offsets.dtype).max)
    if behind >= largest:
        return True
    later = offsets > behind
    if not later.any():
        return True
    found = offsets[later]
    if int(found.min()) + by < 0 or int(found.max()) + by > largest:
        return False
    distance = found.dtype.type(abs(by))
    offsets[later] = found + distance if by > 0 else found - distance
    return True


def _tables(box: bytearray, start: int, end: int, *, depth: int) -> Iterator[tuple[int, int, int]]:
    """Start and end of the content of each offset table between `start` and `end`, and the width of its entries."""
    while start + 8 <= end:
        length, kind = struct.unpack_from(">I4s", box, start)
        content = start + 8
        if length == 1 and start + 16 <= end:
            length, content = struct.unpack_from(">Q", box, start + 8)[0], start + 16
        stop = min(start + length, end) if length >= content - start else end
        if kind in _WIDTHS:
            yield content, stop, _WIDTHS[kind]
        elif kind in _NESTED and depth < len(_NESTED):
            yield from _tables(box, content, stop, depth=depth + 1)
        start = stop
