"""How quick questions about lineage are in databases of 1,000 to 1,000,000 jobs, and how that grows.

Run it with `.venv/bin/python -m benchmarks.lineage [--jobs N] [--database URL|postgresql] [--json FILE]`. It fills the
database with made-up jobs (no files), and smaller ones beside it, then asks what the commands ask. Give a URL to keep
the database and measure it again later; `postgresql` alone starts a server for the while.
"""

import argparse
import json
import os
import platform
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.lineage_measures import Times, audited, command_line, questions
from benchmarks.lineage_places import filled, server

_SIZES = (1_000, 10_000, 100_000)
_TITLES = {
    "explain_cold": "explain a video for the first time",
    "explain": "explain it again",
    "explain_as_of": "the same, as of a moment",
    "impact_1000": "impact of a film in 1,000 videos",
    "stand_ins": "stand-ins behind a video",
    "costs_month": "costs by month",
}


def headline(found: dict[str, Any], jobs: int) -> dict[str, float | None]:
    """The numbers that others rely on, of the largest size."""
    largest, small = found["sizes"][str(jobs)], found["sizes"].get("10000")
    times = largest["times"]
    growth_of_explain = times["explain"]["median"] / small["times"]["explain"]["median"] if small else None
    return {
        "explain_p99_ms": times["explain"]["p99"],
        "explain_cold_p99_ms": times["explain_cold"]["p99"],
        "impact_1000_ms": times["impact_1000"]["median"],
        "costs_month_ms": times["costs_month"]["median"],
        "audit_jobs_per_second": largest["audit"]["audit_jobs_per_second"] if largest["audit"] else None,
        "explain_over_10000": round(growth_of_explain, 2) if growth_of_explain else None,
    }


def one_size(url: str, jobs: int, *, largest: bool, rounds: int, audit: bool) -> dict[str, Any]:
    """Fill one database and measure it."""
    began = time.monotonic()
    with filled(url, jobs, largest=largest) as database:
        ready = time.monotonic() - began
        print(f"\n{jobs:,} jobs (ready after {ready:.0f} s), milliseconds:")
        times = questions(database, rounds=rounds)
        for name, found in times.items():
            print(_line(name, found))
        checked = audited(database) if audit else {}
        commands = command_line(database) if largest else {}
        for name, value in (checked | commands).items():
            print(f"  {name}: {value:,}")
    return {
        "ready_seconds": round(ready, 1),
        "times": {name: found.as_json() for name, found in times.items()},
        "audit": checked,
        "commands": commands,
    }


def _line(name: str, found: Times) -> str:
    return (
        f"  {_TITLES[name]:34} median {found.median:8.2f}  p95 {found.p95:8.2f}  p99 {found.p99:8.2f}  "
        f"best {found.best:8.2f}  cpu {found.cpu:8.2f}  first {found.first:8.1f}  ({found.rows:,} rows)"
    )


def growth(sizes: dict[str, Any]) -> str:
    """How the medians grow from size to size."""
    lines = ["\nmedian ms by number of jobs:"]
    for name, title in _TITLES.items():
        told = "  ".join(f"{int(jobs):,}: {one['times'][name]['median']:.2f}" for jobs, one in sizes.items())
        lines.append(f"  {title:34} {told}")
    return "\n".join(lines)


def main() -> None:
    """Measure all sizes up to the one that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=100_000, help="the largest number of jobs")
    parser.add_argument(
        "--database", help="its URL, or postgresql for a server of its own; a SQLite file when left out"
    )
    parser.add_argument("--rounds", type=int, default=400, help="videos to explain in each size")
    parser.add_argument("--no-audit", action="store_true", help="leave the audit out")
    parser.add_argument("--only", action="store_true", help="leave the smaller sizes out")
    parser.add_argument("--json", type=Path, help="write the numbers here too")
    given = parser.parse_args()
    with ExitStack() as stack:
        url = given.database
        if url == "postgresql":
            url = stack.enter_context(server())
        elif url is None:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="reelineage-benchmark-"))
            url = f"sqlite:///{folder}/lineage.db"
        sizes = [] if given.only else [size for size in _SIZES if size < given.jobs]
        found: dict[str, Any] = {
            "machine": {
                "cpus": len(os.sched_getaffinity(0)),
                "system": platform.platform(),
                "load": os.getloadavg()[0],
            },
            "database": url.partition(":")[0],
            "sizes": {
                str(size): one_size(
                    url, size, largest=size == given.jobs, rounds=given.rounds, audit=not given.no_audit
                )
                for size in [*sizes, given.jobs]
            },
        }
    print(growth(found["sizes"]))
    numbers = headline(found, given.jobs)
    for name, value in numbers.items():
        print(f"{name}: {value}")
    if given.json:
        given.json.write_text(json.dumps(numbers | found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
