"""A crop keeps what stands out: textured things, skin, motion; and the middle where nothing does."""

import time
from pathlib import Path

import pytest

from reelineage.documents import Frame, Placement
from reelineage.errors import PermanentError
from resources.rendering.ffmpeg import file_url, run_ffmpeg
from resources.rendering.media_probe import inspect_media
from resources.rendering.smart_crop import interest
from tests.resources.rendering.own_films import UPRIGHT, luma, make, shown

X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-g", "10")


def disc(x: float, y: float, *, size: str = "320x180", radius: int = 40, seconds: float = 1.0) -> str:
    """A bright, textured disc on a plain dark ground; x and y in pixels."""
    inside = f"lt(hypot(X-{x}\\,Y-{y})\\,{radius})"
    texture = "150+70*sin(X*0.7)*sin(Y*0.7)"
    return f"color=black:s={size}:r=25:d={seconds},format=yuv420p,geq=lum='if({inside}\\,{texture}\\,40)':cb=128:cr=128"


@pytest.mark.parametrize("x", [45, 110, 160, 250])
def test_a_textured_disc_anywhere_in_a_wide_film_stays_inside_the_upright_crop(tmp_path: Path, x: int) -> None:
    film = make(tmp_path / "film.mp4", *X264, source=disc(x, 90))
    facts = inspect_media(film)
    crop_at = interest(film, facts, seconds=1.0, first_seconds=0.0)
    picture = luma(shown(film, placement=Placement(fit="smart"), crop_at=crop_at, frame=UPRIGHT))[0]
    bright = picture > 70
    whole = 3.1416 * (40 * 160 / 180) ** 2
    assert bright.sum() > 0.85 * whole
    assert crop_at[1] == 0.5


def test_a_wide_crop_of_an_upright_film_follows_what_lies_below(tmp_path: Path) -> None:
    film = make(tmp_path / "film.mp4", *X264, source=disc(90, 260, size="180x320"))
    across, down = interest(
        film, inspect_media(film), seconds=1.0, first_seconds=0.0, frame=Frame(width=1920, height=1080)
    )
    assert across == 0.5
    assert down == pytest.approx(260 / 320, abs=0.08)


LIGHT = "color=gray:s=320x180:r=25:d=1,format=yuv420p,geq=lum='200-hypot(X-260\\,Y-40)/3':cb=128:cr=128"


@pytest.mark.parametrize("source", ["color=gray:s=320x180:r=25:d=1", LIGHT])
def test_where_nothing_stands_out_the_middle_is_kept(tmp_path: Path, source: str) -> None:
    film = make(tmp_path / "film.mp4", *X264, source=source)
    assert interest(film, inspect_media(film), seconds=1.0, first_seconds=0.0) == (0.5, 0.5)


def two_discs(right: str, right_blue: int = 128, right_red: int = 128) -> str:
    """Two discs, the left one with more texture; `right` is added to the other's brightness, colours are its own."""
    left = "lt(hypot(X-60\\,Y-90)\\,35)"
    other = "lt(hypot(X-260\\,Y-90)\\,35)"
    return (
        f"color=gray:s=320x180:r=25:d=2,format=yuv444p,geq=lum='110+{left}*(40+25*sin(X))+{other}*(40+20*sin(X)+{right})'"
        f":cb='128+{other}*({right_blue}-128)':cr='128+{other}*({right_red}-128)',format=yuv420p"
    )


def test_what_moves_counts_more_than_what_stands_still(tmp_path: Path) -> None:
    film = make(tmp_path / "film.mp4", *X264, source=two_discs("20*sin(N)"))
    assert interest(film, inspect_media(film), seconds=2.0, first_seconds=0.0)[0] > 0.65


def test_a_face_coloured_thing_counts_more_than_another(tmp_path: Path) -> None:
    film = make(tmp_path / "film.mp4", *X264, source=two_discs("0", 105, 152))
    assert interest(film, inspect_media(film), seconds=2.0, first_seconds=0.0)[0] > 0.65


def test_only_the_part_that_is_shown_is_looked_at(tmp_path: Path) -> None:
    both = f"{disc(60, 90, seconds=2)}[a];{disc(260, 90, seconds=2)}[b];[a][b]concat"
    film = make(tmp_path / "film.mp4", *X264, source=both)
    facts = inspect_media(film)
    assert interest(film, facts, seconds=1.5, first_seconds=0.0)[0] < 0.35
    assert interest(film, facts, seconds=1.5, first_seconds=2.2)[0] > 0.65


def test_a_turned_film_is_looked_at_as_it_is_shown(tmp_path: Path) -> None:
    plain, turned = make(tmp_path / "plain.mp4", *X264, source=disc(90, 40, size="180x320")), tmp_path / "turned.mp4"
    run_ffmpeg(
        ["-display_rotation", "-90", "-i", file_url(plain), "-c", "copy", "-y", file_url(turned)],
        doing="Setting a rotation flag",
        deadline_seconds=30,
    )
    assert interest(turned, inspect_media(turned), seconds=1.0, first_seconds=0.0)[0] > 0.7  # the top is now right


@pytest.mark.parametrize(
    ("suffix", "options"),
    [("png", ("-frames:v", "1")), ("gif", ()), ("webm", ("-c:v", "libvpx", "-deadline", "realtime")), ("ts", X264)],
)
def test_stills_and_animations_are_looked_at_too(tmp_path: Path, suffix: str, options: tuple[str, ...]) -> None:
    media = make(tmp_path / f"media.{suffix}", *options, source=disc(60, 90))
    assert interest(media, inspect_media(media), seconds=1.0, first_seconds=0.0)[0] < 0.35


def test_the_same_film_gives_the_same_point_for_little_cpu(tmp_path: Path) -> None:
    film = make(tmp_path / "film.mp4", *X264, source="testsrc2=s=640x360:r=25:d=2")
    facts = inspect_media(film)
    first = interest(film, facts, seconds=2.0, first_seconds=0.0)
    begun = time.process_time()
    assert interest(film, facts, seconds=2.0, first_seconds=0.0) == first
    assert time.process_time() - begun < 0.3  # measured: 0.02


def test_a_film_that_broke_is_called_by_the_name_its_owner_knows(tmp_path: Path) -> None:
    film = make(tmp_path / "0123456789abcdef", "-f", "mp4", *X264, source=disc(60, 90))
    facts = inspect_media(film)
    film.write_bytes(b"nothing")
    with pytest.raises(PermanentError, match=r"Looking at the footage beach\.mp4: it cannot be decoded") as refusal:
        interest(film, facts, seconds=1.0, first_seconds=0.0, name="the footage beach.mp4")
    assert "0123456789abcdef" not in str(refusal.value)


def test_a_film_whose_title_is_no_utf_8_is_looked_at_too(tmp_path: Path) -> None:
    film = make(tmp_path / "a.mkv", *X264, "-metadata", "title=Cafee", source=disc(60, 90))
    film.write_bytes(film.read_bytes().replace(b"Cafee", b"Caf\xe9s"))
    assert interest(film, inspect_media(film), seconds=1.0, first_seconds=0.0)[0] < 0.35
