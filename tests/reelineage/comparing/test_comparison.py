"""What differs between two documents, said by path, and whether it matters when something was made again."""

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from reelineage.comparing.comparison import ABSENT, Absent, Difference, Named, Order, differences, written
from reelineage.comparing.verdicts import files_in, is_material, worst
from reelineage.documents import iso
from reelineage.fingerprint import canonical_json
from tests import factories

LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
VALUES: st.SearchStrategy[JsonValue] = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)
NUMBERED = st.lists(
    st.fixed_dictionaries({"number": st.integers(1, 6), "text": st.text(max_size=3)}),
    max_size=5,
    unique_by=lambda scene: scene["number"],
)


def lines(before: Any, after: Any) -> list[str]:
    return [str(difference) for difference in differences(before, after)]


def patched(value: JsonValue, found: Iterable[Difference]) -> JsonValue:
    """The value with every difference applied to it; the order of named elements is not restored."""
    for difference in found:
        if not difference.path or not isinstance(difference.path[-1], Order):
            value = _put(value, difference.path, difference.after)
    return value


def _put(value: Any, path: tuple[Any, ...], new: JsonValue | Absent) -> Any:
    if not path:
        return new
    step, rest = path[0], path[1:]
    if isinstance(step, str):
        changed = {**value, step: _put(value.get(step), rest, new)}
        return {name: one for name, one in changed.items() if one is not ABSENT}
    places = [step]
    if isinstance(step, Named):
        names = [tuple(str(one[name]) for name in step.fields) for one in value]
        places = [place for place, name in enumerate(names) if name == step.values] or [len(value)]
    (place,) = places
    filled = [*value, *([None] if place == len(value) else [])]
    filled[place] = _put(filled[place], rest, new)
    return [one for one in filled if one is not ABSENT] if isinstance(step, Named) else filled


def in_one_order(value: JsonValue) -> JsonValue:
    """Lists of numbered elements sorted by their number."""
    if isinstance(value, dict):
        return {name: in_one_order(one) for name, one in value.items()}
    if isinstance(value, list):
        return sorted((in_one_order(one) for one in value), key=canonical_json)
    return value


# --- any two values ---


@given(VALUES)
def test_nothing_differs_from_itself(value: JsonValue) -> None:
    assert lines(value, value) == []


@given(VALUES, VALUES)
def test_two_values_differ_somewhere_exactly_when_their_hashes_do(one: JsonValue, other: JsonValue) -> None:
    assert (lines(one, other) == []) == (canonical_json(one) == canonical_json(other))


@given(VALUES, VALUES)
def test_the_other_way_round_the_same_places_differ(one: JsonValue, other: JsonValue) -> None:
    there = {repr((one.path, one.before, one.after)) for one in differences(one, other)}
    assert there == {repr((one.path, one.after, one.before)) for one in differences(other, one)}


@given(
    st.dictionaries(st.sampled_from("abc"), LEAVES | NUMBERED),
    st.dictionaries(st.sampled_from("abc"), LEAVES | NUMBERED),
)
def test_what_differs_is_all_that_differs(one: dict[str, Any], other: dict[str, Any]) -> None:
    made: Any = patched(one, differences(one, other))
    assert canonical_json(in_one_order(made)) == canonical_json(in_one_order(other))


@given(NUMBERED, st.randoms())
def test_an_order_that_changes_is_one_difference(scenes: list[Any], chance: Any) -> None:
    other = [*scenes]
    chance.shuffle(other)
    found = list(differences(scenes, other))
    assert len(found) == (scenes != other)
    assert all(isinstance(difference.path[-1], Order) for difference in found)


@given(VALUES, VALUES)
def test_every_line_is_one_short_line(one: JsonValue, other: JsonValue) -> None:
    for line in lines(one, other):
        assert len(line.splitlines()) == 1
        assert len(line) < 60 * 8 + 2 * 400


def test_a_huge_document_is_compared_piece_by_piece_and_each_piece_is_short() -> None:
    before: JsonValue = {
        "rows": [{"label": f"row {n}", "text": "x" * 1000} for n in range(3000)],
        "big": {"a": [0] * 9999},
    }
    after: JsonValue = {"rows": [{"label": f"row {n}", "text": "y" * 1000} for n in range(3000)], "big": "gone" * 9999}
    found = differences(before, after)
    assert str(next(found)) == f'rows[row 0].text: "{"x" * 80}…" -> "{"y" * 80}…"'
    rest = list(map(str, found))
    assert len(rest) == 3000
    assert max(map(len, rest)) < 400


def test_values_nested_deeper_than_any_document_are_compared_as_a_whole() -> None:
    before: JsonValue = 1
    after: JsonValue = 2
    for _ in range(200):
        before, after = [before], [after]
    (found,) = differences(before, after)
    assert len(found.path) < 100


# --- documents ---


def test_scenes_are_matched_by_their_number_and_the_sentence_that_changed_is_named() -> None:
    before = {
        "scenes": [{"number": 1, "sentences": [{"text": "Taps."}]}, {"number": 2, "sentences": [{"text": "Old."}]}]
    }
    after = {"scenes": [{"number": 2, "sentences": [{"text": "New."}]}]}
    assert lines(before, after) == [
        'scenes[1]: {"number": 1, "sentences": [{"text": "Taps."}]} -> nothing',
        'scenes[2].sentences[0].text: "Old." -> "New."',
    ]


def test_observations_are_matched_by_item_and_moment_so_that_a_new_one_is_one_difference() -> None:
    seen = [factories.observation(n).model_dump(mode="json") for n in (1, 2, 3)]
    moment = iso(factories.NOON)
    changed = [seen[0], {**seen[2], "views": 5}]
    assert lines({"observations": changed}, {"observations": seen}) == [
        f"observations[youtube item-3 {moment}].views: 5 -> 3000",
        next(line for line in lines({"observations": changed}, {"observations": seen}) if "item-2" in line),
    ]


@pytest.mark.parametrize("name", [7, True, None])
def test_elements_without_a_name_of_their_own_are_matched_by_place(name: int | None) -> None:
    before: Any = [{"scene": name, "text": "a"}, {"scene": 7, "text": "b"}]
    after: Any = [{"scene": name, "text": "a"}, {"scene": 7, "text": "c"}]
    assert lines(before, after) == ['[1].text: "b" -> "c"']


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        (1, 1.5, "(all of it): 1 -> 1.5"),
        (True, 1, "(all of it): true -> 1"),
        ("a", None, '(all of it): "a" -> null'),
        ({"a": 1}, {}, "a: 1 -> nothing"),
        ({"a\nb": 1}, {"a\nb": 2}, "a b: 1 -> 2"),
        ("x" * 200 + "old", "x" * 200 + "new", f'(all of it): "…{"x" * 16}old" -> "…{"x" * 16}new"'),
    ],
)  # fmt: skip
def test_a_difference_reads_as_a_path_and_both_values(before: Any, after: Any, line: str) -> None:
    assert lines(before, after) == [line]


@pytest.mark.parametrize(
    ("one", "other"), [(1, 1.0), (0.0, -0.0), (10**16, 1e16), ({"a": 1, "b": 2}, {"b": 2, "a": 1})]
)
def test_values_with_one_spelling_do_not_differ(one: Any, other: Any) -> None:
    assert lines(one, other) == []


def test_a_path_is_written_as_people_write_it() -> None:
    assert written(("a", 0, "b", Named(("number",), ("2",)), Order())) == "a[0].b[2] (order)"
    assert written(()) == "(all of it)"


# --- what matters when something was made again ---


def material(before: Any, after: Any) -> list[str]:
    return [str(one) for one in differences(before, after) if is_material(one)]


def test_other_bytes_thread_counts_and_a_rounded_level_do_not_matter() -> None:
    file = {"sha256": "a" * 64, "size_bytes": 1, "media_type": "video/mp4"}
    before = {"file": file, "encoder": {"threads": "1 1"}, "loudness_lufs": -14.0, "request_sha256": "b" * 64}
    after = {
        "file": {"sha256": "c" * 64, "size_bytes": 2, "media_type": "video/quicktime"},
        "encoder": {"threads": "2 2"}, "loudness_lufs": -14.1, "request_sha256": "d" * 64,
    }  # fmt: skip
    assert len(lines(before, after)) == 6
    assert material(before, after) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"loudness_lufs": -14.0}, {"loudness_lufs": -14.2}),
        ({"loudness_lufs": -14.0}, {"loudness_lufs": None}),
        ({"encoder": {"crf": 21}}, {"encoder": {"crf": 22}}),
        ({"voice": {"sha256": "a"}}, {"voice": {"sha256": "b"}}),
        ({"threads": 1}, {"threads": 2}),
        ({"frames": 60}, {"frames": 61}),
        ({"title": "Taps"}, {"title": "Pipes"}),
        ({"file": 1}, {}),
    ],
)  # fmt: skip
def test_anything_else_matters(before: Any, after: Any) -> None:
    assert len(material(before, after)) == 1


def test_music_made_anew_is_named_by_its_hash_and_judged_by_how_it_sounds() -> None:
    def works(provider: str, name: str) -> Any:
        return {"media": [{"kind": "music", "provider": provider, "external_id": name, "sha256": name}]}

    assert material(works("bed", "a"), works("bed", "b")) == []
    assert len(material(works("own_file", "a"), works("own_file", "b"))) == 2


def test_every_file_of_a_document_is_found_by_its_place() -> None:
    file: JsonValue = {"sha256": "a" * 64, "size_bytes": 1, "media_type": "video/mp4"}
    assert list(files_in({"scene": [{"artifact": file}], "file": file})) == [
        ("scene[0].artifact", "a" * 64, "video/mp4"),
        ("file", "a" * 64, "video/mp4"),
    ]


def test_a_whole_is_as_good_as_its_worst_part() -> None:
    assert worst(iter([])) == "identical"
    assert worst(iter(["identical", "equivalent"])) == "equivalent"
    assert worst(iter(["different", "identical", "equivalent"])) == "different"
