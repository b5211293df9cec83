"""Which segments a video is cut into: each scene's body, and each transition between two scenes.

Belongs here: whole frames, names, and which pictures and words each segment shows. Not here: encoding (`segments.py`).
"""

from collections.abc import Iterator, Sequence
from typing import Final

from reelineage.documents import FPS, SAMPLE_RATE, Voiceover
from reelineage.errors import PermanentError
from reelineage.look import Transition
from resources.rendering.lettering import Sheet
from resources.rendering.pictures import ScenePictures
from resources.rendering.segments import Segment
from resources.rendering.transitions import transition_filter, transition_frames

SAMPLES_PER_FRAME: Final = SAMPLE_RATE // FPS


def scene_frames(voiceover: Voiceover, scenes: Sequence[int]) -> list[int]:
    """Frames of each scene, in order.

    Raises:
        PermanentError: the clips are not those of the voiceover's scenes.
    """
    spans = {span.scene: span.frames for span in voiceover.spans}
    if list(scenes) != list(spans) or not scenes:
        raise PermanentError(
            f"Composing: the clips are for scenes {list(scenes)}, the voice has {list(spans)}. Make the missing clips, "
            "in the order of the scenes."
        )
    return list(spans.values())


def plan_segments(
    pictures: Sequence[ScenePictures], voiceover: Voiceover, transition: Transition, sheets: Sequence[Sheet]
) -> tuple[Segment, ...]:
    """All segments in order of time; together they have every frame of the video once.

    Raises:
        PermanentError: naming the scene and the file, when a clip cannot be used.
    """
    return tuple(_segments(pictures, voiceover, transition, sheets))


def _segments(
    pictures: Sequence[ScenePictures], voiceover: Voiceover, transition: Transition, sheets: Sequence[Sheet]
) -> Iterator[Segment]:
    shared = transition_frames(transition, [scene.clip.frames for scene in pictures])
    number = 0
    for index, (scene, span, sheet) in enumerate(zip(pictures, voiceover.spans, sheets, strict=True)):
        mixed = shared[index]
        if scene.clip.frames != span.frames:
            raise PermanentError(
                f"Composing scene {span.scene}: its clip has {scene.clip.frames} frames, its narration {span.frames}. "
                "Make the clip again."
            )
        if mixed:
            earlier = pictures[index - 1]
            sources = (
                earlier.run(earlier.clip.frames, mixed, pad="0:V:0", label="a", hold=True),
                scene.run(0, mixed, pad="1:V:0", label="b"),
            )
            mix = transition_filter(transition, mixed, earlier="a", later="b", label="picture")
            name = f"scene {earlier.clip.number} to {span.scene}"
            yield Segment(number, name, 0, mixed, sources, mix, *_words(sheet, 0, mixed))
            number += 1
        yield Segment(
            number,
            f"scene {span.scene}",
            mixed,
            span.frames - mixed,
            (scene.run(mixed, span.frames - mixed, pad="0:V:0", label="a"),),
            None,
            *_words(sheet, mixed, span.frames - mixed),
            may_stand_still=scene.may_stand_still,
        )
        number += 1


def _words(sheet: Sheet, first: int, frames: int) -> tuple[str | None, tuple[str, ...]]:
    """The script of a run of a scene's frames, and the digests of the fonts that it names."""
    script = sheet.script(first, frames)
    if script is None:
        return None, ()
    return script, tuple(font.sha256 for font in sheet.fonts if font.family in script)
