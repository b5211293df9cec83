"""Files put in place: one body where links are possible, the same bytes where they are not."""

import os
from pathlib import Path

import pytest

from resources.placing import flush, link_or_copy


def no_links(*_: object, **__: object) -> None:
    raise OSError(18, "Invalid cross-device link")


def test_where_the_disk_allows_it_no_byte_is_written_twice(tmp_path: Path) -> None:
    (tmp_path / "made").write_bytes(b"bytes")
    link_or_copy(tmp_path / "made", tmp_path / "shown")
    assert (tmp_path / "shown").samefile(tmp_path / "made")


def test_another_disk_gets_a_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "made").write_bytes(b"bytes")
    monkeypatch.setattr(os, "link", no_links)
    link_or_copy(tmp_path / "made", tmp_path / "shown")
    assert not (tmp_path / "shown").samefile(tmp_path / "made")
    assert (tmp_path / "shown").read_bytes() == b"bytes"


def test_what_is_not_there_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        link_or_copy(tmp_path / "gone", tmp_path / "shown")
    assert not (tmp_path / "shown").exists()


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_files_and_folders_are_flushed_themselves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    place = tmp_path / "made" if kind == "file" else tmp_path
    (tmp_path / "made").write_bytes(b"bytes")
    flushed: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: flushed.append(os.fstat(descriptor).st_ino))
    flush(place)
    assert flushed == [place.stat().st_ino]
