"""Lineage mutants: one rule of the storing code is taken away, and a named check must notice.

Each mutant says who catches it: the `database` by a key, CHECK or trigger, the `storing` code by a `ReelineageError`,
or the `audit` by a finding. Without any mutant the same work passes all three (first test).
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import IntegrityError

from reelineage import lineage
from reelineage.errors import ReelineageError
from reelineage.models import Base, ProviderCall, Script, VideoCall, Voiceover
from resources import record_edges, record_io_manager, record_rows
from resources.artifact_store import ArtifactStore
from resources.audit import audit_all
from resources.database import Database
from resources.home import Home
from resources.record_rows import RECORDS
from tests.factories import fill_job, new_job, nobody_ended
from tests.resources.test_any_order import Factory

Patch = pytest.MonkeyPatch
Mutant = Callable[[Patch, Home], None]


def _kind(patch: Patch, asset: str, **changes: Any) -> None:
    patch.setitem(RECORDS, asset, replace(RECORDS[asset], **changes))


def _columns(patch: Patch, asset: str, **changes: Any) -> None:
    real = RECORDS[asset].columns
    _kind(patch, asset, columns=lambda document, upstream: real(document, upstream) | changes)


def _without_edges(patch: Patch, *tables: type[Base]) -> None:
    real = record_edges._insert_edges
    patch.setattr(
        record_edges,
        "_insert_edges",
        lambda session, model, rows: None if model in tables else real(session, model, rows),
    )


def _on_insert(patch: Patch, model: type[Base], change: Callable[[Any], None]) -> None:
    def before(_mapper: object, _connection: object, row: Any) -> None:
        change(row)

    event.listen(model, "before_insert", before)
    patch.callback = lambda: event.remove(model, "before_insert", before)  # type: ignore[attr-defined]  # undone by the fixture below


# --- the mutants -----------------------------------------------------------------------------------------------------


def no_job_id(patch: Patch, _: Home) -> None:
    _on_insert(patch, Script, lambda row: setattr(row, "job_id", None))


def another_jobs_id(patch: Patch, home: Home) -> None:
    other = new_job(home)
    _on_insert(patch, Voiceover, lambda row: setattr(row, "job_id", other))


def no_upstream_key(patch: Patch, _: Home) -> None:
    _columns(patch, "scripts", analysis_id=None)


def upstream_of_another_job(patch: Patch, home: Home) -> None:
    rows = fill_job(home, new_job(home), "elsewhere", until="analysis")
    _columns(patch, "scripts", analysis_id=rows["analysis"][0].id)


def voice_of_another_script(patch: Patch, home: Home) -> None:
    fill_job(home, 1, "run-0", until="voiceovers")
    _columns(patch, "clips", voiceover_id=1)


def another_run_id(patch: Patch, _: Home) -> None:
    _on_insert(patch, Script, lambda row: setattr(row, "run_id", "somebody else"))


def no_artifact_row(patch: Patch, _: Home) -> None:
    patch.setattr(record_rows, "ensure_artifact", lambda *_: None)


def version_is_always_one(patch: Patch, home: Home) -> None:
    fill_job(home, 1, "run-0", until="trends")
    _on_insert(patch, Base.registry._class_registry["TrendReport"], lambda row: setattr(row, "version", 1))  # type: ignore[arg-type]  # the class by its name


def calls_of_nobody(patch: Patch, _: Home) -> None:
    _on_insert(patch, ProviderCall, lambda row: setattr(row, "job_id", None))


def no_report_edges(patch: Patch, _: Home) -> None:
    _kind(patch, "trends", edges=record_edges.no_edges)


def no_analysis_edges(patch: Patch, _: Home) -> None:
    _kind(patch, "analysis", edges=record_edges.no_edges)


def no_citations(patch: Patch, _: Home) -> None:
    _without_edges(patch, Base.registry._class_registry["ScriptCitation"])  # type: ignore[arg-type]  # as above


def no_script_call(patch: Patch, _: Home) -> None:
    _without_edges(patch, Base.registry._class_registry["ScriptCall"])  # type: ignore[arg-type]  # as above


def no_clip_call(patch: Patch, _: Home) -> None:
    _without_edges(patch, Base.registry._class_registry["ClipCall"])  # type: ignore[arg-type]  # as above


def no_music_call(patch: Patch, _: Home) -> None:
    _without_edges(patch, Base.registry._class_registry["VideoCall"])  # type: ignore[arg-type]  # as above


def music_of_another_job(patch: Patch, home: Home) -> None:
    fill_job(home, new_job(home), "run-0", take=2)
    real = record_edges._insert_calls

    def stolen(session: Any, model: Any, owner: dict[str, int], job_id: int, requests: Any) -> None:
        if model is not VideoCall:
            return real(session, model, owner, job_id, requests)
        call = session.scalar(select(VideoCall.call_id))
        return record_edges._insert_edges(session, model, [owner | {"job_id": job_id, "call_id": call}])

    patch.setattr(record_edges, "_insert_calls", stolen)


def one_clip_edge_too_few(patch: Patch, _: Home) -> None:
    real = RECORDS["videos"].edges
    _kind(patch, "videos", edges=lambda s, row, doc, up: real(s, row, doc, dict(up) | {"clips": up["clips"][:1]}))


def no_media_edges(patch: Patch, _: Home) -> None:
    patch.setattr(record_edges, "_insert_media", lambda *_: None)


def no_chain(patch: Patch, _: Home) -> None:
    patch.setattr(record_rows, "chain_link", lambda previous, *_: previous)


def a_row_outside_the_chain(patch: Patch, _: Home) -> None:
    _on_insert(patch, Script, lambda row: setattr(row, "previous_sha256", "0" * 64))


def another_hash_than_the_contents(patch: Patch, _: Home) -> None:
    _on_insert(patch, Script, lambda row: setattr(row, "data_version", "0" * 64))


def another_title_than_the_documents(patch: Patch, _: Home) -> None:
    _columns(patch, "scripts", title="Something else")


def files_are_never_put_in_place(patch: Patch, _: Home) -> None:
    real = ArtifactStore.put_file

    def put(store: ArtifactStore, path: Any, media_type: str) -> Any:
        artifact = real(store, path, media_type)
        store.path(artifact.sha256).unlink()
        return artifact

    patch.setattr(ArtifactStore, "put_file", put)


def files_change_after_they_were_hashed(patch: Patch, _: Home) -> None:
    real = ArtifactStore.put_file

    def put(store: ArtifactStore, path: Any, media_type: str) -> Any:
        artifact = real(store, path, media_type)
        store.path(artifact.sha256).write_bytes(b"?" * artifact.size_bytes)
        return artifact

    patch.setattr(ArtifactStore, "put_file", put)


MUTANTS: list[tuple[Mutant, str, str]] = [
    (no_job_id, "database", "only by the run that holds their job|NOT NULL"),
    (another_jobs_id, "database", "only by the run that holds their job|FOREIGN KEY"),
    (no_upstream_key, "database", r"NOT NULL constraint failed: scripts\.analysis_id"),
    (upstream_of_another_job, "database", "FOREIGN KEY"),
    (voice_of_another_script, "database", "FOREIGN KEY"),
    (another_run_id, "database", "scripts rows are stored only by the run that holds their job"),
    (no_artifact_row, "database", "FOREIGN KEY"),
    (version_is_always_one, "database", r"UNIQUE constraint failed: trend_reports\.job_id, trend_reports\.version"),
    (calls_of_nobody, "storing", "was never fetched for this job"),
    (no_report_edges, "storing", "which its upstream row does not hold"),
    (no_analysis_edges, "storing", "which its upstream row does not hold"),
    (no_citations, "audit", "upstream_is_missing script:1"),
    (no_script_call, "audit", "upstream_is_missing script:1"),
    (no_clip_call, "audit", "upstream_is_missing clip:1"),
    (no_music_call, "audit", "upstream_is_missing video:1"),
    (music_of_another_job, "database", "FOREIGN KEY"),
    (one_clip_edge_too_few, "audit", "upstream_is_missing video:1"),
    (no_media_edges, "audit", "upstream_is_missing voiceover:1"),
    (no_chain, "audit", "broken_chain"),
    (a_row_outside_the_chain, "audit", "broken_chain scripts:1"),
    (another_hash_than_the_contents, "audit", "altered_document script:1"),
    (another_title_than_the_documents, "audit", "altered_document script:1"),
    (files_are_never_put_in_place, "audit", "missing_file"),
    (files_change_after_they_were_hashed, "audit", "altered_file"),
]


@pytest.fixture
def patch(monkeypatch: Patch) -> Any:
    yield monkeypatch
    undo: Callable[[], None] = getattr(monkeypatch, "callback", lambda: None)
    undo()


def work(home: Home) -> list[str]:
    """A whole job through the ledger and under the fence; what the audit says afterwards."""
    fill_job(home, 1, "run-1")
    return [f"{finding.rule} {finding.ref}" for finding in audit_all(home, deep=True)]


def test_without_a_mutant_nothing_is_caught(home: Home) -> None:
    new_job(home)
    assert work(home) == []


@pytest.mark.parametrize(("mutant", "catcher", "sign"), MUTANTS, ids=[mutant.__name__ for mutant, *_ in MUTANTS])
def test_the_mutant_is_caught(home: Home, patch: Patch, mutant: Mutant, catcher: str, sign: str) -> None:
    new_job(home)
    mutant(patch, home)
    if catcher == "audit":
        fill_job(home, 1, "run-1")
        patch.undo()  # the audit itself is sound
        assert any(f"{finding.rule} {finding.ref}".startswith(sign) for finding in audit_all(home, deep=True))
        return
    error = IntegrityError if catcher == "database" else ReelineageError
    with pytest.raises(error, match=sign):
        work(home)


# --- mutants of claim, fence and current rows ------------------------------------------------------------------------


def _ghost(home: Home) -> Factory:
    """A run that has read its inputs and was then taken over by one that makes all anew."""
    factory = Factory(home, new_job(home))
    fill_job(home, factory.job, "run-0")
    factory.act("take over", "run-a", "")
    factory.act("load", "run-a", "scripts")
    factory.act("take over", "run-b", "")
    return factory


def test_skipping_the_fence_is_caught_by_the_database(home: Home, patch: Patch) -> None:
    factory = _ghost(home)
    patch.setattr(Database, "fenced_write", lambda database, *_: database.write())
    with pytest.raises(IntegrityError, match="scripts rows are stored only by the run that holds their job"):
        factory._store("run-a", "scripts")


def test_skipping_the_fence_and_its_trigger_is_caught_by_the_stale_input(home: Home, patch: Patch) -> None:
    factory = _ghost(home)
    factory.act("make", "run-b", "trends")
    factory.act("make", "run-b", "analysis")
    patch.setattr(Database, "fenced_write", lambda database, *_: database.write())
    with home.database.write() as session:
        session.execute(text("DROP TRIGGER scripts_fenced"))
    with pytest.raises(ReelineageError, match="newer analysis were stored while it was made"):
        factory._store("run-a", "scripts")


def test_ignoring_the_claim_is_caught_by_the_fence(home: Home) -> None:
    """A run that never claimed its job has nothing that it may store."""
    factory = Factory(home, new_job(home))
    fill_job(home, factory.job, "run-0", until="trends")
    factory._load("run-a", "analysis")
    with pytest.raises(ReelineageError, match="run run-a no longer holds the job"):
        factory._store("run-a", "analysis")


def test_claiming_without_looking_at_the_holder_is_caught_by_the_holders_fence(home: Home, patch: Patch) -> None:
    factory = Factory(home, new_job(home))
    fill_job(home, factory.job, "run-0", until="trends")
    home.queue.claim(factory.job, "run-a", partial=False, run_has_ended=nobody_ended)
    factory._load("run-a", "analysis")
    patch.setattr("resources.job_queue.claims.is_gone", lambda *_: True)
    home.queue.claim(factory.job, "run-b", partial=False, run_has_ended=nobody_ended)
    with pytest.raises(ReelineageError, match="run run-b does"):
        factory._store("run-a", "analysis")


def test_taking_the_newest_voice_instead_of_the_current_one_is_caught(home: Home, patch: Patch) -> None:
    factory = Factory(home, new_job(home))
    fill_job(home, factory.job, "run-0")
    fill_job(home, factory.job, "run-1", take=2, until="scripts")
    real, the_end = lineage.current, datetime.max.replace(tzinfo=UTC)

    def newest(session: Any, job_id: int) -> lineage.Current:
        voice = lineage._newest(session, Voiceover, the_end, job_id=job_id)
        return replace(real(session, job_id), voiceover=voice)

    patch.setattr(lineage, "current", newest)
    factory.act("take over", "run-a", "")
    factory._load("run-a", "clips")
    with pytest.raises(IntegrityError, match="FOREIGN KEY"):
        factory._store("run-a", "clips")


def test_forgetting_an_upstream_is_caught_by_the_io_manager(home: Home, patch: Patch) -> None:
    from tests.resources.toy_graph import ToyGraph, why  # noqa: PLC0415 — the only mutant that needs Dagster

    real = record_io_manager.RecordIOManager.load_input

    def forgetful(manager: record_io_manager.RecordIOManager, context: Any) -> Any:
        value = real(manager, context)
        manager._loaded.clear()
        return value

    patch.setattr(record_io_manager.RecordIOManager, "load_input", forgetful)
    result = ToyGraph().run(new_job(home), "trends", "analysis")
    assert "Storing analysis of job 1: the step never read its upstream trends" in why(result)


# --- mutants of the schema -------------------------------------------------------------------------------------------


def _rebuilt(home: Home, table: str, before: str, after: str) -> None:
    """Change a table's own SQL, as a careless migration would."""
    home.database.close()
    with closing(sqlite3.connect(home.root / "reelineage.db")) as connection:
        sql = connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0]
        assert before in sql
        connection.execute("PRAGMA writable_schema=ON")
        connection.execute("UPDATE sqlite_master SET sql = ? WHERE name = ?", (sql.replace(before, after), table))
        connection.commit()


def test_a_key_without_its_branch_column_is_caught_by_the_audit(home: Home, patch: Patch) -> None:
    new_job(home)
    _rebuilt(
        home,
        "clips",
        "FOREIGN KEY(job_id, script_id, voiceover_id) REFERENCES voiceovers (job_id, script_id, id)",
        "FOREIGN KEY(job_id, voiceover_id) REFERENCES voiceovers (job_id, id)",
    )
    fill_job(home, 1, "run-0", until="voiceovers")
    _columns(patch, "clips", voiceover_id=1)
    fill_job(home, 1, "run-1", until="clips")
    assert ("upstream_is_missing", "clip:1") in {(finding.rule, finding.ref) for finding in audit_all(home)}


def test_a_dropped_trigger_is_caught_by_the_audit_of_what_it_let_through(home: Home) -> None:
    new_job(home)
    fill_job(home, 1, "run-1")
    with home.database.write() as session:
        session.execute(text("DROP TRIGGER scripts_no_update"))
        session.execute(text("UPDATE scripts SET title = 'Mine'"))
    assert ("altered_document", "script:1") in {(finding.rule, finding.ref) for finding in audit_all(home)}


def test_keys_switched_off_are_caught_by_the_audit(home: Home, patch: Patch) -> None:
    new_job(home)
    with home.database.engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
    raw.execute("PRAGMA foreign_keys=OFF")
    _columns(patch, "voiceovers", script_id=4711)
    fill_job(home, 1, "run-1", until="voiceovers")
    patch.undo()
    assert ("upstream_is_missing", "voiceover:1") in {(finding.rule, finding.ref) for finding in audit_all(home)}
