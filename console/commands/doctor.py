"""`reelineage doctor`: what is missing or unhealthy, and what to do about it."""

import json
import sys
from collections.abc import Sequence
from typing import Final

import click

from console.health import probes_of
from console.whereabouts import port_of
from reelineage.text import clean_text
from resources.health.installation import exists, installation_probes, look_at_settings
from resources.health.machine import machine_probes
from resources.health.readings import Reading, Status
from resources.health.watching import look_once
from resources.home import open_home

_MARKS: Final = {Status.OK: "✓", Status.WARN: "!", Status.UNKNOWN: "?", Status.BAD: "✗"}
_DEADLINE_SECONDS: Final = 15.0
_WITHOUT_DATABASE: Final = frozenset({"disk", "certificate"})  # what can be probed when no database answers


@click.command()
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    help="Where `reelineage up` listens; without it where it does now, or 3000.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else on stdout.")
def doctor(port: int | None, *, as_json: bool) -> None:
    """Look at everything that Reelineage needs, and say what is amiss; exit code 1 when something is bad.

    Nothing is made or changed: a home that does not exist yet is not made.
    """
    readings = diagnose(port)
    status = max((reading.status for reading in readings), key=list(Status).index)
    if as_json:
        told = {"status": status.value, "readings": [reading.as_json() for reading in readings]}
        click.echo(json.dumps(told, indent=1, ensure_ascii=False))
    else:
        click.echo("\n".join(_lines(readings)))
    if status is Status.BAD:
        sys.exit(1)


def diagnose(port: int | None) -> tuple[Reading, ...]:
    """All readings. What needs settings, a home or a database is left out when there is none: a reading says so.

    `port` None looks where this home is served, or would be.
    """
    settings = tuple(look_at_settings())
    found = settings + look_once(machine_probes(), deadline_seconds=_DEADLINE_SECONDS)
    if settings[0].status is Status.BAD:
        return found
    home = open_home()
    found += look_once(installation_probes(home, port or port_of(home)), deadline_seconds=_DEADLINE_SECONDS)
    probes = {probe.name: probe for probe in probes_of(home, serving=False)}
    wanted = set(_WITHOUT_DATABASE)
    if exists(home):
        database = look_once([probes.pop("database")], deadline_seconds=_DEADLINE_SECONDS)
        found += database
        if database[0].status is Status.OK:
            wanted |= set(probes)
    chosen = [probe for name, probe in probes.items() if name in wanted]
    return found + look_once(chosen, deadline_seconds=_DEADLINE_SECONDS)


def _lines(readings: Sequence[Reading]) -> list[str]:
    width = max(len(reading.name) for reading in readings)
    told = [
        f"{_MARKS[one.status]} {one.name:<{width}}  {clean_text(f'{one.seen} {one.advice}', max_characters=2000)}"
        for one in readings
    ]
    amiss = [sum(one.status is status for one in readings) for status in (Status.BAD, Status.UNKNOWN, Status.WARN)]
    bad, unknown, warned = amiss
    said = [f"{bad} bad"] * bool(bad) + [f"{unknown} unknown"] * bool(unknown) + [f"{warned} to look at"] * bool(warned)
    told.append(f"{len(readings)} checks: {', '.join(said) or 'all is well'}.")
    return told
