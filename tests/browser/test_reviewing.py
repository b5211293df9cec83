"""Watching a finished draft and deciding on it, by mouse, by keyboard alone, without JavaScript, and at the same time.

Belongs here: one person before one job page, and fifty of them. Not here: making the video (`test_whole_way.py`).
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
from playwright.sync_api import Locator, Page, Route, expect
from sqlalchemy import func, select

from reelineage.models import Decision, Edit, Video
from resources.access import SESSION_LIFETIME, Role, make_key
from resources.home import Home
from resources.record_edges import StoredRow
from resources.record_rows import RECORDS
from tests.browser.conftest import Visitor, cookie_of, serving, shown, until
from tests.console.processes import wait_for
from tests.factories import Maker, claimed, ledger, new_job, store

Visit = Callable[..., Visitor]
_PEOPLE = 50


def time_of(page: Page) -> float:
    """Where the player is, in seconds."""
    return float(page.evaluate("document.querySelector('#player').currentTime"))


def opened(page: Page, name: str) -> Locator:
    """A form of the page with all that hides it unfolded, by clicks as people do it."""
    form = page.locator(f"form#{name}")
    if not form.is_visible():
        page.locator(f"details:has(> form#{name}) > summary").click()
    return form


def decided(home: Home) -> list[Decision]:
    with home.database.read() as session:
        return [*session.scalars(select(Decision))]


def test_the_video_can_be_played_and_sought_and_its_captions_say_the_script(visit: Visit) -> None:
    page = visit().open("/jobs/1")
    until(page, "document.querySelector('#player').readyState >= 1")
    assert page.evaluate("document.querySelector('#player').videoWidth") == 540
    page.evaluate("document.querySelector('#player').currentTime = 3")
    until(page, "!document.querySelector('#player').seeking")
    assert abs(time_of(page) - 3) < 0.1
    page.evaluate("document.querySelector('#player').textTracks[0].mode = 'showing'")  # what the captions' button does
    until(page, "document.querySelector('#player').textTracks[0].cues?.length > 2")
    words = page.evaluate("[...document.querySelector('#player').textTracks[0].cues].map(cue => cue.text).join(' ')")
    sentence = page.locator('[data-sentence="1.1"]').inner_text()
    assert sentence.split()[0].strip(".,").lower() in words.lower()


def test_a_click_on_a_sentence_goes_to_where_it_is_spoken_and_one_more_to_its_row(visit: Visit) -> None:
    page = visit().open("/jobs/1")
    until(page, "document.querySelector('#player').readyState >= 1")
    page.locator('[data-sentence="2.1"]').click()
    until(page, "document.querySelector('#player').currentTime > 0.5")
    page.locator("a[href^='/records/trend_observation/']").first.click()
    expect(page.locator("h1")).to_contain_text("Observation")


def test_a_decision_by_keyboard_alone_moves_the_file(visit: Visit, finished: Home) -> None:
    page = visit().open("/jobs/1")
    page.locator("#player").focus()
    page.keyboard.press("r")
    page.keyboard.type("Too quiet at the end")
    assert decided(finished) == []  # one key opens, it does not decide
    for _ in range(10):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('form#reject button')"):
            break
    with page.expect_navigation():
        page.keyboard.press("Enter")
    decision = decided(finished)[0]
    assert (decision.verdict, decision.reason, decision.actor) == ("reject", "Too quiet at the end", "tester")
    assert [*(finished.root / "output" / "rejected").glob("job-1-video-1.mp4")]
    expect(page.locator("main")).to_contain_text("Too quiet at the end")


def test_keys_do_nothing_while_somebody_types(visit: Visit) -> None:
    page = visit().open("/jobs/1")
    until(page, "document.querySelector('#player').readyState >= 1")
    page.locator("#player").focus()
    page.keyboard.press("a")
    page.keyboard.type("A rare and arty reel")
    expect(page.locator("form#approve [name=reason]")).to_have_value("A rare and arty reel")
    assert page.evaluate("document.querySelector('#player').paused")


def test_space_plays_and_arrows_seek(visit: Visit) -> None:
    page = visit().open("/jobs/1")
    until(page, "document.querySelector('#player').readyState >= 2")
    page.locator("#player").focus()
    page.keyboard.press("Shift+ArrowRight")
    until(page, "!document.querySelector('#player').seeking")
    moved = time_of(page)
    assert moved > 0.5
    page.keyboard.press(" ")
    until(page, f"document.querySelector('#player').currentTime > {moved} + 0.2")
    page.keyboard.press(" ")
    until(page, "document.querySelector('#player').paused")
    moved = time_of(page)
    page.keyboard.press("Shift+ArrowLeft")
    until(page, "!document.querySelector('#player').seeking")
    assert time_of(page) < moved - 0.5


def test_without_javascript_a_demo_is_approved_only_when_that_is_ticked(visit: Visit, finished: Home) -> None:
    page = visit(java_script_enabled=False).open("/jobs/1")
    opened(page, "approve").locator("[name=reason]").fill("Reads well")
    page.locator("form#approve button").click()
    expect(page.locator("main")).to_contain_text("demo")
    expect(page.locator("form#approve [name=reason]")).to_have_value("Reads well")
    assert decided(finished) == []
    page.locator("form#approve [name=allow_demo]").check()
    page.locator("form#approve button").click()
    assert [one.verdict for one in decided(finished)] == ["approve"]
    assert [*(finished.root / "output" / "approved").glob("job-1-video-1.mp4")]


def test_a_decision_on_what_is_no_longer_current_is_refused_and_the_reason_kept(visit: Visit, finished: Home) -> None:
    early, late = visit().open("/jobs/1"), visit().open("/jobs/1")
    opened(early, "reject").locator("[name=reason]").fill("I thought of this for an hour")
    opened(late, "reject").locator("[name=reason]").fill("Another first sentence")
    late.locator("form#reject button").click()
    expect(late.locator("main")).to_contain_text("Another first sentence")
    early.wait_for_timeout(3000)  # the page hears of it, and must not take away what is being typed
    with early.expect_response(lambda answer: answer.request.method == "POST") as answered:
        early.locator("form#reject button").click()
    assert answered.value.status == 409
    expect(early.locator("#refused")).to_be_visible()
    assert "I thought of this for an hour" in shown(early)
    assert [one.reason for one in decided(finished)] == ["Another first sentence"]


def test_a_sentence_is_reworded_in_place_and_the_job_is_queued_again(visit: Visit, finished: Home) -> None:
    page = visit(java_script_enabled=False).open("/jobs/1")
    old = page.locator('[data-sentence="1.1"]').inner_text()
    field = page.locator('form#edit [name="sentence-1-1"]')
    field.evaluate(
        "field => { for (let e = field; e; e = e.parentElement) if (e.tagName === 'DETAILS') e.open = true }"
    )
    field.fill("A short look at what rises today.")
    page.locator("form#edit button[type=submit], form#edit button:not([type])").last.click()
    expect(page.locator("main")).to_contain_text("queued")
    with finished.database.read() as session:
        edit = session.scalars(select(Edit)).one()
    assert edit.actor == "tester"
    assert edit.changes == [
        {"kind": "sentence", "scene": 1, "sentence": 1, "text": "A short look at what rises today."}
    ]
    assert finished.queue.get(1).state == "queued"
    assert old not in page.locator('[data-sentence="1.1"]').inner_text()


def test_of_fifty_people_who_decide_at_once_exactly_one_does(finished: Home) -> None:
    with finished.database.read() as session:
        video = session.scalars(select(Video)).one()
    form: dict[str, object] = {"video_id": video.id, "video_sha256": video.file_sha256, "allow_demo": "on"}
    secrets = [
        make_key(finished.database, "session", f"reviewer {number}", Role.REVIEWER, lifetime=SESSION_LIFETIME)
        for number in range(_PEOPLE)
    ]
    with serving(finished) as url:

        def act(number: int) -> int:
            verdict = ("approve", "reject")[number % 2]
            cookies, headers = {cookie_of(url): secrets[number]}, {"Origin": url, "Sec-Fetch-Site": "same-origin"}
            with httpx2.Client(base_url=url, cookies=cookies, headers=headers, timeout=60) as person:
                return person.post(f"/jobs/1/{verdict}", data=form | {"reason": f"by {number}"}).status_code

        with ThreadPoolExecutor(_PEOPLE) as people:
            answers = sorted(people.map(act, range(_PEOPLE)))
    assert answers == [303] + [409] * (_PEOPLE - 1)
    with finished.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Decision)) == 1
    folders = [path.parent.name for path in (finished.root / "output").glob("*/job-1-video-1.mp4")]
    assert folders == ["approved" if decided(finished)[0].verdict == "approve" else "rejected"]


def test_a_script_appears_on_the_open_page_as_soon_as_it_is_written(visit: Visit, finished: Home) -> None:
    job_id = new_job(finished)
    with claimed(finished, job_id, "run-2", partial=True):
        finished.queue.report_progress(job_id, "run-2", "content_generation", "scripts begins")
        page = visit().open(f"/jobs/{job_id}")
        expect(page.locator("main")).to_contain_text("Nothing to look at yet")
        maker = Maker(finished, job_id, ledger(finished, job_id, "run-2").call)
        documents: dict[str, Any] = {}
        rows: dict[str, tuple[StoredRow, ...]] = {}
        for asset in ("trends", "analysis", "scripts"):
            documents[asset] = maker.make(asset, {name: documents[name] for name in RECORDS[asset].upstream})
            rows[asset] = store(finished, job_id, "run-2", asset, documents[asset], rows)
        finished.queue.report_progress(job_id, "run-2", "content_generation", "voiceovers 1/2 scene 1: a sentence")
        expect(page.locator("#script")).to_contain_text("Scene 1")
        expect(page.locator("#progress-text")).to_contain_text("voiceovers 1 of 2")


def test_a_video_that_is_done_before_its_page_begins_to_watch_is_shown_as_done(visit: Visit, finished: Home) -> None:
    job_id = new_job(finished)
    with claimed(finished, job_id, "run-2"):
        visitor = visit()
        held: list[Route] = []
        visitor.page.route("**/events/jobs*", lambda route: held.append(route), times=1)  # noqa: PLW0108 — Playwright writes on it
        page = visitor.open(f"/jobs/{job_id}")
        expect(page.locator("main .badge[data-state=running]")).to_be_visible()

        def has_asked() -> bool:
            page.wait_for_timeout(50)
            return bool(held)

        wait_for(has_asked, "the page to ask for its stream")
    held[0].continue_()
    expect(page.locator("main .badge[data-state=failed]")).to_be_visible()
