"""A console with a full house, for the load benchmark: a database of made-up jobs, files of the right size, a server.

Belongs here: what stands before the first request is sent, and taking it away again. Not here: who sends requests
(`load_people.py`), what is reported (`load.py`). Everything stays on loopback.
"""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil
from sqlalchemy import select

from benchmarks.lineage_rows import build
from console.dagster_home import open_instance
from reelineage.models import Artifact, Credential, Decision, Job, Review, Video
from resources.access import Role, make_key
from resources.artifact_store import ArtifactStore
from resources.database import Database
from resources.home import Home
from resources.settings import PROJECT, Settings

_PLAYED: Final = 300  # the newest videos: those that people open
_START_SECONDS: Final = 60


@dataclass(frozen=True)
class Waiting:
    """A video that waits for a decision, as somebody is shown it."""

    video_id: int
    sha256: str


@dataclass(frozen=True)
class House:
    """What people find: which jobs and videos there are, what waits for them, and their keys to the door."""

    address: str
    jobs: tuple[int, ...]
    videos: tuple[int, ...]
    waiting: tuple[Waiting, ...]
    readers_token: str
    writers_token: str


def furnish(home: Home, jobs: int, port: int) -> House:
    """Fill the home's empty database, and put files behind what people will open."""
    with open_instance(home):
        pass  # makes Dagster's own tables, as `reelineage up` does before anything else
    build(home.database, jobs)
    with home.database.read() as session:
        newest = session.execute(select(Video.id, Video.job_id).order_by(Video.id.desc()).limit(_PLAYED)).all()
        open_reviews = session.execute(
            select(Video.id, Video.file_sha256)
            .join(Review, Review.video_id == Video.id)
            .join(Job, Job.id == Video.job_id)
            .where(Job.state == "awaiting_review", ~select(Decision.id).where(Decision.video_id == Video.id).exists())
        ).all()
    _put_files(home.database, home.store, {row.id for row in newest} | {row.id for row in open_reviews})
    return House(
        address=f"http://127.0.0.1:{port}",
        jobs=tuple(sorted({row.job_id for row in newest})),
        videos=tuple(row.id for row in newest),
        waiting=tuple(Waiting(row.id, row.file_sha256) for row in open_reviews),
        readers_token=make_key(home.database, "token", "reader", Role.VIEWER, lifetime=None),
        writers_token=make_key(home.database, "token", "writer", Role.OPERATOR, lifetime=None),
    )


def _put_files(database: Database, store: ArtifactStore, videos: set[int]) -> None:
    """Files of the recorded size, without content: the bytes of a made-up video are nothing to look at."""
    with database.read() as session:
        jobs = set(session.scalars(select(Video.job_id).where(Video.id.in_(videos))))
        wanted: set[str] = set()
        for video in session.scalars(select(Video).where(Video.id.in_(videos))):
            wanted |= {
                video.file_sha256, video.thumbnail_sha256, video.captions_srt_sha256, video.captions_vtt_sha256,
                video.captions_ass_sha256,
            }  # fmt: skip
        wanted |= set(session.scalars(select(Credential.file_sha256).where(Credential.job_id.in_(jobs))))
        sizes = [
            (row.sha256, row.size_bytes)
            for row in session.execute(select(Artifact.sha256, Artifact.size_bytes))
            if row.sha256 in wanted
        ]
    for sha256, size in sizes:
        path = store.root / sha256[:2] / sha256
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.truncate(size)


@contextmanager
def serving(settings: Settings, port: int) -> Iterator[psutil.Process]:
    """The console's own process as `reelineage up` starts it, without Dagster beside it; gone when the block ends.

    Raises:
        RuntimeError: it does not answer.
    """
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("REELINEAGE_", "DAGSTER_"))
    } | {
        "REELINEAGE_HOME": str(settings.root),
        "REELINEAGE_DATABASE_URL": settings.url,
    }
    command = [sys.executable, "-m", "console.serving", "--port", str(port)]
    with subprocess.Popen(command, cwd=PROJECT, env=environment) as process:  # noqa: S603 — our own
        try:
            _wait_for(f"http://127.0.0.1:{port}/health", process)
            yield psutil.Process(process.pid)
        finally:
            process.terminate()
            process.wait(30)


def free_port() -> int:
    """A port on loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(address: str, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310 — our own server on loopback
                return
        except urllib.error.HTTPError:
            return  # it answers, if only that something is amiss
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"Starting the console on {address}: it does not answer. Its last lines are above.")


def home_at(folder: Path, url: str | None) -> Home:
    """A home in a folder, with its database there or elsewhere."""
    settings = Settings(home=folder, database_url=url)
    return Home(settings)
