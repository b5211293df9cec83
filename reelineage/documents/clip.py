"""The picture of one scene, and how it fills the frame (`content_generation`).

Belongs here: what a clip is. Not here: where footage is found (`resources/footage/`), how it is fitted while a video is
composed (`resources/rendering/`).
"""

from typing import Annotated, Literal

from pydantic import Field

from reelineage.documents.parts import ArtifactRef, Document, MediaItem, Seconds, Sha256

Fit = Literal["cover", "contain", "smart"]
Movement = Literal["none", "zoom_in", "zoom_out", "pan_left", "pan_right", "pan_up", "pan_down"]


class Placement(Document):
    """How footage fills its scene: which part of it, from when, and how a still moves.

    `smart` is `cover` with the crop laid where the picture's interest is; `contain` shows all of it over a blurred
    copy.
    `crop_at` is the middle of that interest, 0..1 across and down; None is the middle of the picture.
    """

    fit: Fit = "cover"
    crop_at: tuple[Annotated[float, Field(ge=0, le=1)], Annotated[float, Field(ge=0, le=1)]] | None = None
    first_seconds: Seconds = 0.0
    movement: Movement = "none"


class Clip(Document):
    """The picture of one scene, silent, as long as its narration. `request_sha256` names the call that made it.

    The artifact is a film or still as it came, or a drawing: the JSON that motion graphics are drawn from while the
    scene is encoded (`placement` is None then).
    """

    scene: int
    artifact: ArtifactRef
    placement: Placement | None = None
    width: int
    height: int
    fps: int
    frames: int = Field(ge=1)
    media: tuple[MediaItem, ...] = ()
    request_sha256: Sha256
