"""Captions: which words stand on the screen together, in which lines, from when to when; as SubRip and WebVTT.

Belongs here: phrasing and times, pure and the same for every picture size. Not here: fonts, colours, positions and the
burning in (`resources.rendering`).
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from reelineage.documents import SpokenSentence, Voiceover
from reelineage.text import clean_text
from reelineage.timeline.writing import columns, needs_no_space, pieces

LONGEST_LINE = (
    18  # columns, two for a wide character; in an upright picture this leaves letters of about 1/15 of its width
)
MOST_WORDS = 5
SHORTEST_SECONDS = 0.4
CLOSED_GAP_SECONDS = 0.5
HOLD_SECONDS = 0.25
_JOINER = "\u2060"  # shows nothing, and breaks up what a player would read as markup
_WEAK_WORDS = (
    "a an the of to in on at by for with from as and or but nor so if than then is are was were be been has have had "
    "its it his her their our your my this that these those per vs via into over about not no very just"
)
_WEAK = frozenset(_WEAK_WORDS.split())
_FULL_STOPS = tuple(".!?:;…—–。！？；：؟؛۔।॥։")
_COMMAS = tuple(",，、،")


@dataclass(frozen=True)
class CaptionWord:
    """A word as it is written, and when it is heard (seconds from the start of the video).

    `glued` words follow the one before without a space, as in Chinese and Japanese.
    """

    text: str
    start_seconds: float
    end_seconds: float
    glued: bool = False


@dataclass(frozen=True)
class Cue:
    """Words shown together: one or two lines, from `start_seconds` until just before `end_seconds`."""

    scene: int
    lines: tuple[tuple[CaptionWord, ...], ...]
    start_seconds: float
    end_seconds: float

    @property
    def words(self) -> tuple[CaptionWord, ...]:
        """All words in the order they are heard."""
        return tuple(word for line in self.lines for word in line)

    @property
    def text_lines(self) -> tuple[str, ...]:
        """The lines as text."""
        return tuple(_joined(line) for line in self.lines)


def caption_cues(voiceover: Voiceover) -> tuple[Cue, ...]:
    """The narration as cues in order of time, none overlapping the next.

    A cue ends with its scene, stays at least 0.4 s unless the next words are heard sooner, and lasts until the next cue
    when that follows within half a second, so that captions do not flicker.
    """
    ends = {span.scene: (span.first_frame + span.frames) / 30 for span in voiceover.spans}
    cues: list[Cue] = []
    for sentence in voiceover.sentences:
        previous = cues[-1].end_seconds if cues else 0.0
        words = _words(sentence, not_before=previous)
        for phrase in _phrases(words):
            start, end = phrase[0].start_seconds, phrase[-1].end_seconds
            cues.append(Cue(sentence.scene, _lines(phrase), start, end))
    next_starts = [*(cue.start_seconds for cue in cues[1:]), math.inf]
    return tuple(
        _held(cue, until=min(ends.get(cue.scene, math.inf), next_start))
        for cue, next_start in zip(cues, next_starts[: len(cues)], strict=True)
    )


def to_srt(cues: Sequence[Cue]) -> str:
    """SubRip. The format has no escapes: an invisible joiner keeps `<`, `{` and `-->` from being read as markup."""
    blocks = []
    for number, cue in enumerate(cues, start=1):
        text = "\n".join(_for_srt(line) for line in cue.text_lines)
        blocks.append(f"{number}\n{_clock(cue.start_seconds, ',')} --> {_clock(cue.end_seconds, ',')}\n{text}\n")
    return "\n".join(blocks)


def to_vtt(cues: Sequence[Cue]) -> str:
    """WebVTT, with `&`, `<` and `>` escaped."""
    blocks = ["WEBVTT\n"]
    for cue in cues:
        text = "\n".join(
            line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") for line in cue.text_lines
        )
        blocks.append(f"{_clock(cue.start_seconds, '.')} --> {_clock(cue.end_seconds, '.')}\n{text}\n")
    return "\n".join(blocks)


def _words(sentence: SpokenSentence, *, not_before: float) -> list[CaptionWord]:
    """The visible words; times never run backwards, whatever the aligner said.

    A clause of Chinese that the aligner took for one word is parted; its parts share the time by their length.
    """
    words: list[CaptionWord] = []
    earliest = not_before
    for word, glued in zip(sentence.words, _glued(sentence), strict=True):
        text = clean_text(word.text, max_characters=300)
        if not text:
            continue
        start = max(word.start_seconds, earliest)
        end = max(word.end_seconds, start + 0.001)
        parts = pieces(text)
        each = (end - start) / max(1, sum(map(columns, parts)))
        for number, part in enumerate(parts):
            until = end if number == len(parts) - 1 else max(start + each * columns(part), start + 0.001)
            words.append(
                CaptionWord(part, start, max(until, start + 0.001), glued=bool(words) and (glued or number > 0))
            )
            earliest = start + 0.001
            start = max(until, earliest)
    return words


def _glued(sentence: SpokenSentence) -> Iterator[bool]:
    """For each word, whether it follows the one before without a space, as the sentence is written."""
    at, before = 0, ""
    for word in sentence.words:
        # A short window: a word that is not there as written must not cost a search through a long text.
        found = sentence.text.find(word.text, at, at + len(word.text) + 20)
        if found < 0:
            yield needs_no_space(before, word.text)
        else:
            between = sentence.text[at:found]
            yield found > 0 and not any(c.isspace() for c in between) and not sentence.text[found - 1].isspace()
            at = found + len(word.text)
        before = word.text


def _phrases(words: Sequence[CaptionWord]) -> list[tuple[CaptionWord, ...]]:
    """The cheapest way to cut a sentence into cues: a shortest path over its possible breaks."""
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(words) + 1):
        choices = [
            (best[start][0] + _phrase_cost(words, start, end), start) for start in range(max(0, end - MOST_WORDS), end)
        ]
        best.append(min(choices))
    phrases: list[tuple[CaptionWord, ...]] = []
    end = len(words)
    while end:
        start = best[end][1]
        phrases.append(tuple(words[start:end]))
        end = start
    return phrases[::-1]


def _phrase_cost(words: Sequence[CaptionWord], start: int, end: int) -> float:
    """How badly words[start:end] read as one cue. Units are arbitrary; a break in mid-phrase costs about 5."""
    phrase = words[start:end]
    if len(phrase) > 1 and any(_length(line) > LONGEST_LINE and len(line) > 1 for line in _lines(phrase)):
        return math.inf
    cost = 3.0  # every cue costs: fewer, fuller ones read better
    until = words[end].start_seconds if end < len(words) else phrase[-1].end_seconds + HOLD_SECONDS
    shown = until - phrase[0].start_seconds
    if shown < SHORTEST_SECONDS:
        cost += 60
    cost += 8 * max(0.0, 0.8 - shown)
    if len(phrase) == 1 and len(words) > 1 and columns(phrase[0].text) < 10:
        cost += 4
    if end < len(words):
        cost += _break_cost(phrase[-1], words[end])
    cost += sum(9.0 for word in phrase[:-1] if word.text.endswith(_FULL_STOPS))
    cost += sum(2.5 for word in phrase[:-1] if word.text.endswith(_COMMAS))
    return cost


def _break_cost(word: CaptionWord, following: CaptionWord) -> float:
    """What it costs to change the screen between two words."""
    if word.text.endswith(_FULL_STOPS):
        return 0.0
    if word.text.endswith(_COMMAS) or following.start_seconds - word.end_seconds > 0.15:
        return 1.0
    return 5.0 + _hangs(word)


def _hangs(word: CaptionWord) -> float:
    """A line that ends in `the` or `of` hangs in the air; a number belongs to what it counts."""
    if word.text.lower() in _WEAK:
        return 5.0
    return 6.0 if word.text[-1].isdigit() else 0.0


def _lines(phrase: Sequence[CaptionWord]) -> tuple[tuple[CaptionWord, ...], ...]:
    """One line when it is short enough, else the two most even ones."""
    if _length(phrase) <= LONGEST_LINE or len(phrase) == 1:
        return (tuple(phrase),)
    cut = min(
        range(1, len(phrase)),
        key=lambda at: (max(_length(phrase[:at]), _length(phrase[at:])) + 0.4 * _hangs(phrase[at - 1]), at),
    )
    return tuple(phrase[:cut]), tuple(phrase[cut:])


def _joined(words: Sequence[CaptionWord]) -> str:
    return "".join(word.text if word.glued or not at else f" {word.text}" for at, word in enumerate(words))


def _length(words: Sequence[CaptionWord]) -> int:
    return sum(columns(word.text) + (not word.glued) for word in words) - (not words[0].glued)


def _held(cue: Cue, *, until: float) -> Cue:
    """The cue with its final end: long enough to read, never beyond `until`."""
    end = max(cue.end_seconds + HOLD_SECONDS, cue.start_seconds + SHORTEST_SECONDS)
    if until - cue.end_seconds <= CLOSED_GAP_SECONDS:
        end = until
    return replace(cue, end_seconds=max(min(end, until), cue.start_seconds + 0.001))


def _for_srt(line: str) -> str:
    for mark in ("<", "{", "--"):
        line = line.replace(mark, mark + _JOINER)
    return line


def _clock(seconds: float, mark: str) -> str:
    milliseconds = round(seconds * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}{mark}{rest % 1000:03}"
