"""Which stretch of a spoken sentence belongs to which caption word.

Belongs here: matching the phonemes of single words with the timed phonemes of the sentence, and giving every word a
visible time. Not here: where phonemes come from (`piper.py`). In a sentence espeak merges words ("in the") and changes
vowels, so the two sequences are aligned by edit distance instead of counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from reelineage.timeline.word_times import MIN_WORD_SECONDS, kept_apart

GAP = " "

_STRESS = frozenset("ˈˌ")
_SILENT = frozenset(" ,.!?;:")
_VOWELS = frozenset("aeiouyæɐɑɒɔəɘɚɛɜɝɞɤɨɪɵøœɯʉʊʌʏᵻε")
_BAND = 80
_FAR = 1e9


@dataclass(frozen=True)
class TimedPhoneme:
    """A phoneme of the sentence and its time in seconds. Pauses are phonemes too: a space or a punctuation mark."""

    symbol: str
    start: float
    end: float


@dataclass(frozen=True)
class Span:
    """A stretch of time in seconds."""

    start: float
    end: float


def word_spans(words: Sequence[Sequence[str]], sentence: Sequence[TimedPhoneme], total: float) -> tuple[Span, ...]:
    """The time of every word: in order, without overlap, inside the sentence, at least 40 ms.

    Args:
        words: The phonemes of each word spoken alone; empty for a word without a sound, which borrows time from the
            pause or the word before it.
        sentence: The phonemes of the whole sentence, in order.
        total: Length of the sentence in seconds. With so many soundless words that 40 ms each do not fit, all words
            share what there is.
    """
    expected = _expected(words)
    units = _units(sentence)
    found: list[Span | None] = [None] * len(words)
    for unit, word in zip(units, _owners(expected, [unit.symbol for unit in units]), strict=True):
        if word is None:
            continue
        known = found[word]
        found[word] = Span(known.start if known else unit.start, unit.end)
    least = min(MIN_WORD_SECONDS, total / max(len(words), 1))
    return tuple(Span(start, end) for start, end in kept_apart(_with_borrowed(found, total, least), 0.0, total))


def _expected(words: Sequence[Sequence[str]]) -> list[tuple[str, int]]:
    """Symbols and the word that each belongs to; a gap between two words belongs to the second."""
    expected: list[tuple[str, int]] = []
    for index, phonemes in enumerate(words):
        units = [unit.symbol for unit in _units([TimedPhoneme(symbol, 0, 0) for symbol in phonemes])]
        while units and units[-1] == GAP:
            units.pop()
        if units and expected:
            expected.append((GAP, index))
        expected.extend((unit, index) for unit in units)
    return expected


def _units(phonemes: Sequence[TimedPhoneme]) -> list[TimedPhoneme]:
    """Join stress marks with what follows; neighbouring pauses become one gap."""
    units: list[TimedPhoneme] = []
    onset: float | None = None
    for phoneme in phonemes:
        if phoneme.symbol in _STRESS:
            onset = phoneme.start if onset is None else onset
            continue
        symbol = GAP if phoneme.symbol in _SILENT else phoneme.symbol
        if units and symbol == units[-1].symbol == GAP:
            units[-1] = TimedPhoneme(GAP, units[-1].start, phoneme.end)
            continue
        units.append(TimedPhoneme(symbol, phoneme.start if onset is None else onset, phoneme.end))
        onset = None
    return units


def _owners(expected: list[tuple[str, int]], heard: list[str]) -> list[int | None]:
    """The word that each heard symbol belongs to, None for gaps: a banded Needleman-Wunsch alignment."""
    rows, columns = len(expected), len(heard)
    slope = columns / rows if rows else 0.0
    band = _BAND + abs(rows - columns)
    costs = [[_FAR] * (columns + 1) for _ in range(rows + 1)]
    steps = [bytearray(columns + 1) for _ in range(rows + 1)]
    for row in range(rows + 1):
        first, last = max(0, int(row * slope) - band), min(columns, int(row * slope) + band)
        for column in range(first, last + 1):
            best, step = (0.0, 0) if row == column == 0 else (_FAR, 0)
            if row and column:
                best = costs[row - 1][column - 1] + _difference(expected[row - 1][0], heard[column - 1])
                step = 1
            if row and (dropped := costs[row - 1][column] + _price(expected[row - 1][0])) < best:
                best, step = dropped, 2
            if column and (added := costs[row][column - 1] + _price(heard[column - 1])) < best:
                best, step = added, 3
            costs[row][column] = best
            steps[row][column] = step
    owners: list[int | None] = [None] * columns
    row, column = rows, columns
    while row or column:
        step = steps[row][column]
        if step != 2:
            # A heard symbol that nothing matched goes to the word whose symbols surround it.
            owner = expected[max(row - 1, 0)][1] if expected else None
            owners[column - 1] = None if heard[column - 1] == GAP else owner
        row, column = row - (step != 3), column - (step != 2)
    return owners


def _difference(one: str, other: str) -> float:
    if one == other:
        return 0.0
    if GAP in (one, other):
        return 3.0
    if (one in _VOWELS) != (other in _VOWELS):
        return 1.8
    return 0.5 if one in _VOWELS else 0.8


def _price(symbol: str) -> float:
    return 0.6 if symbol == GAP else 1.0


def _with_borrowed(found: Sequence[Span | None], total: float, least: float) -> list[tuple[float, float]]:
    """Give words without a time theirs: from the pause they stand in, else from the word before."""
    starts = [span.start if span else 0.0 for span in found]
    ends = [span.end if span else 0.0 for span in found]
    index = 0
    while index < len(found):
        if found[index] is not None:
            index += 1
            continue
        stop = index
        while stop < len(found) and found[stop] is None:
            stop += 1
        left = ends[index - 1] if index else 0.0
        right = starts[stop] if stop < len(found) else total
        need = (stop - index) * least
        if index and right - left < need:  # the pause is too short: the word before gives up its tail, at most half
            left = max((starts[index - 1] + left) / 2, right - need)
            ends[index - 1] = left
        each = min((right - left) / (stop - index), 5 * least)
        for offset in range(stop - index):
            starts[index + offset] = left + offset * each
            ends[index + offset] = left + (offset + 1) * each
        index = stop
    return list(zip(starts, ends, strict=True))
