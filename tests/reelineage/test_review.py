"""Automatic findings: what a reviewer is told, and what keeps a video from being approved by itself."""

from typing import Any

import pytest

from reelineage import documents as docs
from reelineage.review import review_video
from tests.factories import analysis, fetch, media_item, report, script, video

SHA = "0" * 64
FILE = docs.ArtifactRef(sha256=SHA, size_bytes=1, media_type="x")
SAID = script(analysis(report(fetch(), SHA)), SHA)
SHOWN = video(SAID, FILE, FILE).model_copy(update={"duration_seconds": 10.0})
UNKNOWN = media_item("footage").model_copy(update={"licence": "unknown", "title": "beach.mp4"})


def review(shown: docs.Video = SHOWN, **changes: Any) -> docs.Review:
    given: dict[str, Any] = {"stand_ins": (), "works": (), "draft": False}
    return review_video(shown, SAID, **(given | changes))


def codes(found: docs.Review) -> list[str]:
    return [finding.code for finding in found.findings if finding.severity != "info"]


def test_a_sound_video_may_be_approved() -> None:
    found = review()
    assert (codes(found), found.recommendation) == ([], "approve")


@pytest.mark.parametrize(
    ("shown", "changes", "code"),
    [
        ({}, {"stand_ins": ("demo",)}, "stand_in_demo"),
        ({}, {"draft": True}, "draft_profile"),
        ({"duration_seconds": 20.0}, {}, "duration_off_target"),
        ({"loudness_lufs": -18.0}, {}, "loudness_off_target"),
        ({"notes": ("scene 2: its film ended early",)}, {}, "composition_note"),
        ({"media": (UNKNOWN.model_copy(update={"kind": "music"}),)}, {}, "licence_unknown"),
        ({}, {"works": (UNKNOWN, UNKNOWN)}, "licence_unknown"),
    ],
)
def test_what_speaks_against_a_video_is_found_and_asks_for_a_look(
    shown: dict[str, Any], changes: dict[str, Any], code: str
) -> None:
    found = review(SHOWN.model_copy(update=shown), **changes)
    assert (codes(found), found.recommendation) == ([code], "look")


def test_an_unknown_licence_names_the_file() -> None:
    (finding,) = [one for one in review(works=(UNKNOWN,)).findings if one.code == "licence_unknown"]
    assert "the footage beach.mp4 is unknown" in finding.message
