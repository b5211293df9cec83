"""The lineage pages: what the command line knows, drawn, linked and safe, and never larger than a page should be."""

import pytest

from console.asking import ask
from console.web.drawing.labels import word
from reelineage.family import Ref
from reelineage.graph import node_tables
from resources.access import Role
from resources.home import Home
from resources.ledger import Product, Request
from resources.takedown.execution import listed, withdraw
from tests import factories
from tests.console.web.reading import Page
from tests.console.web_client import client
from tests.factories import fill_job, new_job

HOSTILE = '</title><script>alert(1)</script>" onload="alert(2)\' <b>&amp;'


def page(home: Home, address: str, status: int = 200) -> Page:
    answer = client(home, Role.VIEWER).get(address)
    assert answer.status_code == status, answer.text[:2000]
    assert "style=" not in answer.text
    found = Page(answer.text)
    assert all(one.attributes.get("src") and not one.text for one in found.all("script"))
    return found


def links(found: Page) -> set[str]:
    return {one.attributes["href"] for one in found.all("a") if "href" in one.attributes}


def test_the_graph_and_the_list_show_every_row_of_a_videos_lineage(any_home: Home) -> None:
    fill_job(any_home, new_job(any_home))
    known = set(ask(any_home, "video:1", down=False).family.graph)
    shown = page(any_home, "/lineage/video/1")
    for node in ("script", "voiceover", "clip", "trend_analysis", "trend_report", "provider_call", "video"):
        wanted = {f"/records/{ref.node}/{ref.key}" for ref in known if ref.node == node}
        assert wanted
        assert wanted <= links(shown)
    boxes = {one.attributes["href"] for one in shown.all("a") if "graph-node" in one.attributes.get("class", "")}
    listed_rows = {one.attributes["href"] for one in shown.all("a") if "class" not in one.attributes}
    assert boxes <= listed_rows, "the list says everything that the graph says"


def test_what_a_trend_item_led_to_is_shown_first_of_all(any_home: Home) -> None:
    fill_job(any_home, new_job(any_home))
    shown = page(any_home, "/lineage/trend_item/1")
    assert shown.one("a", aria_current="page", href="/lineage/trend_item/1?direction=down").text == "What it led to"
    assert "/records/video/1" in links(shown)


@pytest.mark.parametrize("direction", ["up", "down"])
def test_every_row_of_a_finished_job_has_a_lineage_and_every_link_on_it_works(finished: Home, direction: str) -> None:
    asked = client(finished, Role.VIEWER)
    refs = [*ask(finished, "job:1", down=False).family.graph, Ref("credential", "1"), Ref("job", "1")]
    tried: set[str] = set()
    for ref in {one.node: one for one in refs}.values():
        answer = asked.get(f"/lineage/{ref.node}/{ref.key}?direction={direction}")
        assert answer.status_code == 200
        for address in links(Page(answer.text)) - tried:
            if address.startswith(("/records", "/lineage")):
                tried.add(address)
                if len(tried) < 60:
                    assert asked.get(address).status_code in (200, 303), address
    assert len(tried) > 20


def test_alike_rows_are_listed_a_page_at_a_time(finished: Home) -> None:
    graph = page(finished, "/lineage/video/1")
    (more,) = {one for one in links(graph) if "kind=trend_observation" in one}
    first = page(finished, more)
    assert "1 to 100 of 120 observations" in first.text
    rest = page(finished, first.one("a", rel="next").attributes["href"])
    assert "101 to 120 of 120 observations" in rest.text
    assert not rest.has("a", rel="next")
    assert len({one for one in links(first) | links(rest) if one.startswith("/records/trend_observation/")}) == 120
    assert "Nothing of this kind" in page(finished, "/lineage/video/1?kind=no_such_kind").text


def test_demo_data_and_what_a_model_made_are_said(finished: Home) -> None:
    shown = page(finished, "/lineage/video/1").text
    assert "Demo data or stand-ins are in this lineage: Fetch 1 (demo)" in shown
    assert "Boxes marked AI" in shown
    assert "voiceovers" in shown


@pytest.mark.parametrize(
    ("typed", "leads_to"),
    [
        ("video:1", "/lineage/video/1?direction=up"),
        (" script:1 ", "/lineage/script/1?direction=up"),
        ("job:1", "/lineage/job/1?direction=up"),
        ("trend_item:2", "/lineage/trend_item/2?direction=down"),
        ("model:toy/scripts", "/lineage/provider_call/2?direction=down"),
    ],
)
def test_one_row_that_was_typed_has_an_address_of_its_own(home: Home, typed: str, leads_to: str) -> None:
    fill_job(home, new_job(home))
    answer = client(home, Role.VIEWER).get("/lineage", params={"ref": typed})
    assert (answer.status_code, answer.headers["location"]) == (303, leads_to)


def test_a_direction_that_was_asked_for_is_kept(home: Home) -> None:
    fill_job(home, new_job(home))
    answer = client(home, Role.VIEWER).get("/lineage", params={"ref": "video:1", "direction": "down"})
    assert answer.headers["location"] == "/lineage/video/1?direction=down"


def test_a_hash_and_a_source_are_found(finished: Home) -> None:
    asked = client(finished, Role.VIEWER)
    (video,) = [row for ref, row in ask(finished, "video:1", down=False).family.rows.items() if ref.node == "video"]
    assert asked.get("/lineage", params={"ref": video.file_sha256}).headers["location"].startswith("/lineage/video/1")
    shown = page(finished, "/lineage?ref=source:sample")
    assert "Lineage of source:sample" in shown.text
    assert "/lineage?ref=source%3Asample&direction=up" in links(shown)
    assert "/records/video/1" in links(shown)


@pytest.mark.parametrize("path", ["/etc/passwd", "pyproject.toml", "./pyproject.toml", "../main", "reelineage.db"])
def test_no_path_is_looked_at(home: Home, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resources.recognition._path", lambda text: pytest.fail(f"looked at {text}"))
    monkeypatch.setattr("console.asking.recognise", lambda _, text: pytest.fail(f"looked at {text}"))
    answer = client(home, Role.VIEWER).get("/lineage", params={"ref": path})
    assert answer.status_code == 422
    assert "only references and hashes" in answer.text


@pytest.mark.parametrize(
    ("typed", "status"),
    [(HOSTILE, 422), ("source:" + HOSTILE, 422), ("video:99", 422), ("\x00", 422), ("f" * 64, 422), ("x" * 701, 422)],
)
def test_what_is_not_found_stays_in_the_box_and_harms_nobody(home: Home, typed: str, status: int) -> None:
    answer = client(home, Role.VIEWER).get("/lineage", params={"ref": typed})
    assert answer.status_code == status
    assert "alert(1)</script>" not in answer.text
    if len(typed) <= 700:
        assert Page(answer.text).one("input", id="lineage-ref").attributes["value"] == typed.strip()


@pytest.mark.parametrize(
    "address", ["video/99", "video/0", "video/07", "video/x", "film/1", "artifact/zz", "video/1e3"]
)
@pytest.mark.parametrize("kind", ["lineage", "records"])
def test_a_row_that_is_not_there_is_not_found(home: Home, kind: str, address: str) -> None:
    answer = client(home, Role.VIEWER).get(f"/{kind}/{address}")
    assert answer.status_code == 404


def test_an_empty_search_says_what_can_be_asked(home: Home) -> None:
    assert "What can be asked about" in page(home, "/lineage").text


def test_looking_back_before_anything_was_there_keeps_the_question(home: Home) -> None:
    fill_job(home, new_job(home))
    shown = page(home, "/lineage/video/1?as_of=2001-01-01T10:00", status=422)
    assert "this installation began later" in shown.text
    assert shown.one("input", id="as-of").attributes["value"] == "2001-01-01T10:00"
    assert page(home, "/lineage/video/1?as_of=yesterday", status=422).has("input", id="lineage-ref")


def test_looking_back_to_now_shows_what_is_there_now(home: Home) -> None:
    fill_job(home, new_job(home))
    shown = page(home, "/lineage/video/1?as_of=2999-01-01T10:00")
    assert shown.one("a", href="/lineage/video/1?direction=up").text
    assert "/records/script/1" in links(shown)


def test_a_job_without_anything_says_what_to_do(home: Home) -> None:
    new_job(home)
    assert "nothing was made for this job yet" in page(home, "/lineage/job/1", status=422).text


def test_an_answer_that_is_too_large_says_who_can_take_it(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    fill_job(home, new_job(home))
    monkeypatch.setattr("console.web.questions.MOST_ROWS", 5)
    shown = page(home, "/lineage/trend_item/1")
    assert "too many for a page" in shown.text
    assert "reelineage impact trend_item:1" in shown.text


def test_what_was_taken_down_is_marked_in_the_graph_and_in_words(home: Home) -> None:
    fill_job(home, new_job(home))
    refs = [Ref("trend_item", "1")]
    withdraw(home.database, refs, listed(home.database, refs), reason=HOSTILE, actor="Ada")
    answer = client(home, Role.VIEWER).get("/lineage/video/1")
    assert "alert(1)</script>" not in answer.text
    shown = Page(answer.text)
    assert "Something here was taken down" in shown.text
    marked = [one for one in shown.all("rect") if one.attributes.get("data-tone") == "bad"]
    assert marked
    assert "withdrawn" in shown.text


def test_titles_are_text_wherever_they_stand(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    made = factories.observation
    monkeypatch.setattr(factories, "observation", lambda n: made(n, title=HOSTILE, url="javascript:alert(1)"))
    monkeypatch.setattr(factories.Maker, "_scripts", _hostile_script)
    fill_job(home, new_job(home))
    asked = client(home, Role.VIEWER)
    for address in ("/lineage/video/1", "/lineage/video/1?kind=trend_observation", "/records/script/1", "/trends/1",
                    "/records/trend_item/1", "/records/trend_observation/1", "/records/video/1"):  # fmt: skip
        answer = asked.get(address)
        assert answer.status_code == 200
        assert "alert(1)</script>" not in answer.text, address
        assert 'onload="' not in answer.text, address
        assert 'href="javascript:' not in answer.text, address
        assert "&lt;script&gt;" in answer.text, address


def _hostile_script(self: factories.Maker, analysis: object) -> object:
    request = Request(factories.identity("scripts"), {"take": self.take})
    answer = self.call(request, lambda _: Product({"title": "x"}))
    return factories.script(analysis, answer.request_sha256, title=HOSTILE)  # type: ignore[arg-type]  # the analysis


def test_strangers_see_no_lineage(home: Home) -> None:
    for address in ("/lineage", "/lineage/video/1", "/records/video/1", "/trends", "/trends/1", "/jobs/1/trends"):
        assert client(home, None).get(address).status_code == 401


def test_every_kind_of_row_is_known_by_a_word() -> None:
    assert all(word(node)[0].isupper() and "_" not in word(node) for node in node_tables())
