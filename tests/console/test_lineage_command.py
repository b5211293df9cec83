"""`reelineage lineage` and `impact`: what people ask, in every format, at any time, also after a take-down.

Belongs here: the commands on a finished video. Not here: the syntax of the formats (`test_showing.py`).
"""

import json
import re
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from reelineage.explain import explain
from reelineage.family import Ref
from reelineage.models import Credential, TrendReport
from resources.home import Home
from resources.takedown.execution import listed, withdraw
from tests.console.cli import call, complaint
from tests.factories import fill_job, new_job

FORMATS = ("tree", "json", "mermaid", "dot", "openlineage", "prov", "html")
KINDS = {"job", "script", "voiceover", "clip", "video", "review", "decision", "credential"}


def answer(*arguments: object) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(call(*arguments, "--format", "json").out)
    return found


def refs(found: dict[str, Any]) -> set[str]:
    return {node["ref"] for node in found["nodes"]}


@pytest.mark.usefixtures("finished")
def test_the_tree_tells_provider_prompt_version_seed_cost_hash_run_and_time() -> None:
    said = call("lineage", "video:1").out
    (writer,) = [line for line in said.splitlines() if "script_writer" in line]
    for part in ("provider 'embedded'", "prompt_version 'trend_briefing/1'", "seed 7", "cost $0", "run ", " UTC"):
        assert part in writer
    assert re.search(r"script:1  .*hash [0-9a-f]{12}….*run [0-9a-f]{8},.* UTC", said)


@pytest.mark.usefixtures("finished")
def test_json_has_the_parameters_of_every_call_in_full_but_no_document() -> None:
    nodes = answer("lineage", "video:1")["nodes"]
    calls = [node for node in nodes if node["ref"].startswith("provider_call:")]
    assert calls
    assert all(node["parameters"] for node in calls)
    assert not [node for node in nodes if {"document", "response", "manifest"} & set(node)]
    assert {node["stage"] for node in nodes} >= {"trend_collection", "trend_analysis", "content_generation"}


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("question", [("lineage", "video:1"), ("impact", "trend_fetch:1")])
@pytest.mark.usefixtures("finished")
def test_every_format_answers_both_questions_the_same_every_time(question: tuple[str, str], form: str) -> None:
    said = call(*question, "--format", form).out
    assert "video" in said
    assert call(*question, "--format", form).out == said


@pytest.mark.usefixtures("finished")
def test_impact_tells_how_much_was_made_and_where_the_file_lies() -> None:
    said = call("impact", "model:tiny/sine/1").out.splitlines()
    assert said[0].startswith("What was made from model:tiny/sine/1: 1 job, 1 voiceover, 3 clips, 1 video, 1 review")
    assert said[1] == "Videos: 1 undecided; 1 with a file in output/."
    assert "output/review/job-1-video-1.mp4" in said[2]
    call("review", "reject", 1, "--reason", "too short")
    assert "output/rejected/job-1-video-1.mp4" in call("impact", "prompt:trend_briefing/1").out
    (delivered,) = answer("impact", "source:sample")["delivered"]
    assert (delivered["state"], delivered["path"]) == ("rejected", "output/rejected/job-1-video-1.mp4")


@pytest.mark.usefixtures("finished")
def test_impact_counts_what_people_ask_for() -> None:
    found = answer("impact", "trend_fetch:1")
    assert set(found["counts"]) >= KINDS
    assert (found["counts"]["job"], found["counts"]["clip"], found["counts"]["credential"]) == (1, 3, 2)
    assert "trend_fetch:1" in refs(found)


@pytest.mark.usefixtures("finished")
def test_the_impact_of_a_job_is_all_that_was_made_for_it() -> None:
    found = answer("impact", "job:1")
    assert {"trend_report:1", "script:1", "video:1", "review:1"} <= refs(found)


@pytest.mark.usefixtures("finished")
def test_edges_say_the_same_in_both_directions() -> None:
    up, down = answer("lineage", "video:1"), answer("impact", "script:1")
    edges = {(edge["from"], edge["made_from"]) for edge in up["edges"]}
    shared = [edge for edge in down["edges"] if {edge["from"], edge["made_from"]} <= refs(up)]
    assert len(shared) > 5
    assert {(edge["from"], edge["made_from"]) for edge in shared} <= edges


def test_a_file_and_its_hash_are_recognised(finished: Home) -> None:
    path = finished.root / "output" / "review" / "job-1-video-1.mp4"
    with finished.database.read() as session:
        sha256 = session.scalars(select(Credential.file_sha256).where(Credential.subject == "video")).one()
    for question in (path, sha256, "video:1"):
        assert "trend_fetch:1" in refs(answer("lineage", question))
        assert "video:1" in refs(answer("lineage", question))


def test_a_changed_copy_is_recognised_with_a_word_on_how_sure_that_is(finished: Home) -> None:
    """The signed file with other bytes behind its boxes has another hash, and pictures that look the same."""
    source = finished.root / "output" / "review" / "job-1-video-1.mp4"
    copy = finished.root / "copy.mp4"
    copy.write_bytes(source.read_bytes() + b"\x00\x00\x00\x10free12345678")
    said = call("lineage", copy)
    assert "video:1" in said.out
    assert len(said.err.splitlines()) == 1
    assert "video:1" in said.err


def test_as_of_shows_what_was_there_then(home: Home) -> None:
    job_id = new_job(home)
    fill_job(home, job_id, "run-1")
    time.sleep(0.01)
    between = datetime.now(UTC)
    fill_job(home, job_id, "run-2", take=2)
    moment = between.isoformat()
    assert answer("lineage", "job:1", "--as-of", moment)["starts"] == ["review:1"]
    assert answer("lineage", "job:1")["starts"] == ["review:2"]
    assert "it came later" in complaint("lineage", "video:2", "--as-of", moment)
    then = refs(answer("impact", "model:toy/voiceovers", "--as-of", moment))
    assert "video:1" in then
    assert "video:2" not in then


@pytest.mark.parametrize(
    ("moment", "problem"),
    [("yesterday", "it must be a date"), ("2026-02-30", "it must be a date"), ("2020-01-01", "began later")],
)
@pytest.mark.parametrize("question", ["lineage", "impact"])
@pytest.mark.usefixtures("finished")
def test_a_time_that_is_none_or_too_early_is_refused(question: str, moment: str, problem: str) -> None:
    assert problem in complaint(question, "video:1", "--as-of", moment)


def test_what_was_taken_down_is_marked_and_what_descends_from_it_too(home: Home) -> None:
    fill_job(home, new_job(home))
    named = [Ref("trend_item", "1")]
    withdraw(home.database, named, listed(home.database, named), reason="asked for", actor="Ada")
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    up = call("lineage", "video:1").out
    assert re.search(rf"trend_report:1 .*\(taken down {today}: asked for\)", up)
    assert re.search(rf"^video:1 .*\(withdrawn: from what was taken down {today}: asked for\)", up)
    down = {node["ref"]: node for node in answer("impact", "script:1")["nodes"]}
    assert down["video:1"]["withdrawn"] == f"taken down {today}: asked for"
    for form in FORMATS:
        call("lineage", "video:1", "--format", form)


@pytest.mark.parametrize("ref", ["video:99", "nonsense", "source:nobody", "model:x/y", "/no/such/file", "a" * 64])
@pytest.mark.parametrize("question", ["lineage", "impact"])
@pytest.mark.usefixtures("finished")
def test_what_nobody_knows_is_refused_in_one_line(question: str, ref: str) -> None:
    assert complaint(question, ref)


def test_a_report_with_thousands_of_observations_is_told_quickly(finished: Home) -> None:
    with finished.database.read() as session:
        assert session.scalar(select(TrendReport.observation_count)) == 120
        assert len(explain(session, [Ref("video", "1")]).graph) > 200
    began = time.process_time()
    said = call("lineage", "video:1").out
    assert time.process_time() - began < 3
    assert len(said.splitlines()) < 80
    assert "… and 117 more trend_observation rows" in said
