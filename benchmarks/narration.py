"""What is said in the benchmark's video, by whom and when, what stands in its script, and the music under it.

Belongs here: sentences, their sound at exact lengths, script and music. Not here: clips (`clips.py`), which scenes a
video has (`workload.py`).
"""

import math
import wave
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reelineage.documents import (
    FPS,
    SAMPLE_RATE,
    ArtifactRef,
    Datum,
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
from reelineage.fingerprint import sha256_of, sha256_of_file
from reelineage.timeline.voice_track import SAMPLES_PER_FRAME, VoicedSentence, assemble_voice_track
from resources.speech import SpeechSynthesizer
from resources.speech.wav import write_wav

_PACES = (1.1, 1.25, 1.4, 1.5)
_SENTENCES = (
    "Every short video starts as a heap of clips that nobody has cut.",
    "A camera pans across a wall while the light behind it keeps changing.",
    "Grain, leaves and water are what an encoder spends most of its time on.",
    "Some clips stand upright and some lie flat, yet all must fill one frame.",
    "Words appear as they are spoken, so each of them needs its own moment.",
    "Music runs under the voice and steps back whenever somebody is speaking here.",
    "Change a single scene, and only that scene should have to be made again.",
    "Measure it yourself, on your own machine, and compare what you see.",
)


def sentences_for(scenes: int, most_words: int) -> Iterator[str]:
    """One sentence per scene, cut after so many words."""
    for number in range(scenes):
        words = _SENTENCES[number % len(_SENTENCES)].split()[:most_words]
        yield " ".join(words).rstrip(".,") + "."


@dataclass(frozen=True)
class SpokenScene:
    """One scene's sound, exactly as long as its picture, and its sentence with times from the scene's start."""

    samples: NDArray[np.float32]
    sentence: SpokenSentence


def speak(text: str, frames: int, speech: SpeechSynthesizer) -> SpokenScene:
    """Speak one scene's sentence, faster if it must be, and make it exactly `frames` frames long.

    Raises:
        ValueError: the sentence is too long for that.
    """
    for pace in _PACES:
        said = speech.speak(text, pace=pace)
        track = assemble_voice_track([VoicedSentence(1, text, said.samples, said.words, sha256_of(text))])
        if track.sentences[-1].end_seconds * FPS <= frames:
            samples = np.zeros(frames * SAMPLES_PER_FRAME, np.float32)
            length = min(samples.size, track.samples.size)
            samples[:length] = track.samples[:length]
            return SpokenScene(samples, track.sentences[0])
    raise ValueError(f"{text!r} cannot be said within {frames} frames; shorten it")


def narrate(takes: Sequence[SpokenScene], lengths: Sequence[int], voice: Path, speech: SpeechSynthesizer) -> Voiceover:
    """Put scenes in a row: the sound goes to `voice`, times count from the start of the whole."""
    samples = np.concatenate([take.samples for take in takes])
    write_wav(voice, samples)
    sentences, spans, first = [], [], 0
    for number, (take, frames) in enumerate(zip(takes, lengths, strict=True), 1):
        sentences.append(_shifted(take.sentence, number, first / FPS))
        spans.append(SceneSpan(scene=number, first_frame=first, frames=frames))
        first += frames
    return Voiceover(
        audio=ArtifactRef(sha256=sha256_of_file(voice), size_bytes=voice.stat().st_size, media_type="audio/wav"),
        duration_seconds=samples.size / SAMPLE_RATE,
        sample_rate=SAMPLE_RATE,
        peak_dbfs=round(20 * math.log10(float(np.abs(samples).max())), 2),
        loudness_lufs=-18.0,  # for the record only; composition measures what it mixes
        sentences=tuple(sentences),
        spans=tuple(spans),
        voice=speech.voice,
    )


def _shifted(sentence: SpokenSentence, scene: int, by: float) -> SpokenSentence:
    words = tuple(
        WordTiming(text=word.text, start_seconds=word.start_seconds + by, end_seconds=word.end_seconds + by)
        for word in sentence.words
    )
    return sentence.model_copy(
        update={
            "scene": scene,
            "start_seconds": sentence.start_seconds + by,
            "end_seconds": sentence.end_seconds + by,
            "words": words,
        }
    )


def script_of(texts: Sequence[str]) -> Script:
    """A script that says these sentences, one in each scene."""
    return Script(
        title="A measured video",
        description="",
        hashtags=(),
        hook=texts[0],
        call_to_action=texts[-1],
        scenes=tuple(
            Scene(
                number=number,
                role=SceneRole.POINT,
                sentences=(Sentence(text=text),),
                visual=_visual(number, text),
                visual_prompt="",
            )
            for number, text in enumerate(texts, 1)
        ),
        duration_target_seconds=40,
        aspect_ratio="9:16",
        language="en",
        seed=1,
        trend_pattern="",
        steps=(),
        request_sha256=sha256_of("benchmark"),
    )


def _visual(number: int, text: str) -> Visual:
    """What is drawn when the scene is drawn: four layouts take turns."""
    kinds = (VisualKind.TITLE, VisualKind.BAR_CHART, VisualKind.STATEMENT, VisualKind.RANKED_ITEM)
    return Visual(
        kind=kinds[(number - 1) % len(kinds)],
        headline=" ".join(text.split()[:6]).rstrip(".,"),
        kicker=f"Part {number}",
        body=text,
        figure="42 %",
        figure_caption="of all frames",
        rank=number,
        data=tuple(Datum(label=f"Bar {bar}", value=10.0 * bar, display=str(10 * bar)) for bar in range(5, 0, -1)),
    )


def write_music(path: Path) -> None:
    """Sixteen seconds of four plain chords in stereo, 48 kHz, 16 bit; its end meets its start."""
    clock = np.arange(4 * SAMPLE_RATE) / SAMPLE_RATE
    swell = np.sin(np.pi * clock / 4) ** 0.5
    bars = []
    for chord in ((220.0, 261.6, 329.6), (174.6, 220.0, 261.6), (261.6, 329.6, 392.0), (196.0, 246.9, 293.7)):
        left = sum(np.sin(2 * np.pi * tone * clock) for tone in chord)
        right = sum(np.sin(2 * np.pi * tone * 1.003 * clock + 0.4) for tone in chord)
        bars.append(0.12 * swell[:, None] * np.stack([left, right], axis=1))
    values = np.round(np.concatenate(bars) * 32767).astype("<i2")
    with path.open("wb") as file, wave.open(file, "wb") as track:
        track.setnchannels(2)
        track.setsampwidth(2)
        track.setframerate(SAMPLE_RATE)
        track.writeframes(values.tobytes())
