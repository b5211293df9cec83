"""Times of words that a viewer can follow: in order, apart, long enough to be seen.

Belongs here: the one rule that every list of word times must keep. Not here: where the times come from.
"""

from collections.abc import Sequence

MIN_WORD_SECONDS = 0.04


def kept_apart(times: Sequence[tuple[float, float]], start: float, end: float) -> tuple[tuple[float, float], ...]:
    """Move (start, end) pairs as little as needed so that they lie in order inside `start..end`, 40 ms each at least.

    When so many words do not fit at 40 ms each, they share what there is evenly as their least length.

    Args:
        times: Seconds, in the order of the words; may overlap or reach outside.
        start: Where the first word may begin.
        end: Where the last word must end, after `start`.
    """
    least = min(MIN_WORD_SECONDS, (end - start) / max(len(times), 1))
    forward: list[tuple[float, float]] = []
    cursor = start
    for first, last in times:
        begin = max(first, cursor)
        cursor = max(last, begin + least)
        forward.append((begin, cursor))
    backward: list[tuple[float, float]] = []
    cursor = end
    for first, last in reversed(forward):
        finish = min(last, cursor)
        cursor = max(min(first, finish - least), start)
        backward.append((cursor, finish))
    return tuple(reversed(backward))
