"""Captions and overlays as libass draws them: every text is a text, and everything stays in its box."""

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from reelineage.documents import Frame, Overlay
from reelineage.timeline.captions import caption_cues
from reelineage.timeline.zones import Box, zones
from resources.rendering.ass import SceneText, escape, scene_script
from resources.rendering.ffmpeg import run_ffmpeg
from resources.rendering.fonts import FontMetrics, static_bold
from tests.resources.rendering.media import sentence, voiceover

FRAME = Frame(width=360, height=640)
FRAMES = 60


def scene(
    text: str, *, overlays: tuple[Overlay, ...] = (), uppercase: bool = False, accent: str | None = None
) -> SceneText:
    cues = caption_cues(voiceover([sentence(text, start=0.0)], [FRAMES])) if text else ()
    return SceneText(cues, overlays, 0, FRAMES, uppercase=uppercase, accent=accent)


def draw(script: str, folder: Path, font_dir: Path, *, frame: Frame = FRAME, at: int = 5) -> NDArray[np.uint8]:
    """Picture `at` of the script over black, as RGB of shape (height, width, 3)."""
    (folder / "s.ass").write_text(script, "utf-8")
    (folder / "fonts").mkdir(exist_ok=True)
    font = static_bold(font_dir)
    (folder / "fonts" / font.name).write_bytes(font.read_bytes())
    size = f"{frame.width}x{frame.height}"
    run_ffmpeg(
        [
            *("-f", "lavfi", "-i", f"color=black:size={size}:rate=30:duration=2"),
            *("-vf", f"format=gbrp,ass=f=s.ass:fontsdir=fonts,select=eq(n\\,{at}),format=rgb24", "-frames:v", "1"),
            *("-f", "rawvideo", "-y", "out.rgb"),
        ],
        doing="Drawing captions",
        deadline_seconds=30,
        folder=folder,
    )
    return np.fromfile(folder / "out.rgb", np.uint8).reshape(frame.height, frame.width, 3)


def inked(picture: NDArray[np.uint8], *, above: int = 60) -> Box:
    """The box around everything that is clearly lighter than black."""
    light = picture.max(axis=2) > above
    rows, columns = np.flatnonzero(light.any(axis=1)), np.flatnonzero(light.any(axis=0))
    return Box(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)


def inside(found: Box, box: Box) -> bool:
    return box.left <= found.left and box.top <= found.top and found.right <= box.right and found.bottom <= box.bottom


@pytest.mark.parametrize(
    ("hostile", "plain"),
    [
        ("{\\an8}up", "{ an8}up"),
        ("\\Nnew", "/Nnew"),
        ("\\hnew", "/hnew"),
        ("\\{x", "/{x"),
        ("a\\", "a/"),
        ("{\\p1}m", "{/p1}m"),
        ("}{", "}{"),
        ("'it:s,'", "'it:s,'"),
        ("%{}<i>", "%{}<i>"),
    ],
)
def test_markup_is_drawn_as_the_characters_it_consists_of(
    tmp_path: Path, font_dir: Path, font: FontMetrics, hostile: str, plain: str
) -> None:
    """A command would draw nothing or move the text; drawn as text it is about as wide as a harmless twin."""
    words = [scene(hostile), scene(plain.replace(" ", "_") if " " in plain else plain)]
    hostile_box, plain_box = (
        inked(draw(scene_script(word, frame=FRAME, font=font), tmp_path, font_dir)) for word in words
    )
    assert inside(hostile_box, zones(FRAME).captions)
    assert abs(hostile_box.width - plain_box.width) <= 6
    assert abs(hostile_box.top - plain_box.top) <= 4


@given(st.text(st.sampled_from("\\{}Nnh &H,:'ab1\n\r\u2028"), max_size=40))
def test_escaped_text_holds_no_command(text: str) -> None:
    escaped = escape(text)
    assert not re.search(r"\\[Nnh]", escaped)
    assert not re.search(r"(?<!\\)[{}]", escaped)
    assert "\n" not in escaped
    assert "\r" not in escaped
    unescaped = escaped.replace("\\{", "{").replace("\\}", "}").replace("\u2060", "")
    assert unescaped == " ".join(text.split())


@pytest.mark.parametrize("frame", [FRAME, Frame(width=640, height=360), Frame(width=400, height=400)])
@pytest.mark.parametrize(
    "text",
    ["Short.", "WWWWWWWWWWWWWWWWWW WWWWWWWWWWWWWWWWWW", "Pneumonoultramicroscopicsilicovolcanoconiosis", "W" * 250],
)
def test_captions_never_leave_their_box(
    tmp_path: Path, font_dir: Path, font: FontMetrics, frame: Frame, text: str
) -> None:
    script = scene_script(scene(text, uppercase=True), frame=frame, font=font)
    assert inside(inked(draw(script, tmp_path, font_dir, frame=frame)), zones(frame).captions)


@pytest.mark.parametrize("text", ["New", "A text of some length that wraps to two lines here", "W" * 300, "long " * 60])
@pytest.mark.parametrize("position", ["top", "lower"])
def test_overlays_stay_in_their_box(
    tmp_path: Path, font_dir: Path, font: FontMetrics, text: str, position: str
) -> None:
    overlay = Overlay.model_validate({"text": text.strip(), "position": position})
    script = scene_script(scene("", overlays=(overlay,)), frame=FRAME, font=font)
    places = zones(FRAME)
    box = places.overlay_top if position == "top" else places.overlay_lower
    assert inside(inked(draw(script, tmp_path, font_dir, at=20)), box)


def test_the_spoken_word_and_only_it_has_the_accent(tmp_path: Path, font_dir: Path, font: FontMetrics) -> None:
    script = scene_script(scene("First second", accent="#FF0000"), frame=FRAME, font=font)
    middle = FRAME.width // 2
    for at, left_lit in ((4, True), (12, False)):  # words last 0.25 s: frames 0-7 and 8-14
        picture = draw(script, tmp_path, font_dir, at=at).astype(int)
        red = (picture[..., 0] > 200) & (picture[..., 1] < 60) & (picture[..., 2] < 60)
        white = picture.min(axis=2) > 200
        lit, other = (slice(0, middle), slice(middle, None)) if left_lit else (slice(middle, None), slice(0, middle))
        assert red[:, lit].sum() > 100
        assert red[:, other].sum() < 0.25 * red[:, lit].sum(), "the words differ in width, so the middle may cut one"
        assert white[:, other].sum() > 50


def test_times_count_from_the_scene(font: FontMetrics) -> None:
    cues = caption_cues(voiceover([sentence("Later words.", scene=2, start=2.5)], [60, 60]))
    script = scene_script(SceneText(cues, (), 60, 60), frame=FRAME, font=font)
    assert "Dialogue: 3,0:00:00.50," in script
    other_scene = scene_script(SceneText(cues, (), 0, 60), frame=FRAME, font=font)
    assert "Dialogue" not in other_scene


def test_an_event_that_starts_on_a_frame_is_on_that_frame(font: FontMetrics) -> None:
    """Hundredths are rounded down: 1.2667 s as 1.27 would come one frame late."""
    cues = caption_cues(voiceover([sentence("Now.", start=38 / 30)], [60]))
    assert "Dialogue: 3,0:00:01.26," in scene_script(SceneText(cues, (), 0, 60), frame=FRAME, font=font)


def test_an_overlay_that_ends_before_it_begins_is_left_out(font: FontMetrics) -> None:
    never = Overlay(text="never", position="top", start_seconds=5.0)
    assert "never" not in scene_script(scene("", overlays=(never,)), frame=FRAME, font=font)


def test_words_the_font_cannot_draw_leave_no_trace(font: FontMetrics) -> None:
    assert "Dialogue" not in scene_script(scene("🔥 漢字"), frame=FRAME, font=font)


def test_an_accent_that_is_no_colour_is_refused(font: FontMetrics) -> None:
    with pytest.raises(ValueError, match="accent"):
        scene_script(scene("x", accent="&H}{\\an8}"), frame=FRAME, font=font)
