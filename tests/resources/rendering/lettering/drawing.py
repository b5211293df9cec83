"""Drawing and reading scripts: what libass makes of them, and what their events say.

Belongs here: helpers of the lettering tests. Not here: what is expected.
"""

import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reelineage.documents import Frame
from reelineage.timeline.captions import Cue, caption_cues
from reelineage.timeline.zones import Box
from resources.rendering.ffmpeg import run_ffmpeg
from resources.rendering.lettering import FontFile, FontLibrary, Sheet
from resources.rendering.lettering.library import Face
from resources.rendering.lettering.shaping import Run, shaped
from tests.resources.rendering.media import sentence, voiceover

SMALL = Frame(width=270, height=480)
SCRIPTS = {
    "latin": "The quick WAVE “Ątoms”",
    "cyrillic": "Быстрая лиса",
    "greek": "Η γρήγορη αλεπού",
    "arabic": "مرحبا بالعالم، 2024!",
    "arabic that begins with dots on the left": "شب نقش",
    "hebrew": "שלום עולם (מבחן)!",
    "devanagari": "नमस्ते क्षत्रिय",
    "chinese": "你好，世界。字幕",
    "japanese": "こんにちは、字幕です。",
    "korean": "안녕하세요 세계",
    "emoji": "Hot 🔥 👩‍👩‍👧 🇩🇪 ❤️",
    "thai": "สวัสดีชาวโลก",
    "tamil": "வணக்கம் உலகம்",
}


def cues_of(text: str, *, start: float = 0.0, frames: int = 150) -> tuple[Cue, ...]:
    """The cues of one sentence."""
    return caption_cues(voiceover([sentence(text, start=start, seconds_per_word=0.3)], [frames]))


def draw(
    script: str, fonts: Sequence[FontFile], folder: Path, *, frame: Frame = SMALL, at: int = 0
) -> NDArray[np.uint8]:
    """Frame `at` of the script over black, as RGB of shape (height, width, 3)."""
    (folder / "fonts").mkdir(exist_ok=True)
    for font in fonts:
        shutil.copyfile(font.path, folder / "fonts" / font.path.name)
    (folder / "s.ass").write_text(script, "utf-8")
    source = f"color=black:size={frame.width}x{frame.height}:rate=30:duration=0.04"
    run_ffmpeg(
        [
            *("-f", "lavfi", "-i", source, "-frames:v", "1"),
            *("-vf", f"format=gbrp,setpts=PTS+{at}/30/TB,ass=f=s.ass:fontsdir=fonts,format=rgb24"),
            *("-f", "rawvideo", "-y", "out.rgb"),
        ],
        doing="Drawing captions",
        deadline_seconds=30,
        folder=folder,
    )
    return np.fromfile(folder / "out.rgb", np.uint8).reshape(frame.height, frame.width, 3)


def draw_sheet(sheet: Sheet, folder: Path, *, at: int = 0) -> NDArray[np.uint8]:
    script = sheet.script(at, 1)
    assert script is not None, "nothing is shown on that frame"
    return draw(script, sheet.fonts, folder, frame=sheet.frame, at=at)


def inked(picture: NDArray[np.uint8], *, above: int = 60) -> Box:
    """The box around everything that is clearly lighter than black."""
    light = picture.max(axis=2) > above
    rows, columns = np.flatnonzero(light.any(axis=1)), np.flatnonzero(light.any(axis=0))
    return Box(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)


def inside(found: Box, box: Box) -> bool:
    return box.left <= found.left and box.top <= found.top and found.right <= box.right and found.bottom <= box.bottom


@dataclass(frozen=True)
class Shown:
    """What an event shows at rest: its ink with outline and growth in pixels, and its text."""

    left: float
    top: float
    right: float
    bottom: float
    text: str

    def within(self, box: Box, tolerance: float = 0.6) -> bool:
        return (
            self.left >= box.left - tolerance
            and self.top >= box.top - tolerance
            and self.right <= box.right + tolerance
            and self.bottom <= box.bottom + tolerance
        )


def shown_by(script: str, library: FontLibrary, *, layers: Sequence[int] = (1, 3)) -> Iterator[Shown]:
    """The texts of a script's events, placed as libass places them: by the script's own words, not by our layout."""
    faces = {face.file.family: face for face in library._faces.values()}
    for line in script.splitlines():
        if not line.startswith("Dialogue: ") or "\\p1" in line:
            continue
        layer, _, _, _, _, _, _, _, _, body = line.removeprefix("Dialogue: ").split(",", 9)
        if int(layer) in layers:
            yield _placed(body, faces)


def _placed(body: str, faces: dict[str, Face]) -> Shown:
    still = re.search(r"\\pos\(([-\d.]+),([-\d.]+)\)", body)
    moving = re.search(r"\\move\([-\d.]+,[-\d.]+,([-\d.]+),([-\d.]+)", body)
    found = still or moving
    assert found, body
    x, y = float(found[1]), float(found[2])
    growth = max([100.0, *(float(number) for number in re.findall(r"\\fscx(\d+)", body))]) / 100
    outline = re.search(r"\\bord([\d.]+)", body)
    pad = float(outline[1]) if outline else 0.0
    pen, boxes, ascent, descent, first, last, text = 0.0, [], 0.0, 0.0, 1e9, 0.0, ""
    runs = re.findall(r"\{\\fn([^\\}]+)\\fs([\d.]+)\}((?:\\[{}]|\{\\alpha[^}]*\}|[^{])*)", body)
    runs = runs[::-1] if "\u200f" in body else runs
    for family, size, raw in runs:
        face = faces[family]
        em = float(size) / face.line_ems
        shown = re.sub(r"\{\\alpha[^}]*\}", "", raw).replace("\\{", "{").replace("\\}", "}")
        shown = shown.replace("\u200f", "").replace("\u2060", "")
        text += shown
        ascent, descent = max(ascent, face.ascent * em), max(descent, face.descent * em)
        for group in shaped(Run(face, shown)):
            start = pen + group[0].left * em
            first, last = min(first, start), max(last, start + sum(glyph.advance for glyph in group) * em)
            for glyph in group:
                if glyph.ink:
                    left, top, right, bottom = (side * em for side in glyph.ink)
                    boxes.append((pen + left, top, pen + right, bottom))
                pen += glyph.advance * em
    baseline, centre = (ascent - descent) / 2, (first + last) / 2
    return Shown(
        left=x + (min(box[0] for box in boxes) - centre) * growth - pad,
        top=y + (min(box[1] for box in boxes) + baseline) * growth - pad,
        right=x + (max(box[2] for box in boxes) - centre) * growth + pad,
        bottom=y + (max(box[3] for box in boxes) + baseline) * growth + pad,
        text=text,
    )


__all__ = ["SCRIPTS", "SMALL", "Shown", "cues_of", "draw", "draw_sheet", "inked", "inside", "shown_by"]
