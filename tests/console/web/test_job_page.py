"""The job page: what was made, why it says what it says, and that every state of a job reads right.

Belongs here: reading. Not here: deciding (`test_deciding.py`), asking for changes (`test_asking_for_changes.py`).
"""

from itertools import pairwise

import pytest
from sqlalchemy import select

from console.web.templating import environment
from reelineage.models import Job, Script, ScriptCitation, Video
from resources.access import Role
from resources.decisions import decide
from resources.home import Home
from resources.job_scenes import Source, script_view
from tests.console.web.reading import Page
from tests.console.web_client import client
from tests.factories import NOON, claimed, fill_job, new_job
from tests.resources.test_takedown import take_down


def page(home: Home, path: str = "/jobs/1", role: Role = Role.OPERATOR, *, read_only: bool = False) -> Page:
    answer = client(home, role, read_only=read_only).get(path)
    assert answer.status_code == 200, answer.text
    return Page(answer.text)


def test_the_player_shows_the_delivered_video_with_its_poster_and_captions(finished: Home) -> None:
    found = page(finished)
    player = found.one("video", id="player")
    assert player.attributes["src"].startswith("/media/videos/1/video.mp4?v=")
    assert player.attributes["poster"].startswith("/media/videos/1/thumbnail?v=")
    assert {"controls", "playsinline"} <= player.attributes.keys()
    track = found.one("track", kind="captions")
    assert "default" not in track.attributes  # the captions are in the picture already; the player can show these too
    assert track.attributes["src"].startswith("/media/videos/1/captions.vtt?v=")


def test_what_the_page_plays_is_there_and_may_be_kept_by_the_browser(finished: Home) -> None:
    found, asking = page(finished), client(finished)
    for address in (found.one("video").attributes["src"], found.one("track").attributes["src"]):
        answer = asking.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]


def test_each_sentence_is_a_link_to_its_moment_in_the_video(finished: Home) -> None:
    found = page(finished)
    with finished.database.read() as session:
        document = session.scalars(select(Script)).one().document
    assert document is not None
    cues = [element for element in found.all("a") if "data-sentence" in element.attributes]
    texts = [sentence["text"] for scene in document["scenes"] for sentence in scene["sentences"]]  # type: ignore[index, union-attr, call-overload]  # the stored document
    assert [cue.text for cue in cues] == [" ".join(str(text).split()) for text in texts]
    starts = [float(cue.attributes["data-start"]) for cue in cues]
    assert starts == sorted(starts)
    assert starts[-1] > 0
    assert cues[-1].attributes["href"] == f"/media/videos/1/video.mp4#t={starts[-1]:.2f}"


def test_many_sources_of_one_sentence_are_folded_and_each_stays_a_link() -> None:
    sources = [Source(n, n, "youtube", f"item-{n}", NOON, f"Tap {n}", None, None, 1042.4) for n in range(1, 41)]
    found = Page(environment().get_template("macros.html").module.cites(sources, "sentence 1.1"))  # type: ignore[attr-defined]  # a macro
    assert found.one("summary").text == "28 more sources of sentence 1.1"
    links = [link.attributes["href"] for link in found.all("a")]
    assert links == [f"/records/trend_observation/{number}" for number in range(1, 41)]


def test_a_source_tells_its_title_its_moment_and_its_rate() -> None:
    cites = environment().get_template("macros.html").module.cites  # type: ignore[attr-defined]  # a macro
    told = "Tap <1>, seen 2026-11-01 12:00 UTC: 1,042 reactions an hour since it was published"
    known, unknown = (Source(1, 1, "youtube", "item-1", NOON, "Tap <1>", None, None, rate) for rate in (1042.4, None))
    link = Page(cites([known], "sentence 1.1")).one("a")
    assert (link.attributes["title"], link.text) == (told, f"1: {told}")
    assert Page(cites([unknown], "sentence 1.1")).one("a").attributes["title"] == told.partition(": 1,042")[0]


def test_the_source_that_answers_comes_first_the_newest_of_its_item_and_the_strongest(finished: Home) -> None:
    with finished.database.read() as session:
        script = session.scalars(select(Script)).one()
        view = script_view(session, script, None, None)
        cited = set(session.scalars(select(ScriptCitation.observation_id)))
    last = {one.external_id: one.observed_at for one in sorted(view.sources, key=lambda one: one.observed_at)}
    several = [line.sources for line in view.lines if len(line.sources) > 1]
    assert any(one.observed_at < last[one.external_id] for sources in several for one in sources)
    for sources in several:
        order = [(one.observed_at < last[one.external_id], -(one.reactions_per_hour or 0)) for one in sources]
        assert order == sorted(order)
    assert [one.number for one in view.sources] == list(range(1, len(cited) + 1))
    assert {one.observation_id for one in view.sources} == cited


def test_one_click_leads_from_a_sentence_to_the_row_that_it_rests_on(home: Home) -> None:
    fill_job(home, new_job(home))
    with home.database.read() as session:
        cited = session.scalars(select(ScriptCitation.observation_id)).first()
    found = page(home)
    cites = found.all("a", class_="cite")
    assert [cite.attributes["href"] for cite in cites] == [f"/records/trend_observation/{cited}"] * 2
    assert "How to mend tap 1" in cites[0].text


def test_findings_stand_there_the_worst_first_and_the_demo_data_is_named(finished: Home) -> None:
    found = page(finished)
    severities = [element.attributes["data-severity"] for element in found.all("div", class_="finding")]
    assert severities == sorted(severities, key=["error", "warning", "info"].index)
    assert severities[0] == "error"
    assert "demo material is among its sources" in found.one("section", id="disclosure").text


def test_the_bill_the_credits_the_costs_and_the_ways_on_are_there(finished: Home) -> None:
    found = page(finished)
    assert "Sine" in found.one("section", id="materials").text
    assert "Made-up sample data" in found.one("textarea", id="credits").raw
    assert "Total" in found.one("section", id="costs").text
    addresses = {element.attributes.get("href", "") for element in found.all("a")}
    assert {
        "/lineage/video/1?direction=up", "/jobs/1/trends", "/records/video/1", "/media/videos/1/video.mp4?download",
        "/dagster/assets/videos?view=partitions&partition=1",
    } <= addresses  # fmt: skip


def test_nothing_on_the_page_needs_a_script_or_a_style_of_its_own(finished: Home) -> None:
    found = page(finished)
    assert all("src" in element.attributes for element in found.all("script"))
    for element in found.elements:
        assert not [name for name in element.attributes if name == "style" or name.startswith("on")], element
    assert not found.all("style")


def test_headings_come_in_order_and_ids_only_once(finished: Home) -> None:
    found = page(finished)
    levels = [int(element.tag[1]) for element in found.elements if element.tag in ("h1", "h2", "h3", "h4")]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    ids = [element.attributes["id"] for element in found.elements if "id" in element.attributes]
    assert len(ids) == len(set(ids))
    labelled = {element.attributes["for"] for element in found.all("label") if "for" in element.attributes}
    assert labelled <= set(ids)


# --- states -----------------------------------------------------------------------------------------------------------


def test_a_job_that_waits_says_so(home: Home) -> None:
    new_job(home)
    found = page(home)
    assert "Waiting in the queue" in found.text
    assert "Nothing to look at yet" in found.text
    assert found.has("form", action="/jobs/1/cancel")
    assert not found.has("video")


def test_a_job_at_work_shows_its_stage_and_how_far_it_is(home: Home) -> None:
    job_id = new_job(home)
    with claimed(home, job_id, "run-1"):
        home.queue.report_progress(job_id, "run-1", "content_generation", "clips: scene 3 of 7")
        found = page(home)
    assert found.one("li", aria_current="step").text == "now: content generation"
    assert found.one("p", id="progress-text").text == "Content generation: clips: scene 3 of 7"
    assert not found.has("progress")


def test_a_job_at_work_counts_its_pieces_with_a_bar(home: Home) -> None:
    job_id = new_job(home)
    with claimed(home, job_id, "run-1"):
        home.queue.report_progress(job_id, "run-1", "content_generation", "clips 3/7 scene 3: chart")
        found = page(home)
    assert found.one("p", id="progress-text").text == "Content generation: clips 3 of 7, scene 3: chart"
    assert 0 < int(found.one("progress").attributes["value"]) < 100


def test_the_page_carries_a_sign_of_what_it_shows_and_the_address_of_its_version(home: Home) -> None:
    job_id = new_job(home)
    signs = [page(home).one("div", id="job").attributes["data-shown"]]
    for asset in ("analysis", "scripts", "voiceovers", "videos"):
        fill_job(home, job_id, f"run-{asset}", until=asset)
        signs.append(page(home).one("div", id="job").attributes["data-shown"])
    assert signs[0] == signs[1] == "nothing"
    assert len(set(signs)) == 4
    assert page(home, "/jobs/1?version=1").one("div", id="job").attributes["data-address"] == "/jobs/1?version=1"


def test_a_job_that_failed_says_why_and_can_be_retried(home: Home) -> None:
    job_id = new_job(home)
    with claimed(home, job_id, "run-1"):
        home.queue.fail(
            job_id, "run-1", error="Reading feed.xml: it is empty. Run `reelineage jobs retry 1`.", kind="permanent"
        )
    found = page(home)
    assert "Reading feed.xml: it is empty." in found.text
    assert found.has("form", action="/jobs/1/retry")
    assert found.has("code")
    assert not page(home, role=Role.VIEWER).has("form", action="/jobs/1/retry")


def test_a_cancelled_job_says_what_is_kept_and_what_retry_does(home: Home) -> None:
    fill_job(home, new_job(home))
    fill_job(home, 1, "run-2", until="voiceovers", take=2)
    home.queue.cancel(1)
    said = page(home).one("section", aria_labelledby="failed-title").text
    assert "Kept is what was finished: version 2 of the script, and the video from before" in said
    assert "Retry goes on from there" in said
    assert "who that was is not stored" in said
    job_id = new_job(home)
    home.queue.cancel(job_id)
    said = page(home, f"/jobs/{job_id}").one("section", aria_labelledby="failed-title").text
    assert "What was finished is kept." in said


def test_a_job_that_stopped_half_way_shows_what_there_is(home: Home) -> None:
    fill_job(home, new_job(home), until="voiceovers")
    home.queue.cancel(1)
    found = page(home)
    assert "There is no video of this version." in found.text
    assert found.one("span", data_sentence="1.1").text == "Taps 1, part 1."
    assert not found.has("form", id="approve")


def test_a_video_that_was_taken_down_says_when_and_why_and_plays_nothing(finished: Home) -> None:
    take_down(finished, "video:1", reason="The <b>cook</b> asked for it")
    found = page(finished)
    assert "taken down on" in found.text
    assert "The <b>cook</b> asked for it" in found.text
    assert not found.has("video")
    assert not found.has("form", id="approve")
    assert not found.has("form", id="edit")
    assert not [a for a in found.all("a") if a.attributes.get("href", "").startswith("/media/videos")]


def test_a_script_that_was_taken_down_leaves_a_page_that_still_reads(home: Home) -> None:
    fill_job(home, new_job(home))
    take_down(home, "script:1")
    found = page(home)
    assert "The content of this script was taken down." in found.text
    assert found.one("h1").text == "Job 1: taken down"


def test_a_review_from_before_disclosures_were_kept_shows_what_is_derived_now(home: Home) -> None:
    fill_job(home, new_job(home))
    assert "from before that was kept" in page(home).one("section", id="disclosure").text


def test_a_decision_stands_there_with_who_when_and_why(home: Home) -> None:
    fill_job(home, new_job(home))
    decide(home.database, 1, verdict="reject", reason="Too <i>long</i>", actor="Grace")
    told = page(home).one("section", id="decide").text
    assert "Rejected by Grace" in told
    assert "“Too <i>long</i>”" in told
    assert not page(home).has("form", id="reject")


def test_while_a_new_version_is_made_the_old_video_stays_and_cannot_be_decided(home: Home) -> None:
    job_id = new_job(home)
    fill_job(home, job_id)
    fill_job(home, job_id, "run-2", until="voiceovers", take=2)
    found = page(home)
    assert "made from an earlier version of the script" in found.text
    assert found.one("video").attributes["src"].startswith("/media/videos/1/")
    assert found.one("h1").text == "Taps 2"
    assert not found.has("form", id="approve")


def test_an_earlier_version_can_be_looked_at_with_its_own_video(home: Home) -> None:
    job_id = new_job(home)
    fill_job(home, job_id)
    decide(home.database, 1, verdict="approve", reason="Good", actor="Grace")
    fill_job(home, job_id, "run-2", take=2)
    assert page(home).one("h1").text == "Taps 2"
    found = page(home, "/jobs/1?version=1")
    assert found.one("h1").text == "Taps 1"
    assert found.one("video").attributes["src"].startswith("/media/videos/1/")
    assert "It is void" in found.one("section", id="decide").text
    assert not found.has("form", id="edit")
    listed = page(home).one("section", id="versions").text
    assert "Video 1: approved by Grace" in listed
    assert "void" in listed


# --- who may do what, and what is not there ---------------------------------------------------------------------------


def test_a_viewer_reads_everything_and_is_told_why_not_more(finished: Home) -> None:
    found = page(finished, role=Role.VIEWER)
    assert found.has("video", id="player")
    assert "Deciding needs the role reviewer" in found.text
    assert "Asking for changes needs the role reviewer" in found.text
    assert not [form for form in found.all("form") if form.attributes.get("action", "").startswith("/jobs/1")]


def test_a_read_only_console_says_that_it_is(finished: Home) -> None:
    found = page(finished, read_only=True)
    assert "This console is read-only" in found.one("section", id="decide").text
    assert not found.has("form", id="approve")


@pytest.mark.parametrize("path", ["/jobs/9", "/jobs/0", "/jobs/-1", "/jobs/01", "/jobs/1.0", "/jobs/" + "9" * 5_000,
                                  "/jobs/1?version=9", "/jobs/9/versions", "/jobs/%00"])  # fmt: skip
def test_what_does_not_exist_is_not_found(home: Home, path: str) -> None:
    fill_job(home, new_job(home))
    assert client(home).get(path).status_code == 404


def test_the_form_for_a_new_job_is_not_taken_for_a_job(home: Home) -> None:
    assert client(home).get("/jobs/new").status_code == 200


def test_titles_reasons_and_themes_are_text_and_nothing_else(home: Home) -> None:
    evil = '<script>alert(1)</script>"onload="x'
    job_id = new_job(home, name=evil)
    fill_job(home, job_id)
    with home.database.read() as session:
        assert session.get_one(Job, job_id).theme_name == evil
        assert session.get(Video, 1)
    decide(home.database, job_id, verdict="reject", reason=evil, actor=evil)
    found = page(home)
    assert found.text.count("<script>alert(1)</script>") >= 2
    assert len(found.all("script")) == len([one for one in found.all("script") if "src" in one.attributes])
