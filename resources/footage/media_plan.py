"""Which of the user's own files each scene of a video shows, and which part of it.

Belongs here: the plan over all scenes, pure. Not here: reading and handing over files (`own_media.py`).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from reelineage.documents import FPS, Movement
from reelineage.errors import PermanentError
from resources.rendering.media_probe import MediaFacts

# Raise this with every change to the plan: the same files and lengths would give other pieces.
PLAN_VERSION: Final = "1"
# A transition goes on showing a scene's film beyond its end, for at most a second: the next part begins after that.
_TAIL_FRAMES: Final = FPS
_MOVEMENTS: Final[tuple[Movement, ...]] = ("zoom_in", "pan_right", "zoom_out", "pan_left", "pan_up", "pan_down")


@dataclass(frozen=True)
class Piece:
    """What one scene shows: the index of the file, from when on, and how a still moves."""

    file: int
    first_seconds: float
    movement: Movement


def plan(
    facts: Sequence[MediaFacts],
    lengths: Sequence[int],
    seed: int,
    *,
    names: Sequence[str] | None = None,
    stills_move: bool = True,
    retakes: Sequence[int] = (),
) -> tuple[Piece, ...]:
    """One piece for each scene; no part of a file is shown twice. The same arguments give the same plan.

    Files are taken in their order, from one that `seed` chooses; a film that is long enough serves again, with what
    comes after, when all others have been used. If that does not work out, the longest scenes choose first.

    Args:
        facts: about the files, in their order.
        lengths: frames of the scenes at 30 fps, in their order.
        seed: turns the order of the files.
        names: of the files, for messages.
        stills_move: whether stills pan and zoom, never the same way twice in a row.
        retakes: scenes that were asked for again, in that order: each time the scene gets a part that none was ever
            shown of, and all others keep theirs.

    Raises:
        PermanentError: a scene has no footage; the message says what it needs and what there is.
    """
    order = [(number + seed) % len(facts) for number in range(len(facts))] if facts else []
    by_length = sorted(range(len(lengths)), key=lambda scene: (-lengths[scene], scene))
    chosen = _choose(facts, lengths, order, range(len(lengths)))
    if None in chosen:
        chosen = _choose(facts, lengths, order, by_length, tightest=True)
    shown = _Shown(facts, order)
    for choice, length in zip(chosen, lengths, strict=True):
        shown.note(choice, length)
    pieces: list[Piece] = []
    moved = seed
    for turn, scene in enumerate((*range(len(lengths)), *(number - 1 for number in retakes))):
        choice = chosen[scene] if turn < len(lengths) else shown.choose(lengths[scene])
        if choice is None:
            raise _no_footage(facts, lengths, scene, names, again=turn >= len(lengths))
        if turn >= len(lengths):
            shown.note(choice, lengths[scene])
        file, first_frame = choice
        moves = facts[file].is_still and stills_move
        piece = Piece(file, first_frame / FPS, _MOVEMENTS[moved % len(_MOVEMENTS)] if moves else "none")
        pieces[scene : scene + 1] = [piece]  # the end of the list at first, then in place of the one before
        moved += moves
    return tuple(pieces)


def _choose(
    facts: Sequence[MediaFacts],
    lengths: Sequence[int],
    order: Sequence[int],
    scenes: Sequence[int],
    *,
    tightest: bool = False,
) -> list[tuple[int, int] | None]:
    """File and first frame for each scene, asked in the order `scenes`; None where nothing is left."""
    shown = _Shown(facts, order)
    chosen: list[tuple[int, int] | None] = [None] * len(lengths)
    for scene in scenes:
        chosen[scene] = shown.choose(lengths[scene], tightest=tightest)
        shown.note(chosen[scene], lengths[scene])
    return chosen


class _Shown:
    """Which parts of the files are given away."""

    def __init__(self, facts: Sequence[MediaFacts], order: Sequence[int]) -> None:
        self._facts, self._order = facts, order
        self._starts = dict.fromkeys(order, 0)
        self._uses = dict.fromkeys(order, 0)

    def choose(self, needed: int, *, tightest: bool = False) -> tuple[int, int] | None:
        """File and first frame of a part that was never given away; None when nothing is left.

        Unused files first. With `tightest` the one that has least to spare, so that stills and long films stay for the
        scenes that nothing else can serve.
        """
        able = [file for file in self._order if self._left(file) >= needed]
        file = min(
            able,
            key=lambda file: (self._left(file) if tightest else self._uses[file], self._order.index(file)),
            default=None,
        )
        return None if file is None else (file, self._starts[file])

    def note(self, choice: tuple[int, int] | None, needed: int) -> None:
        """Give a part away, with the tail that a transition may show."""
        if choice is not None:
            file, first = choice
            self._starts[file] = max(self._starts[file], first + needed + _TAIL_FRAMES)
            self._uses[file] += 1

    def _left(self, file: int) -> float:
        return _frames_left(self._facts[file], self._starts[file], self._uses[file])


def _frames_left(facts: MediaFacts, start: int, uses: int) -> float:
    """Frames at 30 fps from `start` on; a still serves any length, once."""
    if facts.seconds is None:
        return 0 if uses else math.inf
    return math.floor(facts.seconds * FPS + 1e-6) - start


def _no_footage(
    facts: Sequence[MediaFacts], lengths: Sequence[int], scene: int, names: Sequence[str] | None, *, again: bool
) -> PermanentError:
    films = [(fact.seconds, names[file] if names else f"file {file + 1}") for file, fact in enumerate(facts)]
    longest = max(((seconds, name) for seconds, name in films if seconds is not None), default=None)
    stills = sum(fact.is_still for fact in facts)
    there = f"the longest film is {longest[1]} with {longest[0]:.1f} s" if longest else "there is no film"
    advice = (
        "A job keeps the files it began with: create a new one with more stills or longer films in the media folder."
        if again
        else "Add stills or longer films to the media folder; each part is shown once."
    )
    return PermanentError(
        f"Choosing {'other ' if again else ''}footage for scene {scene + 1}: it lasts {lengths[scene] / FPS:.1f} s and "
        f"nothing unused is long enough ({len(facts)} files, {stills} of them stills; {there}; {len(lengths)} scenes "
        f"last {sum(lengths) / FPS:.1f} s in all). {advice}"
    )
