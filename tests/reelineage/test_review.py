"""Automatic findings: what a reviewer is told, and what keeps a video from being approved by itself."""

from datetime import date
from typing import Any, get_args

import pytest

from reelineage import documents as docs
from reelineage.editing import SceneAgain, SentenceChange, TitleChange
from reelineage.review import review_video
from reelineage.rights.disclosure import Part, disclose
from tests.factories import analysis, fetch, media_item, report, script, video

SHA = "0" * 64
FILE = docs.ArtifactRef(sha256=SHA, size_bytes=1, media_type="x")
SAID = script(analysis(report(fetch(), SHA)), SHA)
SHOWN = video(SAID, FILE, FILE).model_copy(update={"duration_seconds": 10.0})
SPOKEN = disclose(
    (Part("speech_synthesizer", "piper", "joe"), Part("footage_source", "motion_graphics", "skia/1", (1,)))
)
UNKNOWN = media_item("footage").model_copy(update={"licence": "unknown", "title": "beach.mp4"})


def review(shown: docs.Video = SHOWN, **changes: Any) -> docs.Review:
    given: dict[str, Any] = {"stand_ins": (), "works": (), "draft": False, "disclosure": SPOKEN}
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
        ({}, {"stand_ins": ("fallback", "fallback")}, "stand_in_fallback"),
        ({}, {"stand_ins": ("ambiguous",)}, "stand_in_ambiguous"),
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


@pytest.mark.parametrize("licence", ["unknown", "Unknown ", "", "n/a", "?", "none"])
def test_a_work_whose_licence_nobody_knows_blocks_the_video(licence: str) -> None:
    (finding,) = [
        one
        for one in review(works=(UNKNOWN.model_copy(update={"licence": licence}),)).findings
        if one.code == "licence_unknown"
    ]
    assert finding.severity == "blocking"


def test_a_theme_may_allow_unknown_licences_and_the_review_still_asks_for_a_look() -> None:
    found = review(works=(UNKNOWN,), allow_unknown_licences=True)
    (finding,) = [one for one in found.findings if one.code == "licence_unknown"]
    assert (finding.severity, found.recommendation) == ("warning", "look")
    assert "the theme allows that" in finding.message


def test_each_kind_of_stand_in_has_words_of_its_own_and_needs_consent() -> None:
    found = review(stand_ins=get_args(docs.StandIn))
    told = {one.code: one for one in found.findings if one.code.startswith("stand_in")}
    assert found.stand_ins == ("ambiguous", "demo", "fallback")
    assert {one.severity for one in told.values()} == {"blocking"}
    assert all("needs --allow-demo" in one.message for one in told.values())
    assert "lost" in told["stand_in_ambiguous"].message
    assert "demo data" in told["stand_in_demo"].message
    assert "failed" in told["stand_in_fallback"].message


def test_the_disclosure_is_kept_with_the_review_and_what_to_tick_is_told() -> None:
    found = review()
    assert found.disclosure == SPOKEN
    told = [one for one in found.findings if one.code == "disclosure"]
    assert [one.message.split(",")[0] for one in told] == ["EU AI Act", "YouTube", "TikTok"]
    assert {one.severity for one in told} == {"info"}
    assert "yes, AI made the voice" in told[1].message


def test_the_duty_to_delete_source_text_is_told_and_stops_no_video() -> None:
    found = review(delete_by=date(2026, 12, 1))
    (finding,) = [one for one in found.findings if one.code == "delete_source_text"]
    assert "2026-12-01" in finding.message
    assert found.recommendation == "approve"


def test_reviews_from_before_disclosures_can_still_be_read() -> None:
    stored = review().model_dump(mode="json", exclude={"disclosure"})
    assert docs.Review.model_validate(stored).disclosure is None


# --- what people edited ----------------------------------------------------------------------------------------------


def edits(found: docs.Review) -> list[tuple[str, str]]:
    return [(one.severity, one.message) for one in found.findings if one.code == "edited"]


def test_who_changed_a_part_last_is_named_and_what_was_changed_back_is_not() -> None:
    said = SAID.scenes[0].sentences[0].text
    changes = [
        ("ada", SentenceChange(kind="sentence", scene=1, sentence=1, text=said)),
        ("lee", SentenceChange(kind="sentence", scene=1, sentence=1, text=said)),
        ("ada", SentenceChange(kind="sentence", scene=2, sentence=1, text="Changed back since.")),
        ("ada", TitleChange(kind="title", text="Changed back since")),
        ("ada", SceneAgain(kind="scene_again", scene=2)),
    ]
    found = review(edits=changes)
    assert edits(found) == [
        ("warning", "Sentence 1 of scene 1 was reworded by lee; nobody checked it against its sources."),
        ("info", "Another picture for scene 2 was asked for by ada."),
    ]
    assert found.recommendation == "look"
    assert edits(review()) == []


def test_a_picture_alone_speaks_against_nothing_and_no_edit_changes_what_is_disclosed() -> None:
    found = review(edits=[("ada", SceneAgain(kind="scene_again", scene=2))])
    assert found.recommendation == "approve"
    assert found.disclosure == review().disclosure
