"""Progress: frames, speed and remaining time of the whole and of each segment."""

import pytest

from resources.rendering import progress
from resources.rendering.progress import ComposeProgress, Meter


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(progress, "time", made)
    return made


def test_speed_counts_only_what_was_encoded_and_cached_frames_are_done_at_once(clock: Clock) -> None:
    meter = Meter(400, lambda _: None)
    meter.cached(100)
    meter.count("scene 3", 0, 120)
    clock.now += 2.0
    meter.count("scene 3", 60, 120)
    state = meter.state()
    assert (state.done, state.frames, state.frames_per_second) == (160, 400, 30.0)
    assert state.remaining_seconds == 8.0, "240 of the 300 frames that need encoding are left, at 30 a second"
    assert state.text == "scene 3: 60/120 frames, 30 fps, 2 s left"


def test_a_finished_segment_stays_counted_and_is_no_longer_shown(clock: Clock) -> None:
    meter = Meter(30, lambda _: None)
    meter.count("scene 1", 0, 20)
    clock.now += 1.0
    meter.finish("scene 1")
    assert meter.state() == ComposeProgress(20, 30, 20.0, 0.5, ())
    assert meter.state().text == "20/30 frames, 20 fps, 0 s left"


def test_before_the_first_frame_no_speed_is_made_up() -> None:
    meter = Meter(30, lambda _: None)
    meter.count("scene 1", 0, 30)
    assert meter.state().text == "scene 1: 0/30 frames"
