"""The whole graph on a tiny video: rows, events, checks, partial runs, and what is refused.

Belongs here: what one run in this process makes and says. Not here: runs that die (`test_resume.py`).
"""

import json
import re
from typing import Any

import dagster as dg
import pytest
from sqlalchemy import func, select

from pipeline_assets.policies import CODE_VERSIONS
from reelineage import lineage, models
from reelineage.documents import Script
from resources.audit import audit_all
from resources.home import Home
from resources.record_rows import RECORDS
from tests.pipeline_assets.test_contract import UPSTREAM
from tests.tiny import ASSETS, Behaviour, create_tiny_job, produce


def materializations(result: dg.ExecuteInProcessResult) -> dict[str, dg.AssetMaterialization]:
    return {
        event.asset_key.path[-1]: event.materialization
        for event in result.get_asset_materialization_events()
        if event.asset_key
    }


def failure(result: dg.ExecuteInProcessResult) -> str:
    """What Dagster shows people about the step that failed."""
    assert not result.success
    (event,) = result.get_step_failure_events()
    data: Any = event.event_specific_data
    return str(data.user_failure_data.description)


def count_rows(home: Home) -> dict[str, int]:
    with home.database.read() as session:
        return {
            asset: session.scalar(select(func.count()).select_from(kind.model)) or 0 for asset, kind in RECORDS.items()
        }


def value(metadata: dg.MetadataValue[Any]) -> Any:
    return metadata.value


@pytest.fixture
def made(studio: Home, instance: dg.DagsterInstance) -> tuple[int, dg.ExecuteInProcessResult, Behaviour]:
    job_id = create_tiny_job(studio)
    behaviour = Behaviour()
    return job_id, produce(instance, job_id, behaviour=behaviour), behaviour


def test_one_run_makes_every_asset_and_says_where_each_came_from(
    made: tuple[int, dg.ExecuteInProcessResult, Behaviour], studio: Home
) -> None:
    job_id, result, behaviour = made
    assert result.success
    with studio.database.read() as session:
        current = lineage.current(session, job_id)
        calls = session.scalars(select(models.ProviderCall)).all()
    assert current.first_missing is None
    assert studio.queue.get(job_id).state == "awaiting_review"
    assert audit_all(studio) == []
    scenes = len(current.rows("clips"))
    assert [call for call in behaviour.calls if call.startswith("film")] == [f"film {n + 1}" for n in range(scenes)]
    assert {(call.role, call.status) for call in calls} == {
        (role, "ok") for role in ("trend_source", "script_writer", "speech_synthesizer", "footage_source")
    }

    events = materializations(result)
    assert tuple(events) == ASSETS
    for asset, event in events.items():
        rows = current.rows(asset)
        said = {name: value(metadata) for name, metadata in event.metadata.items()}
        assert said["lineage/row_id"] == ", ".join(str(row.id) for row in rows), asset
        assert said["lineage/job_id"] == job_id
        assert said["lineage/version"] == 1
        assert said["lineage/data_version"] == ", ".join(row.data_version for row in rows)
        assert said["lineage/kept"] is False
        assert said["table"] == RECORDS[asset].model.__tablename__
        assert "cost_usd" in said
        assert {row.run_id for row in rows} == {result.run_id}
        assert {row.code_version for row in rows} == {CODE_VERSIONS[asset]}
        table = event.metadata["lineage/upstream"]
        assert isinstance(table, dg.TableMetadataValue)
        listed = [record.data for record in table.records]
        wanted = [
            {
                "asset": name, "row_id": row.id, "job_id": job_id, "run_id": result.run_id,
                "data_version": row.data_version,
            }
            for name in sorted(UPSTREAM[asset])
            for row in current.rows(name)
        ]  # fmt: skip
        key = json.dumps
        assert sorted(map(key, listed)) == sorted(map(key, wanted)), asset
        if asset != "clips":
            assert (event.tags or {})["dagster/data_version"] == rows[0].data_version

    items = events["trends"].metadata["items"]
    assert isinstance(items, dg.TableMetadataValue)
    assert {"title", "views", "published"} <= set(items.records[0].data)
    assert "data:image/png;base64," in value(events["videos"].metadata["thumbnail"])

    checks = result.get_asset_check_evaluations()
    assert {check.check_name for check in checks if check.passed or check.severity is dg.AssetCheckSeverity.WARN} == {
        "script_fits_duration",
        "voice_is_audible_and_unclipped",
        "video_is_playable",
        "lineage_is_complete",
    }
    assert all(check.passed for check in checks if check.check_name != "script_fits_duration")


def test_the_same_job_again_is_the_next_version_with_the_same_content(
    made: tuple[int, dg.ExecuteInProcessResult, Behaviour], studio: Home, instance: dg.DagsterInstance
) -> None:
    job_id, _, behaviour = made
    with studio.database.read() as session:
        before = lineage.current(session, job_id)
    asked = len(behaviour.calls)
    assert produce(instance, job_id, behaviour=behaviour).success
    with studio.database.read() as session:
        after = lineage.current(session, job_id)
    for asset in ASSETS:
        assert [row.version for row in after.rows(asset)] == [2 for _ in before.rows(asset)], asset
        assert [row.data_version for row in after.rows(asset)] == [row.data_version for row in before.rows(asset)]
    assert len(behaviour.calls) == asked, "an equal request was sent again"
    assert audit_all(studio) == []


def test_assets_can_be_made_one_by_one_and_a_script_made_anew_leaves_the_video_behind(
    studio: Home, instance: dg.DagsterInstance
) -> None:
    job_id = create_tiny_job(studio)
    for asset in ASSETS:
        result = produce(instance, job_id, assets=(asset,))
        assert result.success, asset
        assert list(materializations(result)) == [asset]
    with studio.database.read() as session:
        assert lineage.current(session, job_id).first_missing is None
    assert produce(instance, job_id, assets=("scripts",)).success
    with studio.database.read() as session:
        current = lineage.current(session, job_id)
    assert current.script is not None
    assert current.script.version == 2
    assert current.first_missing == "voiceovers"
    assert audit_all(studio) == []


def test_an_asset_without_its_upstream_names_what_to_materialize(studio: Home, instance: dg.DagsterInstance) -> None:
    job_id = create_tiny_job(studio)
    assert produce(instance, job_id, assets=("trends", "analysis")).success
    before = count_rows(studio)
    said = failure(produce(instance, job_id, assets=("videos",)))
    assert re.search(rf"Materialize (scripts|voiceovers|clips) for partition {job_id} first", said)
    assert count_rows(studio) == before


def test_a_run_without_a_partition_is_refused_before_any_work(studio: Home, instance: dg.DagsterInstance) -> None:
    behaviour = Behaviour()
    assert not produce(instance, "", behaviour=behaviour).success
    assert behaviour.calls == []
    assert sum(count_rows(studio).values()) == 0


@pytest.mark.parametrize("key", ["99", "../etc/passwd", "1;drop table jobs", "٤٢", "-1", "1e30", "0", "01", "9" * 40])
def test_a_partition_without_a_job_is_refused_before_any_work(
    key: str, studio: Home, instance: dg.DagsterInstance
) -> None:
    behaviour = Behaviour()
    said = failure(produce(instance, key, behaviour=behaviour))
    assert "reelineage jobs" in said
    if key == "99":
        assert "Create one with `reelineage jobs create THEME`" in said
    assert behaviour.calls == []
    assert sum(count_rows(studio).values()) == 0


def test_transient_failures_are_tried_again_and_all_attempts_are_in_the_ledger(
    studio: Home, instance: dg.DagsterInstance
) -> None:
    job_id = create_tiny_job(studio)
    assert produce(instance, job_id, behaviour=Behaviour(transient_failures=2)).success
    with studio.database.read() as session:
        statuses = session.scalars(
            select(models.ProviderCall.status).where(models.ProviderCall.role == "speech_synthesizer")
        ).all()
    assert statuses.count("failed") == 2
    assert audit_all(studio) == []


def test_a_provider_that_stays_down_fails_the_run_and_the_job_goes_on_later(
    studio: Home, instance: dg.DagsterInstance
) -> None:
    job_id = create_tiny_job(studio)
    behaviour = Behaviour(transient_failures=3)
    assert "the tiny provider is tired" in failure(produce(instance, job_id, behaviour=behaviour))
    job = studio.queue.get(job_id)
    assert (job.state, job.error_kind, job.active_run) == ("failed", "transient", None)
    with studio.database.read() as session:
        script = lineage.current(session, job_id).script
    assert produce(instance, job_id, behaviour=behaviour).success
    with studio.database.read() as session:
        assert lineage.current(session, job_id).script == script or script is not None
        assert session.scalar(select(func.count()).select_from(models.Script)) == 1
    assert studio.queue.get(job_id).state == "awaiting_review"


def test_a_permanent_failure_parks_the_job_with_its_reason(studio: Home, instance: dg.DagsterInstance) -> None:
    job_id = create_tiny_job(studio)
    behaviour = Behaviour(permanent_failure="this voice is not for hire")
    said = failure(produce(instance, job_id, behaviour=behaviour))
    job = studio.queue.get(job_id)
    assert (job.state, job.error_kind) == ("failed", "permanent")
    assert "this voice is not for hire" in said
    assert job.error == said
    assert len(behaviour.calls) == 1, "a permanent failure was tried again"
    assert studio.queue.reconcile(lambda _: None) == [], "only a person takes a parked job back"


def test_a_bug_in_a_provider_parks_the_job_too(studio: Home, instance: dg.DagsterInstance) -> None:
    def stumble(_: str) -> None:
        raise KeyError("oops")

    job_id = create_tiny_job(studio)
    assert not produce(instance, job_id, behaviour=Behaviour(on_call=stumble)).success
    job = studio.queue.get(job_id)
    assert (job.state, job.error_kind) == ("failed", "permanent")
    assert "KeyError" in (job.error or "")


def test_a_cancelled_job_stops_soon_stores_nothing_more_and_can_go_on(
    studio: Home, instance: dg.DagsterInstance
) -> None:
    job_id = create_tiny_job(studio)

    def cancel(call: str) -> None:
        if call == "film 1":
            studio.queue.cancel(job_id)

    behaviour = Behaviour(on_call=cancel, seconds_per_frame=0.15)  # the whole scene would take some ten seconds
    said = failure(produce(instance, job_id, behaviour=behaviour))
    assert "was cancelled" in said
    assert f"reelineage jobs retry {job_id}" in said
    assert studio.queue.get(job_id).state == "cancelled"
    assert behaviour.calls.count("film 2") == 0
    with studio.database.read() as session:
        assert lineage.current(session, job_id).first_missing == "clips"
    assert "was cancelled" in failure(produce(instance, job_id)), "a cancelled job waits for a person's retry"
    studio.queue.retry(job_id)
    assert produce(instance, job_id).success
    assert audit_all(studio) == []


def test_the_stored_script_reads_back_as_the_document_that_was_made(
    made: tuple[int, dg.ExecuteInProcessResult, Behaviour], studio: Home
) -> None:
    job_id, result, _ = made
    script = result.asset_value("scripts")
    with studio.database.read() as session:
        row = lineage.current(session, job_id).script
    assert row is not None
    assert Script.model_validate(row.document) == script


def test_a_run_that_goes_well_is_silent_on_the_terminal_and_tells_dagster_everything(
    studio: Home, instance: dg.DagsterInstance, capfd: pytest.CaptureFixture[str]
) -> None:
    result = produce(instance, create_tiny_job(studio))
    assert result.success
    assert "produce_video" not in capfd.readouterr().err
    assert any("clips done" in record.user_message for record in instance.all_logs(result.run_id))
