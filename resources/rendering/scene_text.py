"""The words in the picture, scene by scene: times count from the scene's first frame.

Belongs here: giving each scene its captions and overlays, and putting them together again for the `.ass` file. Not
here: how text looks (`lettering`). A scene with a clock of its own keeps its scripts, and with them its encoded
segments, when the video before it gets longer; and a change in one scene cuts no font of another scene anew.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from reelineage.documents import FPS, SceneSpan, Script, Voiceover
from reelineage.timeline.captions import Cue
from resources.rendering.lettering import Sheet, TimedOverlay


def lay_out_scenes(
    cues: Sequence[Cue],
    script: Script,
    voiceover: Voiceover,
    set_text: Callable[[Sequence[Cue], Sequence[TimedOverlay]], Sheet],
) -> tuple[Sheet, ...]:
    """One sheet for each scene of the voiceover, in order; `set_text` is `lay_out` with the video's looks."""
    return tuple(
        set_text([_from_scene_start(cue, span) for cue in cues if cue.scene == span.scene], _overlays_of(script, span))
        for span in voiceover.spans
    )


def whole_sheet(sheets: Sequence[Sheet], voiceover: Voiceover) -> Sheet:
    """All scenes as one sheet, with times of the whole video."""
    events = [
        replace(event, first=event.first + span.first_frame, end=event.end + span.first_frame)
        for sheet, span in zip(sheets, voiceover.spans, strict=True)
        for event in sheet.events
    ]
    fonts = {font.family: font for sheet in sheets for font in sheet.fonts}
    missing = dict.fromkeys(character for sheet in sheets for character in sheet.missing)
    return Sheet(sheets[0].frame, tuple(fonts.values()), tuple(missing), tuple(events))


def _overlays_of(script: Script, span: SceneSpan) -> tuple[TimedOverlay, ...]:
    """The overlays of a scene; none outlasts it."""
    length = span.frames / FPS
    timed = []
    for overlay in next((scene.overlays for scene in script.scenes if scene.number == span.scene), ()):
        end = length if overlay.end_seconds is None else min(overlay.end_seconds, length)
        if overlay.start_seconds < end:
            timed.append(TimedOverlay(overlay, overlay.start_seconds, end))
    return tuple(timed)


def _from_scene_start(cue: Cue, span: SceneSpan) -> Cue:
    begin = span.first_frame / FPS

    def moved(seconds: float) -> float:
        return max(0.0, round(seconds - begin, 6))  # what the subtraction adds must not tip a later rounding

    lines = tuple(
        tuple(
            replace(word, start_seconds=moved(word.start_seconds), end_seconds=moved(word.end_seconds)) for word in line
        )
        for line in cue.lines
    )
    end = min(moved(cue.end_seconds), span.frames / FPS)
    return replace(cue, lines=lines, start_seconds=moved(cue.start_seconds), end_seconds=end)
