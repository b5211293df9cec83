"""The scenes of a trend briefing: which there are for a number of places, and what each shows.

Belongs here: the arrangement of scenes and their pictures. Not here: the steps around it (`trend_briefing.py`), what is
said in each scene (`briefing_words.py`), which scenes are kept (`fitting.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from reelineage.documents import Pattern, RankedItem, SceneRole, Topic, Visual, VisualKind
from reelineage.scripting import visuals
from reelineage.scripting.brief import Brief
from reelineage.scripting.briefing_words import BriefingWords
from reelineage.scripting.deck import chance
from reelineage.scripting.fitting import ScenePlan
from reelineage.scripting.phrases import reasons
from reelineage.scripting.sources import Sources
from reelineage.scripting.trend_facts import Rise, form_of
from reelineage.scripting.wording import capitalised, plural

# From which length on a chart may be shown, and from which it must be; below, the places need all the time.
_SHORTEST_WITH_CHART, _CHART_ALWAYS = 15.0, 25.0
# Topics with less of all reactions than this say little about what is rising.
TELLING_SHARE = 0.1
_HOOK_FORMS = {"list": "number"}


@dataclass(frozen=True)
class Alignment:
    """What of the analysis the video tells. `items` are in the order of their rank, strongest first."""

    items: tuple[RankedItem, ...]
    runners_up: tuple[RankedItem, ...]
    counted: bool
    measured: int
    topics: tuple[Topic, ...]
    chart_items: tuple[RankedItem, ...]
    chart_topics: tuple[Topic, ...]
    rise: Rise | None
    form: Pattern | None
    patterns: tuple[Pattern, ...]
    sources: Sources

    @property
    def hook_form(self) -> str:
        """The form of the opening, as the phrase tables call it."""
        form = form_of(self.form.value) if self.form else "claim"
        return _HOOK_FORMS.get(form, form)


def plan_scenes(brief: Brief, alignment: Alignment, places: int, seed: int) -> tuple[ScenePlan, ...]:
    """All scenes that a briefing with `places` places may have, in their order."""
    rng = chance(seed, f"briefing of {places}")
    words = BriefingWords(brief, alignment.sources, measured=alignment.measured, places=places, rng=rng)
    countdown = tuple(reversed(alignment.items[:places]))
    if not alignment.counted:
        countdown = alignment.items[:places]
    evidence = tuple(key for item in alignment.items[:places] for key in item.evidence)
    if alignment.form:
        evidence = tuple(dict.fromkeys((*evidence, *alignment.form.statement.evidence)))
    whole = alignment.items + alignment.runners_up
    scenes = [
        ScenePlan(
            SceneRole.HOOK,
            Visual(
                kind=VisualKind.TITLE,
                kicker=visuals.line(brief.name, 40),
                headline=words.headline(counted=alignment.counted, limit=40),
                body=f"{alignment.measured:,} {plural(alignment.measured, alignment.sources.noun)} measured"
                if alignment.counted
                else "",
            ),
            words.hook(alignment.hook_form, evidence, counted=alignment.counted),
            required=True,
        )
    ]
    told = [
        ScenePlan(
            SceneRole.ITEM,
            visuals.item_visual(item, kicker=_running_head(brief, alignment, item)),
            words.item(item, _below(whole, item), alignment.topics, place=place, counted=alignment.counted),
            required=True,
        )
        for place, item in enumerate(countdown, 1)
    ]
    extras = _charts(brief, alignment, words)
    topics_first = bool(alignment.chart_topics) and rng.random() < 0.4
    scenes += [*extras[:1], *told, *extras[1:]] if topics_first else [*told, *extras]
    scenes += _reasons(brief, alignment, places, words)
    scenes.append(
        ScenePlan(
            SceneRole.CALL_TO_ACTION, visuals.closing(brief), words.closing(), required=not brief.is_short, value=5.0
        )
    )
    return tuple(scenes)


def _running_head(brief: Brief, alignment: Alignment, item: RankedItem) -> str:
    """An item's topic where topics tell something, else the name of the series."""
    topic = next((one for one in alignment.topics if one.label == item.topic), None)
    return topic.label if topic and topic.items > 2 and topic.share >= TELLING_SHARE else brief.name


def _below(whole: Sequence[RankedItem], item: RankedItem) -> RankedItem | None:
    return next((other for other in whole if other.rank == item.rank + 1), None)


def _charts(brief: Brief, alignment: Alignment, words: BriefingWords) -> list[ScenePlan]:
    if brief.target_seconds < _SHORTEST_WITH_CHART:
        return []
    required = brief.target_seconds >= _CHART_ALWAYS
    scenes = []
    if topics := alignment.chart_topics:
        scenes.append(
            ScenePlan(SceneRole.PROOF, visuals.topics_chart(topics), words.chart_of_topics(topics), required, value=4.0)
        )
    if items := alignment.chart_items:
        scenes.append(
            ScenePlan(SceneRole.PROOF, visuals.items_chart(items), words.chart_of_items(items), required, value=4.0)
        )
    if rise := alignment.rise:
        visual = visuals.views_line(rise.topic.label, rise.series, rise.topic.evidence)
        scenes.append(ScenePlan(SceneRole.PROOF, visual, words.rise(rise), value=3.0))
    return scenes


def _reasons(brief: Brief, alignment: Alignment, places: int, words: BriefingWords) -> list[ScenePlan]:
    scenes = []
    told: set[str] = set()
    for index, pattern in enumerate(alignment.patterns):
        form = form_of(pattern.value) if pattern.name == "hook_type" else pattern.name
        visual = Visual(
            kind=VisualKind.STATEMENT,
            kicker="What they share",
            headline=reasons.WHY_HEADLINES.get(form, visuals.line(capitalised(pattern.value))),
            body="" if pattern.name == "hook_type" else visuals.line(capitalised(pattern.value)),
            figure=f"{pattern.count} of {pattern.out_of}",
            figure_caption="strongest titles" if pattern.name in ("hook_type", "title_shape") else "strongest items",
        )
        value = 3.0 if index == 0 else 0.5 if pattern.name in told else 2.0
        told.add(pattern.name)
        scenes.append(ScenePlan(SceneRole.POINT, visual, words.why(pattern, first=index == 0), value=value))
    runners_up = tuple(alignment.items[places:] + alignment.runners_up)[:4]
    if len(runners_up) > 1 and brief.target_seconds >= 30:
        visual = visuals.ranked_list(runners_up, headline="Next in line")
        scenes.append(ScenePlan(SceneRole.POINT, visual, words.also(runners_up), value=0.8))
    return scenes
