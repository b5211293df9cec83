"""Patterns: what the strongest items have in common (ANLYS-04).

Belongs here: the traits that are counted and the sentence about each. Not here: finding a hook (`hooks.py`).
"""

from collections.abc import Callable, Sequence

from reelineage.documents import Pattern, Statement
from reelineage.trends.hooks import HOOK_TYPES, hook_type, title_shape
from reelineage.trends.ranking import Item

STRONGEST = 20
_HOURS = ("at night (00-06 UTC)", "in the morning (06-12 UTC)", "in the afternoon (12-18 UTC)",
          "in the evening (18-24 UTC)")  # fmt: skip
_WITH = {"duration": " with a known length", "category": " with a known category", "audio": " with a known sound"}
_LENGTHS = ((15, "under 15 seconds"), (30, "15 to 30 seconds"), (60, "30 to 60 seconds"), (180, "1 to 3 minutes"))


def find_patterns(ranked: Sequence[Item]) -> tuple[Pattern, ...]:
    """Traits of the 20 strongest items, commonest first within a kind; hook types always, others when two share one."""
    strongest = [item for item in ranked if item.velocity is not None][:STRONGEST] or ranked[:STRONGEST]
    return (
        *_count("hook_type", strongest, lambda item: hook_type(item.latest.title), most=3, fewest=1),
        *_count("duration", strongest, _length),
        *_count("title_shape", strongest, lambda item: title_shape(item.latest.title)),
        *_count("hour", strongest, lambda item: _HOURS[item.latest.published_at.hour // 6]),
        *_count("category", strongest, lambda item: item.latest.category, most=2),
        *_count("audio", strongest, lambda item: item.latest.sound),
    )


def _count(
    name: str, strongest: Sequence[Item], trait: Callable[[Item], str | None], *, most: int = 1, fewest: int = 2
) -> list[Pattern]:
    groups: dict[str, list[Item]] = {}
    for item in strongest:
        if value := trait(item):
            groups.setdefault(value, []).append(item)
    known = sum(len(group) for group in groups.values())
    # A title without a hook says nothing to imitate: it counts only when nothing else is there.
    ordered = sorted(groups, key=lambda value: (value == "plain", -len(groups[value]), value))
    kept = [value for value in ordered if len(groups[value]) >= fewest][:most]
    return [_pattern(name, value, groups[value], known, len(strongest)) for value in kept]


def _pattern(name: str, value: str, group: Sequence[Item], known: int, of: int) -> Pattern:
    return Pattern.model_validate(
        {
            "name": name,
            "value": value,
            "count": len(group),
            "out_of": known,
            "statement": Statement(
                text=_sentence(name, value, len(group), known, of), evidence=tuple(item.latest.key for item in group)
            ),
        }
    )


def _sentence(name: str, value: str, count: int, known: int, of: int) -> str:
    """`known` of the `of` strongest items tell the trait, `count` of them have this value."""
    one = count == 1
    items = f"{count} of the {known} strongest items"
    if count == known:
        items = {1: "The strongest item", 2: "Both strongest items"}.get(count, f"All {known} strongest items")
    if known < of:
        items += _WITH.get(name, "")
    titles = items.replace("item", "title")
    are, have, were = ("is", "has", "was") if one else ("are", "have", "were")
    return {
        "hook_type": f"{titles} {HOOK_TYPES.get(value, (value, value))[0 if one else 1]}.",
        "duration": f"{items} {'lasts' if one else 'last'} {value}.",
        "title_shape": f"{titles} {are if value == 'in capitals' else have} {value}.",
        "hour": f"{items} {were} published {value}.",
        "category": f"{items} {'belongs' if one else 'belong'} to {value}.",
        "audio": f"{items} {'uses' if one else 'use'} the sound “{value}”.",
    }[name]


def _length(item: Item) -> str | None:
    seconds = item.latest.duration_seconds
    if seconds is None:
        return None
    return next((text for limit, text in _LENGTHS if seconds < limit), "over 3 minutes")
