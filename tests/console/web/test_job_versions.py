"""How two versions of a job differ, as a page."""

import re

from console.acts import Acts
from reelineage.editing import read_changes
from resources.home import Home
from tests.console.web.reading import Page
from tests.console.web_client import client
from tests.factories import fill_job, new_job
from tests.resources.test_takedown import take_down


def two_versions(home: Home) -> None:
    job_id = new_job(home)
    fill_job(home, job_id)
    fill_job(home, job_id, "run-2", take=2)


def test_without_names_the_newest_two_are_compared(home: Home) -> None:
    two_versions(home)
    found = Page(client(home).get("/jobs/1/versions").text)
    assert "video:1 and video:2 part at trends" in found.text
    rows = [cell.text for cell in found.all("td")]
    assert "Taps 1" in rows
    assert "Taps 2" in rows
    assert [option.text for option in found.all("option", selected="")] == [
        "Version 1 (video:1)", "Version 2 (video:2)",
    ]  # fmt: skip


def test_an_edit_is_seen_as_what_changed_in_the_script(home: Home) -> None:
    fill_job(home, new_job(home))
    changes = read_changes([{"kind": "sentence", "scene": 1, "sentence": 1, "text": "Taps drip."}])
    Acts(home).edit(1, script_id=1, changes=changes, actor="Ada")
    found = Page(client(home).get("/jobs/1/versions?before=script:1&after=script:2").text)
    assert "edited by Ada (edit:1)" in found.text
    assert {"Taps 1, part 1.", "Taps drip."} <= {cell.text for cell in found.all("td")}
    assert "scene 1, sentence 1, text" in {cell.text for cell in found.all("th")}, "counted as the job page counts"


def test_an_edit_that_no_video_was_made_from_yet_is_compared_by_its_script(home: Home) -> None:
    fill_job(home, new_job(home))
    changes = read_changes([{"kind": "title", "text": "Taps that drip"}])
    Acts(home).edit(1, script_id=1, changes=changes, actor="Ada")
    for query in ("", "?before=video:1&after=script:2"):
        answer = client(home).get(f"/jobs/1/versions{query}")
        assert answer.status_code == 200
        found = Page(answer.text)
        assert "script:1 and script:2 part at" in found.text
        assert "Taps that drip" in {cell.text for cell in found.all("td")}
        chosen = [option.text for option in found.all("option", selected="")]
        assert chosen == ["Version 1 (script:1)", "Version 2 (script:2)"]


def test_hashes_are_folded_and_do_not_take_the_place_of_what_people_read(home: Home) -> None:
    two_versions(home)
    answer = client(home).get("/jobs/1/versions").text
    open_rows = Page(re.sub(r"<details>.*?</details>", "", answer, flags=re.DOTALL))
    assert [one for one in Page(answer).all("summary") if one.text.startswith("Hashes that differ")]
    assert not [cell.text for cell in open_rows.all("td") if re.fullmatch(r"[0-9a-f]{12}…", cell.text)]


def test_one_version_has_nothing_to_be_compared_with(home: Home) -> None:
    fill_job(home, new_job(home))
    assert "There is only one version" in Page(client(home).get("/jobs/1/versions").text).text
    same = Page(client(home).get("/jobs/1/versions?before=video:1&after=video:1").text)
    assert "are the same" in same.text


def test_content_that_was_taken_down_is_compared_by_its_hash(home: Home) -> None:
    two_versions(home)
    take_down(home, "script:1")
    assert "content taken down" in Page(client(home).get("/jobs/1/versions").text).text


def test_another_jobs_rows_and_things_that_cannot_be_compared_are_refused(home: Home) -> None:
    two_versions(home)
    fill_job(home, new_job(home))
    asking = client(home)
    answers = {
        "before=video:1&after=video:3": 404,  # of job 2
        "before=video:1&after=video:99": 422,
        "before=video:1&after=clip:1": 422,
        "before=artifact:ab&after=artifact:ab": 422,
        "before=/etc/passwd&after=video:1": 422,
        "before=video:1%00&after=video:1": 422,
        "before=" + "x" * 100: 422,
    }
    assert {query: asking.get(f"/jobs/1/versions?{query}").status_code for query in answers} == answers
