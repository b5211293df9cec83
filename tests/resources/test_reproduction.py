"""What making a job again needs and what is refused, on toy jobs.

Belongs here: reading the original, the scratch home. Not here: how what came out is judged
(`test_reproduction_verdict.py`), a job really made again (`tests/console/test_reproduce.py`).
"""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from reelineage.documents import ArtifactRef, ProviderIdentity
from reelineage.errors import BadInput
from reelineage.models import Artifact, Job, Tombstone, TombstoneTarget
from reelineage.theme import SampleSource
from resources.home import Home
from resources.ledger import Product, Request
from resources.reproduction import Original, read_original, scratch_folder, scratch_home, snapshot_providers
from tests.factories import claimed, fill_job, ledger, new_job


def finished_job(home: Home) -> int:
    """A finished toy job that is not the first of its home."""
    new_job(home)
    number = new_job(home)
    fill_job(home, number)
    return number


@pytest.fixture
def job(home: Home) -> int:
    """The same, on SQLite."""
    return finished_job(home)


def refusal(home: Home, job_id: int) -> str:
    with pytest.raises(BadInput) as refused:
        read_original(home, job_id)
    message = str(refused.value)
    assert message.startswith(f"Reproducing job {job_id}: ")
    return message


def take_down(home: Home, ref: str, effect: str) -> None:
    node, _, key = ref.partition(":")
    with home.database.write() as session:
        stone = Tombstone(reason="the author asked", actor="Ada", created_at=datetime.now(UTC))
        session.add(stone)
        session.flush()
        session.add(TombstoneTarget(tombstone_id=stone.id, node=node, key=key, effect=effect))


# --- what cannot be made again ---


def test_a_job_that_does_not_exist_or_is_not_finished_cannot_be_made_again(home: Home) -> None:
    with pytest.raises(BadInput, match="job 1"):
        read_original(home, 1)
    job = new_job(home)
    fill_job(home, job, until="clips")
    assert f"begins with videos). `reelineage jobs retry {job} --now` goes on" in refusal(home, job)


@pytest.mark.parametrize("cost", [None, 5])
def test_a_job_that_was_paid_for_is_not_paid_again(home: Home, job: int, cost: int | None) -> None:
    identity = ProviderIdentity(role="footage_source", provider="costly", model="film/1")
    with claimed(home, job, "run-2", partial=True):
        ledger(home, job, "run-2").call(
            Request(identity, {}, cost_nanousd=1), lambda _: Product(cost_nanousd=cost)
        )  # fmt: skip
    assert "costly (film/1) was paid for 1 of its calls" in refusal(home, job)


@pytest.mark.parametrize("effect", ["withdrawn", "removed"])
@pytest.mark.parametrize("node", ["job", "trend_item", "media_item", "script", "video", "review"])
def test_what_was_taken_down_is_not_made_again(home: Home, job: int, node: str, effect: str) -> None:
    key = str(job) if node == "job" else "1"
    take_down(home, f"{node}:{key}", effect)
    message = refusal(home, job)
    assert f"{node}:{key} is behind it and was taken down" in message
    assert "the author asked" in message


def test_what_was_taken_down_of_another_job_does_not_matter(any_home: Home) -> None:
    job, other = finished_job(any_home), new_job(any_home)
    fill_job(any_home, other, "run-3")
    take_down(any_home, "script:2", "withdrawn")
    assert read_original(any_home, job).job.id == job
    take_down(any_home, "script:1", "withdrawn")
    assert "script:1 is behind it" in refusal(any_home, job)


# --- the scratch home ---


def with_file(home: Home, data: bytes = b"music") -> tuple[int, ArtifactRef]:
    """A finished job whose theme names a stored file, and that file."""
    file = home.store.put_bytes(data, "audio/wav")
    yesterday = datetime.now(UTC) - timedelta(days=1)
    with home.database.write() as session:
        session.add(Artifact(**file.model_dump(), created_at=yesterday))
    job = new_job(home, music={"provider": "file", "name": "m.wav", "artifact_sha256": file.sha256, "licence": "x"})
    fill_job(home, job)
    return job, file


def test_the_scratch_home_holds_the_order_and_the_files_and_no_key(home: Home, tmp_path: Path) -> None:
    job, file = with_file(home)
    settings = home.settings.model_copy(
        update={"signing_key": Path("k"), "timestamp_url": "http://t", "openlineage_url": "http://o", "max_attempts": 7}
    )
    original = read_original(home, job)
    scratch, again = scratch_home(Home(settings), original, tmp_path / "scratch")
    kept = scratch.settings
    assert (kept.root, kept.database_url, kept.max_attempts) == (tmp_path / "scratch", None, 7)
    assert (kept.signing_key, kept.timestamp_url, kept.openlineage_url, kept.dagster_home) == (None,) * 4
    with home.database.read() as session:
        before, came_in = session.get_one(Job, job), session.get_one(Artifact, file.sha256).created_at
    with scratch.database.read() as session:
        after = session.get_one(Job, again)
        assert session.get_one(Artifact, file.sha256).created_at == came_in
    same = ("theme", "theme_sha256", "theme_name", "seed", "profile")
    assert [getattr(before, name) for name in same] == [getattr(after, name) for name in same]
    assert (after.state, after.attempt, after.active_run) == ("queued", 0, None)
    assert scratch.store.path(file.sha256).read_bytes() == b"music"
    assert set(scratch.store.hashes()) == {file.sha256, original.sample_sha256}
    scratch.database.close()


def test_a_theme_frozen_by_an_older_version_keeps_its_hash(home: Home, tmp_path: Path) -> None:
    """With the defaults of today filled in it would hash differently, and so would every request made from it."""
    job = new_job(home)
    fill_job(home, job)
    with home.database.read() as session:
        row = session.get_one(Job, job)
    original = read_original(home, job)
    row.theme = {name: value for name, value in row.theme.items() if name != "credential"}
    row.theme_sha256 = "e" * 64
    old = Original(row, original.video_id, original.branch, (), original.sample_sha256, (), "x264")
    scratch, again = scratch_home(home, old, tmp_path / "scratch")
    with scratch.database.read() as session:
        frozen = session.get_one(Job, again)
    assert "credential" not in frozen.theme
    assert frozen.theme_sha256 == "e" * 64
    scratch.database.close()


@pytest.mark.parametrize(("harm", "said"), [("gone", "is gone"), ("altered", "was altered")])
def test_a_file_that_is_gone_or_altered_is_named(home: Home, tmp_path: Path, harm: str, said: str) -> None:
    job, file = with_file(home)
    path = home.store.path(file.sha256)
    path.chmod(0o600)
    if harm == "gone":
        path.unlink()
    else:
        path.write_bytes(b"musik")
    with pytest.raises(BadInput, match=f"Reproducing job {job}: the file artifact:{file.sha256[:12]}… .*{said}"):
        scratch_home(home, read_original(home, job), tmp_path / "scratch")


def test_a_full_disk_is_said_with_what_to_do(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    job, _ = with_file(home)
    monkeypatch.setattr("os.link", full)
    monkeypatch.setattr("shutil.copyfile", full)
    with pytest.raises(BadInput, match=r"No space left on device\. Make room in the temporary folder, or set TMPDIR"):
        scratch_home(home, read_original(home, job), tmp_path / "scratch")


def test_files_are_copied_where_links_are_not_possible(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def another_disk(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    job, file = with_file(home)
    monkeypatch.setattr("os.link", another_disk)
    scratch, _ = scratch_home(home, read_original(home, job), tmp_path / "scratch")
    assert scratch.store.path(file.sha256).stat().st_ino != home.store.path(file.sha256).stat().st_ino
    scratch.database.close()


def test_the_scratch_folder_is_nobody_elses_and_goes_unless_it_is_kept() -> None:
    with scratch_folder(keep=False) as folder:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        (folder / "deep").mkdir()
    assert not folder.exists()
    with scratch_folder(keep=True) as folder:
        pass
    assert folder.is_dir()
    folder.rmdir()
    with pytest.raises(KeyboardInterrupt), scratch_folder(keep=False) as folder:
        raise KeyboardInterrupt
    assert not folder.exists()


def test_the_demo_feed_is_the_one_that_came_in_whatever_this_version_ships(home: Home, job: int) -> None:
    line = (
        b'{"platform": "youtube", "id": "a1", "title": "An old tap", "published": "2025-01-02T00:00:00Z", "views": 5}\n'
    )
    feed = home.store.put_bytes(line, "application/jsonl")
    original = read_original(home, job)
    old = Original(original.job, original.video_id, original.branch, (), feed.sha256, (), "x264")
    source = snapshot_providers(old, home.store).trend_source(SampleSource(kind="sample"), home.store)
    answer = source.fetch()
    assert answer.raw == line
    assert [seen.title for seen in answer.fetch.observations] == ["An old tap"]
    assert (answer.fetch.source_kind, answer.fetch.stand_in, source.identity.stand_in) == ("sample", "demo", "demo")
