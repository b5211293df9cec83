"""Schemes are chosen by seed and can be read."""

import numpy as np
import pytest

from reelineage.look import Style
from reelineage.timeline.zones import zones
from resources.footage.i420 import planes_of
from resources.footage.motion.backgrounds import Background
from resources.footage.motion.palette import (
    BACKGROUNDS,
    SCHEMES,
    background_of,
    contrast,
    mix,
    rgb,
    scheme_of,
)
from tests.resources.footage.shots import SMALL

READABLE = 4.5  # WCAG 2.2, success criterion 1.4.3


@pytest.mark.parametrize("name", SCHEMES)
def test_every_text_colour_can_be_read_on_every_colour_of_the_background(name: str) -> None:
    scheme = SCHEMES[name]
    for ground in (scheme.base, *scheme.blobs):
        card = mix(ground, scheme.card, scheme.card_opacity)
        for text in (scheme.text, scheme.muted, scheme.accent, scheme.accent_end):
            assert contrast(text, ground) >= READABLE
        for text in (scheme.text, scheme.muted, scheme.accent):
            assert contrast(text, card) >= READABLE
    for end in (scheme.accent, scheme.accent_end):
        assert contrast(scheme.on_accent, end) >= READABLE


@pytest.mark.parametrize("kind", BACKGROUNDS)
@pytest.mark.parametrize("name", SCHEMES)
def test_text_can_be_read_wherever_it_stands_on_the_moving_background(name: str, kind: str) -> None:
    scheme, zone = SCHEMES[name], zones(SMALL).graphics
    planes = planes_of(np.zeros((SMALL.height * 3 // 2, SMALL.width), np.uint8), SMALL)
    for seed in range(3):
        background = Background(kind, scheme, SMALL, seed)
        for phase in (0.0, 1.7, 4.2):
            background.paint(planes, phase)
            for y in range(zone.top, zone.bottom, 24):
                for x in range(zone.left, zone.right, 24):
                    here = planes.luma[y, x], planes.blue[y // 2, x // 2], planes.red[y // 2, x // 2]
                    ground = rgb(*(float(part) for part in here))
                    assert contrast(scheme.text, ground) >= READABLE
                    assert contrast(scheme.muted, ground) >= READABLE
                    assert contrast(scheme.accent, ground) >= READABLE


def test_contrast_is_measured_as_wcag_does() -> None:
    assert contrast((255, 255, 255), (0, 0, 0)) == pytest.approx(21)
    assert contrast((119, 119, 119), (255, 255, 255)) == pytest.approx(4.48, abs=0.01)


def test_auto_finds_every_scheme_and_background_and_a_name_is_kept() -> None:
    auto = Style()

    assert {scheme_of(auto, seed).name for seed in range(60)} == set(SCHEMES)
    assert {background_of(auto, seed) for seed in range(60)} == set(BACKGROUNDS)
    assert scheme_of(Style(scheme="paper"), 1).name == "paper"
    assert background_of(Style(background="waves"), 1) == "waves"
    assert scheme_of(auto, 12345) == scheme_of(auto, 12345)
