"""The pieces that layouts are put together from: headlines, kickers, cards, bars, numbers that count up.

Belongs here: one look for one thing, used by every layout. Not here: where things stand in a layout.
"""

import re
from dataclasses import dataclass

import skia

from resources.footage.motion.easing import out_cubic, out_expo, progress
from resources.footage.motion.fonts import is_plain, showable
from resources.footage.motion.palette import Rgb, Scheme, ink
from resources.footage.motion.parts import Entrance, Rect
from resources.footage.motion.stage import Stage
from resources.footage.motion.typeface import (
    ASCENT,
    CAP_HEIGHT,
    DESCENT,
    SEMIBOLD,
    TALL_ASCENT,
    TALL_DESCENT,
    Face,
    draw_line,
    width,
)
from resources.footage.motion.typesetting import Setting, fit_line, words_of

KICKER = Face(weight=SEMIBOLD, size=30, tracking=0.13)
_NUMBER = re.compile(r"[0-9](?:[0-9,]*[0-9])?(?:\.[0-9]+)?")
COUNT_SECONDS = 0.9


def fill(colour: Rgb, opacity: float = 1.0) -> skia.Paint:
    """A paint of one colour."""
    return skia.Paint(Color=ink(colour, opacity), AntiAlias=True)


def sweep(scheme: Scheme, left: float, right: float, opacity: float = 1.0) -> skia.Paint:
    """A paint that runs from the accent colour to its end colour."""
    shader = skia.GradientShader.MakeLinear(
        [skia.Point(left, 0), skia.Point(max(right, left + 1), 0)],
        [ink(scheme.accent, opacity), ink(scheme.accent_end, opacity)],
    )
    return skia.Paint(Shader=shader, AntiAlias=True, Dither=True)


def say(canvas: skia.Canvas, text: str, face: Face, x: float, baseline: float, paint: skia.Paint) -> None:
    """Draw one line of text from `x`."""
    draw_line(canvas, text, face, x, baseline, paint)


def round_rect(canvas: skia.Canvas, rect: Rect, radius: float, paint: skia.Paint) -> None:
    """Draw a rectangle with round corners."""
    shape = skia.Rect.MakeXYWH(rect.x, rect.y, max(0.0, rect.width), max(0.0, rect.height))
    reach = min(radius, rect.width / 2, rect.height / 2)
    canvas.drawRRect(skia.RRect.MakeRectXY(shape, reach, reach), paint)


def draw_card(canvas: skia.Canvas, scheme: Scheme, rect: Rect, radius: float = 28) -> None:
    """A panel: soft shadow, translucent fill, thin edge that is brighter at the top."""
    shape = skia.RRect.MakeRectXY(skia.Rect.MakeXYWH(rect.x, rect.y, rect.width, rect.height), radius, radius)
    canvas.save()
    canvas.clipRRect(shape, skia.ClipOp.kDifference, True)  # noqa: FBT003 — skia's own signature
    shadow = skia.Paint(Color=ink(scheme.shadow, scheme.shadow_opacity), AntiAlias=True)
    shadow.setMaskFilter(skia.MaskFilter.MakeBlur(skia.BlurStyle.kNormal_BlurStyle, 13))
    lowered = skia.RRect.MakeRectXY(skia.Rect.MakeXYWH(rect.x, rect.y + 9, rect.width, rect.height), radius, radius)
    canvas.drawRRect(lowered, shadow)
    canvas.restore()
    canvas.drawRRect(shape, fill(scheme.card, scheme.card_opacity))
    edge = skia.Paint(AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeWidth=1.6)
    edge.setShader(
        skia.GradientShader.MakeLinear(
            [skia.Point(0, rect.y), skia.Point(0, rect.y + rect.height)],
            [ink(scheme.rule, scheme.rule_opacity * 1.5), ink(scheme.rule, scheme.rule_opacity * 0.5)],
        )
    )
    inner = skia.Rect.MakeXYWH(rect.x + 0.8, rect.y + 0.8, rect.width - 1.6, rect.height - 1.6)
    canvas.drawRRect(skia.RRect.MakeRectXY(inner, radius - 0.8, radius - 0.8), edge)


def add_card(stage: Stage, rect: Rect, start: float, radius: float = 28) -> None:
    """Add a panel that fades in."""
    stage.enter(
        rect.padded(38), lambda canvas: draw_card(canvas, stage.scheme, rect, radius), Entrance(start, 0.7, "fade")
    )


def add_kicker(stage: Stage, text: str, x: float, y: float, box_width: float, start: float) -> float:
    """Add the small capitals over a headline, with a bar before them. Returns the height used, 0 without text."""
    setting = fit_line(text.upper(), KICKER, box_width=box_width - 62, smallest=20)
    if not setting.lines:
        return 0.0
    scheme, line, face = stage.scheme, setting.lines[0], setting.face
    baseline = y + 30 * CAP_HEIGHT + 4
    middle = baseline - face.size * CAP_HEIGHT / 2
    mirrored = setting.right_to_left
    bar = x + box_width - 42 if mirrored else x
    left = bar - 20 - setting.width if mirrored else x + 62

    def mark(canvas: skia.Canvas, time: float) -> None:
        length = 42 * out_expo(progress(time, start, 0.6))
        shown = Rect(bar + 42 - length if mirrored else bar, middle - 4, length, 8)
        round_rect(canvas, shown, 4, sweep(scheme, bar, bar + 42))

    stage.live(Rect(bar, middle - 6, 44, 12), mark, start=start, rest=start + 0.6)
    rect = Rect(left, y - 6, setting.width + 4, 46)
    stage.enter(
        rect.padded(4 if is_plain(line) else 12),
        lambda canvas: say(canvas, line, face, left, baseline, fill(scheme.accent)),
        Entrance(start + 0.08, 0.6, "slide"),
    )
    return 30.0


@dataclass(frozen=True)
class TextStyle:
    """How lines come in and are coloured. `emphasis` sets words with digits in the accent colour."""

    colour: Rgb
    start: float
    stagger: float = 0.06
    emphasis: Rgb | None = None


def add_lines(stage: Stage, setting: Setting, x: float, y: float, box_width: float, style: TextStyle) -> float:
    """Add set lines, word by word rising out of their own line; `y` is the top of the capitals. Returns the height."""
    order = 0
    for number, line in enumerate(setting.lines):
        face = setting.face
        baseline = y + face.size * CAP_HEIGHT + number * setting.leading
        left = x + _indent(line, setting, box_width)
        up, down = (ASCENT, DESCENT + 0.06) if is_plain(line) else (TALL_ASCENT, TALL_DESCENT)
        clip = Rect(x - 20, baseline - face.size * up, box_width + 40, face.size * (up + down))
        for word, start, end in words_of(line, face, right_to_left=setting.right_to_left):
            colour = style.emphasis if style.emphasis and any(c.isdigit() for c in word) else style.colour
            rect = Rect(left + start, clip.y, end - start, clip.height).padded(face.size * 0.08)
            _add_word(
                stage, word, face, (left + start, baseline), colour, rect, clip, style.start + order * style.stagger
            )
            order += 1
    return setting.height - setting.face.size * 0.22 if setting.lines else 0.0


def _add_word(  # noqa: PLR0913, PLR0917 — one call, all of it geometry
    stage: Stage, word: str, face: Face, at: tuple[float, float], colour: Rgb, rect: Rect, clip: Rect, start: float
) -> None:
    stage.enter(
        rect,
        lambda canvas: say(canvas, word, face, at[0], at[1], fill(colour)),
        Entrance(start, 0.7, "rise"),
        clip,
    )


def add_block(stage: Stage, setting: Setting, x: float, y: float, box_width: float, style: TextStyle) -> float:
    """Add set lines as one picture that fades upwards: for text of second rank. Returns the height."""
    if not setting.lines:
        return 0.0
    face = setting.face

    def paint(canvas: skia.Canvas) -> None:
        for number, line in enumerate(setting.lines):
            left = x + _indent(line, setting, box_width)
            say(canvas, line, face, left, y + face.size * CAP_HEIGHT + number * setting.leading, fill(style.colour))

    rect = Rect(x, y - face.size * 0.3, box_width, setting.height + face.size * 0.35)
    spare = 4 if all(map(is_plain, setting.lines)) else 4 + face.size * 0.25
    stage.enter(rect.padded(spare), paint, Entrance(style.start, 0.7, "fade"))
    return setting.height - face.size * 0.22


def _indent(line: str, setting: Setting, box_width: float) -> float:
    """Lines stand at the left; those of a text that runs to the left stand at the right."""
    return box_width - width(line, setting.face) if setting.right_to_left else 0.0


def counted(display: str, part: float) -> str:
    """`display` with its first number counted up to `part` (0..1) of itself, in the same format; whole at 1."""
    found = _NUMBER.search(display)
    if part >= 1 or found is None:
        return display
    written = found.group()
    decimals = len(written.partition(".")[2])
    grouped = "," in written
    value = float(written.replace(",", "")) * part
    shown = f"{value:,.{decimals}f}" if grouped else f"{value:.{decimals}f}"
    return display[: found.start()] + shown + display[found.end() :]


def add_number(  # noqa: PLR0913 — one call, all of it geometry
    stage: Stage,
    display: str,
    face: Face,
    x: float,
    baseline: float,
    *,
    start: float,
    paint: skia.Paint,
    align: float = 0.0,
) -> None:
    """Add a number that counts up to exactly `display`. `align` 0 is left of x, 1 right of it, 0.5 centred."""
    text = showable(display)
    whole = width(text, face)
    left = x - align * whole

    def draw(canvas: skia.Canvas, time: float) -> None:
        part = progress(time, start, COUNT_SECONDS)
        shown = counted(text, out_cubic(part))
        # Even digits while they run; in the last third they settle to their natural widths.
        running = face.running(1 - out_cubic(progress(part, 0.66, 0.34)))
        place = x - align * width(shown, running) if align else left
        brush = skia.Paint(paint)
        brush.setAlphaf(min(1.0, part * 6))
        say(canvas, shown, running, place, baseline, brush)

    widest = max(whole, width(text, face.running(1.0)))
    bounds = Rect(x - align * widest, baseline - face.size, widest, face.size * 1.3).padded(6)
    stage.live(bounds, draw, start=start, rest=start + COUNT_SECONDS)
