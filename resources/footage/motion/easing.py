"""Curves of movement: how far something has come (0..1) when a part (0..1) of its time is over. Plain numbers only."""

import math


def clamp(value: float, low: float = 0.0, high: float = 1.0) -> float:
    """`value`, kept between `low` and `high`."""
    return low if value < low else min(value, high)


def progress(time: float, start: float, duration: float) -> float:
    """Which part of `duration` seconds from `start` is over at `time`, 0..1."""
    if duration <= 0:
        return 1.0 if time >= start else 0.0
    return clamp((time - start) / duration)


def out_cubic(part: float) -> float:
    """Starts fast, arrives softly."""
    return 1.0 - (1.0 - part) ** 3


def out_expo(part: float) -> float:
    """Starts very fast, arrives very softly; exactly 1 at the end."""
    return 1.0 if part >= 1.0 else 1.0 - 2.0 ** (-10.0 * part)


def out_back(part: float, overshoot: float = 1.2) -> float:
    """Goes a little too far, then settles."""
    rest = part - 1.0
    return 1.0 + (overshoot + 1.0) * rest**3 + overshoot * rest**2


def in_cubic(part: float) -> float:
    """Starts softly, leaves fast."""
    return part**3


def in_out_sine(part: float) -> float:
    """Soft at both ends."""
    return 0.5 - 0.5 * math.cos(math.pi * part)
