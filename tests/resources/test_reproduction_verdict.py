"""How what was made again is judged, on toy jobs of two homes, and that the verdict is kept.

Belongs here: documents, files with other bytes, the row. Not here: what making again needs (`test_reproduction.py`),
which differences of two documents matter (`test_comparison.py`).
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from reelineage import documents as docs
from reelineage import lineage
from reelineage.comparing.branches import Branch, current_branch
from reelineage.documents import ArtifactRef, Frame
from reelineage.models import Reproduction
from resources.home import Home
from resources.rendering.likeness import likeness
from resources.reproduction import Original, read_original
from resources.reproduction_verdict import Judge, Reproduced, store_reproduction
from resources.settings import Settings
from tests.factories import fill_job, new_job
from tests.films import encode_frames
from tests.resources.test_reproduction import finished_job

FRAME = Frame(width=90, height=160)


@pytest.fixture
def elsewhere(tmp_path: Path, sqlite_template: Path) -> Iterator[Home]:
    """Another home."""
    root = tmp_path / "elsewhere"
    root.mkdir()
    shutil.copyfile(sqlite_template, root / "reelineage.db")
    home = Home(Settings(home=root))
    yield home
    home.database.close()


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
