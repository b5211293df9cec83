"""Music sources: one interface, one file per backend. Mixing music under a voice is `resources.rendering`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from reelineage.documents import MediaItem, ProviderIdentity

Mood = Literal["calm", "bright", "driving"]
_MOODS: dict[str, Mood] = {"lively": "bright", "calm": "calm", "plain": "calm"}


@dataclass(frozen=True)
class MusicOrder:
    """What music is wanted. `seconds` is how long the video is; the music may be shorter and is then looped."""

    mood: Mood
    seed: int
    seconds: float


class MusicSource(Protocol):
    """Makes one piece of music that loops without a seam."""

    @property
    def identity(self) -> ProviderIdentity:
        """Provider, model and version, for the ledger."""
        ...

    def media(self, sha256: str) -> MediaItem:
        """The music as a bill-of-materials item, with the digest of the file that was made."""
        ...

    def make(self, order: MusicOrder, destination: Path) -> None:
        """Write a 48 kHz stereo 16-bit WAV of whole bars, 16 to 40 s, whose end leads into its start.

        Raises:
            PermanentError: the order cannot be made.
            TransientError: the backend failed.
        """
        ...


def mood_for(tone: str) -> Mood:
    """The mood of the music for a theme's tone, where the theme names none."""
    return _MOODS.get(tone, "calm")
