"""The segment cache: what comes out is what went in or nothing, whoever else uses the folder."""

import logging
import multiprocessing
import os
import random
import stat
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import JsonValue

from reelineage.errors import BadInput
from resources.rendering import segment_cache
from resources.rendering.segment_cache import SegmentCache

PLENTY = 1 << 30
ONE, TWO, THREE = (SegmentCache.key_of("a segment", number) for number in (1, 2, 3))
FACTS: dict[str, JsonValue] = {"frames": 45, "faults": [], "loudness": -14.2, "encoder": {"threads": 1.0}}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def cache(folder: Path) -> SegmentCache:
    return SegmentCache(folder, most_bytes=PLENTY)


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


def test_what_was_put_comes_out_with_its_facts(cache: SegmentCache, tmp_path: Path) -> None:
    source = made(tmp_path)
    cache.put(ONE, source, FACTS)
    assert cache.take(ONE, tmp_path / "out.mp4") == FACTS
    assert (tmp_path / "out.mp4").read_bytes() == source.read_bytes()
    assert cache.take(TWO, tmp_path / "other.mp4") is None
    assert not (tmp_path / "other.mp4").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache", "made.mp4", "out.mp4"]
    assert len(list((tmp_path / "cache").iterdir())) == 2


def test_another_process_finds_it_too(cache: SegmentCache, folder: Path, tmp_path: Path) -> None:
    cache.put(ONE, made(tmp_path), FACTS)
    assert SegmentCache(folder, most_bytes=PLENTY).take(ONE, tmp_path / "out.mp4") == FACTS


def test_the_key_depends_on_every_part_and_on_nothing_else() -> None:
    parts: list[JsonValue] = ["clip", {"crf": 21, "preset": "veryfast"}, [1, 2.5]]
    key = SegmentCache.key_of(*parts)
    assert key == SegmentCache.key_of("clip", {"preset": "veryfast", "crf": 21}, [1, 2.5])
    assert len(key) == 64
    assert len({key, SegmentCache.key_of(*parts[:2]), SegmentCache.key_of(parts), SegmentCache.key_of("clip")}) == 4


@pytest.mark.parametrize("key", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 65, "0" * 64 + "\n", "/" + "0" * 63])
def test_no_path_is_made_from_a_key_that_is_no_sha256(cache: SegmentCache, tmp_path: Path, key: str) -> None:
    with pytest.raises(BadInput, match="is not a sha256"):
        cache.take(key, tmp_path / "out.mp4")
    with pytest.raises(BadInput, match="is not a sha256"):
        cache.put(key, made(tmp_path), {})


@pytest.mark.parametrize(
    "change",
    [flip, lambda data: data[:-1], lambda data: data[: len(data) // 2], lambda _: b"", lambda data: data + b"\0"],
    ids=["a flipped bit", "one byte short", "half", "empty", "one byte more"],
)
@pytest.mark.parametrize("place", [piece, envelope])
def test_a_damaged_entry_is_dropped_and_said(
    cache: SegmentCache,
    folder: Path,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    change: Callable[[bytes], bytes],
    place: Callable[[Path, str], Path],
) -> None:
    cache.put(ONE, made(tmp_path), FACTS)
    rewrite(place(folder, ONE), change)
    assert cache.take(ONE, tmp_path / "out.mp4") is None
    assert not (tmp_path / "out.mp4").exists()
    assert list(folder.iterdir()) == []
    assert "is damaged and was dropped" in caplog.text
    cache.put(ONE, made(tmp_path, name="again.mp4"), FACTS)
    assert cache.take(ONE, tmp_path / "out.mp4") == FACTS


@pytest.mark.parametrize("fact", ["frames", "loudness"])
def test_changed_facts_are_damage_too(cache: SegmentCache, folder: Path, tmp_path: Path, fact: str) -> None:
    cache.put(ONE, made(tmp_path), FACTS)
    rewrite(envelope(folder, ONE), lambda data: data.replace(f'"{fact}":'.encode(), f'"{fact}":1'.encode()))
    assert cache.take(ONE, tmp_path / "out.mp4") is None


def test_an_entry_under_the_name_of_another_is_damage(cache: SegmentCache, folder: Path, tmp_path: Path) -> None:
    cache.put(ONE, made(tmp_path), FACTS)
    for place in (piece, envelope):
        place(folder, ONE).rename(place(folder, TWO))
    assert cache.take(TWO, tmp_path / "out.mp4") is None


def test_an_entry_cut_off_between_its_files_is_a_miss(cache: SegmentCache, folder: Path, tmp_path: Path) -> None:
    cache.put(ONE, made(tmp_path), FACTS)
    cache.put(TWO, made(tmp_path, 900), FACTS)
    envelope(folder, ONE).unlink()
    piece(folder, TWO).unlink()
    assert [cache.take(key, tmp_path / "out.mp4") for key in (ONE, TWO)] == [None, None]
    cache.put(ONE, made(tmp_path), FACTS)
    cache.put(TWO, made(tmp_path, 900), FACTS)
    assert [cache.take(key, tmp_path / "out.mp4") for key in (ONE, TWO)] == [FACTS, FACTS]


def test_a_link_laid_into_the_cache_leads_nowhere(cache: SegmentCache, folder: Path, tmp_path: Path) -> None:
    cache.put(ONE, made(tmp_path), FACTS)
    elsewhere = tmp_path / "elsewhere"
    piece(folder, ONE).rename(elsewhere)
    piece(folder, ONE).symlink_to(elsewhere)
    assert cache.take(ONE, tmp_path / "out.mp4") is None
    assert not (tmp_path / "out.mp4").is_symlink()
    assert elsewhere.exists()


def test_a_file_at_the_destination_is_replaced(cache: SegmentCache, tmp_path: Path) -> None:
    source = made(tmp_path)
    cache.put(ONE, source, FACTS)
    out = tmp_path / "out.mp4"
    out.write_bytes(b"older")
    for _ in range(2):  # the second time, destination and piece are the same file already
        assert cache.take(ONE, out) == FACTS
        assert out.read_bytes() == source.read_bytes()
    cache.put(ONE, out, FACTS)
    assert cache.take(ONE, out) == FACTS
    assert not list(tmp_path.rglob("*.part"))


def test_nothing_handed_out_or_taken_in_can_be_written_by_mistake(cache: SegmentCache, tmp_path: Path) -> None:
    source, out = made(tmp_path), tmp_path / "out.mp4"
    cache.put(ONE, source, FACTS)
    cache.take(ONE, out)
    assert [stat.S_IMODE(path.stat().st_mode) for path in (source, out)] == [0o444, 0o444]


def test_a_caller_who_writes_into_its_link_all_the_same_spoils_nothing(cache: SegmentCache, tmp_path: Path) -> None:
    """The superuser, as in many containers, is not kept by the mode."""
    out = tmp_path / "out.mp4"
    cache.put(ONE, made(tmp_path), FACTS)
    cache.take(ONE, out)
    rewrite(out, flip)
    assert cache.take(ONE, tmp_path / "next.mp4") is None


def test_deleting_or_replacing_the_links_leaves_the_cache_whole(cache: SegmentCache, tmp_path: Path) -> None:
    source, out = made(tmp_path), tmp_path / "out.mp4"
    content = source.read_bytes()
    cache.put(ONE, source, FACTS)
    cache.take(ONE, out)
    source.unlink()
    tmp_path.joinpath("new").write_bytes(b"new")
    tmp_path.joinpath("new").replace(out)
    assert cache.take(ONE, tmp_path / "next.mp4") == FACTS
    assert (tmp_path / "next.mp4").read_bytes() == content


def test_a_disk_without_hard_links_gets_copies(
    cache: SegmentCache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refuse)
    source, out = made(tmp_path), tmp_path / "out.mp4"
    content = source.read_bytes()
    cache.put(ONE, source, FACTS)
    assert cache.take(ONE, out) == FACTS
    assert out.read_bytes() == content
    assert out.stat().st_nlink == 1
    rewrite(out, flip)
    rewrite(source, flip)
    assert cache.take(ONE, tmp_path / "next.mp4") == FACTS, "copies are independent"


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

    monkeypatch.setattr(segment_cache, "_flush", flush)
    cache.put(ONE, made(tmp_path), FACTS)
    assert flushed == [".part", ".part", "cache"]


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
