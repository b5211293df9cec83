"""Watching: a probe that hangs or breaks takes nothing away from the others."""

import threading
import time
from collections.abc import Iterator

import pytest
from sqlalchemy.exc import OperationalError

from reelineage.errors import TransientError
from resources.health.readings import Probe, Reading, Status, overall, told_age
from resources.health.watching import Watcher


def fine(name: str) -> Probe:
    return Probe(name, lambda: (Reading(name, Status.OK, "Fine."),))


def raising(name: str, error: Exception) -> Probe:
    def look() -> tuple[Reading, ...]:
        raise error

    return Probe(name, look)


def test_a_probe_that_hangs_is_told_as_silent_in_bounded_time_and_started_once() -> None:
    release, started = threading.Event(), []

    def hang() -> Iterator[Reading]:
        started.append(1)
        release.wait(30)
        yield Reading("slow", Status.OK, "Fine after all.")

    watcher = Watcher([Probe("slow", hang), fine("quick")], deadline_seconds=0.5, kept_seconds=0)
    for _ in range(3):
        begun = time.monotonic()
        slow, quick = watcher.readings()
        assert time.monotonic() - begun < 15
        assert (slow.status, quick.status) == (Status.UNKNOWN, Status.OK)
        assert "No answer within 0.5 s" in slow.seen
    assert len(started) == 1
    release.set()
    for _ in range(100):
        if watcher.readings()[0].status is Status.OK:
            break
    assert watcher.readings()[0].seen == "Fine after all."


def test_a_probe_that_fails_is_bad_and_says_why_without_statement_or_values() -> None:
    own = OperationalError("SELECT secret", {"key": "value"}, Exception("no such host"))
    watcher = Watcher([raising("one", own), raising("two", TransientError("Try again.")), fine("three")])
    assert [(one.status, one.seen) for one in watcher.readings()] == [
        (Status.BAD, "no such host"),
        (Status.BAD, "Try again."),
        (Status.OK, "Fine."),
    ]


def test_a_broken_probe_is_unknown_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    readings = Watcher([raising("odd", KeyError("x")), fine("other")]).readings()
    assert [one.status for one in readings] == [Status.UNKNOWN, Status.OK]
    assert "Probing odd" in caplog.text


def test_readings_are_kept_for_a_while_so_that_asking_often_costs_little() -> None:
    looks: list[int] = []

    def count() -> Iterator[Reading]:
        looks.append(1)
        yield Reading("one", Status.OK, "Fine.")

    watcher = Watcher([Probe("one", count)], kept_seconds=60)
    threads = [threading.Thread(target=watcher.readings) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(looks) == 1


def test_while_one_asker_waits_for_a_slow_probe_the_others_get_what_was_read_before() -> None:
    release, looking = threading.Event(), threading.Event()
    looks: list[int] = []

    def slow() -> Iterator[Reading]:
        looks.append(1)
        if len(looks) > 1:
            looking.set()
            release.wait(30)
        yield Reading("slow", Status.OK, f"Look {len(looks)}.")

    watcher = Watcher([Probe("slow", slow)], deadline_seconds=20, kept_seconds=0)
    assert watcher.readings()[0].seen == "Look 1."
    first = threading.Thread(target=watcher.readings)
    first.start()
    assert looking.wait(20)
    begun = time.monotonic()
    assert watcher.readings()[0].seen == "Look 1."
    assert time.monotonic() - begun < 15
    release.set()
    first.join()
    assert watcher.readings()[0].seen.startswith("Look")


@pytest.mark.parametrize(
    ("probe", "status", "expected"),
    [
        ("certificate", Status.OK, "ok"),
        ("certificate", Status.BAD, "degraded"),
        ("daemon", Status.UNKNOWN, "degraded"),
        ("disk", Status.WARN, "degraded"),
        ("disk", Status.BAD, "bad"),
        ("database", Status.UNKNOWN, "bad"),
        ("storage", Status.BAD, "bad"),
    ],
)
def test_only_what_nothing_works_without_makes_the_whole_bad(probe: str, status: Status, expected: str) -> None:
    assert overall([Reading("jobs", Status.OK, ""), Reading(probe, status, "")]) == expected


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s"), (119, "119 s"), (120, "2 min"), (7199, "120 min"), (7200, "2 h"), (200_000, "2 days")],
)
def test_ages_are_said_in_the_unit_that_people_would_use(seconds: float, said: str) -> None:
    assert told_age(seconds) == said
