"""The area that graphics are drawn in, and the parts that stand in it.

Belongs here: coordinates, drawing pictures once, parts that are drawn anew. Not here: how pictures move (`parts`), what
a layout looks like, what changes from frame to frame (`graphics`). Layouts measure in *units*: the frame's short side
is 1080 units, (0, 0) is the top left corner of the graphics zone. A part at rest is one copied picture.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import skia

from reelineage.documents import Frame
from reelineage.timeline.zones import Box, zones
from resources.footage.motion.palette import Scheme
from resources.footage.motion.parts import Entering, Entrance, Look, Part, Rect, Sprite, Wiped

Painter = Callable[[skia.Canvas], None]  # draws on a skia canvas, in units
LivePainter = Callable[[skia.Canvas, float], None]  # as above, at a time in seconds
_SLIP = 1e-6  # sums of floats miss a whole pixel by less
_MARGIN = 44.0  # units around the zone for shadows, glows and things that slide in


@dataclass
class Live:
    """A part that is drawn anew in each frame from `start` on, and is at rest from `rest` on (None: never).

    It is drawn into a picture of its own first, and cut off at `bounds`: so its pixels are the same whatever else is
    drawn in that frame.
    """

    stage: "Stage"
    bounds: Rect
    painter: LivePainter
    start: float = 0.0
    rest: float | None = None
    _state: float = field(default=math.nan, init=False)
    _sprite: Sprite | None = field(default=None, init=False)

    def look(self, time: float) -> Look | None:
        """Another one in each frame until it is at rest."""
        if time < self.start:
            return None
        return Look(math.inf if self.rest is not None and time >= self.rest else time, self.stage.box_of(self.bounds))

    def draw(self, canvas: skia.Canvas, time: float) -> None:
        """Draw it as it is at `time`."""
        look = self.look(time)
        if look is None:
            return
        if self._sprite is None or self._state != look.state:
            at = time if self.rest is None else min(time, self.rest)
            self._sprite = self.stage.bake(self.bounds, lambda drawn: self.painter(drawn, at))
            self._state = look.state
        self._sprite.draw(canvas)


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
        self.area = Box(
            left=max(0, int(zone.left - margin) // 2 * 2),
            top=max(0, int(zone.top - margin) // 2 * 2),
            right=min(frame.width, int(zone.right + margin + 1) // 2 * 2),
            bottom=min(frame.height, int(zone.bottom + margin + 1) // 2 * 2),
        )
        self.origin_x = float(zone.left - self.area.left)
        self.origin_y = float(zone.top - self.area.top)
        self.parts: list[Part] = []

    def add(self, part: Part) -> None:
        """Put a part in front of those already there."""
        self.parts.append(part)

    def box_of(self, bounds: Rect) -> Box:
        """The whole pixels of the layer that `bounds`, in units, covers."""
        left = math.floor(self.origin_x + bounds.x * self.scale + _SLIP)
        top = math.floor(self.origin_y + bounds.y * self.scale + _SLIP)
        width = max(1, math.ceil(self.origin_x + (bounds.x + bounds.width) * self.scale - _SLIP) - left)
        height = max(1, math.ceil(self.origin_y + (bounds.y + bounds.height) * self.scale - _SLIP) - top)
        return Box(left, top, left + width, top + height)

    def snapped(self, y: float) -> float:
        """The height in units nearest to `y` that lies between two pixels."""
        return (round(self.origin_y + y * self.scale) - self.origin_y) / self.scale

    def bake(self, bounds: Rect, painter: Painter) -> Sprite:
        """Draw once, in units, into a picture that covers `bounds`."""
        box = self.box_of(bounds)
        # Premultiplied BGRA is what skia's fastest copy wants: 0.3 CPU-ms where other formats take 4.
        info = skia.ImageInfo.Make(
            box.width, box.height, skia.ColorType.kBGRA_8888_ColorType, skia.AlphaType.kPremul_AlphaType
        )
        surface = skia.Surface.MakeRaster(info)
        canvas = surface.getCanvas()
        canvas.clear(0)
        canvas.translate(self.origin_x - box.left, self.origin_y - box.top)
        canvas.scale(self.scale, self.scale)
        painter(canvas)
        return Sprite(image=surface.makeImageSnapshot(), left=box.left, top=box.top)

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

    def wipe(self, bounds: Rect, painter: Painter, start: float, duration: float) -> None:
        """Add a picture that is uncovered from its left edge."""
        self.add(Wiped(self.bake(bounds, painter), start, duration))
