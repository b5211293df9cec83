"""Own media fill the frame: the right frames at 30 fps, the right part, the right colours, a smooth movement."""

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

WIDE = Frame(width=160, height=120)
CORNERS = (RED, GREEN, BLUE, WHITE)
DARK = (0x0B, 0x0F, 0x1A)
X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-g", "20", "-bf", "2")
BT709_RED = ("-vf", "scale=out_color_matrix=bt709,format=yuv420p")


def counting(rate: str, seconds: float = 4) -> str:
    """A picture whose brightness is the number of the frame, twice over so that neighbours differ clearly."""
    level = "mod(N*8\\,200)+20"
    return f"color=black:s=64x48:r={rate}:d={seconds},format=yuv420p,geq=lum='{level}':cb=128:cr=128"


@pytest.mark.parametrize(
    ("rate", "suffix", "codec"),
    [
        ("24", "mp4", X264),
        ("24", "mkv", X264),
        ("24", "avi", ("-c:v", "mpeg4", "-q:v", "3", "-bf", "2")),
        ("24000/1001", "mp4", X264),
        ("25", "mp4", X264),
        ("30000/1001", "mp4", X264),
        ("30000/1001", "mkv", X264),
        ("30", "mp4", X264),
        ("50", "mp4", X264),
        ("60", "mkv", X264),
        ("60", "ts", X264),
        ("60000/1001", "mp4", X264),
        ("12.5", "gif", ()),
    ],
)
def test_a_frame_is_the_same_picture_whichever_run_asks_for_it(
    tmp_path: Path, rate: str, suffix: str, codec: tuple[str, ...]
) -> None:
    film = make(tmp_path / f"film.{suffix}", *codec, source=counting(rate))
    placement = Placement(first_seconds=1 / 3)
    whole = shown(film, 0, 80, placement=placement)
    for first, count in ((7, 5), (33, 30), (66, 14)):
        assert np.array_equal(shown(film, first, count, placement=placement), whole[first : first + count]), first


def test_a_film_of_uneven_rate_keeps_its_time_whichever_run_asks(tmp_path: Path) -> None:
    uneven = "select='eq(n\\,0)+gt(n\\,120)*not(mod(n\\,7))+between(n\\,30\\,60)'"
    film = make(tmp_path / "film.mp4", "-vf", uneven, "-fps_mode", "vfr", *X264, source=counting("60"))
    whole = shown(film, 0, 100)
    levels = luma(whole).mean(axis=(1, 2))
    assert np.ptp(levels[:15]) < 2  # one picture lasts half a second
    assert len({round(level) for level in levels[16:30]}) == 14  # then one for each frame
    assert np.array_equal(shown(film, 45, 10), whole[45:55])  # the picture on since 1.0 s is none of the run's own
    assert np.array_equal(shown(film, 61, 39), whole[61:])


def test_frames_appear_at_the_time_they_have_in_the_film(tmp_path: Path) -> None:
    film = make(tmp_path / "film.mp4", *X264, "-crf", "10", source=counting("60", 2))
    levels = luma(shown(film, 0, 60)).mean(axis=(1, 2))
    assert np.allclose(levels[:12], [8 * 2 * k + 20 for k in range(12)], atol=3)
    late = luma(shown(film, 0, 10, placement=Placement(first_seconds=1.0))).mean(axis=(1, 2))
    assert np.allclose(late, levels[30:40])


@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
def test_a_late_run_reads_nothing_of_the_beginning(tmp_path: Path, suffix: str) -> None:
    film = make(tmp_path / f"film.{suffix}", *X264, source="testsrc2=s=160x90:r=25:d=8")
    facts = inspect_media(film)
    healthy = shown(film, 200, 5, facts=facts)
    data = bytearray(film.read_bytes())
    data[len(data) // 10 : len(data) // 2] = bytes(len(data) // 2 - len(data) // 10)
    film.write_bytes(data)
    assert np.array_equal(shown(film, 200, 5, facts=facts), healthy)


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "ts"])
def test_sound_that_starts_before_the_picture_shifts_no_run(tmp_path: Path, suffix: str) -> None:
    film = tmp_path / f"film.{suffix}"
    run_ffmpeg(
        [
            *("-f", "lavfi", "-i", counting("60", 14), "-f", "lavfi", "-itsoffset", "-0.35", "-i", "sine=d=14"),
            *(*X264, "-b:a", "32k", "-y", file_url(film)),
        ],
        doing="Making a film with sound",
        deadline_seconds=30,
    )
    whole = shown(film, 0, 400)
    assert np.array_equal(shown(film, 340, 10), whole[340:350])
    assert np.array_equal(shown(film, 395, 5), whole[395:])


@pytest.mark.parametrize("first", [40, 58, 75, 200])
def test_a_film_that_ends_early_is_held_on_its_last_picture(tmp_path: Path, first: int) -> None:
    film = make(tmp_path / "film.mp4", *X264, source=counting("24", 2))
    whole = shown(film, 0, 60)
    assert len(whole) == 60
    held = shown(film, first, 20, hold=True)
    assert len(held) == 20
    assert np.array_equal(held[-1], whole[-1])
    assert np.array_equal(held[0], whole[min(first, 59)])


def test_a_film_that_ends_early_gives_no_more_than_it_has(tmp_path: Path) -> None:
    film = make(tmp_path / "film.mp4", *X264, source=counting("24", 2))
    assert len(shown(film, 40, 60)) == 20
    assert len(shown(film, 90, 60)) == 0


@pytest.mark.parametrize(
    ("suffix", "options"),
    [
        ("mp4", ("-pix_fmt", "yuv420p")),  # untagged and small: bt601
        ("mp4", ("-pix_fmt", "yuv444p")),
        ("mp4", (*BT709_RED, "-colorspace", "bt709")),
        ("mp4", ("-vf", "scale=out_range=pc,format=yuv420p", "-color_range", "pc")),
        ("mp4", ("-vf", "scale=960:720:out_color_matrix=bt709,format=yuv420p")),  # untagged and large: bt709
        ("mkv", ("-vf", "scale=out_color_matrix=bt709,format=yuv420p10", "-c:v", "ffv1", "-colorspace", "bt709")),
        ("mkv", ("-c:v", "ffv1", "-pix_fmt", "gbrp")),
        ("mov", ("-vf", "scale=out_color_matrix=bt709,format=yuv422p10", "-c:v", "prores_ks", "-colorspace", "bt709")),
        ("png", ("-frames:v", "1")),
        ("png", ("-frames:v", "1", "-pix_fmt", "rgb48be")),
        ("jpg", ("-frames:v", "1", "-q:v", "1")),
        ("webp", ("-frames:v", "1", "-c:v", "libwebp", "-quality", "95")),
    ],
)
def test_colours_come_out_as_bt709_whatever_they_were(tmp_path: Path, suffix: str, options: tuple[str, ...]) -> None:
    media = corners(tmp_path / f"media.{suffix}", *options)
    found = corner_colours(shown(media, frame=WIDE)[0])
    assert near(found, CORNERS), found


def hdr(path: Path, code: float, transfer: str) -> Path:
    """A film in bt2020 whose picture is one grey, given as the value of the transfer curve (0..1)."""
    tags = f"setparams=range=tv:colorspace=bt2020nc:color_primaries=bt2020:color_trc={transfer}"
    grey = f"format=yuv420p10,lutyuv=y={round(64 + 876 * code)},{tags}"
    return make(path, "-vf", grey, "-c:v", "ffv1", source="color=gray:s=64x48:r=25:d=0.1")


@pytest.mark.parametrize("transfer", ["smpte2084", "arib-std-b67"])
def test_hdr_keeps_mid_grey_and_white_where_eyes_expect_them(tmp_path: Path, transfer: str) -> None:
    """BT.2408 table 1: 18 % grey is 38 % of either curve, white 58 % (PQ) or 75 % (HLG); the top is 1000 nits."""
    white, top = (0.581, 0.752) if transfer == "smpte2084" else (0.75, 1.0)
    grey, bright, peak = (luma(shown(hdr(tmp_path / "hdr.mkv", code, transfer))).mean() for code in (0.38, white, top))
    assert 95 < grey < 125
    assert 200 < bright < 225
    assert 229 < peak <= 235
    if transfer == "smpte2084":
        assert luma(shown(hdr(tmp_path / "sun.mkv", 0.98, transfer))).max() <= 235


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


@pytest.mark.parametrize(
    ("suffix", "options"),
    [
        ("webm", ("-c:v", "libvpx-vp9", "-pix_fmt", "yuva420p", "-deadline", "realtime", "-cpu-used", "8")),
        ("png", ("-frames:v", "1", "-pix_fmt", "rgba")),
        ("png", ("-f", "apng", "-pix_fmt", "rgba")),
        ("gif", ("-vf", "split[a][b];[a]palettegen=reserve_transparent=1[p];[b][p]paletteuse")),
        ("webp", ("-c:v", "libwebp_anim", "-pix_fmt", "yuva420p")),
        ("mov", ("-c:v", "prores_ks", "-pix_fmt", "yuva444p10le")),
    ],
)
def test_what_is_transparent_lies_over_a_dark_colour(tmp_path: Path, suffix: str, options: tuple[str, ...]) -> None:
    clear = "color=0xE0E0E0:s=160x120:r=25:d=0.2,format=rgba,geq=r=224:g=224:b=224-mod(N*40\\,120):a='255*lt(X\\,80)'"
    media = make(tmp_path / f"media.{suffix}", *options, source=clear)
    pictures = shown(media, 0, 3, frame=WIDE)
    assert len(pictures) == 3
    assert near([colour_at(pictures[0], 0.9, 0.5)], [DARK], 8)
    assert np.mean(colour_at(pictures[0], 0.1, 0.5)) > 200


def test_what_is_transparent_shows_the_blurred_copy_where_there_is_one(tmp_path: Path) -> None:
    round_thing = (
        "color=0xE0E0E0:s=160x160:r=25:d=0.1,format=rgba,geq=r=224:g=224:b=224:a='255*lt(hypot(X-80,Y-80),60)'"
    )
    media = make(tmp_path / "round.png", "-frames:v", "1", source=round_thing)
    picture = shown(media, placement=Placement(fit="contain"))[0]
    assert np.mean(colour_at(picture, 0.5, 0.5)) > 200
    edge = (160 - 90) / 2 / 160  # where the picture ends nothing is seen of its rectangle
    inside, outside = (np.mean(colour_at(picture, 0.05, edge + step)) for step in (0.02, -0.02))
    assert abs(inside - outside) < 20
    assert inside > 35  # the dark colour has 17


def test_an_animation_plays_as_a_film(tmp_path: Path) -> None:
    for suffix, options in (("gif", ()), ("webp", ("-c:v", "libwebp_anim")), ("png", ("-f", "apng"))):
        media = make(tmp_path / f"media.{suffix}", *options, source=counting("10", 1))
        pictures = shown(media, 0, 30)
        changes = np.abs(np.diff(luma(pictures), axis=0)).mean(axis=(1, 2)) > 0.5
        assert (len(pictures), changes.sum()) == (30, 9), suffix


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
