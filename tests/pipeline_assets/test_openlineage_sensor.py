"""The sensor that tells rows while the factory works: on only where a server is named, and harmless when that is down.

Belongs here: one tick in Dagster. Not here: the cursor (`tests/resources/exports/test_emitter.py`).
"""

import json
import time
from collections.abc import Iterator

import dagster as dg
import pytest

from pipeline_assets import openlineage_sensor as module
from pipeline_assets.definitions import build_definitions
from pipeline_assets.openlineage_sensor import build_openlineage_sensor
from resources.home import Home, open_home
from resources.workbench import Workbench
from tests.factories import fill_job, new_job
from tests.resources.exports.receiver import Receiver, receiver


@pytest.fixture
def server(home: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """A receiver that the settings of the home name."""
    fill_job(home, new_job(home))
    with receiver() as state:
        monkeypatch.setenv("REELINEAGE_OPENLINEAGE_URL", state.url)
        yield state
        open_home().database.close()


def tick(instance: dg.DagsterInstance, cursor: str | None = None) -> tuple[str, str | None]:
    """What the sensor says, and its cursor afterwards."""
    workbench = {"workbench": Workbench()}
    with dg.build_sensor_context(instance=instance, cursor=cursor, resources=workbench) as context:
        answer = build_openlineage_sensor("http://x")(context)
        assert isinstance(answer, dg.SkipReason)
        return answer.skip_message or "", context.cursor


def test_committed_rows_are_sent_once(instance: dg.DagsterInstance, server: Receiver) -> None:
    said, cursor = tick(instance)
    assert said == f"sent {len(server.rows)} rows"
    assert {"trend_report:1", "video:1", "review:1"} <= set(server.rows)
    assert set(server.paths) == {"/api/v1/lineage"}
    assert tick(instance, cursor)[0] == "sent 0 rows"


def test_a_server_that_is_down_fails_no_tick_and_loses_no_row(instance: dg.DagsterInstance, server: Receiver) -> None:
    server.answers = [500]
    said, cursor = tick(instance)
    assert "it answered 500" in said
    assert cursor is not None
    said, cursor = tick(instance, cursor)
    assert "the last sending failed" in said
    assert server.received == []


def test_a_row_that_the_server_never_takes_is_named_in_the_log(
    instance: dg.DagsterInstance, server: Receiver, capfd: pytest.CaptureFixture[str]
) -> None:
    cursor: str | None = None
    for _ in range(5):
        server.answers = [413]
        rested = json.dumps(json.loads(cursor) | {"not_before": None}) if cursor else None
        said, cursor = tick(instance, rested)
    assert said.startswith("sent ")
    assert "The server refused provider_call:1 too often: passed over" in capfd.readouterr().err


def test_a_server_that_hangs_holds_the_daemon_up_for_a_moment_only(
    instance: dg.DagsterInstance, server: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_SENDING_SECONDS", 0.3)
    server.answers = ["hang"] * 100
    began = time.monotonic()
    assert "no answer within 0.3 s" in tick(instance)[0]
    assert time.monotonic() - began < 8  # each answer would come after ten seconds


@pytest.mark.usefixtures("home")
def test_without_a_server_nothing_is_sent(instance: dg.DagsterInstance) -> None:
    assert "names no server" in tick(instance)[0]


def status_of(name: str) -> dg.DefaultSensorStatus:
    (found,) = [one for one in build_definitions().sensors or [] if one.name == name]
    assert isinstance(found, dg.SensorDefinition)
    return found.default_status


def test_the_sensor_is_on_only_where_a_server_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert status_of("openlineage_sensor") is dg.DefaultSensorStatus.STOPPED
    monkeypatch.setenv("REELINEAGE_OPENLINEAGE_URL", "http://127.0.0.1:5000")
    assert status_of("openlineage_sensor") is dg.DefaultSensorStatus.RUNNING
