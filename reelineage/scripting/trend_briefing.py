"""The `trend_briefing` writer: a countdown of what is rising and why, in five steps (SCRIPT-02).

Belongs here: the five steps in their order, each with its recorded decisions. Not here: the scenes
(`briefing_scenes.py`), their words (`briefing_words.py`), what all writers share (`brief.py`, `finishing.py`).
"""

from collections.abc import Sequence

from reelineage.documents import (
    RankedItem,
    SceneRole,
    Script,
    TrendAnalysis,
    WritingStep,
)
from reelineage.errors import BadInput
from reelineage.scripting import visuals
from reelineage.scripting.brief import Brief, theme_interpretation
from reelineage.scripting.briefing_scenes import TELLING_SHARE, Alignment, plan_scenes
from reelineage.scripting.briefing_words import spoken_lead
from reelineage.scripting.deck import Deck, chance
from reelineage.scripting.finishing import Draft, finished_script, item_lines, narration_step, text_overlays
from reelineage.scripting.fitting import Fit, ScenePlan, fit
from reelineage.scripting.phrases import opening
from reelineage.scripting.sources import sources_of
from reelineage.scripting.trend_facts import (
    charted_items,
    charted_topics,
    form_of,
    leading_form,
    measured_items,
    pattern_sentence,
    strongest_rise,
    told_topics,
)
from reelineage.scripting.wording import capitalised, words_for
from reelineage.theme import Theme

_CLOSE_ENOUGH = 0.06


def write_trend_briefing(theme: Theme, analysis: TrendAnalysis, *, seed: int, request_sha256: str) -> Script:
    """Write a countdown of the strongest items of `analysis`.

    Raises:
        BadInput: there is nothing to tell, or the theme's call to action cannot be said.
    """
    brief, interpreted = theme_interpretation(theme)
    alignment, aligned = trend_alignment(brief, analysis, wanted=theme.items, seed=seed)
    plans, constructed = scene_construction(brief, alignment, seed=seed)
    told, narrated = narration(brief, plans)
    scenes, overlaid = text_overlays(told, alignment.sources, brief, theme.aspect_ratio)
    lead = spoken_lead(alignment.items[0], limit=48)
    draft = Draft(
        title=_title(brief, alignment, lead, told, seed),
        lines=item_lines(_told_items(alignment, told)),
        origin=opening.BRIEFING_ORIGIN_DEMO if alignment.sources.is_demo else f"{alignment.sources.line}.",
        note=opening.REACTIONS_EXPLAINED if alignment.counted else "",
        trend_pattern=alignment.form.statement.text if alignment.form else "no pattern stood out",
        topics=tuple(topic.label for topic in alignment.topics if topic.items > 1 and topic.share >= TELLING_SHARE),
        scenes=scenes,
        steps=(interpreted, aligned, constructed, narrated, overlaid),
    )
    return finished_script(theme, draft, seed=seed, request_sha256=request_sha256)


def trend_alignment(brief: Brief, analysis: TrendAnalysis, *, wanted: int, seed: int) -> tuple[Alignment, WritingStep]:
    """Step 2: which items, which chart, which pattern.

    Raises:
        BadInput: the analysis ranks no item.
    """
    if not analysis.ranked:
        raise BadInput(
            f"Writing a script for the theme '{brief.name}': the trend analysis ranks no item. "
            "Give a source with at least one item inside the window, or a longer window_hours."
        )
    measured = measured_items(analysis)
    ranked = measured or analysis.ranked
    topics = told_topics(analysis)
    charted = charted_topics(topics)
    by_topic = len(charted) > 0 and (chance(seed, "chart").random() < 0.5 or not charted_items(measured))
    spoken = [p for p in analysis.patterns if p.count > 1 and form_of(p.value) != "plain" and pattern_sentence(p)]
    form = leading_form(analysis)
    alignment = Alignment(
        items=ranked[:wanted],
        runners_up=measured[wanted : wanted + 4],
        counted=bool(measured),
        measured=analysis.items,
        topics=topics,
        chart_items=() if by_topic else charted_items(measured),
        chart_topics=charted if by_topic else (),
        rise=strongest_rise(topics),
        form=form,
        patterns=tuple(sorted(spoken, key=lambda pattern: pattern is not form)),
        sources=sources_of(analysis),
    )
    decisions: dict[str, str | int | float] = {
        "items": ", ".join(item.evidence[-1] for item in alignment.items),
        "ranked_by": "reactions per hour" if measured else "order of the analysis: no counts are known",
        "opening": alignment.hook_form,
        "pattern": form.statement.text if form else "none",
        "chart": "topics" if alignment.chart_topics else "items" if alignment.chart_items else "none",
        "source": alignment.sources.line,
    }
    return alignment, WritingStep(name="trend_alignment", decisions=decisions)


def scene_construction(
    brief: Brief, alignment: Alignment, *, seed: int
) -> tuple[tuple[tuple[ScenePlan, ...], ...], WritingStep]:
    """Step 3: the scenes, once for each number of places that could be told, most places first."""
    plans = tuple(plan_scenes(brief, alignment, places, seed) for places in range(len(alignment.items), 0, -1))
    decisions: dict[str, str | int | float] = {
        "places_wanted": len(alignment.items),
        "scenes_planned": ", ".join(f"{plan.role.value}/{plan.visual.kind.value}" for plan in plans[0]),
    }
    return plans, WritingStep(name="scene_construction", decisions=decisions)


def narration(brief: Brief, plans: Sequence[tuple[ScenePlan, ...]]) -> tuple[Fit, WritingStep]:
    """Step 4: the sentences. Most places that come near the target win; else the best of all."""
    fits: list[Fit] = []
    for plan in plans:
        fits.append(fit(plan, target_seconds=brief.target_seconds, pace=brief.pace))
        if abs(fits[-1].seconds / brief.target_seconds - 1) <= _CLOSE_ENOUGH:
            return fits[-1], narration_step(fits[-1], brief)
    best = max(fits, key=lambda one: one.score)
    return best, narration_step(best, brief)


def _told_items(alignment: Alignment, told: Fit) -> tuple[RankedItem, ...]:
    ranks = {scene.plan.visual.rank for scene in told.scenes if scene.plan.role is SceneRole.ITEM}
    return tuple(item for item in alignment.items if item.rank in ranks)


def _title(brief: Brief, alignment: Alignment, lead: str, told: Fit, seed: int) -> str:
    places = sum(scene.plan.role is SceneRole.ITEM for scene in told.scenes)
    noun = alignment.sources.noun
    fields = {
        "name": brief.name,
        "lead": lead,
        "n": str(alignment.measured) if alignment.measured > places else "",
        "k": words_for(places) if places > 1 else "",
        "K": capitalised(words_for(places)) if places > 1 else "",
        "what": noun,
        "whats": f"{noun}s",
    }
    table = opening.SCRIPT_TITLES if alignment.counted and places > 1 else opening.SCRIPT_TITLES_PLAIN
    return Deck(chance(seed, "title"), brief.tone).pick(table, fields, limit=100) or visuals.line(brief.name, 100)
