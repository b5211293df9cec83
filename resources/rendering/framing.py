"""What one picture goes through to fill a size: crop, scale, turn, colours, transparency, blurred sides.

Belongs here: filter texts that do not care when a picture is shown. Not here: time and movement (`fitting.py`), where
the crop should lie (`smart_crop.py`).
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from reelineage.documents import FPS, Fit
from resources.rendering.ffmpeg import TAG_BT709
from resources.rendering.media_probe import MediaFacts

_DARK: Final = "0x0B0F1A"
_BLUR_SHRINK: Final = 8  # the blurred sides are made on 1/64 of the pixels
# Upscaling 608 to 1080 lines costs 1-2 CPU-ms a frame whichever is taken; against a sharp original bicubic has 33.5 dB,
# bilinear 33.1, fast_bilinear 30.6; halving 2160 lines 53.7, 44.3, 34.9 against lanczos.
_SCALER: Final = "flags=bicubic"
_EXACT_SCALER: Final = "flags=bicubic+accurate_rnd+full_chroma_inp"
# Linear light with 1.0 at 203 nits (ITU-R BT.2408: diffuse white); highlights up to 1000 nits are rolled off.
_TO_SDR: Final = (
    "zscale=t=linear:npl=203,format=gbrpf32le,zscale=p=bt709,tonemap=mobius:param=0.5:peak=4.9:desat=0,"
    "zscale=t=bt709:m=bt709:r=tv:d=ordered,format=yuv420p,limiter=min=16:max=235:planes=1"
)


@dataclass(frozen=True)
class Size:
    """Width and height in pixels, both even; written as filters take them."""

    width: int
    height: int

    def __str__(self) -> str:
        return f"{self.width}:{self.height}"


def picture_filters(
    facts: MediaFacts, how: Fit, size: Size, centre: tuple[float, float], label: str
) -> tuple[str, ...]:
    """Filters that turn the file's pictures into pictures of `size`, flat, bt709 and yuv420p."""
    inner = _inside(facts, size) if how == "contain" else size
    shaped = _shaped(facts, inner, _crop(facts, size, centre) if inner == size else None)
    if inner == size:
        laid = (_over_dark(inner, label),) if facts.has_alpha else ()
    else:
        laid = (_over_blurred(inner, size, label, transparent=facts.has_alpha),)
    return (*shaped, f"setsar=1,{TAG_BT709}", *laid)


def _inside(facts: MediaFacts, size: Size) -> Size:
    """The largest even size with the picture's aspect inside `size`; `size` itself when hardly anything is left."""
    scale = min(size.width / facts.width, size.height / facts.height)
    inner = Size(max(even(facts.width * scale), 2), max(even(facts.height * scale), 2))
    return size if size.width - inner.width < 8 and size.height - inner.height < 8 else inner


def _crop(facts: MediaFacts, size: Size, centre: tuple[float, float]) -> tuple[int, int, int, int] | None:
    """Width, height, left, top of what is kept, in stored pixels; None for all of it."""
    aspect = Fraction(facts.width * size.height, facts.height * size.width)
    wide, high = min(1 / aspect, Fraction(1)), min(aspect, Fraction(1))
    left = min(max(Fraction(centre[0]) - wide / 2, Fraction(0)), 1 - wide)
    top = min(max(Fraction(centre[1]) - high / 2, Fraction(0)), 1 - high)
    for _ in range(facts.rotation // 90):  # back to how it is stored, a quarter at a time
        left, top, wide, high = top, 1 - left - wide, high, wide
    if facts.mirrored:
        left = 1 - left - wide
    width, height = max(even(facts.coded_width * wide), 2), max(even(facts.coded_height * high), 2)
    if width >= facts.coded_width - 1 and height >= facts.coded_height - 1:
        return None
    width, height = min(width, facts.coded_width), min(height, facts.coded_height)
    at_x = min(even(facts.coded_width * left), facts.coded_width - width)
    at_y = min(even(facts.coded_height * top), facts.coded_height - height)
    return width, height, at_x, at_y


def _shaped(facts: MediaFacts, size: Size, crop: tuple[int, int, int, int] | None) -> tuple[str, ...]:
    """Crop, scale, convert and turn. Turning comes last: a film of 4K has four times fewer pixels to turn then."""
    stored = Size(size.height, size.width) if facts.rotation % 180 else size
    had = crop[:2] if crop else (facts.coded_width, facts.coded_height)
    turned = {0: (), 90: ("transpose=clock",), 180: ("hflip", "vflip"), 270: ("transpose=cclock",)}[facts.rotation]
    return (
        *(("crop={}:{}:{}:{}".format(*crop),) if crop else ()),
        *_converted(facts, stored, resized=had != (stored.width, stored.height)),
        *(("hflip",) if facts.mirrored else ()),
        *turned,
    )


def _converted(facts: MediaFacts, size: Size, *, resized: bool) -> tuple[str, ...]:
    to_bt709 = "out_color_matrix=bt709:out_range=tv"
    if facts.has_alpha:
        return (f"scale={size}:{to_bt709}:{_EXACT_SCALER},format=yuva420p",)
    if facts.is_rgb:
        return (f"scale={size}:{to_bt709}:{_EXACT_SCALER},format=yuv420p",)
    if facts.transfer != "sdr" or facts.wide_gamut:
        transfer = {"pq": "smpte2084", "hlg": "arib-std-b67", "sdr": "bt709"}[facts.transfer]
        gamut = "bt2020" if facts.wide_gamut else "bt709"
        declared = f"setparams=color_primaries={gamut}:color_trc={transfer}"
        return (f"scale={size}:{_SCALER},format=yuv420p10le,{declared}", _TO_SDR)
    if not resized and (facts.pixel_format, facts.matrix, facts.full_range) == ("yuv420p", "bt709", False):
        return ()
    return (f"scale={size}:{to_bt709}:{_SCALER},format=yuv420p",)


def _over_dark(size: Size, label: str) -> str:
    """Lay what is transparent over a dark colour."""
    dark = f"color=c={_DARK}:s={size.width}x{size.height}:r={FPS},format=yuv420p"
    return (
        f"null[{label}_clear];{dark}[{label}_dark];"
        f"[{label}_dark][{label}_clear]overlay=shortest=1,format=yuv420p,setsar=1,{TAG_BT709}"
    )


def _over_blurred(inner: Size, size: Size, label: str, *, transparent: bool) -> str:
    """Lay the picture over an enlarged, blurred, darker copy of itself; that copy has the dark colour behind it."""
    scale = max(size.width / inner.width, size.height / inner.height)
    kept = Size(even(size.width / scale), even(size.height / scale))
    small = Size(max(even(size.width / _BLUR_SHRINK), 8), max(even(size.height / _BLUR_SHRINK), 8))
    darker = "lutyuv=y=16+(val-16)*0.6:u=128+(val-128)*0.8:v=128+(val-128)*0.8"
    at = f"{even((size.width - inner.width) / 2)}:{even((size.height - inner.height) / 2)}"
    flat = f",{_over_dark(small, f'{label}_small')}" if transparent else ""
    return (
        f"split[{label}_whole][{label}_back];"
        f"[{label}_back]crop={kept},scale={small}:flags=area{flat},gblur=sigma=5:steps=2,{darker},"
        f"scale={size}:flags=bicubic,setsar=1[{label}_blur];"
        f"[{label}_blur][{label}_whole]overlay={at}:shortest=1,format=yuv420p,setsar=1,{TAG_BT709}"
    )


def even(value: float | Fraction) -> int:
    """The nearest even number."""
    return round(value / 2) * 2
