"""Shots for the tests of motion graphics: realistic and hostile texts in every layout."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from reelineage.documents import Datum, Frame, Scene, SceneRole, Sentence, Visual, VisualKind
from reelineage.look import Style
from resources.footage import Shot

DRAFT = Frame(width=540, height=960)
SMALL = Frame(width=270, height=480)

_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2
HOSTILE = {
    "emoji_and_markup": "😀 Hello 🎉 {\\an8} %{x} ' : <speak>",
    "right_to_left": "مرحبا بالعالم שלום",
    "300_characters": ("The quick brown fox jumps over the lazy dog and explains why " * 6)[:300],
    "one_word_of_120": _WORD[:120],
    "empty": "",
    "controls": "a\x00b\u202ec\n\td\ud800",
    "10000_characters": "word " * 2000,
}


def visual(kind: VisualKind, text: str = "The Trump Presidency: Last Week Tonight", **changes: Any) -> Visual:
    """A visual of one layout, filled in as the writers do."""
    data = tuple(
        Datum(label=f"{text[:20]} {value:g}", value=value, display=f"{value:g}K") for value in (14.2, 10.4, 9.8, 8.1)
    )
    fields: dict[str, Any] = {
        "kind": kind,
        "headline": text,
        "kicker": "Rising now",
        "body": "LastWeekTonight",
        "figure": "10.4K/h",
        "figure_caption": "engagements per hour",
        "rank": 3,
        "data": data,
    }
    return Visual(**(fields | changes))


def shot(picture: Visual, **changes: Any) -> Shot:
    """A shot of 60 draft frames in the middle of a video of six scenes."""
    number = changes.pop("number", 3)
    scene = Scene(
        number=number,
        role=SceneRole.ITEM,
        sentences=(Sentence(text="One sentence."),),
        visual=picture,
        visual_prompt="",
    )
    fields: dict[str, Any] = {
        "scene": scene,
        "scenes": 6,
        "frame": DRAFT,
        "frames": 60,
        "style": Style(scheme="midnight", background="drift"),
        "video_seed": 5,
        "draft": True,
    }
    return Shot(**(fields | changes))


def frame_at(order: Shot, index: int) -> NDArray[np.uint8]:
    """One picture of a shot."""
    from resources.footage.motion.scene import frames_of  # noqa: PLC0415 — heavy import, only when used

    return next(frames_of(order, index, 1)).copy()
