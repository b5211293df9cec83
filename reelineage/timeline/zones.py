"""Where things may stand in the picture: one place for the safe areas of every shape of frame and every platform.

Belongs here: boxes in pixels for graphics, captions and overlays. Not here: what is drawn into them.
The upright fractions keep words clear of what Shorts, TikTok and Reels lay over a video: the top 14 %, the bottom
25 % (TikTok 20 %, Reels 35 %), 6 % at the sides, and the right-hand 12 % of the lower half.
"""

from dataclasses import dataclass
from typing import Literal

from reelineage.documents import Frame
from reelineage.look import ProfileName

CaptionPosition = Literal["lower", "middle", "top"]


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels; `right` and `bottom` are outside of it."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Pixels across."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Pixels down."""
        return self.bottom - self.top


@dataclass(frozen=True)
class Zones:
    """Who owns which part of the picture. The boxes never overlap."""

    overlay_top: Box
    graphics: Box
    captions: Box
    overlay_lower: Box


@dataclass(frozen=True)
class TextPlaces:
    """Where texts stand when captions are at a certain place. The boxes never overlap.

    `captions` is what the design's own size fills, `captions_room` how far larger captions may grow. `overlay_middle`
    lies over the graphics, and so do captions that are asked for in the middle.
    """

    captions: Box
    captions_room: Box
    overlay_top: Box
    overlay_middle: Box
    overlay_lower: Box


# (left, top, right, bottom) as fractions of the frame: overlay_top, graphics, captions, overlay_lower.
_Fractions = tuple[float, float, float, float]
_UPRIGHT: tuple[_Fractions, ...] = (
    (108 / 1080, 300 / 1920, 972 / 1080, 400 / 1920),
    (108 / 1080, 430 / 1920, 972 / 1080, 1090 / 1920),
    (130 / 1080, 1130 / 1920, 950 / 1080, 1330 / 1920),
    (130 / 1080, 1390 / 1920, 950 / 1080, 1500 / 1920),
)
_SQUARE: tuple[_Fractions, ...] = (
    (0.08, 0.045, 0.92, 0.115),
    (0.08, 0.140, 0.92, 0.665),
    (0.10, 0.690, 0.90, 0.840),
    (0.10, 0.865, 0.90, 0.945),
)
_WIDE: tuple[_Fractions, ...] = (
    (0.075, 0.050, 0.925, 0.120),
    (0.075, 0.150, 0.925, 0.690),
    (0.150, 0.720, 0.850, 0.860),
    (0.150, 0.875, 0.850, 0.950),
)
# What platforms change in an upright picture: (overlay_top, captions, overlay_lower).
_PLATFORM: dict[ProfileName, tuple[_Fractions, _Fractions, _Fractions]] = {
    "youtube": (_UPRIGHT[0], _UPRIGHT[2], (130 / 1080, 1342 / 1920, 950 / 1080, 1438 / 1920)),
    "tiktok": (
        _UPRIGHT[0],
        (130 / 1080, 1160 / 1920, 950 / 1080, 1370 / 1920),
        (130 / 1080, 1420 / 1920, 950 / 1080, 1530 / 1920),
    ),
    # Reels cover all below 65 %: captions take the rest under the graphics, and the lower overlay goes to the top.
    "reels": (
        (108 / 1080, 270 / 1920, 972 / 1080, 344 / 1920),
        (130 / 1080, 1098 / 1920, 950 / 1080, 1246 / 1920),
        (108 / 1080, 350 / 1920, 972 / 1080, 424 / 1920),
    ),
}
_GAP = 8 / 1920  # what stays free between boxes that grow


def zones(frame: Frame, profile: ProfileName = "standard") -> Zones:
    """The zones of a frame: upright below 4:5 or so, wide from 4:3 or so, square between.

    Platforms lay their buttons over upright pictures only; elsewhere all profiles are alike. Graphics never move.
    """
    aspect = frame.width / frame.height
    top, graphics, captions, lower = _UPRIGHT if aspect < 0.75 else _WIDE if aspect > 1.3 else _SQUARE
    if aspect < 0.75:
        top, captions, lower = _PLATFORM.get(profile, (top, captions, lower))
    return Zones(
        overlay_top=_box(frame, top),
        graphics=_box(frame, graphics),
        captions=_box(frame, captions),
        overlay_lower=_box(frame, lower),
    )


def text_places(frame: Frame, profile: ProfileName, position: CaptionPosition) -> TextPlaces:
    """Where captions and overlays stand. Captions at the top trade places with overlays that are asked for there."""
    found = zones(frame, profile)
    graphics, lower, gap = found.graphics, found.overlay_lower, max(1, round(_GAP * frame.height))
    left, right = found.captions.left, found.captions.right
    middle_height = round(0.3 * graphics.height)
    centre = (graphics.top + graphics.bottom) // 2
    middle = Box(graphics.left, centre - middle_height // 2, graphics.right, centre + middle_height // 2)
    if position == "middle":
        height = found.captions.height
        captions = Box(left, graphics.bottom - gap - height, right, graphics.bottom - gap)
        room = Box(left, graphics.bottom - gap - round(1.4 * height), right, graphics.bottom - gap)
        middle = Box(middle.left, graphics.top + gap, middle.right, min(middle.bottom, room.top - gap))
        return TextPlaces(captions, room, found.overlay_top, middle, lower)
    if position == "top":
        captions = Box(left, found.overlay_top.top, right, graphics.top - gap)
        if lower.top > graphics.top:
            return TextPlaces(captions, captions, found.captions, middle, lower)
        half = (found.captions.height - gap) // 2  # both overlays share what the captions leave free
        upper = Box(left, found.captions.top, right, found.captions.top + half)
        return TextPlaces(
            captions, captions, upper, middle, Box(left, upper.bottom + gap, right, found.captions.bottom)
        )
    below = lower.top if lower.top > graphics.top else found.captions.bottom + gap
    room = Box(left, graphics.bottom + gap, right, below - gap)
    return TextPlaces(found.captions, _around(found.captions, room), found.overlay_top, middle, lower)


def _around(box: Box, room: Box) -> Box:
    return Box(box.left, min(box.top, room.top), box.right, max(box.bottom, room.bottom))


def _box(frame: Frame, part: _Fractions) -> Box:
    left, top, right, bottom = part
    return Box(
        left=round(left * frame.width),
        top=round(top * frame.height),
        right=round(right * frame.width),
        bottom=round(bottom * frame.height),
    )
