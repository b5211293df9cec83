"""Fetches in the database: every observation once, nothing overwritten, odd titles as they are."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from reelineage.documents import Observation, TrendFetch
from reelineage.models import TrendFetch as FetchRow
from reelineage.models import TrendItem, TrendObservation
from resources.home import Home
from resources.ledger import Product, Request
from resources.trend_store import store_fetch
from tests.factories import NOON, fetch, identity, ledger, new_job, observation
from tests.resources.test_claims import claim


@pytest.fixture
def calls(any_home: Home) -> list[tuple[int, str]]:
    """Two finished calls with their files."""
    job = new_job(any_home)
    claim(any_home, job, "run-1")
    found = []
    for number in range(2):

        def make(folder: Any, number: int = number) -> Product:
            (folder / "raw").write_text(f"raw {number}")
            return Product({}, folder / "raw")

        answer = ledger(any_home, job, "run-1").call(Request(identity("trends"), {"number": number}), make)
        assert answer.artifact is not None
        found.append((answer.call_id, answer.artifact.sha256))
    return found


def keep(home: Home, call: tuple[int, str], seen: TrendFetch) -> None:
    """Store a fetch as the run that holds job 1."""
    store_fetch(home.database, *call, seen, job_id=1, run_id="run-1")


def count(home: Home, model: type[Any]) -> int:
    with home.database.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def with_observations(*seen: Observation) -> TrendFetch:
    return fetch().model_copy(update={"observations": seen})


def test_a_fetch_is_stored_once_per_call(any_home: Home, calls: list[tuple[int, str]]) -> None:
    for _ in range(2):
        keep(any_home, calls[0], fetch(3))
    assert [count(any_home, model) for model in (FetchRow, TrendItem, TrendObservation)] == [1, 3, 3]


def test_an_item_seen_in_two_fetches_is_one_item_with_two_observations(
    any_home: Home, calls: list[tuple[int, str]]
) -> None:
    later = observation(1, observed_at=NOON + timedelta(hours=1), title="Renamed", views=9)
    keep(any_home, calls[0], fetch(1))
    keep(any_home, calls[1], with_observations(later))
    with any_home.database.read() as session:
        seen = session.scalars(select(TrendObservation).order_by(TrendObservation.id)).all()
    assert count(any_home, TrendItem) == 1
    assert [(one.title, one.views) for one in seen] == [("How to mend tap 1", 1000), ("Renamed", 9)]
    assert [one.observed_at for one in seen] == [NOON, NOON + timedelta(hours=1)]


def test_a_row_that_a_file_repeats_is_one_observation(any_home: Home, calls: list[tuple[int, str]]) -> None:
    keep(any_home, calls[0], with_observations(observation(1), observation(1, views=5)))
    assert count(any_home, TrendObservation) == 1


def test_more_items_than_one_statement_takes_are_all_stored(any_home: Home, calls: list[tuple[int, str]]) -> None:
    keep(any_home, calls[0], fetch(2_300))
    assert count(any_home, TrendObservation) == 2_300


def test_odd_titles_and_great_numbers_come_back_as_they_were(any_home: Home, calls: list[tuple[int, str]]) -> None:
    title = "👩‍👩‍👧 مرحبا 'x'; DROP TABLE jobs;-- {\\an8} %s %(x)s"
    odd = observation(1, title=title, views=2**62, likes=None, duration_seconds=0.1, hashtags=("a", "ü"))
    keep(any_home, calls[0], with_observations(odd))
    with any_home.database.read() as session:
        seen = session.scalars(select(TrendObservation)).one()
    assert (seen.title, seen.views, seen.likes) == (title, 2**62, None)
    assert (seen.duration_seconds, seen.hashtags) == (0.1, ["a", "ü"])


def test_a_fetch_that_fails_half_way_leaves_nothing(
    any_home: Home, calls: list[tuple[int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("resources.trend_store._BATCH", 2)
    real = store_fetch.__globals__["_store_batch"]
    done: list[object] = []

    def second_fails(*given: Any) -> None:
        if done:
            raise OSError("the disk is full")
        done.append(real(*given))

    monkeypatch.setattr("resources.trend_store._store_batch", second_fails)
    with pytest.raises(OSError, match="the disk is full"):
        keep(any_home, calls[0], fetch(5))
    assert [count(any_home, model) for model in (FetchRow, TrendItem, TrendObservation)] == [0, 0, 0]
