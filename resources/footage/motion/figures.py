"""What moves in front of a background's light: discs, rays, tiles, rings. Drawn small, as a mask of one colour.

Belongs here: shapes and how they move. Not here: the light and how it all is enlarged (`backgrounds`), colours.
A mask is drawn at a quarter of the frame's size with the full range of alpha and made faint only when it is mixed in,
so that soft edges have no steps. All places are fractions of the frame; movement is a function of `phase`.
"""

import math
import random
from collections.abc import Callable
from typing import Final

import numpy as np
import skia
from numpy.typing import NDArray

Alpha = NDArray[np.uint8]
Paint = Callable[[float], Alpha]  # a mask with the full range of alpha at a phase
Draw = Callable[[skia.Canvas, float], None]  # canvas, phase
_SMOOTH = skia.SamplingOptions(skia.FilterMode.kLinear)
Mask = NDArray[np.float32]
_TURN: Final = 2 * math.pi
# Where words stand the figures are fainter. Middle and half height of that part, as fractions of the frame's height.
_CALM_MIDDLE: Final = 0.42
_CALM_REACH: Final = 0.30


class Figures:
    """The figures of one background. `mask` is how much of their colour each pixel gets, 0..1.

    `are_light` says that they are brighter than the background in every scheme.
    """

    def __init__(self, kind: str, width: int, height: int, chance: random.Random) -> None:
        make, strength, calm, self.are_light = _KINDS[kind]
        self._paint = make(chance, width, height)
        down = np.abs(np.linspace(0, 1, height, dtype=np.float32)[:, None] - _CALM_MIDDLE) / _CALM_REACH
        self._share = (calm + (1 - calm) * np.minimum(down, 1) ** 2) * np.float32(strength / 255)

    def mask(self, phase: float) -> Mask:
        """Shape (height, width)."""
        faint: Mask = self._paint(phase) * self._share
        return faint


def _drawn(draw: Draw, width: int, height: int) -> Paint:
    """A mask that skia draws."""
    alpha = np.zeros((height, width), np.uint8)
    surface = skia.Surface.MakeRasterDirect(skia.ImageInfo.MakeA8(width, height), alpha)

    def paint(phase: float) -> Alpha:
        canvas = surface.getCanvas()
        canvas.clear(0)
        draw(canvas, phase)
        surface.flushAndSubmit()
        return alpha

    return paint


def _brush(opacity: float) -> skia.Paint:
    return skia.Paint(Alphaf=min(1.0, max(0.0, opacity)), AntiAlias=True)


def _discs(chance: random.Random, width: int, height: int) -> Paint:
    """Soft discs of several sizes that rise slowly, sway, and come in again from below."""
    discs = []
    for _ in range(26):
        near = chance.random() ** 2
        discs.append(
            (
                chance.random(),
                chance.random(),
                0.008 + 0.05 * near,
                chance.uniform(0.10, 0.22) * (1 - 0.55 * near) / 0.22,
                0.04 + 0.09 * near,
                chance.random(),
            )
        )

    baked = [_disc(disc[2] * width) for disc in discs]  # gradients are dear: each disc is drawn once and then copied

    def draw(canvas: skia.Canvas, phase: float) -> None:
        for (left, top, _, opacity, speed, sway), image in zip(discs, baked, strict=True):
            x = (left + 0.02 * math.sin(_TURN * (sway + 0.3 * phase))) * width
            y = (1.1 - (top * 1.2 + speed * phase) % 1.2) * height
            half = image.width() / 2
            canvas.drawImage(image, x - half, y - half, _SMOOTH, _brush(opacity))

    return _drawn(draw, width, height)


def _disc(radius: float) -> skia.Image:
    """A disc whose edge is soft over a third of its radius, as a picture that holds it all."""
    soft = max(1.5, radius * 0.35)
    reach = math.ceil(radius + soft / 2) + 1
    surface = skia.Surface.MakeRaster(skia.ImageInfo.MakeA8(2 * reach, 2 * reach))
    paint = skia.Paint(AntiAlias=True)
    firm, edge = max(0.0, radius - soft / 2) / reach, (radius + soft / 2) / reach
    paint.setShader(
        skia.GradientShader.MakeRadial(
            skia.Point(reach, reach), reach, [skia.ColorBLACK, skia.ColorBLACK, 0, 0], [0.0, firm, edge, 1.0]
        )
    )
    surface.getCanvas().drawPaint(paint)
    return surface.makeImageSnapshot()


def _rays(chance: random.Random, width: int, height: int) -> Paint:
    """Beams of light from above one upper corner, turning slowly."""
    steps = 1 << 15
    table = np.zeros(steps, np.uint8)
    place = 0.02
    while place < 0.94:
        wide, bright = chance.uniform(0.030, 0.056), chance.uniform(0.5, 1.0)
        first, last = round(place * steps), round((place + wide) * steps)
        table[first:last] = np.rint(255 * bright * np.sin(np.linspace(0, np.pi, last - first)) ** 2)
        place += wide + chance.uniform(0.020, 0.045)
    spin = 0.055 * chance.choice((-1, 1))
    down = np.arange(height, dtype=np.float32)[:, None] + 0.10 * height
    across = np.arange(width, dtype=np.float32)[None, :] - chance.choice((0.16, 0.84)) * width
    angles = (np.arctan2(down, across) * (steps / _TURN)).astype(np.int32)

    def paint(phase: float) -> Alpha:
        turned = angles + round(phase * spin * steps)
        turned &= steps - 1
        turned_table: Alpha = table[turned]
        return turned_table

    return paint


def _tiles(chance: random.Random, width: int, height: int) -> Paint:
    """Rounded squares over which light passes at a slant; they drift upwards by half a square in a scene."""
    columns = 6
    first, second = chance.random(), chance.random()
    own = [chance.uniform(-0.12, 0.12) for _ in range(97)]

    def draw(canvas: skia.Canvas, phase: float) -> None:
        cell = min(width, height) / columns
        offset = cell * (phase * 0.5 % 1.0)
        lifted = math.floor(phase * 0.5)
        for row in range(-1, math.ceil(height / cell) + 1):
            for column in range(math.ceil(width / cell)):
                line = row + lifted  # a tile keeps its number while it drifts
                slant = 0.11 * column + 0.07 * line
                glow = math.sin(_TURN * (slant - 0.55 * phase + first)) * math.sin(
                    _TURN * (0.05 * column - 0.09 * line + 0.3 * phase + second)
                )
                opacity = 0.30 + 0.70 * glow + own[(line * 31 + column * 17) % len(own)]
                if opacity <= 0.02:
                    continue
                square = skia.Rect.MakeXYWH(
                    (column + 0.06) * cell, row * cell - offset + 0.06 * cell, 0.88 * cell, 0.88 * cell
                )
                canvas.drawRoundRect(square, 0.16 * cell, 0.16 * cell, _brush(opacity))

    return _drawn(draw, width, height)


def _rings(chance: random.Random, width: int, height: int) -> Paint:
    """Circles that spread from two places, like rain on still water seen from above."""
    places = [
        (chance.uniform(0.05, 0.35), chance.uniform(0.04, 0.20), chance.random()),
        (chance.uniform(0.60, 0.95), chance.uniform(0.80, 0.98), chance.random()),
    ]
    count = 6

    def draw(canvas: skia.Canvas, phase: float) -> None:
        across = math.hypot(width, height) * 0.62
        for left, top, start in places:
            for index in range(count):
                part = (start + index / count + 0.16 * phase) % 1.0
                paint = _brush((1 - part) ** 1.4 * min(1.0, part * 8))
                paint.setStyle(skia.Paint.kStroke_Style)
                paint.setStrokeWidth((0.006 + 0.020 * part) * width)
                canvas.drawCircle(left * width, top * height, part * across, paint)

    return _drawn(draw, width, height)


# kind: how it is made, how strong its colour is at most, which part of that remains behind words, made of light or not
_KINDS: Final[dict[str, tuple[Callable[[random.Random, int, int], Paint], float, float, bool]]] = {
    "particles": (_discs, 0.22, 0.25, False),
    "rays": (_rays, 0.17, 0.45, True),
    "tiles": (_tiles, 0.13, 0.35, True),
    "rings": (_rings, 0.20, 0.35, False),
}
FIGURES: Final = tuple(_KINDS)
