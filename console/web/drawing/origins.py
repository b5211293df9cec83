"""Which rows of an answer are demo data or stand-ins by themselves, and which came directly out of a trained model.

Belongs here: marks that say where something comes from. Rows that merely descend from them carry no mark: the page says
so once. Not here: what has to be disclosed about a video (`reelineage/rights/disclosure.py`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from console.showing.view import View
from reelineage.graph import Ref
from reelineage.rights.disclosure import Part

_MADE: Final = ("script", "voiceover", "clip", "video")
_NO_PART: Final = "trend_source"


@dataclass(frozen=True)
class Origins:
    """`demo` holds the word for each stand-in (`demo`, `fallback`, `ambiguous`), `generated` what AI made."""

    demo: Mapping[Ref, str]
    generated: frozenset[Ref]


def origins_of(view: View) -> Origins:
    """Look through the rows of an answer."""
    calls = {ref for ref in view.family.graph if ref.node == "provider_call" and _is_generated(view, ref)}
    made = {made for used, made in _arrows(view) if used in calls and made.node in _MADE}
    demo = {ref: word for ref in view.family.graph if (word := _stand_in(view, ref))}
    return Origins(demo, frozenset(calls | made))


def marks(view: View, origins: Origins, ref: Ref) -> tuple[str, ...]:
    """What is said beside a row: whether it is gone, what it stands in for, whether AI made it."""
    return tuple(_marks(view, origins, ref))


def _marks(view: View, origins: Origins, ref: Ref) -> Iterator[str]:
    mark = view.marks.get(ref)
    if mark is not None:
        yield "taken down" if mark.removed else "withdrawn"
    if word := origins.demo.get(ref):
        yield word
    if ref in origins.generated:
        yield "AI"


def _stand_in(view: View, ref: Ref) -> str:
    if ref.node not in ("trend_fetch", "provider_call"):
        return ""
    values = view.values(ref)
    if values.get("status") == "ambiguous":
        return "ambiguous"
    return str(values.get("stand_in") or "")


def _is_generated(view: View, ref: Ref) -> bool:
    values = view.values(ref)
    if not values or values["role"] == _NO_PART:
        return False
    return Part(values["role"], values["provider"], values["model"]).generated


def _arrows(view: View) -> Iterator[tuple[Ref, Ref]]:
    for ref, others in view.family.graph.items():
        for other in others:
            yield (ref, other) if view.down else (other, ref)
