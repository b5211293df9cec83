"""The page of one row: whole, checked against its hash, linked both ways, and honest about what was taken down."""

import pytest
from sqlalchemy import text

from console.web.drawing.numbers import age
from console.web.facts import facts, outside_address
from reelineage import documents as docs
from reelineage.family import Ref
from reelineage.fingerprint import sha256_of
from reelineage.models import MediaItem, TrendAnalysis, TrendObservation
from resources.access import Role
from resources.home import Home
from resources.row_details import details_of
from resources.takedown.execution import listed, withdraw
from resources.trend_analyses import evidence_rows
from tests.console.web.reading import Page
from tests.console.web_client import client
from tests.factories import fill_job, new_job


def page(home: Home, address: str) -> Page:
    answer = client(home, Role.VIEWER).get(address)
    assert answer.status_code == 200, answer.text[:2000]
    return Page(answer.text)


def links(found: Page) -> set[str]:
    return {one.attributes["href"] for one in found.all("a") if "href" in one.attributes}


def test_a_record_links_to_what_it_was_made_from_and_what_it_went_into(any_home: Home) -> None:
    fill_job(any_home, new_job(any_home))
    shown = links(page(any_home, "/records/voiceover/1"))
    assert {"/records/script/1", "/records/clip/1", "/records/video/1", "/jobs/1", "/dagster/runs/run-1"} <= shown
    assert "/records/trend_observation/1" in links(page(any_home, "/records/script/1"))


def test_a_record_says_whether_its_content_is_what_was_hashed(home: Home) -> None:
    fill_job(home, new_job(home))
    assert "still has the hash" in page(home, "/records/script/1").text
    with home.database.write() as session:
        session.execute(text("DROP TRIGGER scripts_no_update"))
        session.execute(text("UPDATE scripts SET document = replace(document, 'Taps', 'Traps')"))
    assert "Its content was changed after it was made" in page(home, "/records/script/1").text


def test_media_can_be_played_by_the_id_of_the_row(finished: Home) -> None:
    video = page(finished, "/records/video/1")
    assert video.one("source").attributes["src"] == "/media/videos/1/video.mp4"
    assert video.one("track").attributes["src"] == "/media/videos/1/captions.vtt"
    assert page(finished, "/records/voiceover/1").one("audio").attributes["src"] == "/media/voiceovers/1/audio.wav"
    assert page(finished, "/records/clip/1").one("video").attributes["src"] == "/media/clips/1"
    for address in ("/media/videos/1/video.mp4", "/media/voiceovers/1/audio.wav", "/media/clips/1"):
        assert client(finished, Role.VIEWER).get(address).status_code == 200


def test_what_was_taken_down_has_no_player_and_says_why(finished: Home) -> None:
    refs = [Ref("script", "1")]
    withdraw(finished.database, refs, listed(finished.database, refs), reason="asked for", actor="Ada")
    shown = page(finished, "/records/script/1")
    assert "asked for" in shown.text
    assert "content taken down" in shown.text
    assert "/records/tombstone/1" in links(shown)
    assert not page(finished, "/records/video/1").has("source")
    assert "/records/script/1" in links(page(finished, "/records/tombstone/1"))


def test_a_trend_item_shows_what_was_seen_of_it_over_time(finished: Home) -> None:
    shown = page(finished, "/records/trend_item/1")
    assert len([one for one in shown.all("circle") if one.attributes.get("class") == "dot"]) == 2
    assert len([one for one in links(shown) if one.startswith("/records/trend_observation/")]) == 2


def test_what_several_jobs_fetched_at_one_moment_is_one_line(any_home: Home) -> None:
    for _ in range(2):
        fill_job(any_home, new_job(any_home))
    shown = page(any_home, "/records/trend_item/1")
    assert "fetched 2 times" in shown.one("div", aria_label="Observations").text
    assert len(shown.all("th", scope="row")) == 1


def test_other_numbers_of_the_same_moment_are_a_line_of_their_own(home: Home) -> None:
    for _ in range(2):
        fill_job(home, new_job(home))
    with home.database.write() as session:
        session.execute(text("DROP TRIGGER trend_observations_no_update"))
        session.execute(text("UPDATE trend_observations SET likes = likes + 1 WHERE fetch_id = 2"))
    shown = page(home, "/records/trend_item/1")
    assert "fetched 2 times" not in shown.text
    assert len(shown.all("th", scope="row")) == 2


def test_an_observation_says_the_rates_that_the_analysis_says(finished: Home) -> None:
    with finished.database.read() as session:
        analysis = session.query(TrendAnalysis).one()
        keys = evidence_rows(session, analysis.id)
        found = docs.TrendAnalysis.model_validate(analysis.document)
    item = next(one for one in found.ranked if one.growth is not None and (one.velocity or 0) >= 10)
    shown = page(finished, f"/records/trend_observation/{keys[item.evidence[-1]]}").one(
        "section", aria_labelledby="rates"
    )
    assert f"{item.engagement:,} reactions" in shown.text
    assert f": {item.velocity:,.0f} reactions an hour" in shown.text
    assert f": {item.growth:,.0f} views an hour" in shown.text
    assert f"{age(item.hours_since_published)} after it was published" in shown.text
    assert "it counts this observation" in shown.text


def test_an_earlier_observation_leads_to_the_one_that_the_analysis_counts(finished: Home) -> None:
    with finished.database.read() as session:
        keys = evidence_rows(session, 1)
        analysis = docs.TrendAnalysis.model_validate(session.query(TrendAnalysis).one().document)
    earlier, newest = (keys[key] for key in analysis.ranked[0].evidence)
    shown = page(finished, f"/records/trend_observation/{earlier}")
    assert "It counts the newest" in shown.one("section", aria_labelledby="rates").text
    assert f"/records/trend_observation/{newest}" in links(shown)
    assert "views an hour" not in shown.text


def test_an_observation_without_numbers_says_no_rate(home: Home) -> None:
    fill_job(home, new_job(home))
    with home.database.write() as session:
        session.execute(text("DROP TRIGGER trend_observations_no_update"))
        session.execute(text("UPDATE trend_observations SET likes = NULL WHERE id = 1"))
    assert not page(home, "/records/trend_observation/1").has("section", aria_labelledby="rates")
    assert page(home, "/records/trend_observation/2").has("section", aria_labelledby="rates")
    refs = [Ref("trend_observation", "2")]
    withdraw(home.database, refs, listed(home.database, refs), reason="asked for", actor="Ada")
    assert not page(home, "/records/trend_observation/2").has("section", aria_labelledby="rates")


def test_the_first_hour_counts_as_one(home: Home) -> None:
    fill_job(home, new_job(home))
    with home.database.write() as session:
        session.execute(text("DROP TRIGGER trend_observations_no_update"))
        session.execute(text("UPDATE trend_observations SET published_at = observed_at"))
    told = page(home, "/records/trend_observation/2").one("section", aria_labelledby="rates").text
    assert "20 likes, 0 min after it was published, counted as 1 h: 20 reactions an hour" in told


@pytest.mark.parametrize("address", ["trend_observation/1", "trend_item/1", "trend_fetch/1"])
def test_demo_data_is_marked_wherever_it_is_shown(finished: Home, address: str) -> None:
    badges = [one.text for one in page(finished, f"/records/{address}").all("span", class_="badge")]
    assert "demo data" in badges


@pytest.mark.parametrize("address", ["trend_observation/1", "trend_item/1", "trend_fetch/1"])
def test_what_is_no_demo_data_is_not_marked_so(home: Home, address: str) -> None:
    fill_job(home, new_job(home))
    assert not page(home, f"/records/{address}").all("span", class_="badge")


def test_a_call_shows_its_model_and_parameters_and_leads_to_everything_made_with_it(finished: Home) -> None:
    shown = page(finished, "/records/provider_call/3")
    assert "What it was asked with" in shown.text
    assert any(one.startswith("/lineage?ref=model%3Atiny%2Fsine%2F1") for one in links(shown))


def test_a_price_that_nobody_told_is_not_nothing() -> None:
    call = Ref("provider_call", "1")
    told = {one.name: one.text for one in facts(call, {"cost_nanousd": None, "status": "ok"})}
    assert told["cost"] == "unknown"
    assert "cost" not in {one.name for one in facts(call, {"cost_nanousd": None, "status": "intent"})}


@pytest.mark.parametrize(
    ("address", "leads"),
    [
        ("https://example.org/a?b=c#d", True), ("http://example.org", True), ("javascript:alert(1)", False),
        ("JaVaScRiPt:alert(1)", False), ("data:text/html,x", False), ("//example.org", False), ("/jobs/1", False),
        ("https://exa mple.org", False), ("https://example.org/\n", False), ("https://", False), ("http://[", False),
        ("ftp://example.org", False), ("", False), (None, False),
    ],
)  # fmt: skip
def test_only_addresses_of_the_web_become_links(address: str | None, leads: bool) -> None:
    assert bool(outside_address(address)) is leads


def test_a_link_to_the_page_of_a_work_tells_it_nothing(home: Home) -> None:
    fill_job(home, new_job(home))
    with home.database.read() as session:
        item = session.query(MediaItem).first()
        seen = session.query(TrendObservation).first()
    assert item is not None
    assert seen is not None
    answer = client(home, Role.VIEWER).get(f"/records/media_item/{item.id}").text
    for one in Page(answer).all("a"):
        if one.attributes["href"].startswith("http"):
            assert one.attributes["rel"] == "noopener noreferrer"


def test_a_row_with_a_huge_family_shows_the_newest_few(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resources.row_details._MOST_OF_A_KIND", 2)
    for _ in range(3):
        fill_job(home, new_job(home))
    with home.database.read() as session:
        found = details_of(session, Ref("media_item", "1"))
    (voiceovers,) = [kin for kin in found.went_into if kin.node == "voiceover"]
    assert [ref.key for ref in voiceovers.rows] == ["3", "2"]
    assert voiceovers.more
    shown = links(page(home, "/records/media_item/1"))
    assert "/lineage/media_item/1?direction=down&kind=voiceover" in shown


def test_long_content_is_cut_and_says_so(finished: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.web.pages.records._MOST_JSON", 100)
    assert "Cut off here" in page(finished, "/records/script/1").text


def test_a_job_has_a_page_of_its_own(home: Home) -> None:
    new_job(home)
    answer = client(home, Role.VIEWER).get("/records/job/1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/jobs/1")


def test_a_file_says_what_it_is(finished: Home) -> None:
    sha256 = sha256_of((finished.store.path(next(finished.store.hashes()))).read_bytes())
    assert "/records/" in " ".join(links(page(finished, f"/records/artifact/{sha256}")))
