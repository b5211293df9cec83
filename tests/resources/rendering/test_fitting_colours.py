"""Own media keep their colours, and what is transparent gets a ground.

Not here: which part of a picture is shown (`test_fitting.py`).
"""

from pathlib import Path

import numpy as np
import pytest

from reelineage.documents import Placement
from tests.resources.rendering.fitted_films import BT709_RED, CORNERS, WIDE
from tests.resources.rendering.own_films import (
    colour_at,
    corner_colours,
    corners,
    luma,
    make,
    near,
    shown,
)

DARK = (0x0B, 0x0F, 0x1A)


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
