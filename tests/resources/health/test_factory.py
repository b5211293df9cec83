"""Dagster's daemon, sensors and schedules as its own tables tell of them."""

import time
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.remote_origin import (
    RegisteredCodeLocationOrigin,
    RemoteInstigatorOrigin,
    RemoteRepositoryOrigin,
)
from dagster._core.scheduler.instigation import (
    InstigatorState,
    InstigatorStatus,
    SensorInstigatorData,
    TickData,
    TickStatus,
)
from dagster._core.scheduler.instigation import InstigatorType as Kind
from dagster._daemon.types import DaemonHeartbeat
from dagster_shared.error import SerializableErrorInfo

from console.dagster_home import open_instance
from resources.health.factory import Factory
from resources.health.readings import Reading, Status
from resources.home import Home

SENSOR = "queued_jobs_sensor"


@pytest.fixture
def opened(home: Home) -> Iterator[dg.DagsterInstance]:
    """The home's own Dagster."""
    with open_instance(home) as instance:
        yield instance


def factory(home: Home, *, serving: bool = True) -> Factory:
    return Factory(home.settings.dagster_root, sensors=[SENSOR], schedules=["daily"], serving=serving)


def read(home: Home, *, serving: bool = True) -> dict[str, Reading]:
    return {reading.name: reading for reading in factory(home, serving=serving).look()}


def beat(instance: dg.DagsterInstance, seconds_ago: float, error: str | None = None) -> None:
    errors = [SerializableErrorInfo(error, [], None)] if error else None
    for daemon in instance.get_required_daemon_types():
        instance.add_daemon_heartbeat(DaemonHeartbeat(time.time() - seconds_ago, daemon, "one", errors))


def tick(
    instance: dg.DagsterInstance, status: TickStatus, seconds_ago: float, *, location: str = "reelineage"
) -> InstigatorState:
    """A tick of the sensor, as the daemon notes it."""
    origin = RemoteInstigatorOrigin(
        RemoteRepositoryOrigin(RegisteredCodeLocationOrigin(location), "__repository__"), SENSOR
    )
    state = InstigatorState(origin, Kind.SENSOR, InstigatorStatus.DECLARED_IN_CODE, SensorInstigatorData())
    if instance.get_instigator_state(state.instigator_origin_id, state.selector_id) is None:
        instance.add_instigator_state(state)
    error = SerializableErrorInfo("the database\nis gone <b>", [], None) if status is TickStatus.FAILURE else None
    instance.create_tick(
        TickData(
            state.instigator_origin_id,
            SENSOR,
            Kind.SENSOR,
            status,
            time.time() - seconds_ago,
            run_ids=["run"] if status is TickStatus.SUCCESS else [],
            error=error,
            selector_id=state.selector_id,
        )
    )
    return state


def test_a_home_on_which_dagster_never_ran_is_said_and_nothing_is_made(home: Home) -> None:
    assert read(home)["daemon"].status is Status.BAD
    assert read(home, serving=False)["daemon"].status is Status.WARN
    assert not home.settings.dagster_root.exists()


def test_a_daemon_that_never_spoke_is_a_warning_and_one_that_fell_silent_is_bad_while_one_ought_to_run(
    home: Home, opened: dg.DagsterInstance
) -> None:
    assert read(home)["daemon SENSOR"].status is Status.WARN
    for seconds, serving, expected in (
        (1, True, Status.OK),
        (150, True, Status.WARN),
        (400, True, Status.BAD),
        (150, False, Status.WARN),
    ):
        beat(opened, seconds)
        reading = read(home, serving=serving)["daemon SENSOR"]
        assert reading.status is expected
        assert reading.value == pytest.approx(seconds, abs=30)


def test_daemons_that_are_at_rest_and_need_not_work_are_told_in_one_line(
    home: Home, opened: dg.DagsterInstance
) -> None:
    def daemons() -> list[str]:
        return [name for name in read(home, serving=False) if name.startswith("daemon")]

    assert daemons() == ["daemon"]
    assert "none gave a sign of life yet" in read(home, serving=False)["daemon"].seen
    beat(opened, 400)
    reading = read(home, serving=False)["daemon"]
    assert (reading.status, daemons()) == (Status.WARN, ["daemon"])
    assert "the last sign of life is 7 min old" in reading.seen
    assert "Start `reelineage up`" in reading.advice
    beat(opened, 1)
    assert "daemon SENSOR" in daemons()
    assert "daemon" not in daemons()


def test_what_a_daemon_complains_of_is_told(home: Home, opened: dg.DagsterInstance) -> None:
    beat(opened, 1, "it cannot\x00 load the code")
    reading = read(home)["daemon SENSOR"]
    assert (reading.status, "it cannot load the code" in reading.seen) == (Status.WARN, True)


def test_a_sensors_last_tick_and_its_error_are_told(home: Home, opened: dg.DagsterInstance) -> None:
    beat(opened, 1)
    reading = read(home)[f"sensor {SENSOR}"]
    assert (reading.status, reading.value) == (Status.WARN, None)
    tick(opened, TickStatus.SKIPPED, 20)
    reading = read(home)[f"sensor {SENSOR}"]
    assert (reading.status, reading.seen) == (Status.OK, "Last tick 20 s ago.")
    tick(opened, TickStatus.FAILURE, 10)
    tick(opened, TickStatus.STARTED, 1)  # the next try is under way, and does not hide that the last one failed
    reading = read(home)[f"sensor {SENSOR}"]
    assert (reading.status, "It failed: the database is gone <b>" in reading.seen) == (Status.WARN, True)


def test_a_sensor_is_late_only_where_the_daemon_lives(home: Home, opened: dg.DagsterInstance) -> None:
    tick(opened, TickStatus.SUCCESS, 400)
    beat(opened, 400)
    assert read(home)[f"sensor {SENSOR}"].status is Status.OK
    beat(opened, 1)
    assert read(home)[f"sensor {SENSOR}"].status is Status.WARN


def test_a_sensor_that_somebody_stopped_is_told(home: Home, opened: dg.DagsterInstance) -> None:
    beat(opened, 1)
    state = tick(opened, TickStatus.SUCCESS, 5)
    opened.update_instigator_state(state.with_status(InstigatorStatus.STOPPED))
    reading = read(home)[f"sensor {SENSOR}"]
    assert (reading.status, reading.seen.startswith("Somebody stopped it.")) == (Status.WARN, True)


def test_a_state_left_by_an_earlier_code_location_does_not_speak_for_todays(
    home: Home, opened: dg.DagsterInstance
) -> None:
    beat(opened, 1)
    tick(opened, TickStatus.SUCCESS, 5)
    tick(opened, TickStatus.FAILURE, 90_000, location="before")
    assert read(home)[f"sensor {SENSOR}"].status is Status.OK


def test_a_schedule_that_is_not_due_yet_is_no_fault(home: Home, opened: dg.DagsterInstance) -> None:
    beat(opened, 1)
    reading = read(home)["schedule daily"]
    assert (reading.status, reading.value) == (Status.OK, None)


def test_settings_that_dagster_cannot_read_are_bad_and_one_repaired_is_read_again(
    home: Home, opened: dg.DagsterInstance
) -> None:
    settings = Path(opened.root_directory) / "dagster.yaml"
    right = settings.read_text(encoding="utf-8")
    settings.write_text("storage: {no_such: thing}\n", encoding="utf-8")
    looking = factory(home)
    (reading,) = looking.look()
    assert (reading.status, reading.name) == (Status.BAD, "daemon")
    settings.write_text(right, encoding="utf-8")
    assert {one.probe for one in looking.look()} == {"daemon", "sensor", "schedule"}
