"""The product story: the theme's own words, opened the way the trends say, in time."""

import pytest

from reelineage.documents import SceneRole
from reelineage.errors import BadInput
from reelineage.scripting.brief import sentences_of
from tests.reelineage.scripting.samples import analysis, product
from tests.reelineage.scripting.test_trend_briefing import check_rules, seconds, sentences, write


def test_every_seed_gives_a_valid_story_of_the_right_length() -> None:
    about = analysis()
    told = set()
    for seed in range(201):
        script = write(seed, theme=product(), about=about)
        check_rules(script, about)
        assert abs(seconds(script, 1.05) / 30 - 1) <= 0.08
        told.add(tuple(one.text for one in sentences(script)))
    assert len(told) > 60


@pytest.mark.parametrize("target", [15, 20, 45, 60])
def test_the_length_follows_the_target(target: int) -> None:
    for seed in range(4):
        script = write(seed, theme=product(duration_seconds=target))
        assert abs(seconds(script, 1.05) / target - 1) <= 0.1


def test_the_parts_come_in_their_order() -> None:
    roles = [scene.role for scene in write(3, theme=product(duration_seconds=60)).scenes]
    order = list(SceneRole)
    assert roles == sorted(roles, key=order.index)
    assert set(roles) == set(SceneRole) - {SceneRole.ITEM}


def test_the_earlier_points_are_told_first() -> None:
    theme = product()
    assert theme.story
    points = [sentences_of(point)[0] for point in theme.story.points]
    for target in (15, 30, 60):
        said = [one.text for one in sentences(write(2, theme=product(duration_seconds=target)))]
        told = [point for point in points if point in said]
        assert told == points[: len(told)]
        assert told


def test_the_opening_takes_the_form_that_works_and_cites_it() -> None:
    about = analysis()
    evidence = about.patterns[0].statement.evidence
    for seed in range(12):
        script = write(seed, theme=product(), about=about)
        assert script.scenes[0].sentences[0].text.endswith("?")
        assert script.scenes[0].sentences[0].citations == evidence
    assert not any(scene.overlays for scene in script.scenes)  # an opening claims nothing that needs a source
    assert script.trend_pattern == "7 of the 19 strongest titles ask a question."


def test_without_a_pattern_the_story_is_told_and_nothing_is_cited() -> None:
    script = write(1, theme=product(), about=analysis(with_patterns=False))
    assert not any(one.citations for one in sentences(script))
    assert not any(scene.overlays for scene in script.scenes)


def test_only_the_themes_words_are_claimed_about_the_product() -> None:
    theme = product(duration_seconds=60)
    assert theme.story
    own = {
        text for part in (theme.story.problem, *theme.story.points, *theme.story.proof) for text in sentences_of(part)
    }
    for scene in write(5, theme=theme).scenes:
        if scene.role in (SceneRole.PROBLEM, SceneRole.POINT, SceneRole.PROOF):
            assert any(one.text in own for one in scene.sentences)
            assert all(one.text in own or len(one.text.split()) <= 12 for one in scene.sentences)


def test_a_topic_about_the_same_thing_is_cited() -> None:
    about = analysis()
    near = about.topics[1].model_copy(update={"label": "Chopping Board"})
    about = about.model_copy(update={"topics": (about.topics[0], near)})
    script = write(1, theme=product(duration_seconds=90), about=about)
    [claim] = [one for one in sentences(script) if "Chopping Board" in one.text]
    assert claim.citations == near.evidence
    assert "4,200" in claim.text


def test_changing_the_theme_changes_the_story() -> None:
    story = product().story
    assert story
    plain = write(1, theme=product())
    for change in ({"product": "a steel bowl"}, {"problem": "Bowls break."}, {"points": ("It bends.",)}):
        changed = write(1, theme=product(story=story.model_copy(update=change).model_dump()))
        assert [scene.sentences for scene in changed.scenes] != [scene.sentences for scene in plain.scenes]


def test_text_given_twice_is_said_once() -> None:
    story = {
        "product": "a bowl",
        "problem": "It breaks.",
        "points": ("It breaks.", "It is round."),
        "proof": ("It is round.",),
    }
    script = write(1, theme=product(story=story, about="It breaks.", call_to_action="It is round."))
    check_rules(script, analysis())


def test_a_plural_product_takes_plural_verbs() -> None:
    story = {"product": "refill pads", "problem": "Paper ends.", "points": ("They clip in.", "They clip out.")}
    for seed in range(15):
        for one in sentences(write(seed, theme=product(story=story))):
            for wrong in ("pads is", "pads does", "a refill pads", "pads works", "comes pads", "Is refill"):
                assert wrong not in one.text


def test_points_that_cannot_be_said_are_refused_with_what_to_do() -> None:
    with pytest.raises(BadInput, match=r"Better kitchens.*points"):
        write(1, theme=product(story={"product": "x", "problem": "y", "points": ("🔥",)}))


def test_an_opening_chosen_by_demo_data_says_so() -> None:
    script = write(1, theme=product(), about=analysis(platform="sample"))
    assert [overlay.text for overlay in script.scenes[0].overlays] == ["Demo data"]


def test_the_story_needs_no_trends_to_be_told() -> None:
    empty = analysis(with_patterns=False).model_copy(update={"ranked": (), "topics": ()})
    assert len(write(1, theme=product(), about=empty).scenes) >= 4
