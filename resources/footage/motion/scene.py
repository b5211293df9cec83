"""The frames of one scene: background, graphics on it, and when they come and go.

Belongs here: which layout a scene gets and its timing. Not here: how a layout looks, how frames are encoded.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from reelineage.documents import FPS, VisualKind
from resources.footage import Shot
from resources.footage.i420 import planes_of
from resources.footage.motion import layouts_chart, layouts_list, layouts_rank, layouts_text
from resources.footage.motion.backgrounds import Background
from resources.footage.motion.easing import progress
from resources.footage.motion.fonts import said_and_shown, written_like
from resources.footage.motion.graphics import Graphics
from resources.footage.motion.palette import background_of, number_of, scheme_of
from resources.footage.motion.stage import Stage

# Feeds show the first frame of a video as its picture: the first scene starts as if it had run for this long.
_HEAD_START: Final = 0.75
_LEAVING: Final = 0.27
# Movement goes by scenes; in long ones the lights circle as well, or nothing would seem to move.
_SWAY_SECONDS: Final = 7.0


def frames_of(shot: Shot, first: int = 0, count: int | None = None) -> Iterator[NDArray[np.uint8]]:
    """The pictures of a shot from `first` on, I420 of shape (height * 3 // 2, width); `count` None: to its end.

    A picture is the same in whichever run it is asked for. Beyond the shot's end its last state goes on: the background
    moves, what has left stays away. Each is valid until the next is asked for: all share one piece of memory.
    """
    frame = shot.frame
    scheme = scheme_of(shot.style, shot.video_seed)
    kind = background_of(shot.style, shot.video_seed)
    background = Background(kind, scheme, frame, number_of(_movement(shot.scene.take), shot.video_seed))
    stage = Stage(frame, scheme)
    texts = said_and_shown(shot.scene)
    with written_like(texts):
        lay_out(stage, shot)
    graphics = Graphics(stage)
    planes = planes_of(np.empty((frame.height * 3 // 2, frame.width), np.uint8), frame)
    seconds = shot.frames / FPS
    last = shot.scene.number >= shot.scenes
    leaving = 0.0 if last or not shot.leaves else min(_LEAVING, seconds * 0.15)
    ahead = _HEAD_START if shot.scene.number == 1 else 0.0
    sways = sways_in(seconds)
    for index in range(first, shot.frames if count is None else first + count):
        time = index / FPS
        part = index / shot.frames
        background.paint(planes, shot.scene.number - 1 + part, part * sways)
        gone = progress(time, seconds - leaving, leaving) if leaving else 0.0
        with written_like(texts):
            graphics.draw_over(planes, time + ahead, gone)
        yield planes.picture


def _movement(take: int) -> str:
    """What the video's scenes share; a scene that was asked for again has lights and shapes in places of its own."""
    return "movement" if take == 1 else f"movement of take {take}"


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
