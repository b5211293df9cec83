"""The IO manager in real Dagster runs of a graph with our names and made-up documents, on both engines."""

import re
from collections.abc import Sequence
from typing import Any

import dagster as dg
import pytest
from sqlalchemy import text

from reelineage import lineage, models
from reelineage.documents import Clip, Script
from reelineage.fingerprint import sha256_of
from reelineage.models import Base
from resources.audit import audit_all
from resources.home import Home
from resources.record_rows import RECORDS
from resources.work import Work
from tests.factories import new_job, nobody_ended
from tests.resources.toy_graph import ToyGraph, why

RUN = "00000000-0000-4000-8000-000000000001"


@pytest.fixture
def graph() -> ToyGraph:
    return ToyGraph()


def count(home: Home, *assets: str) -> list[int]:
    """How many rows each asset has."""
    with home.database.read() as session:
        tables = [RECORDS[asset].model.__tablename__ for asset in assets or lineage.ASSETS]
        return [session.execute(text(f"SELECT count(*) FROM {t}")).scalar_one() for t in tables]  # noqa: S608 — our tables


def events(result: dg.ExecuteInProcessResult) -> dict[str, dg.AssetMaterialization]:
    return {
        event.asset_key.path[-1]: event.step_materialization_data.materialization
        for event in result.get_asset_materialization_events()
        if event.asset_key
    }


def upstream_rows(event: dg.AssetMaterialization) -> list[dict[str, Any]]:
    table: Any = event.metadata["lineage/upstream"]
    return [dict(record.data) for record in table.records]


def test_every_stored_row_has_its_job_and_the_audit_is_clean(any_home: Home, graph: ToyGraph) -> None:
    new_job(any_home)
    job = new_job(any_home)
    assert graph.run(job).success
    with any_home.database.read() as session:
        for asset, kind in RECORDS.items():
            rows: Any = session.query(kind.model).all()
            assert {row.job_id for row in rows} == {job}, asset
            assert len(rows) == (2 if asset == "clips" else 1)
    assert audit_all(any_home) == []
    assert any_home.queue.get(job).state == "awaiting_review"


def test_the_event_lists_the_very_rows_that_the_stored_keys_point_to(any_home: Home, graph: ToyGraph) -> None:
    job = new_job(any_home)
    graph.run(job)
    graph.take = 2
    result = graph.remake(job)
    for asset, event in events(result).items():
        with any_home.database.read() as session:
            current = lineage.current(session, job)
            rows = current.rows(asset)
            expected = [
                {
                    "asset": name, "row_id": row.id, "job_id": job, "run_id": row.run_id,
                    "data_version": row.data_version,
                }
                for name in RECORDS[asset].upstream for row in current.rows(name)
            ]  # fmt: skip
        listed = sorted(upstream_rows(event), key=str)
        assert listed == sorted(expected, key=str)
        assert event.metadata["lineage/row_id"].value == ", ".join(str(row.id) for row in rows)
        assert {row.run_id for row in rows} == {result.run_id}


def test_the_events_data_version_is_the_hash_of_the_content(any_home: Home, graph: ToyGraph) -> None:
    job = new_job(any_home)
    found = events(graph.run(job))
    with any_home.database.read() as session:
        current = lineage.current(session, job)
        for asset, event in found.items():
            versions = [sha256_of(row.document) for row in current.rows(asset)]
            assert versions == [row.data_version for row in current.rows(asset)]
            expected = sha256_of([*versions]) if RECORDS[asset].many else versions[0]
            assert (event.tags or {})["dagster/data_version"] == expected


def test_a_resumed_run_keeps_the_rows_that_are_current(home: Home, graph: ToyGraph) -> None:
    job = new_job(home)
    graph.remake(job, "trends", "analysis", "scripts")
    graph.take, graph.reuse = 2, False  # even if the second run makes something else
    result = graph.run(job)
    assert result.success, why(result)
    assert count(home) == [1, 1, 1, 1, 2, 1, 1]
    kept = {asset: event.metadata["lineage/kept"].value for asset, event in events(result).items()}
    assert [kept[asset] for asset in lineage.ASSETS] == [True, True, True, False, False, False, False]


def test_when_the_stored_row_wins_the_event_tells_its_version_and_not_the_new_one(home: Home, graph: ToyGraph) -> None:
    job = new_job(home)
    graph.remake(job, "trends", "analysis", "scripts")
    graph.take, graph.reuse = 2, False
    event = events(graph.run(job, "scripts"))["scripts"]
    with home.database.read() as session:
        stored = session.query(models.Script).one()
    assert (event.tags or {})["dagster/data_version"] == stored.data_version
    assert event.metadata["lineage/data_version"].value == stored.data_version
    assert event.metadata["lineage/kept"].value is True


def test_the_same_run_twice_keeps_its_row(home: Home, graph: ToyGraph) -> None:
    job = new_job(home)
    graph.remake(job, run_id=RUN)
    graph.take, graph.reuse = 2, False
    graph.instance = dg.DagsterInstance.ephemeral()  # as after a worker that was restarted with its run id
    result = graph.remake(job, "scripts", run_id=RUN)
    assert result.success, why(result)
    assert count(home, "scripts") == [1]


def test_materializing_again_stores_the_next_version_of_each(any_home: Home, graph: ToyGraph) -> None:
    job = new_job(any_home)
    for take in (1, 2, 3):
        graph.take = take
        assert graph.remake(job).success
    with any_home.database.read() as session:
        for asset, kind in RECORDS.items():
            rows: Any = session.query(kind.model).order_by(kind.model.id).all()
            versions = [1, 1, 2, 2, 3, 3] if asset == "clips" else [1, 2, 3]
            assert [row.version for row in rows] == versions
        current = lineage.current(session, job)
    assert current.video is not None
    assert current.video.version == 3
    assert audit_all(any_home) == []


def test_a_missing_upstream_names_what_to_materialize_and_stores_nothing(any_home: Home, graph: ToyGraph) -> None:
    job = new_job(any_home)
    result = graph.run(job, "scripts")
    assert not result.success
    assert f"Loading analysis for job {job}: there is no current row" in why(result)
    assert f"Materialize analysis for partition {job} first" in why(result)
    assert sum(count(any_home)) == 0


def test_an_upstream_of_the_older_branch_counts_as_missing(home: Home, graph: ToyGraph) -> None:
    """A video is made of the newest script's voice and clips, or not at all."""
    job = new_job(home)
    graph.run(job)
    graph.take = 2
    graph.remake(job, "scripts")
    result = graph.remake(job, "videos")
    assert re.search("Loading (voiceovers|clips)", why(result))
    assert re.search("Materialize (voiceovers|clips)", why(result))
    assert count(home, "videos") == [1]


@pytest.mark.parametrize("job_id", ["4711", "x", "../x", "1;drop", "٤٢", "042", "1e30", "-1"])
def test_a_partition_without_a_job_is_refused_before_any_work(home: Home, graph: ToyGraph, job_id: str) -> None:
    new_job(home)
    worked: list[str] = []
    graph.before = lambda work: worked.append(work.asset)
    result = graph.run(job_id, "trends")
    assert not result.success
    assert "reelineage jobs" in why(result)
    assert worked == []
    assert sum(count(home)) == 0


def _other_documents() -> list[tuple[str, Any, str]]:
    return [
        ("scripts", {"title": "a dict"}, "must return Script, it returned dict"),
        ("scripts", None, "must return Script, it returned NoneType"),
        ("clips", [], "must return Clip, it returned nothing"),
        ("clips", ["a clip"], "must return Clip, it returned str"),
    ]


class _BetterScript(Script):
    """A subclass holds what the schema does not."""


def _wrongly(asset: str, value: object) -> Any:
    def change(name: str, made: Any) -> Any:
        if name != asset:
            return made
        if value is _BetterScript:
            return dg.MaterializeResult(value=_BetterScript.model_validate(made.model_dump()))
        return dg.MaterializeResult(value=value)

    return change


@pytest.mark.parametrize(("asset", "value", "message"), _other_documents())
def test_a_value_of_another_type_is_refused(
    home: Home, graph: ToyGraph, asset: str, value: object, message: str
) -> None:
    job = new_job(home)
    graph.change = _wrongly(asset, value)
    result = graph.run(job)
    assert not result.success
    assert message in why(result) or "type check failed" in why(result).lower()
    assert count(home, asset) == [0]


def test_a_subclass_of_the_document_is_refused(home: Home, graph: ToyGraph) -> None:
    graph.change = _wrongly("scripts", _BetterScript)
    result = graph.run(new_job(home))
    assert "must return Script, it returned _BetterScript" in why(result)
    assert count(home, "scripts") == [0]


def test_two_clips_for_one_scene_are_refused(home: Home, graph: ToyGraph) -> None:
    def twice(asset: str, made: Sequence[Clip]) -> Any:
        return [made[0], made[0]] if asset == "clips" else made

    graph.change = twice
    job = new_job(home)
    result = graph.run(job)
    assert "two clips for one scene ([1, 1])" in why(result)
    assert count(home, "clips") == [0]


def test_a_citation_of_what_the_analysis_did_not_use_stores_neither_script_nor_edge(
    any_home: Home, graph: ToyGraph
) -> None:
    def invent(asset: str, made: Any) -> Any:
        if asset != "scripts":
            return made
        scene = made.scenes[0]
        sentence = scene.sentences[0].model_copy(update={"citations": ("youtube/item-3@2026-11-01T12:00:00Z",)})
        return made.model_copy(
            update={"scenes": (scene.model_copy(update={"sentences": (sentence,)}), *made.scenes[1:])}
        )

    graph.change = invent
    result = graph.run(new_job(any_home))
    assert "it cites youtube/item-3@2026-11-01T12:00:00Z, which its upstream row does not hold" in why(result)
    assert count(any_home, "trends", "analysis", "scripts") == [1, 1, 0]
    assert audit_all(any_home) == []


def test_a_document_that_names_no_finished_call_is_refused(home: Home, graph: ToyGraph) -> None:
    graph.change = lambda asset, made: (
        made.model_copy(update={"request_sha256": "0" * 64}) if asset == "scripts" else made
    )
    result = graph.run(new_job(home))
    assert "no finished provider call has the fingerprint 000000000000" in why(result)
    assert count(home, "scripts") == [0]


def test_a_run_that_lost_the_job_stores_nothing(any_home: Home, graph: ToyGraph) -> None:
    job = new_job(any_home)

    def take_over(asset: str, made: Any) -> Any:
        if asset == "scripts":
            any_home.queue.claim(job, "the other run", partial=False, run_has_ended=lambda _: True)
        return made

    graph.change = take_over
    result = graph.run(job)
    assert not result.success
    assert "no longer holds the job (run the other run does), so nothing was written" in why(result)
    assert count(any_home, "trends", "analysis", "scripts") == [1, 1, 0]
    held = any_home.queue.get(job)
    assert (held.state, held.active_run, held.error) == ("running", "the other run", None)


def test_a_cancelled_job_stores_nothing_more(any_home: Home, graph: ToyGraph) -> None:
    job = new_job(any_home)
    graph.change = lambda asset, made: (any_home.queue.cancel(job), made)[1] if asset == "analysis" else made
    result = graph.run(job)
    assert "nobody does" in why(result)
    assert count(any_home, "trends", "analysis") == [1, 0]
    assert any_home.queue.get(job).state == "cancelled"


def test_an_input_that_became_old_while_the_asset_was_made_is_refused(any_home: Home, graph: ToyGraph) -> None:
    """Dagster loads inputs before the step claims the job; a run that ended in between may have stored newer ones."""
    job = new_job(any_home)
    graph.remake(job, "trends", "analysis", "scripts")
    other = ToyGraph()
    other.take = 2
    done: list[str] = []

    def newer_script(asset: str, made: Any) -> Any:
        if asset == "voiceovers" and not done:
            done.append(asset)
            mine = any_home.queue.get(job).active_run or ""
            any_home.queue.release(job, mine)
            assert other.remake(job, "scripts").success
            any_home.queue.claim(job, mine, partial=True, run_has_ended=nobody_ended)
        return made

    graph.change = newer_script
    result = graph.remake(job, "voiceovers")
    assert f"Storing voiceovers of job {job}: newer scripts were stored while it was made" in why(result)
    assert count(any_home, "voiceovers") == [0]


def test_a_second_live_run_is_refused_before_any_work_and_named(home: Home, graph: ToyGraph) -> None:
    job = new_job(home)
    home.queue.claim(job, "the first run", partial=False, run_has_ended=nobody_ended)
    worked: list[Work] = []
    graph.before = worked.append
    result = graph.run(job)
    assert "run the first run is working on it" in why(result)
    assert worked == []
    assert sum(count(home)) == 0
    assert home.queue.get(job).active_run == "the first run"


def test_a_failing_asset_notes_its_reason_and_gives_the_job_back(home: Home, graph: ToyGraph) -> None:
    def explode(asset: str, made: Any) -> Any:
        if asset == "voiceovers":
            raise ZeroDivisionError("no seconds")
        return made

    graph.change = explode
    job = new_job(home)
    assert not graph.run(job).success
    failed = home.queue.get(job)
    assert (failed.state, failed.error_kind, failed.active_run) == ("failed", "permanent", None)
    assert failed.error is not None
    assert "ZeroDivisionError: no seconds" in failed.error
    graph.change = lambda _, made: made
    home.queue.retry(job)
    assert graph.run(job).success
    assert count(home) == [1, 1, 1, 1, 2, 1, 1]
    assert audit_all(home) == []


def test_a_document_that_was_taken_down_is_not_loaded(home: Home, graph: ToyGraph) -> None:
    job = new_job(home)
    graph.run(job, "trends", "analysis")
    with home.database.write() as session:
        session.execute(text("INSERT INTO tombstones (reason, actor, created_at) VALUES ('x', 'y', '2026-01-01')"))
        session.execute(text("INSERT INTO tombstone_targets VALUES (1, 'trend_analysis', '1', 'removed')"))
        session.execute(text("UPDATE trend_analyses SET document = NULL, tombstone_id = 1"))
    result = graph.run(job, "scripts")
    assert f"Loading analysis for job {job}: the content of row 1 was taken down" in why(result)
    assert audit_all(home) == []


def test_nothing_is_ever_pickled(home: Home, graph: ToyGraph, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("somebody pickles")

    monkeypatch.setattr("pickle.dump", refuse)
    monkeypatch.setattr("pickle.load", refuse)
    assert graph.run(new_job(home), "trends", "analysis", "scripts").success


def test_the_io_manager_knows_every_asset_and_every_record_table() -> None:
    assert tuple(RECORDS) == lineage.ASSETS
    marked = {table.name for table in Base.metadata.sorted_tables if table.info.get("record")}
    assert marked == {kind.model.__tablename__ for kind in RECORDS.values()}
