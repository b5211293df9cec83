"""Ordering a video by form: the same words as the command line, nothing typed is lost, nothing sent stays behind."""

import html
import re
import tempfile
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from reelineage.errors import BadInput
from reelineage.models import Job
from reelineage.theme import Theme
from resources.access import Role
from resources.home import Home
from resources.job_orders import read_theme_file
from tests.console.web_client import client
from tests.factories import theme_yaml

TRENDS = b"id,title,views,published_at\na1,How to mend a tap,1200,2026-11-01T12:00:00Z\n"


def jobs(home: Home) -> list[Job]:
    """All jobs, the newest first."""
    return home.queue.newest()


def order_of(page: str) -> str:
    """The name of a filling-in of the form."""
    found = re.search(r'name="order" value="([\w-]+)"', page)
    assert found
    return found[1]


def create(asked: TestClient, files: dict[str, tuple[str, bytes]] | None = None, **fields: str) -> tuple[int, str]:
    """Send the form as a browser does; the status, and where it leads or what it says."""
    empty = {"theme_file": ("", b""), "trends": ("", b"")}
    answer = asked.post("/jobs", data=fields, files=empty | (files or {}))
    return answer.status_code, answer.headers.get("location") or answer.text


def test_the_form_offers_the_ready_themes_and_chooses_the_first(home: Home) -> None:
    page = client(home).get("/jobs/new")
    assert page.status_code == 200
    for name in ("trend_briefing", "product_story", "own"):
        assert f'name="theme" value="{name}"' in page.text
    assert page.text.count(" checked") == 1


def test_a_ready_theme_becomes_a_job(any_home: Home) -> None:
    found = create(client(any_home), theme="trend_briefing", profile="draft", seed="7")
    assert found == (303, "/jobs/1")
    job = jobs(any_home)[0]
    assert (job.theme_name, job.profile, job.seed, job.origin) == ("Trend briefing", "draft", 7, "console")


def test_empty_fields_are_the_themes_own_and_a_random_seed(home: Home) -> None:
    create(client(home), theme="trend_briefing", profile="", seed="")
    create(client(home), theme="trend_briefing", profile="", seed="")
    first, second = jobs(home)
    assert first.profile == "standard"
    assert first.seed != second.seed


def test_an_own_theme_is_taken_as_text_or_as_a_file(home: Home) -> None:
    asked = client(home)
    written = theme_yaml(name="Kettles").decode().replace("\n", "\r\n")
    assert create(asked, theme="own", yaml=written)[0] == 303
    file = {"theme_file": ("pans.yaml", theme_yaml(name="Pans"))}
    assert create(asked, file, theme="trend_briefing", yaml="not this: one")[0] == 303
    assert [job.theme_name for job in jobs(home)] == ["Pans", "Kettles"]


def box(page: str) -> str:
    """What stands in the box for a theme of one's own."""
    found = re.search(r'<textarea[^>]*name="yaml"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    assert found
    return html.unescape(found[1])


def ticked(page: str) -> str:
    """The theme that the form came with, as a browser sends it back."""
    found = re.search(r'name="ticked" value="([\w-]*)"', page)
    assert found
    return found[1]


def test_the_box_begins_with_a_theme_that_works_as_it_stands_and_is_nobodys_choice(home: Home) -> None:
    asked = client(home)
    page = asked.get("/jobs/new").text
    begun = box(page).replace("\n", "\r\n")
    assert create(asked, theme="own", ticked=ticked(page), yaml=begun)[0] == 303
    for theme in ("trend_briefing", "product_story"):
        assert create(asked, theme=theme, ticked=ticked(page), yaml=begun)[0] == 303
    assert [job.theme_name for job in jobs(home)] == ["Made to last", "Trend briefing", "My countdown"]


def test_a_box_that_was_emptied_begins_anew_and_is_nobodys_choice(home: Home) -> None:
    asked = client(home)
    begun = box(asked.get("/jobs/new").text)
    status, page = create(asked, theme="own", yaml=" \r\n")
    assert (status, box(page)) == (422, begun)
    assert create(asked, theme="trend_briefing", ticked="own", yaml="")[0] == 303


def test_a_theme_that_was_written_is_made_though_the_ready_one_is_still_ticked(home: Home) -> None:
    """Who writes a theme may overlook the choice above it; a video of something else was made without a word."""
    asked = client(home)
    page = asked.get("/jobs/new").text
    first = ticked(page)
    assert f'value="{first}" checked' in page
    written = box(page).replace("My countdown", "Kettles")
    assert create(asked, theme=first, ticked=first, yaml=written)[0] == 303
    assert [job.theme_name for job in jobs(home)] == ["Kettles"]
    status, page = create(asked, theme=first, ticked=first, yaml="name: Kettles")
    assert status == 422
    assert 'value="own" checked' in page
    assert (ticked(page), box(page)) == ("own", "name: Kettles")


@pytest.mark.parametrize("before", ["trend_briefing", "own", ""])
def test_a_theme_that_was_written_beside_a_ready_one_that_was_chosen_is_asked_about(home: Home, before: str) -> None:
    asked = client(home)
    fields = {"theme": "product_story", "yaml": theme_yaml(name="Kettles").decode(), "seed": "5"}
    for _ in range(2):  # sending it again as it is decides nothing
        status, page = create(asked, None, ticked=before, **fields)
        assert status == 422
        assert "Choose Your own to use what is written" in page
        assert 'value="product_story" checked' in page
        assert "<details open>" in page
        assert box(page) == fields["yaml"]
        assert 'value="5"' in page
        before = ticked(page)
    assert jobs(home) == []
    assert create(asked, None, ticked=before, **fields | {"theme": "own"})[0] == 303
    assert create(asked, None, ticked=before, **fields | {"yaml": ""})[0] == 303
    assert [job.theme_name for job in jobs(home)] == ["Made to last", "Kettles"]


def test_the_page_explains_every_field_of_a_theme(home: Home) -> None:
    page = html.unescape(client(home).get("/jobs/new").text)
    for field in Theme.model_fields.keys() - {"language"}:  # there is one only
        assert re.search(rf"^\W*{field}:", page, re.MULTILINE), field


def test_a_trend_file_replaces_the_sources_and_leaves_nothing_behind(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "scratch"))
    assert create(client(home), {"trends": ("../../my trends.csv", TRENDS)}, theme="trend_briefing")[0] == 303
    source = jobs(home)[0].theme["sources"]
    assert isinstance(source, list)
    assert isinstance(source[0], dict)
    assert source[0]["name"] == "my trends.csv"
    assert source[0]["kind"] == "file"
    assert list((tmp_path / "scratch").iterdir()) == []


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "..", "C:\\boot.ini", "a\x00b.csv", "/", "\u202egnp.csv", "x" * 500, "a\nb.csv", "👍.csv"],
)
def test_the_name_of_a_file_means_nothing_in_a_path(home: Home, name: str) -> None:
    assert create(client(home), {"trends": (name, TRENDS)}, theme="trend_briefing")[0] == 303
    sources = jobs(home)[0].theme["sources"]
    kept = str(sources[0]["name"])  # type: ignore[index,call-overload]  # a list of objects
    assert not re.search(r"[/\\\x00-\x1f]|^\.", kept)
    assert 0 < len(kept) <= 100


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"theme": "nothing"}, "there is no ready theme of that name"),
        ({"theme": ""}, "choose a theme"),
        ({"theme": "trend_briefing", "seed": "-1"}, "Reading the seed"),
        ({"theme": "trend_briefing", "seed": "2147483648"}, "Reading the seed"),
        ({"theme": "trend_briefing", "seed": "٣"}, "Reading the seed"),
        ({"theme": "trend_briefing", "profile": "cinema"}, "Reading the profile"),
        ({"theme": "own", "yaml": "name: [1"}, "Reading the theme that you wrote: line 1"),
        ({"theme": "own", "yaml": "a video about my bakery"}, "as &#39;name: My countdown&#39;"),
        ({"theme": "own", "yaml": "name: x\n" * 20_000}, "at most 65,536"),
        (
            {"theme": "own", "yaml": theme_yaml(sources="[{kind: file, path: /etc/passwd}]").decode()},
            "only a theme that is",
        ),
        (
            {"theme": "own", "yaml": theme_yaml(footage="{provider: own_media, folder: /etc}").decode()},
            "only a theme that",
        ),
    ],
)
def test_what_cannot_be_made_is_refused_with_the_reason_and_nothing_typed_is_lost(
    home: Home, fields: dict[str, str], said: str
) -> None:
    asked = client(home)
    order = order_of(asked.get("/jobs/new").text)
    status, page = create(asked, None, order=order, **fields)
    assert status == 422
    assert said in page
    assert 'role="alert"' in page
    assert order_of(page) == order
    assert jobs(home) == []
    if fields["theme"] in ("own", "trend_briefing"):
        assert re.search(rf'value="{fields["theme"]}" checked', page)
    for name in ("seed", "profile"):
        if fields.get(name, "").isascii() and name == "seed" and fields.get(name):
            assert f'value="{fields[name]}"' in page
    if len(fields.get("yaml", "")) < 1000:
        assert fields.get("yaml", "").partition("\n")[0] in page


def test_the_message_is_the_command_lines_own(home: Home, tmp_path: Path) -> None:
    wrong = theme_yaml(tone="loud")
    (tmp_path / "my.yaml").write_bytes(wrong)
    with pytest.raises(BadInput) as refused:
        read_theme_file(tmp_path / "my.yaml")
    _, page = create(client(home), {"theme_file": ("my.yaml", wrong)}, theme="own")
    assert "tone" in str(refused.value)
    text = re.sub(r"<[^>]+>", "", page).replace("&#39;", "'").replace("&#34;", '"')
    assert str(refused.value).replace("`", "") in text
    assert "tone: loud" in page  # a file's text is kept too, where it can be corrected


def test_a_trend_file_without_trends_is_refused_and_asked_for_again(home: Home) -> None:
    status, page = create(client(home), {"trends": ("empty.csv", b"nothing")}, theme="trend_briefing", seed="5")
    assert status == 422
    assert "Choose the trend file again" in page
    assert 'value="5"' in page
    assert jobs(home) == []


def test_a_form_that_is_sent_twice_makes_one_job(any_home: Home) -> None:
    asked = client(any_home)
    order = order_of(asked.get("/jobs/new").text)
    sent = [create(asked, theme="trend_briefing", order=order) for _ in range(2)]
    assert sent == [(303, "/jobs/1"), (303, "/jobs/1")]
    assert create(asked, theme="trend_briefing", order=order_of(asked.get("/jobs/new").text)) == (303, "/jobs/2")


def test_a_form_that_is_changed_before_it_is_sent_again_makes_another_job(home: Home) -> None:
    asked = client(home)
    order = order_of(asked.get("/jobs/new").text)
    ways: list[tuple[dict[str, str], dict[str, tuple[str, bytes]]]] = [
        ({}, {}), ({"seed": "7"}, {}), ({"profile": "draft"}, {}), ({"theme": "product_story"}, {}),
        ({}, {"trends": ("a.csv", TRENDS)}), ({}, {"trends": ("a.csv", TRENDS.replace(b"tap", b"roof"))}),
    ]  # fmt: skip
    made = [create(asked, files, **{"theme": "trend_briefing", "order": order} | fields) for fields, files in ways * 2]
    assert made == [(303, f"/jobs/{number}") for number in (*range(1, 7), *range(1, 7))]


@pytest.mark.parametrize("name", ["\u65e5" * 100 + ".csv", "\U0001f600" * 100, "a" * 300, "..", ". ", "\x00"])
def test_a_file_may_be_called_what_no_file_system_takes(home: Home, name: str) -> None:
    assert create(client(home), {"trends": (name, TRENDS)}, theme="trend_briefing") == (303, "/jobs/1")


@pytest.mark.parametrize("role", [Role.VIEWER, Role.REVIEWER])
def test_only_an_operator_may_order(home: Home, role: Role) -> None:
    asked = client(home, role)
    assert asked.get("/jobs/new").status_code == 403
    assert create(asked, theme="trend_briefing")[0] == 403
    assert create(client(home, read_only=True), theme="trend_briefing")[0] == 403
    assert jobs(home) == []


def test_markup_in_a_theme_stays_text_in_the_form(home: Home) -> None:
    _, page = create(client(home), theme="own", yaml="</textarea><script>alert(1)</script>: [")
    assert "<script>alert" not in page
    assert "&lt;/textarea&gt;&lt;script&gt;" in page
