"""How one scene gives way to the next: which frames a transition takes, and its filter.

Belongs here: the plan of whole frames, the filter text. Not here: encoding (`segments.py`), pictures (`pictures.py`).
A transition lies at the start of the later scene: the earlier scene goes on beyond its end under it, so the words of
both scenes keep their times.
"""

from collections.abc import Sequence
from typing import Final

from reelineage.documents import FPS
from reelineage.look import Transition

_MOST_OF_A_SCENE: Final = 0.5  # a transition never takes more of the scene that it opens
_NAMES: Final = {"crossfade": "fade", "slide": "slideleft", "wipe": "smoothleft", "zoom": "zoomin"}


def transition_frames(transition: Transition, scenes: Sequence[int]) -> tuple[int, ...]:
    """How many frames at its start each scene shares with the one before; `scenes` are lengths in frames."""
    if transition.kind == "cut":
        return (0,) * len(scenes)
    wanted = max(2, round(transition.seconds * FPS))
    shared = [min(wanted, int(frames * _MOST_OF_A_SCENE)) for frames in scenes]
    return (0, *(frames if frames > 1 else 0 for frames in shared[1:]))


def transition_filter(transition: Transition, frames: int, *, earlier: str, later: str, label: str) -> str:
    """The filter that turns pad `earlier` into pad `later`, both `frames` long; its first frame is all earlier."""
    seconds = frames / FPS
    return f"[{earlier}][{later}]xfade=transition={_NAMES[transition.kind]}:duration={seconds:.6f}:offset=0[{label}]"
