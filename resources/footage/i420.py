"""Frames as x264 wants them: one array with the Y, U and V planes, bt709 limited range.

Belongs here: the planes of a frame, and lending a part of them to a drawing surface and taking it back. Not here:
what is drawn. A lent part is packed Cr, Cb, Y', 255 per pixel (skia's BGRA with Y'CbCr in its channels, see
`motion.palette`): taking it back moves bytes and averages chroma, it converts no colour. For a part of 864x660 pixels
lending and taking back cost about 2 CPU-ms together; converting a whole frame from RGBA costs 10.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reelineage.documents import Frame
from reelineage.timeline.zones import Box

Bytes = NDArray[np.uint8]


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


def lend(planes: Planes, box: Box, packed: Bytes) -> None:
    """Fill `packed`, shape (box.height, box.width, 4), with the pixels of `box`, whose edges are even."""
    rows, columns = slice(box.top, box.bottom), slice(box.left, box.right)
    half_rows, half_columns = slice(box.top // 2, box.bottom // 2), slice(box.left // 2, box.right // 2)
    pairs = packed.view(np.uint16)
    chroma = planes.blue[half_rows, half_columns].astype(np.uint16) << 8 | planes.red[half_rows, half_columns]
    for row in (0, 1):
        for column in (0, 1):
            pairs[row::2, column::2, 0] = chroma
    np.bitwise_or(planes.luma[rows, columns], np.uint16(0xFF00), out=pairs[:, :, 1], dtype=np.uint16)


def take_back(planes: Planes, box: Box, packed: Bytes) -> None:
    """Write the pixels of `packed` back into `box`: luma as it is, chroma as the mean of each 2x2 block."""
    half_rows, half_columns = slice(box.top // 2, box.bottom // 2), slice(box.left // 2, box.right // 2)
    planes.luma[box.top : box.bottom, box.left : box.right] = packed[:, :, 2]
    # One 32-bit sum per 2x2 block holds both chroma channels, 16 bits apart: half the passes over memory.
    words = packed.view(np.uint32)[:, :, 0]
    both = (words & 0xFF) | ((words & 0xFF00) << 8)
    tall = both[0::2] + both[1::2]
    block = tall[:, 0::2] + tall[:, 1::2] + np.uint32(0x0002_0002)
    planes.red[half_rows, half_columns] = (block >> 2) & 0xFF
    planes.blue[half_rows, half_columns] = block >> 18
