"""Layouts for places: one ranked item with its figure, and a ranked list. Positions are in units of the stage."""

from dataclasses import dataclass

import skia

from reelineage.documents import Datum, Visual
from resources.footage.motion.easing import out_expo, progress
from resources.footage.motion.elements import (
    TextStyle,
    add_block,
    add_card,
    add_kicker,
    add_lines,
    add_number,
    draw_card,
    fill,
    round_rect,
    say,
    sweep,
)
from resources.footage.motion.palette import ink
from resources.footage.motion.stage import Entrance, Rect, Stage
from resources.footage.motion.typeface import (
    BLACK,
    BOLD,
    CAP_HEIGHT,
    EXTRABOLD,
    REGULAR,
    SEMIBOLD,
    Face,
    showable,
    width,
)
from resources.footage.motion.typesetting import fit, fit_line

_NUMERAL = Face(weight=BLACK, size=236, tracking=-0.04)
_TITLE = Face(weight=EXTRABOLD, size=92, tracking=-0.014)
_CREATOR = Face(weight=SEMIBOLD, size=34)
_FIGURE = Face(weight=BLACK, size=96, tracking=-0.015)
_CAPTION = Face(weight=REGULAR, size=32)
_MOST_ROWS = 6


@dataclass(frozen=True)
class Countdown:
    """Where the video is: scene `number` of `scenes`, this one `seconds` long."""

    number: int
    scenes: int
    seconds: float


def ranked_item(stage: Stage, visual: Visual, countdown: Countdown) -> None:
    """A huge place number, the title, who made it, and its figure on a card."""
    wide = stage.width > stage.height * 2
    numeral = str(visual.rank) if visual.rank is not None else ""
    face = _NUMERAL.sized(_NUMERAL.size * 1.5) if wide else _NUMERAL
    face = face.sized(face.size * min(1.0, stage.width * 0.45 / max(1.0, width(numeral, face))))
    cap = face.size * CAP_HEIGHT
    numeral_width = width(numeral, face) if numeral else 0.0
    beside = numeral_width + (40 if numeral else 0)
    _numeral(stage, numeral, face, numeral_width)
    left = beside + 30 if wide else 0.0
    room = stage.width - left
    _header(
        stage, visual, countdown, Rect(beside if not wide else left, 0, stage.width - (left if wide else beside), cap)
    )
    top = 96.0 if wide else (cap if numeral else 60.0) + 46
    figure = bool(showable(visual.figure))
    bottom = stage.height - (150 + 34 if figure else 0)
    headline, creator_text = visual.headline, visual.body
    if not showable(headline):  # a title in letters that the font lacks: its creator is what can be read
        headline, creator_text = visual.body, ""
    creator = fit_line(creator_text, _CREATOR, box_width=room - 66, smallest=26)
    title = fit(
        headline,
        _TITLE,
        box_width=room,
        box_height=bottom - top - (74 if creator.lines else 0),
        most_lines=3,
        smallest=38,
        leading=1.12,
    )
    style = TextStyle(stage.scheme.text, 0.18, stagger=0.05)
    y = top + add_lines(stage, title, left, top, room, style) + 38
    if creator.lines:
        _creator(stage, creator.lines[0], creator.face, left, y)
    if figure:
        _figure_card(stage, visual, Rect(left, stage.height - 150, room, 150))


def ranked_list(stage: Stage, visual: Visual) -> None:
    """Rows that come in one after the other, each with its place, name and value."""
    y = add_header(stage, visual)
    rows = visual.data[:_MOST_ROWS]
    if not rows:
        return
    gap = 14.0
    height = min(112.0, (stage.height - y - gap * (len(rows) - 1)) / len(rows))
    values = max((width(showable(row.display), _row_value(height)) for row in rows), default=0.0)
    for index, row in enumerate(rows):
        rect = Rect(0, y + index * (height + gap), stage.width, height)
        _row(stage, row, index + 1, rect, min(values, stage.width * 0.34))


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


def _numeral(stage: Stage, numeral: str, face: Face, numeral_width: float) -> None:
    if not numeral:
        return
    cap = face.size * CAP_HEIGHT
    bounds = Rect(0, 0, numeral_width, cap)
    paint = sweep(stage.scheme, 0, numeral_width)
    stage.enter(
        bounds.padded(16),
        lambda canvas: say(canvas, numeral, face, 0, cap, paint),
        Entrance(0.0, 0.75, "rise"),
        Rect(-16, -24, numeral_width + 32, cap + 34),
    )


def _header(stage: Stage, visual: Visual, countdown: Countdown, rect: Rect) -> None:
    """Beside the numeral: the kicker at the height of its top, the story's progress at its foot."""
    add_kicker(stage, visual.kicker, rect.x, 0, rect.width, 0.12)
    scheme = stage.scheme
    count = min(countdown.scenes, 12)
    gap, thick = 8.0, 8.0
    y = 62.0 if rect.height > 200 else rect.height - thick
    length = (rect.width - gap * (count - 1)) / count
    current = min(count, max(1, round(countdown.number * count / max(1, countdown.scenes))))

    def draw(canvas: skia.Canvas, time: float) -> None:
        shown = out_expo(progress(time, 0.15, 0.6))
        for index in range(count):
            bar = Rect(rect.x + index * (length + gap), y, length * shown, thick)
            round_rect(canvas, bar, thick / 2, fill(scheme.rule, scheme.rule_opacity))
            filled = 1.0 if index + 1 < current else progress(time, 0.3, countdown.seconds - 0.3)
            if index + 1 <= current and filled > 0.02:
                paint = fill(scheme.accent)
                round_rect(canvas, Rect(bar.x, y, bar.width * filled, thick), thick / 2, paint)

    stage.live(Rect(rect.x, y, rect.width, thick).padded(2), draw, start=0.15)


def _creator(stage: Stage, name: str, face: Face, x: float, y: float) -> None:
    """A disc with the first letter, and the name."""
    scheme = stage.scheme
    radius = 25.0
    initial = next((letter for letter in name if letter.isalnum()), "•").upper()
    letter = Face(weight=BOLD, size=28)
    middle = y + radius - 8

    def paint(canvas: skia.Canvas) -> None:
        canvas.drawCircle(x + radius, middle, radius, sweep(scheme, x, x + 2 * radius))
        half = width(initial, letter) / 2
        say(canvas, initial, letter, x + radius - half, middle + 28 * CAP_HEIGHT / 2, fill(scheme.on_accent))
        say(canvas, name, face, x + 66, middle + face.size * CAP_HEIGHT / 2, fill(scheme.muted))

    bounds = Rect(x, middle - radius, 66 + width(name, face), 2 * radius).padded(8)
    stage.enter(bounds, paint, Entrance(0.45, 0.7, "fade"))


def _figure_card(stage: Stage, visual: Visual, card: Rect) -> None:
    scheme = stage.scheme
    add_card(stage, card, 0.3)
    inset = 38.0
    x = card.x + inset
    arrow = 64.0
    _arrow(stage, x, card.y + card.height / 2, arrow)
    x += arrow + 30
    room = card.width - 2 * inset - arrow - 30
    text = showable(visual.figure)
    least_caption = 210.0 if showable(visual.figure_caption) else 0.0
    share = min(1.0, max(120.0, room - least_caption - 26) / max(1.0, width(text, _FIGURE)))
    setting = fit_line(text, _FIGURE.sized(_FIGURE.size * share), box_width=room, smallest=30)
    face = setting.face
    baseline = card.y + card.height / 2 + face.size * CAP_HEIGHT / 2
    shown = width(setting.lines[0], face)
    add_number(stage, setting.lines[0], face, x, baseline, start=0.4, paint=fill(scheme.accent))
    beside = x + shown + 28
    caption = fit(
        visual.figure_caption,
        _CAPTION,
        box_width=card.x + card.width - inset - beside,
        box_height=card.height - 40,
        most_lines=3,
        smallest=24,
        leading=1.26,
    )
    inked = caption.height - caption.face.size * 0.22
    y = card.y + (card.height - inked) / 2
    add_block(stage, caption, beside, y, card.x + card.width - inset - beside, TextStyle(scheme.text, 0.6))


def _arrow(stage: Stage, x: float, middle: float, size: float) -> None:
    """A disc with an arrow that points up and, again and again, moves a little upwards."""
    scheme = stage.scheme

    def draw(canvas: skia.Canvas, time: float) -> None:
        shown = out_expo(progress(time, 0.4, 0.6))
        radius = size / 2 * (0.6 + 0.4 * shown)
        canvas.drawCircle(x + size / 2, middle, radius, fill(scheme.accent, 0.18 * shown))
        beat = max(0.0, 1 - abs(((time - 1.0) % 2.2) - 0.25) * 4) if time > 1.0 else 0.0
        lift = 5 * beat - 18 * (1 - shown)
        stroke = skia.Paint(
            AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeWidth=7, Color=ink(scheme.accent, shown)
        )
        stroke.setStrokeCap(skia.Paint.kRound_Cap)
        stroke.setStrokeJoin(skia.Paint.kRound_Join)
        path = skia.Path()
        head = middle - 14 - lift
        path.moveTo(x + size / 2 - 13, head + 13)
        path.lineTo(x + size / 2, head)
        path.lineTo(x + size / 2 + 13, head + 13)
        path.moveTo(x + size / 2, head)
        path.lineTo(x + size / 2, middle + 15 - lift)
        canvas.drawPath(path, stroke)

    stage.live(Rect(x, middle - size / 2, size, size).padded(6), draw, start=0.4)


def _row_value(height: float) -> Face:
    return Face(weight=BOLD, size=min(38.0, height * 0.4))


def _row(stage: Stage, row: Datum, place: int, rect: Rect, value_width: float) -> None:
    scheme = stage.scheme
    start = 0.25 + 0.11 * (place - 1)
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
