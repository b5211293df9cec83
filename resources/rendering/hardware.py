"""Hardware encoders: what each is called and told, and a trial that shows whether one works on this machine.

Belongs here: names, arguments, the trial. Not here: presets and profiles (`encoders.py`), nor what happens when none
works (x264: `encoders.py`). No machine that runs the tests has one of these encoders: the arguments follow FFmpeg's
documentation, and where a driver refuses them, its trial fails and x264 is used.
"""

import functools
import logging
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np

from reelineage.documents import FPS
from reelineage.errors import BadInput, PermanentError, TransientError
from resources.rendering.ffmpeg import BT709, TAG_BT709, file_url, run_ffmpeg

_log = logging.getLogger(__name__)
_DEADLINE_SECONDS = 20.0
_SIDE = 256  # pixels; NVENC refuses less than 145 in width
_COLOUR = (180, 90, 160)  # limited-range Y, U, V: far from the grey and green that broken decoding shows
_TOLERANCE = 10
_TRIAL_CRF = 21


@dataclass(frozen=True)
class Hardware:
    """One hardware encoder. `presets` maps x264's preset names to its own; `upload` is put behind the filters."""

    codec: str
    pixel_format: str | None
    presets: Mapping[str, str]
    keeps_maxrate: bool = False
    device: tuple[str, ...] = ()
    upload: str = ""


def _presets(ultrafast: str, superfast: str, veryfast: str, medium: str) -> Mapping[str, str]:
    names = {"ultrafast": ultrafast, "superfast": superfast, "veryfast": veryfast, "medium": medium}
    return MappingProxyType(names)


_ONE_SPEED = _presets("default", "default", "default", "default")

# In the order in which `auto` tries them. VAAPI last: where it works, the vendor's own interface is the better one.
HARDWARE: Mapping[str, Hardware] = MappingProxyType(
    {
        "nvenc": Hardware("h264_nvenc", "yuv420p", _presets("p1", "p2", "p4", "p6"), keeps_maxrate=True),
        "qsv": Hardware("h264_qsv", "nv12", _presets("veryfast", "veryfast", "faster", "medium")),
        "videotoolbox": Hardware("h264_videotoolbox", "yuv420p", _ONE_SPEED),
        "amf": Hardware("h264_amf", "yuv420p", _presets("speed", "speed", "balanced", "quality")),
        "vaapi": Hardware(
            "h264_vaapi",
            None,  # it takes surfaces of the device, filled by `upload`
            _ONE_SPEED,
            device=("-init_hw_device", "vaapi=reelineage", "-filter_hw_device", "reelineage"),
            upload=",format=nv12,hwupload",
        ),
    }
)


def find_hardware(wanted: str) -> str | None:
    """The codec of the first wanted encoder that really encodes a picture here, e.g. `h264_nvenc`; None when none does.

    Args:
        wanted: `auto` or a name in `HARDWARE`. Each is tried once per process, at most 20 s; what ffmpeg said about a
            failure is logged at debug.

    Raises:
        BadInput: no such encoder.
    """
    if wanted != "auto" and wanted not in HARDWARE:
        raise BadInput(
            f"Choosing the encoder: {wanted[:80]!r} is none. Set REELINEAGE_ENCODER to x264, auto or one of "
            f"{', '.join(HARDWARE)}."
        )
    for name in HARDWARE if wanted == "auto" else (wanted,):
        if _works(name):
            return HARDWARE[name].codec
    return None


def hardware_arguments(name: str, *, preset: str, crf: int, maxrate_kbit: int | None) -> list[str]:
    """The codec part of a command line; `preset` is the encoder's own word for it.

    Closed groups without B-frames, as x264 makes them, so that segments join by copying. H.264's quantizer scale (0 to
    51) is common to crf, NVENC's cq, QSV's ICQ and constant QP: the same number is the nearest quality.
    """
    hardware = HARDWARE[name]
    pixels = ["-pix_fmt", hardware.pixel_format] if hardware.pixel_format else []
    rate = _rate_control(name, preset, crf)
    if maxrate_kbit is not None and hardware.keeps_maxrate:
        rate += ["-maxrate", f"{maxrate_kbit}k", "-bufsize", f"{2 * maxrate_kbit}k"]
    return [
        *("-c:v", hardware.codec, *rate, "-profile:v", "high", *pixels),
        *("-g", str(2 * FPS), "-bf", "0", "-flags", "+cgop", *BT709),
    ]


def _rate_control(name: str, preset: str, crf: int) -> list[str]:
    if name == "nvenc":
        return ["-preset", preset, "-rc", "vbr", "-cq", str(crf), "-b:v", "0"]
    if name == "qsv":
        return ["-preset", preset, "-global_quality", str(crf)]  # with a maxrate it would need a mean bitrate too
    if name == "amf":
        return ["-quality", preset, "-rc", "cqp", "-qp_i", str(crf), "-qp_p", str(crf)]
    if name == "vaapi":
        return ["-rc_mode", "CQP", "-qp", str(crf)]
    # VideoToolbox counts from 0 (worst) to 100; its users take 60 to 65 where they took crf 21 to 24.
    return ["-q:v", str(round(100 - crf * 5 / 3))]


@functools.cache
def _works(name: str) -> bool:
    """Encode one picture with the arguments that a video gets, and look at what comes out of a decoder."""
    hardware = HARDWARE[name]
    luma, blue, red = _COLOUR
    picture = f"color=size={_SIDE}x{_SIDE}:rate={FPS},format=yuv420p,lutyuv=y={luma}:u={blue}:v={red},{TAG_BT709}"
    codec = hardware_arguments(name, preset=hardware.presets["veryfast"], crf=_TRIAL_CRF, maxrate_kbit=12_000)
    with tempfile.TemporaryDirectory(prefix="reelineage-trial-") as folder:
        made = Path(folder) / "trial.mp4"
        try:
            run_ffmpeg(
                [
                    *(
                        *hardware.device,
                        "-f",
                        "lavfi",
                        "-i",
                        picture,
                        "-filter_complex",
                        f"[0:v]null{hardware.upload}[out]",
                    ),
                    *("-map", "[out]", "-frames:v", "1", *codec, "-f", "mp4", "-y", made.name),
                ],
                doing=f"Trying the encoder {hardware.codec}",
                deadline_seconds=_DEADLINE_SECONDS,
                folder=Path(folder),
            )
        except (PermanentError, TransientError) as error:
            _log.debug("%s", error)
            return False
        problem = _problem(made)
    if problem:
        _log.debug("Trying the encoder %s: it ended well, but %s.", hardware.codec, problem)
    return not problem


def _problem(path: Path) -> str | None:
    """What is wrong with a trial, None when it is one picture of the colour that was asked for."""
    import av  # noqa: PLC0415 — heavy import, only when used

    try:
        with av.open(file_url(path), format="mov", options={"protocol_whitelist": "file"}) as container:
            pictures = [one.to_ndarray(format="yuv420p") for one in container.decode(video=0)]
    except (av.FFmpegError, IndexError) as error:  # IndexError: it holds no video stream
        return f"its file cannot be decoded ({error})"
    if len(pictures) != 1 or pictures[0].shape != (_SIDE * 3 // 2, _SIDE):
        return f"its file holds {len(pictures)} pictures of {[one.shape for one in pictures]}"
    planes = np.split(pictures[0].ravel().astype(int), [_SIDE**2, _SIDE**2 * 5 // 4])
    away = [int(np.abs(plane - value).max()) for plane, value in zip(planes, _COLOUR, strict=True)]
    return f"Y, U, V are away from what was encoded by up to {away}" if max(away) > _TOLERANCE else None
