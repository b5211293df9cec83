"""The daily schedule, asked directly: what is due is deleted once, what a take-down left is made good, runs go on."""

from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest
from sqlalchemy import select

from pipeline_assets.definitions import build_definitions
from pipeline_assets.schedules import honour_obligations, honour_obligations_schedule
from reelineage.models import Tombstone, TombstoneTarget, TrendObservation
from resources.home import Home
from resources.workbench import Workbench
from tests.resources.test_takedown import hashes
from tests.resources.test_takedown_duties import due_job, owe
from tests.resources.test_takedown_races import bring_back, withdraw_now
from tests.tiny import create_tiny_job, produce


def honour(instance: dg.DagsterInstance) -> dict[str, object]:
    """One run of the schedule's job, and what it tells."""
    result = honour_obligations.execute_in_process(instance=instance, resources={"workbench": Workbench()})
    assert result.success
    (event,) = [event for event in result.all_events if event.event_type_value == "STEP_OUTPUT"]
    return {name: value.value for name, value in event.step_output_data.metadata.items()}


def test_it_runs_every_day_from_the_start() -> None:
    definitions = build_definitions()
    schedule = definitions.resolve_schedule_def("honour_obligations_schedule")
    assert schedule.default_status is dg.DefaultScheduleStatus.RUNNING
    assert schedule.cron_schedule == "17 3 * * *"
    assert honour_obligations_schedule.job_name == "honour_obligations"


def test_what_is_due_is_deleted_once(home: Home, instance: dg.DagsterInstance) -> None:
    due_job(home)
    assert honour(instance)["fetches"] == 1
    with home.database.read() as session:
        assert session.scalars(select(TrendObservation.title).where(TrendObservation.title.is_not(None))).all() == []
        assert [one.actor for one in session.scalars(select(Tombstone))] == ["schedule"]
    assert honour(instance)["fetches"] == 0


def test_what_a_pulled_plug_left_is_deleted(home: Home, instance: dg.DagsterInstance) -> None:
    job = due_job(home, days=9)
    taken = withdraw_now(home, f"script:{job}")
    assert honour(instance)["files_swept"] == len(taken.plan.files)
    bring_back(home, taken)
    assert honour(instance)["files_swept"] == 1
    assert not hashes(home) & set(taken.plan.files)


def test_a_job_whose_text_is_due_before_its_script_fails_with_the_reason(
    studio: Home, instance: dg.DagsterInstance
) -> None:
    job = create_tiny_job(studio)
    assert produce(instance, job, assets=("trends", "analysis")).success
    owe(studio, 1, datetime.now(UTC) - timedelta(days=1))
    assert honour(instance)["run_histories_deleted"] == 1
    row = studio.queue.get(job)
    assert (row.state, row.error_kind) == ("failed", "permanent")
    result = produce(instance, job, assets=("scripts",))
    assert not result.success
    failure = result.failure_data_for_node("scripts")
    assert failure is not None
    assert failure.user_failure_data is not None
    assert "the content of row 1 was taken down" in (failure.user_failure_data.description or "")


def test_a_video_that_was_finished_before_its_text_was_due_stays_whole(
    studio: Home, instance: dg.DagsterInstance
) -> None:
    job = create_tiny_job(studio)
    assert produce(instance, job).success
    owe(studio, 1, datetime.now(UTC) - timedelta(days=1))
    before = {path.name for path in (studio.root / "output" / "review").iterdir()}
    assert before
    honour(instance)
    studio.output.repair()
    assert {path.name for path in (studio.root / "output" / "review").iterdir()} == before
    assert studio.queue.get(job).state == "awaiting_review"
    with studio.database.read() as session:
        assert set(session.scalars(select(TombstoneTarget.effect))) == {"removed"}


@pytest.mark.usefixtures("home")
def test_a_day_without_anything_due_does_nothing(instance: dg.DagsterInstance) -> None:
    assert honour(instance) == {
        "fetches": 0, "files_swept": 0, "run_histories_deleted": 0, "runs_still_at_work": 0,
    }  # fmt: skip
