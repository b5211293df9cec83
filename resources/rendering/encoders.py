"""How a video is encoded: profiles (where it is going), presets (how much time for how few bytes), and the encoder.

Belongs here: the numbers, and the codec part of an ffmpeg command line. Not here: which hardware encoders work on this
machine (`hardware.py`), filters and files (`segments.py`), the container (`join.py`).
"""

import logging
import math
from dataclasses import dataclass

from reelineage.documents import FPS, Frame
from reelineage.look import PresetName, ProfileName
from resources.rendering.ffmpeg import BT709
from resources.rendering.hardware import HARDWARE, find_hardware, hardware_arguments

_log = logging.getLogger(__name__)
SOFTWARE = "x264"
_AUDIO_KBIT = 192
_LEAN_AUDIO_KBIT = 128  # Instagram's publishing guide names 128; a draft needs no more
_PLATFORM_MAXRATE_KBIT = 10_000  # what TikTok and Instagram encode again anyway; larger uploads only take longer
_FULL_HD = 1080 * 1920
_RATE_EXPONENT = math.log(40 / 12) / math.log(4)  # 12 Mbit/s at 1080p become 40 at 4K and 6 at 720p
_RATE_STEP_KBIT = 500


@dataclass(frozen=True)
class Encoding:
    """How one video is encoded.

    `preset` is in the encoder's own words; `crf` is x264's scale, whichever encoder; `maxrate_kbit` is None where the
    encoder keeps no bound. `hardware` is the hardware encoder in use (`nvenc`, ...), None for x264; `asked` is what the
    settings wanted. `edit_list` tells whether the MP4 may hold one.
    """

    codec: str
    preset: str
    crf: int
    maxrate_kbit: int | None
    audio_kbit: int
    edit_list: bool
    hardware: str | None
    asked: str


@dataclass(frozen=True)
class _Preset:
    """x264's preset and quality. `maxrate_kbit` is for 1080x1920."""

    name: str
    crf: int
    maxrate_kbit: int | None


_DRAFT = _Preset("ultrafast", 24, None)
_PRESETS: dict[PresetName, _Preset] = {
    "fast": _Preset("superfast", 23, None),
    "balanced": _Preset("veryfast", 21, 12_000),
    "small": _Preset("medium", 24, 5_000),
}


def encoding_for(profile: ProfileName, preset: PresetName, frame: Frame, *, encoder: str = SOFTWARE) -> Encoding:
    """The encoding of a video; a draft ignores `preset`.

    Args:
        profile: where the video is going.
        preset: how much time is spent for how few bytes.
        frame: size in pixels; bounds on the bitrate grow with it.
        encoder: `x264`, `auto`, or a hardware encoder. One that does not work here gives way to x264; the result says
            so in `asked` and `codec`, and a warning names it when it was asked for by name.

    Raises:
        BadInput: no such encoder.
    """
    chosen = _DRAFT if profile == "draft" else _PRESETS[preset]
    maxrate = _maxrate_kbit(chosen, profile, frame)
    codec = None if encoder == SOFTWARE else find_hardware(encoder)
    hardware = next((name for name, one in HARDWARE.items() if one.codec == codec), None)
    if encoder not in (SOFTWARE, "auto") and hardware is None:
        _log.warning(
            "The encoder %s does not work on this machine: videos are encoded by x264 instead. Install its driver, or "
            "set REELINEAGE_ENCODER=x264. Logging at debug shows what ffmpeg said.",
            encoder,
        )
    return Encoding(
        codec=codec or "libx264",
        preset=HARDWARE[hardware].presets[chosen.name] if hardware else chosen.name,
        crf=chosen.crf,
        maxrate_kbit=maxrate if hardware is None or HARDWARE[hardware].keeps_maxrate else None,
        audio_kbit=_LEAN_AUDIO_KBIT if profile in ("draft", "reels") else _AUDIO_KBIT,
        edit_list=profile != "strict",
        hardware=hardware,
        asked=encoder,
    )


def video_arguments(encoding: Encoding, *, threads: int) -> list[str]:
    """The codec part of an ffmpeg command line, from `-c:v` on.

    Streams made with the same encoding have the same parameter sets, whatever was encoded and by how many threads: they
    join by copying. The same pictures and arguments give the same bytes each time; `threads_for` sees to it.

    Raises:
        ValueError: `threads` is less than 1.
    """
    threads = threads_for(encoding, threads)
    if encoding.hardware:
        return hardware_arguments(
            encoding.hardware, preset=encoding.preset, crf=encoding.crf, maxrate_kbit=encoding.maxrate_kbit
        )
    bound = []
    if encoding.maxrate_kbit is not None:
        bound = ["-maxrate", f"{encoding.maxrate_kbit}k", "-bufsize", f"{2 * encoding.maxrate_kbit}k"]
    slices = ":sliced-threads=0" if threads > 1 else ""  # slices cost quality; whole frames at a time do not
    return [
        *("-c:v", encoding.codec, "-preset", encoding.preset, "-crf", str(encoding.crf), *bound),
        # Closed groups and no B-frames: decoding and showing order are the same, so a join needs no edit list.
        *("-threads", str(threads), "-profile:v", "high", "-pix_fmt", "yuv420p"),
        *("-g", str(2 * FPS), "-bf", "0", "-flags", "+cgop", *BT709),
        # ultrafast leaves 8x8dct out, and would no longer be High profile. Drawn pictures come without an aspect ratio,
        # films with one: left alone, their parameter sets differ.
        *("-x264-params", f"8x8dct=1:sar=1/1{slices}"),
    ]


def threads_for(encoding: Encoding, wanted: int) -> int:
    """How many of the wanted encoder threads may be used so that the bytes are the same each time.

    x264 keeps a bitrate bound by looking at how far its other threads have come: with two threads, 6 encodes of one
    noisy clip gave 6 different files, in frame threads and in slices alike. With a bound there is one thread. Without
    one, each number of threads has bytes of its own (where a thread's motion search ends), the same each time.
    Hardware takes no threads.

    Raises:
        ValueError: `wanted` is less than 1: x264 would count the cores, and the bytes would depend on the machine.
    """
    if wanted < 1:
        raise ValueError(f"Encoding by {wanted} threads: give at least one.")
    return 1 if encoding.maxrate_kbit is not None or encoding.hardware else wanted


def device_arguments(encoding: Encoding) -> list[str]:
    """What goes before the inputs of a command line: the device, for encoders that need one opened."""
    return list(HARDWARE[encoding.hardware].device) if encoding.hardware else []


def upload_filter(encoding: Encoding) -> str:
    """What goes behind the last filter of a graph that ends in yuv420p: empty, or `,…` with the way to a device."""
    return HARDWARE[encoding.hardware].upload if encoding.hardware else ""


def _maxrate_kbit(chosen: _Preset, profile: ProfileName, frame: Frame) -> int | None:
    bounds = [_PLATFORM_MAXRATE_KBIT] if profile in ("tiktok", "reels") else []
    if chosen.maxrate_kbit is not None:
        rate = chosen.maxrate_kbit * (frame.width * frame.height / _FULL_HD) ** _RATE_EXPONENT
        bounds.append(max(_RATE_STEP_KBIT, round(rate / _RATE_STEP_KBIT) * _RATE_STEP_KBIT))
    return min(bounds, default=None)
