"""Dagster's own folder: where it lies, its settings for one machine put there once, and the instance that reads it.

Belongs here: `DAGSTER_HOME`. Not here: our database and files (`resources/home.py`).
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from threading import Lock

import dagster as dg
from sqlalchemy.exc import SQLAlchemyError

from pipeline_assets.partitions import register_partition
from reelineage.errors import BadInput
from resources.home import Home
from resources.settings import PROJECT

OpenInstance = Callable[[Home], AbstractContextManager[dg.DagsterInstance]]
"""How whoever needs Dagster's instance of a home gets it, and gives it back."""


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


class KeptInstance:
    """Opens the instance of one home when it is first needed, and hands out the same from then on, to all threads.

    Opening one costs 0.1 CPU-seconds, in which a process that serves many answers nobody else. After a failure the next
    one who asks gets a new one: Dagster's folder may be another by then.
    """

    def __init__(self) -> None:
        self._instance: dg.DagsterInstance | None = None
        self._lock = Lock()

    @contextmanager
    def __call__(self, home: Home) -> Iterator[dg.DagsterInstance]:
        """As `open_instance`; the instance stays open afterwards."""
        with self._lock:
            if self._instance is None:
                self._instance = open_instance(home)
            instance = self._instance
        try:
            yield instance
        except (dg.DagsterError, SQLAlchemyError, OSError):
            with self._lock:
                if self._instance is instance:
                    self._instance = None
            raise

    def close(self) -> None:
        """Give back what it holds; it can be used again."""
        with self._lock:
            if self._instance is not None:
                self._instance.dispose()
                self._instance = None


def register(home: Home, job_id: int) -> None:
    """Let Dagster know a job's partition."""
    with open_instance(home) as instance:
        register_partition(instance, job_id)
