"""Colour schemes, which one a video gets, and colours as numbers that skia and x264 understand.

Belongs here: every colour value, contrast, bt709. Not here: where a colour is used.
skia mixes colours linearly per channel, and RGB to Y'CbCr is linear too, so all drawing is done in Y'CbCr: the red
channel holds Y', green Cb, blue Cr. A frame then needs no colour conversion at all, only its planes taken apart.
Blend modes that are not source-over (add, screen) would break this and are not used.
"""

import hashlib
from dataclasses import dataclass
from typing import Final

from reelineage.look import Style

Rgb = tuple[int, int, int]


def _rgb(code: str) -> Rgb:
    return int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16)


@dataclass(frozen=True)
class Scheme:
    """The colours of one video. `blobs` light up the background; `glow` is the background's own accent."""

    name: str
    light: bool
    base: Rgb
    blobs: tuple[Rgb, Rgb, Rgb, Rgb]
    text: Rgb
    muted: Rgb
    accent: Rgb
    accent_end: Rgb
    on_accent: Rgb
    bar: Rgb
    card: Rgb
    card_opacity: float
    rule: Rgb
    rule_opacity: float
    shadow: Rgb
    shadow_opacity: float


SCHEMES: Final[dict[str, Scheme]] = {
    "midnight": Scheme(
        name="midnight",
        light=False,
        base=_rgb("#080B1C"),
        blobs=(_rgb("#2634B4"), _rgb("#5A20A0"), _rgb("#0A4A80"), _rgb("#1D2272")),
        text=_rgb("#FFFFFF"),
        muted=_rgb("#C3CAEC"),
        accent=_rgb("#7CE7FF"),
        accent_end=_rgb("#C6B2FF"),
        on_accent=_rgb("#080B1C"),
        bar=_rgb("#6C7BD9"),
        card=_rgb("#BFC9FF"),
        card_opacity=0.085,
        rule=_rgb("#C9D2FF"),
        rule_opacity=0.22,
        shadow=_rgb("#02030A"),
        shadow_opacity=0.45,
    ),
    "ember": Scheme(
        name="ember",
        light=False,
        base=_rgb("#16080B"),
        blobs=(_rgb("#8C2020"), _rgb("#7C340C"), _rgb("#651248"), _rgb("#4A1612")),
        text=_rgb("#FFF8F1"),
        muted=_rgb("#EBCDBD"),
        accent=_rgb("#FFC15A"),
        accent_end=_rgb("#FFA67C"),
        on_accent=_rgb("#1C0A08"),
        bar=_rgb("#B85A3C"),
        card=_rgb("#FFD9C2"),
        card_opacity=0.085,
        rule=_rgb("#FFE0CC"),
        rule_opacity=0.22,
        shadow=_rgb("#060102"),
        shadow_opacity=0.45,
    ),
    "lagoon": Scheme(
        name="lagoon",
        light=False,
        base=_rgb("#031B1E"),
        blobs=(_rgb("#0A645F"), _rgb("#0A4F80"), _rgb("#11603C"), _rgb("#083C4C")),
        text=_rgb("#F4FFFC"),
        muted=_rgb("#CDEEE5"),
        accent=_rgb("#D4F75A"),
        accent_end=_rgb("#5CF0B4"),
        on_accent=_rgb("#03211C"),
        bar=_rgb("#2FA08C"),
        card=_rgb("#BFFFF0"),
        card_opacity=0.085,
        rule=_rgb("#CFFFF3"),
        rule_opacity=0.22,
        shadow=_rgb("#000A0B"),
        shadow_opacity=0.45,
    ),
    "paper": Scheme(
        name="paper",
        light=True,
        base=_rgb("#F5F0E6"),
        blobs=(_rgb("#FFCDB4"), _rgb("#CFDDFB"), _rgb("#F9DF9C"), _rgb("#D9ECCB")),
        text=_rgb("#17130F"),
        muted=_rgb("#554C42"),
        accent=_rgb("#A02410"),
        accent_end=_rgb("#8C1D4F"),
        on_accent=_rgb("#FFFFFF"),
        bar=_rgb("#C9A68E"),
        card=_rgb("#FFFFFF"),
        card_opacity=0.74,
        rule=_rgb("#3B2E22"),
        rule_opacity=0.16,
        shadow=_rgb("#5A4632"),
        shadow_opacity=0.22,
    ),
    "orchid": Scheme(
        name="orchid",
        light=False,
        base=_rgb("#150718"),
        blobs=(_rgb("#701A70"), _rgb("#3B2A9C"), _rgb("#821C4E"), _rgb("#3A1450")),
        text=_rgb("#FFF7FE"),
        muted=_rgb("#EBCDEA"),
        accent=_rgb("#FFB2E0"),
        accent_end=_rgb("#FFD08A"),
        on_accent=_rgb("#1F0720"),
        bar=_rgb("#B25CB8"),
        card=_rgb("#FFD6F8"),
        card_opacity=0.085,
        rule=_rgb("#FFDDF8"),
        rule_opacity=0.22,
        shadow=_rgb("#070109"),
        shadow_opacity=0.45,
    ),
    "forest": Scheme(
        name="forest",
        light=False,
        base=_rgb("#0A140C"),
        blobs=(_rgb("#1F5A2C"), _rgb("#4A5413"), _rgb("#12564A"), _rgb("#233B18")),
        text=_rgb("#FBFFF4"),
        muted=_rgb("#D8E6C8"),
        accent=_rgb("#FFD469"),
        accent_end=_rgb("#B9EE7C"),
        on_accent=_rgb("#10190B"),
        bar=_rgb("#6E9A4C"),
        card=_rgb("#E8FFD2"),
        card_opacity=0.085,
        rule=_rgb("#EBFFD9"),
        rule_opacity=0.22,
        shadow=_rgb("#030602"),
        shadow_opacity=0.45,
    ),
    "slate": Scheme(
        name="slate",
        light=False,
        base=_rgb("#0E1116"),
        blobs=(_rgb("#2C3A50"), _rgb("#252D38"), _rgb("#38424F"), _rgb("#1A2B3F")),
        text=_rgb("#FFFFFF"),
        muted=_rgb("#D3DAE3"),
        accent=_rgb("#FFBC94"),
        accent_end=_rgb("#FFDE8A"),
        on_accent=_rgb("#14110E"),
        bar=_rgb("#7E90A8"),
        card=_rgb("#E2ECFA"),
        card_opacity=0.085,
        rule=_rgb("#E2ECFA"),
        rule_opacity=0.22,
        shadow=_rgb("#030406"),
        shadow_opacity=0.45,
    ),
    "mint": Scheme(
        name="mint",
        light=True,
        base=_rgb("#EAF6F0"),
        blobs=(_rgb("#BDECD6"), _rgb("#CBE6F7"), _rgb("#E7F0B8"), _rgb("#D3E9DE")),
        text=_rgb("#0C1B17"),
        muted=_rgb("#3D5450"),
        accent=_rgb("#0B5F58"),
        accent_end=_rgb("#1B4A96"),
        on_accent=_rgb("#FFFFFF"),
        bar=_rgb("#8FBBAA"),
        card=_rgb("#FFFFFF"),
        card_opacity=0.74,
        rule=_rgb("#16362F"),
        rule_opacity=0.16,
        shadow=_rgb("#35584E"),
        shadow_opacity=0.22,
    ),
}
BACKGROUNDS: Final = ("drift", "grid", "waves", "particles", "rays", "tiles", "rings")


def scheme_of(style: Style, video_seed: int) -> Scheme:
    """The scheme a style names, or the one that the video's seed picks for `auto`."""
    if style.scheme != "auto":
        return SCHEMES[style.scheme]
    return tuple(SCHEMES.values())[number_of("scheme", video_seed) % len(SCHEMES)]


def background_of(style: Style, video_seed: int) -> str:
    """The background a style names, or the one that the video's seed picks for `auto`."""
    if style.background != "auto":
        return style.background
    return BACKGROUNDS[number_of("background", video_seed) % len(BACKGROUNDS)]


def number_of(purpose: str, seed: int) -> int:
    """A number from 0 to 2**64 - 1 that is always the same for one purpose and seed."""
    return int.from_bytes(hashlib.sha256(f"{purpose}:{seed}".encode()).digest()[:8])


def ycbcr(colour: Rgb) -> tuple[float, float, float]:
    """Y', Cb, Cr in 8-bit limited range, by ITU-R BT.709-6 item 3.2-3.4."""
    red, green, blue = (channel / 255 for channel in colour)
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return 16 + 219 * luma, 128 + 224 * (blue - luma) / 1.8556, 128 + 224 * (red - luma) / 1.5748


def rgb(luma: float, blue_difference: float, red_difference: float) -> tuple[float, float, float]:
    """The inverse of `ycbcr`, each channel 0..255."""
    bright = (luma - 16) / 219
    red = bright + 1.5748 * (red_difference - 128) / 224
    blue = bright + 1.8556 * (blue_difference - 128) / 224
    green = (bright - 0.2126 * red - 0.0722 * blue) / 0.7152
    return tuple(min(255.0, max(0.0, 255 * channel)) for channel in (red, green, blue))  # type: ignore[return-value]  # three in, three out


def ink(colour: Rgb, opacity: float = 1.0) -> int:
    """`colour` as skia's 32-bit ARGB number whose channels hold opacity, Y', Cb, Cr."""
    luma, blue_difference, red_difference = (round(part) for part in ycbcr(colour))
    return (round(255 * opacity) << 24) | (luma << 16) | (blue_difference << 8) | red_difference


def mix(first: Rgb, second: Rgb, part: float) -> Rgb:
    """The colour that lies `part` (0..1) of the way from `first` to `second`."""
    red, green, blue = (round(a + (b - a) * part) for a, b in zip(first, second, strict=True))
    return red, green, blue


def contrast(first: tuple[float, float, float], second: tuple[float, float, float]) -> float:
    """Contrast ratio of two sRGB colours, 1..21, by WCAG 2.2 (relative luminance)."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: tuple[float, float, float]) -> float:
    linear = (c / 255 / 12.92 if c / 255 <= 0.04045 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour)
    red, green, blue = linear
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
