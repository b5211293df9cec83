"""The footage source as the pipeline sees it."""

import subprocess
import sys
from pathlib import Path

import pytest

from reelineage.documents import VisualKind
from reelineage.errors import Cancelled, PermanentError
from reelineage.fingerprint import sha256_of_file
from resources.footage import FootageSource
from resources.footage.drawing import DESIGN_VERSION, DRAWING, write_drawing
from resources.footage.motion_graphics import MotionGraphics
from resources.rendering.lettering.sources import MONTSERRAT
from tests.resources.footage.shots import shot, visual

ITEM = visual(VisualKind.RANKED_ITEM)


def test_a_clip_is_a_drawing_of_its_shot(tmp_path: Path) -> None:
    source: FootageSource = MotionGraphics()
    take = source.film(shot(ITEM), tmp_path / "clip.json", lambda _: None)

    assert take.media_type == DRAWING
    assert take.placement is None
    assert (tmp_path / "clip.json").read_bytes() == write_drawing(shot(ITEM))


def test_the_same_shot_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.json", "b.json"):
        MotionGraphics().film(shot(ITEM), tmp_path / name, lambda _: None)

    assert sha256_of_file(tmp_path / "a.json") == sha256_of_file(tmp_path / "b.json")


def test_a_cancelled_clip_leaves_no_file(tmp_path: Path) -> None:
    def cancel(_: int) -> None:
        raise Cancelled("stopped by a test")

    with pytest.raises(Cancelled):
        MotionGraphics().film(shot(ITEM), tmp_path / "clip.json", cancel)

    assert list(tmp_path.iterdir()) == []


def test_a_shot_without_frames_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PermanentError, match="scene 3"):
        MotionGraphics().film(shot(ITEM, frames=0), tmp_path / "clip.json", lambda _: None)


def test_the_source_is_named_with_the_version_of_its_design() -> None:
    identity = MotionGraphics().identity

    assert (identity.role, identity.provider) == ("footage_source", "motion_graphics")
    assert identity.model == f"skia/{DESIGN_VERSION}"
    assert identity.stand_in is None


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("Last Week Tonight", ["Montserrat"]),
        ("Привет, Việt Nam", ["Montserrat"]),
        ("שלום", ["Montserrat", "Noto Sans Hebrew"]),
        ("東京の夜", ["Montserrat", "Noto Sans CJK JP"]),
        ("本周最受欢迎", ["Montserrat", "Noto Sans CJK SC"]),
        ("नमस्ते 🎉", ["Montserrat", "Noto Sans Devanagari", "Noto Emoji"]),
    ],
)
def test_each_font_in_the_picture_is_named_for_the_bill_of_materials(
    text: str, titles: list[str], tmp_path: Path
) -> None:
    picture = visual(VisualKind.TITLE, headline=text, data=())
    take = MotionGraphics().film(shot(picture), tmp_path / "clip.json", lambda _: None)

    assert [item.title.removesuffix(" Bold") for item in take.media] == titles
    assert {item.licence for item in take.media} == {"OFL-1.1"}
    assert take.media[0].sha256 == sha256_of_file(MONTSERRAT.path)


def test_filming_does_not_load_what_draws(tmp_path: Path) -> None:
    """A worker that only writes drawings needs neither skia nor av: 0.2 CPU-seconds and 60 MB."""
    code = (
        "import sys; from pathlib import Path\n"
        "from reelineage.documents import VisualKind\n"
        "from resources.footage.motion_graphics import MotionGraphics\n"
        "from tests.resources.footage.shots import shot, visual\n"
        "MotionGraphics().film(shot(visual(VisualKind.TITLE)), Path(sys.argv[1]), lambda _: None)\n"
        "print(sorted({'skia', 'av'} & set(sys.modules)))"
    )
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "clip.json")], cwd=root, capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[]"
