"""Comparing hashes of pictures: what makes a copy, and how sure it is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelineage.perceptual import (
    MATCH_BITS,
    SAME_BITS,
    Fingerprinted,
    Likeness,
    alike,
    confidence,
    distances,
    distinct,
    matching_moments,
    words_of,
)


def film(seed: int, moments: int, *, step_ms: int = 2000, first_ms: int = 0) -> Fingerprinted:
    """A film whose pictures have nothing in common."""
    stamps = tuple(range(first_ms, first_ms + moments * step_ms, step_ms))
    return Fingerprinted(stamps, np.random.default_rng(seed).bytes(32 * moments))


def altered(original: Fingerprinted, bits: int, *, later_ms: int = 0) -> Fingerprinted:
    """The same film with so many bits of each hash turned over, shown later."""
    hashes = np.frombuffer(original.hashes, np.uint8).reshape(-1, 32).copy()
    turned = np.unpackbits(hashes, axis=1)
    turned[:, ::7][:, :bits] ^= 1
    stamps = tuple(moment + later_ms for moment in original.moments_ms)
    return Fingerprinted(stamps, np.packbits(turned, axis=1).tobytes())


def test_the_distance_is_the_number_of_bits_that_differ() -> None:
    some = words_of(bytes(32) + b"\xff" * 32)
    assert distances(some, some).tolist() == [[0, 256], [256, 0]]
    assert distances(words_of(bytes(32)), words_of(bytes(31) + b"\x07")).tolist() == [[3]]


@pytest.mark.parametrize("later_ms", [0, -2000, 7300])
def test_a_copy_is_known_wherever_it_begins(later_ms: int) -> None:
    original = film(1, 15)
    found = alike(original, [altered(original, SAME_BITS, later_ms=later_ms)])
    assert (found.matching, found.moments, found.closeness, found.mean_bits) == (15, 15, 1.0, SAME_BITS)
    assert abs(found.offset_ms - later_ms) <= 50
    assert found.known


def test_closeness_falls_to_nothing_at_the_last_bit_that_still_matches() -> None:
    original = film(1, 15)
    assert alike(original, [altered(original, MATCH_BITS)]).closeness == 0.0
    assert not alike(original, [altered(original, MATCH_BITS)]).known
    assert alike(original, [altered(original, MATCH_BITS + 1)]).matching == 0
    halfway = alike(original, [altered(original, (MATCH_BITS + SAME_BITS) // 2)])
    assert 0.4 < halfway.closeness < 0.6


def test_what_was_cut_off_is_not_counted_against_a_copy() -> None:
    original = film(1, 15)
    rest = Fingerprinted(tuple(moment - 8000 for moment in original.moments_ms[4:]), original.hashes[4 * 32 :])
    found = alike(original, [rest])
    assert (found.matching, found.moments) == (11, 11)


def test_an_excerpt_of_few_moments_is_not_enough() -> None:
    original = film(1, 15)
    excerpt = Fingerprinted(original.moments_ms[:4], original.hashes[: 4 * 32])
    assert alike(original, [excerpt]).closeness == 1.0
    assert not alike(original, [excerpt]).known


def test_the_same_pictures_in_another_order_are_no_copy() -> None:
    original = film(1, 15)
    hashes = [original.hashes[at : at + 32] for at in range(0, len(original.hashes), 32)]
    backwards = Fingerprinted(original.moments_ms, b"".join(reversed(hashes)))
    assert not alike(original, [backwards]).known


def test_the_better_of_two_looks_at_a_film_counts() -> None:
    original = film(1, 15)
    assert alike(original, [film(2, 15), altered(original, 3)]).mean_bits == 3


@given(st.integers(0, 2**32), st.integers(1, 40), st.integers(1, 300))
def test_films_that_have_nothing_in_common_are_never_taken_for_each_other(seed: int, moments: int, others: int) -> None:
    found = alike(film(seed, moments), [film(seed + 1, others, step_ms=100)])
    assert found.matching == 0
    assert confidence(found, Likeness()) == 0.0


@pytest.mark.parametrize("looks", [[], [Fingerprinted((), b"")]])
def test_a_film_without_a_lively_picture_is_like_nothing(looks: list[Fingerprinted]) -> None:
    assert alike(film(1, 5), looks) == Likeness()
    assert alike(Fingerprinted((), b""), [film(1, 5)]) == Likeness()
    assert len(distinct(looks)) == 0


def test_more_moments_make_surer_and_a_rival_that_is_as_close_halves_it() -> None:
    few, many = Likeness(5, 5, 1.0, 4.0), Likeness(15, 15, 1.0, 4.0)
    assert confidence(few, Likeness()) == 5 / 6
    assert confidence(many, Likeness()) == 15 / 16
    assert confidence(many, many) == 15 / 32
    unknown = Likeness(15, 15, 0.3, 25.0)
    assert confidence(many, unknown) == 15 / 16
    assert confidence(unknown, Likeness()) == 0.0


def test_pictures_that_hardly_change_are_searched_for_once() -> None:
    still = Fingerprinted(tuple(range(0, 1000, 100)), film(1, 1).hashes * 10)
    assert len(distinct([still])) == 1
    assert len(distinct([film(1, 40)])) == 40
    assert len(distinct([film(1, 1000)], most=128)) <= 128


def test_the_quick_search_looks_at_all_bits_in_the_end() -> None:
    stored = film(1, 1)
    half_other = Fingerprinted((0,), stored.hashes[:8] + film(2, 1).hashes[8:])
    assert matching_moments(stored.words, half_other.words).tolist() == [False]


@given(st.integers(0, 2**32), st.integers(0, 20))
def test_the_quick_search_finds_what_is_close_and_nothing_else(seed: int, bits: int) -> None:
    stored = film(seed, 50)
    wanted = altered(Fingerprinted(stored.moments_ms[10:20], stored.hashes[320:640]), bits)
    found = matching_moments(stored.words, wanted.words)
    assert found.tolist() == [10 <= place < 20 for place in range(50)]
