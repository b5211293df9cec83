"""Fixtures shared by the tests of rendering."""

from pathlib import Path

import pytest

from resources.rendering.fonts import FontMetrics, metrics, static_bold


@pytest.fixture(scope="session")
def font_dir(caption_fonts: Path) -> Path:
    """A folder with the static font."""
    return caption_fonts


@pytest.fixture(scope="session")
def font(font_dir: Path) -> FontMetrics:
    return metrics(static_bold(font_dir))
