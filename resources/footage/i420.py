"""Frames as x264 wants them: one array with the Y, U and V planes, bt709 limited range.

Belongs here: the planes of a frame, and a transparent layer that is laid over them. Not here: what is drawn.
A layer is drawn packed, as Cr, Cb, Y', alpha per pixel (skia's premultiplied BGRA with Y'CbCr in its channels, see
`motion.palette`), and taken apart into what it adds to each plane and how much of the frame it lets through. Where the
layer did not change, a frame costs only the mixing: 0.6 CPU-ms for 950x750 pixels. Lending such a part of the frame to
skia and taking it back costs 3 to 5; converting a whole frame from RGBA costs 10.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reelineage.documents import Frame
from reelineage.timeline.zones import Box

Bytes = NDArray[np.uint8]
Words = NDArray[np.uint16]
_BAND = 64  # rows at a time: what is worked on stays in the processor's cache


@dataclass(frozen=True)
class Planes:
    """Views into one I420 picture of shape (height * 3 // 2, width): `luma` full size, `blue` and `red` half size."""

    picture: Bytes
    luma: Bytes
    blue: Bytes
    red: Bytes


def planes_of(picture: Bytes, frame: Frame) -> Planes:
    """The three planes inside an I420 picture, as views.

    Raises:
        ValueError: the picture's shape does not fit the frame.
    """
    if picture.shape != (frame.height * 3 // 2, frame.width):
        raise ValueError(f"Taking a picture apart: its shape {picture.shape} does not fit {frame}; give it as I420.")
    flat = picture.reshape(-1)
    pixels = frame.width * frame.height
    half = (frame.height // 2, frame.width // 2)
    return Planes(
        picture=picture,
        luma=flat[:pixels].reshape(frame.height, frame.width),
        blue=flat[pixels : pixels * 5 // 4].reshape(half),
        red=flat[pixels * 5 // 4 :].reshape(half),
    )


class Layer:
    """A transparent picture over `box` of a frame, whose edges are even.

    Draw into `packed`, shape (box.height, box.width, 4), then `take_over` the parts that changed, then `lay_over` each
    frame. Boxes inside a layer count from its own corner and have even edges.
    """

    def __init__(self, box: Box) -> None:
        self.box = box
        tall, wide = box.height, box.width
        self.packed: Bytes = np.zeros((tall, wide, 4), np.uint8)
        # A pixel becomes (below * keep + add) / 256. For alpha a and premultiplied colour p, keep is
        # 256 (255 - a) / 255 and add is 256 p + 128: in limited range the sum stays below 65536.
        self._keep: Words = np.full((tall, wide), 256, np.uint16)
        self._add: Words = np.full((tall, wide), 128, np.uint16)
        self._half_keep: Words = np.full((tall // 2, wide // 2), 256, np.uint16)
        self._blue_add: Words = np.full((tall // 2, wide // 2), 128, np.uint16)
        self._red_add: Words = np.full((tall // 2, wide // 2), 128, np.uint16)
        self._scratch: Words = np.empty(_BAND * wide, np.uint16)

    def take_over(self, area: Box) -> None:
        """Take `area` of `packed` apart: luma as it is, chroma and its alpha as the mean of each 2x2 block."""
        tall = max(_BAND, _BAND * 512 // max(1, area.width) // 2 * 2)  # narrow areas are few calls, not many small ones
        for rows in _bands(area.top, area.bottom, tall):
            part = self.packed[rows, area.left : area.right]
            here = rows, slice(area.left, area.right)
            half = slice(rows.start // 2, rows.stop // 2), slice(area.left // 2, area.right // 2)
            # Alpha and Y' lie in one number; copied together first, because numpy is slow on every other number.
            upper = np.ascontiguousarray(part.view(np.uint16)[:, :, 1])
            add = self._add[here]
            np.left_shift(upper, 8, out=add)
            add += 128
            upper >>= 8
            keep = self._keep[here]
            np.subtract(256, upper, out=keep)
            upper >>= 7
            keep -= upper
            words: NDArray[np.uint32] = part.view(np.uint32)[:, :, 0]
            # Two channels of a pixel lie 16 bits apart in one number, so that four sums take two passes.
            low = np.uint32(0x00FF_00FF)
            red_luma, blue_alpha = _block_sums(words & low), _block_sums((words >> np.uint32(8)) & low)
            self._red_add[half] = ((red_luma & 0xFFFF) << 6) + 128
            self._blue_add[half] = ((blue_alpha & 0xFFFF) << 6) + 128
            fourfold = blue_alpha >> 16
            self._half_keep[half] = (1026 - fourfold - (fourfold >> 8)) >> 2

    def lay_over(self, planes: Planes, areas: Sequence[Box]) -> None:
        """Lay the layer over a frame. Outside of `areas` it must be transparent."""
        top, left = self.box.top, self.box.left
        for rows in _bands(0, self.box.height):
            inked = [area for area in areas if area.top < rows.stop and area.bottom > rows.start]
            if not inked:
                continue
            first, last = min(area.left for area in inked), max(area.right for area in inked)
            begin = max(rows.start, min(area.top for area in inked))
            end = min(rows.stop, max(area.bottom for area in inked))
            here = slice(begin, end), slice(first, last)
            below = slice(top + begin, top + end), slice(left + first, left + last)
            self._mix(planes.luma[below], self._keep[here], self._add[here])
            half = slice(begin // 2, end // 2), slice(first // 2, last // 2)
            below = slice((top + begin) // 2, (top + end) // 2), slice((left + first) // 2, (left + last) // 2)
            self._mix(planes.blue[below], self._half_keep[half], self._blue_add[half])
            self._mix(planes.red[below], self._half_keep[half], self._red_add[half])

    def _mix(self, below: Bytes, keep: Words, add: Words) -> None:
        mixed = self._scratch[: below.size].reshape(below.shape)
        np.copyto(mixed, below)
        mixed *= keep
        mixed += add
        mixed >>= 8
        np.copyto(below, mixed, casting="unsafe")


def _block_sums(values: NDArray[np.uint32]) -> NDArray[np.uint32]:
    tall = values[0::2] + values[1::2]
    return tall[:, 0::2] + tall[:, 1::2]


def _bands(top: int, bottom: int, tall: int = _BAND) -> Iterator[slice]:
    for first in range(top, bottom, tall):
        yield slice(first, min(bottom, first + tall))
