"""Footage sources: one interface, one file per backend. Joining clips is `resources.rendering`."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from reelineage.documents import Frame, MediaItem, Placement, ProviderIdentity, Scene
from reelineage.look import Style


@dataclass(frozen=True)
class Shot:
    """What one clip must show. `frames` at 30 fps; `draft` trades quality for speed.

    `video_seed` is the same for all scenes of a video, so that they share a colour scheme and background. `leaves` says
    that graphics go out at the scene's end; where a transition takes over they stay. `retakes` are the scenes that were
    asked for again, in that order, up to the last time that this one was.
    """

    scene: Scene
    scenes: int
    frame: Frame
    frames: int
    style: Style
    video_seed: int
    draft: bool
    leaves: bool = True
    retakes: tuple[int, ...] = ()


@dataclass(frozen=True)
class Take:
    """What was filmed: a media type, how it fills the frame (None: a drawing), and the outside works it contains."""

    media_type: str
    placement: Placement | None
    media: tuple[MediaItem, ...]


class FootageSource(Protocol):
    """Makes the picture of one scene."""

    @property
    def identity(self) -> ProviderIdentity:
        """Provider, model and version, for the ledger."""
        ...

    def film(self, shot: Shot, destination: Path, on_frame: Callable[[int], None]) -> Take:
        """Write a film, a still or a drawing that lasts `shot.frames` frames to `destination`, and say which.

        `on_frame(done)` is called now and then; what it raises (a cancellation) stops the work and leaves no process.

        Raises:
            PermanentError: the shot cannot be made.
            TransientError: the backend failed.
        """
        ...
