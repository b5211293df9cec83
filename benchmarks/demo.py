"""What the demo costs: CPU seconds, wall time and peak memory of the whole process tree, after set-up.

Run it with `.venv/bin/python -m benchmarks.demo [--json FILE]`. It makes the demo video in a home of its own, twice:
the second time its segments come from the cache. Memory is the sum of what each process has for itself (USS).
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

_PROJECT = Path(__file__).parents[1]


def measure(home: Path) -> dict[str, float]:
    """Make the demo once and measure it."""
    command = [str(Path(sys.executable).with_name("reelineage")), "make", "themes/trend_briefing.yaml", "--seed", "7"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    environment = os.environ | {"REELINEAGE_HOME": str(home)}
    with subprocess.Popen(command, cwd=_PROJECT, env=environment, stdout=subprocess.DEVNULL) as process:  # noqa: S603 — our own command
        peak = 0
        while process.poll() is None:
            peak = max(peak, _memory_of_tree(process.pid))
            time.sleep(0.1)
        if process.returncode:
            raise SystemExit(f"the demo failed with exit code {process.returncode}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "cpu_seconds": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 1),
        "wall_seconds": round(time.monotonic() - started, 1),
        "peak_memory_mb": round(peak / 2**20),
    }


def _memory_of_tree(pid: int) -> int:
    total = 0
    try:
        parent = psutil.Process(pid)
        processes = [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0
    for process in processes:
        try:
            total += process.memory_full_info().uss
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue  # it ended while we looked
    return total


def main() -> None:
    """Measure twice and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="write the numbers here too")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        runs = [measure(Path(folder)) for _ in range(2)]
    for name, run in zip(("first", "second"), runs, strict=True):
        print(name, ", ".join(f"{key} {value}" for key, value in run.items()))
    if arguments.json:
        arguments.json.write_text(json.dumps(runs, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
