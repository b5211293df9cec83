"""Films and stills of the user's own as a footage source.

Belongs here: reading the folder, handing a file over as it came. Not here: which file each scene shows
(`media_plan.py`), what a file is (`rendering/media_probe.py`), how it fills the frame (`rendering/fitting.py`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from reelineage.documents import FPS, MediaItem, Placement, ProviderIdentity
from reelineage.errors import BadInput, PermanentError
from reelineage.look import Footage
from resources.footage import Shot, Take
from resources.footage.media_plan import PLAN_VERSION, Piece, plan
from resources.placing import link_or_copy
from resources.rendering.media_kinds import kind_of
from resources.rendering.media_probe import MediaFacts, inspect_media

MOST_FILES: Final = 200
_FILMS: Final = {".mp4", ".m4v", ".mov", ".mkv", ".webm", ".ts", ".m2ts", ".mts", ".avi"}
_SUFFIXES: Final = _FILMS | {".gif", ".png", ".apng", ".jpg", ".jpeg", ".webp", ".heic", ".avif"}


@dataclass(frozen=True)
class StoredFile:
    """A file of the user's as it is kept: the name it had, where it lies, the sha256 of its bytes."""

    name: str
    path: Path
    sha256: str


class OwnMedia:
    """Gives each scene of one video its own footage.

    Args:
        files: the user's films and stills.
        footage: the theme's part about footage: fit, movement, author and licence.
        lengths: the frames of all scenes of the video, in their order; scene 1 is the first.
    """

    def __init__(self, files: Sequence[StoredFile], footage: Footage, lengths: Sequence[int]) -> None:
        self._files = sorted(files, key=lambda file: (file.name, file.sha256))
        self._footage = footage
        self._lengths = tuple(lengths)
        self._known: list[MediaFacts] = []

    @property
    def identity(self) -> ProviderIdentity:
        """Provider and version of the plan, for the ledger."""
        return ProviderIdentity(role="footage_source", provider="own_media", model=f"plan/{PLAN_VERSION}")

    def film(self, shot: Shot, destination: Path, on_frame: Callable[[int], None]) -> Take:
        """Hand over the file that `shot`'s scene shows, as it came; see `FootageSource.film`."""
        number = shot.scene.number
        if not 1 <= number <= len(self._lengths) or self._lengths[number - 1] != shot.frames:
            raise PermanentError(
                f"Choosing footage for scene {number} of {shot.frames} frames: the plan was made for scenes of "
                f"{list(self._lengths)} frames. Make the clips again from the current voiceover."
            )
        names = [file.name for file in self._files]
        known = self._facts(on_frame)
        pieces = plan(
            known,
            self._lengths,
            shot.video_seed,
            names=names,
            stills_move=self._footage.stills_move,
            retakes=shot.retakes,
        )
        piece = pieces[number - 1]
        file = self._files[piece.file]
        _hand_over(file, destination, number)
        on_frame(shot.frames)
        facts = known[piece.file]
        placement = Placement(
            fit=self._footage.fit,
            first_seconds=piece.first_seconds,
            movement=piece.movement,
            crop_at=self._interest(file, facts, piece, shot) if self._footage.fit == "smart" else None,
        )
        return Take(facts.media_type, placement, (self._item(file),))

    @staticmethod
    def _interest(file: StoredFile, facts: MediaFacts, piece: Piece, shot: Shot) -> tuple[float, float]:
        from resources.rendering.smart_crop import interest  # noqa: PLC0415 — heavy import, only when used

        across, down = interest(
            file.path,
            facts,
            seconds=shot.frames / FPS,
            first_seconds=piece.first_seconds,
            frame=shot.frame,
            name=_called(file),
        )
        return round(across, 4), round(down, 4)

    def _facts(self, on_frame: Callable[[int], None]) -> tuple[MediaFacts, ...]:
        """About all files, looked at once; a cancellation need not wait for the last of 200."""
        for file in self._files[len(self._known) :]:
            on_frame(0)
            self._known.append(inspect_media(file.path, name=_called(file)))
        return tuple(self._known)

    def _item(self, file: StoredFile) -> MediaItem:
        author, licence = self._footage.author or "unknown", self._footage.licence or "unknown"
        return MediaItem(
            kind="footage",
            provider="own_media",
            external_id=file.sha256,
            title=file.name,
            author=author,
            page_url=self._footage.page_url or "unknown",
            licence=licence,
            attribution=f"{file.name} by {author}, licence: {licence}",
            sha256=file.sha256,
        )


def _called(file: StoredFile) -> str:
    return f"the footage {file.name}"


def _hand_over(file: StoredFile, destination: Path, scene: int) -> None:
    """A hard link where the file system allows it, else a copy; complete under its name or not there."""
    partial = destination.with_name(f".{destination.name}.part")
    partial.unlink(missing_ok=True)
    try:
        link_or_copy(file.path, partial)
        partial.replace(destination)
    except OSError as error:
        raise PermanentError(
            f"Taking {file.name} as footage of scene {scene}: {error.strerror}. Check free disk space and the stored "
            "file."
        ) from error
    finally:
        partial.unlink(missing_ok=True)


def read_folder(folder: Path) -> list[Path]:
    """The films and stills that lie in `folder` itself, sorted by name; hidden and other files are left out.

    Raises:
        BadInput: no such folder, nothing to show in it, more than 200 files, a file that is not what its suffix says
            or is cut off, or a link that leads out of the folder.
    """
    if not folder.is_dir():
        raise BadInput(f"Reading the media folder {folder}: there is no such folder. Correct 'folder' in the theme.")
    found = [path for path in sorted(folder.iterdir(), key=lambda path: path.name) if _is_media(path, folder)]
    if len(found) > MOST_FILES:
        raise BadInput(f"Reading the media folder {folder}: more than {MOST_FILES} files. Use several folders.")
    if not found:
        raise BadInput(
            f"Reading the media folder {folder}: there is no film or still in it. Put MP4, MOV, MKV, WebM, GIF, PNG, "
            "JPEG or WebP files there."
        )
    for path in found:
        try:
            kind_of(path, path.name)
        except PermanentError as error:
            raise BadInput(str(error)) from error
    return found


def _is_media(path: Path, folder: Path) -> bool:
    """Whether `path` is one to show. A link inside the folder is none: what it names lies there under its own name."""
    if path.name.startswith(".") or path.suffix.lower() not in _SUFFIXES:
        return False
    if path.is_symlink() and path.resolve().parent != folder.resolve():
        raise BadInput(
            f"Reading the media folder {folder}: {path.name} is a link that leads out of it. Put the file itself into "
            "the folder."
        )
    return path.is_file() and not path.is_symlink()
