"""How a film or still fills the frame: the input arguments and the filters for any run of its frames.

Belongs here: seeking, the 30 fps grid, the movement of stills; pure functions that make texts. Not here: what happens
to each picture (`framing.py`), what the file is (`media_probe.py`), where to crop (`smart_crop.py`), running any of it.

Frame k of a scene is one picture whichever run asks for it: all times stay whole ticks of the file's own time base
until they meet the grid, and the grid always starts at the placement's first second.
"""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

from reelineage.documents import FPS, Frame, Movement, Placement
from resources.rendering.ffmpeg import file_url
from resources.rendering.framing import Size, even, picture_filters
from resources.rendering.media_probe import MEDIA_FORMATS, MOST_PIXELS, MediaFacts

# Raise this with every change of a text that `fit` gives: cached segments name it instead of the text, so that a video
# in which nothing changed opens no film.
FITTING_VERSION: Final = "1"

_SEEKABLE: Final = {"mov", "matroska", "mpegts"}  # AVI numbers its pictures anew after a seek: read from its start
# MPEG-TS has no index: ffmpeg lands somewhere before the time and shows pictures from the next key frame on. Streams
# that are cut into pieces have one at least every 10 s.
_TS_LEAD_SECONDS: Final = 10
_INTERLACED_LEAD_SECONDS: Final = 1  # deinterlacing looks at the pictures before
_GROWTH: Final = 0.08  # how much larger than the frame the canvas of a moving still is
_PAN_SHRINK: Final = 0.02  # at exactly 1:1 all pixels would be sharp and soft in step while the picture moves


@dataclass(frozen=True)
class FittedInput:
    """Input arguments up to and with "-i" and the file; and a filtergraph text from `[pad]` to `[label]`."""

    arguments: tuple[str, ...]
    filters: str


def fit(  # noqa: PLR0913 — what decides a picture; all but the first four by name
    path: Path,
    facts: MediaFacts,
    placement: Placement,
    frame: Frame,
    *,
    first: int,
    count: int,
    scene_frames: int,
    pad: str,
    label: str,
    hold: bool,
    crop_at: tuple[float, float] | None = None,
) -> FittedInput:
    """Fill `frame` with frames `first` .. `first + count - 1` of a scene, at 30 fps from `placement.first_seconds` on.

    The label carries yuv420p of the frame's size, bt709 limited, square pixels, constant 30 fps, PTS from 0.

    Args:
        path: the file that `facts` are about.
        facts: what `inspect_media` said.
        placement: fit, first second, movement.
        frame: the size to fill.
        first: the first frame wanted, counted from the scene's start; it may lie beyond the scene's end.
        count: how many frames; a film that ends early gives fewer, unless `hold`.
        scene_frames: the scene's length, over which a still moves.
        pad: the input pad, e.g. "0:V:0".
        label: the output label; labels inside are made from it, so it must be unique in the whole graph.
        hold: whether the last picture of a film goes on when the film has ended.
        crop_at: centre (0..1, 0..1) of what must stay in the picture, as shown; the middle by default. It counts
            for the fit "smart".
    """
    centre = crop_at if placement.fit == "smart" and crop_at is not None else (0.5, 0.5)
    if facts.is_still:
        filters = _still(facts, placement, frame, _Run(first, count, scene_frames), label, centre)
        return FittedInput(_input(path, facts, 0), f"[{pad}]{filters}[{label}]")
    seek = _seek_seconds(facts, placement.first_seconds, first)
    filters = ",".join(
        (
            *_declared(facts),
            *(("bwdif=mode=send_frame:deint=all",) if facts.interlaced else ()),
            *_on_grid(facts, placement.first_seconds, first, count, seek, hold=hold),
            *picture_filters(facts, placement.fit, Size(frame.width, frame.height), centre, label),
        )
    )
    return FittedInput(_input(path, facts, seek), f"[{pad}]{filters}[{label}]")


@dataclass(frozen=True)
class _Run:
    first: int
    count: int
    scene_frames: int


def _input(path: Path, facts: MediaFacts, seek: int) -> tuple[str, ...]:
    return (
        *("-threads", "1", "-f", facts.format, *MEDIA_FORMATS, "-noautorotate", "-an", "-sn", "-dn"),
        # A film whose size or format changes on its way would begin the filters, and with them the count, anew.
        *("-max_pixels", str(MOST_PIXELS), "-drop_changed", "1"),
        *(("-c:v", facts.decoder) if facts.decoder else ()),
        # Not accurate on purpose: the picture that is already on when the run begins is needed too.
        *(("-noaccurate_seek", "-ss", str(seek)) if seek else ()),
        *("-i", file_url(path)),
    )


def _seek_seconds(facts: MediaFacts, first_seconds: float, first: int) -> int:
    """Whole seconds to skip: whole seconds are whole ticks of every time base 1/n, so seeking moves no picture."""
    if facts.format not in _SEEKABLE or facts.ticks.numerator != 1:
        return 0
    wanted = first_seconds + first / FPS
    if facts.seconds is not None:
        wanted = min(wanted, facts.seconds - 1)
    lead = _TS_LEAD_SECONDS if facts.format == "mpegts" else 0
    seconds = int(wanted) - lead - (_INTERLACED_LEAD_SECONDS if facts.interlaced else 0)
    return seconds if seconds > facts.start_ticks * facts.ticks else 0


def _declared(facts: MediaFacts) -> tuple[str, ...]:
    """Drop what rides along (rotation, captions, mastering data), and say what the colours are."""
    if facts.is_rgb:
        return ("sidedata=mode=delete",)
    spread = "pc" if facts.full_range else "tv"
    return ("sidedata=mode=delete", f"setparams=range={spread}:colorspace={facts.matrix}")


def _on_grid(
    facts: MediaFacts, first_seconds: float, first: int, count: int, seek: int, *, hold: bool
) -> tuple[str, ...]:
    """Put the pictures on the 30 fps grid and pick the run."""
    fine = Fraction(1, facts.ticks.denominator * FPS)  # both the file's times and the grid's are whole in it
    if fine.denominator >= 2**31:
        fine = facts.ticks
    origin = round(Fraction(first_seconds) / fine - Fraction(1, 10**6))  # a tie must never hang on 1e-16
    shift = origin - round(seek / fine) + (round(facts.start_ticks * facts.ticks / fine) if seek else 0)
    start = first
    if hold and facts.seconds is not None:  # there must be a picture to hold: begin before the film's last second
        start = min(first, max(int((facts.seconds - first_seconds) * FPS) - FPS, 0))
    return (
        f"settb={fine.numerator}/{fine.denominator}",
        *((f"setpts=PTS-({shift})",) if shift else ()),
        f"fps={FPS}:start_time={float(Fraction(start, FPS))!r}:round=near",
        *(("tpad=stop_mode=clone:stop=-1",) if hold else ()),
        f"trim=start_frame={first - start}:end_frame={first - start + count}",
        *((f"setpts=PTS-{first}",) if first else ()),
    )


def _still(
    facts: MediaFacts, placement: Placement, frame: Frame, run: _Run, label: str, centre: tuple[float, float]
) -> str:
    """The picture is made once, a little larger than the frame, and moved by a warp with 1/256 px steps."""
    moving = placement.movement != "none"
    growth = 1 + _GROWTH if moving else 1.0
    canvas = Size(even(frame.width * growth), even(frame.height * growth))
    moved = (*_movement(placement.movement, canvas, frame, run), f"crop={frame.width}:{frame.height}:0:0")
    return ",".join(
        (
            *_declared(facts),
            "trim=end_frame=1",
            *picture_filters(facts, placement.fit, canvas, centre, label),
            f"loop=-1:size=1,settb=1/{FPS},setpts=N,fps={FPS}:start_time=0",
            *(moved if moving else ()),
            f"trim=end_frame={run.count}",
        )
    )


def _movement(movement: Movement, canvas: Size, frame: Frame, run: _Run) -> tuple[str, ...]:
    """Show the part of the canvas that belongs to each frame in its top left corner, at the frame's size.

    `e` runs from 0 to 1 over the scene with a soft start and end. The part's width is `frame.width * s`.
    """
    spare_x, spare_y = float(canvas.width - frame.width), float(canvas.height - frame.height)
    span = max(run.scene_frames - 1, 1)
    time = f"clip((on+{run.first})/{span},0,1)"
    eased = f"({time}*{time}*(3-2*{time}))"
    along = f"(1-{eased})" if movement in ("zoom_in", "pan_left", "pan_up") else eased
    if movement in ("zoom_in", "zoom_out"):
        left, top = f"{spare_x / 2}*(1-{along})", f"{spare_y / 2}*(1-{along})"
        wide = f"{canvas.width}*(1+{spare_x / frame.width}*{along})"
        high = f"{canvas.height}*(1+{spare_y / frame.height}*{along})"
    else:
        sideways = movement in ("pan_left", "pan_right")
        spare_x, spare_y = spare_x - _PAN_SHRINK * frame.width, spare_y - _PAN_SHRINK * frame.height
        left = f"{spare_x}*{along}" if sideways else f"{spare_x / 2}"
        top = f"{spare_y / 2}" if sideways else f"{spare_y}*{along}"
        wide, high = f"{canvas.width * (1 + _PAN_SHRINK)}", f"{canvas.height * (1 + _PAN_SHRINK)}"
    right, bottom = f"({left})+{wide}", f"({top})+{high}"
    corners = f"x0='{left}':y0='{top}':x1='{right}':y1='{top}':x2='{left}':y2='{bottom}':x3='{right}':y3='{bottom}'"
    return (f"perspective={corners}:interpolation=linear:sense=source:eval=frame",)
