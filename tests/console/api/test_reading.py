"""Lineage, trends and costs: what the command line prints as JSON, with an ETag."""

import json

import pytest

from resources.access import Role
from resources.home import Home
from tests.console.cli import call
from tests.console.web_client import client
from tests.factories import fill_job, new_job
from tests.resources.test_takedown import take_down


@pytest.mark.parametrize(("direction", "command"), [("up", "lineage"), ("down", "impact")])
def test_the_graph_is_the_one_of_the_command_line(finished: Home, direction: str, command: str) -> None:
    asked = client(finished, Role.VIEWER)
    answer = asked.get(f"/api/jobs/1/lineage?direction={direction}")
    assert answer.json() == json.loads(call(command, "job:1", "--format", "json").out)
    again = asked.get(f"/api/jobs/1/lineage?direction={direction}", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


def test_a_job_without_rows_has_an_empty_graph_and_an_unknown_job_none(any_home: Home) -> None:
    job_id, asked = new_job(any_home), client(any_home)
    for direction in ("up", "down"):
        answer = asked.get(f"/api/jobs/{job_id}/lineage?direction={direction}")
        assert answer.json() == {"starts": [], "nodes": [], "edges": []}
    assert asked.get("/api/jobs/99/lineage").status_code == 404
    assert asked.get(f"/api/jobs/{job_id}/lineage?direction=sideways").status_code == 422


def test_a_graph_may_be_asked_for_as_it_stood(home: Home) -> None:
    job_id = new_job(home)
    fill_job(home, job_id)
    now = client(home).get(f"/api/jobs/{job_id}/lineage").json()
    made = next(node for node in now["nodes"] if node["ref"] == "script:1")["created_at"]
    then = client(home).get(f"/api/jobs/{job_id}/lineage", params={"as_of": made}).json()
    assert (now["starts"], then["starts"]) == (["review:1"], ["script:1"])
    assert client(home).get(f"/api/jobs/{job_id}/lineage?as_of=2026-02-30").status_code == 422


def test_the_newest_analysis_names_the_row_behind_every_key(any_home: Home) -> None:
    fill_job(any_home, new_job(any_home), until="analysis")
    rows = fill_job(any_home, new_job(any_home), until="analysis", take=2)
    told = client(any_home, Role.VIEWER).get("/api/trends/latest").json()
    assert (told["id"], told["job_id"]) == (rows["analysis"][0].id, 2)
    keys = {key for statement in told["analysis"]["statements"] for key in statement["evidence"]}
    assert keys
    assert set(told["evidence"]) == keys
    for ref in told["evidence"].values():
        assert json.loads(call("lineage", ref, "--format", "json").out)["starts"] == [ref]


def test_without_an_analysis_there_are_no_trends_and_a_withdrawn_one_is_none(home: Home) -> None:
    asked = client(home)
    assert asked.get("/api/trends/latest").status_code == 404
    fill_job(home, new_job(home), until="analysis")
    fill_job(home, new_job(home), until="analysis", take=2)
    take_down(home, "trend_analysis:2")
    assert asked.get("/api/trends/latest").json()["id"] == 1


@pytest.mark.parametrize("by", ["month", "stage", "job", "video"])
def test_costs_are_those_of_the_command_line(home: Home, by: str) -> None:
    fill_job(home, new_job(home))
    told = client(home, Role.VIEWER).get(f"/api/costs?by={by}&since=2020-01-01&job_id=1").json()
    assert told == json.loads(call("costs", "--by", by, "--since", "2020-01-01", "--job", 1, "--json").out)
    assert told["calls"] or by == "month"


def test_a_time_span_is_read_as_the_command_line_reads_it(home: Home) -> None:
    asked = client(home)
    backwards = asked.get("/api/costs?since=2026-11-22&until=2026-11-01")
    assert (backwards.status_code, "since lies after until" in backwards.json()["detail"]) == (422, True)
    assert "must be a date such as" in asked.get("/api/costs?since=yesterday").json()["detail"]
    assert asked.get("/api/costs", params={"since": "2026-11-22T14:30:00+01:00"}).status_code == 200
