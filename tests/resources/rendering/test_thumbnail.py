"""The thumbnail: after the entrance, sharp, lit, with a title that can be read, and below 2 MB."""

from functools import partial
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from reelineage.documents import Frame
from reelineage.errors import PermanentError
from resources.rendering import thumbnail
from resources.rendering.lettering import FontLibrary
from resources.rendering.thumbnail import candidate_frames, choose, write_thumbnail

FRAME = Frame(width=270, height=480)
TITLE = "Why tiny robots are suddenly everywhere"


def plain(luma: int, frame: Frame = FRAME, blue: int = 128, red: int = 128) -> NDArray[np.uint8]:
    """An I420 picture of one colour."""
    picture = np.full((frame.height * 3 // 2, frame.width), luma, np.uint8)
    picture[frame.height : frame.height * 5 // 4] = blue
    picture[frame.height * 5 // 4 :] = red
    return picture


def noise(frame: Frame = FRAME) -> NDArray[np.uint8]:
    return np.random.default_rng(1).integers(16, 236, (frame.height * 3 // 2, frame.width), dtype=np.uint8)


def read(path: Path) -> NDArray[np.uint8]:
    with av.open(str(path)) as container:
        return next(container.decode(video=0)).to_ndarray(format="rgb24").astype(np.uint8)


def write(
    picture: NDArray[np.uint8],
    folder: Path,
    library: FontLibrary,
    *,
    title: str | None = None,
    suffix: str = "jpg",
    frame: Frame = FRAME,
) -> NDArray[np.uint8]:
    path = folder / f"still.{suffix}"
    write_thumbnail(picture, path, frame=frame, title=title, fonts=library, folder=folder, check=lambda: None)
    assert path.stat().st_size < 2_000_000
    return read(path)


def test_moments_after_the_entrance_are_looked_at_and_the_middle_of_a_short_scene() -> None:
    assert candidate_frames(100) == (36, 45, 54, 63, 72)
    assert candidate_frames(1000) == (36, 45, 54, 63, 72, 81)
    assert candidate_frames(10) == (5,)
    assert candidate_frames(1) == (0,)


def test_the_sharpest_well_lit_picture_is_chosen() -> None:
    blurred, sharp, dark = plain(128), plain(128), plain(16)
    sharp[:480:4] = 200
    dark[:480:4] = 23  # sharp, but nearly black
    assert choose({36: blurred, 45: sharp, 54: dark, 63: sharp}) == 45
    with pytest.raises(ValueError, match="empty"):
        choose({})


@pytest.mark.parametrize("suffix", ["jpg", "png"])
def test_colours_stay(tmp_path: Path, library: FontLibrary, suffix: str) -> None:
    """bt709 limited 63, 102, 240 is pure red."""
    pixels = write(plain(63, blue=102, red=240), tmp_path, library, suffix=suffix)
    assert pixels.shape == (480, 270, 3)
    assert np.abs(pixels.mean(axis=(0, 1)) - (255, 0, 0)).max() < 6


@pytest.mark.parametrize("luma", [16, 128, 235])
@pytest.mark.parametrize(
    "title", [TITLE, "なぜロボットがどこにでもいるのか？", "لماذا تنتشر الروبوتات؟", "क्यों हर जगह हैं 🔥"]
)
def test_the_title_can_be_read_on_black_grey_and_white(
    tmp_path: Path, library: FontLibrary, luma: int, title: str
) -> None:
    """White letters on their shade: contrast at least 4.5 to 1, as WCAG asks for text."""
    grey = write(plain(luma), tmp_path, library, title=title)[..., 1].astype(float) / 255
    letters = grey[180:380].max(), np.median(grey[250:290])
    light, ground = (np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4) for v in letters)
    assert (light + 0.05) / (ground + 0.05) >= 4.5


@pytest.mark.parametrize("frame", [FRAME, Frame(width=480, height=270), Frame(width=320, height=320)])
@pytest.mark.parametrize("title", ["Go!", TITLE, "W" * 300, "long words " * 27, "字" * 200])
def test_titles_of_any_length_stay_inside(tmp_path: Path, library: FontLibrary, frame: Frame, title: str) -> None:
    grey = write(plain(16, frame), tmp_path, library, title=title, frame=frame)[..., 1]
    rows, columns = np.flatnonzero((grey > 120).any(axis=1)), np.flatnonzero((grey > 120).any(axis=0))
    assert rows.size > 0.03 * min(frame.width, frame.height)
    assert columns[0] >= 0.06 * frame.width
    assert columns[-1] < 0.94 * frame.width
    assert rows[0] >= 0.05 * frame.height
    assert rows[-1] < (0.76 if frame == FRAME else 0.95) * frame.height


def test_the_title_stands_where_less_goes_on(tmp_path: Path, library: FontLibrary) -> None:
    for busy, calm in ((slice(0, 240), slice(240, 480)), (slice(240, 480), slice(0, 240))):
        picture = plain(60)
        picture[busy, ::4] = 120
        grey = write(picture, tmp_path, library, title=TITLE)[..., 1]
        assert (grey[calm] > 225).sum() > 500
        assert (grey[busy] > 225).sum() == 0


@pytest.mark.parametrize("suffix", ["jpg", "png"])
def test_a_noisy_picture_gets_coarser_or_smaller_until_it_fits(
    tmp_path: Path, library: FontLibrary, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    """Noise at 2160x3840 gives 1.6 MB as JPEG and 1.8 MB as PNG, but takes seconds; the limit shrinks instead."""
    monkeypatch.setattr(thumbnail, "MOST_BYTES", 30_000)
    pixels = write(noise(), tmp_path, library, title=TITLE, suffix=suffix)
    assert (tmp_path / f"still.{suffix}").stat().st_size < 30_000
    assert pixels.shape[0] < 480
    assert abs(pixels.shape[1] / pixels.shape[0] - 270 / 480) < 0.02


def test_a_picture_that_never_fits_is_an_error_and_leaves_nothing(
    tmp_path: Path, library: FontLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thumbnail, "MOST_BYTES", 10)
    with pytest.raises(PermanentError, match="even the smallest picture has"):
        write(noise(), tmp_path, library)
    assert not [path for path in tmp_path.iterdir() if path.is_file()]


def test_a_title_that_no_font_can_draw_is_left_out(tmp_path: Path, library: FontLibrary) -> None:
    path = tmp_path / "still.jpg"
    over = partial(write_thumbnail, plain(128), path, frame=FRAME, fonts=library, folder=tmp_path, check=lambda: None)
    assert over(title="𒀀") == ()
    assert np.ptp(read(path)) <= 2, "no shade without a title"
    (font,) = over(title="Words")
    assert font.family == "Montserrat"


def test_a_picture_of_another_size_is_refused(tmp_path: Path, library: FontLibrary) -> None:
    with pytest.raises(PermanentError, match=r"still\.jpg.*\(480, 180\)"):
        write(np.zeros((480, 180), np.uint8), tmp_path, library)


def test_the_same_picture_gives_the_same_bytes(tmp_path: Path, library: FontLibrary) -> None:
    files = []
    for name in ("a", "b"):
        folder = tmp_path / name
        folder.mkdir()
        write(noise(), folder, library, title=TITLE)
        files.append((folder / "still.jpg").read_bytes())
    assert files[0] == files[1]
