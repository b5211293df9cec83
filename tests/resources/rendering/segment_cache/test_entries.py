"""What was put comes out as it was or not at all, and whoever holds a piece can spoil nothing.

Not here: room and folders (`test_room.py`), processes side by side (`test_sharing.py`).
"""

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import JsonValue

from reelineage.errors import BadInput
from resources.rendering.segment_cache import SegmentCache
from tests.resources.rendering.segment_cache.conftest import PLENTY
from tests.resources.rendering.segment_cache.entries import FACTS, ONE, TWO, envelope, flip, made, piece, rewrite


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
