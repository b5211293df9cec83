"""A user's own films and music through the whole graph: stored once, tied to the video, encoded only when they change.

Belongs here: composition as the pipeline sees it (cache, cancellation, records). Not here: what the pictures and sounds
are like (`tests/resources/rendering`).
"""

import shutil
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import dagster as dg
import psutil
import pytest
from sqlalchemy import select

from reelineage import documents as docs
from reelineage import lineage, models
from reelineage.family import Ref, upstream
from reelineage.scripting import write_script
from reelineage.theme import Theme
from resources.audit import audit_all
from resources.home import Home
from resources.job_orders import create_job
from tests.own_files import write_folder
from tests.pipeline_assets.test_resume import stage, wait_until
from tests.runner import Runner
from tests.tiny import TINY_THEME, Behaviour, create_tiny_job, produce, tiny_theme


@pytest.fixture(scope="module")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_folder(tmp_path_factory.mktemp("own"), films=3)


@pytest.fixture
def folder(_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(_folder, tmp_path / "themes"))


def own_theme(**changes: Any) -> Theme:
    """Films and music from beside the theme, and a transition."""
    return tiny_theme(
        footage={"provider": "own_media", "folder": "media", "licence": "CC-BY-4.0", "author": "Nobody"},
        music={"provider": "file", "path": "music.wav", "licence": "CC0-1.0"},
        transition={"kind": "crossfade", "seconds": 0.3},
        **changes,
    )


def current(home: Home, job_id: int) -> tuple[docs.Video, list[docs.Clip]]:
    with home.database.read() as session:
        rows = lineage.current(session, job_id)
    assert rows.video is not None
    clips = [docs.Clip.model_validate(row.document) for row in rows.rows("clips")]
    return docs.Video.model_validate(rows.video.document), clips


def test_own_films_and_music_become_a_video_that_names_them(
    studio: Home, instance: dg.DagsterInstance, folder: Path
) -> None:
    job_id = create_job(studio, own_theme(), origin="test", seed=7, profile="draft", folder=folder)
    shutil.rmtree(folder)  # nothing outside is needed any more
    theme = Theme.model_validate(studio.queue.get(job_id).theme)
    before = set(studio.store.hashes())
    behaviour = Behaviour()
    result = produce(instance, job_id, behaviour=behaviour)
    assert result.success, studio.queue.get(job_id).error
    assert not [call for call in behaviour.calls if call.startswith("film")], "the tiny footage was not asked"

    video, clips = current(studio, job_id)
    files = {file.artifact_sha256: file.name for file in theme.footage.files}
    assert {clip.artifact.sha256 for clip in clips} <= set(files)
    assert len({(clip.artifact.sha256, clip.placement) for clip in clips}) == len(clips), "the same footage twice"
    for clip in clips:
        (item,) = clip.media
        assert (item.kind, item.licence, item.author) == ("footage", "CC-BY-4.0", "Nobody")
        assert (item.title, item.sha256) == (files[clip.artifact.sha256], clip.artifact.sha256)
    (music,) = [item for item in video.media if item.kind == "music"]
    assert (music.provider, music.title, music.licence) == ("own_file", "music.wav", "CC0-1.0")
    assert music.sha256 == theme.music.artifact_sha256
    assert [item.title for item in video.media if item.kind == "font"] == ["Montserrat Bold"]
    made = set(studio.store.hashes()) - before
    assert not made & set(files), "a film was stored again"

    with studio.database.read() as session:
        calls = session.scalars(select(models.ProviderCall).where(models.ProviderCall.role == "music_source")).all()
        family = upstream(session, [Ref("video", "1")])
    assert [(call.provider, call.cost_nanousd, call.artifact_sha256) for call in calls] == [
        ("own_file", 0, theme.music.artifact_sha256)
    ]
    assert Ref("provider_call", str(calls[0].id)) in family[Ref("video", "1")]
    assert {Ref("artifact", clip.artifact.sha256) for clip in clips} <= set(family)
    assert audit_all(studio) == []
    shown = {path.suffix for path in (studio.root / "output" / "review").iterdir()}
    assert shown == {".mp4", ".srt", ".vtt", ".ass", ".jpg"}

    assert produce(instance, job_id).success, "made anew"
    again, clips_again = current(studio, job_id)
    assert (again.file, clips_again) == (video.file, clips), "the same order gives the same bytes"
    assert audit_all(studio) == []


def test_a_bed_is_made_and_named_with_its_licence_and_the_log_follows_the_frames(
    studio: Home, instance: dg.DagsterInstance
) -> None:
    job_id = create_tiny_job(studio, music={"provider": "bed", "mood": "calm"}, thumbnail={"format": "png"})
    result = produce(instance, job_id)
    assert result.success, studio.queue.get(job_id).error
    video, _ = current(studio, job_id)
    (music,) = [item for item in video.media if item.kind == "music"]
    assert (music.provider, music.licence) == ("bed", "CC0-1.0")
    assert video.music_request_sha256 is not None
    assert video.thumbnail.media_type == "image/png"
    assert abs(video.loudness_lufs + 14) <= 0.5
    assert audit_all(studio) == []

    (stats,) = instance.get_run_step_stats(result.run_id, ["videos"])
    seconds = (stats.end_time or 0.0) - (stats.start_time or 0.0)
    told = [entry.user_message for entry in instance.all_logs(result.run_id) if entry.step_key == "videos"]
    frames = [line for line in told if line.startswith("videos ") and "frames" in line]
    assert 1 <= len(frames) <= seconds + 2, "the log takes a line a second"


# --- only what changed is made again ---


def pieces(home: Home) -> set[str]:
    """What the cache holds: every encoded segment, sound and thumbnail by its key."""
    return {path.stem for path in (home.cache / "segments").rglob("*") if path.is_file()}


def test_one_changed_word_encodes_one_segment_again(
    studio: Home, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tiny voice takes as long for any word, so nothing but the caption changes."""
    transition = {"kind": "slide", "seconds": 0.3}
    first = create_tiny_job(studio, transition=transition)
    assert produce(instance, first).success, studio.queue.get(first).error
    before = pieces(studio)
    same = create_tiny_job(studio, transition=transition)
    assert produce(instance, same).success
    assert pieces(studio) == before, "nothing changed, and something was encoded"
    assert current(studio, same)[0].file == current(studio, first)[0].file

    def other_words(*given: Any, **named: Any) -> docs.Script:
        return reworded(write_script(*given, **named))

    monkeypatch.setattr("resources.steps.content_generation.write_script", other_words)
    changed = create_tiny_job(studio, transition=transition)
    assert produce(instance, changed).success
    assert current(studio, changed)[0].file != current(studio, first)[0].file
    assert len(pieces(studio) - before) == 1


def test_a_longer_sentence_encodes_its_scene_again_and_no_other(
    studio: Home, instance: dg.DagsterInstance, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three scenes and two transitions: what comes later only moves, and is not encoded again."""

    def order() -> int:
        return create_job(studio, own_theme(), origin="test", seed=7, profile="draft", folder=folder)

    assert produce(instance, first := order()).success, studio.queue.get(first).error
    before = pieces(studio)
    assert len(before) == 3 + 2 + 1 + 1, "bodies, transitions, the sound, the thumbnail"

    def longer(*given: Any, **named: Any) -> docs.Script:
        return reworded(write_script(*given, **named), "off, and nobody knows why.")

    monkeypatch.setattr("resources.steps.content_generation.write_script", longer)
    assert produce(instance, changed := order()).success, studio.queue.get(changed).error
    assert current(studio, changed)[0].frames > current(studio, first)[0].frames
    assert len(pieces(studio) - before) <= 1 + 1 + 1 + 1, "its body, the transition out of it, sound, thumbnail"


def reworded(script: docs.Script, end: str = "up.") -> docs.Script:
    """The script with another end of its first sentence, which no transition shows."""
    scene = script.scenes[0]
    words = [*scene.sentences[0].text.split()[:-1], end]
    sentences = (scene.sentences[0].model_copy(update={"text": " ".join(words)}), *scene.sentences[1:])
    changed = scene.model_copy(update={"sentences": sentences})
    return script.model_copy(update={"scenes": (changed, *script.scenes[1:])})


# --- stopping ---


def encoders(process: psutil.Process) -> list[psutil.Process]:
    """The ffmpeg processes below a process."""
    found = []
    for child in process.children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # it has just done its work
            if "ffmpeg" in child.name():
                found.append(child)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("how", ["cancel", "interrupt"])
def test_a_cancelled_composition_stops_every_encoder_within_a_second_and_stores_nothing(
    how: str, commands: Runner, studio: Home, tmp_path: Path
) -> None:
    theme = tmp_path / "theme.yaml"
    theme.write_text(TINY_THEME + "preset: small\n", encoding="utf-8")
    child = commands.start("make", theme, "--seed", 7)
    wait_until(lambda: bool(studio.queue.newest(limit=1)) and stage(studio) == "videos", child)
    process = psutil.Process(child.process.pid)
    wait_until(lambda: bool(encoders(process)), child)
    stored = set(studio.store.hashes())
    working = encoders(process)
    asked = time.monotonic()
    if how == "cancel":
        studio.queue.cancel(1)
    else:
        process.send_signal(2)
    gone, left = psutil.wait_procs(working, timeout=60)
    assert left == []
    assert len(gone) == len(working)
    assert time.monotonic() - asked < 5  # under a second, unless the machine is busy with other things
    assert child.wait(60) == 1, child.said
    assert studio.queue.get(1).state == "cancelled"
    assert set(studio.store.hashes()) == stored
    assert list((studio.store.root / ".scratch").iterdir()) == []
    with studio.database.read() as session:
        assert lineage.current(session, 1).first_missing == "videos"
    assert audit_all(studio) == []
