"""A place in a document as pages name it: `scene 2, sentence 1, text`, counted from 1 as people count.

Belongs here: the words. Not here: finding where two documents differ, and the command line's form of a place
(`reelineage/comparing/comparison.py`), which counts from 0 as programs do.
"""

from typing import Final

from reelineage.comparing.comparison import Named, Order, Path
from reelineage.text import clean_text

_LONGEST: Final = 100
_ONE_OF: Final = {"series": "point"}  # of lists whose name does not tell by its last letter what one of them is


def in_words(path: Path) -> str:
    """A path of a difference, each step in a word; the whole value is `all of it`."""
    parts: list[str] = []
    for step in path:
        if isinstance(step, str):
            parts.append(clean_text(step, max_characters=_LONGEST).replace("_", " "))
        elif isinstance(step, Order):
            parts.append("their order")
        else:
            of = parts.pop() if parts else _kind(step)
            number = str(step + 1) if isinstance(step, int) else " ".join(step.values)
            parts.append(f"{_ONE_OF.get(of, of.removesuffix('s'))} {clean_text(number, max_characters=_LONGEST)}")
    return ", ".join(parts) or "all of it"


def _kind(step: Named | int) -> str:
    """What an element of a list without a name is: a clip is known by its scene."""
    return step.fields[0] if isinstance(step, Named) and len(step.fields) == 1 else "number"
