"""From a report to its analysis: what is rising, in which topics, with which patterns, on which evidence.

Belongs here: putting the parts together and the statements. Not here: the parts (`ranking.py`, `topics.py`,
`patterns.py`). The same report always gives the same analysis: no clock, no chance.
"""

from collections.abc import Sequence
from statistics import median

from reelineage.documents import SeriesPoint, Statement, Topic, TrendAnalysis, TrendReport
from reelineage.trends import topics
from reelineage.trends.keyphrases import key_phrases
from reelineage.trends.patterns import STRONGEST, find_patterns
from reelineage.trends.ranking import FEWEST_HOURS, Item, rank, ranked_item
from reelineage.trends.topics import Cluster, find_topics

ANALYSIS_VERSION = "trend_analysis/1"
MAX_RANKED = 50
MAX_TOPICS = 8


def analyse(report: TrendReport) -> TrendAnalysis:
    """Analyse a report. `ranked` holds the strongest 50 items, `topics` the strongest 8; `items` counts all."""
    ranked = rank(report.observations)
    clusters = find_topics(ranked)
    total = sum(item.velocity or 0.0 for item in ranked)
    found = sorted((_topic(cluster, total) for cluster in clusters), key=lambda one: (-one.velocity, one.label))
    kept = {topic.label for topic in found[:MAX_TOPICS]}
    topic_of = {
        item.latest.item_key: cluster.label for cluster in clusters if cluster.label in kept for item in cluster.items
    }
    patterns = find_patterns(ranked)
    return TrendAnalysis(
        window_start=report.window_start,
        window_end=report.window_end,
        items=len(ranked),
        ranked=tuple(
            ranked_item(place, item, topic_of.get(item.latest.item_key))
            for place, item in enumerate(ranked[:MAX_RANKED], 1)
        ),
        topics=tuple(found[:MAX_TOPICS]),
        patterns=patterns,
        statements=(*_statements(ranked, found), *(pattern.statement for pattern in patterns)),
        method={
            "version": ANALYSIS_VERSION,
            "velocity": "(likes + comments + shares that are known) / hours since published",
            "fewest_hours": FEWEST_HOURS,
            "observations": len(report.observations),
            "observations_with_estimated_time": sum(one.observed_at_estimated for one in report.observations),
            "clustering": "TF-IDF of titles and tags, cosine distance, average linkage",
            "max_distance": topics.MAX_DISTANCE,
            "clustered_items": min(len(ranked), topics.MAX_CLUSTERED),
            "clustered_items_cap": topics.MAX_CLUSTERED,
            "topics_found": len(found),
            "key_phrases": "YAKE over the titles of a topic",
            "patterns_over": min(len(ranked), STRONGEST),
        },
    )


def _topic(cluster: Cluster, total: float) -> Topic:
    velocity = sum(item.velocity or 0.0 for item in cluster.items)
    return Topic(
        label=cluster.label,
        key_phrases=key_phrases([item.latest.title for item in cluster.items]),
        items=len(cluster.items),
        velocity=round(velocity, 4),
        share=round(velocity / total, 6) if total > 0 else 0.0,
        series=_series(cluster.items),
        evidence=tuple(key for item in cluster.items for key in item.evidence),
    )


def _series(items: Sequence[Item]) -> tuple[SeriesPoint, ...]:
    """Views of a topic over time: only where all its items were seen at the same moments, at least two."""
    moments = [tuple(at for at, _ in item.views) for item in items]
    if len(set(moments)) != 1 or len(moments[0]) < 2:
        return ()
    return tuple(
        SeriesPoint(at=at, value=sum(item.views[place][1] for item in items)) for place, at in enumerate(moments[0])
    )


def _statements(ranked: Sequence[Item], found: Sequence[Topic]) -> list[Statement]:
    statements: list[Statement] = []
    strongest = ranked[0]
    known = [item for item in ranked if item.velocity is not None]
    if strongest.velocity is not None:
        text = f"“{strongest.latest.title}” draws the most engagement: {_number(strongest.velocity)} an hour."
        statements.append(Statement(text=text, evidence=(strongest.latest.key,)))
    if len(known) >= 5 and (middle := median(item.velocity or 0.0 for item in known)) > 0:
        times = (strongest.velocity or 0.0) / middle
        text = f"The strongest item draws {_number(times)} times as much engagement an hour as the median item."
        statements.append(Statement(text=text, evidence=tuple(item.latest.key for item in known)))
    grown = [item for item in ranked if item.growth is not None and item.growth > 0]
    if grown:
        fastest = max(grown, key=lambda item: item.growth or 0.0)
        text = f"“{fastest.latest.title}” grows fastest: {_number(fastest.growth or 0.0)} views an hour."
        statements.append(Statement(text=text, evidence=fastest.evidence))
    shared = [topic for topic in found if topic.items > 1 and topic.share >= 0.005]
    for topic in shared[:3]:
        text = f"{topic.label}: {topic.items} items with {topic.share:.0%} of all engagement an hour."
        statements.append(Statement(text=text, evidence=topic.evidence))
    return statements


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:,.1f}"
