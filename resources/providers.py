"""Which provider does what for a theme: the one place that chooses, and that tests replace.

Belongs here: theme -> provider. Not here: the providers (`trend_sources`, `speech`, `footage`, `music`), when they are
called.
"""

from collections.abc import Sequence
from typing import Any

import dagster as dg

from reelineage.theme import FeedSource, FileSource, Source, Theme, Voice
from resources.artifact_store import ArtifactStore
from resources.footage import FootageSource
from resources.music import MusicSource
from resources.speech import SpeechSynthesizer
from resources.trend_sources import TrendSource


class Providers(dg.ConfigurableResource[Any]):
    """The embedded providers. Heavy libraries are loaded when a provider is first asked."""

    def trend_source(self, source: Source, store: ArtifactStore) -> TrendSource:
        """The source that a theme names; files come from the artifact store, where the job's creation put them."""
        from resources.trend_sources.embedded import (  # noqa: PLC0415 — heavy import, only when used
            SampleFeedSource,
            StoredFileSource,
        )

        if isinstance(source, FileSource | FeedSource):
            sha256 = source.artifact_sha256 or ""
            return StoredFileSource(store.path(sha256).read_bytes(), source.name or sha256, source.kind)
        return SampleFeedSource()

    def speech(self, voice: Voice) -> SpeechSynthesizer:  # noqa: ARG002 — there is one embedded voice
        """The voice that a theme names."""
        from resources.speech.piper import PiperSpeech  # noqa: PLC0415 — heavy import, only when used

        return PiperSpeech()

    def footage(self, theme: Theme, lengths: Sequence[int], store: ArtifactStore) -> FootageSource:
        """Where a theme's pictures come from. `lengths` are the frames of all scenes: own media are shared out."""
        if theme.footage.provider == "own_media":
            from resources.footage.own_media import OwnMedia, StoredFile  # noqa: PLC0415 — heavy import, only when used

            files = [
                StoredFile(file.name, store.path(file.artifact_sha256), file.artifact_sha256)
                for file in theme.footage.files
            ]
            return OwnMedia(files, theme.footage, lengths)
        from resources.footage.motion_graphics import MotionGraphics  # noqa: PLC0415 — heavy import, only when used

        return MotionGraphics()

    def music(self, theme: Theme, store: ArtifactStore) -> MusicSource | None:
        """The music that a theme asks for, None for none."""
        if theme.music.provider == "file":
            from resources.music.stored_file import StoredMusic  # noqa: PLC0415 — heavy import, only when used

            return StoredMusic(theme.music, store.path(theme.music.artifact_sha256 or ""))
        if theme.music.provider == "bed":
            from resources.music.bed import BedMusic  # noqa: PLC0415 — heavy import, only when used

            return BedMusic()
        return None
