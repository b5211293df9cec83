"""`reelineage diff`: the first stage where two things part, said on toy jobs.

Belongs here: the command and the way to each side. Not here: the difference of two values (`test_comparison.py`).
"""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from reelineage import lineage
from reelineage.comparing.branches import MADE_FROM, PARTS, branch_of, compare
from reelineage.documents import Video
from reelineage.family import Ref
from reelineage.models import Tombstone
from reelineage.models import Video as VideoRow
from resources.home import Home
from tests.conftest import FillHome
from tests.console.cli import call, complaint
from tests.factories import fill_job, new_job


def three_takes(home: Home) -> None:
    job = new_job(home)
    fill_job(home, job, "run-1", take=1)
    fill_job(home, job, "run-2", take=2)
    fill_job(home, job, "run-3", take=1)


@pytest.fixture
def takes(fill_home: FillHome) -> Home:
    """Job 1 with two takes (videos 1 and 2) and the first take made once more (video 3)."""
    return fill_home(three_takes)


def first_words(said: str) -> dict[str, str]:
    """The line of each stage without the rows behind it."""
    return {
        line.split()[0]: line.split("  (")[0].split(maxsplit=1)[1]
        for line in said.splitlines()[2:]
        if not line.startswith(" ")
    }


@pytest.mark.usefixtures("takes")
def test_two_takes_part_where_the_first_document_differs_and_the_rest_follows() -> None:
    said = call("diff", "video:1", "video:2").out
    assert said.splitlines()[0] == "video:1 and video:2 part at trends (trend_collection)."
    assert first_words(said) == {
        "order": "the same",
        "trends": "differs",
        "analysis": "differs, follows from trends",
        "scripts": "differs, follows from analysis",
        "voiceovers": "differs, follows from scripts",
        "clips": "differs, follows from scripts and voiceovers",
        "videos": "differs, follows from scripts and voiceovers and clips",
        "reviews": "differs, follows from scripts and clips and videos",
    }
    assert '    title: "Taps 1" -> "Taps 2"' in said
    assert '    scenes[1].sentences[0].text: "Taps 1, part 1." -> "Taps 2, part 1."' in said
    assert "(script:1 -> script:2)" in said
    assert max(map(len, said.splitlines())) < 300


@pytest.mark.usefixtures("takes")
def test_the_same_made_twice_is_the_same() -> None:
    assert call("diff", "video:1", "video:3").out == (
        "video:1 and video:3 are the same: every stage has the same content.\n"
    )


@pytest.mark.usefixtures("takes")
@pytest.mark.parametrize(
    ("one", "other", "last"),
    [("script:1", "script:2", "scripts"), ("voiceover:1", "voiceover:2", "voiceovers"), ("clip:1", "clip:3", "clips"),
     ("trend_report:1", "trend_report:2", "trends"), ("trend_analysis:1", "trend_analysis:2", "analysis"),
     ("review:1", "review:2", "reviews"), ("job:1", "video:1", "reviews")],
)  # fmt: skip
def test_every_kind_is_compared_with_what_led_to_it(one: str, other: str, last: str) -> None:
    found: dict[str, Any] = json.loads(call("diff", one, other, "--json").out)
    assert (found["before"], found["after"]) == (one, other)
    assert [stage["part"] for stage in found["stages"]] == list(PARTS[: PARTS.index(last) + 1])
    assert found["same"] is (one == "job:1")


@pytest.mark.usefixtures("takes")
def test_the_json_tells_rows_hashes_and_values() -> None:
    found: dict[str, Any] = json.loads(call("diff", "script:1", "script:2", "--json").out)
    assert (found["same"], found["parts_at"]) == (False, "trends")
    script = found["stages"][-1]
    assert (script["refs"], script["follows_from"]) == ([["script:1"], ["script:2"]], ["analysis"])
    assert script["data_version"][0] != script["data_version"][1]
    assert {"path": "title", "before": "Taps 1", "after": "Taps 2"} in script["differences"]
    assert script["count"] >= len(script["differences"])


def test_a_file_and_a_hash_lead_to_the_video_that_they_are(takes: Home) -> None:
    with takes.database.read() as session:
        sha256 = session.get_one(VideoRow, 2).file_sha256
    said = call("diff", sha256, "video:1").out
    assert said.startswith("video:2 and video:1 part at trends")
    assert call("diff", takes.store.path(sha256), "video:1").out == said


def test_another_order_is_where_two_jobs_part(home: Home) -> None:
    for run, name in (("run-1", "Taps"), ("run-2", "Pipes")):
        fill_job(home, new_job(home, name=name), run)
    said = call("diff", "job:1", "job:2").out
    assert said.splitlines()[0].startswith("job:1 and job:2 part at order (what was asked for")
    assert '    theme.name: "Taps" -> "Pipes"' in said
    assert first_words(said)["scripts"] == "the same"  # toy scripts know nothing of their theme
    assert first_words(said)["voiceovers"] == "differs, follows from order"


def test_content_that_was_taken_down_is_compared_by_its_hash(takes: Home) -> None:
    with takes.database.write() as session:
        session.add(Tombstone(reason="asked", actor="Ada", created_at=datetime.now(UTC)))
        session.flush()
        for number in (1, 2):
            session.execute(
                text("UPDATE scripts SET document = NULL, title = NULL, tombstone_id = 1 WHERE id = :id"),
                {"id": number},
            )
    differs = call("diff", "video:1", "video:2").out
    assert first_words(differs)["scripts"] == "content taken down; by its hash it is another"
    same = call("diff", "script:1", "script:3", "--json").out
    (script,) = [stage for stage in json.loads(same)["stages"] if stage["part"] == "scripts"]
    assert (script["same"], script["taken_down"], script["differences"]) == (True, True, [])


def test_a_stage_that_only_one_side_has_is_said(home: Home) -> None:
    fill_job(home, new_job(home))
    fill_job(home, new_job(home), "run-2", until="scripts")
    said = first_words(call("diff", "job:1", "job:2").out)
    assert said["videos"] == "only the first has any"
    assert first_words(call("diff", "job:2", "job:1").out)["videos"] == "only the second has any"


def test_what_cannot_be_compared_is_refused(takes: Home) -> None:
    new_job(takes)
    assert "a video and a script. Give two of one kind." in complaint("diff", "video:1", "script:1")
    assert "leads to no video, script" in complaint("diff", "video:1", "trend_item:1")
    assert "nothing was made for it yet" in complaint("diff", "video:1", "job:2")
    assert "video:99" in complaint("diff", "video:1", "video:99")
    assert "movie:1" in complaint("diff", "movie:1", "video:1")


def test_a_file_of_several_records_must_be_named_more_closely(takes: Home) -> None:
    with takes.database.read() as session:
        video = Video.model_validate(session.get_one(VideoRow, 1).document)
    said = complaint("diff", "video:2", video.file.sha256)
    assert "stands for several records: video:1, video:3. Name one of them." in said


# --- the comparison itself ---


def test_only_the_code_of_one_stage_is_no_cause_for_the_others(takes: Home) -> None:
    with takes.database.read() as session:
        one = branch_of(session, Ref("video", "1"))
    other = branch_of_other_code(one, "videos")
    found = {part.part: part for part in compare(one, other)}
    assert not found["order"].same
    assert [str(difference) for difference in found["order"].differences] == ['code_versions.videos: "1" -> "9"']
    assert found["videos"].follows_from == ("order",)
    assert found["reviews"].follows_from == ("videos",)
    assert found["scripts"].same


def branch_of_other_code(branch: Any, asset: str) -> Any:
    """A branch whose `asset`, and what follows from it, another version of the code made otherwise."""
    order = branch.parts["order"]
    codes = {**order.value["code_versions"], asset: "9"}
    parts = dict(branch.parts)
    parts["order"] = replace(order, value={**order.value, "code_versions": codes}, data_version="0" * 64)
    for name in lineage.ASSETS[lineage.ASSETS.index(asset) :]:
        parts[name] = replace(parts[name], data_version="0" * 64)
    return replace(branch, parts=parts)


def test_what_decides_a_stage_comes_before_it() -> None:
    assert set(MADE_FROM) == set(PARTS)
    for part, causes in MADE_FROM.items():
        assert all(PARTS.index(cause) < PARTS.index(part) for cause in causes)
