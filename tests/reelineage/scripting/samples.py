"""Analyses and themes to write from, with values apart enough that a wrong number is seen."""

from datetime import UTC, datetime, timedelta

from reelineage.documents import Pattern, RankedItem, SeriesPoint, Statement, Topic, TrendAnalysis
from reelineage.theme import SampleSource, Story, Theme, Writer

SEEN = datetime(2031, 5, 17, 21, 30, tzinfo=UTC)
REQUEST = "ab" * 32
TITLES = (
    "Why is the night sky green tonight?",
    "Marble Run Down Five Floors (Official Video)",
    "How to sharpen a kitchen knife on a mug",
    "I SPENT A WEEK WITHOUT SUGAR | Everyday Lab",
    "12 bread mistakes and how to fix them",
    "Cheap desk against dear desk",
    "The quietest drill I have ever heard",
    "Rain on a tin roof",
    "Ten knots in two minutes",
)
HOOK_TYPES = ("question", "plain", "how_to", "story", "list", "versus", "claim", "plain", "number")


def key(number: int, platform: str = "youtube") -> str:
    """The observation key of item `number`."""
    return f"{platform}/item-{number}@{SEEN.isoformat().replace('+00:00', 'Z')}"


def ranked_item(number: int, *, title: str, platform: str = "youtube", counted: bool = True) -> RankedItem:
    """Item `number` from the top: each about a third slower than the one before."""
    hours = 7.0 + 11 * number
    engagement = round(417_313 / 1.37**number)
    return RankedItem(
        rank=number,
        title=title,
        creator=f"Channel {'ABCDEFGHIJKL'[number % 12]}",
        url=f"https://example.org/{number}",
        views=engagement * 23 if counted else None,
        engagement=engagement if counted else None,
        velocity=engagement / hours if counted else None,
        growth=8123.0 / number if counted else None,
        hours_since_published=hours,
        duration_seconds=17.0 + 6 * number,
        hook_type=HOOK_TYPES[number % len(HOOK_TYPES)],
        topic="Night Sky" if number in (1, 4, 6) else None,
        evidence=(key(number, platform),),
    )


def analysis(
    titles: tuple[str, ...] = TITLES, *, platform: str = "youtube", counted: bool = True, with_patterns: bool = True
) -> TrendAnalysis:
    """An analysis of `titles`, strongest first, with topics, series and patterns."""
    items = tuple(
        ranked_item(number, title=title, platform=platform, counted=counted) for number, title in enumerate(titles, 1)
    )
    keys = tuple(item.evidence[0] for item in items)
    topics = tuple(
        Topic(
            label=label,
            key_phrases=(label.lower(),),
            items=3,
            velocity=velocity if counted else 0.0,
            share=share if counted else 0.0,
            series=tuple(
                SeriesPoint(at=SEEN + timedelta(hours=6 * step), value=30_000 * (step + 1)) for step in range(3)
            ),
            evidence=keys[:3],
        )
        for label, velocity, share in (("Night Sky", 9_731.0, 0.43), ("Bread", 4_211.0, 0.22), ("Tools", 1_303.0, 0.11))
    )
    patterns = (
        _pattern("hook_type", "question", 7, "7 of the 19 strongest titles ask a question.", keys[:2]),
        _pattern("duration", "30 to 60 seconds", 13, "13 of the 19 strongest items last 30 to 60 seconds.", keys[:3]),
        _pattern("hour", "in the evening", 9, "9 of the 19 strongest items were published in the evening.", keys[:2]),
        _pattern("category", "Howto", 5, "5 of the 19 strongest items belong to Howto.", keys[:1]),
    )
    return TrendAnalysis(
        window_start=None,
        window_end=SEEN,
        items=len(titles) + 77,
        ranked=items,
        topics=topics,
        patterns=patterns if with_patterns else (),
        statements=(),
        method={},
    )


def _pattern(name: str, value: str, count: int, text: str, evidence: tuple[str, ...]) -> Pattern:
    statement = Statement(text=text, evidence=evidence)
    return Pattern.model_validate(
        {"name": name, "value": value, "count": count, "out_of": 19, "statement": statement.model_dump()}
    )


def briefing(**changes: object) -> Theme:
    """A theme for the countdown."""
    theme = Theme(
        name="What moves",
        about="Short videos that caught on, and how they did it.",
        audience="people who film",
        writer=Writer.TREND_BRIEFING,
        sources=(SampleSource(kind="sample"),),
        call_to_action="Tell me which one you would film.",
        hashtags=("#moves",),
    )
    return Theme.model_validate(theme.model_dump() | changes)


def product(**changes: object) -> Theme:
    """A theme with a story long enough for a minute and a half."""
    theme = Theme(
        name="Better kitchens",
        about="A small idea for kitchens with no room to spare.",
        audience="people who cook in small kitchens",
        writer=Writer.PRODUCT_STORY,
        sources=(SampleSource(kind="sample"),),
        call_to_action="Measure your drawer tonight and send us the number.",
        story=Story(
            product="a folding chopping board",
            problem="Boards are wide and drawers are not. So the board lives on the counter, in the way of it all.",
            points=(
                "It folds along a soft hinge and fits into a drawer next to the spoons.",
                "Folded halfway it becomes a slide that carries everything into the pot.",
                "The hinge is one piece with the board, so there is no gap for crumbs to hide in.",
                "One side is for onions, the other for fruit, and each has its own colour.",
                "It goes into the dishwasher like a plate and comes out flat again.",
                "When the surface is worn we plane it once and it starts over.",
            ),
            proof=(
                "We folded one every day for three years and the hinge still closes flush.",
                "A cooking school has used the same dozen boards since it opened.",
                "Each hinge is bent and measured by hand before it leaves the workshop.",
                "The first ones we made are still in our own kitchen and still in use.",
            ),
        ),
    )
    return Theme.model_validate(theme.model_dump() | changes)
