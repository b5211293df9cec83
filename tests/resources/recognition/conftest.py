"""A delivered file to recognise, and a home that knows no file by its bytes."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from reelineage.graph import Ref
from resources import recognition
from resources.home import Home

VIDEO = Ref("video", "1")
Unknown = Callable[..., tuple[tuple[Ref, ...], tuple[Ref, ...]]]


@pytest.fixture
def delivered(finished: Home, tmp_path: Path) -> Path:
    """A copy of the signed file that people got."""
    (path,) = finished.root.glob("output/review/*.mp4")
    return Path(shutil.copy(path, tmp_path / "found.mp4"))


@pytest.fixture
def unknown_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """No file is known by its bytes, as if each were a copy that was changed where nothing looks."""
    nothing: Unknown = lambda *_: ((), ())  # noqa: E731 — typed here, where it is used
    monkeypatch.setattr(recognition, "behind_hash", nothing)
