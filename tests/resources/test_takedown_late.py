"""What lands after a take-down: answers, rows and files of runs that began before it are refused, and leave nothing.

Belongs here: runs that meet a take-down on their way. Not here: threads and pulled plugs (`test_takedown_races.py`),
what may be made again (`test_takedown_again.py`).
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from reelineage import models
from reelineage.errors import BadInput, FenceLost, MissingUpstream
from reelineage.models import TrendObservation
from resources import unnamed_files
from resources.audit import audit_all
from resources.home import Home
from resources.ledger import Product, Request
from resources.record_edges import ensure_artifact
from resources.takedown.files import sweep
from resources.trend_store import store_fetch
from resources.unnamed_files import remove_unnamed
from tests.factories import NOON, claimed, fetch, fill_job, identity, ledger, new_job
from tests.resources.test_claims import claim
from tests.resources.test_takedown import hashes, take_down
from tests.resources.test_takedown_races import withdraw_now
from tests.resources.toy_graph import ToyGraph


def file_of(content: str) -> Callable[[Path], Product]:
    def make(folder: Path) -> Product:
        (folder / "file").write_text(content)
        return Product({}, folder / "file", "text/plain")

    return make


def forget_ages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unnamed_files, "_SETTLED_SECONDS", -60.0)


@pytest.mark.parametrize("what", ["job", "call", "file", "call of a job that goes on", "file of another call"])
def test_trends_whose_take_down_came_before_their_observations_are_not_stored(any_home: Home, what: str) -> None:
    job, other = new_job(any_home), new_job(any_home)
    answers = {}
    for number in (job, other):
        claim(any_home, number, f"run-{number}")
        answers[number] = ledger(any_home, number, f"run-{number}").call(
            Request(identity("trends"), {}), file_of(f"raw {number}")
        )
    artifact = answers[job].artifact
    assert artifact is not None
    call_id, named = answers[job].call_id, {"job": f"job:{job}", "call": f"provider_call:{answers[job].call_id}"}
    take_down(any_home, named.get(what, f"artifact:{artifact.sha256}"))
    expected: type[Exception] = FenceLost
    if what == "call of a job that goes on":
        job, expected = other, MissingUpstream
    elif what == "file of another call":
        job, call_id, expected = other, answers[other].call_id, BadInput
    with pytest.raises(expected):
        store_fetch(any_home.database, call_id, artifact.sha256, fetch(), job_id=job, run_id=f"run-{job}")
    with any_home.database.read() as session:
        assert session.scalars(select(TrendObservation.id)).all() == []
    assert audit_all(any_home) == []


def test_the_audit_finds_observations_that_came_after_their_call_was_taken_down(any_home: Home) -> None:
    job = new_job(any_home)
    with claimed(any_home, job, "run-1", partial=True):
        answer = ledger(any_home, job, "run-1").call(Request(identity("trends"), {}), file_of("raw"))
    assert answer.artifact is not None
    take_down(any_home, f"provider_call:{answer.call_id}")
    with any_home.database.write() as session:
        row = models.TrendFetch(
            call_id=answer.call_id, source_kind="file", source_name="x", artifact_sha256=answer.artifact.sha256,
            observation_count=1, skipped_count=0, skipped={}, created_at=NOON.replace(year=2100),
        )  # fmt: skip
        item = models.TrendItem(platform="x", external_id="1", created_at=NOON)
        session.add_all([row, item])
        session.flush()
        seen = fetch(1).observations[0].model_dump(exclude={"platform", "external_id"})
        seen |= {"hashtags": [], "fetch_id": row.id, "item_id": item.id}
        session.add(TrendObservation(**seen))
    (found,) = [one for one in audit_all(any_home) if one.ref == "trend_fetch:1"]
    assert "was stored after provider_call:1 was taken down" in found.message


def test_the_answer_for_a_job_that_was_taken_down_meanwhile_leaves_no_file(any_home: Home) -> None:
    job = new_job(any_home)
    fill_job(any_home, job, until="scripts")
    claim(any_home, job, "run-2")
    before = hashes(any_home)

    def make(folder: Path) -> Product:
        withdraw_now(any_home, "script:1")
        return file_of("said by nobody any more")(folder)

    with pytest.raises(FenceLost, match="Nothing was written"):
        ledger(any_home, job, "run-2").call(Request(identity("voiceovers"), {"text": "x"}), make)
    assert hashes(any_home) <= before


def test_what_a_step_made_for_a_job_that_was_taken_down_meanwhile_leaves_no_file(home: Home) -> None:
    job, graph = new_job(home), ToyGraph()
    made: list[str] = []

    def change(asset: str, document: Any) -> Any:
        if asset == "videos":
            made.append(document.file.sha256)
            withdraw_now(home, "script:1")
        return document

    graph.change = change
    assert not graph.run(job).success
    assert made
    assert not hashes(home) & set(made)


def test_a_file_that_another_row_names_is_not_taken_away_with_a_failed_commit(any_home: Home) -> None:
    kept, lost = (any_home.store.put_bytes(data, "text/plain") for data in (b"kept", b"lost"))
    with any_home.database.write() as session:
        ensure_artifact(session, kept)
    guarded = unnamed_files.removed_unless_named(any_home.database, any_home.store, [kept.sha256, lost.sha256])
    with pytest.raises(FenceLost), guarded:
        raise FenceLost
    assert hashes(any_home) == {kept.sha256}
    any_home.store.put_bytes(b"lost", "text/plain")

    def fail_when_another_run_has_put_it_again() -> None:
        with unnamed_files.removed_unless_named(any_home.database, any_home.store, [lost.sha256]):
            any_home.store.put_bytes(b"lost", "text/plain")
            raise FenceLost

    with pytest.raises(FenceLost):
        fail_when_another_run_has_put_it_again()
    assert lost.sha256 in hashes(any_home)


def test_the_daily_sweep_deletes_what_a_killed_run_left_and_no_row_names(
    any_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill_job(any_home, new_job(any_home))
    take_down(any_home, "clip:1")
    before = hashes(any_home)
    any_home.store.put_bytes(b"signed, and its run was killed", "video/mp4")
    assert sweep(any_home, everything=True) == 0, "it may be about to be named"
    forget_ages(monkeypatch)
    claim(any_home, job := new_job(any_home), "run-2")
    assert remove_unnamed(any_home.database, any_home.store) == 0, "a run is at work"
    any_home.queue.release(job, "run-2")
    assert sweep(any_home, everything=True) == 1
    assert hashes(any_home) == before
