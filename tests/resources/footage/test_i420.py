"""A layer is mixed into the planes of a frame without any change of colour."""

import numpy as np
import pytest
import skia
from hypothesis import given, settings
from hypothesis import strategies as st

from reelineage.documents import Frame
from reelineage.timeline.zones import Box
from resources.footage.i420 import Layer, Planes, planes_of
from resources.footage.motion.palette import Rgb, ink, rgb, ycbcr

FRAME = Frame(width=96, height=240)
BOX = Box(left=10, top=20, right=70, bottom=200)
WHOLE = Box(0, 0, BOX.width, BOX.height)


def noise() -> Planes:
    """A picture of random bytes of limited range."""
    return planes_of(np.random.default_rng(1).integers(16, 236, (360, 96), dtype=np.uint8), FRAME)


def test_a_layer_that_nothing_was_drawn_on_changes_nothing() -> None:
    planes = noise()
    before = planes.picture.copy()

    Layer(BOX).lay_over(planes, [WHOLE])

    assert (planes.picture == before).all()


def test_what_is_opaque_covers_what_was_there_and_the_rest_stays() -> None:
    planes, layer = noise(), Layer(BOX)
    before = planes.picture.copy()
    area = Box(20, 60, 40, 80)
    layer.packed[60:80, 20:40] = (200, 100, 50, 255)
    layer.take_over(area)
    layer.lay_over(planes, [area])

    assert (planes.luma[80:100, 30:50] == 50).all()
    assert (planes.blue[40:50, 15:25] == 100).all()
    assert (planes.red[40:50, 15:25] == 200).all()
    changed = planes.picture != before
    assert changed[: FRAME.height].sum() == (before[80:100, 30:50] != 50).sum()


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_mixing_is_right_to_the_nearest_step_for_any_colours_and_opacities(seed: int) -> None:
    chance = np.random.default_rng(seed)
    planes, layer = noise(), Layer(BOX)
    before = planes.luma.astype(float), planes.blue.astype(float)
    alpha = chance.choice([0, 1, 22, 127, 128, 200, 254, 255], (BOX.height, BOX.width))
    layer.packed[:, :, 3] = alpha
    for channel in range(3):
        layer.packed[:, :, channel] = np.minimum(alpha, chance.integers(0, 236, alpha.shape))
    layer.take_over(WHOLE)
    layer.lay_over(planes, [WHOLE])

    rows, columns = slice(BOX.top, BOX.bottom), slice(BOX.left, BOX.right)
    luma = before[0][rows, columns] * (255 - alpha) / 255 + layer.packed[:, :, 2]
    assert np.abs(planes.luma[rows, columns] - luma).max() < 1.01
    mean = layer.packed.astype(float).reshape(BOX.height // 2, 2, BOX.width // 2, 2, 4).mean(axis=(1, 3))
    rows, columns = slice(BOX.top // 2, BOX.bottom // 2), slice(BOX.left // 2, BOX.right // 2)
    blue = before[1][rows, columns] * (255 - mean[:, :, 3]) / 255 + mean[:, :, 1]
    assert np.abs(planes.blue[rows, columns] - blue).max() < 1.6


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
    planes = planes_of(np.full((360, 96), 128, np.uint8), FRAME)
    layer = Layer(BOX)
    info = skia.ImageInfo.Make(
        BOX.width, BOX.height, skia.ColorType.kBGRA_8888_ColorType, skia.AlphaType.kPremul_AlphaType
    )
    surface = skia.Surface.MakeRasterDirect(info, layer.packed)
    surface.getCanvas().drawRect(skia.Rect.MakeXYWH(10, 10, 20, 20), skia.Paint(Color=ink(colour)))
    surface.flushAndSubmit()
    layer.take_over(WHOLE)
    layer.lay_over(planes, [WHOLE])

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
