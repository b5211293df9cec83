"""Findings as pages say them: nothing of the command line to somebody who has only the page.

What is stored stays as it is.
"""

import pytest

from console.web.templating import environment
from reelineage.documents import Review
from reelineage.models import Review as ReviewRow
from resources.access import Role
from resources.home import Home
from tests.console.web.reading import Page
from tests.console.web_client import client

ON_A_PAGE = "Made-up demo data is among the sources: whoever approves it has to allow that."


@pytest.mark.parametrize("address", ["/jobs/1", "/records/review/1"])
def test_demo_data_is_told_to_people_who_have_only_the_page(finished: Home, address: str) -> None:
    text = client(finished, Role.VIEWER).get(address).text
    findings = [one.text for one in Page(text).all("p")]
    assert ON_A_PAGE in findings
    assert [one.text for one in Page(text).all("h3") if one.text.startswith("Demo data")]
    assert not [one for one in findings if "--allow-demo" in one]


def test_what_is_stored_and_told_by_the_command_line_stays(finished: Home) -> None:
    with finished.database.read() as session:
        document = session.get_one(ReviewRow, 1).document
    messages = {one.code: one.message for one in Review.model_validate(document).findings}
    assert messages["stand_in_demo"] == "Made-up demo data is among the sources: approving needs --allow-demo."


@pytest.mark.parametrize(
    ("message", "code", "said"),
    [
        ("A fallback stood in: approving needs --allow-demo.", "stand_in_fallback",
         "A fallback stood in: whoever approves it has to allow that."),
        ("Other words of an older review.", "stand_in_demo", "Other words of an older review."),
        ("The title is `approving needs --allow-demo.`", "edited", "The title is `approving needs --allow-demo.`"),
        ("<b>", "", "<b>"),
    ],
)  # fmt: skip
def test_only_findings_about_stand_ins_are_said_otherwise(message: str, code: str, said: str) -> None:
    assert environment().filters["finding_said"](message, code) == said


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        ("“Taps” draws the most engagement: 1,042 an hour.", "“Taps” draws the most reactions: 1,042 an hour."),
        ("The strongest item draws 2.4 times as much engagement an hour as the median item.",
         "The strongest item draws 2.4 times as many reactions an hour as the median item."),
        ("Taps: 3 items with 40% of all engagement an hour.", "Taps: 3 items with 40% of all reactions an hour."),
        ("“What draws the most engagement: 3 an hour.” grows fastest: 12 views an hour.",
         "“What draws the most engagement: 3 an hour.” grows fastest: 12 views an hour."),
    ],
)  # fmt: skip
def test_an_analysis_speaks_of_reactions_and_quoted_titles_stay(stored: str, said: str) -> None:
    assert environment().filters["statement_said"](stored) == said


def test_only_the_end_of_a_refusal_is_said_otherwise() -> None:
    said = environment().filters["refusal_said"]
    ours = "Approve it with --allow-demo if that is meant."
    assert said(f"It has demo material. {ours}").startswith("It has demo material. Tick the box")
    assert said(f"{ours} And more.") == f"{ours} And more."


def test_a_finding_that_quotes_markup_stays_text() -> None:
    template = environment().from_string("{{ message|finding_said(code)|said }}")
    shown = template.render(message="<img src=x>: approving needs --allow-demo.", code="stand_in_demo")
    assert shown == "&lt;img src=x&gt;: whoever approves it has to allow that."
