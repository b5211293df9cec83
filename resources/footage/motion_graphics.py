"""Motion graphics as a footage source: typography, charts and moving backgrounds drawn for each scene.

Belongs here: what the pipeline sees of it (identity, media, the finished clip). How it looks is in `motion`, which is
imported only while filming.
"""

import functools
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from reelineage.documents import FPS, MediaItem, ProviderIdentity
from reelineage.errors import PermanentError
from reelineage.fingerprint import sha256_of_file
from resources.footage import Shot
from resources.rendering.ffmpeg import encode_frames

# Raise this with every change that alters a picture: clips made by another design are made again.
DESIGN_VERSION: Final = "1"

# The clip is an intermediate that the composer encodes once more: 53 dB, 30 MB for 30 s, 11 CPU-ms a frame. crf 12 is
# twice as large for 1 dB; superfast costs three times the CPU.
_PRESET: Final = "ultrafast"
_CRF: Final = 16
_FRAMES_PER_REPORT: Final = 10
_PACKAGE: Final = "fontpkg-montserrat"


class MotionGraphics:
    """Draws each scene with skia. The same shot gives the same frames."""

    @property
    def identity(self) -> ProviderIdentity:
        """Provider and version of the design, for the ledger."""
        return ProviderIdentity(role="footage_source", provider="motion_graphics", model=f"skia/{DESIGN_VERSION}")

    @property
    def media(self) -> tuple[MediaItem, ...]:
        """The font that all text is set in."""
        return (_montserrat(),)

    def film(self, shot: Shot, destination: Path, on_frame: Callable[[int], None]) -> None:
        """Draw `shot` and write it to `destination`; see `FootageSource.film`."""
        from resources.footage.motion.scene import frames_of  # noqa: PLC0415 — heavy import, only when used

        if shot.frames < 1:
            raise PermanentError(
                f"Drawing scene {shot.scene.number}: it has {shot.frames} frames. Give its narration a length."
            )
        frames = _reported(frames_of(shot), on_frame)
        encode_frames(frames, destination, frame=shot.frame, fps=FPS, crf=_CRF, preset=_PRESET)


def _reported(frames: Iterator[NDArray[np.uint8]], on_frame: Callable[[int], None]) -> Iterator[NDArray[np.uint8]]:
    done = 0
    for picture in frames:
        yield picture
        done += 1
        if done % _FRAMES_PER_REPORT == 0:
            on_frame(done)
    if done % _FRAMES_PER_REPORT:
        on_frame(done)


@functools.cache
def _montserrat() -> MediaItem:
    """The bundled font for the bill of materials; author and licence as its own name table and package state them."""
    from resources.footage.motion.typeface import font_file  # noqa: PLC0415 — heavy import, only when used

    about = metadata.metadata(_PACKAGE)
    return MediaItem(
        kind="font",
        provider=_PACKAGE,
        external_id=f"{_PACKAGE}/{about['Version']}",
        title="Montserrat",
        author="The Montserrat Project Authors",
        page_url="https://github.com/JulietaUla/Montserrat",
        licence=about["License-Expression"],
        attribution="Montserrat, Copyright 2011 The Montserrat Project Authors, SIL Open Font License 1.1",
        sha256=sha256_of_file(font_file()),
    )
