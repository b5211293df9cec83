"""All text of one scene, timed from the scene's first frame, and the part of it that any run of frames needs.

Belongs here: `lay_out`, `Sheet`, and which events a run of frames sees. Not here: how captions and overlays look
(`captions.py`, `overlays.py`). The lines of an event are the same whichever run asks, so changing one word changes the
script of the segments that show it and no other.
"""

import bisect
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

from reelineage.documents import Frame
from reelineage.look import Captions, OverlayLook, ProfileName
from reelineage.timeline.captions import Cue
from reelineage.timeline.zones import text_places
from resources.rendering.lettering.ass import Event, script
from resources.rendering.lettering.captions import CaptionSetter
from resources.rendering.lettering.library import FontFile, FontLibrary
from resources.rendering.lettering.overlays import OverlaySetter, TimedOverlay
from resources.rendering.lettering.typesetter import Typesetter


@dataclass(frozen=True)
class Sheet:
    """Captions and overlays of a scene; of the whole video for the `.ass` beside it.

    `fonts` are the files that libass needs, `missing` the characters that no font has, each once: they are left out.
    A script names its fonts by what they were cut from: together with libass's version it decides the picture.
    """

    frame: Frame
    fonts: tuple[FontFile, ...]
    missing: tuple[str, ...]
    events: tuple[Event, ...]
    _firsts: tuple[int, ...] = field(init=False, repr=False)
    _ends: tuple[int, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Index the events, which are in order of their first frames."""
        object.__setattr__(self, "_firsts", tuple(event.first for event in self.events))
        object.__setattr__(self, "_ends", tuple(itertools.accumulate((event.end for event in self.events), max)))

    def script(self, first_frame: int, frames: int) -> str | None:
        """The ASS of all that is seen in a run of frames, times from the sheet's start; None when nothing is."""
        last = bisect.bisect_left(self._firsts, first_frame + frames)
        start = bisect.bisect_right(self._ends, first_frame)
        seen = [event for event in self.events[start:last] if event.first < event.end and event.end > first_frame]
        return script(self.frame, seen) if seen else None

    def whole(self) -> str:
        """The `.ass` beside the video: emoji stand in it as they were written, for players with fonts of their own."""
        private = {ord(c): text for event in self.events for face in event.faces for c, text in face.sequences.items()}
        return script(self.frame, self.events).translate(private)


def lay_out(
    cues: Sequence[Cue],
    overlays: Sequence[TimedOverlay],
    *,
    frame: Frame,
    profile: ProfileName,
    captions: Captions,
    overlay_look: OverlayLook,
    fonts: FontLibrary,
) -> Sheet:
    """Set all text of a scene, times from its first frame; `fonts.han` keeps Chinese characters alike in all scenes.

    Raises:
        PermanentError: a font package is missing, or the folder of fonts cannot be written.
    """
    texts = [word.text for cue in cues for word in cue.words] if captions.style != "none" else []
    texts += [timed.overlay.text for timed in overlays]
    places = text_places(frame, profile, captions.position)
    for_captions = Typesetter(fonts, texts, captions.font)
    for_overlays = for_captions if overlay_look.font == captions.font else Typesetter(fonts, texts, overlay_look.font)
    caption_setter = CaptionSetter(captions, places, for_captions)
    overlay_setter = OverlaySetter(overlay_look, places, for_overlays)
    events = [event for timed in overlays for event in overlay_setter.events(timed)]
    events += [event for cue in cues for event in caption_setter.events(cue)]
    events.sort(key=lambda event: event.first)
    used = {face.file.family: face.file for event in events for face in event.faces}
    missing = dict.fromkeys((*for_captions.missing, *for_overlays.missing))
    return Sheet(frame, tuple(used[family] for family in sorted(used)), tuple(missing), tuple(events))
