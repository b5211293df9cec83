"""What a Prometheus server scrapes: this process's requests, and the health readings as numbers.

Belongs here: the registry, counting requests, and from readings to metrics. Not here: the route (`api/health.py`), the
probes (`resources/health`). One registry per application, so that two consoles in one process do not add up.
"""

import time
from collections.abc import Iterator
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from resources.health.readings import ESSENTIAL, Reading, Status
from resources.health.watching import Watcher

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_MOUNTED: Final = frozenset({"static", "dagster"})  # answered without a route of ours: told apart by their first word
# 0.15 s is what a page may take
_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """The numbers of one application."""

    def __init__(self, watcher: Watcher) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._registry.register(_HealthCollector(watcher))
        self._requests = Counter(
            "reelineage_http_requests",
            "Requests answered, by route, method and status",
            ("route", "method", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "reelineage_http_request_duration_seconds",
            "Seconds until an answer began, by route and method",
            ("route", "method"),
            buckets=_BUCKETS,
            registry=self._registry,
        )

    def count(self, scope: Scope, status: int, seconds: float) -> None:
        """Note one answered request. Labels are bounded: routes of ours, known methods, statuses."""
        method = scope["method"] if scope["method"] in _METHODS else "other"
        route = _route_of(scope)
        self._requests.labels(route, method, str(status)).inc()
        self._seconds.labels(route, method).observe(seconds)

    def text(self) -> bytes:
        """Everything in Prometheus's text format."""
        return generate_latest(self._registry)


class Measured:
    """Counts every request of an application, refused ones too. Time ends where the answer begins: films go on."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and note when the answer begins."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = time.perf_counter()

        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._metrics.count(scope, message["status"], time.perf_counter() - begun)
            await send(message)

        await self._app(scope, receive, noted)


def _route_of(scope: Scope) -> str:
    """The route's template, never the path: a label per video would fill the server that scrapes."""
    template: str | None = getattr(scope.get("route"), "path", None)
    if template is not None:
        return template
    first = scope["path"].split("/", 2)[1] if "/" in scope["path"] else ""
    return f"/{first}/" if first in _MOUNTED else "none"


class _HealthCollector(Collector):
    """Reads the watcher when somebody scrapes."""

    def __init__(self, watcher: Watcher) -> None:
        self._watcher = watcher

    def describe(self) -> list[Metric]:
        """Nothing ahead of time: registering must not probe anything."""
        return []

    def collect(self) -> Iterator[Metric]:
        """The readings as gauges; one without a value is left out, never 0."""
        readings = self._watcher.readings()
        states = GaugeMetricFamily("reelineage_health", "1 for the state each probe is in", labels=("probe", "status"))
        for reading in readings:
            for status in Status:
                states.add_metric((reading.name, status.value), float(reading.status is status))
        yield states
        yield from _ups(readings)
        jobs = GaugeMetricFamily("reelineage_jobs", "Jobs by state", labels=("state",))
        for reading in readings:
            for state, count in reading.counts:
                jobs.add_metric((state,), count)
        yield jobs
        for probe, (name, documentation, label) in _GAUGES.items():
            gauge = GaugeMetricFamily(name, documentation, labels=(label,) if label else ())
            for reading in readings:
                if reading.probe == probe and reading.value is not None:
                    gauge.add_metric((reading.subject,) if label else (), reading.value)
            yield gauge


def _ups(readings: tuple[Reading, ...]) -> Iterator[Metric]:
    found = {reading.probe: reading.status for reading in readings}
    for probe in sorted(ESSENTIAL - {"disk"}):
        up = found.get(probe) in (Status.OK, Status.WARN)
        yield GaugeMetricFamily(f"reelineage_{probe}_up", f"1 while the {probe} works", value=float(up))


_GAUGES: Final = {
    "queue": ("reelineage_oldest_queued_seconds", "How long the job waits that has waited longest", None),
    "parked": ("reelineage_jobs_parked", "Jobs that wait for a person's retry", None),
    "claims": ("reelineage_lease_over_seconds", "How long the oldest lease of a running job is over", None),
    "daemon": ("reelineage_daemon_heartbeat_age_seconds", "Since a daemon's last sign of life", "daemon"),
    "sensor": ("reelineage_sensor_tick_age_seconds", "Since a sensor's last tick", "sensor"),
    "schedule": ("reelineage_schedule_tick_age_seconds", "Since a schedule's last tick", "schedule"),
    "disk": ("reelineage_free_disk_bytes", "Free bytes on the home's disk", None),
    "certificate": ("reelineage_certificate_seconds_left", "Until the signing certificate expires", None),
    "clock": ("reelineage_clock_difference_seconds", "How far this machine's clock is from the database's", None),
}
