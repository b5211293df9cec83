"""Overlays as events: short texts on a dark rounded plate, or bare, that come in as their animation says.

Belongs here: look and movement of overlays. Not here: when they are shown (the script says so), syntax (`ass.py`).
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace

from reelineage.documents import Overlay, OverlayAnimation
from reelineage.look import OverlayLook
from reelineage.timeline.writing import breakable, clusters
from reelineage.timeline.zones import Box, TextPlaces
from resources.rendering.lettering.ass import (
    INK,
    Event,
    faces_of,
    frame_at,
    place,
    rounded,
    tag_colour,
    typed,
    written,
)
from resources.rendering.lettering.captions import DEFAULT_ACCENT
from resources.rendering.lettering.direction import runs_right_to_left
from resources.rendering.lettering.layout import Line, Manner, Placed, place_lines
from resources.rendering.lettering.typesetter import Setting, Typesetter

_EDGE_EMS = 0.45  # what the accent edge takes of an overlay's plate
_SIDES_EMS = 1.1  # and what stays free beside the text
_ENDS_EMS = 0.45  # free above and below
_PLATE_EMS = 1.9  # its height around one line
_ONE_LINE, _TWO_LINES = 0.44, 0.30  # the em as a share of the box
_OUTLINE_EMS, _SHADE_EMS = 0.065, 0.06
_SMALLEST = 0.75
_RISE_MS, _POP_MS, _SLIDE_MS, _LETTER_MS = 220, 160, 320, 35


@dataclass(frozen=True)
class TimedOverlay:
    """An overlay with its times in seconds from the scene's first frame."""

    overlay: Overlay
    start_seconds: float
    end_seconds: float


@dataclass(frozen=True)
class _Laid:
    """An overlay in its place: its lines, and the plate around them (left, top, wide, high in pixels)."""

    lines: tuple[Placed, ...]
    plate: tuple[float, float, float, float]
    em: float
    right_to_left: bool


@dataclass(frozen=True)
class OverlaySetter:
    """Makes the events of overlays; one per scene."""

    look: OverlayLook
    places: TextPlaces
    setter: Typesetter

    def events(self, timed: TimedOverlay) -> Iterator[Event]:
        """The events of one overlay; none when nothing of it can be drawn, or when it ends before it begins."""
        first, end = frame_at(timed.start_seconds), frame_at(timed.end_seconds)
        laid = self._lay(timed.overlay) if first < end else None
        if laid is None:
            return
        kind = timed.overlay.animation or self.look.animation
        event = Event(1, first, end, "", faces_of([line.setting for line in laid.lines]))
        fade = round(1000 * min(0.2, (timed.end_seconds - timed.start_seconds) / 4))
        move = _Movement(kind, laid, fade)
        if self.look.plate:
            yield from self._plate(event, laid, move)
        count = sum(len(list(clusters(line.setting.text))) for line in laid.lines)
        pause = min(_LETTER_MS, round(400 * (timed.end_seconds - timed.start_seconds)) // max(count, 1))
        times = itertools.count(pause, pause) if pause else itertools.repeat(0)
        for line in laid.lines:
            x, y = place(line.setting, line.em, line.x, line.baseline)
            tags = f"\\an5{self._surface(line.em)}{move.tags(x, y)}"
            if kind == "type":
                body = typed(line.setting, line.em, iter(times), right_to_left=laid.right_to_left)
            else:
                body = written(line.setting, line.em, right_to_left=laid.right_to_left)
            yield replace(event, body=f"{{{tags}}}{body}")

    def _surface(self, em: float) -> str:
        colour = f"\\1c{tag_colour(self.look.colour)}"
        if self.look.plate:
            return f"\\bord0\\shad0{colour}"
        outline, shade = _OUTLINE_EMS * self.look.outline * em, _SHADE_EMS * self.look.shadow * em
        dark = tag_colour(self.look.outline_colour)
        return f"\\bord{outline:.1f}\\shad{shade:.1f}{colour}\\3c{dark}\\4c{dark}\\4a&H60&"

    def _plate(self, event: Event, laid: _Laid, move: "_Movement") -> Iterator[Event]:
        left, top, wide, high = laid.plate
        shape = f"\\1c{tag_colour(INK)}\\1a&H38&\\bord0\\shad0\\p1{move.tags(left + wide / 2, top + high / 2)}"
        yield replace(event, layer=0, faces=(), body=f"{{\\an5{shape}}}{rounded(wide, high, 0.35 * laid.em)}")
        thin, edge_high = 0.13 * laid.em, high - 2 * _ENDS_EMS * laid.em
        inset = 0.4 * laid.em + thin / 2
        x = left + wide - inset if laid.right_to_left else left + inset
        accent = tag_colour(self.look.accent or DEFAULT_ACCENT)
        edge = f"\\1c{accent}\\bord0\\shad0\\p1{move.tags(x, top + high / 2)}"
        yield replace(event, faces=(), body=f"{{\\an5{edge}}}{rounded(thin, edge_high, 0.06 * laid.em)}")

    def _lay(self, overlay: Overlay) -> _Laid | None:
        box = {
            "top": self.places.overlay_top,
            "middle": self.places.overlay_middle,
            "lower": self.places.overlay_lower,
        }[overlay.position]
        text = self.setter.set(overlay.text).text
        if not text:
            return None
        settings, em = self._lines(text, box)
        right_to_left = runs_right_to_left(text)
        if self.look.plate:
            manner = Manner(em, 0.0, sides=(_SIDES_EMS + _EDGE_EMS) / 2, ends=_ENDS_EMS)
        else:
            manner = Manner(em, _OUTLINE_EMS * self.look.outline + _SHADE_EMS * self.look.shadow)
        lines = [Line((setting,), (0.0,)) for setting in settings]
        placed = [one for (one,) in place_lines(lines, manner, box=box, room=box)]
        em = max(one.em for one in placed)
        plate = _plate_around(placed, box, manner, em)
        if self.look.plate:  # the text stands beside the accent edge
            shift = _EDGE_EMS / 2 * em * (-1 if right_to_left else 1)
            placed = [replace(one, x=one.x + shift) for one in placed]
        return _Laid(tuple(placed), plate, em, right_to_left)

    def _lines(self, text: str, box: Box) -> tuple[list[Setting], float]:
        """Lines and size in pixels: one line while it stays readable, else two, cut off only when both are full."""
        around = _SIDES_EMS + _EDGE_EMS
        unit = min(box.height, box.width / 6) * self.look.size  # a high box is there for lines, not for huge letters
        em = _ONE_LINE * unit
        whole = self.setter.set(text)
        if (whole.width + around) * em * _SMALLEST <= box.width:
            return [whole], em
        em = _TWO_LINES * unit
        room = box.width / (0.8 * em) - around
        parts = breakable(text)
        if len(parts) == 1:
            return [self.setter.cut(text, room)], em
        cut = min(range(1, len(parts)), key=lambda at: abs(self._width(parts[:at]) - whole.width / 2))
        halves = ("".join(half).strip() for half in (parts[:cut], parts[cut:]))
        return [self.setter.cut(half, room) for half in halves], em

    def _width(self, parts: list[str]) -> float:
        return sum(self.setter.set(part).width + (0.27 if part.startswith(" ") else 0.0) for part in parts)


@dataclass(frozen=True)
class _Movement:
    """How the parts of one overlay come in together."""

    kind: OverlayAnimation
    laid: _Laid
    fade_ms: int

    def tags(self, x: float, y: float) -> str:
        """Position and movement of a part whose centre comes to rest at (x, y)."""
        left, top, wide, high = self.laid.plate
        still, fade = f"\\pos({x:.1f},{y:.1f})", f"\\fad({self.fade_ms},{self.fade_ms})"
        if self.kind in ("none", "type"):
            return still
        if self.kind == "fade":
            return still + fade
        if self.kind == "rise":
            return f"{fade}\\move({x:.1f},{y + 0.3 * self.laid.em:.1f},{x:.1f},{y:.1f},0,{_RISE_MS})"
        if self.kind == "slide":
            clip = f"\\clip({left:.0f},{top:.0f},{left + wide:.0f},{top + high:.0f})"
            return f"\\fad(0,{self.fade_ms}){clip}\\move({x - wide:.1f},{y:.1f},{x:.1f},{y:.1f},0,{_SLIDE_MS})"
        # All parts grow around the plate's centre, so each also moves away from it.
        middle, centre = left + wide / 2, top + high / 2
        near = (middle + 0.6 * (x - middle), centre + 0.6 * (y - centre))
        grow = f"\\fscx60\\fscy60\\t(0,{_POP_MS},\\fscx100\\fscy100)"
        return f"{fade}\\move({near[0]:.1f},{near[1]:.1f},{x:.1f},{y:.1f},0,{_POP_MS}){grow}"


def _plate_around(placed: list[Placed], box: Box, manner: Manner, em: float) -> tuple[float, float, float, float]:
    """Left, top, wide, high of the plate: in the middle of its box unless letters reach further than that."""
    top = min(one.baseline + one.setting.ink[1] * one.em for one in placed)
    bottom = max(one.baseline + one.setting.ink[3] * one.em for one in placed)
    wide = max(one.setting.width * one.em for one in placed) + 2 * (manner.sides + manner.pad) * em
    high = placed[-1].baseline - placed[0].baseline + _PLATE_EMS * em
    high = min(max(high, bottom - top + 2 * _ENDS_EMS * em), box.height)
    centre = (box.top + box.bottom) / 2
    centre = min(max(centre, bottom + 0.3 * em - high / 2), top - 0.3 * em + high / 2)
    centre = min(max(centre, box.top + high / 2), box.bottom - high / 2)
    return (box.left + box.right - min(wide, box.width)) / 2, centre - high / 2, min(wide, box.width), high
