"""Right-to-left lines: the order of their words, as the Unicode bidirectional algorithm has it."""

import pytest

from resources.rendering.lettering.direction import runs_both_ways, runs_right_to_left, visual_order


@pytest.mark.parametrize(
    ("words", "right_to_left", "expected"),
    [
        ("one two three", False, "one two three"),
        ("שלום עולם יפה", True, "יפה עולם שלום"),
        ("שלום hello world עולם", True, "עולם hello world שלום"),
        ("say שלום עולם now", False, "say עולם שלום now"),
        ("هذا 2024 اختبار", True, "اختبار 2024 هذا"),
        ("שלום 10 20 עולם", True, "עולם 20 10 שלום"),
        ("in 2024 10 %", False, "in 2024 10 %"),
        ("שלום – עולם", True, "עולם – שלום"),
        ("a – שלום – עולם b", False, "a – עולם – שלום b"),
        ("hello – world שלום", True, "שלום hello – world"),
    ],
)
def test_words_stand_as_they_are_read(words: str, expected: str, *, right_to_left: bool) -> None:
    found = visual_order(words.split(), right_to_left=right_to_left)
    assert " ".join(words.split()[at] for at in found) == expected


def test_the_first_letter_decides_the_direction_of_a_line() -> None:
    assert [runs_right_to_left(text) for text in ("12 שלום", "abc שלום", "«سلام» abc", "12!", "")] == [
        True,
        False,
        True,
        False,
        False,
    ]
    assert [runs_both_ways(text) for text in ("abc", "שלום 12", "abc سلام")] == [False, False, True]
