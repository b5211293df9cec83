"""The database and the clock: does it answer, with our schema, and does its time agree with this machine's.

Belongs here: reading both. Not here: the queue in it (`jobs.py`).
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import func, make_url, select

from reelineage.models import Job
from resources.database import newest_schema
from resources.health.readings import Reading, Status
from resources.home import Home

_EARLIEST: Final = datetime(2026, 1, 1, tzinfo=UTC)
_CLOCKS_DIFFER: Final = timedelta(seconds=5)
_CLOCKS_QUARREL: Final = timedelta(seconds=30)  # half a lease: claims would be taken from workers that live


def look_at_database(home: Home) -> Iterator[Reading]:
    """Whether it answers, and which engine and schema it has."""
    url = make_url(home.settings.url)
    file = Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None
    if file is not None and not file.is_file():  # one that was deleted goes on answering to whoever has it open
        seen = f"There is no file {file}."
        yield Reading("database", Status.BAD, seen, "Restore it from a backup, or set REELINEAGE_HOME to your home.")
        return
    schema, engine = home.database.state()
    if schema is None:
        seen = f"{engine} answers, but it is empty or holds tables of something else."
        yield Reading("database", Status.WARN, seen, "`reelineage make THEME` fills an empty one.")
        return
    if schema != newest_schema():
        seen = f"{engine} answers, but its schema is {schema} and this version needs {newest_schema()}."
        advice = "Back it up, then run `reelineage db upgrade`; if it is newer, install the newer Reelineage."
        yield Reading("database", Status.BAD, seen, advice)
        return
    yield Reading("database", Status.OK, f"{engine} answers, with schema {schema}.")


def look_at_clock(home: Home) -> Iterator[Reading]:
    """Whether this machine's time is believable: leases, links and signatures all depend on it."""
    now = datetime.now(UTC)
    advice = "Set this machine's clock and let a time service keep it."
    if now < _EARLIEST:
        yield Reading("clock", Status.BAD, f"This machine says {now:%Y-%m-%d %H:%M} UTC.", advice)
        return
    with home.database.read() as session:
        if session.get_bind().dialect.name == "postgresql":
            theirs = session.scalars(select(func.clock_timestamp())).one()
            apart, what = abs(datetime.now(UTC) - theirs), "the database server's clock"
        else:
            newest = session.scalar(select(func.max(Job.updated_at)))
            apart, what = max(newest - now, timedelta()) if newest else timedelta(), "the newest row"
    seconds = apart.total_seconds()
    if apart > _CLOCKS_DIFFER:
        status = Status.BAD if apart > _CLOCKS_QUARREL else Status.WARN
        yield Reading(
            "clock", status, f"It is {seconds:.0f} s away from {what}.", advice, value=seconds, unit="seconds"
        )
        return
    yield Reading("clock", Status.OK, f"It agrees with {what}.", value=seconds, unit="seconds")
