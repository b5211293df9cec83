"""The demo feed."""

from collections import Counter
from datetime import timedelta

from reelineage.trends import build_report, read_trends, sample_feed
from tests.reelineage.trends.factories import SHA


def test_every_item_of_the_sample_feed_is_seen_twice_within_a_day() -> None:
    fetch = read_trends(sample_feed(), name="sample", kind="file")
    assert fetch.skipped_count == 0
    report = build_report([(fetch, SHA)], window_hours=24)
    times = Counter(one.item_key for one in report.observations)
    assert (len(times), set(times.values())) == (60, {2})
    first, second = sorted({one.observed_at for one in report.observations})
    assert second - first == timedelta(hours=12)
    assert {one.platform for one in report.observations} == {"sample"}


def test_counts_of_the_sample_feed_only_grow_and_some_are_missing() -> None:
    observations = read_trends(sample_feed(), name="sample").observations
    before, after = observations[:60], observations[60:]
    for early, late in zip(before, after, strict=True):
        assert early.item_key == late.item_key
        assert (early.views or 0) < (late.views or 0)
    assert any(one.comments is None for one in after)
    assert any(one.shares is None for one in after)
