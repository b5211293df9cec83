"""Moving backgrounds: a slow field of light, and on it nothing, a grid, waves, floating discs, rays, tiles or rings.

Belongs here: everything behind the graphics. Not here: its shapes (`figures`), colours and which one (`palette`).
The field is drawn at a quarter of the frame's size with 10 bits and enlarged with dithering by swscale, so that dark
gradients show no bands: 1.5 CPU-ms a frame at 1080x1920, against 40 for gradients drawn at full size.
Movement is a function of `phase`, which grows by one in each scene, so that one scene's end is the next one's start.
"""

import math
import random
from typing import Any, Final

import av
import numpy as np
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

from reelineage.documents import Frame
from resources.footage.i420 import Planes
from resources.footage.motion.figures import FIGURES, Figures
from resources.footage.motion.palette import Rgb, Scheme, mix, ycbcr

Field = NDArray[np.float32]
_TURN = 2 * math.pi
_REDUCTION: Final = 4
_SWAY: Final = 0.09  # radius, as a fraction of the frame


class Background:
    """One video's background. `paint` fills a whole picture."""

    def __init__(self, kind: str, scheme: Scheme, frame: Frame, seed: int) -> None:
        self._kind = kind
        self._scheme = scheme
        self._frame = frame
        chance = random.Random(seed)  # noqa: S311 — a look, not a secret
        self._width = max(16, round(frame.width / _REDUCTION / 4) * 4)
        self._height = max(16, round(frame.height / _REDUCTION / 4) * 4)
        self._blobs = [_Blob(colour, chance) for colour in scheme.blobs]
        self._figures = Figures(kind, self._width, self._height, chance) if kind in FIGURES else None
        self._colour, self._force = mix(scheme.accent, scheme.accent_end, 0.5), np.float32(1)
        if self._figures is not None and self._figures.are_light:
            # On a light ground they are white, which shows only when it is strong; on a dark one a paler accent.
            pale = scheme.card if scheme.light else mix(self._colour, scheme.rule, 0.5)
            self._colour, self._force = pale, np.float32(4 if scheme.light else 1)
        self._phases = [chance.random() for _ in range(8)]
        self._packed = np.empty((self._height * 3 // 2, self._width), np.uint16)
        self._luma = np.empty((self._height, self._width), np.float32)
        self._chroma = np.empty((2, self._height // 2, self._width // 2), np.float32)
        self._enlarge = VideoReformatter()
        self._fades = (
            (0.30 + 0.70 * np.linspace(-1, 1, frame.height) ** 2).astype(np.float32),
            (0.55 + 0.45 * np.abs(np.linspace(-1, 1, frame.width))).astype(np.float32),
        )

    def paint(self, planes: Planes, phase: float, sway: float = 0.0) -> None:
        """Fill `planes` with the background at `phase` (1.0 = one scene).

        `sway` counts small circles that the lights make on their way. Whole numbers of them change nothing, so a long
        scene can have several and still end where the next one starts.
        """
        self._light(phase, sway)
        if self._kind == "waves":
            self._waves(phase)
        elif self._figures is not None:
            self._mix_in(self._colour, self._figures.mask(phase) * self._force)
        self._copy_enlarged(planes)
        if self._kind == "grid":
            self._grid(planes, phase)

    def _light(self, phase: float, sway: float) -> None:
        """The base colour, lit by slowly wandering blobs.

        Where blobs overlap their shares are scaled to stay below one, so that no place is brighter than the brightest
        blob: contrast to the text depends on it.
        """
        base = ycbcr(self._scheme.base)
        places = [blob.at(phase, sway) for blob in self._blobs]
        for shape, parts in ((self._luma.shape, ((self._luma, 0),)), (self._chroma[0].shape, self._chroma_parts())):
            down = np.linspace(0, 1, shape[0], dtype=np.float32)
            across = np.linspace(0, 1, shape[1], dtype=np.float32)
            tall = np.empty((shape[0], len(places)), np.float32)
            wide = np.empty((len(places), shape[1]), np.float32)
            for index, (blob, (x, y)) in enumerate(zip(self._blobs, places, strict=True)):
                tall[:, index] = np.exp(-(((down - y) / blob.tall) ** 2)) * blob.strength
                wide[index] = np.exp(-(((across - x) / blob.wide) ** 2))
            share = tall @ wide
            share *= share
            share += 0.5
            np.sqrt(share, out=share)
            for plane, channel in parts:
                colours = [ycbcr(blob.colour)[channel] - base[channel] for blob in self._blobs]
                np.matmul(tall * np.array(colours, np.float32), wide, out=plane)
                np.divide(plane, share, out=plane)
                np.add(plane, base[channel], out=plane)

    def _chroma_parts(self) -> tuple[tuple[Field, int], ...]:
        return (self._chroma[0], 1), (self._chroma[1], 2)

    def _waves(self, phase: float) -> None:
        """Three ribbons at the bottom and one at the top, each a soft edge that rolls sideways."""
        scheme = self._scheme
        for index, (level, height, turns, opacity) in enumerate(
            ((0.80, 0.018, 1.1, 0.30), (0.86, 0.022, 0.8, 0.38), (0.925, 0.016, 1.4, 0.50))
        ):
            colour = mix(scheme.blobs[index], scheme.accent_end if index == 1 else scheme.accent, 0.16)
            drift = _TURN * (self._phases[index] + phase * (0.22 + 0.07 * index) * (-1 if index % 2 else 1))
            height_pixels, width_pixels = self._luma.shape
            first = int((level - 0.05) * height_pixels) // 2 * 2
            across = np.linspace(0, 1, width_pixels, dtype=np.float32)
            down = np.linspace(0, 1, height_pixels, dtype=np.float32)[first:, None]
            edge = (
                level
                + height * np.sin(_TURN * turns * across + drift)
                + height * 0.4 * np.sin(_TURN * turns * 2.3 * across - drift * 0.7)
            ).astype(np.float32)[None, :]
            inside = down - edge
            inside *= height_pixels / 2
            inside += 0.5
            np.clip(inside, 0, 1, out=inside)
            # Brightest at its own edge, fading downwards: the ribbons read as light, not as paper.
            inside *= np.exp(edge * 9) * opacity
            inside *= np.exp(down * -9)
            self._mix_in(colour, inside, first)

    def _mix_in(self, colour: Rgb, share: Field, first: int = 0) -> None:
        """Mix `colour` into the rows from `first` (even) on; chroma takes every other pixel of `share`."""
        half = share[::2, ::2]
        planes = (self._luma[first:], self._chroma[0, first // 2 :], self._chroma[1, first // 2 :])
        for plane, value, part in zip(planes, ycbcr(colour), (share, half, half), strict=True):
            added = np.subtract(np.float32(value), plane)
            added *= part
            np.add(plane, added, out=plane)

    def _copy_enlarged(self, planes: Planes) -> None:
        half = self._height // 2 * (self._width // 2)
        packed = self._packed
        np.multiply(self._luma, 4, out=packed[: self._height], casting="unsafe")
        chroma = packed[self._height :].reshape(-1)
        for index in (0, 1):
            target = chroma[index * half : (index + 1) * half].reshape(self._chroma[index].shape)
            np.multiply(self._chroma[index], 4, out=target, casting="unsafe")
        small = av.VideoFrame.from_ndarray(packed, format="yuv420p10le")
        large = self._enlarge.reformat(
            small,
            width=self._frame.width,
            height=self._frame.height,
            format="yuv420p",
            interpolation="BILINEAR",
            threads=1,
        )
        for index, plane in enumerate((planes.luma, planes.blue, planes.red)):
            plane[:] = _rows(large.planes[index], plane.shape)

    def _grid(self, planes: Planes, phase: float) -> None:
        """Thin lines that slide by one cell in a scene, brighter towards top and bottom, away from the text.

        Luma is 16..235 and a line changes it by less than 18, so that bytes are added without a look at overflow.
        """
        height, width = planes.luma.shape
        cell = max(8.0, min(height, width) / 9)
        strength = -13.0 if self._scheme.light else 17.0
        thickness = max(1.0, min(height, width) / 720)
        fade_down, fade_across = self._fades
        luma = planes.luma
        for line, share in _line_rows(cell, phase * cell, height, thickness):
            luma[line] += np.rint(strength * share * fade_down[line] * fade_across).astype(np.int8).view(np.uint8)
        for line, share in _line_rows(cell, phase * cell * 0.5, width, thickness):
            luma[:, line] += np.rint(strength * share * fade_across[line] * fade_down).astype(np.int8).view(np.uint8)


class _Blob:
    """A round light: where it wanders, how large and strong it is. Sizes and places are fractions of the frame."""

    def __init__(self, colour: Rgb, chance: random.Random) -> None:
        self.colour = colour
        self.strength = chance.uniform(0.72, 0.95)
        self.wide = chance.uniform(0.42, 0.62)
        self.tall = chance.uniform(0.20, 0.30)
        self._home = (chance.uniform(0.1, 0.9), chance.uniform(0.08, 0.92))
        self._turns = (chance.uniform(0.10, 0.17) * chance.choice((-1, 1)), chance.uniform(0.08, 0.14))
        self._starts = (chance.random(), chance.random())

    def at(self, phase: float, sway: float) -> tuple[float, float]:
        """Its middle at `phase`, on a circle that is back at its start after each whole `sway`."""
        x = self._home[0] + 0.38 * math.sin(_TURN * (self._turns[0] * phase + self._starts[0]))
        y = self._home[1] + 0.20 * math.sin(_TURN * (self._turns[1] * phase + self._starts[1]))
        start = _TURN * self._starts[0]
        x += _SWAY * (math.sin(_TURN * sway + start) - math.sin(start))
        y += _SWAY * (math.cos(_TURN * sway + start) - math.cos(start))
        return x, y


def _line_rows(cell: float, offset: float, length: int, thickness: float) -> list[tuple[int, float]]:
    """Which rows (or columns) grid lines cover, and how much of each, 0..1."""
    rows: list[tuple[int, float]] = []
    position = offset % cell
    while position < length:
        for row in range(int(position), min(length, int(position + thickness) + 1)):
            share = min(row + 1, position + thickness) - max(row, position)
            if share > 0.01:
                rows.append((row, share))
        position += cell
    return rows


def _rows(plane: Any, shape: tuple[int, ...]) -> NDArray[np.uint8]:  # noqa: ANN401 — av's VideoPlane
    return np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[: shape[0], : shape[1]]
