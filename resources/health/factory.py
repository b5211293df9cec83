"""Dagster's daemon, sensors and schedules: when they gave a sign of life last, and what they complained of.

Belongs here: reading Dagster's own tables. Not here: starting any of it (`console/up.py`). One open instance serves the
whole process: opening one takes tens of milliseconds, asking it one or two.
"""

import time
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Final

import dagster as dg
from sqlalchemy.exc import SQLAlchemyError

from reelineage.text import clean_text
from resources.health.readings import Reading, Status, told_age

# a sign of life comes every 30 s
_LATE_SECONDS: Final = 120
_SILENT_SECONDS: Final = 300
_SENSOR_LATE_SECONDS: Final = 120
_MOST_CHARACTERS: Final = 300
_STARTING: Final = "Start `reelineage up`; if it runs, look at what it says of the daemon."


class Factory:
    """Dagster as this home's settings find it.

    Args:
        folder: Dagster's own.
        sensors: the names of those that ought to tick.
        schedules: the same of schedules.
        serving: whether a daemon ought to run now.
    """

    def __init__(self, folder: Path, *, sensors: Collection[str], schedules: Collection[str], serving: bool) -> None:
        self._folder, self._serving = folder, serving
        self._expected: Mapping[str, Collection[str]] = {"sensor": sensors, "schedule": schedules}
        self._opened: dg.DagsterInstance | None = None

    def look(self) -> Iterator[Reading]:
        """A reading for each daemon, sensor and schedule."""
        if not (self._folder / "dagster.yaml").is_file():
            seen = f"Dagster was never started on this home ({self._folder} has no settings)."
            yield Reading("daemon", Status.BAD if self._serving else Status.WARN, seen, "`reelineage up` starts it.")
            return
        try:
            yield from self._look(self._instance())
        except dg.DagsterError as error:
            self._opened = None
            seen = f"Dagster cannot be asked: {_said(str(error))}"
            yield Reading("daemon", Status.BAD, seen, f"Look at {self._folder / 'dagster.yaml'} and what it names.")
        except (SQLAlchemyError, OSError):
            self._opened = None  # a storage that went away may come back: the next look opens it anew
            raise

    def _instance(self) -> dg.DagsterInstance:
        if self._opened is None:
            self._opened = dg.DagsterInstance.from_config(str(self._folder))
        return self._opened

    def _look(self, instance: dg.DagsterInstance) -> Iterator[Reading]:
        now = time.time()
        beats = instance.get_daemon_heartbeats()
        alive, daemons = False, []
        for daemon in sorted(instance.get_required_daemon_types()):
            beat = beats.get(daemon)
            age = max(now - beat.timestamp, 0.0) if beat else None
            errors = [error.message for error in beat.errors or ()] if beat else []
            alive = alive or (daemon == "SENSOR" and age is not None and age < _SILENT_SECONDS)
            daemons.append(_daemon(daemon, age, errors, serving=self._serving))
        ages = [reading.value for reading in daemons if reading.value is not None]
        if self._serving or min(ages, default=_SILENT_SECONDS) < _SILENT_SECONDS:
            yield from daemons
        else:
            yield _at_rest(len(daemons), min(ages, default=None))
        for kind, name, stopped, age, error in _last_ticks(instance, self._expected, now):
            yield _tick(kind, name, age, error, stopped=stopped, alive=alive)


def _daemon(name: str, age: float | None, errors: list[str], *, serving: bool) -> Reading:
    if age is None or age >= _SILENT_SECONDS:
        status = Status.BAD if serving and age is not None else Status.WARN
        seen = "No sign of life yet." if age is None else f"Silent for {told_age(age)}."
        return Reading("daemon", status, seen, _STARTING, subject=name, value=age, unit="seconds")
    if errors:
        seen = f"Its last round failed: {_said(errors[0])}"
        advice = "Dagster's page Deployment > Daemons shows the whole error."
        return Reading("daemon", Status.WARN, seen, advice, subject=name, value=age, unit="seconds")
    late = age >= _LATE_SECONDS
    seen = f"Last sign of life {told_age(age)} ago."
    return Reading(
        "daemon",
        Status.WARN if late else Status.OK,
        seen,
        "Wait a minute; then see whether this machine is overloaded." if late else "",
        subject=name,
        value=age,
        unit="seconds",
    )


def _at_rest(count: int, age: float | None) -> Reading:
    """All daemons in one line, where none is at work and none has to be."""
    seen = f"None of Dagster's {count} daemons is at work: "
    seen += "none gave a sign of life yet." if age is None else f"the last sign of life is {told_age(age)} old."
    return Reading("daemon", Status.WARN, seen, _STARTING, value=age, unit="seconds")


def _last_ticks(
    instance: dg.DagsterInstance, expected: Mapping[str, Collection[str]], now: float
) -> Iterator[tuple[str, str, bool, float | None, str | None]]:
    """Kind, name, whether a person stopped it, age of the newest tick, and the error of the newest that ended."""
    found: dict[tuple[str, str], tuple[float, bool, str | None]] = {}
    for state in instance.all_instigator_state():
        key = state.instigator_type.value.lower(), state.instigator_name
        ticks = instance.get_ticks(state.instigator_origin_id, state.selector_id, limit=2)
        newest = ticks[0].timestamp if ticks else 0.0
        if key in found and found[key][0] >= newest:
            continue  # the same name under an earlier code location
        ended = next((tick for tick in ticks if tick.is_completed), None)
        error = ended.error.message if ended and ended.is_failure and ended.error else None
        found[key] = newest, not state.is_running, error
    for kind, names in expected.items():
        for name in names:
            newest, stopped, error = found.get((kind, name), (0.0, False, None))
            yield kind, name, stopped, max(now - newest, 0.0) if newest else None, error


def _tick(kind: str, name: str, age: float | None, error: str | None, *, stopped: bool, alive: bool) -> Reading:
    status, seen, advice = Status.OK, "Has not ticked yet.", ""
    if age is not None:
        seen = f"Last tick {told_age(age)} ago."
    if stopped:
        status, seen = Status.WARN, f"Somebody stopped it. {seen}"
        advice = "Start it in Dagster under Automation."
    elif error is not None:
        status, seen = Status.WARN, f"{seen} It failed: {_said(error)}"
        advice = "Dagster's page Automation shows the whole error; it is tried again by itself."
    elif kind == "sensor" and alive and (age is None or age > _SENSOR_LATE_SECONDS):
        status = Status.WARN  # where the daemon itself is silent, that is told once and not of each sensor
        advice = "Dagster's page Deployment shows whether the code location loads."
    return Reading(kind, status, seen, advice, subject=name, value=age, unit="seconds")


def _said(message: str) -> str:
    return clean_text(message, max_characters=_MOST_CHARACTERS)
