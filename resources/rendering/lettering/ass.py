"""The ASS format as libass reads it: header, events, clock, colours, shapes, and the escaping that keeps a text a text.

Belongs here: syntax. Not here: what stands where (`captions.py`, `overlays.py`, `title.py`), which events belong to
which part of the video (`sheet.py`).
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reelineage.documents import FPS, Frame
from reelineage.timeline.writing import clusters
from resources.rendering.lettering.library import Face
from resources.rendering.lettering.typesetter import Setting

WHITE, INK = "#FFFFFF", "#0B0F1A"
_JOINER = "\u2060"
_RIGHT_TO_LEFT = "\\fe-1"  # libass takes the direction from the text's first letter, here always the mark below
_RIGHT_TO_LEFT_MARK = "\u200f"


@dataclass(frozen=True)
class Event:
    """One `Dialogue` line, seen on frames `first` to `end` - 1 of its scene (in the whole sheet: of the video)."""

    layer: int
    first: int
    end: int
    body: str
    faces: tuple[Face, ...] = ()

    @property
    def line(self) -> str:
        """The line as ASS writes it."""
        return f"Dialogue: {self.layer},{_clock(self.first)},{_clock(self.end)},Text,,0,0,0,,{self.body}"

    def at(self, seconds: float) -> int:
        """A moment as animation tags count it: milliseconds from the event's start, never negative."""
        return max(0, round(seconds * 1000) - 10 * _hundredths(self.first))


def frame_at(seconds: float) -> int:
    """The first frame at or after a moment; one that begins less than 3 ms earlier counts as at it."""
    return max(0, math.ceil(seconds * FPS - 0.1))


def script(frame: Frame, events: Iterable[Event]) -> str:
    """A whole file. Its comments name the fonts by what they were cut from, so that it decides the picture."""
    lines = list(events)
    faces = {face.file.family: face for event in lines for face in event.faces}
    return "\n".join([*_header(frame, faces), *(event.line for event in lines), ""])


def written(setting: Setting, em: float, *, right_to_left: bool = False) -> str:
    """A set text with its fonts and sizes; `em` in pixels. Goes right behind the event's own tags."""
    body = f"{{{_RIGHT_TO_LEFT}}}" if right_to_left else ""
    for number, run in enumerate(setting.runs):
        mark = _RIGHT_TO_LEFT_MARK if right_to_left and number == 0 else ""
        body += f"{{\\fn{run.face.file.family}\\fs{em * run.face.line_ems:.2f}}}{mark}{_escape(run.text)}"
    return body


def typed(setting: Setting, em: float, times: Iterator[int], *, right_to_left: bool = False) -> str:
    """As `written`, but each character is hidden until its time (milliseconds from the event's start)."""
    body = f"{{{_RIGHT_TO_LEFT}}}" if right_to_left else ""
    for number, run in enumerate(setting.runs):
        body += f"{{\\fn{run.face.file.family}\\fs{em * run.face.line_ems:.2f}}}"
        body += _RIGHT_TO_LEFT_MARK if right_to_left and number == 0 else ""
        for cluster in clusters(run.text):
            at = next(times)
            body += f"{{\\alpha&HFF&\\t({at},{at},\\alpha&H00&)}}{_escape(cluster)}"
    return body


def faces_of(settings: Iterable[Setting]) -> tuple[Face, ...]:
    """The fonts of some set texts, each once."""
    return tuple({run.face.file.family: run.face for setting in settings for run in setting.runs}.values())


def place(setting: Setting, em: float, x: float, baseline: float) -> tuple[float, float]:
    """Where libass's centre point goes so that a text's advance is centred on `x`, on that baseline (pixels)."""
    return x + (setting.centre - setting.width / 2) * em, baseline - (setting.ascent - setting.descent) / 2 * em


def tag_colour(colour: str) -> str:
    """#FFD23F as override tags write it: backwards, blue first."""
    return f"&H{colour[5:7]}{colour[3:5]}{colour[1:3]}&".upper()


def rounded(wide: float, high: float, radius: float) -> str:
    """A rounded rectangle as ASS drawing commands, from (0, 0); quarter circles as Bezier curves (factor 0.5523)."""
    r = min(radius, wide / 2, high / 2)
    k = r * (1 - 0.5523)
    w, h = wide, high
    return (
        f"m {r:.1f} 0 l {w - r:.1f} 0 b {w - k:.1f} 0 {w:.1f} {k:.1f} {w:.1f} {r:.1f} l {w:.1f} {h - r:.1f} "
        f"b {w:.1f} {h - k:.1f} {w - k:.1f} {h:.1f} {w - r:.1f} {h:.1f} l {r:.1f} {h:.1f} "
        f"b {k:.1f} {h:.1f} 0 {h - k:.1f} 0 {h - r:.1f} l 0 {r:.1f} b 0 {k:.1f} {k:.1f} 0 {r:.1f} 0"
    )


def _header(frame: Frame, faces: dict[str, Face]) -> Iterator[str]:
    yield "[Script Info]"
    for family in sorted(faces):
        yield f"; Font: {family} Bold {faces[family].recipe}"
    yield "ScriptType: v4.00+"
    yield f"PlayResX: {frame.width}"
    yield f"PlayResY: {frame.height}"
    yield "WrapStyle: 2"
    yield "ScaledBorderAndShadow: yes"
    yield "Kerning: yes"
    yield "YCbCr Matrix: TV.709"
    yield ""
    yield "[V4+ Styles]"
    yield (
        "Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, "
        "Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, "
        "MarginR, MarginV, Encoding"
    )
    white, ink = (f"&H00{tag_colour(colour)[2:-1]}" for colour in (WHITE, INK))
    family = min(faces, default="Montserrat")  # a font that is there: libass looks it up even if no event uses it
    yield f"Style: Text,{family},40,{white},{white},{ink},{ink},-1,0,0,0,100,100,0,0,1,0,0,5,0,0,0,1"
    yield ""
    yield "[Events]"
    yield "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text"


def _escape(text: str) -> str:
    r"""Text that libass shows as it is; a set text holds no line breaks.

    It knows `\{` and `\}`, but nothing for a backslash: an invisible joiner after it keeps `\N`, `\h` and the like from
    being commands.
    """
    return text.replace("\\", "\\" + _JOINER).replace("{", r"\{").replace("}", r"\}")


def _hundredths(frame: int) -> int:
    """ASS counts hundredths: the last one at least 3 ms before the frame, so that no rounding moves it to the next."""
    return max(0, math.floor(frame * 100 / FPS - 0.3))


def _clock(frame: int) -> str:
    count = _hundredths(frame)
    return f"{count // 360000}:{count // 6000 % 60:02}:{count // 100 % 60:02}.{count % 100:02}"
