"""What may be made again after a take-down, and what a stored comparison may still say of it.

Belongs here: jobs and files that come back, verdicts of reproductions. Not here: what is refused because it comes late
(`test_takedown_late.py`).
"""

from typing import Any

import pytest
from sqlalchemy import select

from reelineage import documents as docs
from reelineage import models
from reelineage.documents import ArtifactRef
from reelineage.errors import BadInput
from reelineage.fingerprint import sha256_of
from reelineage.models import Reproduction, Video
from resources.audit import audit_all
from resources.home import Home
from resources.record_edges import ensure_artifact
from resources.reproduction import read_original
from resources.reproduction_verdict import Judge, store_reproduction
from resources.takedown.expiry import expire
from resources.takedown.files import sweep
from tests.factories import NOON, Maker, claimed, fill_job, ledger, new_job, store
from tests.resources.test_takedown import hashes, take_down, words
from tests.resources.test_takedown_duties import due_job
from tests.resources.toy_graph import ToyGraph

# --- made again ------------------------------------------------------------------------------------------------------


def test_only_the_file_that_was_named_is_refused_and_one_made_from_it_may_come_back(any_home: Home) -> None:
    job = new_job(any_home)
    rows = fill_job(any_home, job)
    with any_home.database.read() as session:
        video = session.scalars(select(Video)).one()
        clip = session.scalars(select(models.Clip.artifact_sha256).where(models.Clip.id == rows["clips"][0].id)).one()
    plan = take_down(any_home, "clip:1").plan
    assert plan.sources == (clip,)
    assert {video.file_sha256, video.captions_srt_sha256} <= set(plan.files)
    assert sweep(any_home, everything=True) == 0

    other = new_job(any_home)
    side = f"side of {shown_in(any_home)}".encode()
    assert any_home.store.put_bytes(side, "text/plain").sha256 == video.captions_srt_sha256
    with claimed(any_home, other, "run-2", partial=True), any_home.database.write() as session:
        ensure_artifact(session, ArtifactRef(sha256=video.captions_srt_sha256, size_bytes=1, media_type="text/plain"))
    with any_home.database.write() as session, pytest.raises(BadInput, match="never stored"):
        ensure_artifact(session, ArtifactRef(sha256=clip, size_bytes=1, media_type="text/plain"))


def shown_in(home: Home) -> str:
    """What the toy captions tell of: voice and clips."""
    with home.database.read() as session:
        voice = session.scalars(select(models.Voiceover.audio_sha256)).one()
        clips = session.scalars(select(models.Clip.artifact_sha256).order_by(models.Clip.scene)).all()
    return sha256_of([voice, *clips])


def test_a_file_that_was_made_again_from_sound_inputs_stays_and_goes_with_the_next_take_down(any_home: Home) -> None:
    job = new_job(any_home)
    fill_job(any_home, job)
    with any_home.database.read() as session:
        call = session.scalars(select(models.VideoCall.call_id)).one()
    plan = take_down(any_home, f"provider_call:{call}").plan
    again = set(plan.files) - set(plan.sources)
    assert again
    remake_without_music(any_home, job)
    assert again & hashes(any_home), "the toy video is the same without its music"
    assert sweep(any_home, everything=True) == 0
    assert again & hashes(any_home)
    assert audit_all(any_home) == []
    assert any_home.output.sync(job) is not None
    newer = take_down(any_home, "video:2").plan
    assert again & set(newer.files)
    assert not again & hashes(any_home)
    assert audit_all(any_home) == []


class WithoutMusic(Maker):
    """Asks another music source, which gives another file."""

    def _file(self, asset: str, **parameters: Any) -> tuple[docs.ArtifactRef, str]:
        return super()._file(asset, **parameters, **({"other": "music"} if asset == "videos" else {}))


def remake_without_music(home: Home, job: int) -> None:
    maker = WithoutMusic(home, job, ledger(home, job, "run-2").call)
    made: dict[str, Any] = {}
    rows: Any = {}
    with claimed(home, job, "run-2", partial=True):
        for asset in ("trends", "analysis", "scripts", "voiceovers", "clips", "videos", "reviews"):
            needed = {
                "analysis": ["trends"], "scripts": ["analysis"], "voiceovers": ["scripts"],
                "clips": ["scripts", "voiceovers"], "videos": ["scripts", "voiceovers", "clips"], "reviews": ["videos"],
            }  # fmt: skip
            made[asset] = maker.make(asset, {name: made[name] for name in needed.get(asset, [])})
            rows[asset] = store(home, job, "run-2", asset, made[asset], rows)


def test_a_job_with_clips_goes_on_after_its_source_text_is_due(home: Home) -> None:
    graph, job = ToyGraph(), due_job(home, until="clips")
    expire(home, NOON.replace(year=2100))
    home.queue.retry(job)
    assert graph.run(job).success, home.queue.get(job).error
    with home.database.read() as session:
        assert len(session.scalars(select(models.Clip.id)).all()) == 2
        assert len(session.scalars(select(models.TrendReport.id)).all()) == 1
        assert session.scalars(select(models.Review.id)).all()
    assert audit_all(home) == []


def test_a_job_behind_which_something_was_withdrawn_does_not_go_on(any_home: Home) -> None:
    job = new_job(any_home)
    fill_job(any_home, job, until="clips")
    take_down(any_home, "trend_item:1", reason="asked")
    with pytest.raises(BadInput, match=r"something it was made from was taken down .*: asked"):
        any_home.queue.retry(job)


# --- verdicts of reproductions ----------------------------------------------------------------------------------------


def reproduced(home: Home) -> Any:
    original = read_original(home, 1)
    return original, Judge(home, original, home, lambda: None).compare(original.branch)


@pytest.mark.parametrize("start", ["video:1", "script:1", "trend_item:1"])
def test_what_a_reproduction_quotes_goes_with_what_it_quotes(any_home: Home, start: str) -> None:
    fill_job(any_home, new_job(any_home))
    store_reproduction(any_home, *reproduced(any_home), actor="Ada")
    assert "reproduction:1" in words(take_down(any_home, start).plan.rows)
    with any_home.database.read() as session:
        row = session.get_one(Reproduction, 1)
    assert (row.stages, row.tombstone_id, row.verdict) == (None, 1, "identical")
    assert audit_all(any_home) == []


def test_a_verdict_on_what_was_taken_down_meanwhile_is_not_kept(any_home: Home) -> None:
    fill_job(any_home, new_job(any_home))
    original, found = reproduced(any_home)
    take_down(any_home, "clip:1")
    with pytest.raises(BadInput, match=r"Reproducing job 1: .* was taken down"):
        store_reproduction(any_home, original, found, actor="Ada")
