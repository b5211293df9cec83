"""An empty cache with plenty of room, and its folder."""

from pathlib import Path

import pytest

from resources.rendering.segment_cache import SegmentCache

PLENTY = 1 << 30


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def cache(folder: Path) -> SegmentCache:
    return SegmentCache(folder, most_bytes=PLENTY)
