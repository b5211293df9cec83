"""`reelineage bom`, `reelineage costs` and what `jobs show` says of both, on a really made video."""

import csv
import io
import json

import pytest

from console.tables import as_csv
from resources.home import Home
from tests.console.cli import call, complaint
from tests.factories import fill_job, new_job


def test_the_bill_of_a_made_video_names_voice_music_and_fonts_with_their_licences(finished: Home) -> None:
    said = call("bom", "job:1").out.splitlines()
    assert said[0].startswith("video:1  ")
    assert any(one.startswith("  voice ") and "licence " in one and "sha256 " in one for one in said)
    assert any(one.startswith("  font ") and "OFL-1.1" in one for one in said)
    assert any(one.startswith("  trend_source ") and "rows skipped" in one for one in said)
    assert finished.root.exists()


@pytest.mark.usefixtures("finished")
def test_every_way_to_name_the_video_gives_the_same_bill() -> None:
    by_video = call("bom", "video:1").out
    assert call("bom", "job:1").out == by_video
    assert call("bom", "review:1").out == by_video


@pytest.mark.usefixtures("finished")
def test_the_bill_as_json_has_all_fields_and_the_disclosure() -> None:
    told = json.loads(call("bom", "video:1", "--format", "json").out)
    assert told["video"] == "video:1"
    assert told["unknown_licences"] == []
    assert told["disclosure"]["digital_source_type"].startswith("http://cv.iptc.org/newscodes/digitalsourcetype/")
    assert {"kind", "title", "author", "licence", "url", "attribution", "sha256", "used_in"} <= set(told["lines"][0])


@pytest.mark.usefixtures("finished")
def test_the_bill_as_csv_has_a_row_for_each_item() -> None:
    rows = list(csv.DictReader(io.StringIO(call("bom", "video:1", "--format", "csv").out)))
    items = json.loads(call("bom", "video:1", "--format", "json").out)["lines"]
    assert [row["title"] for row in rows] == [item["title"] for item in items]


@pytest.mark.usefixtures("finished")
def test_the_credits_are_ready_for_a_description() -> None:
    said = call("bom", "video:1", "--format", "credits").out
    assert said.startswith("Credits:\n")
    assert "Made-up sample data" in said
    assert said.rstrip().endswith("Parts of this video were made with AI.")


def test_what_is_no_video_has_no_bill(home: Home) -> None:
    fill_job(home, new_job(home), until="scripts")
    assert "the job has no current video yet" in complaint("bom", "job:1")
    assert "it is no video" in complaint("bom", "script:1")
    assert "video:9" in complaint("bom", "video:9")


def test_costs_are_told_by_anything_and_as_data(finished: Home) -> None:
    for by in ("job", "stage", "provider", "model", "scene", "attempt", "month", "video"):
        said = call("costs", "--by", by).out.splitlines()
        assert any(line.startswith("total") and line.endswith("calls  $0") for line in said)
    assert "Free calls are left out by month" in call("costs").out
    told = json.loads(call("costs", "--by", "scene", "--job", 1, "--json").out)
    assert told["total"] == {"usd": 0.0, "known_nanousd": 0, "unknown_calls": 0}
    assert told["lines"][0]["key"] == "scene 1"
    assert call("costs", "--by", "stage", "--csv").out.splitlines()[0] == "stage,calls,known_usd,unknown_calls"
    assert finished.root.exists()


def test_costs_refuse_what_cannot_be_meant(home: Home) -> None:
    assert home.root.exists()
    assert "there is no such job" in complaint("costs", "--job", 4711)
    assert "it must be a date such as" in complaint("costs", "--since", "yesterday")
    assert "give one" in complaint("costs", "--json", "--csv")


@pytest.mark.usefixtures("finished")
def test_a_job_shows_its_cost_by_stage_and_what_to_disclose() -> None:
    said = call("jobs", "show", 1).out
    assert "cost     $0 (trend_collection $0, content_generation $0" in said
    assert "\ndisclose " in said
    assert "EU AI Act mark yes, YouTube altered content yes, TikTok AI-generated yes" in said


def test_a_cell_that_a_spreadsheet_would_compute_is_text() -> None:
    told = as_csv(("a", "b"), [("=1+1", "x\ny"), ("@SUM(A1)", 3), ("fine", -1)])
    assert told.splitlines() == ["a,b", "'=1+1,x y", "'@SUM(A1),3", "fine,-1"]
