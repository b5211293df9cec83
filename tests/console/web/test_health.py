"""`/health`, the health page and `/metrics`: who sees what, and that a part that is broken takes nothing else down."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from resources.access import Role
from resources.health.readings import Probe, Reading, Status
from resources.health.watching import Watcher
from resources.home import Home
from tests.console.web_client import client
from tests.factories import new_job

ROUTES = ("/lineage/{node}/{key}", "none")


def samples(asked: TestClient) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Every sample by name and labels, parsed as Prometheus would."""
    answer = asked.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def broken(monkeypatch: pytest.MonkeyPatch, **statuses: Status) -> None:
    """A console whose probes read what a test wants."""
    probes = [Probe(name, lambda n=name, s=status: (Reading(n, s, "Seen <b>."),)) for name, status in statuses.items()]  # type: ignore[misc]  # bound at once
    monkeypatch.setattr("console.web.app.probes_of", lambda *_, **__: probes)


@pytest.mark.parametrize(
    ("statuses", "code", "said"),
    [
        ({"database": Status.OK}, 200, "ok"),
        ({"database": Status.OK, "daemon": Status.BAD}, 200, "degraded"),
        ({"database": Status.BAD}, 503, "bad"),
    ],
)
def test_a_stranger_sees_one_word_and_a_status_that_load_balancers_know(
    home: Home, monkeypatch: pytest.MonkeyPatch, statuses: dict[str, Status], code: int, said: str
) -> None:
    broken(monkeypatch, **statuses)
    answer = client(home, None).get("/health")
    assert (answer.status_code, answer.json()) == (code, {"status": said})


def test_a_viewer_sees_every_reading(home: Home) -> None:
    told = client(home, Role.VIEWER).get("/health").json()
    found = {reading["name"]: reading for reading in told["readings"]}
    assert {"database", "storage", "disk", "clock", "jobs", "queue", "daemon", "certificate"} <= set(found)
    assert found["database"]["status"] == "ok"
    assert found["disk"]["value"] > 0


def test_a_probe_that_hangs_holds_nobody_up(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def hang() -> Iterator[Reading]:
        time.sleep(1)
        yield Reading("daemon", Status.OK, "")

    monkeypatch.setattr("console.web.app.probes_of", lambda *_, **__: [Probe("daemon", hang)])
    monkeypatch.setattr("console.web.app.Watcher", lambda probes: Watcher(probes, deadline_seconds=0.1))
    begun = time.monotonic()
    answer = client(home, None).get("/health")
    assert time.monotonic() - begun < 0.9
    assert answer.json() == {"status": "degraded"}


def test_the_page_says_what_is_amiss_first_and_escapes_it(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    broken(monkeypatch, database=Status.OK, daemon=Status.BAD)
    answer = client(home, Role.VIEWER).get("/health/details")
    assert answer.status_code == 200
    assert "It works, but something needs a look." in answer.text
    assert "Seen &lt;b&gt;." in answer.text
    assert "<b>" not in answer.text
    assert answer.text.index("Seen") < answer.text.index("This installation")


def test_a_stranger_who_wants_the_page_is_asked_to_sign_in(home: Home) -> None:
    answer = client(home, None).get("/health/details")
    assert answer.status_code == 401
    assert answer.headers["content-type"].startswith("text/html")


def test_metrics_need_a_viewer(home: Home) -> None:
    assert client(home, None).get("/metrics").status_code == 401
    assert client(home, Role.VIEWER).get("/metrics").status_code == 200


def test_metrics_tell_the_queue_and_count_requests_by_template(finished: Home) -> None:
    new_job(finished)
    asked = client(finished, Role.VIEWER)
    for job_id in (1, 2, 1, 999):
        asked.get(f"/lineage/video/{job_id}")
    asked.get("/nothing/here")
    asked.request("BREW", "/costs")
    found = samples(asked)
    assert found["reelineage_jobs", (("state", "awaiting_review"),)] == 1
    assert found["reelineage_jobs", (("state", "queued"),)] == 1
    assert found["reelineage_oldest_queued_seconds", ()] >= 0
    assert found["reelineage_free_disk_bytes", ()] > 1e6
    assert found["reelineage_certificate_seconds_left", ()] > 86400
    assert found["reelineage_database_up", ()] == 1
    assert found["process_cpu_seconds_total", ()] > 0
    counted = {labels: value for (name, labels), value in found.items() if name == "reelineage_http_requests_total"}
    by_route = {route: sum(n for labels, n in counted.items() if ("route", route) in labels) for route in ROUTES}
    assert by_route == {"/lineage/{node}/{key}": 4, "none": 2}
    assert not any("999" in value for labels in counted for _, value in labels)
    assert {dict(labels)["method"] for labels in counted} == {"GET", "other"}


def test_metrics_tell_that_the_database_is_away(home: Home) -> None:
    asked = client(home, Role.VIEWER)
    for ending in ("", "-wal", "-shm"):
        Path(f"{home.root}/reelineage.db{ending}").unlink(missing_ok=True)
    answer = asked.get("/health", headers={"Authorization": ""})
    assert (answer.status_code, answer.json()) == (503, {"status": "bad"})
