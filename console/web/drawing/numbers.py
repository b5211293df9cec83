"""Numbers as people read them at a glance: `1.2 M`, `3.4 k`, `33.8 kB`; the exact value stands beside or in the title.

Belongs here: short forms. Not here: money (`console/showing/words.py`), lengths and moments (`../templating.py`).
"""

from typing import Final

_STEPS: Final = ((1e12, " T"), (1e9, " G"), (1e6, " M"), (1e3, " k"))
_UNKNOWN: Final = "–"


def compact(value: float | None) -> str:
    """At most three digits and a letter; an unknown number is a dash, never 0."""
    if value is None:
        return _UNKNOWN
    for step, letter in _STEPS:
        if abs(value) >= 0.9995 * step:  # 999,950 is 1.0 M, not 1,000 k
            return f"{_three(value / step)}{letter}"
    return _three(value) if value % 1 else f"{value:.0f}"


def exact(value: float | None) -> str:
    """All of it, with separators; what is not whole with at most four decimals."""
    if value is None:
        return "unknown"
    return f"{value:,.4f}".rstrip("0").rstrip(".") if value % 1 else f"{value:,.0f}"


def age(hours: float) -> str:
    """Hours and minutes: `18 h 16 min`, from two days on days and hours."""
    minutes = round(hours * 60)
    if minutes < 48 * 60:
        parts = ((minutes // 60, "h"), (minutes % 60, "min"))
    else:
        parts = ((round(hours) // 24, "days"), (round(hours) % 24, "h"))
    return " ".join(f"{count:,} {unit}" for count, unit in parts if count) or "0 min"


def size(size_bytes: int) -> str:
    """Bytes in units of 1,000."""
    if size_bytes < 1000:
        return f"{size_bytes} B"
    return f"{compact(size_bytes)}B"


def share(part: float) -> str:
    """A share of one as a percentage; what is above nothing never reads as nothing."""
    if 0 < part < 0.01:
        return "< 1 %"
    return f"{part:.0%}".replace("%", " %")


def _three(value: float) -> str:
    magnitude = abs(value)
    if magnitude >= 99.95:
        return f"{value:.0f}"
    if magnitude >= 0.95 or value == 0:
        return f"{value:.1f}"
    return f"{value:.2g}"
