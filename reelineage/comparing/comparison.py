"""How two documents differ: changed values by path, lists matched by what names their elements, not by place.

Belongs here: the structural difference of two JSON values, and how one is written in a line. Not here: which rows are
compared (`branches.py`), whether a difference matters when something was made again (`resources/reproduction.py`).
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from pydantic import JsonValue

from reelineage.fingerprint import canonical_json
from reelineage.text import clean_text

_DEEPEST = 60  # documents are at most 8 deep; below this a value is compared as a whole
_LONGEST_VALUE = 80
_LEAD = 16  # how much of what two long texts have in common is shown before they part
# what names an element of a list: the first of these that every element of both lists has, each value once
_NAMES = (
    ("platform", "external_id", "observed_at"),
    ("number",),
    ("scene",),
    ("kind", "provider", "external_id"),
    ("source_kind", "source_name"),
    ("rank",),
    ("label",),
    ("name", "value"),
    ("name",),
    ("artifact_sha256",),
    ("code", "message"),
)
_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)


class Absent(Enum):
    """The value of a field or element that only the other side has."""

    ABSENT = "nothing"


ABSENT = Absent.ABSENT


@dataclass(frozen=True)
class Named:
    """An element of a list by what names it: the scene with `number` 2."""

    fields: tuple[str, ...]
    values: tuple[str, ...]


@dataclass(frozen=True)
class Order:
    """The order of the named elements that both lists have."""


Step = str | int | Named | Order
Path = tuple[Step, ...]


@dataclass(frozen=True)
class Difference:
    """One place where two values differ. `ABSENT` stands for what is not there."""

    path: Path
    before: JsonValue | Absent
    after: JsonValue | Absent

    def __str__(self) -> str:
        """One line: `scenes[2].visual.headline: "Taps" -> "Pipes"`."""
        before, after = self.before, self.after
        skipped = 0
        if isinstance(before, str) and isinstance(after, str) and max(len(before), len(after)) > _LONGEST_VALUE:
            skipped = max(0, _common_start(before, after) - _LEAD)
        return f"{written(self.path)}: {_shown(before, skipped)} -> {_shown(after, skipped)}"


def differences(before: JsonValue, after: JsonValue) -> Iterator[Difference]:
    """Every place where two values differ, in the order of the fields; nothing when their canonical JSON is the same.

    Elements of a list are matched by what names them (a scene's number, an observation's item and moment) where all of
    them have such a name and no two the same; else by place. Named elements in another order are one difference.
    """
    return _walk((), before, after)


def written(path: Path) -> str:
    """A path as people read it: `scenes[2].sentences[0].text`; the whole value is `(all of it)`."""
    text = ""
    for step in path:
        if isinstance(step, str):
            text += f".{clean_text(step, max_characters=60)}" if text else clean_text(step, max_characters=60)
        elif isinstance(step, Order):
            text += " (order)"
        else:
            name = str(step) if isinstance(step, int) else " ".join(step.values)
            text += f"[{clean_text(name, max_characters=100)}]"
    return text or "(all of it)"


def _walk(path: Path, before: JsonValue, after: JsonValue) -> Iterator[Difference]:
    if len(path) < _DEEPEST:
        if isinstance(before, dict) and isinstance(after, dict):
            yield from _of_fields(path, before, after)
            return
        if isinstance(before, list) and isinstance(after, list):
            yield from _of_elements(path, before, after)
            return
    if canonical_json(before) != canonical_json(after):
        yield Difference(path, before, after)


def _of_fields(path: Path, before: Mapping[str, JsonValue], after: Mapping[str, JsonValue]) -> Iterator[Difference]:
    for name in dict.fromkeys((*before, *after)):
        yield from _of_pair((*path, name), before.get(name, ABSENT), after.get(name, ABSENT))


def _of_elements(path: Path, before: list[JsonValue], after: list[JsonValue]) -> Iterator[Difference]:
    names = next((fields for fields in _NAMES if _names_all(fields, before, after)), None)
    if names is None:
        for place in range(max(len(before), len(after))):
            yield from _of_pair((*path, place), _at(before, place), _at(after, place))
        return
    ours, theirs = _by_name(names, before), _by_name(names, after)
    for name in dict.fromkeys((*ours, *theirs)):
        yield from _of_pair((*path, name), ours.get(name, ABSENT), theirs.get(name, ABSENT))
    order, other = ([name for name in one if name in two] for one, two in ((ours, theirs), (theirs, ours)))
    if order != other:
        yield Difference((*path, Order()), [*map(_said, order)], [*map(_said, other)])


def _of_pair(path: Path, before: JsonValue | Absent, after: JsonValue | Absent) -> Iterator[Difference]:
    if isinstance(before, Absent) or isinstance(after, Absent):
        yield Difference(path, before, after)
    else:
        yield from _walk(path, before, after)


def _names_all(fields: tuple[str, ...], *lists: list[JsonValue]) -> bool:
    """Whether these fields name every element of the lists, and no two elements of a list the same."""
    if not any(lists):
        return False
    for elements in lists:
        if not all(isinstance(one, dict) and all(_is_name(one.get(name)) for name in fields) for one in elements):
            return False
        if max(Counter(_name_of(fields, one) for one in elements).values(), default=1) > 1:
            return False
    return True


def _is_name(value: JsonValue) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)


def _name_of(fields: tuple[str, ...], element: JsonValue) -> Named:
    values = element if isinstance(element, dict) else {}
    return Named(fields, tuple(str(values.get(name)) for name in fields))


def _by_name(fields: tuple[str, ...], elements: list[JsonValue]) -> dict[Named, JsonValue]:
    return {_name_of(fields, element): element for element in elements}


def _at(elements: list[JsonValue], place: int) -> JsonValue | Absent:
    return elements[place] if place < len(elements) else ABSENT


def _said(name: Named) -> str:
    return " ".join(name.values)


def _common_start(one: str, other: str) -> int:
    return next(
        (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(map(len, (one, other)))
    )


def _shown(value: JsonValue | Absent, skipped: int) -> str:
    """A value in at most some eighty characters, from where it gets interesting."""
    if isinstance(value, Absent):
        return value.value
    if isinstance(value, str):
        if _HASH.fullmatch(value):
            return f"{value[:12]}…"
        rest = value[skipped : skipped + _LONGEST_VALUE]
        cut = "…" if skipped + _LONGEST_VALUE < len(value) else ""
        return f'"{"…" if skipped else ""}{clean_text(rest, max_characters=_LONGEST_VALUE)}{cut}"'
    if isinstance(value, list | dict) and len(value) > _LONGEST_VALUE:
        return f"{len(value):,} {'fields' if isinstance(value, dict) else 'elements'}"
    text = clean_text(json.dumps(value, ensure_ascii=False), max_characters=4 * _LONGEST_VALUE)
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 1]}…"
