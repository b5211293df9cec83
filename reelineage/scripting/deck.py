"""Dealing phrases: each phrase at most once in a script, in an order that the seed decides.

Belongs here: the form of a phrase table and the dealing. Not here: the phrases (`phrases/`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from string import Formatter
from typing import Literal

from reelineage.scripting.fitting import Option
from reelineage.scripting.wording import capitalised, ended

Tone = Literal["lively", "calm", "plain"]
# Worth of a wording beside the worth of saying something at all (1 to 4): enough to vary, too little to leave out.
_TONE_VALUE = 0.5
_CHANCE_VALUE = 0.5
_VERBATIM = ("{t}", "{by}")  # titles and names keep their own first letter


@dataclass(frozen=True, eq=False)
class Phrases:
    """The wordings of one slot: those for any tone, and those for one. `{field}` stands for a value."""

    any: tuple[str, ...] = ()
    lively: tuple[str, ...] = ()
    calm: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()

    def of(self, tone: Tone) -> tuple[str, ...]:
        """The wordings of a tone alone."""
        return {"lively": self.lively, "calm": self.calm, "plain": self.plain}[tone]


def chance(seed: int, purpose: str) -> Random:
    """Numbers that the seed decides, apart for each purpose, the same on every machine."""
    return Random(f"{seed}:{purpose}")  # noqa: S311 — variety, not secrecy


class Deck:
    """Deals options from phrase tables for one script."""

    def __init__(self, rng: Random, tone: Tone) -> None:
        """`rng` decides the order; wordings of the tone come a little before those for any."""
        self._rng = rng
        self._tone = tone
        self._left: dict[Phrases, list[str]] = {}

    def deal(
        self,
        phrases: Phrases,
        fields: Mapping[str, str],
        *,
        count: int = 2,
        value: float = 0.0,
        citations: tuple[str, ...] = (),
    ) -> tuple[Option, ...]:
        """Up to `count` options whose fields are all known and not empty; they leave the deck."""
        drawn = self.draw(phrases, fields, count=count)
        toned = phrases.of(self._tone)
        return tuple(
            self.option(phrase, fields, value=value + (_TONE_VALUE if phrase in toned else 0.0), citations=citations)
            for phrase in drawn
        )

    def draw(self, phrases: Phrases, fields: Mapping[str, str], *, count: int) -> list[str]:
        """The next phrases themselves, not yet filled in; they leave the deck."""
        left = self._left.get(phrases)
        left = self._shuffled(phrases) if left is None else left
        known = {name for name, text in fields.items() if text}
        drawn = [phrase for phrase in left if fields_of(phrase) <= known][:count]
        self._left[phrases] = [phrase for phrase in left if phrase not in drawn]
        return drawn

    def option(
        self, phrase: str, fields: Mapping[str, str], *, value: float = 0.0, citations: tuple[str, ...] = ()
    ) -> Option:
        """A phrase filled in. The seed moves its value a little, so that other seeds choose other wordings."""
        text = ended(phrase.format(**fields))
        text = text if phrase.startswith(_VERBATIM) else capitalised(text)
        return Option(text, citations, value + self._rng.random() * _CHANCE_VALUE)

    def pick(self, phrases: Phrases, fields: Mapping[str, str], *, limit: int) -> str:
        """One wording for the picture or the title, at most `limit` characters long; "" when none fits."""
        drawn = (phrase.format(**fields) for phrase in self.draw(phrases, fields, count=len(phrases.any) + 9))
        return next((text for text in drawn if len(text) <= limit), "")

    def _shuffled(self, phrases: Phrases) -> list[str]:
        weighted = [(self._rng.random(), phrase) for phrase in phrases.any]
        weighted += [(self._rng.random() * 0.6, phrase) for phrase in phrases.of(self._tone)]
        return [phrase for _, phrase in sorted(weighted)]


def fields_of(phrase: str) -> set[str]:
    """The names of the values that a phrase needs."""
    return {name for _, name, _, _ in Formatter().parse(phrase) if name}
