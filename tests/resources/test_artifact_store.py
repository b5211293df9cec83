"""The artifact store: all of a file under its own hash, or nothing."""

import hashlib
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reelineage.documents import ArtifactRef
from reelineage.errors import BadInput, MissingUpstream
from resources.artifact_store import ArtifactStore
from resources.lease import this_worker


@pytest.fixture
def store(tmp_path: Path) -> ArtifactStore:
    return ArtifactStore(tmp_path / "artifacts")


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=200_000))
def test_a_file_lies_under_the_hash_of_its_bytes(store: ArtifactStore, data: bytes) -> None:
    artifact = store.put_bytes(data, "application/octet-stream")
    assert artifact.sha256 == hashlib.sha256(data).hexdigest()
    assert artifact.size_bytes == len(data)
    assert store.path(artifact.sha256) == store.root / artifact.sha256[:2] / artifact.sha256
    assert store.path(artifact.sha256).read_bytes() == data
    assert store.has(artifact)


def test_the_bytes_on_the_disk_are_hashed_and_not_what_somebody_says(store: ArtifactStore, tmp_path: Path) -> None:
    path = tmp_path / ("0" * 64)
    path.write_bytes(b"truth")
    assert store.put_file(path, "text/plain").sha256 == hashlib.sha256(b"truth").hexdigest()
    assert not path.exists()


def test_storing_the_same_bytes_again_is_one_file_and_heals_a_spoiled_one(store: ArtifactStore) -> None:
    first = store.put_bytes(b"same", "text/plain")
    store.path(first.sha256).write_bytes(b"SPOILED")
    assert not store.has(first)
    assert store.put_bytes(b"same", "text/plain") == first
    assert store.path(first.sha256).read_bytes() == b"same"
    assert list(store.hashes()) == [first.sha256]


def test_what_is_no_regular_file_is_not_stored(store: ArtifactStore, tmp_path: Path) -> None:
    (tmp_path / "real").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    for path in (tmp_path / "link", tmp_path, tmp_path / "nothing"):
        with pytest.raises(MissingUpstream, match="it is not a regular file"):
            store.put_file(path, "text/plain")
    assert list(store.hashes()) == []


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 64 + "\n", "٠" * 64])
def test_a_name_that_is_no_sha256_never_becomes_a_path(store: ArtifactStore, name: str) -> None:
    with pytest.raises(BadInput, match="is not a sha256"):
        store.path(name)


def test_a_missing_file_says_how_to_get_it_back(store: ArtifactStore) -> None:
    with pytest.raises(MissingUpstream, match="Restore it from a backup, or materialize the asset"):
        store.path("0" * 64)
    assert not store.has(ArtifactRef(sha256="0" * 64, size_bytes=0, media_type="x"))


def test_a_crash_before_the_rename_leaves_nothing_under_a_final_name(
    store: ArtifactStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise OSError("the power went out")

    monkeypatch.setattr(Path, "replace", crash)
    with pytest.raises(OSError, match="the power went out"):
        store.put_bytes(b"half", "text/plain")
    assert list(store.hashes()) == []


def test_bytes_are_flushed_to_the_disk_before_they_get_their_name(
    store: ArtifactStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    flush, rename = os.fsync, Path.replace

    def noted_flush(descriptor: int) -> None:
        order.append("flush")
        flush(descriptor)

    def noted_rename(path: Path, target: Path) -> Path:
        order.append("rename")
        return rename(path, target)

    monkeypatch.setattr(os, "fsync", noted_flush)
    monkeypatch.setattr(Path, "replace", noted_rename)
    store.put_bytes(b"x", "text/plain")
    assert order == ["flush", "rename", "flush"]


def test_many_writers_of_the_same_bytes_do_not_disturb_each_other(store: ArtifactStore) -> None:
    found: list[ArtifactRef] = []
    threads = [
        threading.Thread(target=lambda: found.append(store.put_bytes(b"shared" * 1000, "text/plain"))) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
    assert len(found) == 6
    assert store.has(found[0])


def test_work_in_progress_of_dead_processes_is_swept_and_of_living_ones_kept(store: ArtifactStore) -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    me = this_worker()
    with store.scratch() as mine:
        parent = mine.parent
        dead = parent / f"{me.host}~{child.pid}~1.00~abc"
        elsewhere = parent / "another-host~1~1.00~abc"
        odd = [parent / name for name in ("mine", "a~b~c~d", f"{me.host}~x~1.00~abc", f"{me.host}~1~~abc")]
        for folder in (dead, elsewhere, *odd):
            folder.mkdir()
            (folder / "clip.mp4").write_text("half")
        store.sweep()
        left = sorted(path.name for path in parent.iterdir())
        assert left == sorted(path.name for path in (mine, elsewhere, *odd))
    assert not mine.exists()


def test_an_exception_in_the_scratch_folder_cleans_it_up(store: ArtifactStore) -> None:
    folders: list[Path] = []

    def fail() -> None:
        with store.scratch() as folder:
            folders.append(folder)
            (folder / "half").write_text("x")
            raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        fail()
    assert not folders[0].exists()


def test_work_in_progress_is_never_listed_as_a_stored_file(store: ArtifactStore) -> None:
    with store.scratch() as folder:
        (folder / "ab").mkdir()
        (folder / "ab" / "clip").write_text("x")
        assert list(store.hashes()) == []
