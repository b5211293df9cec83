"""The footage source as the pipeline sees it."""

from pathlib import Path

import av
import numpy as np
import psutil
import pytest

from reelineage.documents import VisualKind
from reelineage.errors import Cancelled, PermanentError
from reelineage.fingerprint import sha256_of_file
from resources.footage import FootageSource
from resources.footage.motion.typeface import font_file
from resources.footage.motion_graphics import MotionGraphics
from tests.resources.footage.shots import SMALL, frame_at, shot, visual

ITEM = visual(VisualKind.RANKED_ITEM)


def test_a_clip_has_exactly_its_frames_and_looks_like_them(tmp_path: Path) -> None:
    source: FootageSource = MotionGraphics()
    order = shot(ITEM, frame=SMALL, frames=45)
    reports: list[int] = []
    source.film(order, tmp_path / "clip.mp4", reports.append)

    with av.open(str(tmp_path / "clip.mp4")) as clip:
        stream = clip.streams.video[0]
        pictures = [frame.to_ndarray(format="yuv420p") for frame in clip.decode(stream)]
        assert stream.average_rate == 30
        assert (stream.width, stream.height) == (270, 480)
        assert stream.codec_context.color_range == 1  # limited
        assert stream.codec_context.colorspace == 1  # bt709
    assert len(pictures) == 45
    assert reports == [10, 20, 30, 40, 45]
    assert np.abs(pictures[30].astype(int) - frame_at(order, 30).astype(int)).mean() < 1.5


def test_the_same_shot_gives_the_same_bytes(tmp_path: Path) -> None:
    order = shot(ITEM, frame=SMALL, frames=6)
    for name in ("a.mp4", "b.mp4"):
        MotionGraphics().film(order, tmp_path / name, lambda _: None)

    assert sha256_of_file(tmp_path / "a.mp4") == sha256_of_file(tmp_path / "b.mp4")


def test_a_cancelled_clip_leaves_no_file_and_no_process(tmp_path: Path) -> None:
    def cancel(done: int) -> None:
        raise Cancelled(f"stopped by a test after {done} frames")

    with pytest.raises(Cancelled):
        MotionGraphics().film(shot(ITEM, frame=SMALL, frames=30), tmp_path / "clip.mp4", cancel)

    assert list(tmp_path.iterdir()) == []
    assert [child.name() for child in psutil.Process().children(recursive=True) if "ffmpeg" in child.name()] == []


def test_a_shot_without_frames_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PermanentError, match="scene 3"):
        MotionGraphics().film(shot(ITEM, frames=0), tmp_path / "clip.mp4", lambda _: None)


def test_identity_and_font_are_named_for_the_bill_of_materials() -> None:
    source = MotionGraphics()
    (font,) = source.media

    assert source.identity.role == "footage_source"
    assert source.identity.provider == "motion_graphics"
    assert source.identity.stand_in is None
    assert (font.kind, font.title, font.licence) == ("font", "Montserrat", "OFL-1.1")
    assert font.sha256 == sha256_of_file(font_file())
