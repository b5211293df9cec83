"""Captions as events: word highlight, word pop, phrase, plain.

Belongs here: how each style looks and moves. Not here: which words stand together (`reelineage.timeline.captions`),
their places (`layout.py`), syntax (`ass.py`).
With word highlight each word is an event at its own place, so that the spoken one grows without pushing its neighbours.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from reelineage.look import Captions
from reelineage.timeline.captions import CaptionWord, Cue
from reelineage.timeline.zones import TextPlaces
from resources.rendering.lettering.ass import Event, faces_of, frame_at, place, tag_colour, written
from resources.rendering.lettering.direction import runs_right_to_left, visual_order
from resources.rendering.lettering.layout import Line, Manner, Placed, place_lines
from resources.rendering.lettering.typesetter import Setting, Typesetter

DEFAULT_ACCENT = "#FFD23F"
_WORD_SPACE = 0.34  # ems; a little more than the font's own, since the spoken word grows
_GLUED_SPACE = 0.06  # half of what the spoken one grows
_SMALLEST = 0.4  # a caption shrinks to this share before its word is cut off with an ellipsis
_HIGHLIGHT_PERCENT = 105
_OUTLINE_EMS, _GLOW_EMS, _BLUR_EMS = 0.065, 0.085, 0.11
_ENTRANCE_MS = 140
_PAIR_CHARACTERS, _PAIR_SECONDS = 9, 0.28  # two short words pop together: alone each would only flash


@dataclass(frozen=True)
class _Design:
    """What a style makes of the zone and the look; `em` is a share of the captions zone's height."""

    em: float
    outline: float
    shadow: float
    growth: float


_DESIGNS = {
    "word_highlight": _Design(0.36, 1.0, 1.0, _HIGHLIGHT_PERCENT / 100),
    "word_pop": _Design(0.56, 1.0, 1.0, 1.1),
    "phrase": _Design(0.36, 1.0, 1.0, 1.0),
    "plain": _Design(0.28, 0.6, 0.5, 1.0),
}


@dataclass(frozen=True)
class CaptionSetter:
    """Makes the events of cues; one per scene."""

    look: Captions
    places: TextPlaces
    setter: Typesetter

    def events(self, cue: Cue) -> Iterator[Event]:
        """The events of one cue, in a fixed order; none when nothing of it can be drawn."""
        if self.look.style == "none":
            return
        if self.look.style == "word_highlight":
            yield from self._words(cue)
        elif self.look.style == "word_pop":
            for part in _pops(cue):
                yield from self._words(part)
        else:
            yield from self._phrase(cue)

    def _words(self, cue: Cue) -> Iterator[Event]:
        """One event per word, all as long as the cue; the spoken word has the accent colour and is a little larger."""
        right_to_left = runs_right_to_left("".join(word.text for word in cue.words))
        lines, words = [], []
        for line in cue.lines:
            shown = [(word, found) for word in line if (found := self._cut(word.text)).runs]
            if not shown:
                continue
            order = visual_order([word.text for word, _ in shown], right_to_left=right_to_left)
            spaces = [_GLUED_SPACE if word.glued else _WORD_SPACE for word, _ in shown]
            # The gap between two neighbours is that of the one that is read later.
            gaps = [0.0, *(spaces[max(left, right)] for left, right in itertools.pairwise(order))]
            lines.append(Line(tuple(shown[at][1] for at in order), tuple(gaps)))
            words.append([shown[at][0] for at in order])
        if not lines:
            return
        spoken = [word for line in cue.lines for word in line if any(word in kept for kept in words)]
        for line_words, placed in zip(words, self._place(lines), strict=True):
            for word, one in zip(line_words, placed, strict=True):
                event = self._event(cue, 3)
                moves = self._highlight(word, spoken, event, one.setting.width)
                yield from self._drawn(event, one, moves, right_to_left=right_to_left)

    def _phrase(self, cue: Cue) -> Iterator[Event]:
        """One event per line, all lit from the start."""
        right_to_left = runs_right_to_left("".join(word.text for word in cue.words))
        settings = [setting for text in cue.text_lines if (setting := self._cut(text)).runs]
        if not settings:
            return
        for placed in self._place([Line((setting,), (0.0,)) for setting in settings]):
            yield from self._drawn(self._event(cue, 3), placed[0], "", right_to_left=right_to_left)

    def _event(self, cue: Cue, layer: int) -> Event:
        first = frame_at(cue.start_seconds)
        return Event(layer, first, max(frame_at(cue.end_seconds), first), "")

    def _cut(self, text: str) -> Setting:
        manner = self._manner
        upper = self.look.uppercase and self.look.style != "plain"
        most = (self.places.captions_room.width / manner.em) / manner.growth / _SMALLEST - 2 * manner.pad
        return self.setter.cut(text.upper() if upper else text, most)

    def _place(self, lines: Sequence[Line]) -> list[list[Placed]]:
        return place_lines(lines, self._manner, box=self.places.captions, room=self.places.captions_room)

    @property
    def _design(self) -> _Design:
        return _DESIGNS[self.look.style]

    @property
    def _manner(self) -> Manner:
        design = self._design
        growth = max(design.growth, 1.0)
        pad = max(self._outline, self._glow + 0.025 * self.look.shadow)
        return Manner(design.em * self.places.captions.height * self.look.size, pad, growth)

    @property
    def _outline(self) -> float:
        return _OUTLINE_EMS * self._design.outline * self.look.outline

    @property
    def _glow(self) -> float:
        return self._outline + _GLOW_EMS * self._design.shadow * self.look.shadow

    def _drawn(self, event: Event, one: Placed, moves: str, *, right_to_left: bool) -> Iterator[Event]:
        """The text, and below it a soft dark copy that sets it off from any picture."""
        event = replace(event, faces=faces_of([one.setting]))
        x, y = place(one.setting, one.em, one.x, one.baseline)
        text = written(one.setting, one.em, right_to_left=right_to_left)
        entrance = self._entrance(x, y, one.em, pops="fscx" in moves)
        if self.look.shadow:
            glow, blur = self._glow * one.em, _BLUR_EMS * self._design.shadow * self.look.shadow * one.em
            dark = tag_colour(self.look.outline_colour)
            tags = f"\\an5{entrance}\\bord{glow:.1f}\\blur{blur:.1f}\\1c{dark}\\3c{dark}\\alpha&H88&"
            yield replace(event, layer=2, body=f"{{{tags}}}{text}")
        colours = f"\\1c{tag_colour(self.look.colour)}\\3c{tag_colour(self.look.outline_colour)}"
        tags = f"\\an5{entrance}\\bord{self._outline * one.em:.1f}{colours}{moves}"
        yield replace(event, body=f"{{{tags}}}{text}")

    def _entrance(self, x: float, y: float, em: float, *, pops: bool) -> str:
        still = f"\\pos({x:.1f},{y:.1f})"
        kind = self.look.animation
        if self.look.style == "word_pop":
            return f"{still}\\fscx55\\fscy55\\t(0,70,\\fscx110\\fscy110)\\t(70,130,\\fscx100\\fscy100)"
        if self.look.style == "plain" or kind == "none":
            return still
        if kind == "fade":
            return f"{still}\\fad({_ENTRANCE_MS},0)"
        if kind == "rise":
            lowest = min(y + 0.3 * em, self.places.captions_room.bottom - em / 2)
            return f"\\move({x:.1f},{max(lowest, y):.1f},{x:.1f},{y:.1f},0,{_ENTRANCE_MS})\\fad({_ENTRANCE_MS},0)"
        grown = "" if pops else f"\\t(0,{_ENTRANCE_MS},\\fscx100\\fscy100)"
        return f"{still}\\fscx70\\fscy70{grown}\\fad(60,0)"

    def _highlight(self, word: CaptionWord, spoken: Sequence[CaptionWord], event: Event, ems: float) -> str:
        """Accent from the word's start until the next word's; the first word is lit from the first frame."""
        at = next(number for number, other in enumerate(spoken) if other is word)
        on = event.at(word.start_seconds)
        # 5 % of a long word would close the gaps beside it: none grows by more than a quarter of an em.
        most = max(1, min(_HIGHLIGHT_PERCENT - 100, round(25 / max(ems, 1.0))))
        growth = 100 if self.look.style == "word_pop" else 100 + most
        size = "" if growth == 100 else f"\\fscx{growth}\\fscy{growth}"
        back = "" if growth == 100 else "\\fscx100\\fscy100"
        lit = f"\\1c{tag_colour(self.look.accent or DEFAULT_ACCENT)}{size}"
        pops = self.look.style == "word_highlight" and self.look.animation == "pop"
        if at == 0 or on <= 0:
            motion = f"\\t(0,{_ENTRANCE_MS},{lit})" if pops else lit
        else:
            motion = f"\\t(0,{_ENTRANCE_MS},\\fscx100\\fscy100)" if pops else ""
            motion += f"\\t({on},{on + 50},{lit})"
        if at + 1 < len(spoken):
            off = max(event.at(spoken[at + 1].start_seconds), on + 1, 1)
            motion += f"\\t({off},{off + 90},\\1c{tag_colour(self.look.colour)}{back})"
        return motion


def _pops(cue: Cue) -> Iterator[Cue]:
    """A cue as one or two words at a time, each group until the next one's start."""
    words = cue.words
    groups: list[list[CaptionWord]] = []
    for word in words:
        last = groups[-1] if groups else []
        short = len(last) == 1 and len(last[0].text) + len(word.text) <= _PAIR_CHARACTERS
        if short and word.start_seconds - last[0].start_seconds < _PAIR_SECONDS:
            last.append(word)
        else:
            groups.append([word])
    starts = [cue.start_seconds, *(group[0].start_seconds for group in groups[1:])]
    ends = [*starts[1:], cue.end_seconds]
    for group, start, end in zip(groups, starts, ends, strict=True):
        yield Cue(cue.scene, (tuple(group),), start, end)
