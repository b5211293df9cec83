"""What every writer does at the end: overlays, description, hashtags, and the script itself.

Belongs here: step 5 and the assembly. Not here: choosing scenes or words.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from reelineage.documents import Overlay, RankedItem, Scene, SceneRole, Script, WritingStep
from reelineage.scripting.brief import Brief
from reelineage.scripting.fitting import Fit, FittedScene
from reelineage.scripting.sources import Sources
from reelineage.scripting.titles import shown_title
from reelineage.scripting.visuals import prompt_for
from reelineage.scripting.wording import ended
from reelineage.text import clean_text
from reelineage.theme import Theme

_OVERLAY_START_SECONDS = 0.3
_MAX_HASHTAGS = 8
_TOPIC_HASHTAGS = 3
_DESCRIPTION_LIMIT = 4500


@dataclass(frozen=True)
class Draft:
    """A script before its last fields are filled."""

    title: str
    lines: tuple[str, ...]
    origin: str
    note: str
    trend_pattern: str
    topics: tuple[str, ...]
    scenes: tuple[Scene, ...]
    steps: tuple[WritingStep, ...]


def narration_step(told: Fit, brief: Brief) -> WritingStep:
    """The record of step 4: what was chosen and how long it should take."""
    places = sum(scene.plan.role is SceneRole.ITEM for scene in told.scenes)
    decisions: dict[str, str | int | float] = {
        "estimated_seconds": round(told.seconds, 2),
        "target_seconds": brief.target_seconds,
        "scenes": len(told.scenes),
        "sentences": sum(len(scene.sentences) for scene in told.scenes),
    }
    if places:
        decisions["places"] = places
    return WritingStep(name="narration", decisions=decisions)


def text_overlays(
    told: Fit, sources: Sources, brief: Brief, aspect_ratio: str
) -> tuple[tuple[Scene, ...], WritingStep]:
    """Step 5: the source line over every scene that rests on data, from a moment after the cut to its end."""
    scenes = tuple(
        Scene(
            number=number,
            role=scene.plan.role,
            sentences=scene.sentences,
            visual=scene.plan.visual,
            visual_prompt=prompt_for(scene.plan.visual, scene.plan.role, brief, aspect_ratio),
            overlays=_overlays(scene, sources, first=number == 1),
        )
        for number, scene in enumerate(told.scenes, 1)
    )
    decisions: dict[str, str | int | float] = {
        "source_line": sources.line,
        "scenes_with_source_line": sum(bool(scene.overlays) for scene in scenes),
    }
    return scenes, WritingStep(name="text_overlays", decisions=decisions)


def item_lines(items: Sequence[RankedItem]) -> tuple[str, ...]:
    """Lines of the description: the items by rank, with channel and page."""
    lines = []
    for item in items:
        title = shown_title(item.title, limit=100)
        by = f", {item.creator}" if item.creator else ""
        lines.append(f"{item.rank}. {title}{by}" + (f" {item.url}" if item.url else ""))
    return tuple(lines)


def finished_script(theme: Theme, draft: Draft, *, seed: int, request_sha256: str) -> Script:
    """Fill the remaining fields of SCRIPT-03."""
    about = [ended(theme.about)]
    description = "\n".join(filter(None, [*about, *draft.lines, draft.origin, draft.note]))
    return Script(
        title=clean_text(draft.title, max_characters=100),
        description=clean_text(description, max_characters=_DESCRIPTION_LIMIT, keep_lines=True),
        hashtags=_hashtags(theme, draft.topics),
        hook=" ".join(sentence.text for sentence in draft.scenes[0].sentences),
        call_to_action=theme.call_to_action,
        scenes=draft.scenes,
        duration_target_seconds=float(theme.duration_seconds),
        aspect_ratio=theme.aspect_ratio,
        language=theme.language,
        seed=seed,
        trend_pattern=draft.trend_pattern,
        steps=draft.steps,
        request_sha256=request_sha256,
    )


def _overlays(scene: FittedScene, sources: Sources, *, first: bool) -> tuple[Overlay, ...]:
    rests_on_data = any(sentence.citations for sentence in scene.sentences) or scene.plan.visual.data
    if not (rests_on_data and scene.plan.shows_source):
        return ()
    start = 0.0 if first else _OVERLAY_START_SECONDS
    return (Overlay(text=sources.line, position="lower", start_seconds=start),)


def _hashtags(theme: Theme, topics: Sequence[str]) -> tuple[str, ...]:
    """The theme's own, then those of the leading topics; each once, letters and digits only."""
    wanted = [*theme.hashtags, *(topic.title() if topic.islower() else topic for topic in topics[:_TOPIC_HASHTAGS])]
    tags: dict[str, str] = {}
    for text in wanted:
        word = re.sub(r"[^\w]", "", text)
        if word and not word.isdecimal():
            tags.setdefault(word.casefold(), f"#{word[:60]}")
    return tuple(tags.values())[: max(_MAX_HASHTAGS, len(theme.hashtags))]
