"""From `reelineage up` to an approved video and a changed sentence, as somebody does it who has only the browser.

Belongs here: the real supervisor, daemon, Dagster and speech. One test, because all of that costs a minute of work.
"""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select

from reelineage import lineage
from reelineage.models import Clip, Edit, ProviderCall, TrendAnalysis, TrendReport
from resources.audit import audit_all
from resources.home import Home
from tests.browser.conftest import PATIENCE_SECONDS, until
from tests.console.processes import BIN, free_port, outputs, started, wait_for
from tests.tiny import TINY_THEME

_MADE_SECONDS = 240


def ask_dagster(page: Page, query: str, **variables: object) -> Any:
    """A query to Dagster through the guard, with the browser's own session."""
    origin = re.match(r"https?://[^/]+", page.url)
    assert origin
    answer = page.request.post(
        f"{origin[0]}/dagster/graphql",
        data={"query": query, "variables": variables},
        headers={"Origin": origin[0], "Sec-Fetch-Site": "same-origin"},
    )
    assert answer.ok, answer.text()
    return answer.json()["data"]


def events_of_reviews(page: Page) -> list[str]:
    query = """query Q($key: AssetKeyInput!, $partitions: [String!]) {
      assetOrError(assetKey: $key) { ... on Asset {
        assetMaterializations(partitions: $partitions, limit: 5) { description } } } }"""
    asset = ask_dagster(page, query, key={"path": ["reviews"]}, partitions=["1"])["assetOrError"]
    return [one["description"] or "" for one in asset["assetMaterializations"]]


def counted(home: Home) -> dict[str, int]:
    """How often each stage's work was really done."""
    with home.database.read() as session:
        calls = session.execute(
            select(ProviderCall.role, func.count().label("calls"))
            .where(ProviderCall.job_id == 1)
            .group_by(ProviderCall.role)
        ).all()
        kinds = {model.__tablename__: session.scalar(select(func.count()).select_from(model)) or 0
                 for model in (TrendReport, TrendAnalysis)}  # fmt: skip
    return {row.role: row.calls for row in calls} | kinds


def pictures(home: Home) -> dict[int, str]:
    with home.database.read() as session:
        clips: tuple[Clip, ...] = lineage.current(session, 1).clips or ()
        return {clip.scene: clip.artifact_sha256 for clip in clips}


@pytest.mark.slow
def test_a_video_is_ordered_watched_approved_and_reworded_in_the_browser(browser: Browser, studio: Home) -> None:
    port = free_port()
    with started(studio.root, BIN / "reelineage", "up", "--port", port):
        context = browser.new_context()
        context.set_default_timeout(PATIENCE_SECONDS * 1000)
        page = context.new_page()
        page.goto(link_of(studio))
        page.get_by_label("name").fill("Reviewer one")
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/jobs")
        order(page, f"http://127.0.0.1:{port}/jobs/new")
        waiting = page.locator("main .badge[data-state=awaiting_review]").first
        expect(waiting).to_be_visible(timeout=_MADE_SECONDS * 1000)  # it comes by itself, without loading again

        page.goto(f"http://127.0.0.1:{port}/jobs/1")
        until(page, "document.querySelector('#player').readyState >= 1")
        page.evaluate("document.querySelector('#player').currentTime = 2")
        until(page, "!document.querySelector('#player').seeking")
        page.evaluate("document.querySelector('#player').textTracks[0].mode = 'showing'")
        until(page, "document.querySelector('#player').textTracks[0].cues?.length > 1")
        before, first = counted(studio), pictures(studio)

        page.locator("details:has(> form#approve) > summary").click()
        page.locator("form#approve [name=reason]").fill("Reads well")
        page.locator("form#approve [name=allow_demo]").check()
        page.locator("form#approve button").click()
        expect(page.locator("main")).to_contain_text("Reads well")
        assert [*(studio.root / "output" / "approved").glob("job-1-video-1.mp4")]
        wait_for(lambda: "approved by Reviewer one: Reads well" in events_of_reviews(page), "the decision in Dagster")

        reword(page, "A very short look, said in other words.")
        video = "document.querySelector('#player source, #player')?.outerHTML ?? ''"
        until(page, f"({video}).includes('/media/videos/2/')", seconds=_MADE_SECONDS)
        review = studio.root / "output" / "review"
        wait_for(lambda: [*review.glob("job-1-video-2.mp4")], "the review of the new video")
        after, second = counted(studio), pictures(studio)
        again = {role: after[role] - count for role, count in before.items()}
        assert again["trend_source"] == again["trend_reports"] == again["trend_analyses"] == again["script_writer"] == 0
        assert again["speech_synthesizer"] == 1
        assert again["footage_source"] <= 1
        assert [scene for scene in first if first[scene] != second[scene]] in ([], [1])
        with studio.database.read() as session:
            assert session.scalars(select(Edit.actor)).all() == ["Reviewer one"]
        assert not [*(studio.root / "output" / "approved").glob("*.mp4")]  # that decision is about what was before

        page = context.new_page()  # the one before may be loading itself again, and would cut this off
        page.goto(f"http://127.0.0.1:{port}/lineage/video/2")
        page.locator("svg a[href='/records/edit/1']").first.click()
        expect(page.locator("h1")).to_contain_text("Edit 1")
        page.goto(f"http://127.0.0.1:{port}/dagster/")
        expect(page.locator("body")).to_contain_text("reelineage")
        context.close()
    assert audit_all(studio) == []


def link_of(home: Home) -> str:
    """The link that `up` prints when it is ready."""
    said = outputs(home.root)[0]
    wait_for(lambda: "/sign-in?key=" in said.read_text(), "the sign-in link")
    return str(re.findall(r"http\S+/sign-in\?key=\S+", said.read_text())[0])


def order(page: Page, form: str) -> None:
    """Ask for a draft of a theme of one's own."""
    page.goto(form)
    page.locator("input[name=theme][value=own]").check()
    page.get_by_text("Write your own theme").click()
    page.locator("#yaml").fill(TINY_THEME)
    page.locator("#profile").select_option("draft")
    page.locator("#seed").fill("5")
    page.get_by_role("button", name="Create the video").click()
    page.wait_for_url("**/jobs/1")


def reword(page: Page, text: str) -> None:
    """Give the first sentence other words, as the page offers it."""
    field = page.locator('form#edit [name="sentence-1-1"]')
    page.locator("details:has([name='sentence-1-1']) > summary").click()
    field.fill(text)
    page.locator("form#edit button[type=submit], form#edit button:not([type])").last.click()
    expect(page.locator("main")).to_contain_text("queued")
