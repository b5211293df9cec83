"""Events: valid by the schemas that they name, the same on every day, and without content.

Belongs here: what an event says. Not here: its edges (`test_same_edges.py`), sending.
"""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import attr
import jsonschema  # type: ignore[import-untyped]  # ships no type information
import pytest
from openlineage.client.event_v2 import RunEvent
from sqlalchemy import select
from sqlalchemy.orm import Session

from reelineage.explain import explain
from reelineage.family import Ref
from reelineage.models import Installation, ProviderCall
from resources.decisions import decide
from resources.exports import facets, openlineage, rows
from resources.home import Home
from resources.ledger import Product, Request
from resources.settings import PROJECT
from resources.takedown.execution import listed, withdraw
from tests.factories import NOON, claimed, edit_job, fill_job, identity, ledger, new_job

A, B = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
SCHEMAS = PROJECT / "docs" / "schemas"
SECRET = "How to mend tap"  # noqa: S105 — a title that the toy observations carry, not a password


def events_of(home: Home) -> list[dict[str, Any]]:
    with home.database.read() as session:
        return list(openlineage.events(rows.stream(session), uuid_of(session)))


def uuid_of(session: Session) -> str:
    return session.execute(select(Installation.uuid)).scalar_one()


def schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))
    return found


def own_facets(event: Mapping[str, Any]) -> dict[str, Any]:
    found = {**event["run"]["facets"]}
    for dataset in (*event["inputs"], *event["outputs"]):
        found.update(dataset.get("facets", {}))
    return {name: facet for name, facet in found.items() if name.startswith("reelineage_")}


def test_the_schema_files_are_the_facets_and_no_others() -> None:
    assert {path.stem for path in SCHEMAS.glob("*.json")} == {facet.__name__ for facet in facets.FACETS.values()}
    for key, facet in facets.FACETS.items():
        written = schema(facet.__name__)
        jsonschema.Draft202012Validator.check_schema(written)
        described = written["$defs"][facet.__name__]["properties"]
        names = {field.name for field in attr.fields(facet) if not field.name.startswith("_")}
        assert set(described) - {"_producer", "_schemaURL"} == names
        assert all(one.get("description") for one in described.values())
        assert facets.schema_url(facet.__name__) == f"{written['$id']}#/$defs/{facet.__name__}"
        assert list(written["properties"]) == [key]


def test_every_facet_of_a_finished_and_edited_video_is_valid_by_the_schema_that_it_names(finished: Home) -> None:
    edit_job(finished, 1)
    seen = set()
    for event in events_of(finished):
        for name, facet in own_facets(event).items():
            seen.add(name)
            assert facet["_schemaURL"] == facets.schema_url(facets.FACETS[name].__name__)
            jsonschema.validate({name: facet}, schema(facets.FACETS[name].__name__))
    assert seen == set(facets.FACETS) - {"reelineage_decision"}


def test_the_specification_s_own_classes_take_every_event(finished: Home) -> None:
    for event in events_of(finished):
        RunEvent(eventTime=event["eventTime"], run=event["run"], job=event["job"], producer=event["producer"])
        UUID(event["run"]["runId"])
        assert event["schemaURL"].startswith("https://openlineage.io/spec/2-0-2/")


def test_each_run_starts_and_ends_once_in_this_order(any_home: Home) -> None:
    fill_job(any_home, new_job(any_home))
    states: dict[str, list[str]] = {}
    for event in events_of(any_home):
        states.setdefault(event["run"]["runId"], []).append(event["eventType"])
    assert set(map(tuple, states.values())) == {("START", "COMPLETE"), ("START", "RUNNING", "COMPLETE")}


def test_what_came_first_is_told_first(any_home: Home) -> None:
    fill_job(any_home, new_job(any_home))
    known: set[str] = set()
    for event in events_of(any_home):
        rows_used = {one["name"] for one in event["inputs"] if not one["name"].startswith("media_item")}
        assert rows_used <= known
        known |= {one["name"] for one in event["outputs"]}


def test_the_same_rows_give_the_same_bytes(finished: Home) -> None:
    first, again = (list(map(openlineage.as_line, events_of(finished))) for _ in range(2))
    assert first == again


def test_two_installations_never_share_a_run(any_home: Home) -> None:
    fill_job(any_home, new_job(any_home))
    with any_home.database.read() as session:
        told = list(rows.stream(session))
    one, other = ({event["run"]["runId"] for event in openlineage.events(told, name)} for name in (A, B))
    assert one
    assert not one & other


def insert_call(home: Home, status: str) -> None:
    """A call as it stands in the ledger, of no job."""
    with home.database.write() as session:
        session.add(
            ProviderCall(
                role="footage_source", provider="toy", model=status, parameters={"prompt": SECRET}, status=status,
                request_sha256="a" * 64, error=SECRET if status == "failed" else None, started_at=NOON,
                finished_at=None if status == "intent" else NOON + timedelta(seconds=3),
            )
        )  # fmt: skip


@pytest.mark.parametrize(("status", "states"), [("failed", "FAIL"), ("ambiguous", "ABORT"), ("ok", "COMPLETE")])
def test_a_call_is_told_as_it_ended_with_when_it_was_sent(home: Home, status: str, states: str) -> None:
    insert_call(home, status)
    start, end = events_of(home)
    assert (start["eventType"], end["eventType"]) == ("START", states)
    assert (start["eventTime"], end["eventTime"]) == ("2026-11-01T12:00:00Z", "2026-11-01T12:00:03Z")
    assert "cost_nanousd" not in end["run"]["facets"]["reelineage_provider_call"], "unknown is not 0"
    assert SECRET not in json.dumps([start, end])


def test_a_call_on_its_way_is_not_told_yet(home: Home) -> None:
    insert_call(home, "intent")
    assert events_of(home) == []


def test_no_content_is_told(home: Home) -> None:
    job_id = new_job(home)
    fill_job(home, job_id)
    request = Request(identity("scripts"), {"prompt": "a secret prompt"})
    with claimed(home, job_id, "run-2", partial=True):
        ledger(home, job_id, "run-2").call(request, lambda _: Product({"answer": "a secret answer"}))
    said = json.dumps(events_of(home))
    assert "provider_call" in said
    for content in (SECRET, "Taps rise", "Taps 1", "secret prompt", "secret answer"):
        assert content not in said


def test_a_family_tells_no_content_either(finished: Home) -> None:
    with finished.database.read() as session:
        told = rows.of_family(session, explain(session, [Ref("video", "1")]))
    assert not any({"title", "document", "parameters", "response", "manifest"} & set(one.values) for one in told)


def test_what_was_taken_down_says_so_and_the_take_down_is_told_as_a_run(home: Home) -> None:
    fill_job(home, new_job(home))
    before = {event["run"]["runId"] for event in events_of(home)}
    refs = [Ref("script", "1")]
    withdraw(home.database, refs, listed(home.database, refs), reason="asked for", actor="Ada")
    events = events_of(home)
    assert before <= {event["run"]["runId"] for event in events}
    facet = {one["row"]: one for event in events if (one := event["run"]["facets"].get("reelineage_lineage"))}
    assert facet["script:1"]["tombstone"] == "tombstone:1"
    assert "tombstone" not in facet["trend_report:1"]
    dropped = {
        dataset["name"]
        for event in events
        if event["job"]["name"] == "tombstones"
        for dataset in event["outputs"]
        if dataset["facets"].get("lifecycleStateChange", {}).get("lifecycleStateChange") == "DROP"
    }
    assert {"script:1", "video:1"} <= dropped


def test_a_fetch_of_thousands_is_told_in_several_events(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openlineage, "_MEMBERS", 2)
    fill_job(home, new_job(home), until="trends")
    fetch = [event for event in events_of(home) if event["job"]["name"] == "trend_fetches"]
    assert [event["eventType"] for event in fetch] == ["START", "RUNNING", "RUNNING", "COMPLETE"]
    assert [len(event["outputs"]) for event in fetch] == [0, 2, 1, 2]


def test_a_line_is_ascii_so_that_no_name_commands_a_terminal(home: Home) -> None:
    """U+009B opens a control sequence as ESC [ does."""
    fill_job(home, new_job(home))
    decide(home.database, 1, verdict="reject", reason="x", actor="Zoë \x9b2J", allow_demo=False)
    lines = [openlineage.as_line(event) for event in events_of(home)]
    assert [line for line in lines if "Zo\\u00eb" in line]
    assert all(line.isascii() for line in lines)
