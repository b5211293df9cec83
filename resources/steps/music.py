"""Music under one job's video: made or taken once, through the ledger like any other work of a provider."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue

from reelineage.documents import FPS, MediaItem, Sha256
from resources.ledger import Product, Request
from resources.music import MusicOrder, mood_for
from resources.providers import Providers
from resources.rendering.sound import MusicTrack
from resources.steps.files import product_of
from resources.work import Work

_MEDIA_TYPES = {"bed": "audio/wav"}


@dataclass(frozen=True)
class Score:
    """The music of one video: the file with the theme's settings, its rights, and the call that brought it."""

    track: MusicTrack
    item: MediaItem
    request_sha256: Sha256


def score(work: Work, providers: Providers, frames: int) -> Score | None:
    """The music for a video of `frames` frames, None when the theme wants none."""
    settings = work.theme.music
    source = providers.music(work.theme, work.store)
    if source is None:
        return None
    mood = mood_for(work.theme.tone) if settings.mood == "auto" else settings.mood
    order = MusicOrder(mood=mood, seed=work.seed, seconds=frames / FPS)
    parameters: dict[str, JsonValue] = (
        {"artifact_sha256": settings.artifact_sha256}
        if settings.artifact_sha256
        else {"mood": order.mood, "seconds": order.seconds}
    )

    def make(folder: Path) -> Product:
        path = folder / "music"
        source.make(order, path)
        own = [source.media(settings.artifact_sha256)] if settings.artifact_sha256 else []
        return product_of(work.store, path, _MEDIA_TYPES.get(settings.provider, "application/octet-stream"), own, {})

    answer = work.call(Request(source.identity, parameters, seed=None if settings.artifact_sha256 else work.seed), make)
    sha256 = answer.artifact.sha256 if answer.artifact else ""
    return Score(MusicTrack(work.store.path(sha256), sha256, settings), source.media(sha256), answer.request_sha256)
