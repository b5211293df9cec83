"""The area that graphics are drawn in, and the parts that stand in it.

Belongs here: coordinates, pictures made once (sprites), parts that move in, parts that are drawn anew. Not here: what a
layout looks like. Layouts measure in *units*: the frame's short side is 1080 units, (0, 0) is the top left corner of
the graphics zone. Nothing is drawn twice that does not change: a part at rest is one copied picture.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, Protocol

import skia

from reelineage.documents import Frame
from reelineage.timeline.zones import Box, zones
from resources.footage.motion.easing import in_cubic, out_back, out_cubic, out_expo, progress
from resources.footage.motion.palette import Scheme

Painter = Callable[[skia.Canvas], None]  # draws on a skia canvas, in units
LivePainter = Callable[[skia.Canvas, float], None]  # as above, at a time in seconds
_MARGIN = 44.0  # units around the zone for shadows, glows and things that slide in


@dataclass(frozen=True)
class Rect:
    """A rectangle in units."""

    x: float
    y: float
    width: float
    height: float

    def padded(self, by: float) -> "Rect":
        """The same rectangle, `by` units larger on each side."""
        return Rect(self.x - by, self.y - by, self.width + 2 * by, self.height + 2 * by)


class Part(Protocol):
    """Something in the picture."""

    def draw(self, canvas: skia.Canvas, time: float) -> None:
        """Draw onto `canvas`, in pixels of the lent area, `time` seconds after the scene's start."""
        ...


@dataclass(frozen=True)
class Sprite:
    """A picture made once, and where its corner stands, in whole pixels of the lent area."""

    image: skia.Image
    left: int
    top: int

    def draw(self, canvas: skia.Canvas, dx: float = 0.0, dy: float = 0.0, opacity: float = 1.0) -> None:
        """Draw it moved by (dx, dy) pixels; whole pixels are copied, others interpolated."""
        if opacity <= 0.003:
            return
        paint = None if opacity >= 0.997 else skia.Paint(Alphaf=opacity)
        if math.hypot(dx, dy) < 0.05:
            canvas.drawImage(self.image, self.left, self.top, skia.SamplingOptions(), paint)
        else:
            smooth = skia.SamplingOptions(skia.FilterMode.kLinear)
            canvas.drawImage(self.image, self.left + dx, self.top + dy, smooth, paint)


@dataclass(frozen=True)
class Entrance:
    """How a part comes in: `rise` out of its own lower edge, `fade` upwards, `slide` from the right, `pop` in size."""

    start: float
    duration: float = 0.6
    kind: Literal["rise", "fade", "slide", "pop"] = "fade"


@dataclass(frozen=True)
class Entering:
    """A sprite with its entrance. `scale` is pixels per unit; `clip` in pixels hides it until it has risen."""

    sprite: Sprite
    entrance: Entrance
    scale: float
    clip: tuple[float, float, float, float] | None = None

    def draw(self, canvas: skia.Canvas, time: float) -> None:
        """Draw the sprite as far as it has come in."""
        part = progress(time, self.entrance.start, self.entrance.duration)
        if part <= 0:
            return
        if part >= 1:
            self.sprite.draw(canvas)
        elif self.entrance.kind == "rise" and self.clip is not None:
            left, top, right, bottom = self.clip
            canvas.save()
            canvas.clipRect(skia.Rect.MakeLTRB(left, top, right, bottom))
            self.sprite.draw(canvas, dy=(1 - out_expo(part)) * (bottom - top), opacity=min(1.0, part * 5))
            canvas.restore()
        elif self.entrance.kind == "slide":
            self.sprite.draw(canvas, dx=(1 - out_expo(part)) * 90 * self.scale, opacity=out_cubic(min(1.0, part * 1.8)))
        elif self.entrance.kind == "pop":
            self._pop(canvas, part)
        else:
            self.sprite.draw(canvas, dy=(1 - out_expo(part)) * 34 * self.scale, opacity=out_cubic(min(1.0, part * 1.5)))

    def _pop(self, canvas: skia.Canvas, part: float) -> None:
        size = 0.6 + 0.4 * out_back(part)
        middle_x = self.sprite.left + self.sprite.image.width() / 2
        middle_y = self.sprite.top + self.sprite.image.height() / 2
        canvas.save()
        canvas.translate(middle_x, middle_y)
        canvas.scale(size, size)
        canvas.translate(-middle_x, -middle_y)
        smooth = skia.SamplingOptions(skia.FilterMode.kLinear)
        paint = skia.Paint(Alphaf=min(1.0, part * 3))
        canvas.drawImage(self.sprite.image, self.sprite.left, self.sprite.top, smooth, paint)
        canvas.restore()


@dataclass
class Live:
    """A part that is drawn anew in each frame from `start` on, and is at rest from `rest` on (None: never)."""

    stage: "Stage"
    bounds: Rect
    painter: LivePainter
    start: float = 0.0
    rest: float | None = None
    _resting: Sprite | None = field(default=None, init=False)

    def draw(self, canvas: skia.Canvas, time: float) -> None:
        """Draw it as it is at `time`."""
        if time < self.start:
            return
        rest = self.rest
        if rest is None or time < rest:
            canvas.save()
            canvas.translate(self.stage.origin_x, self.stage.origin_y)
            canvas.scale(self.stage.scale, self.stage.scale)
            self.painter(canvas, time)
            canvas.restore()
            return
        if self._resting is None:
            self._resting = self.stage.bake(self.bounds, lambda drawn: self.painter(drawn, rest))
        self._resting.draw(canvas)


class Stage:
    """The graphics zone of one frame size, and the parts standing in it."""

    def __init__(self, frame: Frame, scheme: Scheme) -> None:
        self.scheme = scheme
        zone = zones(frame).graphics
        self.scale = min(frame.width, frame.height) / 1080
        self.width = zone.width / self.scale
        self.height = zone.height / self.scale
        margin = _MARGIN * self.scale
        # Whole pairs of pixels, because chroma has half the resolution.
        self.lent = Box(
            left=max(0, int(zone.left - margin) // 2 * 2),
            top=max(0, int(zone.top - margin) // 2 * 2),
            right=min(frame.width, int(zone.right + margin + 1) // 2 * 2),
            bottom=min(frame.height, int(zone.bottom + margin + 1) // 2 * 2),
        )
        self.origin_x = float(zone.left - self.lent.left)
        self.origin_y = float(zone.top - self.lent.top)
        self._parts: list[Part] = []

    def add(self, part: Part) -> None:
        """Put a part in front of those already there."""
        self._parts.append(part)

    def draw(self, canvas: skia.Canvas, time: float, leaving: float = 0.0) -> None:
        """Draw all parts at `time`. `leaving` 0..1 is how far the scene has gone out."""
        if leaving >= 1:
            return
        if leaving > 0:
            canvas.saveLayerAlpha(None, round(255 * (1 - in_cubic(leaving))))
            canvas.translate(0, -26 * self.scale * in_cubic(leaving))
        for part in self._parts:
            part.draw(canvas, time)
        if leaving > 0:
            canvas.restore()

    def bake(self, bounds: Rect, painter: Painter) -> Sprite:
        """Draw once, in units, into a picture that covers `bounds`."""
        left = math.floor(self.origin_x + bounds.x * self.scale)
        top = math.floor(self.origin_y + bounds.y * self.scale)
        width = max(1, math.ceil(self.origin_x + (bounds.x + bounds.width) * self.scale) - left)
        height = max(1, math.ceil(self.origin_y + (bounds.y + bounds.height) * self.scale) - top)
        # Premultiplied BGRA is what skia's fastest copy wants: 0.3 CPU-ms where other formats take 4.
        info = skia.ImageInfo.Make(width, height, skia.ColorType.kBGRA_8888_ColorType, skia.AlphaType.kPremul_AlphaType)
        surface = skia.Surface.MakeRaster(info)
        canvas = surface.getCanvas()
        canvas.clear(0)
        canvas.translate(self.origin_x - left, self.origin_y - top)
        canvas.scale(self.scale, self.scale)
        painter(canvas)
        return Sprite(image=surface.makeImageSnapshot(), left=left, top=top)

    def enter(self, bounds: Rect, painter: Painter, entrance: Entrance, clip: Rect | None = None) -> None:
        """Add a picture that comes in once and then stands still."""
        pixels = None
        if clip is not None:
            left = self.origin_x + clip.x * self.scale
            top = self.origin_y + clip.y * self.scale
            pixels = (left, top, left + clip.width * self.scale, top + clip.height * self.scale)
        self.add(Entering(self.bake(bounds, painter), entrance, self.scale, pixels))

    def live(self, bounds: Rect, painter: LivePainter, *, start: float = 0.0, rest: float | None = None) -> None:
        """Add a part that is drawn anew until it is at `rest`."""
        self.add(Live(self, bounds, painter, start, rest))
