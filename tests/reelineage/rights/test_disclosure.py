"""Disclosure: computed from the ancestors, never less because of one more of them, and the same in every database."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelineage.documents import Disclosure
from reelineage.explain import explain
from reelineage.family import Ref
from reelineage.look import Footage, Music
from reelineage.rights.disclosure import (
    IPTC,
    Nature,
    Part,
    derive,
    disclose,
    duties_of,
    in_short,
    parts_of,
    scenes_in_words,
)
from resources.footage.motion_graphics import MotionGraphics
from resources.footage.own_media import OwnMedia
from resources.home import Home
from resources.music.bed import BedMusic
from resources.music.stored_file import StoredMusic
from resources.speech.piper import PiperSpeech
from tests.factories import fill_job, new_job

PIPER = Part("speech_synthesizer", "piper", "en_US-joe-medium")
DRAWN = Part("footage_source", "motion_graphics", "skia/3", (1, 2, 3))
WRITER = Part("script_writer", "embedded", "trend_briefing")
BED = Part("music_source", "bed", "bed/1")
OWN_FILM = Part("footage_source", "own_media", "plan/1", (1,))
OWN_SONG = Part("music_source", "own_file", "file/1")
VEO = Part("footage_source", "veo", "veo-9", (2,))
LLM = Part("script_writer", "openai", "gpt-9")
ALL = (PIPER, DRAWN, WRITER, BED, OWN_FILM, OWN_SONG, VEO, LLM)

parts = st.builds(
    Part,
    st.sampled_from(("script_writer", "speech_synthesizer", "footage_source", "music_source", "dubbing")),
    st.sampled_from(("embedded", "piper", "motion_graphics", "own_media", "bed", "own_file", "veo")),
    st.text(max_size=8),
    st.lists(st.integers(1, 9), max_size=4).map(tuple),
)


def duties(found: Disclosure) -> tuple[bool, bool, bool]:
    return found.ai_act_article_50, found.youtube_contains_synthetic_media, found.tiktok_is_aigc


def term(*made: Part) -> str:
    return disclose(made).digital_source_type.removeprefix(IPTC)


def test_the_embedded_defaults_are_a_composite_with_a_voice_made_by_ai() -> None:
    found = disclose((WRITER, PIPER, DRAWN, BED))
    assert (found.digital_source_type, duties(found)) == (IPTC + "compositeSynthetic", (True, True, True))
    assert "The voice comes out of a trained model (piper, en_US-joe-medium)." in found.reasons
    assert (
        "The picture of scenes 1 to 3 is computed by fixed rules, from no training data (motion_graphics, skia/3)."
        in found.reasons
    )


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        ((PIPER, VEO), "trainedAlgorithmicMedia"),
        ((WRITER, PIPER, VEO), "trainedAlgorithmicMedia"),
        ((PIPER, OWN_FILM), "compositeSynthetic"),
        ((LLM, DRAWN, BED), "compositeSynthetic"),
        ((WRITER, DRAWN, BED), "algorithmicMedia"),
        ((WRITER, OWN_FILM), "composite"),
        ((OWN_FILM, BED), "composite"),
    ],
)
def test_the_digital_source_type_follows_from_all_parts(made: tuple[Part, ...], expected: str) -> None:
    assert term(*made) == expected


def test_in_short_it_is_one_line() -> None:
    assert in_short(disclose((LLM, DRAWN))) == (
        "compositeSynthetic; EU AI Act mark yes, YouTube altered content no, TikTok AI-generated no"
    )


def test_help_with_the_words_alone_is_marked_for_the_eu_but_not_on_platforms() -> None:
    found = disclose((LLM, DRAWN))
    assert duties(found) == (True, False, False)
    assert any("which YouTube exempts" in reason for reason in found.reasons)


def test_a_video_without_ai_owes_nothing() -> None:
    assert duties(disclose((WRITER, DRAWN, BED, OWN_SONG))) == (False, False, False)


def test_a_file_of_ones_own_asks_its_owner_to_say_how_it_was_made() -> None:
    (sentence,) = [one for one in disclose((OWN_FILM, BED)).reasons if "own_media" in one]
    assert "The picture of scene 1 is a file of your own" in sentence
    assert "mark it yourself" in sentence


@pytest.mark.parametrize("role", ["speech_synthesizer", "footage_source", "music_source", "dubbing"])
def test_a_provider_that_nobody_wrote_down_counts_as_ai_and_the_reason_says_so(role: str) -> None:
    found = disclose((Part(role, "newcomer", "x1"), WRITER, BED))
    assert duties(found) == (True, True, True)
    assert any(
        "newcomer" in reason and "not known here, so it counts as made by AI" in reason for reason in found.reasons
    )


def test_an_open_case_is_answered_yes_and_called_open() -> None:
    eu, youtube, tiktok = duties_of(disclose((PIPER, DRAWN)))
    assert eu.startswith("EU AI Act, article 50: AI made the voice, so paragraph 2 asks for a machine-readable mark")
    assert youtube.startswith("YouTube, altered content (containsSyntheticMedia): yes, AI made the voice")
    assert tiktok.startswith("TikTok, AI-generated content (is_aigc): yes, AI made the voice")
    assert "open case" in youtube


@given(st.lists(parts, max_size=6), parts)
def test_one_more_ancestor_never_takes_a_duty_away(made: list[Part], more: Part) -> None:
    before, after = disclose(made), disclose([*made, more])
    assert all(new or not old for old, new in zip(duties(before), duties(after), strict=True))
    ai = ("trainedAlgorithmicMedia", "compositeSynthetic")
    assert after.digital_source_type.endswith(ai) or not before.digital_source_type.endswith(ai)


@given(st.lists(parts, max_size=6))
def test_the_order_of_the_ancestors_says_nothing(made: list[Part]) -> None:
    assert disclose(made) == disclose(made[::-1])


@given(st.lists(parts, max_size=6))
def test_reasons_are_single_readable_lines(made: list[Part]) -> None:
    assert all(len(reason.splitlines()) == 1 and reason.endswith(".") for reason in disclose(made).reasons)


def test_a_part_by_itself_has_a_term_unless_it_was_brought_along() -> None:
    assert [one.source_type for one in (PIPER, DRAWN, OWN_FILM, VEO)] == [
        IPTC + "trainedAlgorithmicMedia", IPTC + "algorithmicMedia", None, IPTC + "trainedAlgorithmicMedia",
    ]  # fmt: skip


def test_nothing_known_of_a_part_is_told_apart_by_role() -> None:
    """The bed's maker is known for music only: were it to film one day, that would have to be written down."""
    assert Part("footage_source", "bed", "bed/1").nature is Nature.UNKNOWN


def test_the_parts_of_a_stored_video_come_from_its_calls_with_their_scenes(any_home: Home) -> None:
    fill_job(any_home, new_job(any_home))
    with any_home.database.read() as session:
        found = parts_of(explain(session, [Ref("video", "1")]))
    assert found == (
        Part("footage_source", "toy", "clips", (1, 2)),
        Part("music_source", "toy", "videos"),
        Part("script_writer", "toy", "scripts"),
        Part("speech_synthesizer", "toy", "voiceovers"),
    )


def test_two_jobs_with_the_same_parts_have_the_same_disclosure(any_home: Home) -> None:
    for number in (1, 2):
        fill_job(any_home, new_job(any_home), f"run-{number}")
    with any_home.database.read() as session:
        first, second = (derive(explain(session, [Ref("video", key)])) for key in ("1", "2"))
    assert first == second


def test_a_clip_without_a_call_counts_as_made_by_ai(any_home: Home) -> None:
    fill_job(any_home, new_job(any_home))
    with any_home.database.read() as session:
        family = explain(session, [Ref("video", "1")])
    graph = {
        ref: tuple(one for one in parents if ref != Ref("clip", "2") or one.node != "provider_call")
        for ref, parents in family.graph.items()
    }
    found = parts_of(type(family)(family.starts, graph, family.rows))
    assert Part("footage_source", "unknown", "unknown", (2,)) in found


@pytest.mark.parametrize(
    ("scenes", "words"),
    [((3,), "scene 3"), ((1, 2), "scenes 1 and 2"), ((1, 2, 3), "scenes 1 to 3"), ((6, 1, 3), "scenes 1, 3 and 6")],
)
def test_scenes_are_named_as_people_say_them(scenes: tuple[int, ...], words: str) -> None:
    assert scenes_in_words(scenes) == words


def test_every_embedded_provider_is_written_down() -> None:
    """Otherwise a new one would call all of its work AI until somebody notices."""
    embedded = (PiperSpeech(), MotionGraphics(), OwnMedia([], Footage(), []), BedMusic(), StoredMusic(Music(), Path()))
    made = [Part(one.identity.role, one.identity.provider, one.identity.model) for one in embedded]
    assert [one for one in (*made, WRITER) if one.nature is Nature.UNKNOWN] == []
