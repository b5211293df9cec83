"""Differences as the page of versions shows them."""

import pytest
from pydantic import JsonValue

from console.web.differences import is_of_hashes, told
from reelineage.comparing.comparison import ABSENT, Absent, Difference, Path

SHA, OTHER = "ab" * 32, "cd" * 32
FINDING: JsonValue = {
    "code": "stand_in_demo",
    "message": "Made up: approving needs --allow-demo.",
    "severity": "warning",
}


@pytest.mark.parametrize(
    ("path", "before", "after", "said"),
    [
        (("findings", 0), ABSENT, FINDING,
         ("nothing", "Demo data (warning): Made up: whoever approves it has to allow that.")),
        (("findings", 0), {"code": "edited", "message": "Ada edited it."}, ABSENT,
         ("Edited: Ada edited it.", "nothing")),
        (("duration_seconds",), 15.033333333333333, 16.5, ("15.0 s", "16.5 s")),
        (("duration_seconds",), 15.01, 15.02, ("15.01", "15.02")),
        (("topics", 0, "share"), 0.123456789, 0.5, ("0.1235", "0.5")),
        (("scenes", 0, "number"), 1, 2, ("1", "2")),
        (("file_sha256",), SHA, OTHER, (f"{SHA[:12]}…", f"{OTHER[:12]}…")),
        (("title",), "x" * 700, "b", ("x" * 600 + "…", "b")),
    ],
)  # fmt: skip
def test_a_side_is_said_as_people_read_it(
    path: Path, before: JsonValue | Absent, after: JsonValue | Absent, said: tuple[str, str]
) -> None:
    assert told(Difference(path, before, after))[1:] == said


def test_only_what_says_no_more_than_that_it_is_another_is_one_of_hashes() -> None:
    assert is_of_hashes(Difference(("a",), SHA, OTHER))
    assert is_of_hashes(Difference(("a",), SHA, ABSENT))
    assert not is_of_hashes(Difference(("a",), SHA, "Taps"))
    assert not is_of_hashes(Difference(("a",), 1, 2))
