"""Dagster's own folder: where it lies, and its settings for one machine put there once.

Belongs here: `DAGSTER_HOME`. Not here: our database and files (`resources/home.py`).
"""

import shutil

import dagster as dg

from pipeline_assets.partitions import register_partition
from reelineage.errors import BadInput
from resources.home import Home
from resources.settings import PROJECT


def prepare(home: Home) -> None:
    """Make the home's folders and give Dagster its settings unless it has some."""
    folder = home.settings.dagster_root
    try:
        for path in (home.root, home.inbox, folder):
            path.mkdir(parents=True, exist_ok=True)
        settings = folder / "dagster.yaml"
        if not settings.exists():
            shutil.copyfile(PROJECT / "deploy" / "local" / "dagster.yaml", settings)
    except OSError as error:
        raise BadInput(
            f"Preparing the home {home.root}: {error.strerror or error}. Make the folder writable, or set "
            "REELINEAGE_HOME."
        ) from error


def open_instance(home: Home) -> dg.DagsterInstance:
    """The persistent Dagster instance of this home; use it as a context manager."""
    prepare(home)
    return dg.DagsterInstance.from_config(str(home.settings.dagster_root))


def register(home: Home, job_id: int) -> None:
    """Let Dagster know a job's partition."""
    with open_instance(home) as instance:
        register_partition(instance, job_id)
