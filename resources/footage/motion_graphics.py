"""Motion graphics as a footage source: typography, charts and moving backgrounds drawn for each scene.

Belongs here: what the pipeline sees of it (identity, drawing, media). How it looks is in `motion`, which is imported
only while filming; frames are drawn from the drawing while its scene is encoded.
"""

from collections.abc import Callable
from pathlib import Path

from reelineage.documents import ProviderIdentity
from resources.footage import Shot, Take
from resources.footage.drawing import DESIGN_VERSION, DRAWING, write_drawing


class MotionGraphics:
    """Draws each scene with skia. The same shot gives the same frames."""

    @property
    def identity(self) -> ProviderIdentity:
        """Provider and version of the design, for the ledger."""
        return ProviderIdentity(role="footage_source", provider="motion_graphics", model=f"skia/{DESIGN_VERSION}")

    def film(self, shot: Shot, destination: Path, on_frame: Callable[[int], None]) -> Take:
        """Write the drawing of `shot`; see `FootageSource.film`."""
        from resources.footage.motion.fonts import media_of  # noqa: PLC0415 — heavy import, only when used

        data = write_drawing(shot)
        on_frame(0)
        destination.write_bytes(data)
        return Take(DRAWING, None, media_of(shot.scene))
