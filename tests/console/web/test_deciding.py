"""Approving and rejecting on the job page: what the form carries, who may, and what a refusal looks like."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from reelineage.models import Decision
from resources.access import Role
from resources.home import Home
from tests.console.web.reading import Page
from tests.console.web_client import client
from tests.factories import fill_job, new_job
from tests.resources.test_takedown import take_down


def form_of(home: Home, verdict: str, path: str = "/jobs/1") -> dict[str, str]:
    """What the form on the page sends, its text fields empty."""
    found = Page(client(home).get(path).text)
    assert found.has("form", id=verdict, action=f"/jobs/1/{verdict}", method="post")
    return {name: found.all("input", name=name)[0].attributes["value"] for name in ("video_id", "video_sha256")}


def decisions(home: Home) -> list[Decision]:
    with home.database.read() as session:
        return [*session.scalars(select(Decision))]


@pytest.fixture
def waiting(home: Home) -> Home:
    """A home whose job 1 waits for a decision and rests on nothing made up."""
    fill_job(home, new_job(home))
    return home


@pytest.mark.parametrize(("verdict", "state"), [("approve", "approved"), ("reject", "rejected")])
def test_a_decision_carries_the_signed_in_name_and_the_page_shows_it(waiting: Home, verdict: str, state: str) -> None:
    fields = form_of(waiting, verdict)
    answer = client(waiting, Role.REVIEWER, name="Grace Hopper").post(
        f"/jobs/1/{verdict}", data=fields | {"reason": "Seen to the end", "actor": "somebody else"}
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/jobs/1")
    (decision,) = decisions(waiting)
    assert (decision.actor, decision.verdict, decision.reason) == ("Grace Hopper", verdict, "Seen to the end")
    assert decision.video_sha256 == fields["video_sha256"]
    assert waiting.queue.get(1).state == state
    assert f"{state.capitalize()} by Grace Hopper" in client(waiting).get("/jobs/1").text.replace("</strong>", "")


def test_a_video_that_changed_since_it_was_shown_is_not_decided_and_the_reason_is_kept(waiting: Home) -> None:
    fields = form_of(waiting, "approve")
    fill_job(waiting, 1, "run-2", take=2)
    answer = client(waiting).post("/jobs/1/approve", data=fields | {"reason": "All <good>"})
    assert answer.status_code == 409
    found = Page(answer.text)
    assert found.one("textarea", id="approve-reason").raw == "All <good>"
    assert "open" in found.one("details", id="approve-box").attributes
    assert "the video changed since it was shown" in found.one("div", id="refused").text
    addresses = {a.attributes.get("href") for a in found.all("a")}
    assert {"/jobs/1/versions", "#watch"} <= addresses
    assert found.all("input", name="video_id")[0].attributes["value"] == "2"
    assert decisions(waiting) == []


def test_a_form_with_another_hash_decides_nothing(waiting: Home) -> None:
    fields = form_of(waiting, "reject") | {"video_sha256": "0" * 64, "reason": "No"}
    assert client(waiting).post("/jobs/1/reject", data=fields).status_code == 409
    assert decisions(waiting) == []


@pytest.mark.parametrize("left_out", ["video_id", "video_sha256"])
def test_a_form_that_does_not_say_what_was_shown_decides_nothing(waiting: Home, left_out: str) -> None:
    fields = form_of(waiting, "approve") | {"reason": "Good"}
    del fields[left_out]
    assert client(waiting).post("/jobs/1/approve", data=fields).status_code == 422
    assert decisions(waiting) == []


def test_a_decision_without_a_reason_is_refused_beside_its_field(waiting: Home) -> None:
    answer = client(waiting).post("/jobs/1/reject", data=form_of(waiting, "reject") | {"reason": " \n "})
    assert answer.status_code == 422
    found = Page(answer.text)
    assert found.one("textarea", id="reject-reason").attributes["aria-invalid"] == "true"
    assert "a reason is needed" in found.one("p", id="reject-reason-error").text
    assert decisions(waiting) == []


def test_demo_material_needs_the_box_which_is_only_there_when_it_is_needed(home: Home) -> None:
    fill_job(home, new_job(home), stand_in="demo")
    asking = client(home)
    fields = form_of(home, "approve") | {"reason": "A demo"}
    assert Page(asking.get("/jobs/1").text).has("input", name="allow_demo")
    refused = asking.post("/jobs/1/approve", data=fields)
    assert refused.status_code == 409
    said = Page(refused.text).one("div", id="refused").text
    assert "demo material among its sources" in said
    assert "Tick the box “Approve although …”" in said
    assert "--allow-demo" not in said, "that is the command line's way"
    assert asking.post("/jobs/1/approve", data=fields | {"allow_demo": "on"}).status_code == 303
    assert decisions(home)[0].demo_allowed


def test_a_video_of_real_things_has_no_box_for_demo_material(waiting: Home) -> None:
    assert not Page(client(waiting).get("/jobs/1").text).has("input", name="allow_demo")


def test_what_was_decided_is_not_decided_again(waiting: Home) -> None:
    fields = form_of(waiting, "approve") | {"reason": "First"}
    asking = client(waiting)
    assert asking.post("/jobs/1/approve", data=fields).status_code == 303
    answer = asking.post("/jobs/1/reject", data=fields | {"reason": "Second"})
    assert answer.status_code == 409
    assert "A decision is never changed" in answer.text
    assert len(decisions(waiting)) == 1


def test_a_video_that_was_taken_down_can_still_be_refused_but_not_approved(waiting: Home) -> None:
    fields = form_of(waiting, "approve") | {"reason": "Good"}
    take_down(waiting, "trend_item:1")
    assert client(waiting).post("/jobs/1/approve", data=fields).status_code == 409
    assert decisions(waiting) == []


def test_a_viewer_and_a_read_only_console_decide_nothing(waiting: Home) -> None:
    fields = form_of(waiting, "approve") | {"reason": "Good"}
    assert client(waiting, Role.VIEWER).post("/jobs/1/approve", data=fields).status_code == 403
    assert client(waiting, read_only=True).post("/jobs/1/approve", data=fields).status_code == 403
    assert client(waiting, None).post("/jobs/1/approve", data=fields).status_code == 401
    assert decisions(waiting) == []


def test_a_job_that_is_not_there_is_not_found(waiting: Home) -> None:
    fields = form_of(waiting, "approve") | {"reason": "Good"}
    assert client(waiting).post("/jobs/9/approve", data=fields).status_code == 404


def test_of_many_who_decide_at_once_exactly_one_does(any_home: Home) -> None:
    fill_job(any_home, new_job(any_home))
    fields = form_of(any_home, "approve")
    asking = client(any_home)

    def decide(number: int) -> int:
        verdict = ("approve", "reject")[number % 2]
        return asking.post(f"/jobs/1/{verdict}", data=fields | {"reason": f"Number {number}"}).status_code

    with ThreadPoolExecutor(10) as pool:
        answers = sorted(pool.map(decide, range(10)))
    assert answers == [303] + [409] * 9
    with any_home.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Decision)) == 1
