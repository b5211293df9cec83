"""What can be said in each scene of a trend briefing: slots filled from the phrase tables and the facts.

Belongs here: which phrases fit which scene, and what each is worth. Not here: which scenes there are
(`briefing_scenes.py`), the facts (`trend_facts.py`), the choice by length (`fitting.py`).
"""

from random import Random

from reelineage.documents import Pattern, RankedItem, Topic
from reelineage.scripting.brief import Brief
from reelineage.scripting.deck import Deck, Phrases
from reelineage.scripting.fitting import Option, Slot
from reelineage.scripting.phrases import countdown, opening, reasons
from reelineage.scripting.sources import Sources
from reelineage.scripting.titles import quoted, spoken_title
from reelineage.scripting.trend_facts import (
    Rise,
    ahead_fields,
    form_of,
    item_fields,
    pace_fields,
    pattern_sentence,
    percent_said,
    title_fields,
)
from reelineage.scripting.wording import capitalised, words_for

_TITLE_LIMITS = (58, 46)
_SHORT_TITLE_LIMIT = 30
_PACE_ALWAYS_SECONDS = 20
_CUT_TITLE_COST = 1.0


class BriefingWords:
    """The wordings of one briefing with a given number of places. One instance never offers a phrase twice."""

    def __init__(self, brief: Brief, sources: Sources, *, measured: int, places: int, rng: Random) -> None:
        """`measured` items were counted, `places` of them are told."""
        self._brief = brief
        self._sources = sources
        self._rng = rng
        self._deck = Deck(rng, brief.tone)
        self._places = places
        self._wordings = 2 if places <= 5 else 1
        self._common = {
            "what": sources.noun,
            "whats": f"{sources.noun}s",
            "k": words_for(places) if places > 1 else "",
            "K": capitalised(words_for(places)) if places > 1 else "",
            "n": words_for(measured) if measured > places else "",
            "rest": "the rest" if measured > places else "",
            "day": sources.spoken_day,
            "audience": brief.audience,
        }

    def hook(self, form: str, evidence: tuple[str, ...], *, counted: bool) -> tuple[Slot, ...]:
        """The opening, the theme's own sentence, and how to read the numbers."""
        table = opening.BRIEFING_HOOKS.get(form, opening.BRIEFING_HOOKS["claim"])
        if self._places == 1:
            table = opening.BRIEFING_HOOK_ONE
        if not counted:
            table = opening.BRIEFING_HOOK_UNCOUNTED
        slots = [self._slot(table, {}, required=True, count=4 if self._brief.is_short else 1, citations=evidence)]
        slots += [Slot((Option(sentence, (), 2.5),)) for sentence in self._brief.about]
        if counted:
            slots.append(self._slot(opening.RULE, {}, value=0.7))
        if not self._sources.is_demo:
            slots.append(self._slot(opening.AS_OF, {}, value=0.5, citations=evidence))
        return tuple(slots)

    def headline(self, *, counted: bool, limit: int) -> str:
        """The opening in large type."""
        table = opening.BRIEFING_HEADLINES if self._places > 1 else opening.BRIEFING_HEADLINES_ONE
        table = table if counted else opening.BRIEFING_HEADLINES_UNCOUNTED
        return self._deck.pick(table, self._common, limit=limit) or "What is rising"

    def item(
        self, item: RankedItem, below: RankedItem | None, topics: tuple[Topic, ...], *, place: int, counted: bool
    ) -> tuple[Slot, ...]:
        """One place: its title, its pace, and what else is known. `place` counts from the first one told."""
        fields = item_fields(item, lean=self._rng.random() < 0.4, topics=topics)
        table = countdown.INTRO_NEXT
        if not counted:
            table = countdown.INTRO_UNCOUNTED_FIRST if place == 1 else countdown.INTRO_UNCOUNTED
        elif self._places == 1:
            table = countdown.INTRO_ONLY
        elif item.rank == 1:
            table = countdown.INTRO_TOP
        elif place == 1:
            table = countdown.INTRO_FIRST
        cited = item.evidence
        topic = next((one for one in topics if one.label == item.topic), None)
        slots = [self._intro(table, item, fields)]
        if counted:
            slots.append(
                self._slot(
                    countdown.PACE,
                    fields,
                    required=self._brief.target_seconds >= _PACE_ALWAYS_SECONDS,
                    value=2.0,
                    citations=cited,
                )
            )
        reach = countdown.REACH if counted else countdown.VIEWS_ONLY if item.views else countdown.AGE_ONLY
        slots.append(self._slot(reach, fields, value=1.4, citations=cited))
        if counted and below and (ahead := ahead_fields(item, below)):
            both = (*cited, *below.evidence)
            slots.append(self._slot(countdown.AHEAD, ahead, value=1.6, citations=both))
        slots.append(
            self._slot(countdown.TITLE_FORM.get(form_of(item.hook_type), Phrases()), {}, value=0.9, citations=cited)
        )
        slots.append(self._slot(countdown.GROWTH, fields, value=1.0, citations=cited))
        slots.append(self._slot(countdown.RESPONSE, fields, value=0.7, citations=cited))
        if topic:
            slots.append(self._slot(countdown.OF_TOPIC, fields, value=0.3, citations=topic.evidence))
        slots.append(self._slot(countdown.LENGTH, fields, value=0.2, citations=cited))
        return tuple(slots)

    def chart_of_items(self, items: tuple[RankedItem, ...]) -> tuple[Slot, ...]:
        """The pace of the ranked items side by side."""
        cited = tuple(key for item in items for key in item.evidence)
        total = sum(item.velocity or 0.0 for item in items)
        share = percent_said((items[0].velocity or 0.0) / total)
        fields = {"share": share, "Share": capitalised(share), "m": words_for(len(items))}
        return (
            self._slot(reasons.CHART_ITEMS, {}, required=True, count=4, citations=cited),
            self._slot(reasons.CHART_ITEMS_SHARE, fields, value=1.2, citations=cited),
        )

    def chart_of_topics(self, topics: tuple[Topic, ...]) -> tuple[Slot, ...]:
        """The pace of the topics side by side."""
        cited = tuple(key for topic in topics for key in topic.evidence)
        names = {f"topic{n}": topic.label for n, topic in enumerate(topics, 1)}
        names |= {f"Topic{n}": capitalised(topic.label) for n, topic in enumerate(topics, 1)}
        fields = {"topic": topics[0].label, "Topic": capitalised(topics[0].label), **names}
        fields |= pace_fields(topics[0].velocity) | {"share": percent_said(topics[0].share)}
        first = self._slot(reasons.CHART_TOPICS, fields, count=3, value=1.0, citations=cited)
        short = self._slot(reasons.CHART_TOPICS_SHORT, fields, count=2, citations=cited)
        return (
            Slot(first.options + short.options, required=True),
            self._slot(reasons.CHART_TOPICS_SHARE, fields, value=1.0, citations=cited),
            self._slot(reasons.CHART_TOPICS_NEXT, fields, value=0.8, citations=cited),
        )

    def rise(self, rise: Rise) -> tuple[Slot, ...]:
        """A topic whose views rose between observations."""
        return (self._slot(reasons.LINE_TOPIC, rise.fields, required=True, citations=rise.topic.evidence),)

    def also(self, items: tuple[RankedItem, ...]) -> tuple[Slot, ...]:
        """What stands just outside the places told."""
        slots = []
        for index, item in enumerate(items):
            fields = title_fields(item, noun=self._sources.noun, limit=_TITLE_LIMITS[0])
            table = reasons.ALSO_MORE if index else reasons.ALSO
            slots.append(self._slot(table, fields, required=index == 0, count=1, value=0.8, citations=item.evidence))
        return tuple(slots)

    def why(self, pattern: Pattern, *, first: bool) -> tuple[Slot, ...]:
        """What the strongest have in common, and what to do with it."""
        cited = pattern.statement.evidence
        form = form_of(pattern.value) if pattern.name == "hook_type" else ""
        fields = {
            "c": words_for(pattern.count),
            "C": capitalised(words_for(pattern.count)),
            "o": words_for(pattern.out_of),
        }
        own = self._slot(reasons.WHY_FORM.get(form, Phrases()), fields, citations=cited).options
        if pattern.count == pattern.out_of or not own:
            text = pattern_sentence(pattern)
            own = (Option(text, cited),) if text else ()
        slots = [Slot(own, required=True), self._slot(reasons.TAKEAWAY.get(form, Phrases()), {}, value=0.9)]
        return (self._slot(reasons.WHY_LEAD, {}, value=0.8), *slots) if first else tuple(slots)

    def closing(self) -> tuple[Slot, ...]:
        """The theme's request, word for word."""
        first, *more = self._brief.call_to_action
        outro = Slot(()) if self._places == 1 else self._slot(opening.OUTRO, {}, value=0.1)
        return (outro, Slot((Option(first),), required=True), *(Slot((Option(text, (), 3.0),)) for text in more))

    def _intro(self, table: Phrases, item: RankedItem, fields: dict[str, str]) -> Slot:
        """An item's first sentence, with its title whole and cut."""
        noun = self._sources.noun
        limits = (_SHORT_TITLE_LIMIT,) if self._brief.is_short else _TITLE_LIMITS
        whole, *cut = [title_fields(item, noun=noun, limit=limit) for limit in limits]
        if "t" not in whole:
            stand_in = self._deck.pick(countdown.UNSPEAKABLE, self._common | whole, limit=100)
            whole, cut = whole | {"t": stand_in}, []
        named = self._deck.draw(table, self._common | fields | whole, count=self._wordings)
        options = [self._deck.option(phrase, fields | whole, citations=item.evidence) for phrase in named]
        options += [
            self._deck.option(phrase, fields | name, value=-_CUT_TITLE_COST, citations=item.evidence)
            for name in cut
            if name["t"] != whole["t"]
            for phrase in named
        ]
        return Slot(tuple(options), required=True)

    def _slot(
        self,
        table: Phrases,
        fields: dict[str, str],
        *,
        required: bool = False,
        count: int = 0,
        value: float = 0.0,
        citations: tuple[str, ...] = (),
    ) -> Slot:
        options = self._deck.deal(
            table, self._common | fields, count=count or self._wordings, value=value, citations=citations
        )
        return Slot(options, required=required)


def spoken_lead(item: RankedItem, *, limit: int) -> str:
    """An item's title inside a video title; "" when it cannot be said."""
    title = spoken_title(item.title, limit=limit, creator=item.creator)
    return quoted(title) if title else ""
