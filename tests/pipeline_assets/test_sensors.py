"""The three sensors, asked directly: the queue becomes runs, files become jobs once, states are kept true.

Belongs here: one tick at a time. Not here: the daemon that ticks (`tests/console/test_up.py`).
"""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import dagster as dg
import pytest
from dagster._core.test_utils import create_run_for_test

from pipeline_assets.jobs import JobOrder
from pipeline_assets.sensors import queued_jobs_sensor, reconcile_jobs_sensor, theme_inbox_sensor
from reelineage.look import ProfileName
from reelineage.models import Job
from resources.home import Home
from resources.workbench import Workbench
from tests.tiny import TINY_THEME, create_tiny_job, produce


def tick(sensor: dg.SensorDefinition, instance: dg.DagsterInstance) -> dg.SensorResult | dg.SkipReason:
    with dg.build_sensor_context(instance=instance, resources={"workbench": Workbench()}) as context:
        answer = sensor(context)
    assert isinstance(answer, dg.SensorResult | dg.SkipReason)
    return answer


def requests(answer: dg.SensorResult | dg.SkipReason) -> list[dg.RunRequest]:
    assert isinstance(answer, dg.SensorResult)
    return [*(answer.run_requests or [])]


def skipped(answer: dg.SensorResult | dg.SkipReason) -> str:
    assert isinstance(answer, dg.SkipReason)
    return answer.skip_message or ""


# --- the queue ---


def test_every_queued_job_gets_one_run_request_and_its_partition(home: Home, instance: dg.DagsterInstance) -> None:
    jobs = [create_tiny_job(home) for _ in range(3)]
    answer = tick(queued_jobs_sensor, instance)
    assert [request.partition_key for request in requests(answer)] == [str(job_id) for job_id in jobs]
    keys = [request.run_key or "" for request in requests(answer)]
    assert len(set(keys)) == 3
    assert [key.rpartition("-job-")[2] for key in keys] == [f"{job_id}-1" for job_id in jobs]
    assert isinstance(answer, dg.SensorResult)
    (added,) = answer.dynamic_partitions_requests or []
    assert (added.partitions_def_name, [*added.partition_keys]) == ("job_id", [str(job_id) for job_id in jobs])
    assert [home.queue.get(job_id).state for job_id in jobs] == ["submitted"] * 3
    assert "no job is queued" in skipped(tick(queued_jobs_sensor, instance))


def test_a_retried_job_gets_another_run_key_because_dagster_remembers_keys_for_ever(
    home: Home, instance: dg.DagsterInstance
) -> None:
    job_id = create_tiny_job(home)
    (first,) = requests(tick(queued_jobs_sensor, instance))
    home.queue.cancel(job_id)
    home.queue.retry(job_id)
    (second,) = requests(tick(queued_jobs_sensor, instance))
    assert first.run_key != second.run_key


def test_two_installations_never_share_a_run_key(
    home: Home, instance: dg.DagsterInstance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_tiny_job(home)
    (here,) = requests(tick(queued_jobs_sensor, instance))
    monkeypatch.setenv("REELINEAGE_HOME", str(tmp_path / "other"))
    other = Workbench().home
    create_tiny_job(other)
    (there,) = requests(tick(queued_jobs_sensor, instance))
    other.database.close()
    assert here.partition_key == there.partition_key
    assert here.run_key != there.run_key


# --- the inbox ---


def drop(home: Home, text: str, name: str = "mine.yaml") -> Path:
    home.inbox.mkdir(parents=True, exist_ok=True)
    path = home.inbox / name
    path.write_text(text, encoding="utf-8")
    os.utime(path, (1.7e9, 1.7e9))  # a file that was just written may still be growing, and is left alone
    return path


def test_a_theme_in_the_inbox_becomes_a_job_once(home: Home, instance: dg.DagsterInstance) -> None:
    path = drop(home, TINY_THEME)
    assert "created jobs [1]" in skipped(tick(theme_inbox_sensor, instance))
    assert not path.exists()
    assert (home.inbox / "taken" / "mine.yaml").read_text(encoding="utf-8") == TINY_THEME
    assert instance.get_dynamic_partitions("job_id") == ["1"]
    assert "holds no new theme" in skipped(tick(theme_inbox_sensor, instance))
    (job,) = home.queue.newest()
    assert (job.theme_name, job.origin, job.state) == ("Tiny", "inbox", "queued")


def test_the_same_file_again_is_the_same_job_and_a_changed_one_is_another(
    home: Home, instance: dg.DagsterInstance
) -> None:
    drop(home, TINY_THEME)
    tick(theme_inbox_sensor, instance)
    drop(home, TINY_THEME)
    assert "created jobs [1]" in skipped(tick(theme_inbox_sensor, instance))
    drop(home, TINY_THEME.replace("Tiny", "Other"))
    assert "created jobs [2]" in skipped(tick(theme_inbox_sensor, instance))
    assert len(home.queue.newest()) == 2


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("name: [", "line"),
        (TINY_THEME + "colour: red\n", "'colour' is not a field"),
        (TINY_THEME.replace("sample}", "file, path: gone.csv}"), "gone.csv"),
        (TINY_THEME.replace("sample}", "file, path: ../secret.csv}"), "outside the theme's folder"),
        ("", "it must be a list"),
    ],
)
def test_a_theme_that_cannot_be_used_is_set_aside_with_the_reason(
    text: str, why: str, home: Home, instance: dg.DagsterInstance
) -> None:
    drop(home, text, "bad.yml")
    drop(home, TINY_THEME, "good.yaml")
    assert "created jobs [1]" in skipped(tick(theme_inbox_sensor, instance))
    assert (home.inbox / "refused" / "bad.yml").read_text(encoding="utf-8") == text
    assert why in (home.inbox / "refused" / "bad.yml.txt").read_text(encoding="utf-8")
    assert [path.name for path in home.inbox.iterdir() if path.is_file()] == []


def test_links_and_folders_in_the_inbox_are_left_alone(
    home: Home, instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    outside = tmp_path / "outside.yaml"
    outside.write_text(TINY_THEME, encoding="utf-8")
    home.inbox.mkdir(parents=True)
    (home.inbox / "link.yaml").symlink_to(outside)
    (home.inbox / "dangling.yaml").symlink_to(tmp_path / "nowhere")
    (home.inbox / "folder.yaml").mkdir()
    assert "holds no new theme" in skipped(tick(theme_inbox_sensor, instance))
    assert home.queue.newest() == []
    assert outside.exists()


def test_a_trend_file_beside_the_theme_is_stored_and_not_needed_again(
    studio: Home, instance: dg.DagsterInstance
) -> None:
    drop(studio, "title,views,published\nA pan dinner,1000,2026-01-02\nA nice cup,900,2026-01-01\n", "mine.csv")
    drop(studio, TINY_THEME.replace("sample}", "file, path: mine.csv}"))
    assert "created jobs [1]" in skipped(tick(theme_inbox_sensor, instance))
    (studio.inbox / "mine.csv").unlink()
    assert produce(instance, 1, assets=("trends",)).success


# --- keeping states true ---


def age(home: Home, job_id: int, **changes: object) -> None:
    with home.database.write() as session:
        job = session.get_one(Job, job_id)
        for name, value in changes.items():
            setattr(job, name, value)


def test_a_request_that_dagster_lost_is_put_back_after_a_while(home: Home, instance: dg.DagsterInstance) -> None:
    job_id = create_tiny_job(home)
    tick(queued_jobs_sensor, instance)
    assert "all states are true" in skipped(tick(reconcile_jobs_sensor, instance))
    age(home, job_id, updated_at=datetime.now(UTC) - timedelta(minutes=10))
    assert f"job {job_id}: queued again" in skipped(tick(reconcile_jobs_sensor, instance))
    assert home.queue.get(job_id).state == "queued"


def test_a_run_that_failed_before_it_began_gives_its_job_back_at_once(home: Home, instance: dg.DagsterInstance) -> None:
    job_id = create_tiny_job(home)
    (request,) = requests(tick(queued_jobs_sensor, instance))
    create_run_for_test(
        instance, "produce_video", status=dg.DagsterRunStatus.FAILURE, tags={"dagster/run_key": request.run_key or ""}
    )
    assert f"job {job_id}: queued again" in skipped(tick(reconcile_jobs_sensor, instance))


def test_a_run_that_dagster_is_still_starting_is_left_alone(home: Home, instance: dg.DagsterInstance) -> None:
    job_id = create_tiny_job(home)
    (request,) = requests(tick(queued_jobs_sensor, instance))
    create_run_for_test(
        instance, "produce_video", status=dg.DagsterRunStatus.STARTING, tags={"dagster/run_key": request.run_key or ""}
    )
    age(home, job_id, updated_at=datetime.now(UTC) - timedelta(hours=3))
    assert "all states are true" in skipped(tick(reconcile_jobs_sensor, instance))


def test_a_job_whose_worker_died_is_queued_again_until_its_attempts_are_used_up(
    home: Home, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("resources.job_queue.JobQueue._listen", lambda _: None)  # for a sign of life, seconds each time
    job_id = create_tiny_job(home)
    for attempt in (1, 2, 3):
        (request,) = requests(tick(queued_jobs_sensor, instance))
        assert (request.run_key or "").endswith(f"-{attempt}")
        home.queue.claim(job_id, f"run-{attempt}", partial=False, run_has_ended=lambda _: False)
        age(home, job_id, lease_expires_at=datetime.now(UTC) - timedelta(seconds=1))
        said = skipped(tick(reconcile_jobs_sensor, instance))
        assert f"run run-{attempt} died" in said
    job = home.queue.get(job_id)
    assert (job.state, job.error_kind) == ("failed", "permanent")
    assert f"reelineage jobs retry {job_id}" in (job.error or "")
    assert "all states are true" in skipped(tick(reconcile_jobs_sensor, instance))
    home.queue.retry(job_id)
    (request,) = requests(tick(queued_jobs_sensor, instance))
    assert (request.run_key or "").endswith("-4"), "attempts count on, because run keys are remembered"


def test_an_order_from_dagsters_pages_keeps_its_bounds() -> None:
    assert (JobOrder().theme, JobOrder().profile) == ("trend_briefing", None)
    assert [JobOrder(profile=name).profile for name in get_args(ProfileName)] == [*get_args(ProfileName)]
    for wrong in ({"seed": -1}, {"profile": "huge"}, {"theme": ""}, {"theme": "x" * 70_000}):
        with pytest.raises(ValueError, match="validation error"):
            JobOrder(**wrong)
