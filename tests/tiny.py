"""Small real providers and a six-second theme, so that the whole graph runs in about two seconds.

Belongs here: what graph tests make videos from. The speech is sine bursts and the footage moving stripes, but both are
real files that the real composer accepts. Not here: documents made up for tests (`factories.py`).
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dagster as dg
import numpy as np
from numpy.typing import NDArray

from pipeline_assets.definitions import build_definitions
from pipeline_assets.partitions import register_partition
from reelineage.documents import SAMPLE_RATE, Frame, MediaItem, Placement, ProviderIdentity, WordTiming
from reelineage.errors import PermanentError, TransientError
from reelineage.theme import Theme, Voice, parse_theme
from resources.artifact_store import ArtifactStore
from resources.footage import FootageSource, Shot, Take
from resources.home import Home
from resources.job_orders import create_job
from resources.providers import Providers
from resources.speech import Speech, SpeechSynthesizer
from resources.workbench import PRODUCE_VIDEO
from tests.films import encode_frames

TINY_THEME = """\
name: Tiny
about: A short look at a short thing.
audience: testers
writer: trend_briefing
sources: [{kind: sample}]
duration_seconds: 6
items: 1
call_to_action: Try it now.
"""
ASSETS = ("trends", "analysis", "scripts", "voiceovers", "clips", "videos", "reviews")
_WORD_SECONDS = 0.12


@dataclass
class Behaviour:
    """How the tiny providers act: how often they fail, how slowly they film, and every call that they answered.

    `log` is a file that gets a line per call, for calls made in other processes.
    """

    transient_failures: int = 0
    permanent_failure: str = ""
    seconds_per_frame: float = 0.0
    log: Path | None = None
    on_call: Callable[[str], None] | None = None
    calls: list[str] = field(default_factory=list)

    def note(self, call: str) -> None:
        """Count the call, then fail if that is wanted."""
        self.calls.append(call)
        if self.log is not None:
            with self.log.open("a", encoding="utf-8") as file:
                file.write(call + "\n")
        if self.on_call is not None:
            self.on_call(call)
        if self.transient_failures > 0:
            self.transient_failures -= 1
            raise TransientError(f"Answering {call}: the tiny provider is tired. Try again.")
        if self.permanent_failure:
            raise PermanentError(f"Answering {call}: {self.permanent_failure}. Ask for something else.")


class TinySpeech:
    """A burst of sound per word."""

    def __init__(self, behaviour: Behaviour) -> None:
        self._behaviour = behaviour

    identity = ProviderIdentity(role="speech_synthesizer", provider="tiny", model="sine/1")
    voice = MediaItem(
        kind="voice",
        provider="tiny",
        external_id="sine/1",
        title="Sine",
        author="Tests",
        page_url="",
        licence="CC0-1.0",
        attribution="",
        sha256="5" * 64,
    )

    def speak(self, sentence: str, *, pace: float) -> Speech:
        """As `SpeechSynthesizer.speak`."""
        self._behaviour.note(f"speak {sentence}")
        words = sentence.split()
        length = int(_WORD_SECONDS / pace * SAMPLE_RATE)
        clock = np.arange(length) / SAMPLE_RATE
        burst = 0.4 * np.sin(2 * np.pi * 300 * clock) * np.hanning(length)
        seconds = length / SAMPLE_RATE
        return Speech(
            np.tile(burst, len(words)).astype(np.float32),
            tuple(
                WordTiming(text=word, start_seconds=place * seconds, end_seconds=(place + 1) * seconds)
                for place, word in enumerate(words)
            ),
        )


class TinyFootage:
    """Grey stripes that move."""

    identity = ProviderIdentity(role="footage_source", provider="tiny", model="stripes/1")

    def __init__(self, behaviour: Behaviour) -> None:
        self._behaviour = behaviour

    def film(self, shot: Shot, destination: Path, on_frame: Callable[[int], None]) -> Take:
        """As `FootageSource.film`."""
        self._behaviour.note(f"film {shot.scene.number}")
        encode_frames(self._pictures(shot, on_frame), destination, frame=shot.frame, crf=30, preset="ultrafast")
        return Take(media_type="video/mp4", placement=Placement(), media=())

    def _pictures(self, shot: Shot, on_frame: Callable[[int], None]) -> Iterator[NDArray[np.uint8]]:
        for number in range(shot.frames):
            if self._behaviour.seconds_per_frame:
                time.sleep(self._behaviour.seconds_per_frame)
            yield _stripes(shot.frame, 8 * number)
            on_frame(number + 1)


def _stripes(frame: Frame, shift: int) -> NDArray[np.uint8]:
    """An I420 picture whose stripes stand `shift` pixels to the left."""
    picture = np.full((frame.height * 3 // 2, frame.width), 128, dtype=np.uint8)
    picture[: frame.height] = (70 + 90 * (((np.arange(frame.width) + shift) // 32) % 2)).astype(np.uint8)
    return picture


class TinyProviders(Providers):
    """The embedded trend sources, with tiny speech and footage."""

    @property
    def behaviour(self) -> Behaviour:
        """How they act."""
        return Behaviour()

    def speech(self, voice: Voice) -> SpeechSynthesizer:  # noqa: ARG002 — there is one tiny voice
        """The sine voice."""
        return TinySpeech(self.behaviour)

    def footage(self, theme: Theme, lengths: Sequence[int], store: ArtifactStore) -> FootageSource:
        """The stripes, unless the theme brings its own media."""
        if theme.footage.provider == "own_media":
            return super().footage(theme, lengths, store)
        return TinyFootage(self.behaviour)


def behaving(behaviour: Behaviour) -> TinyProviders:
    """Tiny providers that act by `behaviour`. Dagster copies resources, so the class itself holds it."""

    class Behaving(TinyProviders):
        @property
        def behaviour(self) -> Behaviour:
            return behaviour

    return Behaving()


def tiny_theme(**changes: Any) -> Theme:
    """The six-second theme, with some fields replaced."""
    return Theme.model_validate(parse_theme(TINY_THEME.encode(), name="tiny").model_dump(mode="json") | changes)


def create_tiny_job(home: Home, *, seed: int = 7, **changes: Any) -> int:
    """A queued draft job for the tiny theme."""
    return create_job(home, tiny_theme(**changes), origin="test", seed=seed, profile="draft")


def produce(
    instance: dg.DagsterInstance,
    job_id: int | str,
    *,
    behaviour: Behaviour | None = None,
    run_id: str | None = None,
    assets: tuple[str, ...] | None = None,
    overrides: Mapping[str, Any] | None = None,
) -> dg.ExecuteInProcessResult:
    """Run produce_video for one partition with tiny providers; `assets` makes only these, as Materialize does."""
    providers = behaving(behaviour or Behaviour())
    definitions = build_definitions({"providers": providers, **(overrides or {})})
    instance.add_dynamic_partitions("job_id", [str(job_id)])
    if isinstance(job_id, int):
        register_partition(instance, job_id)
    # Dagster's UI materializes through a hidden job over all assets; so does this.
    name = PRODUCE_VIDEO if assets is None else "__ASSET_JOB"
    return definitions.resolve_job_def(name).execute_in_process(
        instance=instance,
        partition_key=str(job_id),
        run_id=run_id,
        asset_selection=[dg.AssetKey(asset) for asset in assets] if assets else None,
        raise_on_error=False,
    )
