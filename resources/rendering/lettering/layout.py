"""Lines of set texts in a box: sizes and places, so that no ink leaves the box.

Belongs here: geometry in pixels. Not here: shaping (`typesetter.py`), colours, animation and ASS (`captions.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from reelineage.timeline.zones import Box
from resources.rendering.lettering.typesetter import Setting

LINE_PITCH = 1.2  # ems from line to line
_LIFT = 0.33  # ems from the middle of a line to its baseline: half the height of capitals
_ALIKE = 0.75  # lines whose sizes differ by less look like a mistake when they are not made equal


@dataclass(frozen=True)
class Line:
    """Texts side by side, as they stand from left to right. `gaps` are the ems before each of them (the first: 0)."""

    settings: tuple[Setting, ...]
    gaps: tuple[float, ...]

    @property
    def starts(self) -> tuple[float, ...]:
        """Where each text's pen starts, in ems from the line's start."""
        found, x = [], 0.0
        for setting, gap in zip(self.settings, self.gaps, strict=True):
            found.append(x + gap)
            x += gap + setting.width
        return tuple(found)

    @property
    def ink(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of all ink, in ems from the line's start on the baseline."""
        boxes = [(x, setting.ink) for x, setting in zip(self.starts, self.settings, strict=True)]
        return (
            min(x + ink[0] for x, ink in boxes),
            min(ink[1] for _, ink in boxes),
            max(x + ink[2] for x, ink in boxes),
            max(ink[3] for _, ink in boxes),
        )

    def reach(self, growth: float) -> tuple[float, float]:
        """How far the ink reaches above and below the baseline, in ems, when each text grows around its own middle.

        That middle is the one of libass's box, a third of an em above the baseline: grown texts also sink.
        """
        middles = [(setting.descent - setting.ascent) / 2 for setting in self.settings]
        edges = [(setting.ink[1], setting.ink[3]) for setting in self.settings]
        return (
            max(-(middle + (top - middle) * growth) for middle, (top, _) in zip(middles, edges, strict=True)),
            max(middle + (bottom - middle) * growth for middle, (_, bottom) in zip(middles, edges, strict=True)),
        )


@dataclass(frozen=True)
class Placed:
    """A text in the picture: its size, the middle of its advance and its baseline in pixels."""

    setting: Setting
    em: float
    x: float
    baseline: float


@dataclass(frozen=True)
class Manner:
    """How texts are set: their `em` in pixels, the ems of outline around them, how far they grow (1.05: 5 %).

    `sides` and `ends` are the ems that stay free beside the lines, and above and below all of them, as a plate needs.
    """

    em: float
    pad: float
    growth: float = 1.0
    sides: float = 0.0
    ends: float = 0.0


def place_lines(lines: Sequence[Line], manner: Manner, *, box: Box, room: Box) -> list[list[Placed]]:
    """Lines centred in `box`, shrunk and moved so that their ink, grown and outlined, stays inside `room`.

    One list per line; the texts in it are in the line's own order.
    """
    sizes = [min(manner.em, room.width / _across(line, manner)) for line in lines]
    if min(sizes) > _ALIKE * manner.em:
        sizes = [min(sizes)] * len(sizes)
    offsets, top, bottom = _stack(lines, sizes, manner)
    if bottom - top > room.height:
        shrink = room.height / (bottom - top)
        sizes = [size * shrink for size in sizes]
        offsets, top, bottom = _stack(lines, sizes, manner)
    middle = (box.top + box.bottom) / 2
    middle = min(max(middle, room.top - top), room.bottom - bottom)
    return [
        _place_line(line, size, middle + offset, manner, room)
        for line, size, offset in zip(lines, sizes, offsets, strict=True)
    ]


def _across(line: Line, manner: Manner) -> float:
    """The ems that a line needs from side to side."""
    left, _, right, _ = line.ink
    return max(0.01, (right - left) * manner.growth + 2 * (manner.pad + manner.sides))


def _stack(lines: Sequence[Line], sizes: Sequence[float], manner: Manner) -> tuple[list[float], float, float]:
    """Baselines around the middle of the block, and how far its ink reaches above and below that middle."""
    reaches = [line.reach(manner.growth) for line in lines]
    ups = [(up + manner.pad) * size for (up, _), size in zip(reaches, sizes, strict=True)]
    downs = [(down + manner.pad) * size for (_, down), size in zip(reaches, sizes, strict=True)]
    pitches = [max(LINE_PITCH * max(sizes), down + up) for down, up in zip(downs[:-1], ups[1:], strict=True)]
    start = -sum(pitches) / 2
    offsets = []
    for number, size in enumerate(sizes):
        offsets.append(start + sum(pitches[:number]) + _LIFT * size)
    ends = manner.ends * max(sizes)
    return offsets, offsets[0] - ups[0] - ends, offsets[-1] + downs[-1] + ends


def _place_line(line: Line, em: float, baseline: float, manner: Manner, room: Box) -> list[Placed]:
    left, _, right, _ = line.ink
    width = line.starts[-1] + line.settings[-1].width
    start = (room.left + room.right) / 2 - width * em / 2
    spare = (manner.pad + manner.sides) * em + (right - left) * (manner.growth - 1) * em / 2
    start = min(max(start, room.left + spare - left * em), room.right - spare - right * em)
    return [
        Placed(setting, em, start + (x + setting.width / 2) * em, baseline)
        for setting, x in zip(line.settings, line.starts, strict=True)
    ]
