"""The page that says how the installation is and what to do about it; asked again every 15 seconds where scripts run.

Belongs here: putting readings into groups for people. Not here: the probes (`resources/health`), `/health` for programs
(`api/health.py`).
"""

from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from console.web.guard import needs
from console.web.parts import TheWatcher
from console.web.templating import render
from resources.access import Role
from resources.health.readings import Overall, Reading, Status, overall

router = APIRouter()
_GROUPS: Final = {
    "This installation": ("database", "storage", "disk", "clock", "certificate"),
    "The queue": ("jobs", "queue", "claims", "parked"),
    "Dagster": ("daemon", "sensor", "schedule"),
}
_SAID: Final[dict[Overall, str]] = {
    "ok": "Everything works.",
    "degraded": "It works, but something needs a look.",
    "bad": "Something that nothing works without is broken.",
}
TONES: Final = {Status.OK: "ok", Status.WARN: "warn", Status.UNKNOWN: "warn", Status.BAD: "bad"}


@dataclass(frozen=True)
class Group:
    """Readings under one heading."""

    heading: str
    readings: tuple[Reading, ...]


@router.get("/health/details", dependencies=[Depends(needs(Role.VIEWER))])
def details(request: Request, watcher: TheWatcher) -> Response:
    """What all probes read, what is amiss first."""
    readings = watcher.readings()
    status = overall(readings)
    return render(
        request,
        "health.html",
        title="Health",
        nav="health",
        overall=status,
        summary=_SAID[status],
        groups=_grouped(readings),
        counts=next((one.counts for one in readings if one.probe == "jobs"), ()),
        tones=TONES,
        amiss=[one for one in readings if one.status is not Status.OK],
    )


def _grouped(readings: tuple[Reading, ...]) -> list[Group]:
    groups = []
    for heading, probes in _GROUPS.items():
        found = [one for probe in probes for one in readings if one.probe == probe and not one.counts]
        groups.append(Group(heading, tuple(found)))
    return groups
