"""Processes that share a folder never break each other, and a caller's own mistake is not taken for a bad disk."""

import multiprocessing
import random
import time
from pathlib import Path

import pytest

from resources.rendering.segment_cache import SegmentCache
from tests.resources.rendering.segment_cache.entries import FACTS, ONE, made


def test_mistakes_of_the_caller_are_not_taken_for_a_bad_disk(cache: SegmentCache, folder: Path, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        cache.put(ONE, tmp_path / "missing.mp4", FACTS)
    with pytest.raises(ValueError, match="JSON"):
        cache.put(ONE, made(tmp_path), {"loudness": float("-inf")})
    assert not folder.exists()


def hammer(folder: str, seed: int, seconds: float) -> None:
    """Put, take and evict at random; whatever is handed out must be whole. Runs in processes of its own."""
    choice = random.Random(seed)  # noqa: S311 — choices of a test
    cache = SegmentCache(Path(folder) / "cache", most_bytes=60_000)
    work = Path(folder) / f"work-{seed}"
    work.mkdir()
    hits = 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        number = choice.randrange(12)
        key, size = SegmentCache.key_of(number), 5000 + 700 * number
        if choice.random() < 0.5:
            facts = cache.take(key, work / "out.mp4")
            if facts is not None:
                hits += 1
                assert facts == {"number": number}
                assert (work / "out.mp4").read_bytes() == bytes([number]) * size
        else:
            fresh = work / "made.mp4"
            fresh.unlink(missing_ok=True)
            fresh.write_bytes(bytes([number]) * size)
            cache.put(key, fresh, {"number": number})
    assert hits > 10, "the test met an empty cache only"
    assert not cache._warned, "an eviction by the other was taken for a bad disk"
    assert not list(work.glob(".*"))


def test_processes_that_share_a_folder_never_break_each_other(folder: Path, tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    others = [spawn.Process(target=hammer, args=(str(tmp_path), seed, 1.5)) for seed in (1, 2)]
    for one in others:
        one.start()
    for one in others:
        one.join(60)
    assert [one.exitcode for one in others] == [0, 0]
    assert not list(folder.glob("*.part"))
    last = SegmentCache(folder, most_bytes=60_000)
    last.put(ONE, made(tmp_path), {})
    assert sum(path.stat().st_size for path in folder.iterdir()) <= 60_000
