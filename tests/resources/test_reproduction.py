"""What making a job again needs, what is refused, and how what came out is judged, on toy jobs of two homes.

Belongs here: reading the original, the scratch home, verdicts. Not here: a job really made again
(`tests/console/test_reproduce.py`), which differences of two documents matter (`test_comparison.py`).
"""

import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from reelineage import documents as docs
from reelineage import lineage
from reelineage.comparing.branches import Branch, current_branch
from reelineage.documents import ArtifactRef, Frame, ProviderIdentity
from reelineage.errors import BadInput
from reelineage.models import Artifact, Job, Reproduction, Tombstone, TombstoneTarget
from reelineage.theme import SampleSource
from resources.home import Home
from resources.ledger import Product, Request
from resources.rendering.likeness import likeness
from resources.reproduction import Original, read_original, scratch_folder, scratch_home, snapshot_providers
from resources.reproduction_verdict import Judge, Reproduced, store_reproduction
from resources.settings import Settings
from tests.factories import claimed, fill_job, ledger, new_job
from tests.films import encode_frames

FRAME = Frame(width=90, height=160)


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


@pytest.fixture
def elsewhere(tmp_path: Path, sqlite_template: Path) -> Iterator[Home]:
    """Another home."""
    root = tmp_path / "elsewhere"
    root.mkdir()
    shutil.copyfile(sqlite_template, root / "reelineage.db")
    home = Home(Settings(home=root))
    yield home
    home.database.close()


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


# --- the verdict ---


def judged(home: Home, elsewhere: Home, job: int, **changes: Any) -> Reproduced:
    """The verdict on a toy job against job 1 of another home; `changes` alter what was made there."""
    with elsewhere.database.read() as session:
        made = current_branch(session, 1, lineage.current(session, 1))
    parts = dict(made.parts)
    for asset, change in changes.items():
        parts[asset] = change(parts[asset])
    original = read_original(home, job)
    return Judge(home, original, elsewhere, lambda: None).compare(Branch(made.subject, 1, parts))


def verdicts(found: Reproduced) -> dict[str, str]:
    return {stage.asset: stage.verdict for stage in found.stages}


@pytest.fixture
def first(home: Home) -> int:
    """A finished toy job with number 1: its files tell their job's number."""
    job = new_job(home)
    fill_job(home, job)
    return job


def test_the_same_documents_in_another_home_are_identical(home: Home, elsewhere: Home, first: int) -> None:
    fill_job(elsewhere, new_job(elsewhere))
    found = judged(home, elsewhere, first)
    assert found.verdict == "identical"
    assert set(verdicts(found).values()) == {"identical"}
    assert [stage.asset for stage in found.stages] == list(lineage.ASSETS)
    assert all(stage.stored == stage.made and stage.difference is None for stage in found.stages)


def test_another_take_is_different_from_the_stage_where_it_parts(home: Home, elsewhere: Home, first: int) -> None:
    fill_job(elsewhere, new_job(elsewhere), take=2)
    found = judged(home, elsewhere, first)
    stages = {stage.asset: stage for stage in found.stages}
    assert found.verdict == "different"
    assert verdicts(found)["trends"] == "different"
    assert stages["trends"].reason == "asked the same, toy (trends) gave something else"
    assert stages["analysis"].difference == 'statements[0].text: "Taps rise. 1" -> "Taps rise. 2"'
    assert stages["scripts"].reason == "follows from analysis"
    assert stages["videos"].reason == "follows from scripts and voiceovers and clips"


def test_what_another_version_of_the_code_made_says_so(home: Home, elsewhere: Home, first: int) -> None:
    fill_job(elsewhere, new_job(elsewhere), take=2)
    newer = judged(home, elsewhere, first, analysis=lambda part: replace(part, code_version="9"))
    stages = {stage.asset: stage for stage in newer.stages}
    assert stages["analysis"].reason == "made by code version 1 then, by 9 now"
    assert (stages["analysis"].code_version, stages["analysis"].code_version_now) == ("1", "9")


def test_a_stored_file_that_was_altered_is_not_called_identical(home: Home, elsewhere: Home, first: int) -> None:
    fill_job(elsewhere, new_job(elsewhere))
    video = read_original(home, first).branch.parts["videos"].value
    assert isinstance(video, dict)
    path = home.store.path(docs.Video.model_validate(video).file.sha256)
    path.chmod(0o600)
    path.write_bytes(b"something else")
    stages = {stage.asset: stage for stage in judged(home, elsewhere, first).stages}
    assert (stages["videos"].verdict, stages["reviews"].verdict) == ("different", "identical")
    assert stages["videos"].reason == "the same document, but the stored file is gone or was altered since"


# --- files with other bytes ---


def film(path: Path, *, crf: int = 20, shade: int = 0) -> Path:
    """One second of a moving gradient."""

    def pictures() -> Iterator[Any]:
        across = np.arange(FRAME.width)
        for number in range(30):
            picture = np.full((FRAME.height * 3 // 2, FRAME.width), 128, np.uint8)
            picture[: FRAME.height] = (60 + shade + (across + 3 * number) % 100).astype(np.uint8)
            yield picture

    encode_frames(pictures(), path, frame=FRAME, crf=crf, preset="ultrafast")
    return path


def swapped(place: str, file: ArtifactRef) -> Callable[[Any], Any]:
    """A change that puts another file into a document."""

    def change(part: Any) -> Any:
        value = {**part.value, place: file.model_dump(mode="json")}
        return replace(part, value=value, data_version="f" * 64)

    return change


def with_films(home: Home, elsewhere: Home, stored: Path, made: Path) -> tuple[Original, Branch]:
    """A toy job whose video has real films on both sides."""
    job = new_job(home)
    fill_job(home, job)
    fill_job(elsewhere, new_job(elsewhere))
    original = read_original(home, job)
    files = [one.store.put_file(path, "video/mp4") for one, path in ((home, stored), (elsewhere, made))]
    with elsewhere.database.read() as session:
        again = current_branch(session, 1, lineage.current(session, 1))
    sides = []
    for branch, file in zip((original.branch, again), files, strict=True):
        clips = branch.parts["clips"]
        assert isinstance(clips.value, dict)
        scenes: Any = clips.value["scene"]
        value: Any = {"scene": [{**scenes[0], "artifact": file.model_dump(mode="json")}, *scenes[1:]]}
        parts = {**branch.parts, "clips": replace(clips, value=value, data_version=file.sha256)}
        sides.append(Branch(branch.subject, branch.job_id, parts))
    kept = Original(original.job, original.video_id, sides[0], (), None, (), "x264")
    return kept, sides[1]


def test_other_bytes_with_the_same_frames_are_equivalent(home: Home, elsewhere: Home, tmp_path: Path) -> None:
    stored = film(tmp_path / "stored.mp4")
    made = tmp_path / "made.mp4"
    made.write_bytes(stored.read_bytes() + b"\x00\x00\x00\x0cfree1234")  # a box that players skip
    original, again = with_films(home, elsewhere, stored, made)
    found = Judge(home, original, elsewhere, lambda: None).compare(again)
    clips = next(stage for stage in found.stages if stage.asset == "clips")
    assert (found.verdict, clips.verdict) == ("equivalent", "equivalent")
    assert clips.reason == "scene[0].artifact: other bytes, the same pictures"


def test_pictures_that_nobody_could_tell_apart_are_equivalent_and_others_are_not(
    home: Home, elsewhere: Home, tmp_path: Path
) -> None:
    original, again = with_films(home, elsewhere, film(tmp_path / "a.mp4"), film(tmp_path / "b.mp4", crf=23))
    judge = Judge(home, original, elsewhere, lambda: None)
    clips = next(stage for stage in judge.compare(again).stages if stage.asset == "clips")
    assert clips.verdict == "equivalent"
    assert "of 30 frames differ, PSNR" in clips.reason
    brighter = elsewhere.store.put_file(film(tmp_path / "c.mp4", shade=60), "video/mp4")
    value: Any = again.parts["clips"].value
    other: Any = {"scene": [{**value["scene"][0], "artifact": brighter.model_dump(mode="json")}, *value["scene"][1:]]}
    parts = {**again.parts, "clips": replace(again.parts["clips"], value=other, data_version="f" * 64)}
    clips = next(s for s in judge.compare(Branch(again.subject, 1, parts)).stages if s.asset == "clips")
    assert clips.verdict == "different"
    assert clips.difference is not None
    assert clips.difference.startswith("scene[0].artifact: other bytes, 30 of 30 frames differ, PSNR")


def test_text_with_another_word_is_different_and_the_line_is_named(home: Home, elsewhere: Home, first: int) -> None:
    fill_job(elsewhere, new_job(elsewhere))
    captions = elsewhere.store.put_bytes(b"something else", "text/plain")
    stages = {s.asset: s for s in judged(home, elsewhere, first, videos=swapped("captions_srt", captions)).stages}
    assert stages["videos"].verdict == "different"
    difference = stages["videos"].difference
    assert difference is not None
    assert difference.startswith('captions_srt: line 1: "side of ')
    assert difference.endswith('-> "something else"')


def test_films_of_another_length_or_size_are_not_alike(tmp_path: Path) -> None:
    one = film(tmp_path / "a.mp4")
    longer = tmp_path / "b.mp4"
    encode_frames(
        (np.full((240, 90), 99, np.uint8) for _ in range(31)), longer, frame=FRAME, crf=20, preset="ultrafast"
    )
    found = likeness(one, longer, tmp_path, lambda: None, pictures=True, sound=False)
    assert (found.frames, found.differing, found.psnr_db, found.alike) == (31, 31, 0.0, False)


# --- the row ---


def test_the_verdict_is_kept_with_every_stage(any_home: Home) -> None:
    job = finished_job(any_home)
    original = read_original(any_home, job)
    found = Judge(any_home, original, any_home, lambda: None).compare(original.branch)
    row_id = store_reproduction(any_home, original, found, actor="Ada")
    with any_home.database.read() as session:
        row = session.scalars(select(Reproduction)).one()
    assert (row.id, row.job_id, row.video_id, row.verdict, row.actor) == (row_id, job, 1, "identical", "Ada")
    assert row.stages is not None
    assets: Any = row.stages["assets"]
    assert [stage["asset"] for stage in assets] == list(lineage.ASSETS)
    assert assets[0]["code_version_now"] == "1"
    with pytest.raises(DatabaseError, match="append-only"), any_home.database.write() as session:
        session.execute(text("UPDATE reproductions SET verdict = 'different'"))
