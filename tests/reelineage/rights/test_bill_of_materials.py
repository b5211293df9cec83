"""The bill of materials: every outside item once, what is unknown named, and credits that fit a description."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelineage.documents import Clip, MediaItem, TrendFetch
from reelineage.explain import Family, explain
from reelineage.family import Ref
from reelineage.rights.bill_of_materials import KINDS, WORKS, Line, bill, is_known, unknown_licences
from reelineage.rights.credits import MOST_CHARACTERS, credits_text
from reelineage.rights.disclosure import Part, disclose
from resources.home import Home
from tests import factories
from tests.factories import fill_job, media_item, new_job

SPOKEN = disclose((Part("speech_synthesizer", "piper", "joe"),))
SILENT = disclose((Part("footage_source", "motion_graphics", "skia/1"),))
FILM = media_item("footage").model_copy(
    update={"title": "beach.mp4", "author": "Ann", "licence": "CC-BY-4.0", "attribution": "beach.mp4 by Ann, CC-BY-4.0"}
)


def line(**changes: Any) -> Line:
    values: dict[str, Any] = {
        "kind": "footage", "provider": "toy", "title": "beach.mp4", "author": "Ann", "licence": "CC0-1.0", "url": "",
        "attribution": "", "sha256": None,
    }  # fmt: skip
    return Line(**values | changes)


def family_of_video(home: Home) -> Family:
    with home.database.read() as session:
        return explain(session, [Ref("video", "1")])


Filler = Callable[..., Family]


@pytest.fixture
def filled_with(any_home: Home, monkeypatch: pytest.MonkeyPatch) -> Filler:
    """Fills job 1 with clips that show these works, and fetches changed like this."""

    def fill(*works: MediaItem, **fetched: Any) -> Family:
        toy_clip, toy_fetch = factories.clip, factories.fetch

        def clip(scene: int, *rest: Any) -> Clip:
            shown = works if scene == 2 else works[:1]
            return toy_clip(scene, *rest).model_copy(update={"media": shown})

        def fetch(**given: Any) -> TrendFetch:
            return toy_fetch(**given).model_copy(update=fetched)

        monkeypatch.setattr(factories, "clip", clip)
        monkeypatch.setattr(factories, "fetch", fetch)
        fill_job(any_home, new_job(any_home))
        return family_of_video(any_home)

    return fill


def test_every_kind_of_item_stands_on_the_bill_once(filled_with: Filler) -> None:
    lines = bill(filled_with(FILM))
    assert [(one.kind, one.title) for one in lines] == [
        ("footage", "beach.mp4"), ("music", "music"), ("voice", "voice"), ("font", "font"), ("model", "clips"),
        ("model", "scripts"), ("model", "trends"), ("model", "videos"), ("model", "voiceovers"),
        ("trend_source", "taps.jsonl"),
    ]  # fmt: skip
    assert all(one.sha256 for one in lines if one.kind in (*WORKS, "trend_source"))


def test_a_work_names_the_scenes_that_show_it(filled_with: Filler) -> None:
    second = FILM.model_copy(update={"title": "hill.mp4", "external_id": "hill", "sha256": "1" * 64})
    shown = {one.title: one.used_in for one in bill(filled_with(FILM, second))}
    assert (shown["beach.mp4"], shown["hill.mp4"], shown["voice"]) == ("scenes 1 and 2", "scene 2", "whole video")
    assert shown["clips"] == "scenes 1 and 2"


def test_a_font_in_a_clip_and_in_the_captions_belongs_to_the_whole_video(filled_with: Filler) -> None:
    (font,) = [one for one in bill(filled_with(media_item("font"))) if one.kind == "font"]
    assert font.used_in == "whole video"


@pytest.mark.parametrize("licence", ["unknown", "", "Unknown", " n/a "])
def test_a_work_without_a_known_licence_is_found(filled_with: Filler, licence: str) -> None:
    found = unknown_licences(filled_with(FILM.model_copy(update={"licence": licence})))
    assert [(one.kind, one.title) for one in found] == [("footage", "beach.mp4")]


def test_models_and_trend_sources_of_unknown_terms_stand_in_nobodys_way(filled_with: Filler) -> None:
    family = filled_with(FILM, source_kind="file")
    assert {one.licence for one in bill(family) if one.kind in ("model", "trend_source")} == {"unknown"}
    assert unknown_licences(family) == ()


def test_the_sample_feed_is_told_to_be_made_up(filled_with: Filler) -> None:
    (source,) = [one for one in bill(filled_with(FILM, source_kind="sample")) if one.kind == "trend_source"]
    assert (source.author, source.licence, source.attribution) == (
        "Reelineage", "Apache-2.0 (made up)", "Made-up sample data",
    )  # fmt: skip


def test_a_trend_source_tells_what_was_used_and_skipped(filled_with: Filler) -> None:
    (source,) = [
        one for one in bill(filled_with(FILM, source_kind="file", skipped_count=4)) if one.kind == "trend_source"
    ]
    assert source.note == "3 items used, 4 rows skipped; platform youtube"
    assert source.attribution == "Trend data: taps.jsonl (youtube)"


def test_what_a_script_cites_is_named_by_its_page_until_its_text_is_gone(any_home: Home, filled_with: Filler) -> None:
    seen = factories.observation(1, url="https://example.org/1", creator="Bo")
    family = filled_with(FILM, observations=(seen, factories.observation(2)))
    (cited,) = [one for one in bill(family) if one.kind == "citation"]
    assert (cited.author, cited.attribution) == ("Bo", "Bo, youtube: https://example.org/1")
    gone = {ref: row for ref, row in family.rows.items() if ref.node != "trend_item"}
    assert not [one for one in bill(Family(family.starts, family.graph, gone)) if one.kind == "citation"]
    assert any_home


def test_the_bill_says_the_same_in_every_database(any_home: Home) -> None:
    for number in (1, 2):
        fill_job(any_home, new_job(any_home), f"run-{number}")
    with any_home.database.read() as session:
        first, second = (bill(explain(session, [Ref("video", key)])) for key in ("1", "2"))
    anonymous = [[(one.kind, one.title, one.licence, one.used_in) for one in lines] for lines in (first, second)]
    assert anonymous[0] == anonymous[1]


@pytest.mark.parametrize("licence", ["CC0-1.0", "own work", "Pexels licence", "unknown author, but CC-BY-4.0"])
def test_a_licence_that_says_something_is_known(licence: str) -> None:
    assert is_known(licence)


# --- credits ---------------------------------------------------------------------------------------------------------


def test_credits_name_works_sources_and_ai() -> None:
    lines = [
        line(attribution="beach.mp4 by Ann, CC0-1.0"), line(title="hill.mp4"), line(title="hill.mp4", scenes=(2,)),
        line(title="sea.mp4", author="unknown", licence="unknown"), line(kind="model", attribution="never told"),
        line(kind="citation", attribution="Bo, youtube: https://example.org/1"),
    ]  # fmt: skip
    assert credits_text(lines, SPOKEN) == (
        "Credits:\nbeach.mp4 by Ann, CC0-1.0\nhill.mp4 by Ann, CC0-1.0\nsea.mp4\n\n"
        "Sources:\nBo, youtube: https://example.org/1\n\nParts of this video were made with AI."
    )


def test_a_video_without_ai_does_not_say_that_it_has_some() -> None:
    assert credits_text([line()], SILENT) == "Credits:\nbeach.mp4 by Ann, CC0-1.0"


@given(
    st.lists(
        st.builds(line, kind=st.sampled_from(KINDS), attribution=st.text(max_size=900), title=st.text(max_size=40)),
        max_size=40,
    )
)
def test_credits_fit_a_description_and_hold_no_control_characters(lines: list[Line]) -> None:
    told = credits_text(lines, SPOKEN)
    assert len(told) <= MOST_CHARACTERS
    assert told.endswith("Parts of this video were made with AI.")
    assert not any(character < " " and character != "\n" for character in told)


@pytest.mark.parametrize("size", range(40, 140))
def test_the_last_line_that_fits_leaves_room_for_what_follows(size: int) -> None:
    lines = [line(title=f"{number:03} {'x' * size}") for number in range(200)]
    for many in range(4_900 // (size + 24), 5_100 // (size + 20)):
        assert len(credits_text(lines[:many], SPOKEN)) <= MOST_CHARACTERS


def test_what_does_not_fit_is_counted() -> None:
    told = credits_text([line(title=f"film {number} {'x' * 90}") for number in range(100)], SPOKEN)
    kept = sum(one.startswith("film ") for one in told.splitlines())
    assert MOST_CHARACTERS - 200 < len(told) <= MOST_CHARACTERS
    assert f"… and {101 - kept} more lines" in told  # with the empty one at the end of the section
