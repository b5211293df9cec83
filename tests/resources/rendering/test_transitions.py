"""Transitions: which frames they take."""

from hypothesis import given
from hypothesis import strategies as st

from reelineage.look import Transition
from resources.rendering.transitions import transition_frames


@given(
    scenes=st.lists(st.integers(1, 400), min_size=1, max_size=12),
    seconds=st.floats(0.1, 1.0),
)
def test_a_transition_leaves_each_scene_at_least_half_of_itself(scenes: list[int], seconds: float) -> None:
    shared = transition_frames(Transition(kind="wipe", seconds=seconds), scenes)
    assert len(shared) == len(scenes)
    assert shared[0] == 0, "nothing comes before the first scene"
    for frames, taken in zip(scenes, shared, strict=True):
        assert taken != 1, "one frame would show the earlier scene alone, once more"
        assert taken <= frames / 2
        assert taken <= round(seconds * 30) or taken == 2


def test_a_cut_takes_no_frame() -> None:
    assert transition_frames(Transition(kind="cut"), [30, 40]) == (0, 0)


def test_a_transition_has_its_length() -> None:
    assert transition_frames(Transition(kind="slide", seconds=0.4), [90, 90, 90]) == (0, 12, 12)
