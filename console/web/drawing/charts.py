"""Charts of counts over time: axes with round numbers, a line, a dot for each moment at which somebody looked.

Belongs here: pure geometry of a chart in its own pixels. Not here: the SVG (`../templates/chart_line.html`), which
series are drawn.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from console.web.drawing.numbers import compact, exact

_LEFT: Final = 46  # room for the words of the vertical axis
_RIGHT: Final = 14
_TOP: Final = 10
_BOTTOM: Final = 24
_MOST_DOTS: Final = 60  # more of them are a thick line
_STEPS: Final = (1.0, 2.0, 2.5, 5.0, 10.0)
_FEWEST_TICKS: Final = 3


@dataclass(frozen=True)
class Tick:
    """A mark on an axis: where, what it says, and from which side its text hangs (`start`, `middle`, `end`)."""

    at: float
    text: str
    anchor: str = "middle"


@dataclass(frozen=True)
class Dot:
    """A value at a moment, as it is drawn and as it is told."""

    x: float
    y: float
    title: str


@dataclass(frozen=True)
class LineChart:
    """One series to draw. `line` and `area` are the `d` of SVG paths."""

    width: int
    height: int
    line: str
    area: str
    dots: tuple[Dot, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    left: int = _LEFT
    right_margin: int = _RIGHT
    bottom_margin: int = _BOTTOM

    @property
    def right(self) -> int:
        """Where the plot ends on the right."""
        return self.width - self.right_margin

    @property
    def bottom(self) -> int:
        """The height of zero."""
        return self.height - self.bottom_margin


def line_chart(points: Sequence[tuple[datetime, float]], *, width: int = 270, height: int = 140) -> LineChart:
    """A chart of values (0 or more) over time, drawn to scale in both directions.

    Args:
        points: at least two moments, oldest first.
        width: of the whole picture.
        height: of the whole picture.

    Raises:
        ValueError: there are fewer than two points.
    """
    if len(points) < 2:
        raise ValueError("a line has at least two points")
    ticks = round_ticks(max(value for _, value in points))
    top, plot_height, plot_width = ticks[-1], height - _TOP - _BOTTOM, width - _LEFT - _RIGHT
    began, seconds = points[0][0], max((points[-1][0] - points[0][0]).total_seconds(), 1.0)
    dots = tuple(
        Dot(
            round(_LEFT + plot_width * (at - began).total_seconds() / seconds, 1),
            round(_TOP + plot_height * (1 - value / top), 1),
            f"{at:%Y-%m-%d %H:%M} UTC: {exact(value)}",
        )
        for at, value in points
    )
    line = "M" + "L".join(f"{dot.x} {dot.y}" for dot in dots)
    bottom = height - _BOTTOM
    return LineChart(
        width=width,
        height=height,
        line=line,
        area=f"{line}L{dots[-1].x} {bottom}L{dots[0].x} {bottom}Z",
        dots=dots if len(dots) <= _MOST_DOTS else (dots[0], dots[-1]),
        x_ticks=_moments(points[0][0], points[-1][0], width),
        y_ticks=tuple(Tick(round(_TOP + plot_height * (1 - value / top), 1), compact(value), "end") for value in ticks),
    )


def sparkline(points: Sequence[tuple[datetime, float]], *, width: int = 72, height: int = 22) -> str:
    """The course alone, as the `d` of an SVG path: from its lowest to its highest value, without axes.

    Raises:
        ValueError: there are fewer than two points.
    """
    if len(points) < 2:
        raise ValueError("a line has at least two points")
    values = [value for _, value in points]
    low, span = min(values), (max(values) - min(values)) or 1.0
    began, seconds = points[0][0], max((points[-1][0] - points[0][0]).total_seconds(), 1.0)
    spots = [
        (2 + (width - 4) * (at - began).total_seconds() / seconds, 2 + (height - 4) * (1 - (value - low) / span))
        for at, value in points
    ]
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in spots)


def round_ticks(highest: float) -> tuple[float, ...]:
    """From 0 in equal round steps to at least the highest value: three to six of them."""
    if highest <= 0:
        return (0.0, 1.0)
    rough = highest / _FEWEST_TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * one for one in _STEPS if power * one >= rough * 0.999)
    count = math.ceil(highest / step - 1e-9)
    return tuple(step * number for number in range(count + 1))


def _moments(first: datetime, last: datetime, width: int) -> tuple[Tick, ...]:
    """The first and the last moment; the last one's day only when it is another."""
    form = "%H:%M" if first.date() == last.date() else "%-d %b %H:%M"
    return Tick(_LEFT, f"{first:%-d %b %H:%M}", "start"), Tick(width - _RIGHT, f"{last:{form}}", "end")
