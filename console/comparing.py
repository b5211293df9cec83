"""How a comparison of two branches is printed: the first stage where they part, then each stage with what differs.

Belongs here: the text and the JSON. Not here: comparing (`reelineage/comparing/`).
"""

from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import JsonValue

from reelineage import lineage
from reelineage.comparing.branches import Branch, PartComparison
from reelineage.comparing.comparison import ABSENT, Absent, Difference, written
from reelineage.fingerprint import canonical_json

_FOLLOWING_SHOWN = 3  # of what only follows from an earlier stage
_LONGEST_JSON = 1_000


def parts_at(found: Sequence[PartComparison]) -> PartComparison | None:
    """The first stage where the two part, None when they never do."""
    return next((part for part in found if not part.same), None)


def as_text(before: Branch, after: Branch, found: Sequence[PartComparison]) -> str:
    """What people read."""
    first = parts_at(found)
    if first is None:
        return f"{before.subject} and {after.subject} are the same: every stage has the same content."
    head = f"{before.subject} and {after.subject} part at {first.part} ({_stage(first)})."
    return "\n".join([head, "", *(line for part in found for line in _lines(part))])


def as_json(before: Branch, after: Branch, found: Sequence[PartComparison]) -> dict[str, Any]:
    """The object that `reelineage diff --json` prints."""
    first = parts_at(found)
    return {
        "before": str(before.subject),
        "after": str(after.subject),
        "same": first is None,
        "parts_at": first.part if first else None,
        "stages": [_stage_json(part) for part in found],
    }


def _stage(part: PartComparison) -> str:
    return lineage.STAGES.get(part.part, "what was asked for, and the versions of the code")


def _lines(part: PartComparison) -> Iterator[str]:
    before, after = (" ".join(map(str, side.refs)) if side else "nothing" for side in (part.before, part.after))
    yield f"{part.part:<11}{verdict(part)}  ({before} -> {after})"
    most = _FOLLOWING_SHOWN if part.follows_from else len(part.differences)
    for difference in part.differences[:most]:
        yield f"    {difference}"
    if part.count > most:
        yield f"    … and {part.count - most:,} more"


def verdict(part: PartComparison) -> str:
    """How one stage compares, in a few words."""
    if part.before is None or part.after is None:
        return f"only {'the second' if part.before is None else 'the first'} has any"
    if part.taken_down:
        same = "by its hash it is the same" if part.same else "by its hash it is another"
        return f"content taken down; {same}"
    if part.same:
        return "the same"
    if part.edits:
        return f"differs, edited by {', '.join(map(str, part.edits))}"
    return f"differs, follows from {' and '.join(part.follows_from)}" if part.follows_from else "differs"


def _stage_json(part: PartComparison) -> dict[str, Any]:
    sides = (part.before, part.after)
    return {
        "part": part.part,
        "same": part.same,
        "taken_down": part.taken_down,
        "follows_from": list(part.follows_from),
        "edits": [{"edit": str(one.edit), "actor": one.actor} for one in part.edits],
        "refs": [[str(ref) for ref in side.refs] if side else [] for side in sides],
        "data_version": [side.data_version if side else None for side in sides],
        "code_version": [side.code_version if side else None for side in sides],
        "count": part.count,
        "differences": [_difference_json(difference) for difference in part.differences],
    }


def _difference_json(difference: Difference) -> dict[str, Any]:
    """The values themselves while they are short; a side that has nothing has no field."""
    values = {"before": difference.before, "after": difference.after}
    short = {name: _bounded(value) for name, value in values.items() if not isinstance(value, Absent)}
    return {"path": written(difference.path), **short}


def _bounded(value: JsonValue) -> JsonValue:
    if len(canonical_json(value)) <= _LONGEST_JSON:
        return value
    return str(Difference((), value, ABSENT)).partition(": ")[2].rpartition(" -> ")[0]
