"""The `product_story` writer: hook, problem, talking points, proof, call to action, in five steps (SCRIPT-02).

Belongs here: the five steps in their order, each with its recorded decisions. The words about the product are the
theme's own; the trends decide the form of the opening, and a topic near the product may be cited. Not here: phrases.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from reelineage.documents import (
    Pattern,
    SceneRole,
    Script,
    Topic,
    TrendAnalysis,
    Visual,
    VisualKind,
    WritingStep,
)
from reelineage.errors import BadInput
from reelineage.scripting import visuals
from reelineage.scripting.brief import Brief, sentences_of, theme_interpretation
from reelineage.scripting.deck import Deck, Phrases, chance
from reelineage.scripting.finishing import Draft, finished_script, narration_step, text_overlays
from reelineage.scripting.fitting import Fit, Option, ScenePlan, Slot, fit
from reelineage.scripting.phrases import product as words
from reelineage.scripting.sources import Sources, sources_of
from reelineage.scripting.trend_facts import form_of, leading_form, pace_fields, told_topics
from reelineage.scripting.wording import capitalised, counted, is_plural, named
from reelineage.theme import Story, Theme

_HOOK_FORMS = {"list": "number", "reveal": "how_to", "versus": "claim"}
# Too common to say that a topic and a product are about the same thing.
_COMMON_WORDS = frozenset(
    ("about", "after", "again", "every", "from", "have", "into", "just", "more", "most", "only", "over", "some", "than",
     "that", "their", "them", "then", "there", "these", "they", "this", "what", "when", "where", "which", "will",
     "with", "your")
)  # fmt: skip


@dataclass(frozen=True)
class Alignment:
    """What the trends give to the story: the form of the opening, and a topic near the product."""

    form: Pattern | None
    topic: Topic | None
    sources: Sources

    @property
    def hook_form(self) -> str:
        """The form of the opening, as the phrase tables call it."""
        form = form_of(self.form.value) if self.form else "claim"
        return _HOOK_FORMS.get(form, form)


def write_product_story(theme: Theme, analysis: TrendAnalysis, *, seed: int, request_sha256: str) -> Script:
    """Tell the theme's own story, opened the way that works among the trends.

    Raises:
        BadInput: the story or the call to action has nothing that can be said.
    """
    brief, interpreted = theme_interpretation(theme)
    story = _story_of(theme)
    alignment, aligned = trend_alignment(story, theme, analysis)
    plans, constructed = scene_construction(brief, story, alignment, seed=seed)
    told, narrated = narration(brief, plans)
    scenes, overlaid = text_overlays(told, alignment.sources, brief, theme.aspect_ratio)
    deck = Deck(chance(seed, "title"), brief.tone)
    titled = {**_fields(brief, story), "first": visuals.clause(story.points[0]), "name": brief.name}
    draft = Draft(
        title=deck.pick(words.STORY_TITLES, titled, limit=100) or visuals.line(brief.name, 100),
        lines=tuple(f"- {point}" for point in story.points),
        origin=words.STORY_ORIGIN.format(line=alignment.sources.line) if alignment.form else "",
        note="",
        trend_pattern=alignment.form.statement.text if alignment.form else "no pattern stood out",
        topics=(alignment.topic.label,) if alignment.topic else (),
        scenes=scenes,
        steps=(interpreted, aligned, constructed, narrated, overlaid),
    )
    return finished_script(theme, draft, seed=seed, request_sha256=request_sha256)


def trend_alignment(story: Story, theme: Theme, analysis: TrendAnalysis) -> tuple[Alignment, WritingStep]:
    """Step 2: which form of opening works now, and whether a measured topic is about the same thing."""
    own = _words(" ".join((story.product, story.problem, theme.about, *story.points)))
    near = [topic for topic in told_topics(analysis) if topic.velocity >= 1 and _words(topic.label) & own]
    alignment = Alignment(
        form=leading_form(analysis),
        topic=max(near, key=lambda topic: topic.velocity, default=None),
        sources=sources_of(analysis),
    )
    decisions: dict[str, str | int | float] = {
        "opening": alignment.hook_form,
        "pattern": alignment.form.statement.text if alignment.form else "none",
        "topic": alignment.topic.label if alignment.topic else "none of the topics is about the product",
        "source": alignment.sources.line,
    }
    return alignment, WritingStep(name="trend_alignment", decisions=decisions)


def scene_construction(
    brief: Brief, story: Story, alignment: Alignment, *, seed: int
) -> tuple[tuple[tuple[ScenePlan, ...], ...], WritingStep]:
    """Step 3: the scenes, once for each number of points that could be told, all points first."""
    plans = tuple(_scenes(brief, story, alignment, points, seed) for points in range(len(story.points), 0, -1))
    decisions: dict[str, str | int | float] = {
        "points_given": len(story.points),
        "proofs_given": len(story.proof),
        "scenes_planned": ", ".join(f"{plan.role.value}/{plan.visual.kind.value}" for plan in plans[0]),
    }
    return plans, WritingStep(name="scene_construction", decisions=decisions)


def narration(brief: Brief, plans: Sequence[tuple[ScenePlan, ...]]) -> tuple[Fit, WritingStep]:
    """Step 4: the sentences, from the plan that is worth the most at the length asked for."""
    fits = [fit(plan, target_seconds=brief.target_seconds, pace=brief.pace) for plan in plans]
    best = max(fits, key=lambda one: one.score)
    return best, narration_step(best, brief)


def _scenes(brief: Brief, story: Story, alignment: Alignment, points: int, seed: int) -> tuple[ScenePlan, ...]:
    deck = Deck(chance(seed, f"story of {points}"), brief.tone)
    fields = _fields(brief, story) | {"p": counted(points, "thing"), "P": capitalised(counted(points, "thing"))}

    def lead(table: Phrases, value: float) -> Slot:
        return Slot(deck.deal(table, fields, value=value))

    scenes = [_hook(brief, alignment, deck, fields)]
    roomy = brief.target_seconds >= 20
    problem = sentences_of(story.problem)
    if problem:
        kicker = deck.pick(words.PROBLEM_KICKER, fields, limit=40)
        slots = (lead(words.PROBLEM_LEAD, 0.6), *_own(problem, required=roomy))
        scenes.append(ScenePlan(SceneRole.PROBLEM, _statement(problem[0], kicker), slots, required=roomy, value=2.5))
    kicker = visuals.line(capitalised(story.product), 40)
    for index, point in enumerate(story.points[:points]):
        if spoken := sentences_of(point):
            opening = lead(words.POINT_NEXT, 0.1) if index else lead(words.POINTS_LEAD, 0.9)
            slots = (opening, *_own(spoken, required=True))
            visual = _statement(spoken[0], kicker)
            scenes.append(ScenePlan(SceneRole.POINT, visual, slots, required=True, value=max(1.0, 4.0 - index)))
    kicker = deck.pick(words.PROOF_KICKER, fields, limit=40)
    for index, proof in enumerate(story.proof):
        if spoken := sentences_of(proof):
            opening = Slot(()) if index else lead(words.PROOF_LEAD, 0.8)
            slots = (opening, *_own(spoken, required=True))
            value = 2.0 if index else 4.0
            scenes.append(ScenePlan(SceneRole.PROOF, _statement(spoken[0], kicker), slots, value=value))
    if alignment.topic:
        scenes.append(_trend(alignment.topic, alignment, deck))
    first, *more = brief.call_to_action
    request = (Slot((Option(first),), required=True), *(Slot((Option(text, (), 3.0),)) for text in more))
    closing = (lead(words.STORY_OUTRO, 0.2), *request)
    scenes.append(
        ScenePlan(SceneRole.CALL_TO_ACTION, visuals.closing(brief), closing, required=not brief.is_short, value=5.0)
    )
    return tuple(scenes)


def _hook(brief: Brief, alignment: Alignment, deck: Deck, fields: dict[str, str]) -> ScenePlan:
    """The opening in the form that works now; it cites the pattern that says so."""
    cited = alignment.form.statement.evidence if alignment.form else ()
    table = words.STORY_HOOKS.get(alignment.hook_form, words.STORY_HOOKS["claim"])
    headline = deck.pick(words.STORY_HEADLINES, fields, limit=40) or visuals.line(fields["Product"])
    slots = (
        Slot(deck.deal(table, fields, count=4 if brief.is_short else 1, citations=cited), required=True),
        *(Slot((Option(sentence, (), 1.6),)) for sentence in brief.about),
        Slot(deck.deal(words.STORY_FOR, fields, value=0.9)),
    )
    visual = Visual(kind=VisualKind.TITLE, kicker=visuals.line(brief.name, 40), headline=headline)
    # The opening claims nothing about trends: only demo data must show its label here.
    return ScenePlan(SceneRole.HOOK, visual, slots, required=True, shows_source=alignment.sources.is_demo)


def _trend(topic: Topic, alignment: Alignment, deck: Deck) -> ScenePlan:
    noun = alignment.sources.noun
    fields = {"topic": topic.label, "Topic": capitalised(topic.label), "whats": f"{noun}s"} | pace_fields(
        topic.velocity
    )
    slot = Slot(deck.deal(words.STORY_TREND, fields, citations=topic.evidence), required=True)
    return ScenePlan(SceneRole.PROOF, visuals.topic_figure(topic), (slot,), value=1.0)


def _statement(sentence: str, kicker: str) -> Visual:
    return Visual(kind=VisualKind.STATEMENT, kicker=kicker, headline=visuals.clause(sentence))


def _own(sentences: Sequence[str], *, required: bool) -> tuple[Slot, ...]:
    """The theme's own sentences: the first always, the others when there is room or all are needed."""
    return tuple(
        Slot((Option(text, (), 2.0),), required=required or index == 0) for index, text in enumerate(sentences)
    )


def _fields(brief: Brief, story: Story) -> dict[str, str]:
    product = named(story.product.rstrip(" ."))
    many = is_plural(product)
    return {
        "product": product,
        "Product": capitalised(product),
        "audience": brief.audience,
        "is": "are" if many else "is",
        "Is": "Are" if many else "Is",
        "does": "do" if many else "does",
        "s": "" if many else "s",
    }


def _words(text: str) -> set[str]:
    found = ("".join(c for c in word if c.isalnum()) for word in text.casefold().split())
    return {word.removesuffix("s") for word in found if len(word) > 3 and word not in _COMMON_WORDS}


def _story_of(theme: Theme) -> Story:
    if theme.story is None or not any(sentences_of(point) for point in theme.story.points):
        raise BadInput(
            f"Writing a script for the theme '{theme.name}': the section 'story' has no point that can be said. "
            "Write at least one sentence in English under 'points' and create the job again."
        )
    return theme.story
