"""Choosing which sentences are said so that the script has the length it was asked for.

Belongs here: the plan of a script (scenes with slots, slots with alternative wordings) and the choice among them.
Not here: the wordings themselves. The choice is a knapsack over fifths of a second, the same every time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from reelineage.documents import SceneRole, Sentence, Visual
from reelineage.timeline.spoken import estimate_seconds

# Silence that the voice track adds: between sentences, between scenes, and at both ends together.
SENTENCE_PAUSE_SECONDS = 0.24
SCENE_PAUSE_SECONDS = 0.46
OPENING_AND_END_SECONDS = 0.45
_BUCKETS_PER_SECOND = 5
_WIDEST_DEVIATION = 0.2
# A little too short reads better than a little too long.
_FREE_SHORT, _FREE_LONG = 0.04, 0.005
_PENALTY_PER_PERCENT = 6.0


@dataclass(frozen=True)
class Option:
    """One wording of a slot, what it cites, and how much it is worth to the script."""

    text: str
    citations: tuple[str, ...] = ()
    value: float = 0.0


@dataclass(frozen=True)
class Slot:
    """A place for one sentence. An optional slot may stay empty."""

    options: tuple[Option, ...]
    required: bool = False


@dataclass(frozen=True)
class ScenePlan:
    """A scene before its sentences are chosen. One that is not required may be left out; `value` speaks for it.

    `shows_source` asks for the source line over it, when its sentences or its picture rest on data.
    """

    role: SceneRole
    visual: Visual
    slots: tuple[Slot, ...]
    required: bool = False
    value: float = 0.0
    shows_source: bool = True


@dataclass(frozen=True)
class FittedScene:
    """A scene with its sentences."""

    plan: ScenePlan
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True)
class Fit:
    """The chosen scenes, the estimated length of the whole in seconds, and how good the choice is."""

    scenes: tuple[FittedScene, ...]
    seconds: float
    score: float


class _State(NamedTuple):
    """The best known way to reach a length: its worth, its exact seconds, its last sentence and the way there."""

    score: float
    seconds: float
    scene: int
    option: Option | None
    before: "_State | None"


_States = dict[int, _State]


def fit(plans: Sequence[ScenePlan], *, target_seconds: float, pace: float) -> Fit:
    """Choose a wording for each slot so that the whole is near the target and worth the most.

    A kept scene says all its required slots, of which it must have one. When even the shortest choice is longer than
    the target, that shortest choice is returned.
    """
    plans = tuple(_without_repeats(plans))
    limit = target_seconds * (1 + _WIDEST_DEVIATION)
    states: _States = {0: _State(0.0, OPENING_AND_END_SECONDS, -1, None, None)}
    for number, plan in enumerate(plans):
        kept = {key: _entering(state, plan) for key, state in states.items()}
        for slot in plan.slots:
            kept = _say(kept, number, slot, limit=limit, pace=pace)
        states = kept if plan.required else _better_of(states, kept, limit)
    best = max(states.values(), key=lambda state: state.score - _penalty(state.seconds, target_seconds))
    chosen: dict[int, list[Sentence]] = {}
    link: _State | None = best
    while link is not None:
        if link.option is not None:
            sentence = Sentence(text=link.option.text, citations=link.option.citations)
            chosen.setdefault(link.scene, []).insert(0, sentence)
        link = link.before
    scenes = tuple(FittedScene(plans[number], tuple(chosen[number])) for number in sorted(chosen))
    return Fit(scenes, best.seconds, best.score - _penalty(best.seconds, target_seconds))


def spoken_seconds(scenes: Sequence[Sequence[str]], pace: float) -> float:
    """Estimated length of a narration, given the sentences of each scene."""
    said = sum(_seconds(text, pace) for scene in scenes for text in scene)
    inner = sum(max(0, len(scene) - 1) for scene in scenes)
    return OPENING_AND_END_SECONDS + said + inner * SENTENCE_PAUSE_SECONDS + len(scenes) * SCENE_PAUSE_SECONDS


def _entering(state: _State, plan: ScenePlan) -> _State:
    seconds = state.seconds + SCENE_PAUSE_SECONDS - SENTENCE_PAUSE_SECONDS  # a scene has one inner pause too few
    return _State(state.score + plan.value, seconds, -1, None, state)


def _say(states: _States, scene: int, slot: Slot, *, limit: float, pace: float) -> _States:
    reached: _States = {} if slot.required else dict(states)
    shortest: _State | None = None
    for option in slot.options:
        spoken = SENTENCE_PAUSE_SECONDS + _seconds(option.text, pace)
        for state in states.values():
            seconds = state.seconds + spoken
            if seconds <= limit:
                score = state.score + option.value
                key = int(seconds * _BUCKETS_PER_SECOND)
                known = reached.get(key)
                if known is None or score > known.score:
                    reached[key] = _State(score, seconds, scene, option, state)
            elif shortest is None or seconds < shortest.seconds:
                shortest = _State(state.score + option.value, seconds, scene, option, state)
    if not reached and shortest is not None:
        reached[int(shortest.seconds * _BUCKETS_PER_SECOND)] = shortest
    return reached


def _better_of(without: _States, with_scene: _States, limit: float) -> _States:
    merged = dict(without)
    for key, state in with_scene.items():
        known = merged.get(key)
        if state.seconds <= limit and (known is None or state.score > known.score):
            merged[key] = state
    return merged


def _penalty(seconds: float, target: float) -> float:
    off = seconds / target - 1
    return _PENALTY_PER_PERCENT * 100 * max(0.0, off - _FREE_LONG, -off - _FREE_SHORT)


def _without_repeats(plans: Sequence[ScenePlan]) -> Iterable[ScenePlan]:
    """Each sentence belongs to the first slot that offers it, so none can be said twice.

    A scene that loses a required sentence is not told at all.
    """
    offered: set[str] = set()
    for plan in plans:
        slots = []
        for slot in plan.slots:
            fresh = tuple(option for option in slot.options if _same_key(option.text) not in offered)
            slots.append(replace(slot, options=fresh))
        if all(slot.options for slot in slots if slot.required):
            offered.update(_same_key(option.text) for slot in slots for option in slot.options)
            yield replace(plan, slots=tuple(slots))


def _same_key(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


@lru_cache(maxsize=4096)
def _seconds(text: str, pace: float) -> float:
    return estimate_seconds(text, pace)
