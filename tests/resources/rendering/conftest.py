"""Fixtures shared by the tests of rendering."""

from pathlib import Path

import pytest

from resources.rendering.fonts import FontMetrics, metrics, static_bold


@pytest.fixture(scope="session")
def font_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the caption font is kept: cut once (4.5 CPU-s) for all workers of one test run."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if base.name.startswith("popen-") else base) / "caption-fonts"
    static_bold(folder)
    return folder


@pytest.fixture(scope="session")
def font(font_dir: Path) -> FontMetrics:
    return metrics(static_bold(font_dir))
