"""When two films look alike: hashes of their pictures compared moment by moment.

Belongs here: pure comparison of hashes of pictures, and how sure it makes us. Not here: making hashes from a file
(`resources/fingerprints.py`), reading the stored ones (`resources/recognition.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

HASH_BYTES: Final = 32
MATCH_BITS: Final = 31  # of 256: the threshold that Meta advises for PDQ, a hash of the same kind (ThreatExchange)
SAME_BITS: Final = 12  # re-encoded copies of our videos stay below; other videos of one theme and data lie near 20-28
LEAST_MATCHING: Final = 5
LEAST_CLOSENESS: Final = 0.7
_TOLERANCE_MS: Final = 150
_ALMOST_EQUAL_BITS: Final = 6
_FIRST_WORD_BITS: Final = 14  # of 64: a quarter of the bits is looked at first; chance pairs differ in 32 +- 4

Words = NDArray[np.uint64]


@dataclass(frozen=True)
class Fingerprinted:
    """One perceptual hash (256 bits, 32 bytes) for each of some moments (ms after the first picture), end to end."""

    moments_ms: tuple[int, ...]
    hashes: bytes

    @property
    def words(self) -> Words:
        """The hashes as four 64-bit words each: shape (moments, 4)."""
        return words_of(self.hashes)


@dataclass(frozen=True)
class Likeness:
    """How far one film is another's copy: of the `moments` that both should show, `matching` do.

    `closeness` is 1.0 when every one of them is as near as a re-encoded copy, 0.0 when none matches; `mean_bits` the
    mean distance of the matching ones; `offset_ms` how much later the film shows what the stored one shows.
    """

    moments: int = 0
    matching: int = 0
    closeness: float = 0.0
    mean_bits: float = 256.0
    offset_ms: int = 0

    @property
    def known(self) -> bool:
        """Whether this is enough to call the one a copy of the other."""
        return self.matching >= LEAST_MATCHING and self.closeness >= LEAST_CLOSENESS

    @property
    def rank(self) -> tuple[float, int, float]:
        """What makes one likeness better than another."""
        return round(self.closeness, 3), self.matching, -self.mean_bits


def words_of(hashes: bytes) -> Words:
    """Hashes, 32 bytes each, as words of shape (number, 4)."""
    return np.frombuffer(hashes, dtype="<u8").reshape(-1, HASH_BYTES // 8)


def distances(some: Words, others: Words) -> NDArray[np.int64]:
    """Bits in which each of some hashes differs from each of others: shape (some, others), 0 to 256."""
    differing = np.bitwise_count(some[:, None, :] ^ others[None, :, :])
    total: NDArray[np.int64] = differing.sum(axis=2, dtype=np.int64)
    return total


def alike(stored: Fingerprinted, looks: Sequence[Fingerprinted]) -> Likeness:
    """The best likeness between a stored video and a film, whatever was cut off before or after.

    The film may run earlier or later than the stored one, but at the same speed: all moments match at one offset.

    Args:
        stored: sparse moments of our own video.
        looks: dense moments of the film, one for each way to look at it (with and without its bars).
    """
    return max((_alike(stored, look) for look in looks), key=lambda found: found.rank, default=Likeness())


def _alike(stored: Fingerprinted, look: Fingerprinted) -> Likeness:
    if not stored.moments_ms or not look.moments_ms:
        return Likeness()
    bits = distances(stored.words, look.words)
    offsets = np.array(look.moments_ms)[None, :] - np.array(stored.moments_ms)[:, None]
    matching = bits <= MATCH_BITS
    best = Likeness()
    for offset in np.unique(np.round(offsets[matching], -2)):
        found = _at(bits, np.abs(offsets - offset) <= _TOLERANCE_MS, int(offset))
        best = max(best, found, key=lambda one: (one.matching, one.rank))
    return best


def _at(bits: NDArray[np.int64], near: NDArray[np.bool_], offset_ms: int) -> Likeness:
    """The likeness at one offset; `near` tells which pairs of moments it puts side by side."""
    shown = near.any(axis=1)
    least = np.where(near, bits, 256).min(axis=1)[shown]
    matching = least <= MATCH_BITS
    closeness = np.clip((MATCH_BITS - least) / (MATCH_BITS - SAME_BITS), 0.0, 1.0)
    return Likeness(
        moments=int(shown.sum()),
        matching=int(matching.sum()),
        closeness=float(closeness.mean()),
        mean_bits=float(least[matching].mean()) if matching.any() else 256.0,
        offset_ms=offset_ms,
    )


def confidence(best: Likeness, runner_up: Likeness) -> float:
    """How sure it is that a film is a copy of the best and not of the next one: 0 to 1.

    Few moments make it smaller (n / (n + 1)), and so does a runner-up: one that is just as close halves it.
    """
    if not best.known:
        return 0.0
    rival = min(1.0, runner_up.closeness / best.closeness) if runner_up.known else 0.0
    return best.closeness * best.matching / (best.matching + 1) * (1.0 - rival / 2)


def distinct(looks: Sequence[Fingerprinted], most: int = 128) -> Words:
    """Hashes to search with: of pictures that hardly change one is enough, and never more than `most`.

    Returns:
        Words of shape (number, 4).
    """
    kept: list[Words] = []
    for look in looks:
        last: Words | None = None
        for word in look.words:
            if last is None or int(np.bitwise_count(word ^ last).sum()) > _ALMOST_EQUAL_BITS:
                kept.append(word)
                last = word
    every = -(-len(kept) // most) or 1
    return np.array(kept[::every], dtype=np.uint64).reshape(-1, HASH_BYTES // 8)


def matching_moments(stored: Words, wanted: Words) -> NDArray[np.bool_]:
    """Which of the stored hashes match any of the wanted ones; quick, and may miss some that match barely.

    A quarter of the bits is compared first: one in a hundred thousand chance pairs gets past it.

    Returns:
        Booleans of shape (stored,).
    """
    found = np.zeros(len(stored), dtype=np.bool_)
    first = np.ascontiguousarray(stored[:, 0])
    for hashed in wanted:
        maybe = np.flatnonzero(np.bitwise_count(first ^ hashed[0]) <= _FIRST_WORD_BITS)
        if len(maybe):
            bits = np.bitwise_count(stored[maybe] ^ hashed).sum(axis=1)
            found[maybe[bits <= MATCH_BITS]] = True
    return found
