"""Joining fetches to a report."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reelineage.errors import BadInput
from reelineage.trends import build_report
from tests.reelineage.trends.factories import NOW, SHA, fetch_of, seen

_EARLIER = NOW - timedelta(hours=12)


def test_the_window_ends_at_the_newest_observation_and_holds_both_its_ends() -> None:
    hours = (0, 6, 12, 12.5)
    fetch = fetch_of(*(seen(f"h{age}", at=NOW - timedelta(hours=age), age_hours=99) for age in hours))
    report = build_report([(fetch, SHA)], window_hours=12)
    assert (report.window_start, report.window_end) == (_EARLIER, NOW)
    assert {one.external_id for one in report.observations} == {"h0", "h6", "h12"}


def test_no_window_keeps_everything() -> None:
    report = build_report([(fetch_of(seen("a"), seen("a", at=_EARLIER, age_hours=99)), SHA)], window_hours=None)
    assert report.window_start is None
    assert len(report.observations) == 2


def test_of_two_sources_with_the_same_observation_the_first_one_stays() -> None:
    first, second = fetch_of(seen("a", views=1), name="one"), fetch_of(seen("a", views=2), seen("b"), name="two")
    report = build_report([(first, SHA), (second, "1" * 64)], window_hours=24)
    assert [(one.external_id, one.views) for one in report.observations] == [("a", 1), ("b", None)]
    assert [(source.source_name, source.observations) for source in report.sources] == [("one", 1), ("two", 2)]
    assert report.sources[1].artifact_sha256 == "1" * 64


@settings(deadline=None)  # a busy machine is no failure
@given(st.permutations([seen(name, at=at, age_hours=99) for name in "abc" for at in (NOW, _EARLIER)]))
def test_the_report_does_not_depend_on_the_order_of_rows(rows: list) -> None:  # type: ignore[type-arg]  # of Observation
    report = build_report([(fetch_of(*rows), SHA)], window_hours=24)
    keys = [one.key for one in report.observations]
    assert keys == sorted(set(keys))
    assert len(keys) == 6


@pytest.mark.parametrize("fetches", [[], [(fetch_of(name="empty file"), SHA)]])
def test_no_observation_is_refused(fetches: list) -> None:  # type: ignore[type-arg]  # of (TrendFetch, str)
    with pytest.raises(BadInput, match=r"there is no observation\. Add a source"):
        build_report(fetches, window_hours=24)
