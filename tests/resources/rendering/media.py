"""Small clips, voices and documents for the tests of rendering."""

import wave
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reelineage.documents import (
    FPS,
    SAMPLE_RATE,
    ArtifactRef,
    Frame,
    MediaItem,
    Overlay,
    Scene,
    SceneRole,
    SceneSpan,
    Script,
    Sentence,
    SpokenSentence,
    Visual,
    VisualKind,
    Voiceover,
    WordTiming,
)
from tests.films import encode_frames

SMALL = Frame(width=180, height=320)
NO_DIGEST = "0" * 64


def moving_pictures(frame: Frame, frames: int, *, still_from: int | None = None) -> Iterator[NDArray[np.uint8]]:
    """Grey stripes that move, until picture `still_from`."""
    rows = np.arange(frame.height)[:, None]
    columns = np.arange(frame.width)[None, :]
    for number in range(frames):
        at = number if still_from is None else min(number, still_from)
        picture = np.full((frame.height * 3 // 2, frame.width), 128, np.uint8)
        picture[: frame.height] = 60 + (rows + 2 * columns + 7 * at) % 120
        yield picture


def plain_pictures(frame: Frame, frames: int, *, luma: int = 16) -> Iterator[NDArray[np.uint8]]:
    """One grey, black (in limited range) by default."""
    picture = np.full((frame.height * 3 // 2, frame.width), 128, np.uint8)
    picture[: frame.height] = luma
    for _ in range(frames):
        yield picture


def write_clip(path: Path, frames: int, *, frame: Frame = SMALL, still_from: int | None = None) -> Path:
    """A clip of moving stripes."""
    pictures = moving_pictures(frame, frames, still_from=still_from)
    encode_frames(pictures, path, frame=frame, crf=20, preset="ultrafast")
    return path


def babble(frames: int, *, level: float = 0.3) -> NDArray[np.float32]:
    """Something as uneven as speech: a buzz in syllables with pauses. Mono, 48 kHz, as long as `frames`."""
    time = np.arange(frames * SAMPLE_RATE // FPS) / SAMPLE_RATE
    harmonics = np.arange(1, 18)[:, None]
    buzz = np.sum(np.sin(2 * np.pi * 140 * harmonics * time) / harmonics, axis=0)
    syllables = np.clip(np.sin(2 * np.pi * 3.1 * time), 0, 1) ** 0.5 * (0.6 + 0.4 * np.sin(2 * np.pi * 0.7 * time))
    voice = buzz * syllables
    return np.asarray(level * voice / np.max(np.abs(voice)), np.float32)


def write_voice(path: Path, samples: NDArray[np.float32], *, rate: int = SAMPLE_RATE) -> Path:
    """A mono 16-bit WAV."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((samples * 32767).astype("<i2").tobytes())
    return path


def sentence(text: str, *, scene: int = 1, start: float = 0.2, seconds_per_word: float = 0.25) -> SpokenSentence:
    """A sentence whose words follow each other evenly."""
    words = text.split() or [text]
    timings = tuple(
        WordTiming(
            text=word,
            start_seconds=start + number * seconds_per_word,
            end_seconds=start + (number + 1) * seconds_per_word,
        )
        for number, word in enumerate(words)
    )
    return SpokenSentence(
        scene=scene,
        text=text,
        start_seconds=start,
        end_seconds=timings[-1].end_seconds,
        words=timings,
        request_sha256=NO_DIGEST,
    )


def voiceover(sentences: Sequence[SpokenSentence], frames: Sequence[int]) -> Voiceover:
    """A narration with one scene per entry of `frames`."""
    starts = [sum(frames[:number]) for number in range(len(frames))]
    return Voiceover(
        audio=ArtifactRef(sha256=NO_DIGEST, size_bytes=1, media_type="audio/wav"),
        duration_seconds=sum(frames) / FPS,
        sample_rate=SAMPLE_RATE,
        peak_dbfs=-3.0,
        loudness_lufs=-20.0,
        sentences=tuple(sentences),
        spans=tuple(
            SceneSpan(scene=number, first_frame=first, frames=count)
            for number, (first, count) in enumerate(zip(starts, frames, strict=True), start=1)
        ),
        voice=MediaItem(
            kind="voice",
            provider="tests",
            external_id="buzz",
            title="Buzz",
            author="the tests",
            page_url="",
            licence="CC0-1.0",
            attribution="",
            sha256=NO_DIGEST,
        ),
    )


def script(scenes: int, *, overlays: tuple[Overlay, ...] = (), title: str = "A test") -> Script:
    """A script with the given number of scenes, each with the same overlays."""
    return Script(
        title=title,
        description="",
        hashtags=(),
        hook="",
        call_to_action="",
        scenes=tuple(
            Scene(
                number=number,
                role=SceneRole.POINT,
                sentences=(Sentence(text="Words."),),
                visual=Visual(kind=VisualKind.STATEMENT, headline="Words"),
                visual_prompt="",
                overlays=overlays,
            )
            for number in range(1, scenes + 1)
        ),
        duration_target_seconds=6,
        aspect_ratio="9:16",
        language="en",
        seed=1,
        trend_pattern="",
        steps=(),
        request_sha256=NO_DIGEST,
    )
