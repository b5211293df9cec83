"""The pictures of one scene, as ffmpeg gets them: drawn and written into its pipe, or read from a film or still.

Belongs here: from a clip to the input and filters that give any run of its frames. Not here: how footage is fitted
(`fitting.py`), how drawings are drawn (`resources.footage`), the encoder (`segments.py`).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import metadata
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue

from reelineage.documents import Frame, Placement
from reelineage.errors import PermanentError
from resources.footage import Shot
from resources.footage.drawing import DRAWING, read_drawing
from resources.rendering.ffmpeg import RawPictures, run_ffmpeg
from resources.rendering.fitting import FITTING_VERSION, fit
from resources.rendering.media_probe import MediaFacts, inspect_media

_MOST_DRAWING_BYTES = 1_000_000
_STILL_DEADLINE_SECONDS = 120
_DRAWN_BY = ("skia-python", "fontpkg-montserrat", "manimgx-fonts", "manimgx-fonts-cjk", "uharfbuzz")


@dataclass(frozen=True)
class SceneClip:
    """The clip of scene `number`: a film or still with its placement, or a drawing without one. `frames` at 30 fps.

    `name` is what people call the file; messages use it, since artifacts are named by their hash.
    """

    number: int
    frames: int
    path: Path
    sha256: str
    media_type: str
    placement: Placement | None
    name: str = ""

    @property
    def shown_name(self) -> str:
        """The name for messages."""
        return self.name or self.path.name


@dataclass(frozen=True)
class Input:
    """What ffmpeg reads: arguments up to and with `-i`, filters from pad to label, and what is drawn into its pipe."""

    arguments: tuple[str, ...]
    filters: str
    drawn: RawPictures | None


@dataclass(frozen=True)
class Source:
    """A run of a scene's frames. `key` holds all that decides the pictures; nothing is read before `open` is called.

    `file` is what people call the film or still, empty for a drawing.
    """

    key: JsonValue
    is_drawn: bool
    file: str
    open: Callable[[], Input]


class ScenePictures:
    """The pictures of one scene at the video's size. Nothing is read before it is asked for."""

    def __init__(self, clip: SceneClip, frame: Frame) -> None:
        self.clip = clip
        self._frame = frame

    @property
    def is_drawn(self) -> bool:
        """Whether the frames come from a drawing."""
        return self.clip.media_type == DRAWING

    @property
    def may_stand_still(self) -> bool:
        """Whether a still was asked to stand still, so that a frozen picture is no fault."""
        placement = self.clip.placement
        return placement is not None and placement.movement == "none" and self.clip.media_type.startswith("image/")

    def run(self, first: int, count: int, *, pad: str, label: str, hold: bool = False) -> Source:
        """Frames `first` .. `first + count - 1`; with `hold` the last one stays when a film ends before them.

        Opening the source raises PermanentError, naming the scene and its file, when the clip cannot be used.
        """

        def read() -> Input:
            try:
                return self._drawn(first, count, pad, label) if self.is_drawn else fitted()
            except PermanentError as error:
                raise PermanentError(f"Composing scene {self.clip.number}: {error}") from error

        def fitted() -> Input:
            return self._fitted(first, count, pad, label, hold=hold)

        file = "" if self.is_drawn else self.clip.shown_name
        return Source(self._key(first, count, hold=hold), self.is_drawn, file, read)

    def stills(self, numbers: Sequence[int], folder: Path, check: Callable[[], None]) -> dict[int, NDArray[np.uint8]]:
        """Some frames by their numbers, as I420 of shape (height * 3 // 2, width), in one pass over the clip."""
        if self.is_drawn:
            return {number: next(self._frames(number, 1)).copy() for number in numbers}
        first, last = min(numbers), max(numbers)
        source = self.run(first, last - first + 1, pad="0:V:0", label="all", hold=True).open()
        wanted = "+".join(f"eq(n\\,{number - first})" for number in sorted(numbers))
        raw = folder / f"stills-{self.clip.number}.yuv"
        run_ffmpeg(
            [
                *("-threads", "1", *source.arguments, "-filter_complex", f"{source.filters};[all]select={wanted}[out]"),
                *("-map", "[out]", "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "yuv420p", "-y", raw.name),
            ],
            doing=f"Looking for the thumbnail in scene {self.clip.number} ({self.clip.shown_name})",
            deadline_seconds=_STILL_DEADLINE_SECONDS,
            on_progress=lambda _: check(),
            folder=folder,
        )
        pictures = np.fromfile(raw, np.uint8)
        raw.unlink()
        shape = (len(numbers), self._frame.height * 3 // 2, self._frame.width)
        if pictures.size != shape[0] * shape[1] * shape[2]:
            raise PermanentError(
                f"Looking for the thumbnail in scene {self.clip.number}: {self.clip.shown_name} has too few pictures. "
                "Give the scene another file."
            )
        return dict(zip(sorted(numbers), pictures.reshape(shape), strict=True))

    def _key(self, first: int, count: int, *, hold: bool) -> JsonValue:
        """Everything that decides a run's pictures: the file's bytes, how it is placed, and the code that places it."""
        run: dict[str, JsonValue] = {"sha256": self.clip.sha256, "first": first, "count": count}
        if self.is_drawn:
            return run | {"drawn_by": [_version_of(package) for package in _DRAWN_BY]}
        placement = self.clip.placement or Placement()
        return run | {
            "placement": placement.model_dump(mode="json"),
            "frame": self._frame.model_dump(mode="json"),
            # Only a still moves over the length of its scene.
            "scene_frames": self.clip.frames if self.clip.media_type.startswith("image/") else None,
            "hold": hold,
            "fitting": FITTING_VERSION,
            "read_by": _version_of("av"),
        }

    def _drawn(self, first: int, count: int, pad: str, label: str) -> Input:
        shot = self._shot  # read here: a drawing that cannot be used is refused before an encoder starts
        pictures = RawPictures(shot.frame, lambda: self._frames(first, count))
        return Input(pictures.arguments, f"[{pad}]null[{label}]", pictures)

    def _frames(self, first: int, count: int) -> Iterator[NDArray[np.uint8]]:
        from resources.footage.motion.scene import frames_of  # noqa: PLC0415 — heavy import, only when used

        try:
            yield from frames_of(self._shot, first, count)
        except (ValueError, ArithmeticError, LookupError, RuntimeError, MemoryError) as error:
            raise PermanentError(
                f"Drawing scene {self.clip.number}: {type(error).__name__}: {error}. Change what the scene shows, or "
                "report this with the drawing."
            ) from error

    def _fitted(self, first: int, count: int, pad: str, label: str, *, hold: bool) -> Input:
        placement = self.clip.placement or Placement()
        fitted = fit(
            self.clip.path,
            self._facts,
            placement,
            self._frame,
            first=first,
            count=count,
            pad=pad,
            label=label,
            hold=hold,
            scene_frames=self.clip.frames,
            crop_at=placement.crop_at,
        )
        return Input(fitted.arguments, fitted.filters, None)

    @cached_property
    def _facts(self) -> MediaFacts:
        return inspect_media(self.clip.path, name=self.clip.shown_name)

    @cached_property
    def _shot(self) -> Shot:
        with self.clip.path.open("rb") as file:
            data = file.read(_MOST_DRAWING_BYTES + 1)
        shot = read_drawing(data, name=self.clip.shown_name)
        if (shot.frame, shot.frames) != (self._frame, self.clip.frames):
            raise PermanentError(
                f"Reading the drawing: it is for {shot.frame.width}x{shot.frame.height} pixels, {shot.frames} frames; "
                f"{self._frame.width}x{self._frame.height} and {self.clip.frames} are needed. Make the clip again."
            )
        return shot


@cache
def _version_of(package: str) -> str:
    return f"{package} {metadata.version(package)}"
