"""A still stands or moves as it was asked to, smoothly, and the same in any run.

Not here: films (`test_fitting_times.py`).
"""

from pathlib import Path

import numpy as np
import pytest

from reelineage.documents import Frame, Movement, Placement
from resources.rendering.media_probe import inspect_media
from tests.resources.rendering.fitted_films import CORNERS, WIDE, X264
from tests.resources.rendering.own_films import (
    corner_colours,
    corners,
    luma,
    make,
    near,
    shown,
)

MOVEMENTS: tuple[Movement, ...] = ("zoom_in", "zoom_out", "pan_left", "pan_right", "pan_up", "pan_down")


@pytest.mark.parametrize("movement", MOVEMENTS)
def test_a_moving_still_is_the_same_in_any_run_and_moves_as_it_is_called(tmp_path: Path, movement: Movement) -> None:
    ramps = "color=black:s=180x320:r=25:d=0.1,format=yuv420p,geq=lum='20+X/2+Y/4':cb='X/2+60':cr='Y/2+40'"
    still = make(tmp_path / "still.png", "-frames:v", "1", source=ramps)
    placement = Placement(movement=movement)
    whole = shown(still, 0, 40, placement=placement)
    assert np.array_equal(shown(still, 25, 10, placement=placement), whole[25:35])
    assert np.array_equal(shown(still, 40, 2, placement=placement)[1], whole[-1])  # stays where it arrived
    left, right, top, bottom = (luma(whole)[[0, -1]][part].mean(axis=(1, 2)) for part in SIDES)
    sideways, upright = np.diff(left + right)[0], np.diff(right - left)[0]
    tall = np.diff(bottom - top)[0]
    if movement in ("zoom_in", "zoom_out"):
        assert (upright < -1) == (tall < -1) == (movement == "zoom_in")
    else:
        forward = movement in ("pan_right", "pan_down")
        assert sideways > 1 if forward else sideways < -1


SIDES = (np.s_[:, :, :10], np.s_[:, :, -10:], np.s_[:, :10], np.s_[:, -10:])


def test_a_still_that_was_not_asked_to_move_stands_still(tmp_path: Path) -> None:
    still = corners(tmp_path / "still.png", "-frames:v", "1")
    pictures = shown(still, 3, 5)
    assert len(pictures) == 5
    assert np.ptp(pictures, axis=0).max() == 0


@pytest.mark.parametrize("movement", ["zoom_in", "pan_left"])
def test_a_still_moves_without_jitter(tmp_path: Path, movement: Movement) -> None:
    """Zoompan's residual is 0.56 px on this measure at 1080x1920; ours 0.012."""
    edge = "color=black:s=540x960:r=25:d=0.1,drawbox=x=350:y=0:w=100:h=960:color=white:t=fill"
    still = make(tmp_path / "edge.png", "-frames:v", "1", source=edge)
    frame = Frame(width=360, height=640)
    pictures = shown(still, 0, 60, placement=Placement(movement=movement), frame=frame, scene_frames=60)
    profile = np.diff(luma(pictures)[:, 300:330].mean(axis=1), axis=1)[:, 180:290]
    weights = np.clip(profile, 0, None)
    places = (weights * np.arange(weights.shape[1])).sum(axis=1) / weights.sum(axis=1)
    path = np.polynomial.Polynomial.fit(np.arange(60), places, 7)
    assert np.sqrt(np.mean((places - path(np.arange(60))) ** 2)) < 0.05
    assert abs(places[-1] - places[0]) > 2


def test_one_picture_of_a_film_serves_as_a_still(tmp_path: Path) -> None:
    film = corners(tmp_path / "film.mp4", *X264, "-frames:v", "1")
    assert inspect_media(film).is_still
    pictures = shown(film, 10, 4, frame=WIDE)
    assert len(pictures) == 4
    assert near(corner_colours(pictures[3]), CORNERS)
