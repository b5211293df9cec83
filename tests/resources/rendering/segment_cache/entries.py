"""Entries of a cache, and what tests do to their files.

Belongs here: making, finding, damaging, ageing an entry. Not here: the cache itself (`conftest.py`).
"""

import os
import random
from collections.abc import Callable
from pathlib import Path

from pydantic import JsonValue

from resources.rendering.segment_cache import SegmentCache

ONE, TWO, THREE = (SegmentCache.key_of("a segment", number) for number in (1, 2, 3))
FACTS: dict[str, JsonValue] = {"frames": 45, "faults": [], "loudness": -14.2, "encoder": {"threads": 1.0}}


def made(tmp_path: Path, size: int = 1000, *, name: str = "made.mp4") -> Path:
    """A finished file of its own bytes."""
    path = tmp_path / name
    path.unlink(missing_ok=True)
    path.write_bytes(random.Random(f"{name}{size}").randbytes(size))  # noqa: S311 — bytes of a test
    return path


def piece(folder: Path, key: str) -> Path:
    return folder / f"{key}.bin"


def envelope(folder: Path, key: str) -> Path:
    return folder / f"{key}.json"


def rewrite(path: Path, change: Callable[[bytes], bytes]) -> None:
    """Change a file in place, as a failing disk would."""
    path.chmod(0o644)
    path.write_bytes(change(path.read_bytes()))


def flip(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


def used(folder: Path, key: str, seconds: int) -> None:
    """Say that an entry was last used at this time."""
    os.utime(envelope(folder, key), (seconds, seconds))


def kept(folder: Path) -> set[str]:
    return {path.stem for path in folder.glob("*.bin")}
