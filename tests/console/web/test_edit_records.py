"""The page of an edit: what was changed in words, also when the script, the edit or both were taken down."""

from typing import Any

from reelineage.editing import read_changes
from resources.access import Role
from resources.edit_details import edit_details
from resources.editing import edit_script
from resources.home import Home
from tests.console.web.reading import Page
from tests.console.web_client import client
from tests.factories import fill_job, new_job
from tests.resources.test_takedown import take_down

HOSTILE = "<img src=x onerror=alert(1)> drips."


def edit(home: Home, *changes: dict[str, Any]) -> None:
    fill_job(home, new_job(home))
    edit_script(home, 1, script_id=1, changes=read_changes(list(changes)), actor="Ada", reason="clearer")


def page(home: Home) -> Page:
    answer = client(home, Role.VIEWER).get("/records/edit/1")
    assert answer.status_code == 200, answer.text
    return Page(answer.text)


def changes(shown: Page) -> list[str]:
    return [one.text for one in shown.all("li", class_="record-change")]


def test_each_change_is_told_with_what_stood_there_before(any_home: Home) -> None:
    edit(
        any_home,
        {"kind": "sentence", "scene": 1, "sentence": 1, "text": HOSTILE},
        {"kind": "sentence", "scene": 1, "sentence": 1, "text": "Taps drip less."},
        {"kind": "title", "text": "Taps that drip"},
        {"kind": "scene_again", "scene": 2},
    )
    shown = page(any_home)
    assert changes(shown) == [
        f"Scene 1, sentence 1: before: Taps 1, part 1. now: {HOSTILE}",
        f"Scene 1, sentence 1: before: {HOSTILE} now: Taps drip less.",
        "Title: before: Taps 1 now: Taps that drip",
        "Scene 2: Another picture; its words stay.",
    ]
    assert not shown.has("img", src="x")
    assert "clearer" in shown.text
    (compare,) = [one.attributes["href"] for one in shown.all("a") if one.text == "Compare the two scripts"]
    assert compare == "/jobs/1/versions?before=script:1&after=script:2"
    assert client(any_home, Role.VIEWER).get(compare).status_code == 200


def test_a_call_to_action_is_told_as_one(home: Home) -> None:
    with home.database.read() as session:
        told = edit_details(session, 1, script_id=1, changes=[{"kind": "call_to_action", "text": "Subscribe."}])
    assert told.caused is None
    assert [(one.place, one.before, one.after) for one in told.changes or ()] == [
        ("Call to action", None, "Subscribe.")
    ]


def test_an_edit_that_was_taken_down_with_its_script_stays_readable(home: Home) -> None:
    edit(home, {"kind": "title", "text": "Taps that drip"})
    take_down(home, "script:1")
    shown = page(home)
    assert changes(shown) == []
    assert "What was asked for was taken down" in shown.text
    assert "Ada" in shown.text
    assert "Taps that drip" not in shown.text


def test_what_a_text_was_before_is_left_out_once_its_script_was_taken_down(home: Home) -> None:
    with home.database.read() as session:
        told = edit_details(session, 1, script_id=77, changes=[{"kind": "title", "text": "Taps that drip"}])
    assert [(one.before, one.after) for one in told.changes or ()] == [(None, "Taps that drip")]


def test_changes_of_kinds_that_came_later_are_told_by_their_name(home: Home) -> None:
    later = [{"kind": "tempo", "scene": 3, "factor": 2}, {"kind": "mood"}, "loud", {"text": "?"}]
    with home.database.read() as session:
        told = edit_details(session, 1, script_id=1, changes=later)  # type: ignore[arg-type]  # JSON, as a row has it
    assert [(one.place, one.asked) for one in told.changes or ()] == [
        ("Scene 3", "A change of the kind tempo."),
        ("Script", "A change of the kind mood."),
        ("Something", "A change that cannot be told."),
        ("Script", "A change of the kind None."),
    ]
