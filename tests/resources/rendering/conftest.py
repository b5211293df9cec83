"""Fixtures shared by the tests of rendering."""

from pathlib import Path

import pytest

from resources.rendering.lettering import FontLibrary


@pytest.fixture(scope="session")
def font_dir(caption_fonts: Path) -> Path:
    """A folder that keeps static fonts for all tests."""
    return caption_fonts


@pytest.fixture(scope="session")
def library(font_dir: Path) -> FontLibrary:
    """The fonts of all tests: each is cut once. Of the faces for ideographs only the smallest is needed."""
    return FontLibrary(font_dir, han="jp")
