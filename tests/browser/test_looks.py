"""Every page, as everybody may meet it: light and dark, wide and on a phone, without JavaScript, for axe and by eye.

Belongs here: what must hold on all pages. Not here: what a page is for (the files beside this one).
"""

import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Route, expect

from resources.access import Role
from tests.browser.conftest import Visitor

PAGES = (
    "/jobs",
    "/jobs?state=failed",
    "/jobs/new",
    "/jobs/1",
    "/jobs/1/trends",
    "/jobs/1/versions",
    "/lineage",
    "/lineage/video/1",
    "/lineage/trend_item/1?direction=down",
    "/records/video/1",
    "/records/script/1",
    "/trends",
    "/costs",
    "/health/details",
    "/sign-in?key=x",
    "/jobs/999",
)
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 900}},
    "phone": {"color_scheme": "light", "viewport": {"width": 390, "height": 844}, "has_touch": True},
    "dark phone": {"color_scheme": "dark", "viewport": {"width": 390, "height": 844}},
}
Visit = Callable[..., Visitor]


def told(results: Any) -> list[str]:
    """What axe found, a line each: the rule and the first places."""
    found = results.response["violations"]
    return [f"{one['id']}: {[node['target'] for node in one['nodes'][:3]]}" for one in found]


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_on_any_page_and_none_is_wider_than_its_window(visit: Visit, look: str) -> None:
    visitor = visit(**LOOKS[look])
    found = {}
    for path in PAGES:
        page = visitor.open(path)
        page.wait_for_load_state("load")
        if broken := told(Axe().run(page)):
            found[path] = broken
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            found[f"{path} is too wide"] = [f"{wide} px"]
    assert found == {}


def test_every_page_has_one_heading_a_title_of_its_own_and_a_way_past_the_menu(visit: Visit) -> None:
    visitor = visit()
    titles = set()
    for path in PAGES:
        page = visitor.open(path)
        assert page.locator("h1").count() == 1, path
        titles.add(page.title())
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.getAttribute('href')") == "#main", path
    assert len(titles) >= len(PAGES) - 3  # two lists of jobs, two records, two graphs may share theirs


def test_fields_of_one_line_are_no_taller_than_a_line(visit: Visit) -> None:
    visitor = visit()
    tall = "[...document.querySelectorAll('input, .button')].filter(one => one.offsetHeight > 60).map(one => one.id)"
    for path in PAGES:
        assert visitor.open(path).evaluate(tall) == [], path


def test_a_still_whose_file_is_gone_leaves_its_place_plain(visit: Visit) -> None:
    visitor = visit()

    def late(route: Route) -> None:
        visitor.page.wait_for_timeout(300)
        route.continue_()

    visitor.context.route("**/media/videos/*/thumbnail*", lambda route: route.fulfill(status=404))
    visitor.context.route("**/static/console.js*", late)
    visitor.open("/jobs")
    expect(visitor.page.locator("img.thumbnail").first).not_to_have_attribute("src", re.compile("."))


def test_dark_and_light_are_really_two_looks(visit: Visit) -> None:
    def surface(scheme: str) -> list[int]:
        page = visit(color_scheme=scheme).open("/jobs")
        return [
            int(part) for part in re.findall(r"\d+", page.evaluate("getComputedStyle(document.body).backgroundColor"))
        ]

    light, dark = surface("light"), surface("dark")
    assert sum(light[:3]) > 600
    assert sum(dark[:3]) < 200


def test_without_javascript_every_page_can_be_read(visit: Visit) -> None:
    visitor = visit(java_script_enabled=False)
    for path in PAGES:
        page = visitor.open(path)
        expect(page.locator("main")).to_be_visible()
        assert len(page.locator("main").inner_text()) > 40, path


def test_a_stranger_sees_how_to_sign_in_and_nothing_else(visit: Visit) -> None:
    visitor = visit(role=None)
    for path in PAGES:
        if not path.startswith("/sign-in"):
            page = visitor.open(path)
            assert "Sign in" in page.inner_text("h1"), path
            assert "Trend" not in page.inner_text("main")


def test_a_viewer_is_offered_nothing_that_would_be_refused(visit: Visit) -> None:
    visitor = visit(role=Role.VIEWER)
    for path in ("/jobs", "/jobs/1"):
        page = visitor.open(path)
        forms = page.locator("main form[method=post]:visible, main form[hx-post]:visible")
        assert forms.count() == 0, path


def test_on_a_phone_the_menu_is_whole_and_a_table_that_scrolls_shows_its_first_number_and_says_so(visit: Visit) -> None:
    visitor = visit(**LOOKS["phone"])
    page = visitor.open("/jobs/1/trends")
    beyond = "[...document.querySelectorAll('.bar nav a')].filter(one => one.getBoundingClientRect().right > 390)"
    assert page.evaluate(f"{beyond}.length") == 0
    assert page.evaluate("(nav => nav.scrollWidth - nav.clientWidth)(document.querySelector('.bar nav'))") == 0
    wrap = page.locator(".table-wrap:has(.ranked)")
    assert wrap.evaluate("one => one.scrollWidth > one.clientWidth")
    assert "local" in wrap.evaluate("one => getComputedStyle(one).backgroundAttachment")
    number = wrap.locator("tbody tr:first-child td.num").nth(1)
    assert number.evaluate("one => one.getBoundingClientRect().right") <= 390 - 16
