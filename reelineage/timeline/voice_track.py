"""The voice track: spoken sentences put in a row with pauses, and the frames that each scene gets.

Belongs here: trimming, levels, pauses, joins, and the cut of scenes at whole frames. Not here: synthesis
(`resources.speech`), files, loudness of the finished video (`resources.rendering`).
All lengths are whole samples at 48 kHz; a frame at 30 fps is exactly 1600 of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from reelineage.documents import FPS, SAMPLE_RATE, SceneSpan, SpokenSentence, WordTiming
from reelineage.errors import NotPublishable
from reelineage.timeline.word_times import kept_apart

LEAD_IN_SECONDS = 0.25
SENTENCE_PAUSE_SECONDS = 0.18
SCENE_PAUSE_SECONDS = 0.40
TAIL_SECONDS = 0.60
SAMPLES_PER_FRAME = SAMPLE_RATE // FPS

_KEPT_SILENCE_SECONDS = 0.03
_FADE_SECONDS = 0.005
_WINDOW = SAMPLE_RATE // 200  # 5 ms
_SPEECH_RANGE_DB = 45.0  # what lies deeper under a sentence's loudest 5 ms is silence around it
_ACTIVE_RANGE_DB = 25.0  # what counts for its level: words, not the pauses between them
_QUIETEST_DBFS = -45.0  # a sentence whose loudest 5 ms stay under this is silent
_PEAK_DBFS = -3.0
_MOST_CORRECTION_DB = 3.0
_MAX_SECONDS = 900
_DECIMALS = 9  # a scene begins at a thirtieth: with four, its words would move by 0.1 ms when it moves


@dataclass(frozen=True)
class VoicedSentence:
    """A sentence as the synthesizer gave it: mono 48 kHz samples in -1..1, word times from its own start."""

    scene: int
    text: str
    samples: NDArray[np.float32]
    words: tuple[WordTiming, ...]
    request_sha256: str


@dataclass(frozen=True)
class VoiceTrack:
    """The whole narration, a whole number of frames long. Times count from its start."""

    samples: NDArray[np.float32]
    sentences: tuple[SpokenSentence, ...]
    spans: tuple[SceneSpan, ...]
    peak_dbfs: float


@dataclass(frozen=True)
class _Piece:
    sentence: VoicedSentence
    samples: NDArray[np.float32]
    trimmed: int
    level: float


def assemble_voice_track(sentences: Sequence[VoicedSentence]) -> VoiceTrack:
    """Join sentences into one track at an even level with its peak at -3 dBFS.

    Spans start at frame 0, follow each other without a gap and cover the track exactly; the cut between two scenes lies
    in the middle of the pause between them. Every scene but the first begins to speak at the same moment of its first
    frame, so that a longer sentence moves what comes after it by whole frames and changes nothing else there: pictures
    and captions of the other scenes need no new encoding. For this a pause may be up to half a frame longer or shorter.

    Raises:
        NotPublishable: no sentence, one that is silent or no sound, a scene that comes back, or over 15 minutes.
    """
    _check_order(sentences)
    pieces = [_piece(sentence) for sentence in sentences]
    starts, cuts, frames = _lay_out(pieces)
    track = np.zeros(frames * SAMPLES_PER_FRAME, dtype=np.float32)
    middle = float(np.median([piece.level for piece in pieces]))
    most = 10 ** (_MOST_CORRECTION_DB / 20)
    for piece, start in zip(pieces, starts, strict=True):
        gain = min(max(middle / piece.level, 1 / most), most)
        track[start : start + piece.samples.size] = piece.samples * np.float32(gain)
    track *= np.float32(10 ** (_PEAK_DBFS / 20) / np.abs(track).max())
    return VoiceTrack(
        samples=track,
        sentences=tuple(_placed(piece, start) for piece, start in zip(pieces, starts, strict=True)),
        spans=tuple(SceneSpan(scene=scene, first_frame=first, frames=last - first) for scene, first, last in cuts),
        peak_dbfs=round(20 * float(np.log10(np.abs(track).max())), 2),
    )


def _check_order(sentences: Sequence[VoicedSentence]) -> None:
    if not sentences:
        raise NotPublishable("Joining the voice track: there is no sentence. Make the script again.")
    for before, after in pairwise(sentences):
        if after.scene < before.scene:
            raise NotPublishable(
                f"Joining the voice track: scene {after.scene} comes after scene {before.scene}. Make the voiceover"
                " again with the sentences in the script's order."
            )
    seconds = sum(sentence.samples.size for sentence in sentences) / SAMPLE_RATE
    if seconds > _MAX_SECONDS:
        raise NotPublishable(
            f"Joining the voice track: {seconds:.0f} s of speech in {len(sentences)} sentences, at most {_MAX_SECONDS}"
            " s are possible. Shorten the script."
        )


def _piece(sentence: VoicedSentence) -> _Piece:
    """Cut the silence around a sentence and soften its two edges."""
    samples = sentence.samples
    if samples.ndim != 1 or samples.size == 0 or not np.isfinite(samples).all():
        raise _refused(sentence, "holds no sound, or samples that are no numbers")
    decibels = _decibels(samples)
    loudest = float(decibels.max())
    if loudest < _QUIETEST_DBFS:
        raise _refused(sentence, f"is silent (its loudest moment has {loudest:.0f} dBFS)")
    heard = np.flatnonzero(decibels > loudest - _SPEECH_RANGE_DB)
    kept = round(_KEPT_SILENCE_SECONDS * SAMPLE_RATE)
    first = max(int(heard[0]) * _WINDOW - kept, 0)
    last = min((int(heard[-1]) + 1) * _WINDOW + kept, samples.size)
    cut = samples[first:last].astype(np.float32)
    fade = min(round(_FADE_SECONDS * SAMPLE_RATE), cut.size // 2)
    ramp = (0.5 - 0.5 * np.cos(np.pi * (np.arange(fade) + 0.5) / max(fade, 1))).astype(np.float32)
    cut[:fade] *= ramp
    cut[cut.size - fade :] *= ramp[::-1]
    active = decibels[decibels > loudest - _ACTIVE_RANGE_DB]
    return _Piece(sentence, cut, first, level=float(np.sqrt(np.mean(10 ** (active / 10)))))


def _decibels(samples: NDArray[np.float32]) -> NDArray[np.float64]:
    """RMS of each 5 ms in dBFS."""
    windows = -(-samples.size // _WINDOW)
    padded = np.zeros(windows * _WINDOW)
    padded[: samples.size] = samples
    power = (padded.reshape(windows, _WINDOW) ** 2).mean(axis=1)
    return np.asarray(10 * np.log10(power + 1e-12), dtype=np.float64)


def _lay_out(pieces: Sequence[_Piece]) -> tuple[list[int], list[tuple[int, int, int]], int]:
    """Start sample of each piece, (scene, first frame, frame behind its last) of each scene, and all frames."""
    starts: list[int] = []
    cuts: list[tuple[int, int, int]] = []
    cursor = round(LEAD_IN_SECONDS * SAMPLE_RATE)
    scene_frame = 0
    for index, piece in enumerate(pieces):
        starts.append(cursor)
        cursor += piece.samples.size
        scene = piece.sentence.scene
        if index + 1 == len(pieces):
            frames = -(-(cursor + round(TAIL_SECONDS * SAMPLE_RATE)) // SAMPLES_PER_FRAME)
            cuts.append((scene, scene_frame, frames))
            break
        if pieces[index + 1].sentence.scene == scene:
            cursor += round(SENTENCE_PAUSE_SECONDS * SAMPLE_RATE)
            continue
        pause = round(SCENE_PAUSE_SECONDS * SAMPLE_RATE)
        cut_frame = round((cursor + pause / 2) / SAMPLES_PER_FRAME)
        cuts.append((scene, scene_frame, cut_frame))
        scene_frame = cut_frame
        cursor = cut_frame * SAMPLES_PER_FRAME + pause // 2
    return starts, cuts, frames


def _placed(piece: _Piece, start: int) -> SpokenSentence:
    shift = (start - piece.trimmed) / SAMPLE_RATE
    begin, end = start / SAMPLE_RATE, (start + piece.samples.size) / SAMPLE_RATE
    words = piece.sentence.words
    times = kept_apart([(word.start_seconds + shift, word.end_seconds + shift) for word in words], begin, end)
    return SpokenSentence(
        scene=piece.sentence.scene,
        text=piece.sentence.text,
        start_seconds=round(begin, _DECIMALS),
        end_seconds=round(end, _DECIMALS),
        words=tuple(
            WordTiming(text=word.text, start_seconds=round(first, _DECIMALS), end_seconds=round(last, _DECIMALS))
            for word, (first, last) in zip(words, times, strict=True)
        ),
        request_sha256=piece.sentence.request_sha256,
    )


def _refused(sentence: VoicedSentence, what: str) -> NotPublishable:
    text = sentence.text if len(sentence.text) <= 60 else sentence.text[:59] + "…"
    return NotPublishable(
        f"Joining the voice track: the sentence “{text}” of scene {sentence.scene} {what}. Make the voiceover again; if"
        " it stays, rewrite the sentence."
    )
