"""The layout of one ranked item: its place, title, creator and figure. Positions are in units of the stage."""

from dataclasses import dataclass

import skia

from reelineage.documents import Visual
from resources.footage.motion.easing import out_expo, progress
from resources.footage.motion.elements import (
    TextStyle,
    add_block,
    add_card,
    add_kicker,
    add_lines,
    add_number,
    fill,
    round_rect,
    say,
    sweep,
)
from resources.footage.motion.fonts import showable
from resources.footage.motion.palette import ink
from resources.footage.motion.parts import Entrance, Rect
from resources.footage.motion.stage import Stage
from resources.footage.motion.typeface import (
    BLACK,
    BOLD,
    CAP_HEIGHT,
    EXTRABOLD,
    REGULAR,
    SEMIBOLD,
    Face,
    width,
)
from resources.footage.motion.typesetting import fit, fit_line

_NUMERAL = Face(weight=BLACK, size=236, tracking=-0.04)
_TITLE = Face(weight=EXTRABOLD, size=92, tracking=-0.014)
_CREATOR = Face(weight=SEMIBOLD, size=34)
_FIGURE = Face(weight=BLACK, size=96, tracking=-0.015)
_CAPTION = Face(weight=REGULAR, size=32)


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
