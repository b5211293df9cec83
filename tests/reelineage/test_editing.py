"""Changes to a script: what follows from each, what never changes along, and what is refused."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from reelineage.documents import Overlay, Scene, SceneRole, Script, Sentence, Visual, VisualKind
from reelineage.editing import (
    MOST_CHANGES,
    CallToActionChange,
    Change,
    SceneAgain,
    SentenceChange,
    TitleChange,
    edited,
    in_words,
    read_changes,
)
from reelineage.errors import BadInput
from reelineage.fingerprint import canonical_json, sha256_of

SHA = "a" * 64
CITED = ("youtube/a@2026-11-01T12:00:00Z",)


def scene(number: int, role: SceneRole, *texts: str, headline: str = "", **changes: Any) -> Scene:
    values: dict[str, Any] = {
        "number": number,
        "role": role,
        "sentences": tuple(Sentence(text=text, citations=CITED if number == 2 else ()) for text in texts),
        "visual": Visual(kind=VisualKind.STATEMENT, kicker="Taps", headline=headline),
        "visual_prompt": f"A card for testers. Taps: {headline}. Calm mood.",
        "overlays": (Overlay(text="Demo data", position="lower"),),
    }
    return Scene.model_validate(values | changes)


SCRIPT = Script(
    title="Five taps that drip",
    description="About taps.",
    hashtags=("#taps",),
    hook="Your tap drips. It need not.",
    call_to_action="Follow for more taps",
    scenes=(
        scene(1, SceneRole.HOOK, "Your tap drips.", "It need not.", headline="Dripping?"),
        scene(2, SceneRole.POINT, "A washer costs a coin.", "It lasts for years.", headline="A washer costs a coin"),
        scene(3, SceneRole.CALL_TO_ACTION, "That was it.", "Follow for more taps.", headline="Follow for more taps"),
    ),
    duration_target_seconds=20,
    aspect_ratio="9:16",
    language="en",
    seed=1,
    trend_pattern="",
    steps=(),
    request_sha256=SHA,
)  # fmt: skip


def sentence(scene_number: int, number: int, text: str) -> SentenceChange:
    return SentenceChange(kind="sentence", scene=scene_number, sentence=number, text=text)


def title(text: str) -> TitleChange:
    return TitleChange(kind="title", text=text)


def request(text: str) -> CallToActionChange:
    return CallToActionChange(kind="call_to_action", text=text)


def again(number: int) -> SceneAgain:
    return SceneAgain(kind="scene_again", scene=number)


def texts(script: Script) -> list[list[str]]:
    return [[one.text for one in part.sentences] for part in script.scenes]


# --- a sentence ------------------------------------------------------------------------------------------------------


def test_a_sentence_is_reworded_and_keeps_what_it_cites() -> None:
    changed = edited(SCRIPT, [sentence(2, 2, "It lasts for ten years.")])
    assert texts(changed) == [
        texts(SCRIPT)[0], ["A washer costs a coin.", "It lasts for ten years."], texts(SCRIPT)[2],
    ]  # fmt: skip
    assert changed.scenes[1].sentences[1].citations == CITED
    rest = {"scenes": SCRIPT.scenes}
    assert changed.model_copy(update=rest) == SCRIPT
    assert (changed.scenes[0], changed.scenes[2]) == (SCRIPT.scenes[0], SCRIPT.scenes[2])


def test_a_headline_that_shows_the_sentence_changes_along_and_so_does_the_prompt_for_it() -> None:
    changed = edited(SCRIPT, [sentence(2, 1, "A new washer costs two coins.")]).scenes[1]
    assert changed.visual.headline == "A new washer costs two coins"
    assert changed.visual_prompt == "A card for testers. Taps: A new washer costs two coins. Calm mood."
    assert edited(SCRIPT, [sentence(2, 2, "It holds.")]).scenes[1].visual == SCRIPT.scenes[1].visual


def test_a_long_sentence_is_shown_as_short_as_the_writers_show_it() -> None:
    long = "A washer of good rubber costs about as much as a single cup of coffee at the corner, and it lasts."
    shown = edited(SCRIPT, [sentence(2, 1, long)]).scenes[1].visual.headline
    assert len(shown) <= 60
    assert long.startswith(shown.removesuffix("…"))


def test_the_hook_is_what_the_first_scene_says() -> None:
    assert edited(SCRIPT, [sentence(1, 2, "It never has to.")]).hook == "Your tap drips. It never has to."
    other = SCRIPT.model_copy(update={"hook": "Something else"})
    assert edited(other, [sentence(1, 2, "It never has to.")]).hook == "Something else"


def test_an_overlay_names_sources_and_no_wording_takes_it_away() -> None:
    """Else a sentence that says "Demo data" for a moment could carry the label off."""
    sly = edited(SCRIPT, [sentence(2, 1, "Demo data"), sentence(2, 1, "Real data"), title("Demo data"), title("Real")])
    assert {overlay.text for part in sly.scenes for overlay in part.overlays} == {"Demo data"}


def test_rewording_the_request_where_it_is_said_rewords_the_call_to_action() -> None:
    changed = edited(SCRIPT, [sentence(3, 2, "Subscribe today.")])
    assert changed.call_to_action == "Subscribe today."
    assert changed.scenes[2].visual.headline == "Subscribe today"
    assert edited(SCRIPT, [sentence(3, 1, "The end.")]).call_to_action == SCRIPT.call_to_action


# --- title, call to action, scene -----------------------------------------------------------------------------------


def test_another_title_changes_nothing_that_is_said_or_shown() -> None:
    assert edited(SCRIPT, [title("  Six\ttaps ")]) == SCRIPT.model_copy(update={"title": "Six taps"})


def test_a_headline_that_is_the_title_changes_along_and_the_kicker_does_not() -> None:
    card = scene(1, SceneRole.HOOK, "Hello.", headline="Taps")
    named = SCRIPT.model_copy(update={"title": "Taps", "scenes": (card, *SCRIPT.scenes[1:])})
    changed = edited(named, [title("Pipes")]).scenes[0]
    assert (changed.visual.headline, changed.visual.kicker) == ("Pipes", "Taps")
    assert changed.visual_prompt == "A card for testers. Taps: Pipes. Calm mood."


def test_another_call_to_action_is_said_and_shown_where_the_old_one_was() -> None:
    changed = edited(SCRIPT, [request("Tell a friend. It is free")])
    assert changed.call_to_action == "Tell a friend. It is free"
    assert texts(changed)[2] == ["That was it.", "Tell a friend.", "It is free."]
    assert changed.scenes[2].visual.headline == "Tell a friend"
    assert texts(edited(changed, [request("Bye now")]))[2] == ["That was it.", "Bye now."]
    assert changed.scenes[:2] == SCRIPT.scenes[:2]


def test_a_call_to_action_that_no_scene_says_is_refused() -> None:
    silent = SCRIPT.model_copy(update={"scenes": SCRIPT.scenes[:2]})
    with pytest.raises(BadInput, match="no scene says the call to action"):
        edited(silent, [request("Tell a friend")])


def test_a_scene_again_is_another_take_and_the_script_knows_the_order() -> None:
    changed = edited(SCRIPT, [again(2), again(1), again(2)])
    assert [part.take for part in changed.scenes] == [2, 3, 1]
    assert changed.retakes == (2, 1, 2)
    assert texts(changed) == texts(SCRIPT)


def test_a_scene_is_not_made_again_without_end() -> None:
    last = SCRIPT.scenes[1].model_copy(update={"take": 99})
    script = SCRIPT.model_copy(update={"scenes": (SCRIPT.scenes[0], last, SCRIPT.scenes[2])})
    with pytest.raises(BadInput, match="scene 2 was made 99 times"):
        edited(script, [again(2)])


def test_a_script_that_nobody_asked_again_for_has_the_bytes_it_always_had() -> None:
    written = canonical_json(SCRIPT)
    assert '"take"' not in written
    assert '"retakes"' not in written
    assert set(SCRIPT.model_dump(mode="json")["scenes"][0]) == {
        "number", "role", "sentences", "visual", "visual_prompt", "overlays",
    }  # fmt: skip
    assert Script.model_validate(SCRIPT.model_dump(mode="json")) == SCRIPT
    asked = edited(SCRIPT, [again(2)])
    assert Script.model_validate(asked.model_dump(mode="json")) == asked
    assert asked.model_dump(mode="json")["scenes"][1]["take"] == 2


# --- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ([], "between 1 and 100 changes"),
        ([again(1)] * (MOST_CHANGES + 1), "between 1 and 100 changes"),
        ([sentence(4, 1, "Hello.")], "no scene 4"),
        ([again(9)], "no scene 9"),
        ([sentence(2, 3, "Hello.")], r"scene 2 has 2 sentence\(s\), so there is no sentence 3 of scene 2"),
        ([sentence(2, 1, "A washer costs a coin.")], "sentence 1 of scene 2 is already so"),
        ([title("Five taps that drip")], "the title is already so"),
        ([request("Follow for more taps")], "the call to action is already so"),
        ([title("Other"), title("Five taps that drip")], "together the changes change nothing"),
        ([sentence(2, 1, "…")], "no words that the voice can say"),
        ([sentence(2, 1, "🚰🚰")], "no words that the voice can say"),
        ([sentence(2, 1, " \t ")], "no words that the voice can say"),
        ([request("东京")], "no words that the voice can say"),
        ([title("!!!")], "the title says nothing"),
        ([title("a" * 101)], "at most 100 characters, this one 101"),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_reason(changes: list[Change], why: str) -> None:
    with pytest.raises(BadInput, match=why):
        edited(SCRIPT, changes)


def test_a_good_change_beside_a_bad_one_is_not_made() -> None:
    with pytest.raises(BadInput):
        edited(SCRIPT, [title("Other"), again(9)])


@pytest.mark.parametrize(
    "value",
    [
        None, "title", [{}], [{"kind": "delete"}], [{"kind": "title"}], [{"kind": "title", "text": ""}],
        [{"kind": "title", "text": "x" * 301}], [{"kind": "sentence", "scene": 0, "sentence": 1, "text": "x"}],
        [{"kind": "scene_again", "scene": 1, "take": 5}], [{"kind": "scene_again", "scene": 100}],
    ],
)  # fmt: skip
def test_what_is_no_change_is_refused_by_place(value: object) -> None:
    with pytest.raises(BadInput, match="Reading the changes"):
        read_changes(value)


def test_changes_are_read_as_they_were_written() -> None:
    changes = (sentence(1, 1, "a"), title("b"), request("c"), again(2))
    assert read_changes([change.model_dump(mode="json") for change in changes]) == changes
    assert [in_words(change) for change in changes] == [
        "sentence 1 of scene 1: “a”", "the title: “b”", "the call to action: “c”", "scene 2: another picture",
    ]  # fmt: skip


# --- any change ------------------------------------------------------------------------------------------------------

ANY_TEXT = st.text(min_size=1, max_size=300) | st.sampled_from(
    ["Demo data", "Taps", "Dripping?", "Follow for more taps.", "It drips.", "Hello again, taps!"]
)
ANY_CHANGE: st.SearchStrategy[Change] = st.one_of(
    st.builds(sentence, st.integers(1, 4), st.integers(1, 3), ANY_TEXT),
    st.builds(title, ANY_TEXT),
    st.builds(request, ANY_TEXT),
    st.builds(again, st.integers(1, 4)),
)  # fmt: skip


@given(st.lists(ANY_CHANGE, min_size=1, max_size=5))
def test_any_changes_are_refused_or_give_one_valid_script(changes: list[Change]) -> None:
    try:
        changed = edited(SCRIPT, changes)
    except BadInput:
        return
    stored = changed.model_dump(mode="json")
    assert Script.model_validate(stored) == changed  # every bound of the document holds
    canonical_json(changed).encode()  # nothing that a database cannot hold
    assert "\x00" not in canonical_json(changed)
    assert sha256_of(changed) != sha256_of(SCRIPT)
    replayed = read_changes([change.model_dump(mode="json") for change in changes])
    assert edited(SCRIPT, replayed) == changed
    one_by_one = SCRIPT
    for change in changes:
        one_by_one = edited(one_by_one, [change])
    assert one_by_one == changed
    kept = ("description", "hashtags", "steps", "request_sha256", "seed", "language", "trend_pattern")
    assert all(getattr(changed, name) == getattr(SCRIPT, name) for name in kept)
    assert [part.overlays for part in changed.scenes] == [part.overlays for part in SCRIPT.scenes]
    cited = [{key for one in part.sentences for key in one.citations} for part in changed.scenes]
    assert cited == [{key for one in part.sentences for key in one.citations} for part in SCRIPT.scenes]
    for before, after in zip(SCRIPT.scenes, changed.scenes, strict=True):
        assert after.take == before.take + changed.retakes.count(after.number)


@given(st.text(min_size=1, max_size=300))
def test_a_text_is_clean_before_it_is_anything_else(text: str) -> None:
    change = title(text)
    assert change.text == title(change.text).text if change.text else True
    assert not any(character in change.text for character in "\x00\x1b\n\r\ud800")


def test_a_change_cannot_be_made_longer_than_it_may_be() -> None:
    with pytest.raises(ValidationError):
        title("x" * 301)
