"""Progress on a terminal and off it: a bar per segment that is being encoded, or a line every few seconds."""

import io
from types import SimpleNamespace

import pytest
from rich.console import Console

from console import making
from console.making import Display
from resources.work import Part, Progress


def step(done: int, *names: str, finished: bool = False) -> Progress:
    parts = tuple(Part(name, done, 60, f"{done}/60 frames, 31 fps, 1 s left") for name in names)
    return Progress(1, "videos", done, 120, f"{', '.join(names)}", finished=finished, live=True, running=parts)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time that the display sees."""
    now = [0.0]
    monkeypatch.setattr(making, "time", SimpleNamespace(monotonic=lambda: now[0]))
    return now


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """A terminal of 100 columns."""
    shown = io.StringIO()
    monkeypatch.setattr(making, "Console", lambda **_: Console(file=shown, force_terminal=True, width=100))
    return shown


def test_a_terminal_shows_a_bar_for_each_segment_and_takes_it_away_when_it_is_done(screen: io.StringIO) -> None:
    with Display() as display:
        display.update(step(10, "scene 1", "scene 2"))
        assert [task.description for task in display._progress.tasks] == ["videos", "scene 1", "scene 2"]
        display.update(step(20, "scene 2", "scene 2 to 3"))
        assert [task.description for task in display._progress.tasks] == ["videos", "scene 2", "scene 2 to 3"]
        display._progress.refresh()
        assert "20/60 frames, 31 fps, 1 s left" in screen.getvalue()
        display.update(step(120, finished=True))
        assert [task.description for task in display._progress.tasks] == ["videos"]


def test_without_a_terminal_a_long_step_says_something_every_few_seconds(
    clock: list[float], capfd: pytest.CaptureFixture[str]
) -> None:
    with Display() as display:
        for tick in range(121):
            clock[0] = tick / 10
            display.update(step(tick, "scene 1"))
        display.update(step(120, finished=True))
    lines = capfd.readouterr().err.splitlines()
    assert lines == [
        "composition: videos 50/120 scene 1",
        "composition: videos 100/120 scene 1",
        "composition: videos done",
    ]
