"""Where things may stand in the picture: one place for the safe areas of every shape of frame.

Belongs here: boxes in pixels for graphics, captions and overlays. Not here: what is drawn into them.
The upright fractions keep words clear of what Shorts, TikTok and Reels lay over a video: the top 14 %, the bottom
25 %, 6 % at the sides, and the right-hand 12 % of the lower half.
"""

from dataclasses import dataclass

from reelineage.documents import Frame


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


def zones(frame: Frame) -> Zones:
    """The zones of a frame: upright below 4:5 or so, wide from 4:3 or so, square between."""
    aspect = frame.width / frame.height
    fractions = _UPRIGHT if aspect < 0.75 else _WIDE if aspect > 1.3 else _SQUARE
    top, graphics, captions, lower = (_box(frame, part) for part in fractions)
    return Zones(overlay_top=top, graphics=graphics, captions=captions, overlay_lower=lower)


def _box(frame: Frame, part: _Fractions) -> Box:
    left, top, right, bottom = part
    return Box(
        left=round(left * frame.width),
        top=round(top * frame.height),
        right=round(right * frame.width),
        bottom=round(bottom * frame.height),
    )
