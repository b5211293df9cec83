"""Films, stills and music that a theme brings: inspected, then stored as artifacts, so that no job needs them outside.

Belongs here: from a theme's folder to artifacts, within the folder and within bounds. Not here: what a sound file or
film is (`rendering.media_probe`, `footage.own_media`, `music.own_file`), trend files (`job_orders.py`).
"""

import shutil
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from reelineage.documents import ArtifactRef
from reelineage.errors import BadInput, PermanentError
from reelineage.fingerprint import sha256_of_file
from reelineage.look import FootageFile
from reelineage.takedown.withdrawal import refuse_removed
from reelineage.text import clean_text
from reelineage.theme import Theme
from resources.home import Home
from resources.record_edges import ensure_artifact

MAX_MEDIA_FILES = 200
MAX_MEDIA_BYTES = 20 * 10**9
_SOUND_TYPES = {
    ".wav": "audio/wav", ".flac": "audio/flac", ".mp3": "audio/mpeg", ".m4a": "audio/mp4", ".aac": "audio/aac",
    ".ogg": "audio/ogg", ".opus": "audio/ogg",
}  # fmt: skip
Found = TypeVar("Found")


class OwnFiles:
    """The media of one theme, inspected when made; `stored` puts them into the store."""

    def __init__(self, home: Home, theme: Theme, folder: Path | None) -> None:
        """Find and inspect every file; nothing is written.

        Raises:
            BadInput: a file or folder is not there, lies outside the theme's folder, is too much, or cannot be used.
        """
        self._home = home
        footage, music = theme.footage, theme.music
        self._films = (
            _films(inside(folder, footage.folder, "media folder"))
            if footage.provider == "own_media" and not footage.files
            else []
        )
        self._music = (
            _music(inside(folder, music.path, "music file"))
            if music.provider == "file" and music.artifact_sha256 is None
            else None
        )
        known = [file.artifact_sha256 for file in footage.files]
        for sha256 in [*known, *([music.artifact_sha256] if music.artifact_sha256 else [])]:
            with home.database.read() as session:
                refuse_removed(session, sha256, doing="Creating a job from a stored file")
            home.store.path(sha256)

    def stored(self, theme: Theme) -> Theme:
        """The theme with these files stored and named by their hashes."""
        if self._films:
            files = tuple(
                FootageFile(name=_name(path), artifact_sha256=self._store(path, media_type).sha256)
                for path, media_type in self._films
            )
            theme = theme.model_copy(
                update={"footage": theme.footage.model_copy(update={"folder": None, "files": files})}
            )
        if self._music:
            path, media_type = self._music
            artifact = self._store(path, media_type)
            given = {"path": None, "name": theme.music.name or _name(path), "artifact_sha256": artifact.sha256}
            theme = theme.model_copy(update={"music": theme.music.model_copy(update=given)})
        return theme

    def _store(self, path: Path, media_type: str) -> ArtifactRef:
        """The file as an artifact. What is there already is not copied again: a folder may hold 20 GB."""
        store = self._home.store
        try:
            artifact = ArtifactRef(sha256=sha256_of_file(path), size_bytes=path.stat().st_size, media_type=media_type)
            with self._home.database.read() as session:
                refuse_removed(session, artifact.sha256, doing=f"Creating a job: {_name(path)} cannot be used")
            if not store.has(artifact):
                with store.scratch() as scratch:
                    copy = scratch / "file"
                    shutil.copyfile(path, copy)
                    artifact = store.put_file(copy, media_type)
        except OSError as error:
            raise BadInput(
                f"Creating a job: {_name(path)} cannot be stored: {error.strerror or error}. Check its rights and the "
                "free space under REELINEAGE_HOME. Nothing was created."
            ) from error
        with self._home.database.write() as session:
            ensure_artifact(session, artifact)  # else the audit takes the file of a waiting job for an orphan
        return artifact


def inside(folder: Path | None, given: str | None, what: str) -> Path:
    """Where a path of a theme leads, once it is sure that it stays in the theme's own folder.

    Raises:
        BadInput: the theme has no folder (it was given as text), or the path leads out of it.
    """
    if given is None or folder is None:
        raise BadInput(
            f"Creating a job: the theme names a {what}, but only a theme that is a file itself can. Use "
            "`reelineage jobs create THEME.yaml`, or a theme without it."
        )
    path = (folder / given).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise BadInput(
            f"Creating a job: the {what} {given!r} lies outside the theme's folder. Put it beside the theme."
        )
    return path


def _films(folder: Path) -> list[tuple[Path, str]]:
    """Every film and still of a folder, with its media type."""
    from resources.footage.own_media import read_folder  # noqa: PLC0415 — heavy import, only when used
    from resources.rendering.media_probe import inspect_media  # noqa: PLC0415 — heavy import, only when used

    paths = _checked(lambda: read_folder(folder))
    _bounded(paths)
    return [(path, _checked(partial(inspect_media, path)).media_type) for path in paths]


def _music(path: Path) -> tuple[Path, str]:
    from resources.music.own_file import inspect_music  # noqa: PLC0415 — heavy import, only when used

    _checked(lambda: inspect_music(path))
    return path, _SOUND_TYPES.get(path.suffix.lower(), "application/octet-stream")


def _bounded(paths: Sequence[Path]) -> None:
    size = sum(path.stat().st_size for path in paths)
    if len(paths) > MAX_MEDIA_FILES or size > MAX_MEDIA_BYTES:
        raise BadInput(
            f"Creating a job: the media folder holds {len(paths)} files of {size / 1e9:.1f} GB; at most "
            f"{MAX_MEDIA_FILES} files and {MAX_MEDIA_BYTES / 1e9:.0f} GB are taken. Take some out."
        )


def _checked(look: Callable[[], Found]) -> Found:
    """What `look` finds; what it refuses is the user's to correct, and nothing was created yet."""
    try:
        return look()
    except PermanentError as error:
        raise BadInput(f"Creating a job: {error} Nothing was created.") from error


def _name(path: Path) -> str:
    """A file's name as records can keep it."""
    return clean_text(path.name, max_characters=300) or "unnamed"
