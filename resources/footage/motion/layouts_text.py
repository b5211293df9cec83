"""Layouts made of words: title, statement, call to action. Positions are in units of the stage."""

import skia

from reelineage.documents import Visual
from resources.footage.motion.easing import in_out_sine, out_back, out_cubic, out_expo, progress
from resources.footage.motion.elements import (
    TextStyle,
    add_block,
    add_kicker,
    add_lines,
    add_number,
    round_rect,
    sweep,
)
from resources.footage.motion.fonts import is_plain, showable
from resources.footage.motion.palette import ink
from resources.footage.motion.parts import Rect
from resources.footage.motion.stage import Stage
from resources.footage.motion.typeface import (
    BLACK,
    BOLD,
    CAP_HEIGHT,
    EXTRABOLD,
    REGULAR,
    SEMIBOLD,
    Face,
)
from resources.footage.motion.typesetting import ELLIPSIS, Setting, fit, fit_line
from resources.rendering.lettering.direction import runs_right_to_left

_HEADLINE = Face(weight=EXTRABOLD, size=150, tracking=-0.02)
_STATEMENT = Face(weight=BOLD, size=82, tracking=-0.012)
_STATEMENT_ALONE = Face(weight=EXTRABOLD, size=118, tracking=-0.015)  # nothing else on the picture
_BODY = Face(weight=REGULAR, size=38)
_FIGURE = Face(weight=BLACK, size=190, tracking=-0.02)
_CAPTION = Face(weight=SEMIBOLD, size=34)


def body_setting(stage: Stage, text: str, *, box_width: float = 0.0, most_lines: int = 2) -> Setting:
    """The small text under a headline."""
    room = box_width or stage.width
    line = fit(text, _BODY, box_width=room, box_height=60, most_lines=1, smallest=33)
    if len(line.lines) == 1 and not line.lines[0].endswith(ELLIPSIS):
        return line
    return fit(text, _BODY, box_width=room, box_height=150, most_lines=most_lines, smallest=28, leading=1.32)


def title(stage: Stage, visual: Visual) -> None:
    """Kicker, headline as large as the zone allows, a line drawn under it, a body text."""
    kicker = 62.0 if showable(visual.kicker) else 0.0
    body = body_setting(stage, visual.body)
    deep = 0.0 if is_plain(showable(visual.headline)) else 22.0  # for bowls and marks under the last line
    below = 74 + deep + (body.height + 12 if body.lines else 0)
    headline = fit(
        visual.headline,
        _HEADLINE,
        box_width=stage.width,
        box_height=stage.height - kicker - below,
        most_lines=7,
        smallest=46,
        leading=1.07,
    )
    used = kicker + headline.height + below
    y = max(0.0, (stage.height - used) / 2)
    add_kicker(stage, visual.kicker, 0, y, stage.width, 0.0)
    y += kicker
    words = sum(len(line.split()) for line in headline.lines)
    stagger = min(0.07, 0.5 / max(1, words))
    style = TextStyle(stage.scheme.text, 0.08, stagger=stagger, emphasis=stage.scheme.accent)
    y += add_lines(stage, headline, 0, y, stage.width, style) + (
        headline.face.size * 0.34 + deep if headline.lines else 0
    )
    if headline.lines:
        length = min(stage.width, 240)
        mirrored = headline.right_to_left
        _underline(stage, stage.width - length if mirrored else 0, y, length, 0.45)
    add_block(stage, body, 0, y + 48, stage.width, TextStyle(stage.scheme.muted, 0.7))


def statement(stage: Stage, visual: Visual) -> None:
    """One thought beside a growing bar; a figure above it when there is one."""
    mirrored = runs_right_to_left(showable(visual.headline))
    left = 0.0 if mirrored else 46.0
    room = stage.width - 46
    kicker = 66.0 if showable(visual.kicker) else 0.0
    body = body_setting(stage, visual.body, box_width=room, most_lines=3)
    figure = fit_line(visual.figure, _FIGURE, box_width=room, smallest=48)
    cap = figure.face.size * CAP_HEIGHT
    above = cap + 34 if figure.lines else 0.0
    caption = fit_line(visual.figure_caption if figure.lines else "", _CAPTION, box_width=room, smallest=24)
    above += caption.height + 40 if caption.lines else 0
    below = body.height + 46 if body.lines else 0.0
    text = fit(
        visual.headline,
        _STATEMENT if figure.lines else _STATEMENT_ALONE,
        box_width=room,
        box_height=stage.height - kicker - above - below,
        most_lines=6,
        smallest=40,
        leading=1.16,
    )
    used = kicker + above + text.height + below
    top = y = max(0.0, (stage.height - used) / 2)
    add_kicker(stage, visual.kicker, left, y, room, 0.0)
    y += kicker
    if figure.lines:
        paint = sweep(stage.scheme, left, left + figure.width)
        at = (left + room, 1.0) if mirrored else (left, 0.0)
        add_number(stage, figure.lines[0], figure.face, at[0], y + cap, start=0.1, paint=paint, align=at[1])
        y += cap + 34
        if caption.lines:
            y += add_block(stage, caption, left, y, room, TextStyle(stage.scheme.muted, 0.35)) + 46
    style = TextStyle(stage.scheme.text, 0.15, stagger=0.045, emphasis=stage.scheme.accent)
    y += add_lines(stage, text, left, y, room, style) + 46
    if body.lines:
        y += add_block(stage, body, left, y, room, TextStyle(stage.scheme.muted, 0.75)) + 46
    _side_bar(stage, stage.width - 10 if mirrored else 0.0, top, max(60.0, y - 46 - top))


def call_to_action(stage: Stage, visual: Visual) -> None:
    """The ask, dark on the accent colour, over rings that spread slowly."""
    scheme = stage.scheme
    kicker = 66.0 if showable(visual.kicker) else 0.0
    body = body_setting(stage, visual.body)
    below = body.height + 46 if body.lines else 0.0
    inset = 58.0
    headline = fit(
        visual.headline,
        Face(weight=EXTRABOLD, size=96, tracking=-0.015),
        box_width=stage.width - 2 * inset,
        box_height=stage.height - kicker - below - 2 * inset - 40,
        most_lines=7,
        smallest=38,
        leading=1.1,
    )
    # Cap-to-baseline height, so that the words look centred in the card.
    words_height = max(60.0, headline.height - headline.face.size * 0.22 if headline.lines else 0)
    card_height = words_height + 2 * inset + 8
    y = max(0.0, (stage.height - kicker - card_height - below) / 2)
    add_kicker(stage, visual.kicker, 0, y, stage.width, 0.0)
    y += kicker
    card = Rect(0, y, stage.width, card_height)
    if headline.lines:
        _rings(stage, card)
        _accent_card(stage, card)
    style = TextStyle(scheme.on_accent, 0.28, stagger=0.06)
    add_lines(stage, headline, inset, y + inset + 4, stage.width - 2 * inset, style)
    add_block(stage, body, 0, y + card_height + 46, stage.width, TextStyle(scheme.muted, 0.7))


def _underline(stage: Stage, x: float, y: float, length: float, start: float) -> None:
    """A short thick line that is wiped in, and a light that runs through it now and then."""
    paint = sweep(stage.scheme, x, x + length)

    def draw(canvas: skia.Canvas, time: float) -> None:
        round_rect(canvas, Rect(x, y, length * out_expo(progress(time, start, 0.8)), 12), 6, paint)

    stage.live(Rect(x, y, length, 12).padded(2), draw, start=start, rest=start + 0.8)


def _side_bar(stage: Stage, x: float, top: float, height: float) -> None:
    scheme = stage.scheme
    shader = skia.GradientShader.MakeLinear(
        [skia.Point(0, top), skia.Point(0, top + height)], [ink(scheme.accent), ink(scheme.accent_end)]
    )
    paint = skia.Paint(Shader=shader, AntiAlias=True, Dither=True)

    def draw(canvas: skia.Canvas, time: float) -> None:
        round_rect(canvas, Rect(x, top, 10, height * out_expo(progress(time, 0.0, 0.9))), 5, paint)

    stage.live(Rect(x, top, 10, height).padded(2), draw, rest=0.9)


def _accent_card(stage: Stage, card: Rect) -> None:
    scheme = stage.scheme

    def draw(canvas: skia.Canvas, time: float) -> None:
        part = progress(time, 0.0, 0.6)
        grown = 0.9 + 0.1 * out_back(part)
        canvas.save()
        canvas.translate(card.x + card.width / 2, card.y + card.height / 2)
        canvas.scale(grown, grown)
        canvas.translate(-card.x - card.width / 2, -card.y - card.height / 2)
        opacity = out_cubic(min(1.0, part * 2.5))
        round_rect(canvas, card, 40, sweep(scheme, card.x, card.x + card.width, opacity))
        canvas.restore()

    stage.live(card.padded(20), draw, rest=0.6)


def _rings(stage: Stage, card: Rect) -> None:
    """Outlines of the card that spread and fade, one after the other."""
    scheme = stage.scheme

    def draw(canvas: skia.Canvas, time: float) -> None:
        for index in (0, 1):
            part = ((time - 0.5) / 2.4 + index / 2) % 1.0
            if time < 0.5 + index * 1.2:
                continue
            reach = 36 * in_out_sine(part)
            ring = skia.Paint(AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeWidth=2.5)
            ring.setColor(ink(scheme.accent, 0.55 * (1 - part)))
            round_rect(canvas, card.padded(reach), 40 + reach, ring)

    # Four strips instead of one picture: most of the card never changes. The corners of a ring come 12 units inwards.
    # The strips meet between pixels: where two cover the same pixel it would be drawn twice.
    edge, corner = 40.0, 14.0
    top, bottom = stage.snapped(card.y + corner), stage.snapped(card.y + card.height - corner)
    whole = card.width + 2 * edge
    for strip in (
        Rect(card.x - edge, card.y - edge, whole, top - card.y + edge),
        Rect(card.x - edge, bottom, whole, card.y + card.height + edge - bottom),
        Rect(card.x - edge, top, edge + corner, bottom - top),
        Rect(card.x + card.width - corner, top, edge + corner, bottom - top),
    ):
        stage.live(strip, draw, start=0.5)
