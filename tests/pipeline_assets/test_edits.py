"""Edited scripts through the whole graph: what depends on an edit is made again, and nothing else.

Belongs here: provider calls, clips and cached pieces of the run that follows an edit. Not here: the edit itself
(`tests/resources/test_editing.py`), what a change does (`tests/reelineage/test_editing.py`).
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import pytest

from reelineage import documents as docs
from reelineage import lineage
from reelineage.editing import Change, SceneAgain, SentenceChange, TitleChange
from reelineage.models import Script
from resources.audit import audit_all
from resources.home import Home
from resources.job_orders import create_job
from tests.factories import edit_job
from tests.own_files import write_film, write_music
from tests.pipeline_assets.test_own_media import own_theme, pieces
from tests.tiny import ASSETS, Behaviour, create_tiny_job, produce


@dataclass(frozen=True)
class Made:
    """What counts of a job, and what the run that made it asked its providers for and kept in the cache."""

    calls: list[str]
    script: docs.Script
    voiceover: docs.Voiceover
    clips: dict[int, docs.Clip]
    video: docs.Video
    review: docs.Review
    pieces: set[str]

    @property
    def edited(self) -> list[tuple[str, str]]:
        """The findings about edits."""
        return [(one.severity, one.message) for one in self.review.findings if one.code == "edited"]


def make(home: Home, instance: dg.DagsterInstance, job: int) -> Made:
    """Run the job, and look at what counts afterwards."""
    behaviour = Behaviour()
    assert produce(instance, job, behaviour=behaviour).success, home.queue.get(job).error
    return look(home, job, behaviour)


def look(home: Home, job: int, behaviour: Behaviour) -> Made:
    """What counts now."""
    with home.database.read() as session:
        current = lineage.current(session, job)
    rows = {asset: [row.document for row in current.rows(asset)] for asset in ASSETS}
    clips = [docs.Clip.model_validate(document) for document in rows["clips"]]
    return Made(
        calls=behaviour.calls,
        script=docs.Script.model_validate(rows["scripts"][0]),
        voiceover=docs.Voiceover.model_validate(rows["voiceovers"][0]),
        clips={clip.scene: clip for clip in clips},
        video=docs.Video.model_validate(rows["videos"][0]),
        review=docs.Review.model_validate(rows["reviews"][0]),
        pieces=pieces(home),
    )


def edited(home: Home, instance: dg.DagsterInstance, job: int, *changes: Change) -> Made:
    edit_job(home, job, *changes)
    return make(home, instance, job)


def same_pictures(one: Made, other: Made, *scenes: int) -> bool:
    return all(one.clips[scene].artifact == other.clips[scene].artifact for scene in scenes)


def test_one_sentence_is_spoken_and_its_scene_filmed_and_nothing_else(
    studio: Home, instance: dg.DagsterInstance
) -> None:
    job = create_tiny_job(studio, transition={"kind": "slide", "seconds": 0.3})
    first = make(studio, instance, job)
    text = f"{first.script.scenes[1].sentences[0].text.rstrip('.')} and two more words."
    second = edited(studio, instance, job, SentenceChange(kind="sentence", scene=2, sentence=1, text=text))

    assert second.calls == [f"speak {text}", "film 2"]
    assert second.clips[2].frames > first.clips[2].frames
    assert same_pictures(first, second, 1, 3)
    assert {clip.request_sha256 for clip in first.clips.values()} & {
        clip.request_sha256 for clip in second.clips.values()
    } == {first.clips[scene].request_sha256 for scene in (1, 3)}
    new = second.pieces - first.pieces
    assert 1 <= len(new) <= 5, "its body, the transitions into it and out of it, the sound, the thumbnail"
    assert second.edited == [
        ("warning", "Sentence 1 of scene 2 was reworded by ada; nobody checked it against its sources.")
    ]
    assert second.review.recommendation == "look"
    assert second.review.disclosure == first.review.disclosure, "a person's words take no AI mark away"
    assert studio.queue.get(job).state == "awaiting_review"
    assert audit_all(studio, deep=True) == []


def test_another_title_is_neither_spoken_nor_filmed(studio: Home, instance: dg.DagsterInstance) -> None:
    job = create_tiny_job(studio)
    first = make(studio, instance, job)
    second = edited(studio, instance, job, TitleChange(kind="title", text="Another title"))

    assert second.calls == []
    assert second.video.title == "Another title"
    assert second.voiceover == first.voiceover
    assert second.clips == first.clips
    assert len(second.pieces - first.pieces) <= 1, "the thumbnail shows the title"
    assert second.edited == [
        ("warning", "The title was reworded by ada; nobody checked it against its sources."),
    ]
    with studio.database.read() as session:
        rows = lineage.current(session, job)
        assert (rows.script.run_id, rows.script.version) == (None, 2) if rows.script else False
        assert session.get_one(Script, 1).origin == "run"


def test_a_scene_again_is_filmed_and_nothing_is_spoken_and_the_run_names_all_assets(
    studio: Home, instance: dg.DagsterInstance
) -> None:
    job = create_tiny_job(studio)
    first = make(studio, instance, job)
    edit_job(studio, job, SceneAgain(kind="scene_again", scene=2), actor="lee")
    behaviour = Behaviour()
    result = produce(instance, job, behaviour=behaviour)
    assert result.success
    assert behaviour.calls == ["film 2"]
    for asset in ASSETS:
        (event,) = result.asset_materializations_for_node(asset)
        assert event.metadata["lineage/kept"].value == (asset in ("trends", "analysis", "scripts"))
    second = make(studio, instance, job)  # a run of everything writes the script anew
    assert second.script == first.script
    assert second.edited == []


def test_the_same_wish_in_another_job_asks_for_the_same_and_is_answered_the_same(
    studio: Home, instance: dg.DagsterInstance
) -> None:
    """No row number, clock or other job decides what an edited video is."""
    change = SentenceChange(kind="sentence", scene=3, sentence=1, text="Try it twice.")
    made = []
    for _ in range(2):
        job = create_tiny_job(studio)
        make(studio, instance, job)
        made.append(edited(studio, instance, job, change))
    assert made[0].video == made[1].video
    assert made[0].review == made[1].review
    assert made[0].edited == [("info", "Sentence 1 of scene 3 was reworded by ada.")]


# --- own media -------------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Four films for three scenes, too short to serve twice."""
    media = tmp_path / "themes" / "media"
    media.mkdir(parents=True)
    for number in range(4):
        write_film(media / f"film {number}.mp4", seconds=2.5, tone=40 + 25 * number)
    write_music(media.parent / "music.wav")
    return media.parent


def test_another_picture_of_own_media_is_one_that_was_never_shown_until_none_is_left(
    studio: Home, instance: dg.DagsterInstance, folder: Path
) -> None:
    job = create_job(studio, own_theme(), origin="test", seed=7, profile="draft", folder=folder)
    shutil.rmtree(folder)
    first = make(studio, instance, job)
    second = edited(studio, instance, job, SceneAgain(kind="scene_again", scene=2))
    assert second.clips[2].artifact not in {clip.artifact for clip in first.clips.values()}
    assert all(second.clips[scene] == first.clips[scene] for scene in (1, 3))
    assert second.edited == [("info", "Another picture for scene 2 was asked for by ada.")]

    edit_job(studio, job, SceneAgain(kind="scene_again", scene=1))
    assert not produce(instance, job).success
    parked = studio.queue.get(job)
    assert (parked.state, parked.error_kind) == ("failed", "permanent")
    assert parked.error is not None
    assert "Choosing other footage for scene 1" in parked.error
    assert "create a new one with more stills or longer films" in parked.error
    assert audit_all(studio) == []
