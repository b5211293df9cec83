"""Whether a finished file is fit to be shown: loudness, faults found by one full decode, and the rules of every video.

Belongs here: measuring pictures and sound, and `check_video`. Not here: reading streams (`streams.py`), making the file
(`composer.py`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from reelineage.documents import FPS, SAMPLE_RATE, Frame
from reelineage.errors import NotPublishable, PermanentError
from resources.rendering.ffmpeg import file_url, run_ffmpeg
from resources.rendering.streams import MP4_ONLY, VideoMeasures, plain_file, probe_video

__all__ = [
    "Inspection",
    "Loudness",
    "VideoMeasures",
    "check_video",
    "find_faults",
    "inspect_video",
    "measure_loudness",
    "probe_video",
]

TARGET_LUFS = -14.0
LUFS_TOLERANCE = 0.5
HIGHEST_TRUE_PEAK = -1.0
_LOUDNESS = re.compile(r"^\s+I:\s+(-?[\d.]+|-?inf|nan) LUFS", re.MULTILINE)
_PEAK = re.compile(r"^\s+Peak:\s+(-?[\d.]+|-?inf|nan) dBFS", re.MULTILINE)
_SOUND = f"{MP4_ONLY[1]},wav"
_BLACK = re.compile(r"black_start:([\d.]+) black_end:([\d.]+)")
_FROZEN = re.compile(r"freeze_start: ([\d.]+)")
_SILENT = re.compile(r"silence_start: ([\d.-]+)")


@dataclass(frozen=True)
class Loudness:
    """EBU R 128: integrated loudness in LUFS and highest true peak in dBTP; -inf when there is only silence."""

    integrated_lufs: float
    true_peak_dbtp: float


@dataclass(frozen=True)
class Inspection:
    """What one full decode found: loudness, and long black, frozen or silent stretches as sentences."""

    loudness: Loudness
    faults: tuple[str, ...]
    frames: int


def measure_loudness(path: Path) -> Loudness:
    """Loudness of a file's first audio stream, as the platforms measure it.

    Raises:
        PermanentError: no plain file, or no sound in it.
    """
    plain_file(path)
    said = run_ffmpeg(
        [
            "-format_whitelist",
            _SOUND,
            "-i",
            file_url(path),
            "-map",
            "0:a:0",
            "-af",
            LOUDNESS_FILTER,
            "-f",
            "null",
            "-",
            "-loglevel",
            "info",
        ],
        doing=f"Measuring the loudness of {path.name}",
        deadline_seconds=600,
    )
    return read_loudness(said)


# Judged on every fourth pixel of every fourth line: 16 times less work, the same verdict.
WATCH_PICTURE = "scale=iw/4:-2:flags=neighbor,blackdetect=d=0.5:pix_th=0.10,freezedetect=n=-60dB:d=2"
LOUDNESS_FILTER = "ebur128=peak=true:framelog=quiet"


def read_loudness(said: str) -> Loudness:
    """The summary that the ebur128 filter writes at its end.

    Raises:
        PermanentError: there is none.
    """
    return Loudness(read_integrated(said), _last_number(_PEAK, said))


def read_integrated(said: str) -> float:
    """Only the integrated loudness: measuring true peaks costs twice as much."""
    return _last_number(_LOUDNESS, said)


def _last_number(pattern: re.Pattern[str], said: str) -> float:
    found = pattern.findall(said)
    if not found:
        raise PermanentError(
            f"Measuring loudness: ffmpeg gave no summary. Check that the file has sound. It said: {said[-500:]}"
        )
    return float(found[-1])


def inspect_video(path: Path) -> Inspection:
    """Decode everything once, watching for black (0.5 s), frozen (2 s) and silent (2 s) stretches and the loudness.

    Raises:
        PermanentError: the file cannot be decoded to its end, or lacks picture or sound.
    """
    plain_file(path)
    counted = 0

    def count(frames: int) -> None:
        nonlocal counted
        counted = frames

    said = run_ffmpeg(
        [
            *("-xerror", "-threads", "1", *MP4_ONLY, "-i", file_url(path), "-map", "0:v:0", "-map", "0:a:0"),
            *("-vf", WATCH_PICTURE),
            *("-af", f"silencedetect=n=-50dB:d=2,{LOUDNESS_FILTER}"),
            *("-fps_mode", "passthrough", "-f", "null", "-", "-loglevel", "info"),
        ],
        doing=f"Decoding {path.name} to check it",
        deadline_seconds=1800,
        on_progress=count,
    )
    return Inspection(read_loudness(said), (*_picture_faults(said), *_sound_faults(said)), counted)


def find_faults(path: Path) -> tuple[str, ...]:
    """Long black, frozen or silent stretches, each as a sentence; empty when there is none."""
    return inspect_video(path).faults


def check_video(path: Path, *, frame: Frame, frames: int) -> tuple[VideoMeasures, Inspection]:
    """Measure a finished video and hold it against every rule.

    Raises:
        NotPublishable: naming each rule that is broken, with what was measured.
        PermanentError: the file cannot be read at all.
    """
    measures = probe_video(path)
    broken = [*_broken_rules(measures, frame, frames)]
    if not measures.audio_codec:
        raise _not_publishable(path, broken)
    inspection = inspect_video(path)
    broken += [*_broken_sound(inspection.loudness), *inspection.faults]
    if inspection.frames != frames:
        broken.append(f"{inspection.frames} frames can be decoded, not {frames}")
    if broken:
        raise _not_publishable(path, broken)
    return measures, inspection


def _not_publishable(path: Path, broken: list[str]) -> NotPublishable:
    return NotPublishable(
        f"Checking the finished video {path.name}: {'; '.join(broken)}. It was not recorded; look at the scenes at "
        "these times, correct them and compose again."
    )


def _broken_rules(got: VideoMeasures, frame: Frame, frames: int) -> Iterator[str]:
    expected: dict[str, tuple[object, object]] = {
        "size": ((got.width, got.height), (frame.width, frame.height)),
        "frame rate": (got.fps, float(FPS)),
        "frame count": (got.frames, frames),
        "first picture at": (got.first_seconds, 0.0),
        "video codec": ((got.video_codec, got.video_profile), ("h264", "High")),
        "pixel format": (got.pixel_format, "yuv420p"),
        "colours": (
            (got.colour_primaries, got.colour_transfer, got.colour_matrix, got.colour_range),
            ("bt709", "bt709", "bt709", "tv"),
        ),
        "sound": ((got.audio_codec, got.audio_sample_rate, got.audio_channels), ("aac", SAMPLE_RATE, 2)),
    }
    for name, (found, wanted) in expected.items():
        if found != wanted:
            yield f"{name} is {found}, not {wanted}"
    if not got.constant_rate:
        yield "the time between pictures is not constant"
    if not got.fast_start:
        yield "it does not start fast (the index lies behind the media data)"
    if abs(got.audio_duration_seconds - got.duration_seconds) > 1 / FPS:
        yield f"picture lasts {got.duration_seconds:.3f} s, sound {got.audio_duration_seconds:.3f} s"


def _broken_sound(got: Loudness) -> Iterator[str]:
    if not abs(got.integrated_lufs - TARGET_LUFS) <= LUFS_TOLERANCE:  # written so that NaN fails too
        yield f"loudness is {got.integrated_lufs} LUFS, not {TARGET_LUFS} +/- {LUFS_TOLERANCE}"
    if not got.true_peak_dbtp <= HIGHEST_TRUE_PEAK:
        yield f"true peak is {got.true_peak_dbtp} dBTP, above {HIGHEST_TRUE_PEAK}"


def picture_faults(said: str) -> tuple[str, ...]:
    """Black and frozen stretches that the filters of `WATCH_PICTURE` reported, as sentences."""
    return tuple(_picture_faults(said))


def _picture_faults(said: str) -> Iterator[str]:
    for start, end in _BLACK.findall(said):
        yield f"the picture is black from {float(start):.1f} s to {float(end):.1f} s"
    for start in _FROZEN.findall(said):
        yield f"the picture stands still from {float(start):.1f} s for more than 2 s"


def _sound_faults(said: str) -> Iterator[str]:
    for start in _SILENT.findall(said):
        yield f"the sound is silent from {max(float(start), 0):.1f} s for more than 2 s"
