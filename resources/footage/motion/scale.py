"""The arithmetic of charts: round axis values, short numbers, and curves that do not overshoot. Plain numbers only."""

import math
from itertools import pairwise

Point = tuple[float, float]


def nice_ticks(low: float, high: float) -> list[float]:
    """Three to five round values that enclose `low`..`high`; from zero when the values are not far from it."""
    if low >= 0 and low < 0.55 * high:
        low = 0.0
    if high - low <= max(1e-9 * max(abs(high), abs(low)), 1e-12):
        high = low + max(1.0, abs(low) * 0.1)
    rough = (high - low) / 3
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * size for size in (1, 2, 2.5, 5, 10) if power * size >= rough * 0.999)
    first = math.floor(low / step + 1e-9)
    last = math.ceil(high / step - 1e-9)
    return [index * step for index in range(first, last + 1)]


def compact(value: float) -> str:
    """A number in at most about five characters: 950, 1.2K, 748K, 3.1M."""
    for limit, unit in ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "K")):
        if abs(value) >= limit * 0.9995:
            return f"{_short(value / limit)}{unit}"
    return _short(value)


def _short(value: float) -> str:
    digits = 0 if abs(value) >= 99.95 else 1 if abs(value) >= 9.995 else 2
    text = f"{value:.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def smooth(points: list[Point]) -> list[tuple[Point, Point, Point]]:
    """Cubic pieces through `points` (first control, second control, end) that never leave the range of two neighbours.

    Slopes by Fritsch and Butland, SIAM J. Sci. Stat. Comput. 5 (1984), the method behind monotone cubic charts.
    """
    if len(points) < 2:
        return []
    slopes = [(b[1] - a[1]) / (b[0] - a[0]) for a, b in pairwise(points)]
    tangents = [
        slopes[0],
        *(_between(left, right) for left, right in pairwise(slopes)),
        slopes[-1],
    ]
    pieces = []
    for index, (start, end) in enumerate(pairwise(points)):
        third = (end[0] - start[0]) / 3
        first = (start[0] + third, start[1] + tangents[index] * third)
        second = (end[0] - third, end[1] - tangents[index + 1] * third)
        pieces.append((first, second, end))
    return pieces


def _between(left: float, right: float) -> float:
    if left * right <= 0:
        return 0.0
    return 2 * left * right / (left + right)
