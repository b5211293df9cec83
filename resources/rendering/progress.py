"""How far a composition is: frames done, speed and remaining time, for the whole and for each segment being encoded.

Belongs here: counting and wording. Not here: who shows it.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class SegmentState:
    """One segment that is being encoded. `remaining_seconds` is None until its speed is known."""

    name: str
    done: int
    frames: int
    frames_per_second: float
    remaining_seconds: float | None

    @property
    def text(self) -> str:
        """E.g. `scene 3: 45/120 frames, 31 fps, 3 s left`."""
        return f"{self.name}: {self.done}/{self.frames} frames{_pace(self.frames_per_second, self.remaining_seconds)}"


@dataclass(frozen=True)
class ComposeProgress:
    """The whole video: `done` of `frames` frames (cached ones count at once), and what is being encoded now."""

    done: int
    frames: int
    frames_per_second: float
    remaining_seconds: float | None
    running: tuple[SegmentState, ...] = ()

    @property
    def text(self) -> str:
        """One line: the segments being encoded, or the whole when there is none."""
        if self.running:
            return "; ".join(state.text for state in self.running)
        return f"{self.done}/{self.frames} frames{_pace(self.frames_per_second, self.remaining_seconds)}"


class Meter:
    """Counts frames from several threads and tells the caller's one."""

    def __init__(self, frames: int, tell: Callable[[ComposeProgress], None]) -> None:
        self._frames, self._tell = frames, tell
        self._lock = threading.Lock()
        self._begun: dict[str, tuple[float, int, int]] = {}  # name -> (clock, done, frames)
        self._finished = self._cached = 0
        self._start = time.monotonic()

    def cached(self, frames: int) -> None:
        """These frames need no encoding."""
        with self._lock:
            self._cached += frames

    def count(self, name: str, done: int, frames: int) -> None:
        """`done` of `frames` frames of a segment are encoded."""
        with self._lock:
            clock = self._begun[name][0] if name in self._begun else time.monotonic()
            self._begun[name] = (clock, done, frames)

    def finish(self, name: str) -> None:
        """A segment is encoded and checked."""
        with self._lock:
            _, _, frames = self._begun.pop(name)
            self._finished += frames

    def tell(self) -> None:
        """Call the caller with the present state; what it raises goes through."""
        self._tell(self.state())

    def state(self) -> ComposeProgress:
        """How far it is now."""
        now = time.monotonic()
        with self._lock:
            begun = dict(self._begun)
            made = self._finished + sum(done for _, done, _ in begun.values())
            ready = self._cached
        running = tuple(
            SegmentState(name, done, frames, *_speed(done, frames, now - clock))
            for name, (clock, done, frames) in begun.items()
        )
        return ComposeProgress(
            ready + made, self._frames, *_speed(made, self._frames - ready, now - self._start), running
        )


def _speed(done: int, frames: int, seconds: float) -> tuple[float, float | None]:
    """Frames per second, and seconds until all are done."""
    if done <= 0 or seconds <= 0:
        return 0.0, None
    return done / seconds, max(0.0, (frames - done) * seconds / done)


def _pace(frames_per_second: float, remaining_seconds: float | None) -> str:
    if remaining_seconds is None:
        return ""
    return f", {frames_per_second:.0f} fps, {remaining_seconds:.0f} s left"
