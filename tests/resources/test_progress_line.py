"""The line that a job's row tells its progress by: written and read in one place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelineage.lineage import ASSETS
from resources.progress_line import BEGINS, DONE, ProgressLine, read_line


@given(st.sampled_from(ASSETS), st.integers(0, 10**6), st.integers(1, 10**6), st.text(min_size=1, max_size=80))
def test_what_was_written_is_read_back(asset: str, done: int, total: int, what: str) -> None:
    line = ProgressLine(asset, done, total, what)
    assert read_line(line.text) == line
    assert 0 <= line.share <= 1


@pytest.mark.parametrize(
    "text", [None, "", "begins", "Begins", "dance 1/2 of", "clips1/2 x", "videos/2", " clips 1/2 x"]
)
def test_anything_else_is_no_progress(text: str | None) -> None:
    assert read_line(text) is None


def test_the_whole_grows_from_asset_to_asset() -> None:
    told = [
        "trends begins", "trends 1/2 source file", "trends done", "analysis begins", "clips begins",
        "clips 3/7 scene 3: chart", "clips done", "videos 450/900 scene 2: 10/90 frames", "reviews 3/3 signing",
    ]  # fmt: skip
    shares = [line.share for text in told if (line := read_line(text))]
    assert len(shares) == len(told)
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert shares[-1] == 1


def test_a_step_that_just_begins_or_ends_has_no_pieces() -> None:
    assert ProgressLine("clips", 0, 0, BEGINS).text == "clips begins"
    assert read_line("clips done") == ProgressLine("clips", 0, 0, DONE)


@pytest.mark.parametrize(
    ("text", "tail"),
    [
        ("clips begins", ""),
        ("clips done", " done"),
        ("clips 3/7 scene 3: chart", ", scene 3: chart"),
        ("videos 45/900 frames, 59 fps", " frames, 59 fps"),
    ],
)
def test_people_read_it_as_a_sentence(text: str, tail: str) -> None:
    line = read_line(text)
    assert line
    assert line.tail == tail
