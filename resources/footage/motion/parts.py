"""Parts of a picture that were drawn once: how they look at a moment, come in, and are wiped in.

Belongs here: sprites and their movements, in pixels of the layer. Not here: parts that are drawn anew and coordinates
(`stage`), what changes from frame to frame (`graphics`).
"""

import math
from dataclasses import dataclass
from typing import Final, Literal, Protocol

import skia

from reelineage.timeline.zones import Box
from resources.footage.motion.easing import in_out_sine, out_back, out_cubic, out_expo, progress

_UNSEEN: Final = 0.25  # pixels
_COARSE: Final = 4.0  # pixels; what is so far from its place moves by more than one in a frame
_OPAQUE: Final = 0.67  # the part of every entrance after which nothing is transparent any more


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


@dataclass(frozen=True)
class Look:
    """How a part looks: two equal ones give equal pixels. `reach` is all of the layer that it may cover, in pixels."""

    state: float
    reach: Box


class Part(Protocol):
    """Something in the picture."""

    def look(self, time: float) -> Look | None:
        """How it looks `time` seconds after the scene's start; None while it is not there."""
        ...

    def draw(self, canvas: skia.Canvas, time: float) -> None:
        """Draw onto `canvas`, in pixels of the layer."""
        ...


@dataclass(frozen=True)
class Sprite:
    """A picture made once, and where its corner stands, in whole pixels of the layer."""

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

    @property
    def box(self) -> Box:
        """What it covers where it stands."""
        return Box(self.left, self.top, self.left + self.image.width(), self.top + self.image.height())


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

    def look(self, time: float) -> Look | None:
        """The same one from its arrival on; while it moves, all that its way covers."""
        part = progress(time, self.entrance.start, self.entrance.duration)
        if part <= 0:
            return None
        box = self.sprite.box
        if self._arrived(part):
            return Look(math.inf, box)
        if self.entrance.kind == "rise" and self.clip is not None:
            _, top, _, bottom = self.clip
            return Look(time, Box(box.left - 1, math.floor(top), box.right + 1, math.ceil(bottom)))
        way = math.ceil(self._way()) + 1
        if self.entrance.kind == "pop":
            grown = 1 + math.ceil(0.03 * max(box.width, box.height))
            return Look(time, Box(box.left - grown, box.top - grown, box.right + grown, box.bottom + grown))
        if self.entrance.kind == "slide":
            return Look(time, Box(box.left - 1, box.top - 1, box.right + way, box.bottom + 1))
        return Look(time, Box(box.left - 1, box.top - 1, box.right + 1, box.bottom + way))

    def draw(self, canvas: skia.Canvas, time: float) -> None:
        """Draw the sprite as far as it has come in."""
        part = progress(time, self.entrance.start, self.entrance.duration)
        if part <= 0:
            return
        if self._arrived(part):
            self.sprite.draw(canvas)
        elif self.entrance.kind == "rise" and self.clip is not None:
            left, top, right, bottom = self.clip
            canvas.save()
            canvas.clipRect(skia.Rect.MakeLTRB(left, top, right, bottom))
            self.sprite.draw(canvas, dy=self._rest_of_way(part), opacity=min(1.0, part * 5))
            canvas.restore()
        elif self.entrance.kind == "slide":
            self.sprite.draw(canvas, dx=self._rest_of_way(part), opacity=out_cubic(min(1.0, part * 1.8)))
        elif self.entrance.kind == "pop":
            self._pop(canvas, part)
        else:
            self.sprite.draw(canvas, dy=self._rest_of_way(part), opacity=out_cubic(min(1.0, part * 1.5)))

    def _way(self) -> float:
        """How far it moves, in pixels."""
        if self.entrance.kind == "rise" and self.clip is not None:
            return self.clip[3] - self.clip[1]
        return (90 if self.entrance.kind == "slide" else 34) * self.scale

    def _rest_of_way(self, part: float) -> float:
        """In whole pixels while it moves by more than one in each frame: copying takes a tenth of interpolating."""
        rest = (1 - out_expo(part)) * self._way()
        return float(round(rest)) if rest > _COARSE else rest

    def _arrived(self, part: float) -> bool:
        """At the end, or opaque and nearer to its place than can be seen: the long tail of the curve costs the most."""
        if part >= 1:
            return True
        return self.entrance.kind != "pop" and part > _OPAQUE and (1 - out_expo(part)) * self._way() < _UNSEEN

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


@dataclass(frozen=True)
class Wiped:
    """A sprite that is uncovered from its left edge within `duration` seconds, slowly at first and at last."""

    sprite: Sprite
    start: float
    duration: float

    def look(self, time: float) -> Look | None:
        """Another one in each frame until all of it is there."""
        part = progress(time, self.start, self.duration)
        box = self.sprite.box
        if part <= 0:
            return None
        return Look(math.inf, box) if part >= 1 else Look(time, Box(box.left, box.top, self._edge(part), box.bottom))

    def draw(self, canvas: skia.Canvas, time: float) -> None:
        """Draw what is uncovered."""
        part = progress(time, self.start, self.duration)
        if part <= 0:
            return
        box = self.sprite.box
        canvas.save()
        canvas.clipRect(skia.Rect.MakeLTRB(box.left, box.top, self._edge(part), box.bottom))
        self.sprite.draw(canvas)
        canvas.restore()

    def _edge(self, part: float) -> int:
        box = self.sprite.box
        return box.left + math.ceil(box.width * in_out_sine(part))
