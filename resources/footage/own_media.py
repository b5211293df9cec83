"""Films and stills of the user's own as a footage source: which file each scene shows, and which part of it.

Belongs here: reading the folder, the plan over all scenes, handing a file over as it came. Not here: what a file is
(`rendering/media_probe.py`), how it fills the frame (`rendering/fitting.py`).
"""

import math
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from reelineage.documents import FPS, MediaItem, Movement, Placement, ProviderIdentity
from reelineage.errors import BadInput, PermanentError
from reelineage.look import Footage
from resources.footage import Shot, Take
from resources.rendering.media_kinds import kind_of
from resources.rendering.media_probe import MediaFacts, inspect_media

# Raise this with every change to the plan: the same files and lengths would give other pieces.
PLAN_VERSION: Final = "1"
MOST_FILES: Final = 200
_FILMS: Final = {".mp4", ".m4v", ".mov", ".mkv", ".webm", ".ts", ".m2ts", ".mts", ".avi"}
_SUFFIXES: Final = _FILMS | {".gif", ".png", ".apng", ".jpg", ".jpeg", ".webp", ".heic", ".avif"}
# A transition goes on showing a scene's film beyond its end, for at most a second: the next part begins after that.
_TAIL_FRAMES: Final = FPS
_MOVEMENTS: Final[tuple[Movement, ...]] = ("zoom_in", "pan_right", "zoom_out", "pan_left", "pan_up", "pan_down")


@dataclass(frozen=True)
class StoredFile:
    """A file of the user's as it is kept: the name it had, where it lies, the sha256 of its bytes."""

    name: str
    path: Path
    sha256: str


@dataclass(frozen=True)
class Piece:
    """What one scene shows: the index of the file, from when on, and how a still moves."""

    file: int
    first_seconds: float
    movement: Movement


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
        pieces = plan(known, self._lengths, shot.video_seed, names=names, stills_move=self._footage.stills_move)
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


def plan(
    facts: Sequence[MediaFacts],
    lengths: Sequence[int],
    seed: int,
    *,
    names: Sequence[str] | None = None,
    stills_move: bool = True,
) -> tuple[Piece, ...]:
    """One piece for each scene; no part of a file is shown twice. The same arguments give the same plan.

    Files are taken in their order, from one that `seed` chooses; a film that is long enough serves again, with what
    comes after, when all others have been used. If that does not work out, the longest scenes choose first.

    Args:
        facts: about the files, in their order.
        lengths: frames of the scenes at 30 fps, in their order.
        seed: turns the order of the files.
        names: of the files, for messages.
        stills_move: whether stills pan and zoom, never the same way twice in a row.

    Raises:
        PermanentError: a scene has no footage; the message says what it needs and what there is.
    """
    order = [(number + seed) % len(facts) for number in range(len(facts))] if facts else []
    by_length = sorted(range(len(lengths)), key=lambda scene: (-lengths[scene], scene))
    chosen = _choose(facts, lengths, order, range(len(lengths)))
    if None in chosen:
        chosen = _choose(facts, lengths, order, by_length, tightest=True)
    pieces: list[Piece] = []
    moved = seed
    for scene, choice in enumerate(chosen):
        if choice is None:
            raise _no_footage(facts, lengths, scene, names)
        file, first_frame = choice
        moves = facts[file].is_still and stills_move
        pieces.append(Piece(file, first_frame / FPS, _MOVEMENTS[moved % len(_MOVEMENTS)] if moves else "none"))
        moved += moves
    return tuple(pieces)


def _choose(
    facts: Sequence[MediaFacts],
    lengths: Sequence[int],
    order: Sequence[int],
    scenes: Sequence[int],
    *,
    tightest: bool = False,
) -> list[tuple[int, int] | None]:
    """File and first frame for each scene, asked in the order `scenes`; None where nothing is left."""
    starts = dict.fromkeys(order, 0)
    uses = dict.fromkeys(order, 0)
    chosen: list[tuple[int, int] | None] = [None] * len(lengths)
    for scene in scenes:
        needed = lengths[scene]
        able = [file for file in order if _frames_left(facts[file], starts[file], uses[file]) >= needed]
        if not able:
            continue
        # Unused files first; in the second attempt the one that has least to spare, so that stills and long films
        # stay for the scenes that nothing else can serve.
        file = min(
            able,
            key=lambda file: (
                (_frames_left(facts[file], starts[file], uses[file]), order.index(file))
                if tightest
                else (uses[file], order.index(file))
            ),
        )
        chosen[scene] = (file, starts[file])
        starts[file] += needed + _TAIL_FRAMES
        uses[file] += 1
    return chosen


def _frames_left(facts: MediaFacts, start: int, uses: int) -> float:
    """Frames at 30 fps from `start` on; a still serves any length, once."""
    if facts.seconds is None:
        return 0 if uses else math.inf
    return math.floor(facts.seconds * FPS + 1e-6) - start


def _no_footage(
    facts: Sequence[MediaFacts], lengths: Sequence[int], scene: int, names: Sequence[str] | None
) -> PermanentError:
    films = [(fact.seconds, names[file] if names else f"file {file + 1}") for file, fact in enumerate(facts)]
    longest = max(((seconds, name) for seconds, name in films if seconds is not None), default=None)
    stills = sum(fact.is_still for fact in facts)
    there = f"the longest film is {longest[1]} with {longest[0]:.1f} s" if longest else "there is no film"
    return PermanentError(
        f"Choosing footage for scene {scene + 1}: it lasts {lengths[scene] / FPS:.1f} s and nothing unused is long "
        f"enough ({len(facts)} files, {stills} of them stills; {there}; {len(lengths)} scenes last "
        f"{sum(lengths) / FPS:.1f} s in all). Add stills or longer films to the media folder; each part is shown once."
    )


def _hand_over(file: StoredFile, destination: Path, scene: int) -> None:
    """A hard link where the file system allows it, else a copy; complete under its name or not there."""
    partial = destination.with_name(f".{destination.name}.part")
    partial.unlink(missing_ok=True)
    try:
        try:
            os.link(file.path, partial)
        except OSError:
            shutil.copyfile(file.path, partial)
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
