"""What the analysis supports: which items can be told, how the values of an item or topic are said.

Belongs here: choosing from the analysis, and the field values that phrases use; each is left empty when the data does
not support it, so that no phrase can claim it. Not here: the phrases.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from reelineage.documents import Pattern, RankedItem, SeriesPoint, Topic, TrendAnalysis
from reelineage.scripting.titles import quoted, spoken_creator, spoken_title
from reelineage.scripting.wording import about, age, capitalised, ended, leaning, plural, rounded, said, span, words_for

_CHART_BARS = (3, 6)


def form_of(hook_type: str) -> str:
    """A hook type as the phrase tables call it: `how-to` and `How to` are `how_to`."""
    return hook_type.casefold().replace("-", "_").replace(" ", "_")


def told_topics(analysis: TrendAnalysis) -> tuple[Topic, ...]:
    """The topics whose label can be said and shown, strongest first."""
    sayable = [topic for topic in analysis.topics if len(topic.label) <= 40 and spoken_title(topic.label, limit=40)]
    return tuple(sorted(sayable, key=lambda topic: -topic.velocity))


def measured_items(analysis: TrendAnalysis) -> tuple[RankedItem, ...]:
    """The items whose pace is known and not zero, strongest first; they can be called fast."""
    return tuple(item for item in analysis.ranked if item.velocity is not None and item.velocity > 0)


def leading_form(analysis: TrendAnalysis) -> Pattern | None:
    """The pattern that says which form of opening works, when at least two items carry it."""
    forms = [pattern for pattern in analysis.patterns if pattern.name == "hook_type" and pattern.count > 1]
    return max(forms, key=lambda pattern: pattern.count, default=None)


def pace_fields(velocity: float | None, *, lean: bool = False) -> dict[str, str]:
    """{v} {V} {rs}: a pace as it is said, with its noun."""
    if not velocity or velocity <= 0:
        return {}
    if velocity < 1:
        return {"v": "fewer than one", "V": "Fewer than one", "rs": "reaction"}
    value = leaning(velocity) if lean else about(velocity)
    return {"v": value, "V": capitalised(value), "rs": plural(rounded(velocity), "reaction")}


def title_fields(item: RankedItem, *, noun: str, limit: int) -> dict[str, str]:
    """{t} the quoted title, {by} {By} its channel. {t} is missing when the title cannot be said."""
    title = spoken_title(item.title, limit=limit, creator=item.creator)
    by = spoken_creator(item.creator, title=item.title) or ""
    fields = {"by": by, "By": by, "what": noun, "whats": f"{noun}s"}
    return fields | ({"t": quoted(title)} if title else {})


def item_fields(item: RankedItem, *, lean: bool, topics: Sequence[Topic]) -> dict[str, str]:
    """The values of one item that its phrases may use."""
    hours = item.hours_since_published
    fields = {"r": words_for(item.rank), "age": age(hours), **pace_fields(item.velocity, lean=lean)}
    if hours < 48:
        fields["fresh"] = age(hours)
    if item.views:
        count = leaning(item.views) if lean else about(item.views)
        views = f"{count} {plural(item.views, 'view')}"
        fields |= {"views": views, "Views": capitalised(views), "count": count}
        fields["times"] = f"{count} {plural(item.views, 'time')}"
        if item.engagement and item.views >= 100 and 2 <= (per := 100 * item.engagement / item.views) <= 100:
            fields |= {"per": about(per), "prs": "reactions"}
    if item.growth and item.growth >= 1:
        fields |= {"g": about(item.growth), "gv": plural(rounded(item.growth), "view")}
    if item.duration_seconds and item.duration_seconds >= 1:
        length = span(item.duration_seconds)
        whole = (
            length
            if item.duration_seconds == round(item.duration_seconds) and item.duration_seconds < 90
            else f"about {length}"
        )
        fields |= {"length": whole, "Length": capitalised(whole)}
    topic = next((topic for topic in topics if topic.label == item.topic and topic.items > 1), None)
    if topic:
        fields |= {"topic": topic.label, "Topic": capitalised(topic.label), "members": words_for(topic.items)}
    return fields


def ahead_fields(item: RankedItem, below: RankedItem) -> dict[str, str]:
    """{ratio} {below} {part}: how far an item is ahead of the next; nothing when it is close."""
    if not item.velocity or not below.velocity:
        return {}
    times = item.velocity / below.velocity
    if times < 1.2 or times >= 100:
        return {}
    fields = {"ratio": f"about {times_said(times)}", "below": words_for(below.rank)}
    for least, part in ((4.0, "a quarter"), (3.0, "a third"), (2.0, "half")):
        if times > least:
            return fields | {"part": part}
    return fields


def times_said(times: float) -> str:
    """`twice`, `three times`, `1.4 times`: rounded to where it stays within an eighth."""
    whole = round(times)
    if abs(whole - times) / times <= 0.06 and whole > 1:
        return "twice" if whole == 2 else f"{words_for(whole)} times"
    return f"{times:.1f} times" if times < 10 else f"{words_for(whole)} times"


def percent_said(share: float) -> str:
    """`about 23 percent`; "" outside 1..99 percent, where it says nothing."""
    percent = round(100 * share)
    return f"about {words_for(percent)} percent" if 1 <= percent <= 99 else ""


@dataclass(frozen=True)
class Rise:
    """A topic whose views were counted at several moments and rose."""

    topic: Topic
    series: tuple[SeriesPoint, ...]

    @property
    def fields(self) -> dict[str, str]:
        """{topic} {Topic} {from} {to} {span} of the rise."""
        first, last = self.series[0], self.series[-1]
        hours = (last.at - first.at).total_seconds() / 3600
        label = self.topic.label
        return {
            "topic": label, "Topic": capitalised(label), "from": about(first.value), "to": said(last.value),
            "span": age(hours),
        }  # fmt: skip


def strongest_rise(topics: Sequence[Topic]) -> Rise | None:
    """The topic with most pace among those whose series rises enough to be heard in rounded numbers."""
    for topic in topics:
        series = tuple(sorted(topic.series, key=lambda point: point.at))
        if (
            len(series) >= 2
            and 0 < series[0].value < series[-1].value
            and said(series[0].value) != said(series[-1].value)
        ):
            return Rise(topic, series)
    return None


def charted_topics(topics: Sequence[Topic]) -> tuple[Topic, ...]:
    """Topics for a bar chart, strongest first; none when there are too few, or most reactions fall outside of them."""
    if sum(topic.share for topic in topics) < 0.5:
        return ()
    lively = [topic for topic in topics if topic.velocity >= 1]
    least, most = _CHART_BARS
    return tuple(lively[:most]) if len(lively) >= least else ()


def charted_items(items: Sequence[RankedItem]) -> tuple[RankedItem, ...]:
    """Items for a bar chart; none when there are too few to compare."""
    least, most = _CHART_BARS
    return tuple(items[: most - 1]) if len(items) >= least else ()


def pattern_sentence(pattern: Pattern) -> str:
    """The analysis' own words about a pattern, when they are short enough to be said; else ""."""
    text = pattern.statement.text.strip()
    if counts := re.match(r"(\d+) of the (\d+)\b", text):
        text = f"{words_for(int(counts[1]))} of the {words_for(int(counts[2]))}{text[counts.end() :]}"
    text = ended(capitalised(text))
    return text if len(text.split()) <= 24 and len(text) <= 200 else ""
