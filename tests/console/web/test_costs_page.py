"""The costs page: the sums of the command line, unknown prices as unknown, and wrong filters said beside the field."""

from datetime import UTC, datetime

import pytest

from reelineage.models import ProviderCall
from resources.access import Role
from resources.cost_groups import BY
from resources.costs import costs
from resources.home import Home
from tests.console.web_client import client
from tests.factories import fill_job, new_job

HOSTILE = "<img src=x onerror=alert(1)>"


def call(home: Home, *, model: str, cost: int | None) -> None:
    """A provider call with a price, of no job."""
    moment = datetime(2026, 10, 5, tzinfo=UTC)
    with home.database.write() as session:
        session.add(
            ProviderCall(
                role="speech_synthesizer", provider="toy", model=model, parameters={}, request_sha256="a" * 64,
                status="ok", cost_nanousd=cost, started_at=moment, finished_at=moment,
            )
        )  # fmt: skip


@pytest.mark.parametrize("by", BY)
def test_every_way_to_take_costs_apart_is_shown_with_the_command_lines_numbers(any_home: Home, by: str) -> None:
    fill_job(any_home, new_job(any_home))
    answer = client(any_home, Role.VIEWER).get("/costs", params={"by": by})
    assert answer.status_code == 200
    report = costs(any_home.database, by)  # type: ignore[arg-type]  # one of BY
    assert f"<dd>{report.calls:,}</dd>" in answer.text
    assert answer.text.count('<tr>\n<th scope="row"') == len(report.lines)


def test_an_unknown_price_is_said_to_be_unknown(home: Home) -> None:
    call(home, model="priced", cost=1_500_000_000)
    call(home, model=HOSTILE, cost=None)
    text = client(home, Role.VIEWER).get("/costs", params={"by": "model"}).text
    assert "at least $1.5" in text
    assert "1 unknown" in text
    assert "a lower bound" in text
    assert HOSTILE not in text
    assert "&lt;img src=x" in text


def test_a_long_list_ends_with_its_newest_hundred_and_says_how_many_came_before(home: Home) -> None:
    for number in range(103):
        call(home, model=f"m{number}", cost=1000)
    text = client(home, Role.VIEWER).get("/costs", params={"by": "model"}).text
    assert "The newest 100 lines; 3 before them are in the sums." in text
    assert text.count('<tr>\n<th scope="row"') == 100
    assert "toy/m102" in text


def test_jobs_lead_to_their_page(home: Home) -> None:
    fill_job(home, new_job(home))
    assert '<a href="/jobs/1">job 1</a>' in client(home, Role.VIEWER).get("/costs?by=job").text


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("since=yesterday", "must be a date"),
        ("until=2026-02-31", "must be a date"),
        ("since=2026-11-02&until=2026-11-01", "the other way round"),
        ("job=0x1", "is not one"),
        ("job=77", "there is no such job"),
        ("by=colour", "can be taken apart by"),
        ("job=" + "9" * 90, "is not one"),
    ],
)
def test_a_filter_that_cannot_be_read_is_said_and_what_was_typed_is_kept(home: Home, query: str, said: str) -> None:
    answer = client(home, Role.VIEWER).get(f"/costs?{query}")
    assert answer.status_code == 422
    assert answer.headers["content-type"].startswith("text/html")
    assert said in answer.text
    for part in query.split("&"):
        name, _, value = part.partition("=")
        assert name == "by" or f'value="{value}"' in answer.text


def test_the_first_look_shows_free_calls_while_nothing_was_charged(any_home: Home) -> None:
    asking = client(any_home, Role.VIEWER)
    assert "No provider was asked for anything yet" in asking.get("/costs").text
    call(any_home, model="free", cost=0)
    call(any_home, model="free", cost=0)
    text = asking.get("/costs").text
    assert '<option value="stage" selected>' in text
    assert "<dd>2</dd>" in text
    assert "All calls were free: nothing was charged." in text
    assert "Free calls are counted by stage" in asking.get("/costs?by=month").text
    call(any_home, model="priced", cost=1_500_000_000)
    text = asking.get("/costs").text
    assert '<option value="month" selected>' in text
    assert "were free: nothing" not in text


def test_an_unknown_price_is_no_free_call(home: Home) -> None:
    call(home, model="unknown", cost=None)
    text = client(home, Role.VIEWER).get("/costs").text
    assert '<option value="month" selected>' in text
    assert "free: nothing was charged" not in client(home, Role.VIEWER).get("/costs?by=stage").text


def test_the_way_from_months_to_all_calls_keeps_what_was_asked_for(home: Home) -> None:
    text = client(home, Role.VIEWER).get("/costs?by=month&since=2026-10-01&until=&job=").text
    assert 'href="/costs?by=stage&amp;since=2026-10-01"' in text


def test_a_range_without_a_call_says_so(home: Home) -> None:
    answer = client(home, Role.VIEWER).get("/costs?since=2030-01-01&until=&job=&by=month")
    assert answer.status_code == 200
    assert "Nothing was paid here" in answer.text


def test_strangers_see_no_costs(home: Home) -> None:
    assert client(home, None).get("/costs").status_code == 401
