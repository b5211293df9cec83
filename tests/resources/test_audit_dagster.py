"""The audit against Dagster's event log: both directions, runs that were purged, runs that are still at work."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import dagster as dg
import pytest

from reelineage.models import ProviderCall
from resources.audit import audit_all
from resources.audit.dagster_events import against_dagster
from resources.home import Home
from resources.ledger import Product, Request
from tests.factories import claimed, fill_job, identity, ledger, new_job
from tests.resources.toy_graph import ToyGraph


def found(home: Home, instance: dg.DagsterInstance) -> set[tuple[str, str]]:
    return {(finding.rule, finding.ref) for finding in against_dagster(home, instance)}


@pytest.fixture
def graph(home: Home) -> ToyGraph:
    """Job 1 made by a whole run, and again in part by a second one."""
    graph = ToyGraph()
    job = new_job(home)
    assert graph.run(job).success
    graph.take = 2
    assert graph.run(job, "scripts", "voiceovers").success
    return graph


def _edit(home: Home, statement: str) -> None:
    """By a client that knows neither triggers nor keys."""
    with closing(sqlite3.connect(home.root / "reelineage.db")) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        assert connection.execute(statement).rowcount == 1
        connection.commit()


def test_rows_and_events_of_sound_runs_agree(home: Home, graph: ToyGraph) -> None:
    assert found(home, graph.instance) == set()


def test_a_row_of_another_run_is_found(home: Home, graph: ToyGraph) -> None:
    """The column that nothing in our own tables repeats."""
    _edit(home, "UPDATE reviews SET run_id = (SELECT run_id FROM scripts WHERE version = 2) WHERE id = 1")
    assert ("row_contradicts_event", "review:1") in found(home, graph.instance)


def test_another_code_version_is_found(home: Home, graph: ToyGraph) -> None:
    _edit(home, "UPDATE scripts SET code_version = 'mine' WHERE id = 1")
    assert found(home, graph.instance) == {("row_contradicts_event", "script:1")}


def test_a_lost_row_is_found_by_its_event(home: Home, graph: ToyGraph) -> None:
    _edit(home, "UPDATE clips SET id = 99 WHERE id = 2")
    assert found(home, graph.instance) == {("event_without_row", "clip:2"), ("row_without_event", "clip:99")}


def test_another_content_than_the_events_is_found(home: Home, graph: ToyGraph) -> None:
    _edit(home, "UPDATE videos SET data_version = printf('%064d', 0) WHERE id = 1")
    assert found(home, graph.instance) == {("event_without_row", "video:1"), ("row_without_event", "video:1")}


def test_an_event_that_names_no_row_is_found(home: Home, graph: ToyGraph) -> None:
    graph.instance.report_runless_asset_event(dg.AssetMaterialization("scripts", partition="1"))
    assert {rule for rule, _ in found(home, graph.instance)} == {"event_without_row"}


def test_an_event_of_no_job_is_found(home: Home, graph: ToyGraph) -> None:
    """Somebody's own partition, with the price of a review."""
    told = {"lineage/job_cost_nanousd": 5, "lineage/job_unknown_costs": 0}
    graph.instance.add_dynamic_partitions("job_id", ["mine"])
    graph.instance.report_runless_asset_event(dg.AssetMaterialization("reviews", partition="mine", metadata=told))
    assert {rule for rule, _ in found(home, graph.instance)} == {"event_without_row", "cost_contradicts_event"}


def test_small_pages_find_the_same(home: Home, graph: ToyGraph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resources.audit.dagster_events._PAGE", 2)
    monkeypatch.setattr("resources.audit.dagster_events._MOST_EVENTS", 1)
    assert found(home, graph.instance) == set()
    _edit(home, "UPDATE clips SET id = 99 WHERE id = 2")
    assert found(home, graph.instance) == {("event_without_row", "clip:2"), ("row_without_event", "clip:99")}


def test_more_rows_are_no_more_questions(home: Home, graph: ToyGraph, monkeypatch: pytest.MonkeyPatch) -> None:
    """Dagster's PostgreSQL storage opens a connection for each: a page of rows is one question."""
    asked: list[str] = []

    def counted(name: str) -> None:
        real = getattr(dg.DagsterInstance, name)

        def ask(*given: object, **named: object) -> object:
            asked.append(name)
            return real(*given, **named)

        monkeypatch.setattr(dg.DagsterInstance, name, ask)

    for name in ("get_run_by_id", "get_runs", "get_run_ids", "get_run_records", "fetch_materializations"):
        counted(name)
    assert found(home, graph.instance) == set()
    before = asked.copy()
    assert graph.run(new_job(home)).success
    asked.clear()
    assert found(home, graph.instance) == set()
    assert asked == before


def test_rows_of_runs_that_left_dagster_are_no_fault(home: Home, graph: ToyGraph) -> None:
    fill_job(home, new_job(home), "a-run-from-long-ago")
    for run in graph.instance.get_runs():
        graph.instance.delete_run(run.run_id)
    assert found(home, graph.instance) == set()


def test_a_run_at_work_gives_no_finding(any_home: Home) -> None:
    """Its call waits for an answer, its file lies in the store before the row that names it is written."""
    job = new_job(any_home)
    seen: list[object] = []

    def make(_: object) -> Product:
        any_home.store.put_bytes(b"finished, and not yet recorded", "text/plain")
        seen.extend([*audit_all(any_home, deep=True), "looked"])
        return Product({"title": "Taps"})

    fill_job(any_home, job, "run-0", until="analysis")
    with claimed(any_home, job, "run-1"):
        ledger(any_home, job, "run-1").call(Request(identity("scripts"), {"take": 1}), make)
    assert seen == ["looked"]


def test_a_price_that_was_changed_after_the_review_is_found(home: Home, graph: ToyGraph) -> None:
    """What a call cost stands in no chain: only Dagster's event tells the sum of its moment."""
    _edit(home, "UPDATE provider_calls SET cost_nanousd = 7 WHERE id = 2")
    assert ("cost_contradicts_event", "job:1") in found(home, graph.instance)


def test_what_a_job_costs_after_its_review_contradicts_nothing(home: Home, graph: ToyGraph) -> None:
    with home.database.write() as session:
        asked = session.get_one(ProviderCall, 2)
        later = {column.name: getattr(asked, column.name) for column in ProviderCall.__table__.columns}
        later |= {"id": None, "cost_nanousd": 5, "started_at": datetime.now(UTC), "finished_at": datetime.now(UTC)}
        session.add(ProviderCall(**later))
    assert found(home, graph.instance) == set()
