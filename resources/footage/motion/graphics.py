"""The graphics of a scene from frame to frame: only what changed is drawn again.

Belongs here: which parts of the layer change, drawing them, going out together. Not here: the parts (`stage`), how the
layer is mixed with the background (`i420`).
"""

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
import skia
from numpy.typing import NDArray

from reelineage.timeline.zones import Box
from resources.footage.i420 import Layer, Planes
from resources.footage.motion.easing import in_cubic
from resources.footage.motion.parts import Look
from resources.footage.motion.stage import Stage

_LIFT: Final = 26.0  # units that everything rises by as it goes out
_WASTE: Final = 1.25  # areas become one when that draws at most a quarter more pixels


class Graphics:
    """A stage's parts on a layer."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._layer = Layer(stage.area)
        self._surface = _surface(self._layer.packed)
        self._looks: list[Look | None] = [None] * len(stage.parts)
        self._inked: list[Box] = []
        self._leaving = 0.0

    def draw_over(self, planes: Planes, time: float, leaving: float = 0.0) -> None:
        """Lay all parts over a frame as they are at `time`. `leaving` 0..1 is how far the scene has gone out."""
        if leaving >= 1:
            return
        looks = [part.look(time) for part in self._stage.parts]
        before, self._looks = self._looks, looks
        if leaving > 0 or self._leaving > 0:  # all of it changes, up to where it rises to
            changed = self._inked + self._whole(looks, leaving)
        else:
            pairs = [pair for pair in zip(before, looks, strict=True) if pair[0] != pair[1]]
            changed = [self._within(look.reach) for pair in pairs for look in pair if look is not None]
        self._leaving = leaving
        if changed:
            self._inked = self._whole(looks, leaving)
            for area in merged(changed):
                self._redraw(area, time, leaving)
        self._layer.lay_over(planes, self._inked)

    def _whole(self, looks: Sequence[Look | None], leaving: float) -> list[Box]:
        lift = round(_LIFT * self._stage.scale) + 2 if leaving > 0 else 0
        return [self._within(look.reach, lift) for look in looks if look is not None]

    def _redraw(self, area: Box, time: float, leaving: float) -> None:
        canvas = self._surface.getCanvas()
        canvas.save()
        canvas.clipRect(skia.Rect.MakeLTRB(area.left, area.top, area.right, area.bottom))
        canvas.clear(0)
        if leaving > 0:
            canvas.saveLayerAlpha(None, round(255 * (1 - in_cubic(leaving))))
            canvas.translate(0, -_LIFT * self._stage.scale * in_cubic(leaving))
        for part, look in zip(self._stage.parts, self._looks, strict=True):
            if look is not None and (leaving > 0 or _overlap(look.reach, area)):
                part.draw(canvas, time)
        if leaving > 0:
            canvas.restore()
        canvas.restore()
        self._surface.flushAndSubmit()
        self._layer.take_over(area)

    def _within(self, box: Box, lift: int = 0) -> Box:
        """The part of `box` inside the layer, on even edges; a box of no size when it is outside."""
        whole = self._stage.area
        left, right = max(0, box.left // 2 * 2), min(whole.width, (box.right + 1) // 2 * 2)
        top, bottom = max(0, (box.top - lift) // 2 * 2), min(whole.height, (box.bottom + 1) // 2 * 2)
        return Box(min(left, whole.width), min(top, whole.height), max(left, right), max(top, bottom))


def merged(boxes: Iterable[Box]) -> list[Box]:
    """The same pixels in fewer boxes: those become one that together waste little. Empty ones are left out."""
    kept: list[Box] = []
    for added in boxes:
        box = added
        if box.width <= 0 or box.height <= 0:
            continue
        while True:
            other = next((one for one in kept if _belong_together(one, box)), None)
            if other is None:
                break
            kept.remove(other)
            box = _union(other, box)
        kept.append(box)
    return kept


def _belong_together(first: Box, second: Box) -> bool:
    union = _union(first, second)
    apart = first.width * first.height + second.width * second.height
    return union.width * union.height <= _WASTE * apart


def _union(first: Box, second: Box) -> Box:
    return Box(
        min(first.left, second.left),
        min(first.top, second.top),
        max(first.right, second.right),
        max(first.bottom, second.bottom),
    )


def _overlap(first: Box, second: Box) -> bool:
    return (
        first.left < second.right
        and second.left < first.right
        and first.top < second.bottom
        and second.top < first.bottom
    )


def _surface(pixels: NDArray[np.uint8]) -> skia.Surface:
    """A surface that draws straight into `pixels`."""
    height, width = pixels.shape[:2]
    info = skia.ImageInfo.Make(width, height, skia.ColorType.kBGRA_8888_ColorType, skia.AlphaType.kPremul_AlphaType)
    return skia.Surface.MakeRasterDirect(info, pixels)
