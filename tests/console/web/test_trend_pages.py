"""The trends pages: every claim with the rows it rests on, numbers short and exact, demo data named as such."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import text

from reelineage import documents as docs
from reelineage.family import Ref
from reelineage.trends.analysis import analyse
from resources.access import Role
from resources.home import Home
from resources.takedown.execution import listed, withdraw
from tests import factories
from tests.console.web.reading import Page
from tests.console.web_client import client
from tests.factories import NOON, fill_job, new_job


def page(home: Home, address: str) -> Page:
    answer = client(home, Role.VIEWER).get(address)
    assert answer.status_code == 200, answer.text[:2000]
    assert "style=" not in answer.text
    return Page(answer.text)


def links(found: Page) -> set[str]:
    return {one.attributes["href"] for one in found.all("a") if "href" in one.attributes}


@pytest.fixture
def analysed(any_home: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home with one job, whose analysis is a real one of eight items, each seen twice; one has a hostile address."""
    monkeypatch.setattr(factories, "fetch", lambda **_: _fetch())
    monkeypatch.setattr(factories, "analysis", lambda seen, **_: analyse(seen))
    fill_job(any_home, new_job(any_home))
    return any_home


def _fetch() -> docs.TrendFetch:
    seen = [
        factories.observation(
            number,
            title=f"How to mend a dripping tap, part {number}",
            observed_at=NOON + timedelta(hours=hour),
            views=1000 * number * (hour + 1),
            likes=None if number == 8 else 10 * number,
            url="javascript:alert(1)" if number == 1 else f"https://example.org/{number}",
        )
        for number in range(1, 9)
        for hour in (0, 2)
    ]
    return docs.TrendFetch(source_kind="file", source_name="taps.csv", observations=tuple(seen), skipped_count=4)


def test_every_claim_leads_to_its_rows_here_and_outside(analysed: Home) -> None:
    shown = page(analysed, "/trends/1")
    assert len([one for one in links(shown) if one.startswith("/records/trend_observation/")]) >= 8
    assert "https://example.org/7" in links(shown)
    outside = [one for one in shown.all("a") if one.attributes["href"].startswith("http")]
    assert all(one.attributes["rel"] == "noopener noreferrer" for one in outside)
    assert not {one for one in links(shown) if one.startswith("javascript")}
    asked = client(analysed, Role.VIEWER)
    for address in [one for one in sorted(links(shown)) if one.startswith("/records")][:12]:
        assert asked.get(address).status_code == 200


def test_a_row_of_evidence_is_the_very_one_that_the_claim_names(analysed: Home) -> None:
    answer = client(analysed, Role.VIEWER).get("/trends/1").text
    claim = re.search(r'draws the most reactions.*?href="(/records/trend_observation/\d+)"', answer, re.DOTALL)
    assert claim is not None
    record = page(analysed, claim[1])
    assert "part 7" in record.text
    assert "2026-11-01 14:00 UTC" in record.text


def test_topics_are_drawn_over_time_with_their_numbers_beside(analysed: Home) -> None:
    shown = page(analysed, "/trends/1")
    charts = [one for one in shown.all("svg") if one.attributes.get("class") == "chart"]
    assert charts
    names = {one.attributes["id"]: one.text for one in shown.all("title") if "id" in one.attributes}
    assert all(names[one.attributes["aria-labelledby"]].startswith("Views of") for one in charts)
    assert "108,000" in shown.text, "the numbers of the series stand in its table"


def test_numbers_are_short_with_the_exact_ones_in_the_title(analysed: Home) -> None:
    shown = page(analysed, "/trends/1")
    (views,) = [one for one in shown.all("td", title="21,000") if "num" in one.attributes.get("class", "")]
    assert views.text == "21.0 k"
    unknown = [one.text for one in shown.all("td", title="unknown reactions an hour")]
    assert unknown == ["–"], "the likes of one item are not known: that is no 0"


def test_rates_say_in_their_text_what_they_count_and_everywhere_with_one_word(analysed: Home) -> None:
    shown = page(analysed, "/trends/1")
    rates = [one.text for one in shown.all("p") if one.attributes.get("class") == "topic-figures"]
    assert rates
    assert all(re.match(r"[\d.]+( [kM])? reactions/h ", one) for one in rates), rates
    heads = {one.text for one in shown.all("th")}
    assert {"Reactions/h", "Views gained/h"} <= heads
    assert not re.search("engagement|velocity", shown.text.split("How it was computed")[0], re.IGNORECASE)


def test_the_sources_are_named_with_what_was_left_out(analysed: Home) -> None:
    shown = page(analysed, "/trends/1")
    assert "taps.csv" in shown.text
    assert {"/records/trend_fetch/1"} <= links(shown)
    assert "Rows of the file that could not be used: 4" in page(analysed, "/records/trend_fetch/1").text


def test_the_newest_trends_are_those_of_the_newest_analysis(home: Home) -> None:
    assert "No trends yet" in page(home, "/trends").text
    fill_job(home, new_job(home))
    fill_job(home, new_job(home))
    assert "/records/trend_analysis/2" in links(page(home, "/trends"))


def test_a_job_shows_the_analysis_that_its_script_was_written_from(home: Home) -> None:
    job_id = new_job(home)
    assert "Not analysed yet" in page(home, f"/jobs/{job_id}/trends").text
    fill_job(home, job_id)
    fill_job(home, job_id, "run-2", until="analysis", take=2)
    assert "/records/trend_analysis/1" in links(page(home, f"/jobs/{job_id}/trends"))
    assert client(home, Role.VIEWER).get("/jobs/99/trends").status_code == 404


def test_demo_data_is_named_before_anything_else(finished: Home) -> None:
    shown = page(finished, "/jobs/1/trends").text
    assert shown.index("Not real trends") < shown.index("Rising topics")


@pytest.mark.parametrize("number", ["0", "x", "99", "1e3", "99999999999999999999"])
def test_an_analysis_that_is_not_there_is_not_found(home: Home, number: str) -> None:
    assert client(home, Role.VIEWER).get(f"/trends/{number}").status_code == 404


def test_an_analysis_without_content_says_so(home: Home) -> None:
    fill_job(home, new_job(home))
    refs = [Ref("trend_item", "1")]
    withdraw(home.database, refs, listed(home.database, refs), reason="asked for", actor="Ada")
    shown = page(home, "/trends/1").text
    assert "Its content was taken down" in shown
    assert "asked for" in shown
    assert "No trends yet" in page(home, "/trends").text


def test_an_analysis_that_was_changed_by_hand_is_refused_with_what_to_do(home: Home) -> None:
    fill_job(home, new_job(home))
    with home.database.write() as session:
        session.execute(text("DROP TRIGGER trend_analyses_no_update"))
        session.execute(text("""UPDATE trend_analyses SET document = '{"items": 3}'"""))
    answer = client(home, Role.VIEWER).get("/trends/1")
    assert answer.status_code == 422
    assert "reelineage audit" in answer.text
