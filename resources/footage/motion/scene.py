"""The frames of one scene: background, graphics on it, and when they come and go.

Belongs here: which layout a scene gets and its timing. Not here: how a layout looks, how frames are encoded.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np
import skia
from numpy.typing import NDArray

from reelineage.documents import FPS, VisualKind
from resources.footage import Shot
from resources.footage.i420 import lend, planes_of, take_back
from resources.footage.motion import layouts_chart, layouts_list, layouts_rank, layouts_text
from resources.footage.motion.backgrounds import Background
from resources.footage.motion.easing import progress
from resources.footage.motion.palette import background_of, number_of, scheme_of
from resources.footage.motion.stage import Stage

# Feeds show the first frame of a video as its picture: the first scene starts as if it had run for this long.
_HEAD_START: Final = 0.75
_LEAVING: Final = 0.27
# Movement goes by scenes; in long ones the lights circle as well, or nothing would seem to move.
_SWAY_SECONDS: Final = 7.0


def frames_of(shot: Shot) -> Iterator[NDArray[np.uint8]]:
    """The pictures of a shot, I420 of shape (height * 3 // 2, width).

    Each is valid until the next is asked for: all share one piece of memory.
    """
    frame = shot.frame
    scheme = scheme_of(shot.style, shot.video_seed)
    kind = background_of(shot.style, shot.video_seed)
    background = Background(kind, scheme, frame, number_of("movement", shot.video_seed))
    stage = Stage(frame, scheme)
    lay_out(stage, shot)
    planes = planes_of(np.empty((frame.height * 3 // 2, frame.width), np.uint8), frame)
    lent = np.empty((stage.lent.height, stage.lent.width, 4), np.uint8)
    canvas = _surface(lent)
    seconds = shot.frames / FPS
    last = shot.scene.number >= shot.scenes
    leaving = 0.0 if last else min(_LEAVING, seconds * 0.15)
    ahead = _HEAD_START if shot.scene.number == 1 else 0.0
    sways = sways_in(seconds)
    for index in range(shot.frames):
        time = index / FPS
        part = index / shot.frames
        background.paint(planes, shot.scene.number - 1 + part, part * sways)
        lend(planes, stage.lent, lent)
        gone = progress(time, seconds - leaving, leaving) if leaving else 0.0
        stage.draw(canvas.getCanvas(), time + ahead, gone)
        canvas.flushAndSubmit()
        take_back(planes, stage.lent, lent)
        yield planes.picture


def sways_in(seconds: float) -> int:
    """How many circles the lights make in a scene."""
    return round(seconds / _SWAY_SECONDS)


def lay_out(stage: Stage, shot: Shot) -> None:
    """Put the parts of the shot's visual on the stage."""
    visual = shot.scene.visual
    countdown = layouts_rank.Countdown(shot.scene.number, shot.scenes, shot.frames / FPS)
    match visual.kind:
        case VisualKind.TITLE:
            layouts_text.title(stage, visual)
        case VisualKind.STATEMENT:
            layouts_text.statement(stage, visual)
        case VisualKind.CALL_TO_ACTION:
            layouts_text.call_to_action(stage, visual)
        case VisualKind.RANKED_ITEM:
            layouts_rank.ranked_item(stage, visual, countdown)
        case VisualKind.RANKED_LIST:
            layouts_list.ranked_list(stage, visual)
        case VisualKind.BAR_CHART:
            layouts_chart.bar_chart(stage, visual)
        case VisualKind.LINE_CHART:
            layouts_chart.line_chart(stage, visual)


def _surface(pixels: NDArray[np.uint8]) -> skia.Surface:
    """A surface that draws straight into `pixels`."""
    height, width = pixels.shape[:2]
    info = skia.ImageInfo.Make(width, height, skia.ColorType.kBGRA_8888_ColorType, skia.AlphaType.kPremul_AlphaType)
    return skia.Surface.MakeRasterDirect(info, pixels)
