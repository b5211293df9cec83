"""Captions and overlays of one scene as an ASS script for libass.

Belongs here: sizes, positions, colours, animation, and the escaping that keeps every text a text. Not here: which words
stand together (`reelineage.timeline.captions`), where the zones are (`reelineage.timeline.zones`), running ffmpeg.
Each word is an event at its own place, so the spoken one can grow without pushing its neighbours.
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reelineage.documents import FPS, Frame, Overlay
from reelineage.timeline.captions import CaptionWord, Cue
from reelineage.timeline.zones import Box, zones
from resources.rendering.fonts import FAMILY, FontMetrics

DEFAULT_ACCENT = "#FFD23F"
_WHITE, _INK = "#FFFFFF", "#0B0F1A"
_CAPTION_EM = 0.36  # of the height of the captions zone: two lines and their outlines fill it
_LINE_PITCH = 1.2  # ems from line to line
_WORD_SPACE = 0.34  # ems; a little more than the font's own, since the spoken word grows
_SMALLEST = 0.4  # a caption shrinks to this share before its word is cut off with an ellipsis
_POP = 105  # per cent
_EDGE_EMS = 0.45  # what the accent edge takes of an overlay's plate
_PLATE_EMS = 1.1 + _EDGE_EMS  # and all that is not text, across
_JOINER = "\u2060"
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")


@dataclass(frozen=True)
class SceneText:
    """What is laid over one scene. Cue times count from the start of the video, overlay times from the scene's."""

    cues: tuple[Cue, ...]
    overlays: tuple[Overlay, ...]
    first_frame: int
    frames: int
    uppercase: bool = False
    accent: str | None = None


def scene_script(text: SceneText, *, frame: Frame, font: FontMetrics) -> str:
    """The whole ASS file; times count from the scene's first frame.

    Raises:
        ValueError: the accent is not a colour like #FFD23F.
    """
    accent = text.accent or DEFAULT_ACCENT
    if not _COLOUR.fullmatch(accent):
        raise ValueError(f"an accent is written like {DEFAULT_ACCENT}, not {accent!r}")
    places = zones(frame)
    origin, length = text.first_frame / FPS, text.frames / FPS
    events: list[str] = []
    for overlay in text.overlays:
        box = places.overlay_top if overlay.position == "top" else places.overlay_lower
        end = length if overlay.end_seconds is None else min(overlay.end_seconds, length)
        if overlay.start_seconds < end:
            events += _overlay(overlay.text, overlay.start_seconds, end, box=box, font=font, accent=accent)
    for cue in text.cues:
        if cue.end_seconds > origin and cue.start_seconds < origin + length:
            events += _caption(cue, origin, length, box=places.captions, font=font, text=text, accent=accent)
    return "\n".join([*_header(frame), *events, ""])


def escape(text: str) -> str:
    r"""Text that libass shows as it is.

    It knows `\{` and `\}`, but nothing for a backslash: an invisible joiner after it keeps `\N`, `\h` and the like from
    being commands.
    """
    one_line = " ".join(text.split())
    return one_line.replace("\\", "\\" + _JOINER).replace("{", r"\{").replace("}", r"\}")


def _header(frame: Frame) -> Iterator[str]:
    yield "[Script Info]"
    yield "ScriptType: v4.00+"
    yield f"PlayResX: {frame.width}"
    yield f"PlayResY: {frame.height}"
    yield "WrapStyle: 2"
    yield "ScaledBorderAndShadow: yes"
    yield "YCbCr Matrix: TV.709"
    yield ""
    yield "[V4+ Styles]"
    yield (
        "Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, "
        "Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, "
        "MarginR, MarginV, Encoding"
    )
    colours = f"{_colour(_WHITE)},{_colour(_WHITE)},{_colour(_INK)},{_colour(_INK)}"
    yield f"Style: Text,{FAMILY},40,{colours},-1,0,0,0,100,100,0,0,1,0,0,5,0,0,0,1"
    yield ""
    yield "[Events]"
    yield "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text"


def _caption(
    cue: Cue, origin: float, length: float, *, box: Box, font: FontMetrics, text: SceneText, accent: str
) -> Iterator[str]:
    """One event per word, all as long as the cue; the spoken word turns to the accent colour and grows a little."""
    start, end = max(cue.start_seconds - origin, 0.0), min(cue.end_seconds - origin, length)
    em = box.height * _CAPTION_EM
    room = box.width * 100 / _POP - 0.35 * em  # growth, outline and shade stay inside the box
    lines = [
        [(word, shown) for word in line if (shown := _shown(word.text, font, text, room / em))] for line in cue.lines
    ]
    lines = [line for line in lines if line]
    widths = [_line_width([shown for _, shown in line], font) for line in lines]
    if not lines:
        return
    sizes = [min(em, room / width) for width in widths]
    if min(sizes) > 0.75 * em:  # lines of nearly the same size look like a mistake
        sizes = [min(sizes)] * len(lines)
    pitch = _LINE_PITCH * max(sizes)
    spoken = [word for line in lines for word, _ in line]
    for row, (line, width, em) in enumerate(zip(lines, widths, sizes, strict=True)):
        y = (box.top + box.bottom) / 2 + (row - (len(lines) - 1) / 2) * pitch
        x = (box.left + box.right) / 2 - width * em / 2
        for word, shown in line:
            wide = font.width(shown) * em
            style = f"\\an5\\pos({x + wide / 2:.1f},{y:.1f})\\fs{em * font.line_ems:.1f}"
            glow = f"{style}\\bord{0.15 * em:.1f}\\blur{0.11 * em:.1f}\\1c{_tag_colour(_INK)}\\alpha&H88&"
            yield _event(2, start, end, f"{{{glow}}}{escape(shown)}")
            motion = _highlight(word, spoken, start + origin, accent)
            yield _event(3, start, end, f"{{{style}\\bord{0.065 * em:.1f}{motion}}}{escape(shown)}")
            x += wide + _WORD_SPACE * em


def _highlight(word: CaptionWord, spoken: Sequence[CaptionWord], cue_start: float, accent: str) -> str:
    """Accent from the word's start until the next word's; the first word is lit from the first frame."""
    at = spoken.index(word)
    on = round((word.start_seconds - cue_start) * 1000)
    lit = f"\\1c{_tag_colour(accent)}\\fscx{_POP}\\fscy{_POP}"
    motion = lit if at == 0 or on <= 0 else f"\\t({on},{on + 50},{lit})"
    if at + 1 < len(spoken):
        off = max(round((spoken[at + 1].start_seconds - cue_start) * 1000), on + 1, 1)
        motion += f"\\t({off},{off + 90},\\1c{_tag_colour(_WHITE)}\\fscx100\\fscy100)"
    return motion


def _shown(word: str, font: FontMetrics, text: SceneText, room_ems: float) -> str:
    shown = font.shown(word.upper() if text.uppercase else word)
    return _cut(shown, font, room_ems / _SMALLEST)


def _cut(text: str, font: FontMetrics, most_ems: float) -> str:
    """The text, or as much of its start as fits with an ellipsis."""
    if font.width(text) <= most_ems:
        return text
    while text and font.width(text + "…") > most_ems:
        text = text[:-1]
    return text.rstrip() + "…"


def _line_width(words: Sequence[str], font: FontMetrics) -> float:
    return sum(font.width(word) for word in words) + _WORD_SPACE * (len(words) - 1)


def _overlay(text: str, start: float, end: float, *, box: Box, font: FontMetrics, accent: str) -> Iterator[str]:
    """White text on a dark rounded plate with an accent edge; fades in while it rises into place."""
    shown = font.shown(text)
    if not shown:
        return
    em, lines = _overlay_lines(shown, box, font)
    wide = min((max(font.width(line) for line in lines) + _PLATE_EMS) * em, box.width)
    high = min((len(lines) - 1) * _LINE_PITCH * em + 1.9 * em, box.height)
    middle, centre = (box.left + box.right) / 2, (box.top + box.bottom) / 2
    left, top = middle - wide / 2, centre - high / 2
    centre_of_text = middle + (_EDGE_EMS / 2) * em
    fade = f"\\fad({_fade(end - start)},{_fade(end - start)})"
    plate = f"\\an7\\1c{_tag_colour(_INK)}\\1a&H38&\\bord0\\shad0\\p1{fade}{_rise(left, top, em)}"
    yield _event(0, start, end, f"{{{plate}}}{_rounded(wide, high, 0.35 * em)}")
    edge = f"\\an7\\1c{_tag_colour(accent)}\\bord0\\shad0\\p1{fade}{_rise(left + 0.4 * em, top + 0.45 * em, em)}"
    yield _event(1, start, end, f"{{{edge}}}{_rounded(0.13 * em, high - 0.9 * em, 0.06 * em)}")
    for row, line in enumerate(lines):
        y = centre + (row - (len(lines) - 1) / 2) * _LINE_PITCH * em
        style = f"\\an5\\fs{em * font.line_ems:.1f}\\bord0\\shad0{fade}{_rise(centre_of_text, y, em)}"
        yield _event(1, start, end, f"{{{style}}}{escape(line)}")


def _overlay_lines(text: str, box: Box, font: FontMetrics) -> tuple[float, list[str]]:
    """Size in pixels and lines: one line while it stays readable, else two, cut off only when both are full."""
    em = 0.44 * box.height
    width = font.width(text)
    if (width + _PLATE_EMS) * em * 0.75 <= box.width:
        return min(em, box.width / (width + _PLATE_EMS)), [text]
    em = 0.30 * box.height
    words = text.split()
    cut = min(range(1, len(words) + 1), key=lambda at: abs(font.width(" ".join(words[:at])) - width / 2))
    halves = [half for half in (" ".join(words[:cut]), " ".join(words[cut:])) if half]
    room = box.width / (0.8 * em) - _PLATE_EMS
    halves = [_cut(half, font, room) for half in halves]
    return min(em, box.width / (max(map(font.width, halves)) + _PLATE_EMS)), halves


def _rise(x: float, y: float, em: float) -> str:
    return f"\\move({x:.1f},{y + 0.3 * em:.1f},{x:.1f},{y:.1f},0,220)"


def _fade(shown_seconds: float) -> int:
    return round(1000 * min(0.2, shown_seconds / 4))


def _rounded(wide: float, high: float, radius: float) -> str:
    """A rounded rectangle as ASS drawing commands, from (0, 0); quarter circles as Bezier curves (factor 0.5523)."""
    r = min(radius, wide / 2, high / 2)
    k = r * (1 - 0.5523)
    w, h = wide, high
    return (
        f"m {r:.1f} 0 l {w - r:.1f} 0 b {w - k:.1f} 0 {w:.1f} {k:.1f} {w:.1f} {r:.1f} l {w:.1f} {h - r:.1f} "
        f"b {w:.1f} {h - k:.1f} {w - k:.1f} {h:.1f} {w - r:.1f} {h:.1f} l {r:.1f} {h:.1f} "
        f"b {k:.1f} {h:.1f} 0 {h - k:.1f} 0 {h - r:.1f} l 0 {r:.1f} b 0 {k:.1f} {k:.1f} 0 {r:.1f} 0"
    )


def _event(layer: int, start: float, end: float, body: str) -> str:
    return f"Dialogue: {layer},{_clock(start)},{_clock(end)},Text,,0,0,0,,{body}"


def _clock(seconds: float) -> str:
    """ASS counts hundredths. Rounded down, or an event that starts on a frame would miss it (1.2667 -> 1.27)."""
    hundredths = math.floor(seconds * 100 + 1e-6)
    return f"{hundredths // 360000}:{hundredths // 6000 % 60:02}:{hundredths // 100 % 60:02}.{hundredths % 100:02}"


def _colour(colour: str) -> str:
    """ASS writes colours backwards, blue first."""
    return f"&H00{colour[5:7]}{colour[3:5]}{colour[1:3]}".upper()


def _tag_colour(colour: str) -> str:
    return f"&H{_colour(colour)[4:]}&"
