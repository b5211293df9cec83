"""docs/requirements.md accounts for every requirement, truthfully."""

import re

import pytest

from tests.docs.pages import ROOT, page

PAGE = page("docs/requirements.md")
IDS = [
    *(f"ORCH-{n:02}" for n in range(1, 6)),
    *(f"LIN-{n:02}" for n in range(1, 4)),
    *(f"INFRA-{n:02}" for n in range(1, 8)),
    *(f"TREND-{n:02}" for n in range(1, 6)),
    *(f"ANLYS-{n:02}" for n in range(1, 6)),
    *(f"SCRIPT-{n:02}" for n in range(1, 5)),
    *(f"VIDEO-{n:02}" for n in range(1, 4)),
    *(f"VOICE-{n:02}" for n in range(1, 3)),
    *(f"COMP-{n:02}" for n in range(1, 6)),
    *(f"REVIEW-{n:02}" for n in range(1, 6)),
    "PUB-01",
    "SHEETS-01",
]
ROWS = {row[0]: row for row in PAGE.rows() if re.fullmatch(r"[A-Z]+-\d+", row[0])}


def test_every_requirement_has_one_row_in_order() -> None:
    assert [row[0] for row in PAGE.rows() if re.fullmatch(r"[A-Z]+-\d+", row[0])] == IDS


@pytest.mark.parametrize("requirement", IDS)
def test_a_requirement_says_where_it_is_met_or_not_yet(requirement: str) -> None:
    _, text, where = ROWS[requirement]
    places = [place.partition("::") for place in re.findall(r"`([\w./-]+/[\w./-]*(?:::\w+)?)`", where)]
    assert len(text) > 20
    assert places or "not yet" in where, f"{requirement} names neither a file nor says that it is not yet met"
    missing = [path for path, _, _ in places if not (ROOT / path).exists()]
    assert not missing, f"{requirement} names {missing}"
    for path, _, test in places:
        assert not test or f"def {test}(" in (ROOT / path).read_text(encoding="utf-8"), (
            f"{requirement} names {path}::{test}"
        )


def test_a_requirement_that_is_met_names_a_test() -> None:
    met = {requirement: row[2] for requirement, row in ROWS.items() if "not yet" not in row[2]}
    assert met
    without = [requirement for requirement, where in met.items() if "`tests/" not in where]
    assert not without, f"met, but no test named: {without}"


def test_the_first_requirement_stands_in_its_five_stage_words() -> None:
    stages = (
        "trend_collection → trend_analysis → content_generation (script + video + voiceover) → composition → review"
    )
    assert stages in ROWS["ORCH-01"][1]
