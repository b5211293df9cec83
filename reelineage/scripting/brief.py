"""The first step of writing, for both writers: what the theme asks for, as the other steps need it.

Belongs here: reading the theme, splitting its texts into sentences. Not here: trends, scenes.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from reelineage.documents import WritingStep
from reelineage.errors import BadInput
from reelineage.scripting.deck import Tone
from reelineage.scripting.wording import capitalised, ended
from reelineage.theme import Theme
from reelineage.timeline.spoken import estimate_seconds

_SENTENCE_END = re.compile(r"(?<=[.!?…])[”\"’')\]]*\s+(?=[“\"‘'(\[]*[A-Z0-9])")
_ABBREVIATION_END = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|Prof|St|vs|etc|e\.g|i\.e|No|approx)\.$", re.IGNORECASE)


@dataclass(frozen=True)
class Brief:
    """What the theme asks for. The sentences are the theme's own, ended and ready to be said."""

    name: str
    about: tuple[str, ...]
    audience: str
    tone: Tone
    target_seconds: float
    pace: float
    call_to_action: tuple[str, ...]
    is_short: bool


def theme_interpretation(theme: Theme) -> tuple[Brief, WritingStep]:
    """Step 1: what to make, for whom, in which tone, how long.

    Raises:
        BadInput: the call to action has nothing that an English voice can say.
    """
    call_to_action = sentences_of(theme.call_to_action)
    if not call_to_action:
        raise BadInput(
            f"Writing a script for the theme '{theme.name}': 'call_to_action' has no words that the voice can say. "
            "Write it in English and create the job again."
        )
    brief = Brief(
        name=theme.name,
        about=sentences_of(theme.about),
        audience=_inside_a_sentence(theme.audience),
        tone=theme.tone,
        target_seconds=float(theme.duration_seconds),
        pace=theme.voice.pace,
        call_to_action=call_to_action,
        is_short=theme.duration_seconds < 15,
    )
    decisions: dict[str, str | int | float] = {
        "about": theme.about,
        "audience": brief.audience,
        "tone": brief.tone,
        "duration_target_seconds": theme.duration_seconds,
        "pace": brief.pace,
    }
    return brief, WritingStep(name="theme_interpretation", decisions=decisions)


@lru_cache(maxsize=256)
def sentences_of(text: str) -> tuple[str, ...]:
    """A text of the theme as sentences, each capitalised and ended; what cannot be said is left out."""
    parts: list[str] = []
    for piece in _SENTENCE_END.split(text):
        if parts and _ABBREVIATION_END.search(parts[-1]):
            parts[-1] = f"{parts[-1]} {piece}"
        else:
            parts.append(piece)
    spoken = (ended(capitalised(part.strip())) for part in parts if part.strip())
    return tuple(sentence for sentence in spoken if estimate_seconds(sentence, 1.0) > 0)


def _inside_a_sentence(phrase: str) -> str:
    """Without a final stop, and with a small first letter unless it is a name, an `I`, or an abbreviation."""
    text = phrase.rstrip(" .!")
    first, _, rest = text.partition(" ")
    is_ordinary = first[:1].isupper() and first[1:].islower() and rest == rest.lower()
    return text[:1].lower() + text[1:] if is_ordinary and rest else text
