"""What a probe is and what it reads: a state, what was seen, what to do next.

Belongs here: the values, and what several of them come to. Not here: what is probed (the files beside this one), when
(`watching.py`).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

Unit = Literal["seconds", "bytes", "jobs"]
Overall = Literal["ok", "degraded", "bad"]
ESSENTIAL: Final = frozenset({"database", "storage", "disk"})  # without these a console cannot answer or store anything


class Status(StrEnum):
    """How one thing is; the later, the worse. Unknown: the probe did not find out."""

    OK = "ok"
    WARN = "warn"
    UNKNOWN = "unknown"
    BAD = "bad"


@dataclass(frozen=True)
class Reading:
    """What a probe saw.

    `probe` is the kind of thing and `subject` which one of several; `seen` and `advice` are sentences for people, the
    advice empty when there is nothing to do. `value` is in `unit`; `counts` are by name.
    """

    probe: str
    status: Status
    seen: str
    advice: str = ""
    subject: str = ""
    value: float | None = None
    unit: Unit | None = None
    counts: tuple[tuple[str, int], ...] = ()

    @property
    def name(self) -> str:
        """What people call it: `database`, `daemon SENSOR`."""
        return f"{self.probe} {self.subject}".rstrip()

    def as_json(self) -> dict[str, object]:
        """For programs."""
        return {
            "name": self.name,
            "probe": self.probe,
            "subject": self.subject or None,
            "status": self.status.value,
            "seen": self.seen,
            "advice": self.advice or None,
            "value": self.value,
            "unit": self.unit,
            "counts": dict(self.counts) or None,
        }


@dataclass(frozen=True)
class Probe:
    """One thing that can be looked at. `look` may be slow or raise: the watcher bounds and tells both."""

    name: str
    look: Callable[[], Iterable[Reading]]


def overall(readings: Iterable[Reading]) -> Overall:
    """What all readings come to: bad only when the console itself cannot work, degraded when anything else is amiss."""
    amiss = [reading for reading in readings if reading.status is not Status.OK]
    if any(one.probe in ESSENTIAL and one.status in (Status.BAD, Status.UNKNOWN) for one in amiss):
        return "bad"
    return "degraded" if amiss else "ok"


def told_age(seconds: float) -> str:
    """A time span as people say it: `12 s`, `5 min`, `3 h`, `9 days`."""
    steps: Mapping[str, tuple[float, float]] = {"s": (1, 120), "min": (60, 120 * 60), "h": (3600, 48 * 3600)}
    for unit, (size, most) in steps.items():
        if seconds < most:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds / 86400:,.0f} days"
