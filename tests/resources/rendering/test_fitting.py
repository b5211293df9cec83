"""Own media fill the frame: turned as they were taken, the right part in its true shape, and nothing that rode along.

Not here: times (`test_fitting_times.py`), colours (`test_fitting_colours.py`), moving stills
(`test_fitting_movement.py`).
"""

import dataclasses
import itertools
from fractions import Fraction
from pathlib import Path
from typing import get_args

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from pydantic import JsonValue

from reelineage.documents import Fit, Frame, Movement, Placement
from reelineage.fingerprint import sha256_of
from resources.rendering.ffmpeg import BITEXACT, file_url, run_ffmpeg
from resources.rendering.fitting import FITTING_VERSION, fit
from resources.rendering.media_probe import MediaFacts, inspect_media
from tests.resources.rendering.fitted_films import BT709_RED, CORNERS, WIDE, X264
from tests.resources.rendering.own_films import (
    BLUE,
    GREEN,
    RED,
    UPRIGHT,
    WHITE,
    colour_at,
    corner_colours,
    corners,
    luma,
    make,
    near,
    shown,
    with_orientation,
)

TURNS = {0: "RGBW", 90: "BRWG", 180: "WBGR", 270: "GWRB"}
EXIF = {1: "RGBW", 2: "GRWB", 3: "WBGR", 4: "BWRG", 5: "RBGW", 6: "BRWG", 7: "WGBR", 8: "GWRB"}


def letters(picture: NDArray[np.uint8]) -> str:
    """The names of the colours in the four corners."""
    return "".join(
        min("RGBW", key=lambda name: np.abs(np.subtract(colour, CORNERS["RGBW".index(name)])).sum())
        for colour in corner_colours(picture)
    )


@pytest.mark.parametrize("degrees", TURNS)
def test_a_film_is_turned_as_its_rotation_flag_says(tmp_path: Path, degrees: int) -> None:
    plain, turned = corners(tmp_path / "plain.mp4", *X264), tmp_path / "turned.mp4"
    run_ffmpeg(
        ["-display_rotation", str(-degrees), "-i", file_url(plain), "-c", "copy", "-y", file_url(turned)],
        doing="Setting a rotation flag",
        deadline_seconds=30,
    )
    facts = inspect_media(turned)
    assert (facts.rotation, facts.width, facts.height) == (degrees, *((160, 120), (120, 160))[degrees % 180 // 90])
    whole = Frame(width=facts.width, height=facts.height)
    assert letters(shown(turned, frame=whole)[0]) == TURNS[degrees]


@pytest.mark.parametrize("orientation", EXIF)
def test_a_photograph_is_turned_and_mirrored_as_its_exif_says(tmp_path: Path, orientation: int) -> None:
    photograph = corners(tmp_path / "photograph.jpg", "-frames:v", "1")
    photograph.write_bytes(with_orientation(photograph.read_bytes(), orientation))
    facts = inspect_media(photograph)
    whole = Frame(width=facts.width, height=facts.height)
    assert letters(shown(photograph, frame=whole)[0]) == EXIF[orientation]


def test_the_crop_of_a_turned_film_lies_where_the_viewer_sees_it(tmp_path: Path) -> None:
    photograph = corners(tmp_path / "photograph.jpg", "-frames:v", "1")
    photograph.write_bytes(with_orientation(photograph.read_bytes(), 7))  # shown: white, green over blue, red
    for crop_at, colour in (((0.5, 0.1), (WHITE, GREEN)), ((0.5, 0.9), (BLUE, RED))):
        picture = shown(photograph, frame=WIDE, placement=Placement(fit="smart"), crop_at=crop_at)[0]
        edge = 0.1 if crop_at[1] < 0.5 else 0.9
        assert near([colour_at(picture, 0.1, edge), colour_at(picture, 0.9, edge)], colour, 10)


def test_nothing_that_rode_along_with_a_film_gets_into_the_next_file(tmp_path: Path) -> None:
    plain, turned, made = corners(tmp_path / "plain.mp4", *X264), tmp_path / "turned.mp4", tmp_path / "made.mp4"
    copy = ["-display_rotation", "90", "-i", file_url(plain), "-c", "copy", "-y", file_url(turned)]
    run_ffmpeg(copy, doing="Setting a rotation flag", deadline_seconds=30)
    fitted = fit(
        turned,
        inspect_media(turned),
        Placement(),
        UPRIGHT,
        first=0,
        count=3,
        scene_frames=3,
        pad="0:V:0",
        label="out",
        hold=False,
    )
    run_ffmpeg(
        [
            *(*fitted.arguments, "-filter_complex", fitted.filters, "-map", "[out]", *X264, *BITEXACT),
            *("-y", file_url(made)),
        ],
        doing="Encoding",
        deadline_seconds=30,
    )
    facts = inspect_media(made)
    assert (facts.rotation, facts.width, facts.height) == (0, 90, 160)
    with av.open(str(made)) as container:
        context = container.streams.video[0].codec_context
        assert (context.colorspace, context.color_range, context.pix_fmt) == (1, 1, "yuv420p")
        assert container.streams.video[0].sample_aspect_ratio in (None, 1)
        assert container.streams.video[0].average_rate == 30


def test_cover_keeps_the_middle_and_the_shape_of_things(tmp_path: Path) -> None:
    disc = "color=black:s=320x180:r=25:d=0.2,format=yuv420p,geq=lum='16+200*lt(hypot(X-160\\,Y-90)\\,40)':cb=128:cr=128"
    picture = luma(shown(make(tmp_path / "disc.mp4", *X264, source=disc)))[0]
    inside = picture > 100
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    assert abs(rows.mean() - 79.5) < 1.5
    assert abs(columns.mean() - 44.5) < 1.5
    assert abs(len(rows) - 2 * 40 * 160 / 180) < 3
    assert abs(len(columns) - len(rows)) < 3


def test_pixels_that_are_not_square_are_shown_in_their_true_shape(tmp_path: Path) -> None:
    tall = "drawbox=x=80:y=0:w=4:h=120:color=white:t=fill"
    film = make(tmp_path / "film.mp4", "-vf", f"{tall},setsar=2/1", *X264, source="color=black:s=160x120:r=25:d=0.2")
    facts = inspect_media(film)
    assert (facts.width, facts.height, facts.coded_width) == (320, 120, 160)
    picture = luma(shown(film, frame=Frame(width=320, height=120)))[0]
    assert abs(np.count_nonzero(picture[60] > 120) - 8) <= 2


@pytest.mark.parametrize("crop_at", [(0.0, 0.5), (0.25, 0.5), (0.5, 0.5), (1.0, 0.5)])
def test_a_smart_crop_follows_the_point_it_is_given_and_stays_inside(
    tmp_path: Path, crop_at: tuple[float, float]
) -> None:
    ramp = "color=black:s=320x180:r=25:d=0.2,format=yuv420p,geq=lum='20+X/2':cb=128:cr=128"
    film = make(tmp_path / "ramp.mp4", *X264, "-crf", "5", source=ramp)
    found = luma(shown(film, placement=Placement(fit="smart"), crop_at=crop_at))[0][:, 45].mean()
    half = 180 * 90 / 160 / 2
    assert abs(found - (20 + min(max(crop_at[0] * 320, half), 320 - half) / 2)) < 4
    assert abs(luma(shown(film, crop_at=crop_at))[0][:, 45].mean() - 100) < 4  # cover asks for the middle


@pytest.mark.parametrize(("width", "height"), [(320, 120), (64, 200)])
def test_contain_shows_all_of_a_picture_over_a_darker_blurred_copy(tmp_path: Path, width: int, height: int) -> None:
    film = corners(tmp_path / "film.mp4", "-vf", f"scale={width}:{height},setsar=1", *X264)
    picture = shown(film, placement=Placement(fit="contain"), frame=Frame(width=120, height=120))[0]
    wide = width > height
    inner = height / width / 2 if wide else width / height / 2
    low, high = 0.5 - inner * 0.8, 0.5 + inner * 0.8
    across, down = ((0.1, 0.9), (low, high)) if wide else ((low, high), (0.1, 0.9))
    at = [(x, y) for y in down for x in across]
    assert near([colour_at(picture, *place) for place in at], CORNERS, 10)
    beside = colour_at(picture, 0.5, 0.05) if wide else colour_at(picture, 0.05, 0.5)
    assert 15 < np.mean(beside) < 110
    bars = luma(picture[None])[0][: 120 // 4, :] if wide else luma(picture[None])[0][:, : 120 // 4]
    assert np.abs(np.diff(bars[:20] if wide else bars[:, :20], axis=1 if wide else 0)).max() < 25  # no sharp edge


def test_contain_of_a_picture_with_the_frames_shape_is_the_picture(tmp_path: Path) -> None:
    film = corners(tmp_path / "film.mp4", *X264)
    assert near(corner_colours(shown(film, frame=WIDE, placement=Placement(fit="contain"))[0]), CORNERS)


def test_interlaced_films_lose_their_combs(tmp_path: Path) -> None:
    moving = "color=black:s=160x96:r=50:d=1,drawbox=x=0:y=0:w=20:h=96:color=white:t=fill,scroll=h=0.05,interlace"
    codec = ("-flags", "+ildct+ilme", "-c:v", "mpeg2video", "-q:v", "2", "-g", "12")
    film = make(tmp_path / "film.ts", *codec, source=moving)
    facts = inspect_media(film)
    assert facts.interlaced
    same = Frame(width=160, height=96)
    combs = np.abs(np.diff(luma(shown(film, 5, 5, frame=same)), axis=1)).mean()
    untouched = luma(shown(film, 5, 5, frame=same, facts=dataclasses.replace(facts, interlaced=False)))
    assert combs < 0.25 * np.abs(np.diff(untouched, axis=1)).mean()


def test_odd_sizes_and_hostile_names_fit_like_any_other(tmp_path: Path) -> None:
    folder = tmp_path / "it's, [a]: 100% %03d;\\'"
    folder.mkdir()
    media = corners(folder / "one [x]'s, 'y': %d.png", "-frames:v", "1", "-vf", "scale=161:121")
    assert near(corner_colours(shown(media, frame=WIDE)[0]), CORNERS)


def test_a_film_that_has_the_frames_form_already_is_passed_on_untouched(tmp_path: Path) -> None:
    film = corners(tmp_path / "film.mp4", *BT709_RED, *X264, "-colorspace", "bt709", "-color_range", "tv")
    assert "scale" not in filters(film, WIDE)
    assert near(corner_colours(shown(film, frame=WIDE)[0]), CORNERS)


def filters(media: Path, frame: Frame, how: Fit = "cover") -> str:
    """The filter text for the first frame."""
    facts = inspect_media(media)
    wanted = Placement(fit=how)
    return fit(
        media, facts, wanted, frame, first=0, count=1, scene_frames=1, pad="0:V:0", label="out", hold=False
    ).filters


# What each version of the fitting code writes. A video in which nothing changed names only the version in its keys.
TEXTS_OF_VERSION = {"1": "77d3ea4e3f1295ce"}


def test_a_change_of_any_text_raises_the_version_that_cached_segments_name() -> None:
    film = MediaFacts(
        width=1920, height=1080, coded_width=1920, coded_height=1080, rotation=0, mirrored=False,
        seconds=9.0, is_still=False, has_alpha=False, interlaced=False,
        transfer="sdr", matrix="bt709", wide_gamut=False, full_range=False, pixel_format="yuv420p", is_rgb=False,
        decoder=None, format="mov", media_type="video/mp4", ticks=Fraction(1, 12800), start_ticks=0,
    )  # fmt: skip
    kinds = [
        film,
        dataclasses.replace(film, rotation=90, mirrored=True),
        dataclasses.replace(film, transfer="pq", matrix="bt2020nc", wide_gamut=True, pixel_format="yuv420p10le"),
        dataclasses.replace(film, has_alpha=True, decoder="libvpx-vp9", format="matroska", pixel_format="yuva420p"),
        dataclasses.replace(film, interlaced=True, format="mpegts", start_ticks=126000, ticks=Fraction(1, 90000)),
        dataclasses.replace(film, is_still=True, seconds=None, format="png_pipe", is_rgb=True, matrix="gbr"),
    ]
    texts: list[JsonValue] = []
    for facts, way, movement in itertools.product(kinds, get_args(Fit), get_args(Movement)):
        placement = Placement(fit=way, movement=movement, first_seconds=1.5)
        for first, count, hold in ((0, 40, False), (70, 12, True)):
            fitted = fit(
                Path("/film"), facts, placement, UPRIGHT, first=first, count=count, scene_frames=80, pad="0:V:0",
                label="a", hold=hold, crop_at=(0.3, 0.6),
            )  # fmt: skip
            texts.append([*fitted.arguments[:-1], fitted.filters])
    assert sha256_of(texts)[:16] == TEXTS_OF_VERSION[FITTING_VERSION]
