"""What the lineage offers to somebody who has not asked anything yet: only what is there, and every link works."""

import pytest

from reelineage import documents as docs
from resources.access import Role
from resources.home import Home
from resources.lineage_examples import examples
from tests import factories
from tests.console.web.reading import Element, Page
from tests.console.web_client import client
from tests.factories import fill_job, new_job
from tests.resources.test_takedown import take_down

HOSTILE = "</a><script>alert(1)</script>"


def offered(home: Home, address: str = "/lineage", status: int = 200) -> list[Element]:
    """The examples as links; each leads to an answer."""
    asking = client(home, Role.VIEWER)
    answer = asking.get(address)
    assert answer.status_code == status, answer.text
    assert HOSTILE not in answer.text
    page = Page(answer.text)
    found = [
        one
        for one in page.all("a")
        if one.attributes["href"].startswith("/lineage") and "direction=" in one.attributes["href"]
    ]
    for one in found:
        led = asking.get(one.attributes["href"], follow_redirects=True)
        assert led.status_code == 200, one.attributes["href"]
        assert "Nothing was made from it yet" not in led.text
    return found


def test_where_nothing_is_stored_it_says_so_and_offers_nothing(any_home: Home) -> None:
    new_job(any_home)
    assert offered(any_home) == []
    assert "Nothing is stored yet" in client(any_home, Role.VIEWER).get("/lineage").text


def test_the_newest_videos_and_what_they_came_of_are_offered(any_home: Home) -> None:
    for _ in range(4):
        fill_job(any_home, new_job(any_home))
    found = {one.text: one.attributes["href"] for one in offered(any_home)}
    assert list(found)[:3] == ["What went into video 4", "What went into video 3", "What went into video 2"]
    assert found["What came of analysis 4"] == "/lineage/trend_analysis/4?direction=down"
    assert any(text.startswith("What came of observation") for text in found)
    assert any(text.startswith("What came of work") for text in found)
    assert found["Everything made with a model"] == "/lineage?ref=model%3Atoy%2Fvideos&direction=down"


def test_a_question_that_was_not_understood_gets_the_examples_too(home: Home) -> None:
    fill_job(home, new_job(home))
    assert offered(home, "/lineage?ref=what", status=422)


def test_what_was_fetched_alone_is_no_reason_to_offer_a_model(home: Home) -> None:
    fill_job(home, new_job(home), until="analysis")
    with home.database.read() as session:
        found = examples(session)
    assert found.model is None
    assert not found.made
    assert [ref.node for ref in found.used] == ["trend_analysis"]


def test_titles_are_text_and_what_was_taken_down_is_said_to_be(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    made = factories.video

    def hostile(*args: object) -> docs.Video:
        return made(*args).model_copy(update={"title": HOSTILE})  # type: ignore[arg-type]  # passed on as they are

    monkeypatch.setattr(factories, "video", hostile)
    fill_job(home, new_job(home))
    assert "&lt;script&gt;" in client(home, Role.VIEWER).get("/lineage").text
    assert offered(home)
    take_down(home, "video:1")
    assert "content taken down" in client(home, Role.VIEWER).get("/lineage").text
