"""The user's own music as a music source: the file that was stored when the job was made.

Belongs here: naming that file and its rights. Not here: checking it (`own_file.py`), looping and ducking it
(`resources.rendering.sound`).
"""

import shutil
from pathlib import Path

from reelineage.documents import MediaItem, ProviderIdentity
from reelineage.look import Music
from resources.music import MusicOrder


class StoredMusic:
    """One file, whatever is ordered: mood and length are the user's business, the sound chain loops and cuts it."""

    identity = ProviderIdentity(role="music_source", provider="own_file", model="file/1")

    def __init__(self, settings: Music, path: Path) -> None:
        self._settings = settings
        self._path = path

    def media(self, sha256: str) -> MediaItem:
        """The file for the bill of materials; what the theme does not say is `unknown`."""
        name = self._settings.name or "music"
        author = self._settings.author or "unknown"
        return MediaItem(
            kind="music",
            provider=self.identity.provider,
            external_id=sha256,
            title=name,
            author=author,
            page_url=self._settings.page_url or "",
            licence=self._settings.licence or "unknown",
            attribution=f"{name} by {author}" if self._settings.author else name,
            sha256=sha256,
        )

    def make(self, order: MusicOrder, destination: Path) -> None:  # noqa: ARG002 — the file is what it is
        """Put the file at `destination`: a link, or a copy on file systems without links."""
        try:
            destination.hardlink_to(self._path)
        except OSError:
            shutil.copyfile(self._path, destination)
