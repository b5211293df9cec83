"""The sound of the video: the voice brought to the loudness the platforms play at, encoded once.

Belongs here: gain, limiter, AAC, and measuring what came out. Not here: how the voice was spoken or put together
(`resources.speech`, `reelineage.timeline`). Music and ducking will join here.
"""

import math
import wave
from dataclasses import dataclass
from pathlib import Path

from reelineage.documents import SAMPLE_RATE
from reelineage.errors import NotPublishable, PermanentError
from resources.rendering.ffmpeg import BITEXACT, file_url, run_ffmpeg
from resources.rendering.probe import (
    HIGHEST_TRUE_PEAK,
    LUFS_TOLERANCE,
    TARGET_LUFS,
    Loudness,
    measure_loudness,
    read_integrated,
)
from resources.rendering.streams import plain_file

AAC_BITRATE = "192k"
_FIRST_CEILING = -1.6  # dBFS; AAC lifted true peaks by up to 0.4 dB over the limiter's ceiling
_QUIETEST = -50.0  # LUFS; below this there is nothing to amplify but noise
_DEADLINE_SECONDS = 600


@dataclass(frozen=True)
class Levels:
    """Gain in dB before the limiter, and the limiter's ceiling in dBFS."""

    gain: float
    ceiling: float


def voice_samples(voice: Path) -> int:
    """Samples in a mono 48 kHz WAV, read from its head.

    Raises:
        PermanentError: it is no plain file, or no such WAV.
    """
    plain_file(voice)
    try:
        with wave.open(str(voice), "rb") as file:
            if (file.getnchannels(), file.getframerate()) == (1, SAMPLE_RATE):
                return file.getnframes()
            found = f"{file.getnchannels()} channels at {file.getframerate()} Hz"
    except (wave.Error, EOFError) as error:
        found = f"no WAV ({error or 'it ends too early'})"
    raise PermanentError(
        f"Reading the voice {voice.name}: it has {found}; mono at {SAMPLE_RATE} Hz is needed. Make the voiceover again."
    )


def encode_sound(voice: Path, destination: Path, *, samples: int, draft: bool = False) -> Loudness:
    """Encode a mono 48 kHz WAV as stereo AAC-LC of exactly `samples` samples at -14 LUFS; returns what was reached.

    The loudness is set on the mix, measured on the encoded file, and corrected once.

    Raises:
        NotPublishable: the voice is silent, or the encoded sound still misses loudness or peak.
    """
    levels = _find_levels(voice, _FIRST_CEILING, samples)
    _encode(voice, destination, levels, samples, draft=draft)
    reached = measure_loudness(destination)
    if not _is_good(reached):
        excess = max(0.0, reached.true_peak_dbtp - HIGHEST_TRUE_PEAK)
        corrected = _find_levels(voice, levels.ceiling - excess - 0.3, samples)
        _encode(voice, destination, corrected, samples, draft=draft)
        reached = measure_loudness(destination)
    if not _is_good(reached):
        raise NotPublishable(
            f"Setting the loudness of {voice.name}: reached {reached.integrated_lufs} LUFS with a true peak of "
            f"{reached.true_peak_dbtp} dBTP instead of {TARGET_LUFS} and {HIGHEST_TRUE_PEAK}. Make the voice again; "
            "a track of clicks with long silence between them cannot be evened out."
        )
    return reached


def _is_good(got: Loudness) -> bool:
    return abs(got.integrated_lufs - TARGET_LUFS) <= LUFS_TOLERANCE and got.true_peak_dbtp <= HIGHEST_TRUE_PEAK


def _find_levels(voice: Path, ceiling: float, samples: int) -> Levels:
    """The gain that gives the target behind the limiter, which takes a little loudness away again."""
    gain = 0.0
    for _ in range(5):
        found = _measure(voice, Levels(gain, ceiling), samples)
        if not found > _QUIETEST:
            raise NotPublishable(
                f"Setting the loudness of {voice.name}: the voice is silent ({found} LUFS). "
                "Make the voiceover again and listen to it."
            )
        missing = TARGET_LUFS - found
        if abs(missing) <= 0.1:
            break
        gain += missing if gain == 0.0 else 1.5 * missing  # at work, the limiter eats about a third of every step
    return Levels(gain, ceiling)


def _encode(voice: Path, destination: Path, levels: Levels, samples: int, *, draft: bool) -> None:
    coder = "fast" if draft else "twoloop"
    run_ffmpeg(
        [
            *("-f", "wav", "-i", file_url(voice), "-map", "0:a:0", "-af", _chain(levels, samples)),
            *("-c:a", "aac", "-aac_coder", coder, "-b:a", AAC_BITRATE, "-ar", str(SAMPLE_RATE), "-ac", "2", *BITEXACT),
            *("-f", "mp4", "-y", file_url(destination)),
        ],
        doing=f"Encoding the sound of {voice.name}",
        deadline_seconds=_DEADLINE_SECONDS,
    )


def _measure(voice: Path, levels: Levels, samples: int) -> float:
    """Integrated loudness behind the limiter, in LUFS."""
    said = run_ffmpeg(
        [
            *(
                "-f",
                "wav",
                "-i",
                file_url(voice),
                "-map",
                "0:a:0",
                "-af",
                f"{_chain(levels, samples)},ebur128=framelog=quiet",
            ),
            *("-f", "null", "-", "-loglevel", "info"),
        ],
        doing=f"Measuring the loudness of {voice.name}",
        deadline_seconds=_DEADLINE_SECONDS,
    )
    return read_integrated(said)


def _chain(levels: Levels, samples: int) -> str:
    """Gain, limiter, exact length, then both sides from one.

    The limiter works at four times the sample rate and so sees the peaks between samples. Both sides count: +3 LU
    against mono.
    """
    limit = math.pow(10, levels.ceiling / 20)
    return (
        f"pan=mono|c0=c0,volume={levels.gain:.3f}dB,aresample={4 * SAMPLE_RATE},"
        f"alimiter=limit={limit:.5f}:attack=3:release=80:level=false:latency=true,aresample={SAMPLE_RATE},"
        f"apad=whole_len={samples},atrim=end_sample={samples},pan=stereo|c0=c0|c1=c0"
    )
