"""`POST /api/generate`: asking for a video is one row, quickly written, checked as the command line checks."""

import time

import pytest
from sqlalchemy import select

from reelineage.models import Artifact
from reelineage.theme import FileSource, Theme
from resources.access import Role
from resources.home import Home
from resources.job_orders import read_theme
from tests.console.web_client import client
from tests.factories import theme_yaml

TRENDS = "title,published_at,views\nHow to mend a tap,2026-11-22T07:00:00Z,1200\n"
_CPU_MILLISECONDS = 50


def test_a_ready_theme_becomes_a_queued_job(any_home: Home) -> None:
    answer = client(any_home).post("/api/generate", json={"theme": "trend_briefing", "seed": 7, "profile": "draft"})
    assert (answer.status_code, answer.headers["location"]) == (201, "/api/jobs/1")
    job = any_home.queue.get(1)
    assert (job.state, job.seed, job.profile, job.origin, job.active_run) == (
        "queued", 7, "draft", "api", None,
    )  # fmt: skip
    assert job.theme == read_theme("trend_briefing").model_dump(mode="json")
    told = answer.json()
    assert (told["id"], told["state"], told["theme_name"], told["video_id"]) == (1, "queued", "Trend briefing", None)


def test_a_theme_may_be_given_as_text(home: Home) -> None:
    answer = client(home).post("/api/generate", json={"theme": theme_yaml(name="Sinks").decode()})
    assert answer.status_code == 201
    assert (home.queue.get(1).theme_name, home.queue.get(1).profile) == ("Sinks", "standard")


def test_trends_replace_the_themes_sources_and_are_stored_first(any_home: Home) -> None:
    order = {"theme": "trend_briefing", "trends": TRENDS, "trends_name": "taps.csv"}
    assert client(any_home).post("/api/generate", json=order).status_code == 201
    source = Theme.model_validate(any_home.queue.get(1).theme).sources[0]
    assert isinstance(source, FileSource)
    assert source.name == "taps.csv"
    with any_home.database.read() as session:
        (sha256,) = session.scalars(select(Artifact.sha256))
    assert sha256 == source.artifact_sha256
    assert any_home.store.path(sha256).read_text() == TRENDS


@pytest.mark.parametrize(
    ("order", "why"),
    [
        ({"theme": "no_such_theme"}, "there is no ready theme of that name"),
        ({"theme": "../themes/trend_briefing.yaml"}, "there is no ready theme of that name"),
        ({"theme": "name: [1"}, "line 1: expected"),
        ({"theme": theme_yaml(sources="[{kind: file, path: taps.csv}]").decode()}, "the theme names a trend file"),
        ({"theme": theme_yaml(sources="[{kind: file, path: /etc/passwd}]").decode()}, "the theme names a trend file"),
        ({"theme": "trend_briefing", "trends": "nothing"}, "Reading the trend file trends.txt"),
        ({"theme": "trend_briefing", "trends_name": "a.csv"}, "trends_name names trends, but there are none"),
        ({"theme": "trend_briefing", "trends": TRENDS, "trends_name": "../a.csv"}, "body.trends_name"),
        ({"theme": "trend_briefing", "trends": TRENDS, "trends_name": "a/b.csv"}, "body.trends_name"),
        ({"theme": "trend_briefing", "seed": -1}, "body.seed"),
        ({"theme": "trend_briefing", "seed": 2**31}, "body.seed"),
        ({"theme": "trend_briefing", "seed": "7"}, "body.seed"),
        ({"theme": "trend_briefing", "profile": "cinema"}, "body.profile"),
        ({"theme": "trend_briefing", "folder": "/"}, "body.folder"),
        ({}, "body.theme"),
    ],
)
def test_what_cannot_be_used_is_refused_and_nothing_is_stored(home: Home, order: dict[str, object], why: str) -> None:
    answer = client(home).post("/api/generate", json=order)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert why in answer.json()["detail"]
    assert home.queue.newest() == []
    with home.database.read() as session:
        assert session.scalars(select(Artifact)).all() == []


@pytest.mark.parametrize("role", [Role.VIEWER, Role.REVIEWER])
def test_only_an_operator_may_ask_for_a_video(home: Home, role: Role) -> None:
    assert client(home, role).post("/api/generate", json={"theme": "trend_briefing"}).status_code == 403
    assert home.queue.newest() == []


def test_it_answers_within_fifty_milliseconds_of_the_processor(any_home: Home) -> None:
    """Test client, guard and idempotency key in it; the best of several, since other tests share the machine."""
    asked, spent = client(any_home), []
    for number in range(12):
        began = time.process_time()
        answer = asked.post(
            "/api/generate", json={"theme": "trend_briefing"}, headers={"Idempotency-Key": f"order-{number}"}
        )
        spent.append((time.process_time() - began) * 1000)
        assert answer.status_code == 201
    assert min(spent) < _CPU_MILLISECONDS
