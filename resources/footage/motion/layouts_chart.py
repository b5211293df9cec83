"""Layouts for numbers: horizontal bars, and a line over time. Positions are in units of the stage."""

import skia

from reelineage.documents import Datum, Visual
from resources.footage.motion.easing import clamp, out_expo, progress
from resources.footage.motion.elements import add_card, add_number, fill, round_rect, say, sweep
from resources.footage.motion.fonts import showable
from resources.footage.motion.layouts_list import add_header
from resources.footage.motion.palette import ink
from resources.footage.motion.parts import Entrance, Rect
from resources.footage.motion.scale import compact, nice_ticks, smooth
from resources.footage.motion.stage import Stage
from resources.footage.motion.typeface import BLACK, BOLD, CAP_HEIGHT, REGULAR, SEMIBOLD, Face, width
from resources.footage.motion.typesetting import fit_line

_MOST_BARS = 6
_FARTHEST = 1e15  # beyond this, axis labels say nothing and differences overflow
_TICK = Face(weight=REGULAR, size=25)


def bar_chart(stage: Stage, visual: Visual) -> None:
    """Bars that grow one after the other, the longest in the accent colour, each with its value at its end."""
    y = add_header(stage, visual)
    bars = [bar for bar in visual.data if bar.value is not None][:_MOST_BARS]
    if not bars:
        return
    add_card(stage, Rect(0, y, stage.width, stage.height - y), 0.15)
    inset = 34.0
    inside = Rect(inset, y + 26, stage.width - 2 * inset, stage.height - y - 48)
    height = min(116.0, inside.height / len(bars))
    spare = (inside.height - height * len(bars)) / 2
    largest = max(max(bar.value or 0.0, 0.0) for bar in bars) or 1.0
    values = [fit_line(bar.display, _bar_value(height), box_width=inside.width * 0.3, smallest=20) for bar in bars]
    value_width = max(value.width for value in values)
    track = inside.width - value_width - 22
    longest = next(index for index, bar in enumerate(bars) if max(bar.value or 0.0, 0.0) >= largest or largest == 1.0)
    for index, bar in enumerate(bars):
        rect = Rect(inside.x, inside.y + spare + index * height, inside.width, height)
        part = max(bar.value or 0.0, 0.0) / largest
        text = values[index].lines[0] if values[index].lines else ""
        _bar(stage, bar, rect, part, track, (text, values[index].face), 0.3 + 0.1 * index, accented=index == longest)


def _bar_value(height: float) -> Face:
    return Face(weight=BOLD, size=min(36.0, height * 0.42))


def _bar(  # noqa: PLR0913 — one call, all of it geometry
    stage: Stage,
    bar: Datum,
    rect: Rect,
    part: float,
    track: float,
    value: tuple[str, Face],
    start: float,
    *,
    accented: bool,
) -> None:
    scheme = stage.scheme
    size = min(30.0, rect.height * 0.34)
    label = fit_line(bar.label, Face(weight=SEMIBOLD, size=size), box_width=rect.width, smallest=20)
    thick = min(34.0, rect.height * 0.34)
    block = size * CAP_HEIGHT + 14 + thick
    top = rect.y + (rect.height - block) / 2
    bar_y = top + size * CAP_HEIGHT + 14
    length = max(thick, track * part)

    def paint(canvas: skia.Canvas) -> None:
        if label.lines:
            say(canvas, label.lines[0], label.face, rect.x, top + size * CAP_HEIGHT, fill(scheme.text))
        round_rect(canvas, Rect(rect.x, bar_y, track, thick), thick / 2, fill(scheme.rule, scheme.rule_opacity * 0.5))

    stage.enter(Rect(rect.x, rect.y, rect.width, rect.height).padded(4), paint, Entrance(start - 0.12, 0.6, "fade"))
    brush = sweep(scheme, rect.x, rect.x + length) if accented else fill(scheme.bar)

    def draw(canvas: skia.Canvas, time: float) -> None:
        grown = out_expo(progress(time, start, 1.1))
        if grown > 0.02:
            round_rect(canvas, Rect(rect.x, bar_y, max(thick, length * grown), thick), thick / 2, brush)

    stage.live(Rect(rect.x, bar_y, track, thick).padded(2), draw, start=start, rest=start + 1.1)
    if value[0]:
        baseline = bar_y + thick / 2 + value[1].size * CAP_HEIGHT / 2
        paint_value = fill(scheme.accent if accented else scheme.text)
        add_number(stage, value[0], value[1], rect.x + rect.width, baseline, start=start, paint=paint_value, align=1.0)


def line_chart(stage: Stage, visual: Visual) -> None:
    """A line that draws itself over a filled area, with a beating dot and the last value at its end."""
    scheme = stage.scheme
    y = add_header(stage, visual)
    points = [point for point in visual.data if point.value is not None][:60]
    card = Rect(0, y, stage.width, stage.height - y)
    add_card(stage, card, 0.15)
    if not points:
        return
    values = [clamp(point.value or 0.0, -_FARTHEST, _FARTHEST) for point in points]
    ticks = nice_ticks(min(values), max(values))
    labels = [compact(tick) for tick in ticks]
    gutter = max(width(label, _TICK) for label in labels) + 22
    plot = Rect(card.x + 34 + gutter, card.y + 78, card.width - 34 - gutter - 56, card.height - 78 - 74)
    low, high = ticks[0], ticks[-1]

    def place(index: int, value: float) -> tuple[float, float]:
        across = index / (len(points) - 1) if len(points) > 1 else 1.0
        return plot.x + across * plot.width, plot.y + plot.height * (1 - (value - low) / (high - low))

    def axes(canvas: skia.Canvas) -> None:
        for tick, label in zip(ticks, labels, strict=True):
            level = place(0, tick)[1]
            rule = fill(scheme.rule, scheme.rule_opacity * 0.8)
            canvas.drawRect(skia.Rect.MakeXYWH(plot.x, level - 0.8, plot.width, 1.6), rule)
            say(
                canvas,
                label,
                _TICK,
                plot.x - 16 - width(label, _TICK),
                level + _TICK.size * CAP_HEIGHT / 2,
                fill(scheme.muted),
            )
        _time_labels(canvas, stage, points, plot)

    stage.enter(card, axes, Entrance(0.3, 0.7, "fade"))
    spots = [place(index, value) for index, value in enumerate(values)]
    _line(stage, spots, plot)
    _end(stage, spots[-1], showable(points[-1].display) or compact(values[-1]), card)


def _time_labels(canvas: skia.Canvas, stage: Stage, points: list[Datum], plot: Rect) -> None:
    """First, middle and last label under the plot; the middle one only where it stays clear of the others."""
    last = len(points) - 1
    baseline = plot.y + plot.height + 46
    taken: list[tuple[float, float]] = []
    for index in dict.fromkeys((last, 0, last // 2)):
        setting = fit_line(points[index].label, _TICK, box_width=plot.width * 0.3, smallest=20)
        x = plot.x + plot.width * (index / last if last else 1.0)
        left = min(x - setting.width / 2, plot.x + plot.width + 36 - setting.width)
        if not setting.lines or any(left < end + 20 and left + setting.width > start - 20 for start, end in taken):
            continue
        taken.append((left, left + setting.width))
        say(canvas, setting.lines[0], setting.face, left, baseline, fill(stage.scheme.muted))


def _line(stage: Stage, spots: list[tuple[float, float]], plot: Rect) -> None:
    scheme = stage.scheme
    curve = smooth(spots)
    path = skia.Path()
    path.moveTo(*spots[0])
    for first, second, end in curve:
        path.cubicTo(*first, *second, *end)
    area = skia.Path(path)
    area.lineTo(spots[-1][0], plot.y + plot.height)
    area.lineTo(spots[0][0], plot.y + plot.height)
    area.close()
    shade = skia.Paint(AntiAlias=True)
    shade.setShader(
        skia.GradientShader.MakeLinear(
            [skia.Point(0, plot.y), skia.Point(0, plot.y + plot.height)],
            [ink(scheme.accent, 0.34), ink(scheme.accent, 0.02)],
        )
    )
    stroke = sweep(scheme, plot.x, plot.x + plot.width)
    stroke.setStyle(skia.Paint.kStroke_Style)
    stroke.setStrokeWidth(7)
    stroke.setStrokeCap(skia.Paint.kRound_Cap)
    stroke.setStrokeJoin(skia.Paint.kRound_Join)
    bounds = Rect(plot.x, plot.y, plot.width, plot.height).padded(12)

    def paint(canvas: skia.Canvas) -> None:
        canvas.drawPath(area, shade)
        canvas.drawPath(path, stroke)

    stage.wipe(bounds, paint, 0.45, 1.1)


def _end(stage: Stage, spot: tuple[float, float], text: str, card: Rect) -> None:
    scheme = stage.scheme
    x, y = spot

    def dot(canvas: skia.Canvas, time: float) -> None:
        shown = out_expo(progress(time, 1.4, 0.4))
        beat = ((time - 1.5) % 1.6) / 1.6 if time > 1.5 else 0.0
        canvas.drawCircle(x, y, 12 + 26 * out_expo(beat), fill(scheme.accent_end, 0.40 * (1 - beat) * shown))
        canvas.drawCircle(x, y, 14 * shown, fill(scheme.accent_end))
        canvas.drawCircle(x, y, 6.5 * shown, fill(scheme.on_accent))

    stage.live(Rect(x, y, 0, 0).padded(44), dot, start=1.4)
    setting = fit_line(text, Face(weight=BLACK, size=46, tracking=-0.01), box_width=card.width * 0.5, smallest=26)
    if not setting.lines:
        return
    wide = setting.width + 40
    left = min(x - wide / 2, card.x + card.width - 24 - wide)
    above = y - 40 - 66
    top = above if above > card.y + 10 else y + 40

    def bubble(canvas: skia.Canvas) -> None:
        round_rect(canvas, Rect(left, top, wide, 66), 20, sweep(scheme, left, left + wide))
        baseline = top + 33 + setting.face.size * CAP_HEIGHT / 2
        say(canvas, setting.lines[0], setting.face, left + 20, baseline, fill(scheme.on_accent))

    stage.enter(Rect(left, top, wide, 66).padded(4), bubble, Entrance(1.5, 0.5, "pop"))
