"""Planes are lent for drawing and taken back without any change of colour."""

import numpy as np
import pytest
import skia

from reelineage.documents import Frame
from reelineage.timeline.zones import Box
from resources.footage.i420 import lend, planes_of, take_back
from resources.footage.motion.palette import Rgb, ink, rgb, ycbcr

FRAME = Frame(width=96, height=120)
BOX = Box(left=10, top=20, right=70, bottom=100)


def test_what_is_lent_and_taken_back_untouched_is_unchanged() -> None:
    picture = np.random.default_rng(1).integers(0, 255, (180, 96), dtype=np.uint8)
    before = picture.copy()
    planes = planes_of(picture, FRAME)
    packed = np.empty((BOX.height, BOX.width, 4), np.uint8)

    lend(planes, BOX, packed)
    take_back(planes, BOX, packed)

    assert (picture == before).all()
    assert (packed[:, :, 3] == 255).all()


@pytest.mark.parametrize(
    ("colour", "expected"),
    # ITU-R BT.709 limited range, as published for colour bars of 100 %. BT.601 would give red 81, 90, 240.
    [
        ((255, 0, 0), (63, 102, 240)),
        ((0, 255, 0), (173, 42, 26)),
        ((0, 0, 255), (32, 240, 118)),
        ((255, 255, 255), (235, 128, 128)),
    ],
)
def test_a_drawn_colour_arrives_in_the_planes_as_bt709(colour: Rgb, expected: tuple[int, int, int]) -> None:
    planes = planes_of(np.full((180, 96), 128, np.uint8), FRAME)
    packed = np.empty((BOX.height, BOX.width, 4), np.uint8)
    lend(planes, BOX, packed)
    info = skia.ImageInfo.Make(
        BOX.width, BOX.height, skia.ColorType.kBGRA_8888_ColorType, skia.AlphaType.kPremul_AlphaType
    )
    surface = skia.Surface.MakeRasterDirect(info, packed)
    surface.getCanvas().drawRect(skia.Rect.MakeXYWH(10, 10, 20, 20), skia.Paint(Color=ink(colour)))
    surface.flushAndSubmit()
    take_back(planes, BOX, packed)

    drawn = (planes.luma[40, 30], planes.blue[20, 15], planes.red[20, 15])
    assert tuple(int(part) for part in drawn) == expected
    assert planes.luma[25, 12] == 128


def test_half_transparent_ink_mixes_as_it_would_in_rgb() -> None:
    below, above = (20, 40, 200), (250, 120, 30)
    pixels = np.empty((4, 4, 4), np.uint8)
    info = skia.ImageInfo.Make(4, 4, skia.ColorType.kBGRA_8888_ColorType, skia.AlphaType.kPremul_AlphaType)
    surface = skia.Surface.MakeRasterDirect(info, pixels)
    surface.getCanvas().clear(ink(below))
    surface.getCanvas().drawPaint(skia.Paint(Color=ink(above, 0.5)))
    surface.flushAndSubmit()

    mixed = rgb(*(float(part) for part in pixels[1, 1, 2::-1]))
    assert mixed == pytest.approx([(a + b) / 2 for a, b in zip(below, above, strict=True)], abs=3)


def test_colours_survive_the_way_to_ycbcr_and_back() -> None:
    assert rgb(*ycbcr((12, 200, 90))) == pytest.approx((12, 200, 90), abs=0.01)


def test_a_picture_of_the_wrong_shape_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        planes_of(np.zeros((96, 96), np.uint8), FRAME)
