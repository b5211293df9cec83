"""What a video says and shows, scene by scene, and how that was decided (`content_generation`).

Belongs here: the script and its parts: scenes, sentences, pictures as they are asked for, texts over them. Not here:
how one is written (`reelineage/scripting/`) or changed (`reelineage/editing.py`).
"""

from enum import StrEnum
from typing import Literal

from pydantic import Field

from reelineage.documents.parts import Document, Seconds, Sha256, Short

AspectRatio = Literal["9:16", "16:9", "1:1", "4:5"]
OverlayAnimation = Literal["none", "fade", "rise", "pop", "slide", "type"]


class SceneRole(StrEnum):
    """What a scene does in the story."""

    HOOK = "hook"
    PROBLEM = "problem"
    POINT = "point"
    ITEM = "item"
    PROOF = "proof"
    CALL_TO_ACTION = "call_to_action"


class VisualKind(StrEnum):
    """The motion-graphics layouts."""

    TITLE = "title"
    STATEMENT = "statement"
    RANKED_ITEM = "ranked_item"
    RANKED_LIST = "ranked_list"
    BAR_CHART = "bar_chart"
    LINE_CHART = "line_chart"
    CALL_TO_ACTION = "call_to_action"


class Datum(Document):
    """One bar, line point or list row. `display` is how the value is written; `evidence` the observation behind it."""

    label: str
    value: float | None = None
    display: str = ""
    evidence: str | None = None


class Visual(Document):
    """What a scene's picture shows. `kicker` is the small line over the headline, `figure` one large number."""

    kind: VisualKind
    headline: str
    kicker: str = ""
    body: str = ""
    figure: str = ""
    figure_caption: str = ""
    rank: int | None = None
    data: tuple[Datum, ...] = ()


class Overlay(Document):
    """A text laid over the picture. Times are seconds from the start of its scene; `end` None means to its end.

    `animation` None leaves it to the theme.
    """

    text: Short
    position: Literal["top", "middle", "lower"]
    animation: OverlayAnimation | None = None
    start_seconds: Seconds = 0.0
    end_seconds: Seconds | None = None


class Sentence(Document):
    """One spoken sentence, as it is written in captions, and the observation keys it cites."""

    text: Short
    citations: tuple[str, ...] = ()


class Scene(Document):
    """A part of the narration with one picture. `number` counts from 1.

    `take` counts its pictures: each that a person asked for again is another one. The first is not written down, so
    that scripts which nobody edited have the hashes that they had before there were takes.
    """

    number: int = Field(ge=1, le=99)
    role: SceneRole
    sentences: tuple[Sentence, ...] = Field(min_length=1)
    visual: Visual
    visual_prompt: str
    overlays: tuple[Overlay, ...] = ()
    take: int = Field(default=1, ge=1, le=99, exclude_if=lambda take: take == 1)


class WritingStep(Document):
    """One of the five steps of writing (SCRIPT-02), and what it decided."""

    name: Literal["theme_interpretation", "trend_alignment", "scene_construction", "narration", "text_overlays"]
    decisions: dict[str, str | int | float]


class Script(Document):
    """What the video says and shows. `request_sha256` names the provider call that wrote it.

    `retakes` are the scenes for which a person asked for another picture, in the order in which that was asked.
    """

    title: Short
    description: str
    hashtags: tuple[str, ...]
    hook: str
    call_to_action: str
    scenes: tuple[Scene, ...] = Field(min_length=1)
    duration_target_seconds: Seconds
    aspect_ratio: AspectRatio
    language: str
    seed: int
    trend_pattern: str
    steps: tuple[WritingStep, ...]
    request_sha256: Sha256
    retakes: tuple[int, ...] = Field(default=(), exclude_if=lambda retakes: not retakes)
