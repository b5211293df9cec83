"""The frames of a scene: repeatable, alive, inside their zone, whatever the texts are."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from reelineage.documents import Datum, Frame, VisualKind
from reelineage.look import Style
from reelineage.timeline.zones import Box, zones
from resources.footage import Shot
from resources.footage.i420 import Layer, Planes, planes_of
from resources.footage.motion.backgrounds import Background
from resources.footage.motion.graphics import Graphics
from resources.footage.motion.palette import BACKGROUNDS, SCHEMES, number_of
from resources.footage.motion.scene import frames_of, sways_in
from tests.resources.footage.shots import DRAFT, HOSTILE, SMALL, frame_at, shot, visual

TITLE = visual(VisualKind.TITLE)


@pytest.mark.parametrize("kind", VisualKind)
def test_the_same_shot_gives_the_same_frames(kind: VisualKind) -> None:
    order = shot(visual(kind), frame=SMALL, frames=12)
    first = [picture.copy() for picture in frames_of(order)]
    second = [picture.copy() for picture in frames_of(order)]

    assert len(first) == 12
    assert all((a == b).all() for a, b in zip(first, second, strict=True))


@pytest.mark.parametrize("background", BACKGROUNDS)
def test_another_take_is_another_picture_in_the_same_colours_with_the_same_words(background: str) -> None:
    order = shot(TITLE, frame=SMALL, style=Style(scheme="midnight", background=background))
    takes = [
        frame_at(replace(order, scene=order.scene.model_copy(update={"take": take})), 40).astype(int)
        for take in (1, 2, 3)
    ]

    for one, other in pairwise(takes):
        assert (abs(one - other) > 2).mean() > 0.02, "the background is the same"
        assert (abs(one - other) > 60).mean() < 0.02, "words or colours are others"


@pytest.mark.parametrize("kind", VisualKind)
def test_a_frame_is_the_same_in_whichever_run_it_is_asked_for(kind: VisualKind) -> None:
    order = shot(visual(kind), frame=SMALL, frames=70)
    whole = [picture.copy() for picture in frames_of(order, 0, 80)]

    assert len(whole) == 80
    for first, count in ((0, 1), (7, 3), (19, 8), (33, 2), (64, 12), (79, 1)):
        run = [picture.copy() for picture in frames_of(order, first, count)]
        assert len(run) == count
        for number, picture in enumerate(run, start=first):
            assert (picture == whole[number]).all(), f"frame {number} of the run from {first} is another picture"


def test_a_run_without_a_count_ends_with_the_shot() -> None:
    assert len(list(frames_of(shot(TITLE, frame=SMALL, frames=20), 15))) == 5


@pytest.mark.parametrize("background", BACKGROUNDS)
def test_beyond_its_end_what_has_left_stays_away_and_the_background_moves(background: str) -> None:
    order = shot(TITLE, frame=SMALL, frames=30, style=Style(scheme="midnight", background=background))
    later, latest = frame_at(order, 36), frame_at(order, 44)

    assert (later == _bare(order, 36)).all()
    assert (later != latest).any()


def test_where_a_transition_takes_over_graphics_stay_to_the_end_and_beyond() -> None:
    order = shot(TITLE, frame=SMALL, frames=60, leaves=False)
    zone = zones(SMALL).graphics
    words = [
        (frame_at(order, index)[zone.top : zone.bottom, zone.left : zone.right] > 200).sum() for index in (45, 59, 68)
    ]

    assert min(words) > 0.98 * max(words) > 0


def test_two_scenes_drawn_at_once_are_what_they_are_alone() -> None:
    orders = [
        shot(visual(kind, text), frame=SMALL, frames=24, video_seed=seed)
        for seed, (kind, text) in enumerate(
            (
                (VisualKind.RANKED_ITEM, "Last Week Tonight"),
                (VisualKind.RANKED_LIST, "東京の夜"),
                (VisualKind.TITLE, "本周最受欢迎"),
                (VisualKind.CALL_TO_ACTION, "שלום Hello"),
            )
        )
    ]

    def filmed(order: Shot) -> list[bytes]:
        return [picture.tobytes() for picture in frames_of(order)]

    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(filmed, orders))

    assert together == [filmed(order) for order in orders]


def test_what_stands_still_is_not_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drawing all parts in each frame took 5 of 9 CPU-milliseconds."""
    redrawn: list[int] = []
    take_over = Layer.take_over

    def counting(layer: Layer, area: Box) -> None:
        redrawn.append(area.width * area.height)
        take_over(layer, area)

    monkeypatch.setattr(Layer, "take_over", counting)
    order = shot(visual(VisualKind.BAR_CHART), frame=SMALL, frames=120)
    for _ in frames_of(order, 0, 70):
        pass
    assert sum(redrawn) > 0
    redrawn.clear()
    for _ in frames_of(order, 69, 30):
        pass

    assert len(redrawn) == 1  # the first frame of a run


@pytest.mark.parametrize("kind", VisualKind)
def test_only_drawing_what_changed_gives_the_same_picture_as_drawing_all(
    kind: VisualKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = shot(visual(kind), frame=SMALL, frames=60)
    pictures = [picture.copy() for picture in frames_of(order)]
    draw_over = Graphics.draw_over

    def from_nothing(graphics: Graphics, planes: Planes, time: float, leaving: float = 0.0) -> None:
        draw_over(Graphics(graphics._stage), planes, time, leaving)

    monkeypatch.setattr(Graphics, "draw_over", from_nothing)

    for number, picture in enumerate(frames_of(order)):
        assert (picture == pictures[number]).all(), number


def test_another_seed_or_scheme_gives_other_frames() -> None:
    pictures = [
        frame_at(shot(TITLE, frame=SMALL, frames=2, video_seed=seed, style=style), 0)
        for seed, style in ((1, Style(scheme="ember")), (2, Style(scheme="ember")), (1, Style(scheme="paper")))
    ]

    assert not (pictures[0] == pictures[1]).all()
    assert not (pictures[0] == pictures[2]).all()


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("kind", VisualKind)
def test_hostile_text_is_drawn_and_stays_in_the_zone(kind: VisualKind, text: str) -> None:
    data = tuple(Datum(label=text, value=value, display=text) for value in (3.0, None, -2.0, 1e300, 0.0))
    picture = visual(kind, text, kicker=text, body=text, figure=text, figure_caption=text, rank=1_000_000, data=data)
    order = shot(picture, frame=SMALL, frames=60)
    drawn = frame_at(order, 54)[: SMALL.height].astype(int)
    bare = _bare(order, 54)[: SMALL.height].astype(int)
    zone = zones(SMALL).graphics
    changed = np.abs(drawn - bare)

    # Shadows and the rings of the call to action may reach a little over the edge; words may not.
    changed[zone.top - 2 : zone.bottom + 2, zone.left - 4 : zone.right + 4] = 0
    assert changed.max() < 70
    assert (changed > 40).sum() < 600


@pytest.mark.parametrize("kind", [VisualKind.BAR_CHART, VisualKind.LINE_CHART, VisualKind.RANKED_LIST])
@pytest.mark.parametrize("values", [(), (None,), (5.0,), (0.0, 0.0, 0.0), (-3.0, -1.0)])
def test_charts_take_whatever_numbers_there_are(kind: VisualKind, values: tuple[float | None, ...]) -> None:
    data = tuple(Datum(label="a", value=value) for value in values)

    frame_at(shot(visual(kind, data=data), frame=SMALL), 50)


@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1080), (90, 160), (864, 1080)])
@pytest.mark.parametrize("kind", VisualKind)
def test_every_layout_fits_every_shape_of_frame(kind: VisualKind, size: tuple[int, int]) -> None:
    frame = Frame(width=max(90, size[0] // 4 * 2 // 2), height=max(90, size[1] // 4 * 2 // 2))
    order = shot(visual(kind), frame=frame, frames=50)
    drawn = frame_at(order, 44)

    assert drawn.shape == (frame.height * 3 // 2, frame.width)
    assert np.abs(drawn.astype(int) - _bare(order, 44).astype(int)).max() > 40


def test_the_first_frame_of_a_video_shows_its_headline() -> None:
    zone = zones(DRAFT).graphics
    first = frame_at(shot(TITLE, number=1), 0)[zone.top : zone.bottom, zone.left : zone.right]
    settled = frame_at(shot(TITLE, number=1), 50)[zone.top : zone.bottom, zone.left : zone.right]

    assert (first > 200).sum() > 0.9 * (settled > 200).sum() > 0


def test_a_later_scene_starts_where_the_one_before_ended() -> None:
    end = frame_at(shot(TITLE, number=2, frame=SMALL, frames=40), 39).astype(int)
    start = frame_at(shot(TITLE, number=3, frame=SMALL, frames=90), 0).astype(int)

    assert np.abs(end - start).mean() < 3


def test_the_last_scene_stands_until_the_end() -> None:
    picture = visual(VisualKind.CALL_TO_ACTION)
    standing, leaving = (frame_at(shot(picture, number=number, frame=SMALL), 59) for number in (6, 5))
    zone = zones(SMALL).graphics
    area = np.s_[zone.top : zone.bottom, zone.left : zone.right]

    assert (standing[area] > 150).sum() > 2 * (leaving[area] > 150).sum()


@pytest.mark.parametrize("background", BACKGROUNDS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_no_stretch_of_two_seconds_is_frozen_even_in_a_long_scene(scheme: str, background: str) -> None:
    """Ffmpeg's freezedetect calls a mean difference of up to 0.001 of full scale over 2 s frozen (-60 dB)."""
    made = Background(background, SCHEMES[scheme], SMALL, number_of("movement", 5))
    planes = planes_of(np.zeros((SMALL.height * 3 // 2, SMALL.width), np.uint8), SMALL)
    seconds = 28.0
    pictures = []
    for step in range(14):
        part = step * 2 / seconds
        made.paint(planes, 2 + part, part * sways_in(seconds))
        pictures.append(planes.picture.astype(int))

    differences = [np.abs(a - b).mean() / 255 for a, b in pairwise(pictures)]
    assert min(differences) > 0.0015
    assert max(differences) < 0.03  # and it stays calm


def _bare(order: Shot, index: int) -> NDArray[np.uint8]:
    """The same frame without its graphics."""
    drawn = Graphics.draw_over
    try:
        Graphics.draw_over = lambda *_: None  # type: ignore[method-assign]  # put back below
        return frame_at(order, index)
    finally:
        Graphics.draw_over = drawn  # type: ignore[method-assign]  # as it was
