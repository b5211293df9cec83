"""How quick the console answers 200 readers and 20 writers at once, on SQLite and PostgreSQL.

Run it with `make load` or `.venv/bin/python -m benchmarks.load [--quick] [--json FILE]`. It fills a database with
made-up jobs, starts the console's real process on a free port of loopback, lets people use it for a minute, and ends
with exit code 1 when any answer was wrong. Load and server share the machine.
"""

import argparse
import asyncio
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from benchmarks.lineage_measures import quantile
from benchmarks.lineage_places import server
from benchmarks.load_house import free_port, furnish, home_at, serving
from benchmarks.load_people import Answers, everybody, order_alone

_ORDERS_ALONE = 40
_WARM_SHARE = 1 / 12  # of the time: the first pages compile templates and statements


def summary(answers: Answers, seconds: float) -> dict[str, Any]:
    """Milliseconds by what was asked, and over all pages."""
    found = {what: _times(taken, seconds) for what, taken in sorted(answers.seconds.items())}
    pages = [one for what, taken in answers.seconds.items() if what.endswith(("page", "filtered")) for one in taken]
    return {"answers": found, "pages": _times(pages, seconds), "errors": answers.errors}


def _times(taken: list[float], seconds: float) -> dict[str, float]:
    ordered = sorted(1000 * one for one in taken)
    if not ordered:
        return {"count": 0}
    shares = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "max": 1.0}
    times = {name: round(quantile(ordered, share), 1) for name, share in shares.items()}
    return {"count": len(ordered), "per_second": round(len(ordered) / seconds, 1)} | times


def measure(url: str | None, given: argparse.Namespace) -> dict[str, Any]:
    """One engine: make the house, let people in, count CPU seconds of both sides."""
    with tempfile.TemporaryDirectory(prefix="reelineage-load-", ignore_cleanup_errors=True) as folder:
        home, port = home_at(Path(folder), url), free_port()
        house = furnish(home, given.jobs, port)
        home.database.close()
        with serving(home.settings, port) as process:
            alone = asyncio.run(order_alone(house, _ORDERS_ALONE))
            if alone.errors:
                sys.exit(f"Ordering videos while nobody else asks: {alone.errors[0]}")
            before, own, load = _cpu(process), time.process_time(), psutil.getloadavg()
            answers = asyncio.run(
                everybody(
                    house,
                    readers=given.readers,
                    writers=given.writers,
                    seconds=given.seconds,
                    warm_seconds=given.seconds * _WARM_SHARE,
                    think_seconds=given.think,
                    seed=given.seed,
                )
            )
            return summary(answers, given.seconds) | {
                "generate_alone": _times(alone.seconds["API: generate"], given.seconds),
                "server_cpu_seconds": round(_cpu(process) - before, 1),
                "load_cpu_seconds": round(time.process_time() - own, 1),
                "server_memory_mb": round(process.memory_info().rss / 1e6),
                "load_average_before": round(load[0], 2),
            }


def _cpu(process: psutil.Process) -> float:
    """Of a process and its children; PostgreSQL's own processes are not among them."""
    return float(sum(sum(one.cpu_times()[:2]) for one in (process, *process.children(recursive=True))))


@contextmanager
def _database(engine: str) -> Iterator[str | None]:
    """The URL of an empty database; None is SQLite in the home."""
    if engine == "sqlite":
        yield None
        return
    with server(durable=True) as url:
        yield url


def _told(engine: str, found: dict[str, Any]) -> str:
    lines = [f"\n{engine}, milliseconds:", f"  {'':<22}{'answers':>9}{'p50':>9}{'p95':>9}{'p99':>9}{'max':>9}"]
    for what, times in (found["answers"] | {"ALL PAGES": found["pages"]}).items():
        if times["count"]:
            shown = "".join(f"{times[name]:>9,.1f}" for name in ("p50", "p95", "p99", "max"))
            lines.append(f"  {what:<22}{times['count']:>9,}{shown}")
    lone = found["generate_alone"]
    lines.append(f"  generate while nobody else asks: p50 {lone['p50']}, p95 {lone['p95']}, max {lone['max']}")
    lines.append(
        f"  {len(found['errors'])} errors; CPU seconds: server {found['server_cpu_seconds']}, load "
        f"{found['load_cpu_seconds']}; server memory {found['server_memory_mb']} MB"
    )
    return "\n".join(lines + [f"  {error}" for error in found["errors"][:10]])


def main() -> None:
    """Measure the engines that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--readers", type=int, default=200)
    parser.add_argument("--writers", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60.0, help="for each engine, after a short warm-up")
    parser.add_argument("--think", type=float, default=10.0, help="mean seconds that people look at a page")
    parser.add_argument("--jobs", type=int, default=3000, help="in the database")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--quick", action="store_true", help="5 s for each engine, 1,500 jobs")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all numbers there")
    given = parser.parse_args()
    if given.quick:
        given.seconds, given.jobs = 5.0, 1500
    engines = ("sqlite", "postgresql") if given.engine == "both" else (given.engine,)
    found: dict[str, Any] = {
        "machine": {"cpus": len(os.sched_getaffinity(0)), "python": platform.python_version()},
        "readers": given.readers, "writers": given.writers, "think_seconds": given.think, "jobs": given.jobs,
        "seconds": given.seconds, "engines": {},
    }  # fmt: skip
    for engine in engines:
        with _database(engine) as url:
            found["engines"][engine] = measure(url, given)
        print(_told(engine, found["engines"][engine]), flush=True)
    if given.json:
        given.json.write_text(json.dumps(found, indent=1), encoding="utf-8")
    if any(one["errors"] for one in found["engines"].values()):
        sys.exit(1)


if __name__ == "__main__":
    main()
