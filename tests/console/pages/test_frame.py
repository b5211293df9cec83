"""What every page has: its frame, its files in the version that fits, and nothing that the policy would stop."""

import hashlib
import re
from pathlib import Path

import pytest
from starlette.requests import Request

from console.web import static_files, templating
from console.web.templating import environment
from resources.access import Role
from resources.costs import Cost
from resources.home import Home
from tests.console.web_client import client
from tests.factories import new_job

TEMPLATES = sorted((Path(templating.__file__).parent / "templates").glob("*.html"))
SHEETS = sorted((Path(static_files.__file__).parent / "static").glob("*.css"))


def written(source: str, **context: object) -> str:
    """A small template that uses the shared pieces."""
    return environment().from_string('{% import "macros.html" as ui %}' + source).render(**context)


# --- files -----------------------------------------------------------------------------------------------------------


def test_each_file_is_kept_for_good_under_the_address_of_its_content(home: Home) -> None:
    asked = client(home, None)
    page = client(home).get("/jobs").text
    addresses = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    assert {address.split("?")[0].rpartition("/")[2] for address in addresses} >= {
        "tokens.css", "style.css", "data.css", "jobs.css", "console.js", "htmx.min.js", "favicon.svg",
    }  # fmt: skip
    for address in addresses:
        answer = asked.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
        version = address.partition("?v=")[2]
        assert hashlib.sha256(answer.content).hexdigest().startswith(version)
        assert asked.get(address, headers={"If-None-Match": answer.headers["etag"]}).status_code == 304


def test_an_address_of_another_version_is_asked_for_again(home: Home) -> None:
    for address in ("/static/style.css", "/static/style.css?v=0123"):
        answer = client(home, None).get(address)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "public, no-cache"
    head = client(home, None).head("/static/style.css")
    assert head.status_code == 200
    assert head.content == b""


@pytest.mark.parametrize(
    "name", ["no.css", "../app.py", "..%2Fapp.py", "%2e%2e/app.py", "", "style.css/", "STYLE.CSS", "a\x00"]
)
def test_only_names_of_files_that_are_served_are_answered(home: Home, name: str) -> None:
    assert client(home).get(f"/static/{name}".replace("\x00", "%00")).status_code in (404, 403, 400)


def test_a_page_that_names_a_file_that_is_not_there_says_so() -> None:
    with pytest.raises(KeyError):
        static_files.static_url("nothing.css")


# --- what the content policy forbids ---------------------------------------------------------------------------------


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_has_a_script_or_style_of_its_own_or_trusts_a_text(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"<style|<[^>]*\son[a-z]+\s*=|javascript:|hx-on", text, re.IGNORECASE)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert not re.search(r"\|\s*safe|autoescape\s+false", text)
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", text)


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_no_style_sheet_loads_anything_from_elsewhere(sheet: Path) -> None:
    assert not re.search(r"url\(|@import", sheet.read_text(encoding="utf-8"))


# --- the frame -------------------------------------------------------------------------------------------------------


def test_the_page_that_is_open_is_marked_in_the_navigation(home: Home) -> None:
    asked = client(home, Role.VIEWER)
    assert '<a href="/jobs" aria-current="page">' in asked.get("/jobs").text
    assert '<a href="/jobs" aria-current="true">' in asked.get("/jobs/77").text
    assert "aria-current" not in asked.get("/nowhere").text


def test_a_page_has_landmarks_one_first_heading_and_a_way_past_the_navigation(home: Home) -> None:
    new_job(home)
    for path in ("/jobs", "/jobs/new", "/nowhere"):
        page = client(home).get(path).text
        assert '<a class="skip" href="#main">' in page
        assert page.count("<h1") == page.count("<main") == 1
        for landmark in ("<header", "<nav aria-label", '<main id="main"', "<footer"):
            assert landmark in page


def test_an_error_page_says_what_went_wrong_and_where_to_go(home: Home) -> None:
    answer = client(home).get("/jobs/77/card")
    assert answer.status_code == 404
    assert "job 77" in answer.text
    assert '<a class="button" href="/jobs">All jobs</a>' in answer.text
    assert "<code>/jobs</code>" in answer.text


def test_who_is_signed_in_is_named_and_a_name_is_only_text(home: Home) -> None:
    page = client(home, Role.REVIEWER, name="<i>Ada</i>").get("/jobs").text
    assert "&lt;i&gt;Ada&lt;/i&gt;" in page
    assert "<i>Ada" not in page
    assert "This console is read-only." in client(home, read_only=True).get("/jobs").text


# --- pieces ----------------------------------------------------------------------------------------------------------


def test_quoted_words_of_a_message_become_code_and_everything_is_escaped() -> None:
    assert written("{{ text|said }}", text="run `a<b` & go") == "run <code>a&lt;b</code> &amp; go"
    assert written("{{ text|said }}", text="a ` b <c>") == "a ` b &lt;c&gt;"


def test_a_price_that_is_not_known_is_a_lower_bound() -> None:
    assert written("{{ ui.money(cost) }}", cost=Cost(20_000_000, 0)) == "$0.02"
    unknown = written("{{ ui.money(cost) }}", cost=Cost(20_000_000, 2))
    assert ">at least $0.02<" in unknown
    assert "2 calls without a known price" in unknown


def test_every_shared_piece_escapes_what_it_is_given() -> None:
    hostile = '"><script>alert(1)</script>'
    source = """
    {{ ui.badge(t, t) }}{{ ui.state(t) }}{{ ui.thumbnail(7, t) }}{{ ui.pager(t, t) }}
    {% call ui.field(t, t, hint=t, error=t) %}{{ t }}{% endcall %}
    {% call ui.empty(t) %}{{ t }}{% endcall %}
    {% call ui.confirm(t, t, t) %}{{ t }}{% endcall %}
    """
    page = written(source, t=hostile)
    assert "<script" not in page
    assert page.count("&lt;script&gt;") >= 12


def test_a_page_outside_the_application_has_its_frame_too() -> None:
    """A request that the guard refuses never reaches the application."""
    request = Request({"type": "http", "path": "/jobs", "headers": [], "query_string": b""})
    page = bytes(templating.render(request, "error.html", title="Forbidden", detail="No.").body).decode()
    assert "<h1>Forbidden</h1>" in page
    assert 'aria-label="Main"' not in page
