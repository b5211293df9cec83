"""Ranking, statements, patterns, and that everything rests on observations of the report."""

import random
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reelineage.documents import Observation, TrendAnalysis, TrendReport
from reelineage.trends import analyse, build_report, read_trends, sample_feed
from reelineage.trends.ranking import rank
from tests.reelineage.trends.factories import NOW, SHA, fetch_of, report_of, seen

_EARLIER = NOW - timedelta(hours=4)


def evidence_of(analysis: TrendAnalysis) -> set[str]:
    statements = (*analysis.statements, *(one.statement for one in analysis.patterns))
    found = [key for item in analysis.ranked for key in item.evidence]
    found += [key for topic in analysis.topics for key in topic.evidence]
    found += [key for statement in statements for key in statement.evidence]
    return set(found)


def sample_report() -> TrendReport:
    return build_report([(read_trends(sample_feed(), name="sample"), SHA)], window_hours=24)


def test_velocity_is_known_engagement_per_hour_since_publishing() -> None:
    (item,) = analyse(report_of(seen(likes=100, comments=20, shares=None, views=9999, age_hours=8))).ranked
    assert (item.engagement, item.velocity, item.hours_since_published) == (120, 15.0, 8.0)


def test_hours_count_up_to_the_newest_observation_not_to_today() -> None:
    (item,) = rank([seen(likes=10, at=_EARLIER, age_hours=14), seen(likes=70, age_hours=14)])
    assert (item.engagement, item.hours, item.velocity) == (70, 14.0, 5.0)


def test_the_first_hour_counts_as_a_whole_one() -> None:
    (item,) = rank([seen(likes=60, age_hours=0)])
    assert (item.hours, item.velocity) == (0.0, 60.0)


def test_growth_needs_two_observations_that_know_their_views() -> None:
    two = rank([seen(views=100, at=_EARLIER, age_hours=20), seen(views=500, age_hours=20)])[0]
    one = rank([seen(views=None, at=_EARLIER, age_hours=20), seen(views=500, age_hours=20)])[0]
    assert (two.growth, [point.value for point in two.series]) == (100.0, [100.0, 500.0])
    assert (one.growth, one.series) == (None, ())


def test_an_item_without_any_count_comes_last_and_its_velocity_stays_unknown() -> None:
    items = analyse(
        report_of(seen("none"), seen("zero", likes=0), seen("views", views=5), seen("best", likes=9))
    ).ranked
    assert [item.title for item in items] == ["Title of best", "Title of zero", "Title of views", "Title of none"]
    assert [item.velocity for item in items] == [0.9, 0.0, None, None]
    assert [item.engagement for item in items] == [9, 0, None, None]
    assert [item.rank for item in items] == [1, 2, 3, 4]


def test_at_most_fifty_items_are_ranked_but_all_are_counted() -> None:
    analysis = analyse(report_of(*(seen(f"i{number}", likes=number) for number in range(60))))
    assert (analysis.items, len(analysis.ranked), analysis.ranked[0].engagement) == (60, 50, 59)


def test_patterns_tell_how_many_of_the_strongest_share_a_trait() -> None:
    questions = [seen(f"q{n}", title=f"Is number {n} true?", likes=90, category="Food") for n in range(3)]
    others = [seen(f"o{n}", title=f"Object {n}", likes=10, duration_seconds=20) for n in range(2)]
    patterns = {one.name: one for one in reversed(analyse(report_of(*questions, *others)).patterns)}
    hook = patterns["hook_type"]
    assert (hook.value, hook.count, hook.out_of) == ("question", 3, 5)
    assert hook.statement.text == "3 of the 5 strongest titles ask a question."
    assert set(hook.statement.evidence) == {one.key for one in questions}
    assert patterns["duration"].statement.text == ("Both strongest items with a known length last 15 to 30 seconds.")
    assert patterns["category"].statement.text == "All 3 strongest items with a known category belong to Food."
    assert "audio" not in patterns


def test_patterns_look_at_the_twenty_strongest_only() -> None:
    strong = [seen(f"s{n}", title=f"How to do thing {n}", likes=1000 + n) for n in range(20)]
    weak = [seen(f"w{n}", title="Is it true?", likes=1) for n in range(40)]
    hooks = [one for one in analyse(report_of(*strong, *weak)).patterns if one.name == "hook_type"]
    assert [(one.value, one.count, one.out_of) for one in hooks] == [("how_to", 20, 20)]


def test_a_topic_has_a_series_only_where_all_its_items_were_seen_at_the_same_moments() -> None:
    def desk(name: str, *moments: int) -> list[Observation]:
        return [
            seen(
                name,
                title=f"Small desk {name}",
                views=100 - hours,
                likes=1,
                at=NOW - timedelta(hours=hours),
                age_hours=50,
            )
            for hours in moments
        ]

    (same,) = analyse(report_of(*desk("oak", 0, 5), *desk("pine", 0, 5))).topics
    (mixed,) = analyse(report_of(*desk("oak", 0, 5), *desk("pine", 0, 6))).topics
    assert [point.value for point in same.series] == [190.0, 200.0]
    assert mixed.series == ()


def test_items_of_topics_beyond_the_eighth_name_no_topic() -> None:
    names = [
        "red kite",
        "oak barn",
        "wet sand",
        "tin roof",
        "ice fort",
        "mud oven",
        "oat milk",
        "sea glass",
        "fir cone",
    ]
    rows = [
        seen(f"{name} {n}", title=f"{name} {what}", likes=100 - place)
        for place, name in enumerate(names)
        for n, what in enumerate(("walkthrough", "comparison"))
    ]
    analysis = analyse(report_of(*rows))
    assert (len(analysis.topics), analysis.method["topics_found"]) == (8, 9)
    assert {item.title.split(" ")[0] for item in analysis.ranked if item.topic is None} == {"fir"}


def test_shares_are_parts_of_the_whole_report() -> None:
    analysis = analyse(sample_report())
    assert sum(topic.share for topic in analysis.topics) == pytest.approx(1, abs=1e-5)
    total = sum(item.velocity or 0 for item in rank(sample_report().observations))
    assert sum(topic.velocity for topic in analysis.topics) == pytest.approx(total)


def test_the_analysis_of_the_sample_feed_finds_its_eight_topics_and_their_growth() -> None:
    analysis = analyse(sample_report())
    assert {topic.label for topic in analysis.topics} == {
        "One Pan Dinner", "Meteor Shower", "Phone Battery", "First 5K", "Small Desk", "Monthly Budget",
        "Balcony Garden", "Leaky Tap",
    }  # fmt: skip
    assert all(len(topic.series) == 2 for topic in analysis.topics)
    rises = {topic.label: topic.series[1].value / topic.series[0].value for topic in analysis.topics}
    assert max(rises, key=lambda label: rises[label]) == "Meteor Shower"
    assert all(item.growth for item in analysis.ranked)


@pytest.mark.parametrize("size", [1, 2, 3, 60, 1500])
def test_reports_of_any_size_are_analysed_alike_whatever_the_order(size: int) -> None:
    words = ["desk", "tap", "moon", "bread", "battery", "garden", "budget", "run", "paint", "lamp"]
    chance = random.Random(size)  # noqa: S311 — repeatable test data
    rows = [
        seen(f"i{n}", title=" ".join(chance.choices(words, k=4)), likes=chance.randrange(500), age_hours=5)
        for n in range(size)
    ]
    first = analyse(report_of(*rows))
    chance.shuffle(rows)
    assert analyse(report_of(*rows)) == first
    assert first.method["clustered_items"] == min(size, 1000)
    assert 1 <= len(first.topics) <= 8
    assert all(item.topic is None or item.topic in {topic.label for topic in first.topics} for item in first.ranked)


_TITLES = st.one_of(
    st.text(min_size=1, max_size=40).filter(lambda text: text.strip() != ""),
    st.sampled_from(
        ["🔥🔥", "مرحبا بالعالم", "the and of", "5 desk ideas", "small desk tour", "SMALL DESK!!!", "{\\an8}"]
    ),
)
_COUNTS = st.none() | st.integers(0, 10**12)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(_TITLES, _COUNTS, _COUNTS, st.sampled_from([0, 4]), st.integers(0, 4)), min_size=1, max_size=12)
)
def test_every_evidence_key_is_in_the_report(rows: list[tuple[str, int | None, int | None, int, int]]) -> None:
    observations = [
        seen(f"i{name}", title=title, views=views, likes=likes, at=NOW - timedelta(hours=hours), age_hours=9)
        for title, views, likes, hours, name in rows
    ]
    report = build_report([(fetch_of(*observations), SHA)], window_hours=24)
    keys = [one.key for one in report.observations]
    assert len(keys) == len(set(keys))
    analysis = analyse(report)
    assert evidence_of(analysis) <= set(keys)
    assert analysis.items == len({one.item_key for one in report.observations})
    for item in analysis.ranked:
        newest = max((one for one in report.observations if one.key in item.evidence), key=lambda one: one.observed_at)
        assert item.evidence[-1] == newest.key
        assert (item.views, item.engagement) == (newest.views, newest.likes)
