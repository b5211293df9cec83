"""Own films show the right frame at 30 fps, whatever their rate, their container and the run that asks.

Not here: which part of a picture is shown (`test_fitting.py`).
"""

from pathlib import Path

import numpy as np
import pytest

from reelineage.documents import Placement
from resources.rendering.ffmpeg import file_url, run_ffmpeg
from resources.rendering.media_probe import inspect_media
from tests.resources.rendering.fitted_films import X264
from tests.resources.rendering.own_films import (
    luma,
    make,
    shown,
)


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


def test_an_animation_plays_as_a_film(tmp_path: Path) -> None:
    for suffix, options in (("gif", ()), ("webp", ("-c:v", "libwebp_anim")), ("png", ("-f", "apng"))):
        media = make(tmp_path / f"media.{suffix}", *options, source=counting("10", 1))
        pictures = shown(media, 0, 30)
        changes = np.abs(np.diff(luma(pictures), axis=0)).mean(axis=(1, 2)) > 0.5
        assert (len(pictures), changes.sum()) == (30, 9), suffix
