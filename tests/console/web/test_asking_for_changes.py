"""Asking for changes on the job page: what differs becomes one edit, and nothing that was typed is lost."""

from typing import Literal

import pytest
from sqlalchemy import select

from reelineage.models import Edit, Script
from resources.access import Role
from resources.decisions import decide
from resources.home import Home
from tests.console.web.reading import Page
from tests.console.web_client import client
from tests.factories import fill_job, new_job
from tests.resources.test_takedown import take_down


@pytest.fixture
def waiting(home: Home) -> Home:
    """A home whose job 1 has a script of two scenes with one sentence each, a video, and no decision."""
    fill_job(home, new_job(home))
    return home


def fields_of(page: Page) -> dict[str, str]:
    """What a browser sends of the form as it stands: every text, no box that is not checked."""
    assert page.has("form", id="edit", action="/jobs/1/edits", method="post")
    texts = {one.attributes["name"]: one.raw for one in page.all("textarea") if "name" in one.attributes}
    texts.pop("reason", None)
    return texts | {"script_id": page.one("input", name="script_id").attributes["value"], "reason": ""}


def form(home: Home) -> dict[str, str]:
    return fields_of(Page(client(home).get("/jobs/1").text))


def edits(home: Home) -> list[Edit]:
    with home.database.read() as session:
        return [*session.scalars(select(Edit).order_by(Edit.id))]


def test_all_that_was_changed_becomes_one_edit_by_the_signed_in_person(waiting: Home) -> None:
    changed = form(waiting) | {
        "sentence-1-1": "Taps drip.\r\n", "title": "All about taps", "again-2": "on", "reason": "Too dry",
    }  # fmt: skip
    answer = client(waiting, Role.REVIEWER, name="Grace").post("/jobs/1/edits", data=changed)
    assert (answer.status_code, answer.headers["location"]) == (303, "/jobs/1")
    (edit,) = edits(waiting)
    assert (edit.actor, edit.reason, edit.script_id) == ("Grace", "Too dry", 1)
    assert edit.changes == [
        {"kind": "sentence", "scene": 1, "sentence": 1, "text": "Taps drip."},
        {"kind": "scene_again", "scene": 2},
        {"kind": "title", "text": "All about taps"},
    ]


def test_afterwards_the_page_shows_that_it_is_made_again_and_who_asked_for_it(waiting: Home) -> None:
    asking = client(waiting, name="Grace")
    asking.post("/jobs/1/edits", data=form(waiting) | {"sentence-1-1": "Taps drip.", "reason": "Too dry"})
    found = Page(asking.get("/jobs/1").text)
    assert found.one("h2", id="progress-title").text == "Being made again"
    assert found.one("span", data_sentence="1.1").text == "Taps drip."
    assert "Edited by Grace: “Too dry”" in found.one("section", id="versions").text
    assert "sentence 1.1: “Taps drip.”" in found.one("section", id="versions").text
    assert not found.has("form", id="edit")


def test_a_decision_that_an_edit_makes_void_is_still_told(waiting: Home) -> None:
    decide(waiting.database, 1, verdict="approve", reason="Good", actor="Ada")
    asking = client(waiting)
    asking.post("/jobs/1/edits", data=form(waiting) | {"title": "Taps again"})
    versions = Page(asking.get("/jobs/1").text).one("section", id="versions").text
    assert "Video 1: approved by Ada" in versions
    assert "void" in versions


@pytest.mark.parametrize(("verdict", "leaves"), [("approve", True), ("reject", False)])
def test_beside_the_button_it_says_that_an_approved_file_leaves_its_folder(
    waiting: Home, verdict: Literal["approve", "reject"], *, leaves: bool
) -> None:
    assert "output/approved" not in Page(client(waiting).get("/jobs/1").text).one("form", id="edit").text
    decide(waiting.database, 1, verdict=verdict, reason="Looked at", actor="Ada")
    said = Page(client(waiting).get("/jobs/1").text).one("form", id="edit").text
    assert "the decision becomes void" in said
    assert ("The approved file leaves output/approved" in said) == leaves


def test_a_form_that_was_sent_as_it_stands_changes_nothing_and_says_so(waiting: Home) -> None:
    answer = client(waiting).post("/jobs/1/edits", data=form(waiting))
    assert answer.status_code == 422
    assert "nothing was changed" in Page(answer.text).one("div", id="refused").text
    assert edits(waiting) == []


def test_a_script_that_changed_meanwhile_refuses_and_keeps_what_was_typed(waiting: Home) -> None:
    typed = form(waiting) | {"sentence-2-1": "Mend <them> now.", "again-1": "on", "reason": "Clearer"}
    fill_job(waiting, 1, "run-2", take=2)
    answer = client(waiting).post("/jobs/1/edits", data=typed)
    assert answer.status_code == 409
    found = Page(answer.text)
    assert "script:1 is no longer the newest" in found.one("div", id="refused").text
    assert found.one("textarea", id="sentence-2-1").raw == "Mend <them> now."
    assert found.one("textarea", id="edit-reason").raw == "Clearer"
    assert "checked" in found.one("input", name="again-1").attributes
    assert fields_of(found)["script_id"] == "2"
    assert edits(waiting) == []


def test_sending_the_refused_form_again_asks_only_for_what_was_typed(waiting: Home) -> None:
    """Sentences that another version changed come back as they are now, not as they were when the form was opened."""
    typed = form(waiting) | {"sentence-2-1": "Mend them now."}
    fill_job(waiting, 1, "run-2", take=2)
    asking = client(waiting)
    again = fields_of(Page(asking.post("/jobs/1/edits", data=typed).text))
    assert again["sentence-1-1"] == "Taps 2, part 1."
    assert asking.post("/jobs/1/edits", data=again).status_code == 303
    assert [edit.changes for edit in edits(waiting)] == [
        [{"kind": "sentence", "scene": 2, "sentence": 1, "text": "Mend them now."}]
    ]


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [("sentence-1-1", " ", "Nothing would be said"), ("title", "x" * 301, "At most 300 characters; these are 301.")],
)
def test_a_text_that_cannot_be_used_is_told_beside_its_field(waiting: Home, name: str, text: str, why: str) -> None:
    answer = client(waiting).post("/jobs/1/edits", data=form(waiting) | {name: text})
    assert answer.status_code == 422
    found = Page(answer.text)
    assert why in found.one("p", id=f"{name}-error").text
    assert found.one("textarea", id=name).attributes["aria-invalid"] == "true"
    assert edits(waiting) == []


def test_a_place_that_the_script_does_not_have_is_refused(waiting: Home) -> None:
    for name in ("sentence-9-1", "sentence-1-9", "again-9"):
        answer = client(waiting).post("/jobs/1/edits", data=form(waiting) | {name: "There."})
        assert answer.status_code == 422, name
    assert edits(waiting) == []


def test_a_form_that_names_no_script_of_the_job_is_not_found(waiting: Home) -> None:
    fill_job(waiting, new_job(waiting))
    for script_id in ("", "x", "9", "2", "-1", "9" * 5_000):
        fields = form(waiting) | {"script_id": script_id, "title": "Other"}
        assert client(waiting).post("/jobs/1/edits", data=fields).status_code == 404, script_id[:20]
    assert edits(waiting) == []


def test_what_was_taken_down_cannot_be_changed(waiting: Home) -> None:
    fields = form(waiting) | {"title": "Other"}
    take_down(waiting, "script:1")
    answer = client(waiting).post("/jobs/1/edits", data=fields)
    assert answer.status_code == 410
    assert "was taken down" in answer.text


def test_a_viewer_and_a_read_only_console_change_nothing(waiting: Home) -> None:
    fields = form(waiting) | {"title": "Other"}
    assert client(waiting, Role.VIEWER).post("/jobs/1/edits", data=fields).status_code == 403
    assert client(waiting, read_only=True).post("/jobs/1/edits", data=fields).status_code == 403
    assert client(waiting, None).post("/jobs/1/edits", data=fields).status_code == 401
    assert edits(waiting) == []


def test_a_form_of_thousands_of_fields_is_refused_at_once(waiting: Home) -> None:
    fields = {f"x{number}": "" for number in range(5_000)}
    assert client(waiting).post("/jobs/1/edits", data=fields).status_code in (400, 404, 413)
    with waiting.database.read() as session:
        assert len(session.scalars(select(Script)).all()) == 1
