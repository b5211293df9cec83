"""What questions about lineage cost in one filled database, asked through the functions that the commands use.

Belongs here: taking times. Not here: printing (`lineage.py`), databases (`lineage_places.py`).
Times are milliseconds inside one open session; `cpu` is this process's own share, the rest is the engine and waiting.
"""

import math
import os
import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import psutil
from sqlalchemy import func, select

from benchmarks.lineage_rows import DAYS, FILM_SHA256
from benchmarks.measure import measure
from reelineage.explain import explain, impact
from reelineage.family import Ref, stand_ins_behind
from reelineage.models import Video
from resources import costs
from resources.audit import Options, run_audit
from resources.database import Database
from resources.home import Home
from resources.settings import load_settings

_WARM_UP = 5
_PROJECT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Times:
    """Milliseconds over several rounds; `first` is the cold one, left out of the others."""

    rounds: int
    first: float
    median: float
    p95: float
    p99: float
    best: float
    cpu: float
    rows: int

    def as_json(self) -> dict[str, float]:
        """For the JSON file."""
        return {name: round(value, 3) for name, value in asdict(self).items()}


def timed(ask: Callable[[int], int], rounds: int) -> Times:
    """Ask again and again; `ask` gets the round's number and tells how many rows it brought."""
    wall, cpu, rows = [], [], 0
    for number in range(rounds + _WARM_UP):
        began, worked = time.perf_counter(), time.process_time()
        rows = ask(number)
        wall.append(1000 * (time.perf_counter() - began))
        cpu.append(1000 * (time.process_time() - worked))
    kept = sorted(wall[_WARM_UP:])
    return Times(
        rounds, wall[0], median(kept), quantile(kept, 0.95), quantile(kept, 0.99), kept[0], median(cpu[_WARM_UP:]), rows
    )


def quantile(ordered: list[float], share: float) -> float:
    """The smallest value that at least this share of the values does not exceed."""
    return ordered[math.ceil(len(ordered) * share) - 1]


def questions(database: Database, *, rounds: int, seed: int = 1) -> dict[str, Times]:
    """Explain, impact, the check at approval, and cost by month."""
    rng = random.Random(seed)  # noqa: S311 — any videos will do
    film = [Ref("artifact", FILM_SHA256)]
    with database.read() as session:
        videos = session.scalar(select(func.max(Video.id))) or 0
        starts = [[Ref("video", str(rng.randint(1, videos)))] for _ in range(rounds + _WARM_UP)]
        now = datetime.now(UTC)
        found = {
            # a database of a million jobs is larger than memory: the first time, most rows come from the disk
            "explain_cold": timed(lambda number: len(explain(session, starts[number]).rows), rounds),
            "explain": timed(lambda number: len(explain(session, starts[number]).rows), rounds),
            "explain_as_of": timed(lambda number: len(explain(session, starts[number], as_of=now).rows), rounds // 5),
            "impact_1000": timed(lambda _: len(impact(session, film).rows), max(rounds // 20, 5)),
            "stand_ins": timed(lambda number: len(stand_ins_behind(session, starts[number])), rounds // 5),
        }
    year = now - timedelta(days=DAYS)
    found["costs_month"] = timed(lambda _: len(costs.by_month(database, year, now).lines), 7)
    return found


def audited(database: Database) -> dict[str, float | int]:
    """One audit without files: jobs a second, and the memory of all its processes at its highest."""
    with tempfile.TemporaryDirectory(prefix="reelineage-benchmark-") as folder:
        home = Home(load_settings().model_copy(update={"home": Path(folder), "database_url": database.url}))
        with _memory() as peak:
            report = run_audit(home, Options(files=False))
        home.database.close()
    return {
        "audit_jobs_per_second": round(report.jobs / report.seconds),
        "audit_seconds": round(report.seconds, 2),
        "audit_findings": sum(report.counts.values()),
        "audit_peak_mb": round(max(peak) / 2**20),
    }


def command_line(database: Database, video: int = 1) -> dict[str, float]:
    """Seconds for a whole command, and for one that only starts and says its help."""
    command = str(Path(sys.executable).with_name("reelineage"))
    with tempfile.TemporaryDirectory(prefix="reelineage-benchmark-") as folder:
        environment = {"REELINEAGE_HOME": folder, "REELINEAGE_DATABASE_URL": database.url}
        log = Path(folder) / "log"
        asked = measure([command, "lineage", f"video:{video}"], log, environment=environment, folder=_PROJECT)
        begun = measure([command, "lineage", "--help"], log, environment=environment, folder=_PROJECT)
    return {
        "command_seconds": asked.wall_seconds,
        "command_cpu_seconds": asked.cpu_seconds,
        "start_up_seconds": begun.wall_seconds,
        "start_up_cpu_seconds": begun.cpu_seconds,
    }


@contextmanager
def _memory() -> Iterator[list[int]]:
    """The memory of this process and its children while the block runs, seen five times a second."""
    seen, ended = [0], threading.Event()

    def watch() -> None:
        mine = psutil.Process(os.getpid())
        while not ended.wait(0.2):
            total = 0
            for process in (mine, *mine.children(recursive=True)):
                try:
                    total += process.memory_full_info().uss
                except (psutil.NoSuchProcess, psutil.AccessDenied):
                    continue  # it ended while we looked
            seen.append(total)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        ended.set()
        thread.join()
