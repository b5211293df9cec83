"""The list of jobs: what people read, filters without scripts, retry and cancel, and titles that break nothing."""

import re

import pytest
from starlette.testclient import TestClient

from console.web.pages.jobs import ON_A_PAGE
from reelineage.models import JOB_STATES
from resources.access import Role
from resources.home import Home
from resources.job_cards import cards_of
from tests.console.web_client import client
from tests.factories import fill_job, new_job, nobody_ended

HOSTILE = "<script>alert('x')</script>\"'&amp;"


def job_ids(page: str) -> list[int]:
    """The jobs that a page lists, in its order."""
    return [int(found) for found in re.findall(r'<li class="job" id="job-(\d+)"', page)]


def running(home: Home, progress: str = "clips 3/7 scene 3: chart") -> int:
    """A job that a run works on."""
    job_id = new_job(home)
    home.queue.claim(job_id, f"run-{job_id}", partial=False, run_has_ended=nobody_ended)
    home.queue.report_progress(job_id, f"run-{job_id}", "content_generation", progress)
    return job_id


def failed(home: Home, error: str, kind: str = "permanent") -> int:
    """A job that could not go on."""
    job_id = running(home)
    home.queue.fail(job_id, f"run-{job_id}", error=error, kind=kind)
    home.queue.release(job_id, f"run-{job_id}")
    return job_id


def card_of(page: str, job_id: int) -> str:
    """One job's part of a page."""
    found = re.search(rf'<li class="job" id="job-{job_id}".*?\n</li>', page, re.DOTALL)
    assert found
    return found[0]


# --- reading ---------------------------------------------------------------------------------------------------------


def test_the_front_door_leads_to_the_jobs(home: Home) -> None:
    answer = client(home, Role.VIEWER).get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/jobs")


def test_an_empty_list_says_what_to_do_to_whoever_may_do_it(home: Home) -> None:
    operator, viewer = (client(home, role).get("/jobs").text for role in (Role.OPERATOR, Role.VIEWER))
    assert "No videos yet" in operator
    assert operator.count('href="/jobs/new"') == 2
    assert "No videos yet" in viewer
    assert "/jobs/new" not in viewer


def test_every_state_is_told_in_words_with_what_comes_next(any_home: Home) -> None:
    ready = new_job(any_home)
    fill_job(any_home, ready, stand_in="demo")
    stopped = failed(any_home, "Reading my.csv of job 2: line 3 is short. Then `reelineage jobs retry 2`.")
    again = failed(any_home, "The service did not answer.", "transient")
    works, waits = running(any_home), new_job(any_home)
    page = client(any_home).get("/jobs").text
    assert job_ids(page) == [waits, works, again, stopped, ready]
    assert "Ready: watch it and decide." in card_of(page, ready)
    assert "demo data" in card_of(page, ready)
    assert 'src="/media/videos/1/thumbnail"' in card_of(page, ready)
    assert "0:02" in card_of(page, ready)
    assert "line 3 is short" in card_of(page, stopped)
    assert "<code>reelineage jobs retry 2</code>" in card_of(page, stopped)
    assert "It waits for a person" in card_of(page, stopped)
    assert "It is tried again by itself." in card_of(page, again)
    assert "Waits for its turn." in card_of(page, waits)


def test_a_running_job_shows_stage_scene_and_a_bar(home: Home) -> None:
    job_id = running(home)
    shown = card_of(client(home).get("/jobs").text, job_id)
    text = re.sub(r"<[^>]+>", "", shown)
    assert "Content generation: clips 3 of 7, scene 3: chart" in text
    assert re.search(r'<progress class="meter" max="100" value="63" aria-label="Progress of job 1">', shown)


def test_a_line_of_progress_in_other_words_is_shown_as_it_is(home: Home) -> None:
    job_id = running(home, "polishing <b>")
    assert "polishing &lt;b&gt;" in card_of(client(home).get("/jobs").text, job_id)


def test_names_and_errors_are_text_and_never_markup(home: Home) -> None:
    job_id = new_job(home, name=HOSTILE)
    other = failed(home, f"Reading {HOSTILE} `{HOSTILE}`")
    page = client(home).get("/jobs", params={"text": HOSTILE, "theme": HOSTILE}).text
    whole = client(home).get("/jobs").text
    for text in (page, whole):
        assert "<script>alert" not in text
        assert "'x'\"'" not in text
    assert job_ids(whole) == [other, job_id]
    assert "<code>&lt;script&gt;" in card_of(whole, other)


@pytest.mark.parametrize("state", JOB_STATES)
def test_each_state_can_be_filtered_by_a_link_and_by_the_form(home: Home, state: str) -> None:
    new_job(home)
    page = client(home, Role.VIEWER).get("/jobs", params={"state": state, "stage": "", "theme": "", "text": ""})
    assert page.status_code == 200
    assert job_ids(page.text) == ([1] if state == "queued" else [])
    assert f'<option value="{state}" selected>' in page.text
    assert ("No job fits" in page.text) is (state != "queued")


@pytest.mark.parametrize("field", ["text", "theme"])
def test_a_filter_that_a_database_cannot_compare_with_is_refused(any_home: Home, field: str) -> None:
    assert client(any_home).get("/jobs", params={field: "a\x00b"}).status_code == 422


def test_pages_go_on_by_key_and_keep_the_filters(home: Home) -> None:
    for _ in range(ON_A_PAGE + 2):
        new_job(home)
    asked = client(home)
    first = asked.get("/jobs", params={"theme": "Taps"}).text
    assert job_ids(first) == list(range(ON_A_PAGE + 2, 2, -1))
    older = re.search(r'href="([^"]+)" rel="next"', first)
    assert older
    assert older[1] == "/jobs?theme=Taps&amp;before=3"
    last = asked.get(older[1].replace("&amp;", "&")).text
    assert job_ids(last) == [2, 1]
    assert 'rel="next"' not in last
    assert 'href="/jobs?theme=Taps">Newest' in last


@pytest.mark.parametrize(
    "query", ["state=asleep", "stage=lunch", "before=0", "before=-1", "before=x", f"before={'9' * 30}"]
)
def test_what_cannot_be_asked_is_refused_with_a_page_that_says_why(home: Home, query: str) -> None:
    answer = client(home, Role.VIEWER).get(f"/jobs?{query}")
    assert answer.status_code == 422
    assert '<div class="callout' in answer.text


def test_a_page_without_scripts_comes_again_only_while_something_goes_on(home: Home) -> None:
    new_job(home)
    assert '<noscript><meta http-equiv="refresh"' in client(home).get("/jobs").text
    home.queue.cancel(1)
    assert "http-equiv" not in client(home).get("/jobs").text


# --- acting ----------------------------------------------------------------------------------------------------------


def post(asked: TestClient, path: str, **fields: str) -> tuple[int, str | None]:
    """Send a form; its status, and where it leads."""
    answer = asked.post(path, data=fields)
    return answer.status_code, answer.headers.get("location")


def test_a_job_is_cancelled_and_retried_from_the_list_and_from_its_page(any_home: Home) -> None:
    asked, job_id = client(any_home), new_job(any_home)
    assert post(asked, f"/jobs/{job_id}/cancel", back="list") == (303, f"/jobs#job-{job_id}")
    assert any_home.queue.get(job_id).state == "cancelled"
    assert post(asked, f"/jobs/{job_id}/retry") == (303, f"/jobs/{job_id}")
    assert any_home.queue.get(job_id).state == "queued"


def test_what_does_not_fit_the_state_is_refused_with_the_reason(home: Home) -> None:
    fill_job(home, new_job(home))
    asked = client(home)
    for act in ("cancel", "retry"):
        answer = asked.post(f"/jobs/1/{act}")
        assert answer.status_code == 409
        assert "awaiting_review" in answer.text
    assert asked.post("/jobs/77/retry").status_code == 404
    assert asked.post("/jobs/x1/cancel").status_code == 404


def test_a_script_gets_the_changed_card_alone(home: Home) -> None:
    answer = client(home).post(f"/jobs/{new_job(home)}/cancel", headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert answer.text.strip().startswith('<li class="job" id="job-1"')
    assert 'data-state="cancelled"' in answer.text
    assert client(home, Role.VIEWER).get("/jobs/1/card").text.count("<li") == 1
    assert client(home, Role.VIEWER).get("/jobs/2/card").status_code == 404


@pytest.mark.parametrize("role", [Role.VIEWER, Role.REVIEWER])
def test_only_an_operator_is_offered_an_act_and_may_do_it(home: Home, role: Role) -> None:
    job_id = new_job(home)
    assert "/cancel" in client(home).get("/jobs").text
    assert "/cancel" not in client(home, role).get("/jobs").text
    assert "/cancel" not in client(home, read_only=True).get("/jobs").text
    assert client(home, role).post(f"/jobs/{job_id}/cancel").status_code == 403
    assert client(home, read_only=True).post(f"/jobs/{job_id}/cancel").status_code == 403
    assert home.queue.get(job_id).state == "queued"


def test_cancelling_takes_two_steps_without_any_script(home: Home) -> None:
    job_id = new_job(home)
    shown = card_of(client(home).get("/jobs").text, job_id)
    opens, acts = shown.index('<summary class="button'), shown.index('action="/jobs/1/cancel"')
    assert shown.index('<details class="confirm">') < opens < acts


def test_the_card_that_is_sent_is_the_card_of_the_list(home: Home) -> None:
    job_id = running(home)
    asked = client(home)
    with home.database.read() as session:
        sign = cards_of(session, [job_id])[0].sign
    assert card_of(asked.get("/jobs").text, job_id) == asked.get(f"/jobs/{job_id}/card").text.strip()
    assert f'data-sign="{sign}"' in asked.get(f"/jobs/{job_id}/card").text
