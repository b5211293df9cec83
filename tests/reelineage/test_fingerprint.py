"""One spelling per value: equal values hash equally wherever they were stored, others do not."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from reelineage.fingerprint import canonical_json, sha256_of, sha256_of_file

NUMBERS = st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("ab", max_size=2), inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_a_value_keeps_its_hash_through_json(value: JsonValue) -> None:
    assert sha256_of(json.loads(json.dumps(value))) == sha256_of(value)
    assert sha256_of(json.loads(canonical_json(value))) == sha256_of(value)


@given(st.dictionaries(st.text(max_size=3), st.integers(), max_size=6))
def test_the_order_of_fields_does_not_matter(value: dict[str, JsonValue]) -> None:
    assert sha256_of(dict(reversed(value.items()))) == sha256_of(value)


@pytest.mark.parametrize(
    ("one", "same"),
    [(24.0, 24), (-0.0, 0), (1e16, 10**16), (4.611686018427388e18, 4611686018427388000), (1e22, 10**22)],
)
def test_a_whole_number_is_written_in_one_way(one: float, same: int) -> None:
    assert canonical_json([one]) == canonical_json([same])


def test_different_values_differ() -> None:
    values: list[JsonValue] = [None, False, True, 0, 1, 0.1, 2**53, 2**53 + 1, "", "0", [], [0], [[0]], {}, {"a": None}]
    assert len({sha256_of(value) for value in values}) == len(values)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), [{"a": float("-inf")}]])
def test_what_json_cannot_say_is_refused(value: JsonValue) -> None:
    with pytest.raises(ValueError, match=r"(?i)json compliant|out of range"):
        canonical_json(value)


def test_bytes_are_hashed_as_they_are(tmp_path: Path) -> None:
    data = b"\x00" * 3_000_000 + b"end"
    (tmp_path / "file").write_bytes(data)
    assert sha256_of(data) == sha256_of_file(tmp_path / "file")
    assert sha256_of(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
