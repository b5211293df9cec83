"""Drawings: a scene of motion graphics as a small document, drawn only while the scene is encoded.

Belongs here: the document's bytes, written and read. Not here: how it is drawn (`motion`), where it is kept.
The same shot gives the same bytes, so a scene that did not change keeps its digest, and with it its encoded segment.
"""

from typing import Final

from pydantic import BaseModel, Field, ValidationError

from reelineage.documents import Document, Frame, Scene, SceneRole, Sentence
from reelineage.errors import PermanentError
from reelineage.fingerprint import canonical_json
from reelineage.look import Style
from resources.footage import Shot

DRAWING: Final = "application/vnd.reelineage.drawing+json"

# Raise this with every change that alters a picture: clips made by another design are made again.
DESIGN_VERSION: Final = "2"

_MOST_BYTES: Final = 1_000_000  # a scene has some 2 kB; 60 points with their evidence 10 kB
_MOST_FRAMES: Final = 30 * 3600
_LAST_NARROW: Final = 0x2E7F  # ideographs, kana and hangul come behind it
_MOST_SCENES: Final = 99  # as `Scene.number` counts


class _Design(BaseModel):
    """The one field that every design writes."""

    design: str


class _Drawing(Document):
    """The document. What decides the frames is here and nowhere else."""

    design: str
    scene: Scene
    scenes: int = Field(ge=1, le=_MOST_SCENES)
    frame: Frame
    frames: int = Field(ge=1, le=_MOST_FRAMES)
    style: Style
    video_seed: int
    draft: bool
    leaves: bool


def write_drawing(shot: Shot) -> bytes:
    """The drawing of a shot: canonical JSON.

    Raises:
        PermanentError: the shot has no frames, or too many, or its texts are too long or broken.
    """
    doing = f"Drawing scene {shot.scene.number}"
    if not 1 <= shot.frames <= _MOST_FRAMES:
        raise PermanentError(
            f"{doing}: it has {shot.frames} frames. Give its narration a length of at most {_MOST_FRAMES // 30} s."
        )
    drawing = _Drawing(
        design=DESIGN_VERSION,
        scene=what_is_drawn(shot.scene),
        scenes=shot.scenes,
        frame=shot.frame,
        frames=shot.frames,
        style=shot.style,
        video_seed=shot.video_seed,
        draft=shot.draft,
        leaves=shot.leaves,
    )
    try:
        data = canonical_json(drawing).encode()
    except ValueError as error:
        raise PermanentError(f"{doing}: its texts cannot be written down ({error}). Write the scene again.") from error
    if len(data) > _MOST_BYTES:
        raise PermanentError(
            f"{doing}: its texts and data are {len(data)} bytes, more than {_MOST_BYTES}. Show less in one scene."
        )
    return data


def what_is_drawn(scene: Scene) -> Scene:
    """The scene without what its picture does not show, so that another word in the narration is no other picture.

    Of the narration only the characters stay that tell Japanese from Chinese.
    """
    heard = {character for sentence in scene.sentences for character in sentence.text if ord(character) > _LAST_NARROW}
    data = tuple(datum.model_copy(update={"evidence": None}) for datum in scene.visual.data)
    return Scene(
        number=scene.number,
        role=SceneRole.POINT,
        sentences=(Sentence(text="".join(sorted(heard))[:300] or "-"),),
        visual=scene.visual.model_copy(update={"data": data}),
        visual_prompt="",
        take=scene.take,
    )


def read_drawing(data: bytes, *, name: str) -> Shot:
    """The shot of a drawing. `name` says in messages which one it is, e.g. "scene 3".

    Raises:
        PermanentError: too large, not a drawing, or made by another design.
    """
    doing = f"Reading the drawing of {name}"
    again = "Make the clips again."
    if len(data) > _MOST_BYTES:
        raise PermanentError(f"{doing}: it has {len(data)} bytes, more than {_MOST_BYTES}. {again}")
    try:
        design = _Design.model_validate_json(data).design
        if design != DESIGN_VERSION:
            raise PermanentError(
                f"{doing}: it was made for design {design[:20]!r}, this is design {DESIGN_VERSION!r}. {again}"
            )
        drawing = _Drawing.model_validate_json(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the document"
        raise PermanentError(f"{doing}: it is not a drawing ({place}: {first['msg']}). {again}") from error
    return Shot(
        scene=drawing.scene,
        scenes=drawing.scenes,
        frame=drawing.frame,
        frames=drawing.frames,
        style=drawing.style,
        video_seed=drawing.video_seed,
        draft=drawing.draft,
        leaves=drawing.leaves,
    )
