"""Signing in leads on to the page that was asked for: which cookies come along, the browser alone decides."""

from resources.access import SIGN_IN_LIFETIME, Role, make_key
from resources.home import Home
from tests.browser.conftest import Visit


def test_a_bookmark_leads_through_the_link_to_the_page(finished: Home, visit: Visit) -> None:
    visitor = visit(role=None)
    page = visitor.open("/jobs/1?version=1#script")
    assert "leads on to this page" in page.inner_text("main")
    key = make_key(finished.database, "sign_in", "Ada", Role.VIEWER, lifetime=SIGN_IN_LIFETIME)
    visitor.open(f"/sign-in?key={key}").get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{visitor.url}/jobs/1?version=1")
    assert page.locator("#player").count() == 1
    assert [cookie["name"] for cookie in visitor.context.cookies() if "wanted" in cookie.get("name", "")] == []


def test_a_link_that_another_tab_opens_leads_on_too(finished: Home, visit: Visit) -> None:
    visitor = visit(role=None)
    visitor.open("/costs?by=job")
    key = make_key(finished.database, "sign_in", "Ada", Role.VIEWER, lifetime=SIGN_IN_LIFETIME)
    tab = visitor.context.new_page()
    tab.goto(f"{visitor.url}/sign-in?key={key}")
    tab.get_by_role("button", name="Sign in").click()
    tab.wait_for_url(f"{visitor.url}/costs?by=job")
