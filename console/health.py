"""What is probed in this installation: every probe of `resources/health` with what it needs to know.

Belongs here: the list, and the names of our sensors and schedules. Not here: the probes, how readings are told.
"""

from functools import partial

from pipeline_assets.schedules import SCHEDULES
from pipeline_assets.sensors import SENSORS
from resources.health.database import look_at_clock, look_at_database
from resources.health.factory import Factory
from resources.health.jobs import look_at_jobs
from resources.health.readings import Probe
from resources.health.signing import look_at_certificate
from resources.health.storage import look_at_disk, look_at_storage
from resources.home import Home


def probes_of(home: Home, *, serving: bool, read_only: bool = False) -> tuple[Probe, ...]:
    """All probes of a home that exists.

    Args:
        home: what is probed.
        serving: whether a daemon ought to be at work now; else one that is silent is worth a word, not an alarm.
        read_only: write nothing, not even a scratch file.
    """
    sensors = [sensor.name for sensor in SENSORS]
    if home.settings.openlineage_url is not None:
        sensors.append("openlineage_sensor")
    factory = Factory(
        home.settings.dagster_root,
        sensors=sensors,
        schedules=[schedule.name for schedule in SCHEDULES],
        serving=serving,
    )
    return (
        Probe("database", partial(look_at_database, home)),
        Probe("clock", partial(look_at_clock, home)),
        Probe("storage", partial(look_at_storage, home, read_only=read_only)),
        Probe("disk", partial(look_at_disk, home)),
        Probe("jobs", partial(look_at_jobs, home, serving=serving)),
        Probe("daemon", factory.look),
        Probe("certificate", partial(look_at_certificate, home)),
    )
