"""Whether a finished file is fit to be shown: the rules that every video obeys.

Belongs here: `check_video`. Not here: reading streams (`streams.py`), loudness (`loudness.py`), what only looking finds
(`faults.py`), making the file (`composer.py`).
"""

from collections.abc import Iterator
from pathlib import Path

from reelineage.documents import FPS, SAMPLE_RATE, Frame
from reelineage.errors import NotPublishable
from resources.rendering.loudness import HIGHEST_TRUE_PEAK, LUFS_TOLERANCE, TARGET_LUFS, Loudness
from resources.rendering.streams import VideoMeasures, probe_video


def check_video(path: Path, *, frame: Frame, frames: int, loudness: Loudness) -> VideoMeasures:
    """Hold a finished video against every rule; `loudness` is what was measured on its encoded sound.

    Nothing is decoded: every packet was, before the join copied it (`segments.py`, `sound.py`, `join.py`).

    Raises:
        NotPublishable: naming each rule that is broken, with what was measured.
        PermanentError: the file cannot be read at all.
    """
    measures = probe_video(path)
    broken = [*_broken_rules(measures, frame, frames), *_broken_sound(loudness)]
    if broken:
        raise NotPublishable(
            f"Checking the finished video {path.name}: {'; '.join(broken)}. It was not recorded. Compose "
            "again; if that does not help, empty the cache."
        )
    return measures


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
