"""The code location: read this first. Seven assets in five groups, one job that makes them, sensors that feed it.

Belongs here: putting the parts together, once for production and for tests. Nothing is opened at import: resources open
the database and the folders when they are first used.
"""

from collections.abc import Mapping
from types import ModuleType
from typing import Any

import dagster as dg

from pipeline_assets.assets import composition, content_generation, review, trend_analysis, trend_collection
from pipeline_assets.checks import CHECKS
from pipeline_assets.jobs import produce_video, submit_job
from pipeline_assets.openlineage_sensor import build_openlineage_sensor
from pipeline_assets.schedules import SCHEDULES, honour_obligations
from pipeline_assets.sensors import SENSORS
from resources.providers import Providers
from resources.record_io_manager import RecordIOManager
from resources.settings import load_settings
from resources.workbench import Workbench

_STAGES: Mapping[str, ModuleType] = {
    "trend_collection": trend_collection,
    "trend_analysis": trend_analysis,
    "content_generation": content_generation,
    "composition": composition,
    "review": review,
}


def build_definitions(resource_overrides: Mapping[str, Any] | None = None) -> dg.Definitions:
    """The definitions, with some resources replaced: tests give failing providers, the command line one that draws."""
    overrides = dict(resource_overrides or {})
    workbench = overrides.pop("workbench", None) or Workbench()
    assets = [
        asset for group, module in _STAGES.items() for asset in dg.load_assets_from_modules([module], group_name=group)
    ]
    return dg.Definitions(
        assets=assets,
        asset_checks=CHECKS,
        jobs=[produce_video, submit_job, honour_obligations],
        schedules=SCHEDULES,
        sensors=[*SENSORS, build_openlineage_sensor(load_settings().openlineage_url)],
        executor=dg.in_process_executor,
        resources={
            "workbench": workbench,
            "providers": Providers(),
            "io_manager": RecordIOManager(workbench=workbench),
            **overrides,
        },
    )


@dg.definitions
def defs() -> dg.Definitions:
    """The entry point that Dagster loads."""
    return build_definitions()
