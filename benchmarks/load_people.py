"""Readers and writers as they use a console: what they open, in which order, how long they look at it.

Belongs here: people. Not here: what stands before them (`load_house.py`), adding up (`load.py`).
A reader looks at a page for 2 to 2 + 2 x (mean - 2) seconds. The numbers of visits are a guess at people who review.
"""

import asyncio
import json
import random
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import uuid4

import httpx2

from benchmarks.load_house import House, Waiting

_SHORTEST_LOOK_SECONDS: Final = 2.0
_CARDS: Final = 30
_FIRST_BYTES: Final = 512 * 1024  # what a player asks for first
PAGES: Final = {
    "jobs page": 30,
    "jobs page, filtered": 10,
    "job page": 30,
    "lineage page": 10,
    "trends page": 8,
    "API: job": 6,
    "API: jobs": 3,
    "costs page": 1,
    "health page": 2,
}


@dataclass
class Answers:
    """What was asked and how long it took, by what it was; and everything that went wrong."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    counted_from: float = 0.0

    def note(self, what: str, seconds: float) -> None:
        """Count one answer, unless it came while everything was still warming up."""
        if time.monotonic() >= self.counted_from:
            self.seconds.setdefault(what, []).append(seconds)


class Person:
    """Somebody with a browser: one connection pool, one thing after the other."""

    def __init__(self, client: httpx2.AsyncClient, token: str, answers: Answers, rng: random.Random) -> None:
        self._client, self._answers, self.rng = client, answers, rng
        self._headers = {"Authorization": f"Bearer {token}"}

    async def ask(self, what: str, address: str, *, expected: int = 200, **headers: str) -> None:
        """One GET, read to its end."""
        await self._send(what, self._client.build_request("GET", address, headers=self._headers | headers), expected)

    async def tell(self, what: str, address: str, body: object, *, expected: int) -> object:
        """One POST with an idempotency key, of JSON or without a body; the answer's body, None when it was refused."""
        headers = self._headers | {"Idempotency-Key": str(uuid4())}
        request = self._client.build_request("POST", address, json=body, headers=headers)
        return await self._send(what, request, expected)

    async def _send(self, what: str, request: httpx2.Request, expected: int) -> object:
        begun = time.perf_counter()
        try:
            answer = await self._client.send(request)
        except httpx2.HTTPError as error:
            self._answers.errors.append(f"{what}: {type(error).__name__} {error}")
            return None
        if answer.status_code != expected:
            self._answers.errors.append(f"{what}: {answer.status_code} {answer.text[:200]}")
            return None
        self._answers.note(what, time.perf_counter() - begun)
        return json.loads(answer.content) if answer.headers["content-type"].endswith("json") else None

    async def look(self, mean_seconds: float) -> None:
        """Read what is on the screen."""
        shortest = min(_SHORTEST_LOOK_SECONDS, mean_seconds)
        await asyncio.sleep(self.rng.uniform(shortest, 2 * mean_seconds - shortest))

    async def watch(self, jobs: Sequence[int], mean_seconds: float) -> None:
        """Read a page that shows jobs: its event stream is open as long as it is."""
        begun, address = time.perf_counter(), f"/events/jobs?ids={','.join(map(str, jobs))}"
        try:
            async with self._client.stream("GET", address, headers=self._headers) as answer:
                if answer.status_code == 200:
                    self._answers.note("events: opened", time.perf_counter() - begun)
                else:
                    self._answers.errors.append(f"events: {answer.status_code}")
                await self.look(mean_seconds)
        except httpx2.HTTPError as error:
            self._answers.errors.append(f"events: {type(error).__name__} {error}")


async def read(person: Person, house: House, *, until: float, think_seconds: float) -> None:
    """A reader: opens one page after the other."""
    rng = person.rng
    await asyncio.sleep(rng.uniform(0, think_seconds))  # people do not come all at once
    while time.monotonic() < until:
        (page,) = rng.choices(list(PAGES), weights=list(PAGES.values()))
        shown = await _open(person, page, house)
        await (person.watch(shown, think_seconds) if shown else person.look(think_seconds))


async def _open(person: Person, page: str, house: House) -> Sequence[int]:
    """Open a page with what comes along; returns the jobs that it goes on watching."""
    rng = person.rng
    job, video = rng.choice(house.jobs), rng.choice(house.videos)
    addresses = {
        "jobs page": "/jobs",
        "jobs page, filtered": rng.choice(("/jobs?state=awaiting_review", "/jobs?state=failed", f"/jobs?before={job}")),
        "job page": f"/jobs/{job}",
        "lineage page": f"/lineage/video/{video}",
        "trends page": f"/jobs/{job}/trends",
        "API: job": f"/api/jobs/{job}",
        "API: jobs": "/api/jobs?limit=20",
        "costs page": "/costs",
        "health page": "/health/details",
    }
    await person.ask(page, addresses[page])
    if page == "job page":  # the browser has the style sheets, the player asks for the film's beginning
        await asyncio.gather(
            person.ask(
                "media: film", f"/media/videos/{video}/video.mp4", expected=206, Range=f"bytes=0-{_FIRST_BYTES - 1}"
            ),
            person.ask("media: captions", f"/media/videos/{video}/captions.vtt"),
            person.ask("media: thumbnail", f"/media/videos/{video}/thumbnail"),
        )
    elif page.startswith("jobs page"):  # those on the screen; the browser has most of them
        for one in rng.sample(house.videos, k=2):
            await person.ask("media: thumbnail", f"/media/videos/{one}/thumbnail")
    return {"job page": (job,), "jobs page": house.jobs[-_CARDS:]}.get(page, ())


async def write(person: Person, waiting: "deque[Waiting]", *, until: float, think_seconds: float) -> None:
    """A writer: orders a video, changes their mind, orders it again, and decides on what waits."""
    rng = person.rng
    await asyncio.sleep(rng.uniform(0, think_seconds))
    while time.monotonic() < until:
        made = await person.tell("API: generate", "/api/generate", {"theme": "trend_briefing"}, expected=201)
        await person.look(think_seconds)
        if isinstance(made, dict):
            for act in ("cancel", "retry"):
                await person.tell(f"API: {act}", f"/api/jobs/{made['id']}/{act}", None, expected=200)
                await person.look(think_seconds)
        if waiting:
            video = waiting.popleft()
            yes = rng.random() < 0.7
            order = {"reason": "Seen under load.", "video_sha256": video.sha256} | ({"allow_demo": True} if yes else {})
            verb = "approve" if yes else "reject"
            await person.tell("API: decide", f"/api/videos/{video.video_id}/{verb}", order, expected=200)
            await person.look(think_seconds)


async def order_alone(house: House, orders: int) -> Answers:
    """Order so many videos, one after the other, while nobody else asks for anything."""
    answers = Answers()
    async with httpx2.AsyncClient(base_url=house.address, timeout=30, trust_env=False) as client:
        person = Person(client, house.writers_token, answers, random.Random(0))  # noqa: S311 — no secrets
        for _ in range(orders):
            await person.tell("API: generate", "/api/generate", {"theme": "trend_briefing"}, expected=201)
    return answers


async def everybody(
    house: House, *, readers: int, writers: int, seconds: float, warm_seconds: float, think_seconds: float, seed: int
) -> Answers:
    """Let them all loose for so long; answers of the first `warm_seconds` are checked, but not timed."""
    begun = time.monotonic()
    answers, until = Answers(counted_from=begun + warm_seconds), begun + warm_seconds + seconds
    waiting = deque(house.waiting)
    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx2.AsyncClient(base_url=house.address, limits=limits, timeout=30, trust_env=False) as client:
        reading = [
            read(Person(client, house.readers_token, answers, rng), house, until=until, think_seconds=think_seconds)
            for rng in _chances(seed, readers)
        ]
        writing = [
            write(Person(client, house.writers_token, answers, rng), waiting, until=until, think_seconds=think_seconds)
            for rng in _chances(seed + 1, writers)
        ]
        await asyncio.gather(*reading, *writing)
    return answers


def _chances(seed: int, people: int) -> list[random.Random]:
    """Everybody chooses for themselves, and the same from run to run."""
    return [random.Random(seed * 100_003 + number) for number in range(people)]  # noqa: S311 — no secrets
