"""One difference of two versions as the page shows it: the place, and either side as people read it.

Belongs here: values as text of a bounded length. Not here: places (`places.py`), finding differences
(`reelineage/comparing/comparison.py`), the command line's form of them (`console/comparing.py`).
"""

import re
from typing import Final

from pydantic import JsonValue

from console.web.drawing.numbers import exact
from console.web.page_words import finding_said, finding_titled
from console.web.places import in_words
from reelineage.comparing.comparison import Absent, Difference, Path
from reelineage.fingerprint import canonical_json
from reelineage.text import clean_text

_HASH: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_LONGEST: Final = 600  # characters of one side


def told(difference: Difference) -> tuple[str, str, str]:
    """Where, before, after. Two numbers that would be rounded to the same text are shown as they are stored."""
    before, after = (_said(side, difference.path) for side in (difference.before, difference.after))
    if before == after:
        before, after = (_bounded(_as_stored(side)) for side in (difference.before, difference.after))
    return in_words(difference.path), before, after


def is_of_hashes(difference: Difference) -> bool:
    """Whether it says no more than that a file or a content is another."""
    sides = [side for side in (difference.before, difference.after) if not isinstance(side, Absent)]
    return all(isinstance(side, str) and _HASH.fullmatch(side) for side in sides)


def _said(value: JsonValue | Absent, path: Path) -> str:
    if isinstance(value, float):
        return f"{value:,.1f} s" if path and str(path[-1]).endswith("_seconds") else exact(value)
    if isinstance(value, dict) and {"code", "message"} <= value.keys():
        code, message = str(value["code"]), str(value["message"])
        severity = f" ({value['severity']})" if value.get("severity") else ""
        return _bounded(f"{finding_titled(code)}{severity}: {finding_said(message, code)}")
    text = _as_stored(value)
    return f"{text[:12]}…" if _HASH.fullmatch(text) else _bounded(text)


def _as_stored(value: JsonValue | Absent) -> str:
    if isinstance(value, Absent):
        return value.value
    return value if isinstance(value, str) else canonical_json(value)


def _bounded(text: str) -> str:
    cut = clean_text(text, max_characters=_LONGEST)
    return f"{cut}…" if len(text) > _LONGEST else cut
