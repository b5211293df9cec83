"""Footage sources: one interface, one file per backend. Joining clips is `resources.rendering`."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from reelineage.documents import Frame, MediaItem, ProviderIdentity, Scene
from reelineage.theme import Style


@dataclass(frozen=True)
class Shot:
    """What one clip must show. `frames` at 30 fps; `draft` trades quality for speed.

    `video_seed` is the same for all scenes of a video, so that they share a colour scheme and background.
    """

    scene: Scene
    scenes: int
    frame: Frame
    frames: int
    style: Style
    video_seed: int
    draft: bool


class FootageSource(Protocol):
    """Makes one silent clip for one scene."""

    @property
    def identity(self) -> ProviderIdentity:
        """Provider, model and version, for the ledger."""
        ...

    @property
    def media(self) -> tuple[MediaItem, ...]:
        """Outside works the clip contains (fonts, footage), for the bill of materials."""
        ...

    def film(self, shot: Shot, destination: Path, on_frame: Callable[[int], None]) -> None:
        """Write an MP4 of exactly `shot.frames` frames to `destination`.

        `on_frame(done)` is called now and then; what it raises (a cancellation) stops the work and leaves no process.

        Raises:
            PermanentError: the shot cannot be made.
            TransientError: the backend failed.
        """
        ...
