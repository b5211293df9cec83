"""The choice of sentences: near the target, worth the most, never a repeat."""

from hypothesis import given
from hypothesis import strategies as st

from reelineage.documents import SceneRole, Visual, VisualKind
from reelineage.scripting.fitting import Option, ScenePlan, Slot, fit, spoken_seconds

_VISUAL = Visual(kind=VisualKind.STATEMENT, headline="x")


def _plan(*slots: Slot, required: bool = True, value: float = 0.0) -> ScenePlan:
    return ScenePlan(SceneRole.POINT, _VISUAL, slots, required=required, value=value)


def _slot(*texts: str, required: bool = True, value: float = 1.0) -> Slot:
    return Slot(tuple(Option(text, (), value) for text in texts), required=required)


def _texts(plans: tuple[ScenePlan, ...], seconds: float) -> list[list[str]]:
    told = fit(plans, target_seconds=seconds, pace=1.0)
    return [[sentence.text for sentence in scene.sentences] for scene in told.scenes]


def test_the_estimate_is_that_of_the_chosen_sentences() -> None:
    plans = (_plan(_slot("One short thing."), _slot("And a second thing.")), _plan(_slot("Then the last thing.")))
    told = fit(plans, target_seconds=8, pace=1.1)
    texts = [[sentence.text for sentence in scene.sentences] for scene in told.scenes]
    assert abs(told.seconds - spoken_seconds(texts, 1.1)) < 1e-6


def test_optional_sentences_fill_the_time_and_only_the_time() -> None:
    extras = tuple(
        _slot(f"Here is optional sentence number {n} of this little text.", required=False) for n in range(9)
    )
    plans = (_plan(_slot("We begin."), *extras),)
    for target in (8.0, 16.0, 24.0):
        told = fit(plans, target_seconds=target, pace=1.0)
        assert abs(told.seconds - target) <= 0.5 * fit(plans[:1], target_seconds=1, pace=1.0).seconds + 2


def test_the_more_valuable_of_two_sentences_is_said() -> None:
    good = _slot("The good one is said here.", required=False, value=3.0)
    poor = _slot("The poor one is said here.", required=False, value=1.0)
    assert _texts((_plan(_slot("We begin."), poor, good),), 3.2) == [["We begin.", "The good one is said here."]]


def test_what_must_be_said_is_said_even_when_it_is_too_long() -> None:
    must = "This sentence has to be said although there is hardly any time for it at all."
    assert _texts((_plan(_slot(must), _slot("Not this.", required=False)),), 1.0) == [[must]]


def test_a_scene_that_need_not_be_told_is_left_out_when_time_is_short() -> None:
    plans = (
        _plan(_slot("We begin.")),
        _plan(_slot("A scene that costs far too many words."), required=False, value=9.0),
    )
    assert _texts(plans, 2.0) == [["We begin."]]
    assert len(_texts(plans, 6.0)) == 2


def test_a_sentence_offered_twice_is_said_once() -> None:
    plans = (_plan(_slot("We begin!")), _plan(_slot("we begin"), required=True), _plan(_slot("We end.")))
    assert _texts(plans, 5.0) == [["We begin!"], ["We end."]]


_SENTENCES = st.lists(
    st.sampled_from(["One.", "Two words.", "Three more words.", "A rather longer sentence here."]), min_size=1
)


@given(st.lists(st.tuples(_SENTENCES, st.booleans()), min_size=1, max_size=5), st.floats(min_value=1, max_value=60))
def test_any_plan_gives_each_kept_scene_a_sentence(scenes: list[tuple[list[str], bool]], target: float) -> None:
    plans = tuple(
        _plan(_slot(f"Scene {n} starts."), *(_slot(f"{n} {text}", required=False) for text in texts), required=required)
        for n, (texts, required) in enumerate(scenes)
    )
    told = fit(plans, target_seconds=target, pace=1.0)
    assert all(scene.sentences for scene in told.scenes)
    assert sum(plan.required for plan in plans) <= len(told.scenes)
