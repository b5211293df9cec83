"""How much the cache keeps, and what it does with a folder that is full, foreign, littered or missing.

Not here: what comes out (`test_entries.py`).
"""

import logging
import os
import stat
import time
from pathlib import Path

import pytest

from resources.rendering import segment_cache
from resources.rendering.segment_cache import SegmentCache
from tests.resources.rendering.segment_cache.conftest import PLENTY
from tests.resources.rendering.segment_cache.entries import FACTS, ONE, THREE, TWO, envelope, kept, made, piece, used


def test_the_entries_used_longest_ago_are_evicted_first(folder: Path, tmp_path: Path) -> None:
    cache = SegmentCache(folder, most_bytes=3600)
    for key in (ONE, TWO, THREE):
        cache.put(key, made(tmp_path), {})
    used(folder, ONE, 3000)
    used(folder, TWO, 1000)
    used(folder, THREE, 2000)
    cache.put(SegmentCache.key_of(4), made(tmp_path), {})
    assert kept(folder) == {ONE, THREE, SegmentCache.key_of(4)}
    cache.put(SegmentCache.key_of(5), made(tmp_path), {})
    assert kept(folder) == {ONE, SegmentCache.key_of(4), SegmentCache.key_of(5)}
    assert len(list(folder.iterdir())) == 6


def test_taking_an_entry_is_using_it(folder: Path, tmp_path: Path) -> None:
    cache = SegmentCache(folder, most_bytes=3600)
    for number, key in enumerate((ONE, TWO, THREE)):
        cache.put(key, made(tmp_path), {})
        used(folder, key, 1000 + number)
    assert cache.take(ONE, tmp_path / "out.mp4") is not None
    cache.put(SegmentCache.key_of(4), made(tmp_path), {})
    assert kept(folder) == {ONE, THREE, SegmentCache.key_of(4)}


def test_what_others_put_counts_and_pieces_without_an_envelope_count_too(folder: Path, tmp_path: Path) -> None:
    SegmentCache(folder, most_bytes=PLENTY).put(ONE, made(tmp_path), {})
    SegmentCache(folder, most_bytes=PLENTY).put(TWO, made(tmp_path), {})
    envelope(folder, TWO).unlink()
    used(folder, ONE, 1000)
    SegmentCache(folder, most_bytes=1300).put(THREE, made(tmp_path), {})
    assert {path.stem for path in folder.iterdir()} == {THREE}


def test_the_folder_is_looked_through_once_per_sixty_fourth_of_the_bound(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[Path] = []
    scandir = os.scandir

    def look(path: Path) -> object:
        looks.append(path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", look)
    cache = SegmentCache(folder, most_bytes=64 * 2500)
    for number in range(7):
        cache.put(SegmentCache.key_of(number), made(tmp_path), {})
    assert looks == [folder] * 3, "at the first, fourth and seventh put"


def test_an_evicted_piece_stays_with_those_who_hold_it(folder: Path, tmp_path: Path) -> None:
    cache, out = SegmentCache(folder, most_bytes=1500), tmp_path / "out.mp4"
    source = made(tmp_path)
    cache.put(ONE, source, {})
    cache.take(ONE, out)
    used(folder, ONE, 1000)
    cache.put(TWO, made(tmp_path, name="two.mp4"), {})
    assert kept(folder) == {TWO}
    assert out.read_bytes() == source.read_bytes()


def test_a_piece_larger_than_the_cache_pushes_nothing_out(folder: Path, tmp_path: Path) -> None:
    cache = SegmentCache(folder, most_bytes=2000)
    cache.put(ONE, made(tmp_path), {})
    cache.put(TWO, made(tmp_path, 2001), {})
    assert kept(folder) == {ONE}


def test_a_bound_of_zero_turns_the_cache_off(folder: Path, tmp_path: Path) -> None:
    SegmentCache(folder, most_bytes=PLENTY).put(ONE, made(tmp_path), FACTS)
    off = SegmentCache(folder, most_bytes=0)
    off.put(TWO, made(tmp_path), FACTS)
    assert list(folder.iterdir()) == []
    assert off.take(TWO, tmp_path / "out.mp4") is None
    assert stat.S_IMODE((tmp_path / "made.mp4").stat().st_mode) != 0o444, "its own file is left alone"


def test_files_of_others_in_the_folder_are_left_alone(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 3700)
    folder.mkdir()
    for name in ("notes.txt", f"{ONE}.mp4", "short.bin", ".other.part"):
        (folder / name).write_bytes(b"x" * 5000)
    SegmentCache(folder, most_bytes=0).put(TWO, made(tmp_path), {})
    assert len(list(folder.iterdir())) == 4


def test_leftovers_of_a_killed_process_are_swept_when_they_are_old(
    cache: SegmentCache, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.put(ONE, made(tmp_path), FACTS)
    leftover = segment_cache._beside(piece(folder, TWO))
    leftover.write_bytes(b"half")
    os.utime(leftover, (1000, 1000))  # a link to an old film is as old as the film
    SegmentCache(folder, most_bytes=PLENTY).put(ONE, made(tmp_path), FACTS)
    assert leftover.exists(), "it may be at work"
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 3700)
    SegmentCache(folder, most_bytes=PLENTY).put(ONE, made(tmp_path), FACTS)
    assert not leftover.exists()
    assert kept(folder) == {ONE}


def test_a_folder_that_cannot_be_made_is_said_once_and_stops_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_bytes(b"")
    cache = SegmentCache(tmp_path / "file" / "cache", most_bytes=PLENTY)
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            cache.put(ONE, made(tmp_path), FACTS)
            assert cache.take(ONE, tmp_path / "out.mp4") is None
    [record] = caplog.records
    assert "could not be written" in record.getMessage()
    assert "Check the folder's permissions and free space" in record.getMessage()


def test_a_full_disk_leaves_nothing_half_done(
    cache: SegmentCache, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    cache.put(ONE, made(tmp_path), FACTS)
    assert list(folder.iterdir()) == []
    assert "No space left on device" in caplog.text


def test_everything_is_on_the_disk_before_it_has_its_name(
    cache: SegmentCache, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[str] = []

    def flush(path: Path) -> None:
        flushed.append(path.suffix if path.suffix == ".part" else path.name)
        assert path == folder or not path.name.startswith(ONE)

    monkeypatch.setattr(segment_cache, "flush", flush)
    cache.put(ONE, made(tmp_path), FACTS)
    assert flushed == [".part", ".part", "cache"]
