"""Everything that lives under `REELINEAGE_HOME`, opened once per process.

Belongs here: which part lies where. Not here: what the parts do.
"""

import os
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from reelineage.errors import BadInput
from resources.artifact_store import ArtifactStore
from resources.database import Database
from resources.decisions import approve_if_theme_says
from resources.job_queue import JobQueue
from resources.materials import KeptMaterials
from resources.output_view import OutputView
from resources.settings import Settings, load_settings


@dataclass(frozen=True)
class Home:
    """The database, the files and the queue of one installation."""

    settings: Settings

    @cached_property
    def database(self) -> Database:
        """The database by the settings' URL."""
        return Database(self.settings.url)

    @cached_property
    def store(self) -> ArtifactStore:
        """`artifacts/`."""
        return ArtifactStore(self.root / "artifacts")

    @cached_property
    def queue(self) -> JobQueue:
        """The `jobs` table."""
        return JobQueue(self.database, self.settings)

    @cached_property
    def output(self) -> OutputView:
        """`output/`: the people's view of finished videos."""
        return OutputView(self.root / "output", self.database, self.store)

    @cached_property
    def materials(self) -> KeptMaterials:
        """What videos are made from, kept while nothing can change it."""
        return KeptMaterials()

    def finish(self, job_id: int) -> None:
        """What follows a finished review: approval when the theme says so, and the file where people look for it."""
        approve_if_theme_says(self.database, job_id)
        self.output.sync(job_id)

    @property
    def root(self) -> Path:
        """The home folder, absolute."""
        return self.settings.root

    @property
    def inbox(self) -> Path:
        """`inbox/`: a theme file dropped here becomes a job."""
        return self.root / "inbox"

    @property
    def cache(self) -> Path:
        """`cache/`: what can be made again at any time (segments, sounds, thumbnails, cut fonts)."""
        return self.root / "cache"


def open_home() -> Home:
    """The home that the environment names; the same object for the same settings within a process."""
    return _open(load_settings(), os.getpid())


def existing_home() -> Home:
    """The same for what only asks: a wrong name must not make a home and answer out of an empty one.

    Raises:
        BadInput: there is no database in the home that the environment names.
    """
    home = open_home()
    if home.settings.database_url is None and not (home.root / "reelineage.db").is_file():
        raise BadInput(
            f"Opening the home {home.root}: there is none yet. `reelineage make THEME` makes one; or set "
            "REELINEAGE_HOME to yours."
        )
    return home


@cache
def _open(settings: Settings, _pid: int) -> Home:
    return Home(settings)
