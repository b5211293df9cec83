"""What the jobs page costs in a database of 100,000 jobs, compared with one of 100, request by request.

Run it with `.venv/bin/python -m benchmarks.pages [--jobs N] [--database URL|postgresql] [--json FILE]`. It fills both
databases with made-up jobs, then asks the whole console (guard, queries, templates) for the same page of each in turn,
without a port. A ratio is the median over such pairs: what else the machine does falls on both. Give a URL to keep the
large database and measure it again later; `postgresql` alone starts a server for the while.
"""

import argparse
import asyncio
import json
import math
import tempfile
import time
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Scope

from benchmarks.lineage_places import filled, server
from console.web.app import build_app
from console.web.options import Options
from resources.access import Role, make_key
from resources.database import Database
from resources.home import Home
from resources.settings import Settings

SMALL = 100
PAGES = {
    "newest": "/jobs",
    "in one state": "/jobs?state=approved",
    "of one theme": "/jobs?theme=Taps+0",
    "text, found": "/jobs?text=taps",
    "text, not found": "/jobs?text=nowhere",
    "one card": "/jobs/5/card",
}
_WARM_UP = 5


@dataclass(frozen=True)
class Pair:
    """One page in both databases. `cpu` counts this process, on SQLite the engine too; `wall` everything."""

    small_cpu_ms: float
    large_cpu_ms: float
    large_wall_ms: float
    cpu_ratio: float
    wall_ratio: float

    def as_json(self) -> dict[str, float]:
        """For the JSON file."""
        return {name: round(value, 3) for name, value in asdict(self).items()}


class Console:
    """The console of one database, asked as a browser would ask it."""

    def __init__(self, database: Database, root: Path) -> None:
        home = Home(Settings(home=root, database_url=database.url))
        self._app: ASGIApp = build_app(home, Options())
        self._key = make_key(home.database, "token", "benchmark", Role.OPERATOR, lifetime=None)

    async def ask(self, address: str) -> tuple[float, float]:
        """CPU and wall milliseconds of one page.

        Raises:
            RuntimeError: it did not answer with a page.
        """
        parts, answered = urlsplit(address), []
        scope: Scope = {
            "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1", "method": "GET",
            "scheme": "http", "path": parts.path, "raw_path": parts.path.encode(), "root_path": "",
            "query_string": parts.query.encode(), "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 3000),
            "headers": [(b"host", b"127.0.0.1:3000"), (b"authorization", f"Bearer {self._key}".encode())],
        }  # fmt: skip

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Message) -> None:
            answered.append(message)

        cpu, wall = time.process_time(), time.perf_counter()
        await self._app(scope, receive, send)
        spent = (time.process_time() - cpu) * 1000, (time.perf_counter() - wall) * 1000
        if answered[0]["status"] != 200:
            raise RuntimeError(f"Asking for {address}: the console answered {answered[0]['status']}.")
        return spent


async def compare(small: Console, large: Console, address: str, rounds: int) -> Pair:
    """Ask both in turn, each first every other time."""
    found: dict[bool, list[tuple[float, float]]] = {True: [], False: []}
    for number in range(rounds + _WARM_UP):
        for is_large in (True, False) if number % 2 else (False, True):
            spent = await (large if is_large else small).ask(address)
            if number >= _WARM_UP:
                found[is_large].append(spent)
    pairs = list(zip(found[False], found[True], strict=True))
    return Pair(
        small_cpu_ms=median(cpu for cpu, _ in found[False]),
        large_cpu_ms=median(cpu for cpu, _ in found[True]),
        large_wall_ms=median(wall for _, wall in found[True]),
        cpu_ratio=median(after[0] / before[0] if before[0] else math.inf for before, after in pairs),
        wall_ratio=median(after[1] / before[1] for before, after in pairs),
    )


def measured(url: str, jobs: int, rounds: int) -> dict[str, Pair]:
    """Every page, in a database of so many jobs and in a small one beside it."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="reelineage-pages-")))
        large = Console(stack.enter_context(filled(url, jobs, largest=True)), folder / "large")
        small = Console(stack.enter_context(filled(url, SMALL, largest=False)), folder / "small")
        with asyncio.Runner() as runner:
            return {name: runner.run(compare(small, large, address, rounds)) for name, address in PAGES.items()}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=100_000)
    parser.add_argument("--database", default="sqlite")
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    with ExitStack() as stack:
        url = given.database
        if url == "sqlite":
            url = f"sqlite:///{stack.enter_context(tempfile.TemporaryDirectory())}/pages.db"
        elif url == "postgresql":
            url = stack.enter_context(server())
        found = measured(url, given.jobs, given.rounds)
    print(f"{'page':<16} {'CPU ms at 100':>14} {f'at {given.jobs:,}':>12} {'ratio':>6}   {'wall ms':>8} {'ratio':>6}")
    for name, pair in found.items():
        print(
            f"{name:<16} {pair.small_cpu_ms:>14.1f} {pair.large_cpu_ms:>12.1f} {pair.cpu_ratio:>6.2f}   "
            f"{pair.large_wall_ms:>8.1f} {pair.wall_ratio:>6.2f}"
        )
    if given.json:
        given.json.write_text(json.dumps({name: pair.as_json() for name, pair in found.items()}, indent=2))


if __name__ == "__main__":
    main()
