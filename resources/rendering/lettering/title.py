"""The title over a thumbnail: large, in one to four even lines, cut off with an ellipsis only when nothing else helps.

Belongs here: how a title is broken, sized and placed. Not here: which still it is laid over (`thumbnail.py`).
"""

from dataclasses import dataclass

from reelineage.documents import Frame
from reelineage.timeline.writing import breakable, clusters
from reelineage.timeline.zones import Box
from resources.rendering.lettering.ass import INK, WHITE, Event, faces_of, place, script, tag_colour, written
from resources.rendering.lettering.direction import runs_right_to_left
from resources.rendering.lettering.layout import LINE_PITCH, Line, Manner, place_lines
from resources.rendering.lettering.library import FontFile, FontLibrary
from resources.rendering.lettering.sources import FamilyName
from resources.rendering.lettering.typesetter import ELLIPSIS, Setting, Typesetter

FAMILY: FamilyName = "montserrat"
_MOST_LINES = 4
_LARGEST, _SMALLEST = 0.17, 0.05  # of the picture's shorter side
_OUTLINE_EMS, _SHADE_EMS = 0.05, 0.05


@dataclass(frozen=True)
class Title:
    """A title ready to burn in: the ASS, its fonts, and where the letters begin and end from top to bottom (pixels)."""

    script: str
    fonts: tuple[FontFile, ...]
    top: float
    bottom: float


def lay_out_title(text: str, box: Box, *, frame: Frame, fonts: FontLibrary) -> Title | None:
    """Set a title into a box; None when no font has any of its characters.

    Raises:
        PermanentError: a font package is missing, or the folder of fonts cannot be written.
    """
    setter = Typesetter(fonts, [text], FAMILY)
    parts = breakable(setter.set(text).text)
    if not parts:
        return None
    shorter = min(frame.width, frame.height)
    lines, em = _fitted(parts, setter, box, shorter)
    right_to_left = runs_right_to_left(text)
    manner = Manner(em, _OUTLINE_EMS + _SHADE_EMS, 1.0)
    placed = [one for (one,) in place_lines([Line((line,), (0.0,)) for line in lines], manner, box=box, room=box)]
    events = []
    for one in placed:
        x, y = place(one.setting, one.em, one.x, one.baseline)
        dark = tag_colour(INK)
        tags = (
            f"\\an5\\pos({x:.1f},{y:.1f})\\bord{_OUTLINE_EMS * one.em:.1f}\\shad{_SHADE_EMS * one.em:.1f}"
            f"\\1c{tag_colour(WHITE)}\\3c{dark}\\4c{dark}\\4a&H50&"
        )
        body = f"{{{tags}}}{written(one.setting, one.em, right_to_left=right_to_left)}"
        events.append(Event(0, 0, 300, body, faces_of([one.setting])))
    files = {face.file.family: face.file for event in events for face in event.faces}
    tops = [one.baseline + one.setting.ink[1] * one.em for one in placed]
    bottoms = [one.baseline + one.setting.ink[3] * one.em for one in placed]
    return Title(script(frame, events), tuple(files.values()), min(tops), max(bottoms))


def _fitted(parts: list[str], setter: Typesetter, box: Box, shorter: int) -> tuple[list[Setting], float]:
    """The lines and the size in pixels: the number of lines that gives the largest letters."""
    lines, em = _largest(parts, setter, box, shorter)
    if em >= _SMALLEST * shorter:
        return lines, em
    letters = [cluster for part in parts for cluster in clusters(part)]
    low, high = 1, len(letters)
    while low < high:  # the longest beginning that stays readable
        middle = (low + high + 1) // 2
        if _largest(_shortened(letters, middle), setter, box, shorter)[1] >= _SMALLEST * shorter:
            low = middle
        else:
            high = middle - 1
    return _largest(_shortened(letters, low), setter, box, shorter)


def _shortened(letters: list[str], count: int) -> list[str]:
    return breakable("".join(letters[:count]).rstrip(" ,;:-–—") + ELLIPSIS)


def _largest(parts: list[str], setter: Typesetter, box: Box, shorter: int) -> tuple[list[Setting], float]:
    best: tuple[list[Setting], float] = ([], 0.0)
    for count in range(1, min(_MOST_LINES, len(parts)) + 1):
        lines = _broken(parts, count, setter)
        across = box.width / (max(line.width for line in lines) + 2 * (_OUTLINE_EMS + _SHADE_EMS))
        em = min(_LARGEST * shorter, across, box.height / (LINE_PITCH * count + 0.1))
        if em > best[1] * 1.02:  # one line more must be worth it
            best = lines, em
    return best


def _broken(parts: list[str], count: int, setter: Typesetter) -> list[Setting]:
    """The parts as that many lines, the longest of them as short as possible."""
    widths = [setter.set(part).width + (0.27 if part.startswith(" ") else 0.0) for part in parts]
    ends = [0.0]
    for width in widths:
        ends.append(ends[-1] + width)
    best = [[(0.0, 0)] + [(float("inf"), 0)] * len(parts)]
    for _ in range(count):
        row = [(float("inf"), 0)] * (len(parts) + 1)
        for end in range(1, len(parts) + 1):
            row[end] = min((max(best[-1][at][0], ends[end] - ends[at]), at) for at in range(end))
        best.append(row)
    found: list[Setting] = []
    end = len(parts)
    for row in reversed(best[1:]):
        at = row[end][1]
        found.insert(0, setter.set("".join(parts[at:end]).strip()))
        end = at
    return found
