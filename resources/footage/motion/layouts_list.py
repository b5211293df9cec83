"""The layout of a ranked list, and the header that lists and charts share. Positions are in units of the stage."""

import skia

from reelineage.documents import Datum, Visual
from resources.footage.motion.elements import TextStyle, add_kicker, add_lines, draw_card, fill, round_rect, say
from resources.footage.motion.fonts import showable
from resources.footage.motion.parts import Entrance, Rect
from resources.footage.motion.stage import Stage
from resources.footage.motion.typeface import BLACK, BOLD, CAP_HEIGHT, EXTRABOLD, SEMIBOLD, Face, width
from resources.footage.motion.typesetting import fit, fit_line

_MOST_ROWS = 6


def ranked_list(stage: Stage, visual: Visual) -> None:
    """Rows that come in one after the other, each with its place (the first is `visual.rank`), name and value."""
    y = add_header(stage, visual)
    rows = visual.data[:_MOST_ROWS]
    if not rows:
        return
    gap = 14.0
    height = min(112.0, (stage.height - y - gap * (len(rows) - 1)) / len(rows))
    values = max((width(showable(row.display), _row_value(height)) for row in rows), default=0.0)
    for index, row in enumerate(rows):
        rect = Rect(0, y + index * (height + gap), stage.width, height)
        place = (visual.rank or 1) + index
        _row(stage, row, place, rect, min(values, stage.width * 0.34), start=0.25 + 0.11 * index)


def add_header(stage: Stage, visual: Visual) -> float:
    """Kicker and headline at the top of a list or chart. Returns where the rest begins."""
    y = 0.0
    if add_kicker(stage, visual.kicker, 0, 0, stage.width, 0.0):
        y = 58.0
    headline = fit(
        visual.headline,
        Face(weight=EXTRABOLD, size=62, tracking=-0.014),
        box_width=stage.width,
        box_height=140,
        most_lines=2,
        smallest=36,
        leading=1.12,
    )
    style = TextStyle(stage.scheme.text, 0.05, stagger=0.05)
    used = add_lines(stage, headline, 0, y, stage.width, style)
    return y + (used + 44 if headline.lines else 0)


def _row_value(height: float) -> Face:
    return Face(weight=BOLD, size=min(38.0, height * 0.4))


def _row(stage: Stage, row: Datum, place: int, rect: Rect, value_width: float, *, start: float) -> None:
    scheme = stage.scheme
    inset = 26.0
    first = place == 1
    number = Face(weight=BLACK, size=min(50.0, rect.height * 0.5), tracking=-0.02)
    number_width = max(46.0, width(str(place), number))
    middle = rect.y + rect.height / 2
    value = fit_line(row.display, _row_value(rect.height), box_width=max(40.0, value_width), smallest=20)
    value_wide = value.width
    room = rect.width - 2 * inset - number_width - 24 - (value_wide + 26 if value.lines else 0)
    label = fit(
        row.label,
        Face(weight=SEMIBOLD, size=min(38.0, rect.height * 0.4)),
        box_width=room,
        box_height=rect.height - 20,
        most_lines=2 if rect.height > 84 else 1,
        smallest=min(30.0, rect.height * 0.33),
        leading=1.16,
    )

    def paint(canvas: skia.Canvas) -> None:
        draw_card(canvas, scheme, rect, 24)
        if first:
            round_rect(canvas, Rect(rect.x, rect.y + 18, 8, rect.height - 36), 4, fill(scheme.accent))
        colour = scheme.accent if first else scheme.muted
        say(canvas, str(place), number, rect.x + inset, middle + number.size * CAP_HEIGHT / 2, fill(colour))
        inked = label.height - label.face.size * 0.22
        for index, line in enumerate(label.lines):
            baseline = middle - inked / 2 + label.face.size * CAP_HEIGHT + index * label.leading
            say(canvas, line, label.face, rect.x + inset + number_width + 24, baseline, fill(scheme.text))
        if value.lines:
            right = rect.x + rect.width - inset - value_wide
            baseline = middle + value.face.size * CAP_HEIGHT / 2
            say(canvas, value.lines[0], value.face, right, baseline, fill(scheme.accent if first else scheme.text))

    stage.enter(rect.padded(38), paint, Entrance(start, 0.7, "slide"))
