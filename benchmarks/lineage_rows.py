"""A database full of made-up jobs for measuring lineage: real schema, real chains and hashes, no files.

Belongs here: `build`, and what jobs share: trends, outside works. Not here: a single job (`lineage_jobs.py`), how rows
get in fast (`lineage_load.py`), measuring (`lineage.py`).
A job has 3 observations of a fetch that 20 jobs share, 4 sentences, 4 clips, 10 calls or more. Of all jobs 5 % were
made twice, 1 % failed, 2 % rest on demo data, some have ambiguous, failed, paid calls or ones of unknown price.
"""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from benchmarks import lineage_documents as shapes
from benchmarks.lineage_jobs import Collected, Jobs, stamp
from benchmarks.lineage_load import loader
from benchmarks.lineage_tables import Row, Tables
from resources.database import Database

SHARED_VIDEOS = 1_000  # that show one film; all of them where there are fewer
FILM_SHA256 = shapes.works()["footage"].sha256
JOBS_PER_FETCH = 20
DAYS = 730
_ITEMS = 5_000
_PLATFORMS = ("youtube", "tiktok", "reddit")
_BATCH = 2_000


def build(database: Database, jobs: int, *, seed: int = 7, until: datetime | None = None) -> None:
    """Fill a database that holds no jobs with `jobs` of them, spread evenly over the two years before `until`.

    Triggers and indexes are put aside while rows go in, and come back; on PostgreSQL that takes a superuser.

    Args:
        database: one of the newest schema, without rows.
        jobs: how many.
        seed: the same seed, number and `until` give the same rows.
        until: when the last of them ends; the start of today in UTC when None.
    """
    end = until or datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    with loader(database) as load:
        for rows in _batches(jobs, seed, end):
            load.insert(rows)


def _batches(jobs: int, seed: int, end: datetime) -> Iterator[dict[str, list[Row]]]:
    tables, rng = Tables(), random.Random(seed)  # noqa: S311 — made-up rows need no secrets
    start = end - timedelta(days=DAYS)
    apart = (end - start - timedelta(hours=3)) / jobs
    media_ids = _shared(tables, stamp(start))
    writer, trends = Jobs(tables, rng, media_ids), _Trends(tables, rng, end)
    step = max(1, jobs // SHARED_VIDEOS)
    for number in range(jobs):
        made = start + apart * number
        if number % JOBS_PER_FETCH == 0:
            collected = trends.fetch(made)
        writer.add(made, collected, shows_film=number % step == 0 and number // step < SHARED_VIDEOS)
        if (number + 1) % _BATCH == 0:
            yield tables.take()
    yield tables.take()


def _shared(tables: Tables, at: str) -> dict[str, int]:
    """The outside works and the files that all jobs share; the works' ids by their short names."""
    ids = {}
    for name, item in shapes.works().items():
        ids[name] = tables.next_id("media_items")
        tables.rows["media_items"].append((ids[name], *item.model_dump().values(), at))
        if item.kind in ("music", "footage"):
            kind = "audio/wav" if item.kind == "music" else "video/mp4"
            tables.rows["artifacts"].append((item.sha256, shapes.SIZES[kind], kind, at))
    for line in shapes.LINES:
        if "{" not in line:
            tables.artifact(f"said {line}", "audio/wav", at)
    return ids


class _Trends:
    """Fetches that belong to no job: three items each, of which many are seen again later."""

    def __init__(self, tables: Tables, rng: random.Random, end: datetime) -> None:
        self._tables, self._rng, self._end = tables, rng, end
        self._items: dict[tuple[str, int], int] = {}

    def fetch(self, moment: datetime) -> Collected:
        """One fetch with its observations, and the documents made from them."""
        tables, rng, at = self._tables, self._rng, stamp(moment)
        demo = rng.random() < 0.02
        platform = "sample" if demo else rng.choice(_PLATFORMS)
        first, stand_in = rng.randrange(_ITEMS), "demo" if demo else None
        raw = tables.artifact(f"raw {platform} {at}", "text/csv", at)
        call, _ = tables.call("trends", f'{{"at":"{at}"}}', (at, at), artifact=raw, stand_in=stand_in)
        delete_by = moment + timedelta(days=30)
        # older ones were stored before the duty was known
        duty = stamp(delete_by) if platform == "youtube" and delete_by > self._end + timedelta(days=1) else None
        fetch, kind, name = tables.next_id("trend_fetches"), "sample" if demo else "file", f"{platform}.csv"
        numbers = [(first + step) % _ITEMS for step in range(shapes.OBSERVED)]
        seen = tuple(shapes.observation(platform, number, moment.replace(microsecond=0)) for number in numbers)
        tables.rows["trend_fetches"].append(
            (fetch, call, kind, name, raw, len(seen), 0, '{"first":[]}', stand_in, at, duty)
        )
        observations = []
        for number, one in zip(numbers, seen, strict=True):
            item = self._item(platform, number, at)
            observations.append(tables.next_id("trend_observations"))
            tables.rows["trend_observations"].append(
                (observations[-1], fetch, item, stamp(one.observed_at), 0, one.title, "", "[]", one.views, one.likes,
                 stamp(one.published_at))
            )  # fmt: skip
        report = shapes.report(name, raw, seen, demo=demo)
        return Collected(
            observations=tuple(observations),
            keys={f"key{place}": one.key for place, one in enumerate(seen)},
            report=shapes.compact(report),
            analysis=shapes.compact(shapes.analysis(report)),
            window_end=stamp(report.window_end),
            demo=demo,
        )

    def _item(self, platform: str, number: int, at: str) -> int:
        place = platform, number
        if place not in self._items:
            self._items[place] = self._tables.next_id("trend_items")
            self._tables.rows["trend_items"].append((self._items[place], platform, f"item-{number}", at))
        return self._items[place]
