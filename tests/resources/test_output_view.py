"""`output/`: the signed files of the current video, where its decision says, and nothing of what was taken down."""

from pathlib import Path

import pytest
from sqlalchemy import select

from reelineage import models
from reelineage.errors import TransientError
from reelineage.fingerprint import sha256_of_file
from resources.decisions import decide
from resources.home import Home
from tests.factories import fill_job, new_job


def shown(home: Home) -> dict[str, str]:
    """What lies in `output`: path and sha256."""
    files = [path for path in (home.root / "output").rglob("*") if path.is_file()]
    return {str(path.relative_to(home.root / "output")): sha256_of_file(path) for path in files}


def test_people_get_the_signed_files_not_those_that_were_composed(finished: Home) -> None:
    with finished.database.read() as session:
        signed = {row.subject: row.file_sha256 for row in session.scalars(select(models.Credential))}
        video = session.scalars(select(models.Video)).one()
    files = shown(finished)
    assert files["review/job-1-video-1.mp4"] == signed["video"] != video.file_sha256
    assert files["review/job-1-video-1.jpg"] == signed["thumbnail"] != video.thumbnail_sha256
    assert files["review/job-1-video-1.srt"] == video.captions_srt_sha256


def test_the_signed_file_follows_the_decision(finished: Home) -> None:
    before = shown(finished)["review/job-1-video-1.mp4"]
    decide(finished.database, 1, verdict="reject", reason="no", actor="tests")
    assert finished.output.sync(1) == finished.root / "output" / "rejected" / "job-1-video-1.mp4"
    assert shown(finished)["rejected/job-1-video-1.mp4"] == before
    assert not list((finished.root / "output" / "review").iterdir())


def test_a_video_from_before_files_were_signed_is_shown_as_it_was_composed(any_home: Home) -> None:
    job_id = new_job(any_home)
    fill_job(any_home, job_id)
    path = any_home.output.sync(job_id)
    with any_home.database.read() as session:
        video = session.scalars(select(models.Video)).one()
    assert path is not None
    assert sha256_of_file(path) == video.file_sha256


def test_two_who_put_a_video_there_at_the_same_moment_do_not_disturb_each_other(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill_job(home, new_job(home))
    link = Path.hardlink_to
    others: list[bool] = []

    def link_while_another_does_all(beside: Path, source: Path) -> None:
        link(beside, source)
        if not others:
            others.append(True)
            home.output.sync(1)

    monkeypatch.setattr(Path, "hardlink_to", link_while_another_does_all)
    path = home.output.sync(1)
    assert path is not None
    assert len(shown(home)) == 5
    assert not [name for name in shown(home) if name.endswith(".part")]


def test_a_withdrawn_video_leaves_output_and_repair_does_not_bring_it_back(any_home: Home) -> None:
    job_id = new_job(any_home)
    fill_job(any_home, job_id)
    any_home.output.sync(job_id)
    own = any_home.root / "output" / "review" / "notes.txt"
    own.write_text("people may keep others there")
    with any_home.database.write() as session:
        video = session.scalars(select(models.Video)).one()
        tombstone = models.Tombstone(reason="asked for", actor="tests", created_at=video.created_at)
        session.add(tombstone)
        session.flush()
        session.add(models.TombstoneTarget(tombstone_id=tombstone.id, node="clip", key="1", effect="withdrawn"))
    assert any_home.output.sync(job_id) is None
    any_home.output.repair()
    assert list((any_home.root / "output").rglob("*.*")) == [own]


def test_a_file_that_cannot_be_put_there_keeps_no_other_job_from_people(any_home: Home) -> None:
    for _ in range(2):
        fill_job(any_home, new_job(any_home))
    review = any_home.root / "output" / "review"
    in_the_way = review / "job-1-video-1.mp4"
    in_the_way.mkdir(parents=True)
    for _ in range(2):
        with pytest.raises(TransientError, match=r"Showing job-1-video-1\.mp4"):
            any_home.output.catch_up()
    assert (review / "job-2-video-2.mp4").is_file()
    in_the_way.rmdir()
    any_home.output.catch_up()
    assert in_the_way.is_file()


def test_a_file_that_cannot_be_removed_is_told_as_such_and_goes_later(any_home: Home) -> None:
    fill_job(any_home, new_job(any_home))
    shown_before = any_home.output.sync(1)
    assert shown_before is not None
    shown_before.unlink()
    shown_before.mkdir()
    decide(any_home.database, 1, verdict="reject", reason="no", actor="tests")
    with pytest.raises(TransientError, match=r"Removing job-1-video-1\.mp4 from .*review: .*\. What was made"):
        any_home.output.sync(1)
    assert (any_home.root / "output" / "rejected" / "job-1-video-1.mp4").is_file()
    assert [*shown_before.parent.iterdir()] == [shown_before], "all others went"
    shown_before.rmdir()
    any_home.output.catch_up()
