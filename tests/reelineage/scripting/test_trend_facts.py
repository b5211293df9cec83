"""The values that phrases use: right, and missing where the data does not support them."""

import pytest

from reelineage.documents import Statement
from reelineage.scripting.sources import sources_of
from reelineage.scripting.trend_facts import (
    ahead_fields,
    charted_topics,
    item_fields,
    leading_form,
    pace_fields,
    pattern_sentence,
    percent_said,
    strongest_rise,
    times_said,
)
from tests.reelineage.scripting.samples import analysis


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.434, "about 43 percent"), (0.07, "about seven percent"), (0.002, ""), (0.999, "")],
)
def test_a_share_is_said_in_whole_percent(share: float, text: str) -> None:
    assert percent_said(share) == text


@pytest.mark.parametrize(
    ("times", "text"),
    [(1.96, "twice"), (3.1, "three times"), (1.37, "1.4 times"), (2.5, "2.5 times"), (41.3, "41 times")],
)
def test_a_ratio_is_said_near_its_value(times: float, text: str) -> None:
    assert times_said(times) == text


def test_a_close_race_is_not_called_a_lead() -> None:
    first, second = analysis().ranked[:2]
    close = second.model_copy(update={"velocity": (first.velocity or 0) / 1.1})
    assert ahead_fields(first, close) == {}
    half = second.model_copy(update={"velocity": (first.velocity or 0) / 2.1})
    assert ahead_fields(first, half) == {"ratio": "about twice", "below": "two", "part": "half"}


def test_a_slow_pace_is_said_as_fewer_than_one() -> None:
    assert pace_fields(0.3) == {"v": "fewer than one", "V": "Fewer than one", "rs": "reaction"}
    assert pace_fields(1.0)["rs"] == "reaction"
    assert pace_fields(0.0) == pace_fields(None) == {}


def test_unknown_values_have_no_fields() -> None:
    unknown = {"views": None, "growth": None, "duration_seconds": None, "velocity": None, "topic": None}
    item = analysis().ranked[0].model_copy(update=unknown)
    assert set(item_fields(item, lean=False, topics=())) == {"r", "age", "fresh"}


def test_a_falling_growth_is_not_told_as_growth() -> None:
    item = analysis().ranked[0].model_copy(update={"growth": -500.0})
    assert "g" not in item_fields(item, lean=False, topics=())


def test_only_a_rise_that_can_be_heard_is_a_rise() -> None:
    topics = analysis().topics
    rise = strongest_rise(topics)
    assert rise
    assert (rise.fields["from"], rise.fields["to"], rise.fields["span"]) == ("30,000", "90,000", "12 hours")
    flat = tuple(topic.model_copy(update={"series": topic.series[:1]}) for topic in topics)
    assert strongest_rise(flat) is None
    falling = tuple(
        topic.model_copy(
            update={"series": tuple(p.model_copy(update={"value": 9 - i}) for i, p in enumerate(topic.series))}
        )
        for topic in topics
    )
    assert strongest_rise(falling) is None


def test_topics_are_charted_only_when_they_hold_most_of_the_reactions() -> None:
    topics = analysis().topics
    assert charted_topics(topics) == topics
    assert charted_topics(tuple(topic.model_copy(update={"share": 0.05}) for topic in topics)) == ()
    assert charted_topics(topics[:2]) == ()


def test_a_pattern_of_one_item_leads_nothing() -> None:
    about = analysis()
    lone = about.patterns[0].model_copy(update={"count": 1})
    assert leading_form(about.model_copy(update={"patterns": (lone,)})) is None


def test_a_pattern_is_said_with_small_counts_in_words() -> None:
    pattern = analysis().patterns[0]
    assert pattern_sentence(pattern) == "Seven of the 19 strongest titles ask a question."
    long = pattern.model_copy(update={"statement": Statement(text="word " * 40, evidence=("k",))})
    assert pattern_sentence(long) == ""


@pytest.mark.parametrize(
    ("platform", "line", "noun"),
    [
        ("youtube", "Source: YouTube, seen 17 May 2031", "video"),
        ("feed", "Source: news feeds, seen 17 May 2031", "post"),
        ("somewhere", "Source: somewhere, seen 17 May 2031", "post"),
        ("sample", "Demo data", "video"),
    ],
)
def test_the_source_line_names_platform_and_day(platform: str, line: str, noun: str) -> None:
    sources = sources_of(analysis(platform=platform, with_patterns=False))
    assert (sources.line, sources.noun) == (line, noun)


def test_demo_data_among_real_data_is_named() -> None:
    real, demo = analysis(), analysis(platform="sample")
    mixed = real.model_copy(update={"ranked": (*real.ranked[:3], *demo.ranked[3:])})
    assert sources_of(mixed).line == "Source: YouTube and demo data, seen 17 May 2031"
