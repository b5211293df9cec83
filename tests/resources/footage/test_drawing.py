"""Drawings are small, say everything, and are refused when they are not what they should be."""

import json
from dataclasses import replace

import pytest

from reelineage.documents import Datum, Sentence, VisualKind
from reelineage.errors import PermanentError
from reelineage.look import Style
from resources.footage import Shot
from resources.footage.drawing import DESIGN_VERSION, read_drawing, what_is_drawn, write_drawing
from tests.resources.footage.shots import HOSTILE, SMALL, shot, visual

TITLE = visual(VisualKind.TITLE)


def kept(order: Shot) -> Shot:
    """The shot as its drawing keeps it."""
    return replace(order, scene=what_is_drawn(order.scene))


@pytest.mark.parametrize("kind", VisualKind)
def test_what_is_written_is_read_again(kind: VisualKind) -> None:
    order = shot(visual(kind), style=Style(scheme="paper", background="rings"), leaves=False, video_seed=2**63)

    assert read_drawing(write_drawing(order), name="scene 3") == kept(order)


@pytest.mark.parametrize("name", [name for name in HOSTILE if name != "controls"])
def test_hostile_text_is_kept_as_it_is(name: str) -> None:
    order = shot(visual(VisualKind.TITLE, HOSTILE[name]))

    assert read_drawing(write_drawing(order), name="scene 3") == kept(order)


def test_numbers_of_any_size_are_kept() -> None:
    data = tuple(Datum(label="a", value=value) for value in (1e300, -1e22, 0.1, 5e-324, None))
    order = shot(visual(VisualKind.BAR_CHART, data=data))

    assert read_drawing(write_drawing(order), name="scene 3") == kept(order)


def test_a_drawing_is_small_and_the_same_each_time() -> None:
    data = write_drawing(shot(TITLE))

    assert data == write_drawing(shot(TITLE))
    assert len(data) < 2000
    assert json.loads(data)["design"] == DESIGN_VERSION


def test_another_take_is_another_drawing_and_the_first_has_the_bytes_it_always_had() -> None:
    first = shot(TITLE)
    again = replace(first, scene=first.scene.model_copy(update={"take": 2}))

    assert b"take" not in write_drawing(first)
    assert json.loads(write_drawing(again))["scene"]["take"] == 2
    assert read_drawing(write_drawing(again), name="scene 3") == kept(again)


@pytest.mark.parametrize(
    "changed",
    [
        {"frames": 61},
        {"video_seed": 6},
        {"leaves": False},
        {"scenes": 7},
        {"draft": False},
        {"frame": SMALL},
        {"style": Style(scheme="ember", background="drift")},
        {"number": 4},
        {"picture": visual(VisualKind.TITLE, kicker="Fading now")},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_everything_that_decides_the_frames_decides_the_bytes(changed: dict[str, object]) -> None:
    picture = changed.pop("picture", TITLE)

    assert write_drawing(shot(picture, **changed)) != write_drawing(shot(TITLE))  # type: ignore[arg-type]  # a visual


def test_words_that_the_picture_does_not_show_change_nothing() -> None:
    order = shot(TITLE)

    def saying(text: str) -> bytes:
        scene = order.scene.model_copy(update={"sentences": (Sentence(text=text),), "visual_prompt": text})
        return write_drawing(replace(order, scene=scene))

    assert saying("One word.") == saying("Another word.")
    assert saying("\u3053\u306e\u672c") != saying("Another word."), "kana tell that ideographs take Japanese shapes"


def test_a_broken_character_is_refused_by_scene() -> None:
    with pytest.raises(PermanentError, match="scene 3: its texts cannot be written down"):
        write_drawing(shot(visual(VisualKind.TITLE, "a\ud800")))


def test_texts_without_end_are_refused_by_scene() -> None:
    with pytest.raises(PermanentError, match=r"scene 3.*more than"):
        write_drawing(shot(visual(VisualKind.TITLE, "word " * 300_000)))


@pytest.mark.parametrize("frames", [0, -1, 30 * 3600 + 1])
def test_a_length_that_no_scene_has_is_refused(frames: int) -> None:
    with pytest.raises(PermanentError, match=f"scene 3: it has {frames} frames"):
        write_drawing(shot(TITLE, frames=frames))


def _changed(**fields: object) -> bytes:
    return json.dumps(json.loads(write_drawing(shot(TITLE))) | fields).encode()


@pytest.mark.parametrize("design", ["1", "", "3.1" * 1000])
def test_a_drawing_of_another_design_says_to_make_the_clips_again(design: str) -> None:
    with pytest.raises(PermanentError, match=r"scene 9.*made for design.*Make the clips again") as refused:
        read_drawing(_changed(design=design), name="scene 9")

    assert len(str(refused.value)) < 300


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"design":"2"}',
        _changed(frames=0),
        _changed(frames=10**9),
        _changed(frames="sixty"),
        _changed(scenes=0),
        _changed(frame={"width": 100_000, "height": 100_000}),
        _changed(frame={"width": 91, "height": 160}),
        _changed(style={"scheme": "neon"}),
        _changed(extra=1),
        _changed(scene=None),
        _changed(video_seed=0.5),
        b" " * 1_000_001,
    ],
    ids=lambda data: data[:20].decode(errors="replace") or "nothing",
)
def test_what_is_not_a_drawing_is_refused_by_name(data: bytes) -> None:
    with pytest.raises(PermanentError, match=r"drawing of scene 9.*Make the clips again"):
        read_drawing(data, name="scene 9")


def test_a_shot_leaves_unless_it_is_told_to_stay() -> None:
    assert Shot(TITLE, 1, SMALL, 1, Style(), 1, draft=True).leaves  # type: ignore[arg-type]  # only the default counts
