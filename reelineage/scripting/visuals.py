"""Pictures of scenes as data: what each motion-graphics layout shows, and a prompt for other footage providers.

Belongs here: turning ranked items, topics and texts into `Visual`. Not here: drawing, words that are spoken.
"""

import re
from collections.abc import Sequence

from reelineage.documents import Datum, RankedItem, SceneRole, SeriesPoint, Topic, Visual, VisualKind, iso
from reelineage.scripting.brief import Brief
from reelineage.scripting.phrases.countdown import FIGURE_CAPTION
from reelineage.scripting.titles import shown_title
from reelineage.scripting.wording import capitalised, compact, day_shown, plural

HEADLINE_LIMIT = 60
LABEL_LIMIT = 24
_LOOKS = {
    VisualKind.TITLE: "Opening title card",
    VisualKind.STATEMENT: "One statement in large type",
    VisualKind.RANKED_ITEM: "One place of a countdown with a large number",
    VisualKind.RANKED_LIST: "A short ranked list",
    VisualKind.BAR_CHART: "Horizontal bar chart",
    VisualKind.LINE_CHART: "Line chart of a rising count",
    VisualKind.CALL_TO_ACTION: "Closing card with one request",
}


def line(text: str, limit: int = HEADLINE_LIMIT) -> str:
    """A text as one short line of a picture: cut at a phrase or word, its full stop dropped."""
    short = shown_title(text, limit=limit)
    return short[:-1] if short.endswith(".") and not short.endswith("..") else short


def clause(text: str, limit: int = HEADLINE_LIMIT) -> str:
    """The first clause of a sentence of the theme, as a headline."""
    whole = text.rstrip(".")
    ends = [m.start() for m in re.finditer(r"[,;:](?=\s)|\s[-–—](?=\s)", whole) if 15 <= m.start() <= limit]
    return whole if len(whole) <= limit else whole[: ends[-1]] if ends else line(whole, limit)


def item_visual(item: RankedItem, *, kicker: str) -> Visual:
    """A place of the countdown: rank, title, channel with the exact views, and the pace (or views, without a pace)."""
    figure, caption = "", ""
    if item.velocity is not None:
        figure, caption = f"{compact(item.velocity)}/h", FIGURE_CAPTION
    elif item.views is not None:
        figure, caption = compact(item.views), plural(item.views, "view")
    about = [line(item.creator, 28)] if item.creator else []
    if item.views is not None:
        about.append(f"{item.views:,} {plural(item.views, 'view')}")
    return Visual(
        kind=VisualKind.RANKED_ITEM,
        kicker=line(kicker, 40),
        headline=shown_title(item.title, limit=HEADLINE_LIMIT, creator=item.creator),
        body=" · ".join(about),
        figure=figure,
        figure_caption=caption,
        rank=item.rank,
    )


def items_chart(items: Sequence[RankedItem]) -> Visual:
    """Bars of the pace of ranked items, strongest first."""
    data = tuple(
        Datum(
            label=shown_title(item.title, limit=LABEL_LIMIT, creator=item.creator),
            value=item.velocity,
            display=compact(item.velocity or 0.0),
            evidence=item.evidence[-1],
        )
        for item in items
    )
    return Visual(kind=VisualKind.BAR_CHART, kicker="Side by side", headline=capitalised(FIGURE_CAPTION), data=data)


def topics_chart(topics: Sequence[Topic]) -> Visual:
    """Bars of the summed pace of topics, strongest first."""
    data = tuple(
        Datum(
            label=line(topic.label, LABEL_LIMIT),
            value=topic.velocity,
            display=compact(topic.velocity),
            evidence=topic.evidence[0],
        )
        for topic in topics
    )
    return Visual(kind=VisualKind.BAR_CHART, kicker="By topic", headline=capitalised(FIGURE_CAPTION), data=data)


def topic_figure(topic: Topic) -> Visual:
    """One topic and its pace."""
    return Visual(
        kind=VisualKind.STATEMENT,
        kicker="Measured",
        headline=line(topic.label),
        figure=f"{compact(topic.velocity)}/h",
        figure_caption=FIGURE_CAPTION,
    )


def views_line(label: str, series: Sequence[SeriesPoint], evidence: Sequence[str]) -> Visual:
    """A line of views over time; each point names an observation made at its moment, when there is one."""
    hours = (series[-1].at - series[0].at).total_seconds() / 3600
    data = tuple(
        Datum(
            label=f"{point.at:%H:%M}" if hours <= 36 else _day(point),
            value=point.value,
            display=compact(point.value),
            evidence=next((key for key in evidence if key.endswith(_key_time(point))), evidence[0]),
        )
        for point in series
    )
    return Visual(kind=VisualKind.LINE_CHART, kicker="Views over time", headline=line(label), data=data)


def ranked_list(items: Sequence[RankedItem], *, headline: str) -> Visual:
    """Rows of a list with rank and pace."""
    data = tuple(
        Datum(
            label=shown_title(item.title, limit=40, creator=item.creator),
            value=item.velocity,
            display=f"{compact(item.velocity)}/h" if item.velocity is not None else "",
            evidence=item.evidence[-1],
        )
        for item in items
    )
    return Visual(kind=VisualKind.RANKED_LIST, headline=headline, rank=items[0].rank, data=data)


def closing(brief: Brief) -> Visual:
    """The request at the end."""
    headline = line(brief.call_to_action[0])
    return Visual(kind=VisualKind.CALL_TO_ACTION, kicker=line(brief.name, 40), headline=headline)


def prompt_for(visual: Visual, role: SceneRole, brief: Brief, aspect_ratio: str) -> str:
    """What a footage provider without our layouts is asked for. It gets no lettering: words come from elsewhere."""
    subject = ": ".join(filter(None, (visual.kicker, visual.headline)))
    data = ", ".join(f"{datum.label} {datum.display}".strip() for datum in visual.data)
    parts = (
        f"{_LOOKS[visual.kind]} ({role.value.replace('_', ' ')}) for {brief.audience}",
        subject,
        visual.body,
        data and f"Data: {data}",
        f"{capitalised(brief.tone)} mood, {aspect_ratio}, slow camera, no lettering in the picture",
    )
    return ". ".join(part.rstrip(".") for part in parts if part) + "."


def _day(point: SeriesPoint) -> str:
    return " ".join(day_shown(point.at).split(" ")[:2])


def _key_time(point: SeriesPoint) -> str:
    return f"@{iso(point.at)}"
