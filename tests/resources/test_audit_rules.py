"""The audit's shortcuts are what they stand for, its rules about people and take-downs, samples, many jobs at once."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from reelineage.fingerprint import canonical_json, sha256_of
from reelineage.lineage import chain_link
from resources.audit import Options, audit_all, audit_job, run_audit
from resources.audit.chains import chain_text
from resources.audit.findings import MOST_PER_RULE, Finding, Findings
from resources.audit.keys import needed_keys
from resources.audit.records import canonical_again, is_content
from resources.decisions import decide
from resources.home import Home
from tests.factories import fill_job, new_job

HASHES = st.text("0123456789abcdef", min_size=64, max_size=64)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(previous=HASHES, row_id=st.integers(1, 2**62), data_version=HASHES)
def test_the_quick_link_of_a_chain_is_the_link(previous: str, row_id: int, data_version: str) -> None:
    assert sha256_of(chain_text(previous, "clips", row_id, data_version).encode()) == chain_link(
        previous, "clips", row_id, data_version
    )


@given(value=JSON)
def test_a_stored_text_hashes_like_its_value(value: Any) -> None:
    """Whatever spelling the engine gives back, and never as another value."""
    for spelled in (json.dumps(value), json.dumps(value, indent=1), canonical_json(value)):
        assert canonical_again(spelled).decode() == canonical_json(value)
        assert is_content(spelled, sha256_of(value))
        assert not is_content(spelled, sha256_of([value]))


@pytest.mark.parametrize("text_", ["", "{", "NaN", '{"a": 1e999}'])
def test_a_text_that_was_never_stored_by_us_is_no_content(text_: str) -> None:
    assert not is_content(text_, "0" * 64)


def test_no_key_is_forgotten_that_does_not_follow_from_others() -> None:
    asked = {name for name, _ in needed_keys()}
    assert {"script_calls", "clip_calls", "decisions", "credentials", "fingerprints", "video_clips"} <= asked
    assert len(needed_keys()) < 60


def test_a_flood_of_findings_is_counted_and_not_kept() -> None:
    found = Findings()
    found.add(Finding("rule", f"video:{number}", "what to do") for number in range(MOST_PER_RULE + 500))
    found.add([Finding("rule", "video:1", "what to do")])  # known already
    assert len(list(found)) == MOST_PER_RULE
    assert found.counts["rule"] == MOST_PER_RULE + 500


# --- what is looked at -----------------------------------------------------------------------------------------------


def test_many_jobs_are_audited_in_processes_with_the_same_findings(any_home: Home) -> None:
    fill_job(any_home, new_job(any_home), "run-1")
    fill_job(any_home, new_job(any_home), "run-2")
    with any_home.database.write() as session:
        for table in ("scripts", "jobs"):
            drop = f"DROP TRIGGER {table}_no_update" if table == "scripts" else "DROP TRIGGER jobs_frozen"
            on = f" ON {table}" if session.get_bind().dialect.name == "postgresql" else ""
            session.execute(text(drop + on))
        session.execute(text("UPDATE scripts SET title = 'Mine' WHERE id = 2"))
    alone = run_audit(any_home, Options(workers=1))
    together = run_audit(any_home, Options(workers=2))
    assert ("altered_document", "script:2") in {(one.rule, one.ref) for one in alone.findings}
    assert set(alone.findings) == set(together.findings)
    assert (alone.jobs, alone.rows) == (together.jobs, together.rows) == (2, 16)


def test_a_sample_is_hashed_and_can_be_drawn_again(home: Home) -> None:
    fill_job(home, new_job(home))
    report = run_audit(home, Options(sample=3, seed=5))
    assert (report.hashed, report.sample_seed) == (3, 5)
    for sha256 in home.store.hashes():
        path = home.store.path(sha256)
        size = path.stat().st_size
        path.unlink()
        path.write_bytes(b"?" * size)
    first, again = (run_audit(home, Options(sample=3, seed=5)).findings for _ in range(2))
    assert first == again
    assert len(first) == 3
    assert run_audit(home, Options()).hashed == 0


# --- people and take-downs -------------------------------------------------------------------------------------------


def unguarded(home: Home, *statements: str) -> None:
    with home.database.write() as session:
        postgresql = session.get_bind().dialect.name == "postgresql"
        for table in ("decisions", "reviews", "credentials", "provider_calls", "tombstone_targets"):
            for verb in ("update", "delete"):
                on = f" ON {table}" if postgresql else ""
                session.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_{verb}{on}"))
        session.execute(
            text("DROP TRIGGER IF EXISTS provider_calls_frozen" + (" ON provider_calls" if postgresql else ""))
        )
        for statement in statements:
            session.execute(text(statement))


def rules(home: Home, **options: Any) -> set[tuple[str, str]]:
    return {(one.rule, one.ref) for one in audit_all(home, **options) if one.rule != "missing_guard"}


def test_a_call_that_was_changed_is_found_by_its_fingerprint(any_home: Home) -> None:
    job = new_job(any_home)
    fill_job(any_home, job)
    unguarded(any_home, "UPDATE provider_calls SET model = 'dearer' WHERE id = 2")
    assert rules(any_home) == set()
    assert rules(any_home, deep=True) == {("altered_call", "provider_call:2")}


def test_a_call_that_nobody_waits_for_is_found_once_its_job_has_ended(any_home: Home) -> None:
    job = new_job(any_home)
    fill_job(any_home, job, until="scripts")
    unguarded(any_home, "UPDATE provider_calls SET status = 'intent', finished_at = NULL WHERE id = 2")
    assert rules(any_home) == set()  # a moment ago: its run may still be closing it
    unguarded(any_home, "UPDATE jobs SET state = 'cancelled', updated_at = '2026-01-01 00:00:00.000000'")
    assert rules(any_home) == {("open_call", "provider_call:2")}


_WITHDRAWN = (
    "INSERT INTO tombstones (reason, actor, created_at) VALUES ('x', 'y', '2026-01-01 00:00:00.000000')",
    "INSERT INTO tombstone_targets VALUES (1, 'script', '1', 'withdrawn')",
)


def test_what_descends_from_a_withdrawn_row_is_neither_approved_nor_delivered(any_home: Home) -> None:
    job = new_job(any_home)
    fill_job(any_home, job)
    decide(any_home.database, job, verdict="approve", reason="x", actor="y")
    folder = any_home.output.root / "approved"
    folder.mkdir(parents=True)
    (folder / "job-1-video-1.mp4").write_bytes(b"?")
    assert rules(any_home) == set()
    unguarded(any_home, *_WITHDRAWN)
    assert rules(any_home) == {("withdrawn_but_approved", "decision:1"), ("withdrawn_but_delivered", "video:1")}


def test_what_was_removed_must_be_gone(any_home: Home) -> None:
    job = new_job(any_home)
    fill_job(any_home, job)
    sha256 = next(iter(any_home.store.hashes()))
    removed = ("artifact", sha256), ("script", "1"), ("provider_call", "2")
    unguarded(
        any_home, _WITHDRAWN[0],
        *(f"INSERT INTO tombstone_targets VALUES (1, '{node}', '{key}', 'removed')" for node, key in removed),  # noqa: S608 — words from above
    )  # fmt: skip
    assert rules(any_home) == {
        ("removed_file_is_there", f"artifact:{sha256}"), ("removed_content_is_there", "script:1"),
        ("removed_content_is_there", "provider_call:2"),
    }  # fmt: skip
    any_home.store.path(sha256).unlink()
    with any_home.database.write() as session:
        session.execute(text("UPDATE scripts SET document = NULL, title = NULL, tombstone_id = 1"))
        session.execute(
            text("UPDATE provider_calls SET parameters = NULL, response = NULL, tombstone_id = 1 WHERE id = 2")
        )
    assert rules(any_home) == rules(any_home, deep=True) == set()


def test_content_that_went_without_a_take_down_is_found(any_home: Home) -> None:
    fill_job(any_home, new_job(any_home))
    unguarded(any_home, _WITHDRAWN[0])
    with any_home.database.write() as session:
        session.execute(text("UPDATE reviews SET document = NULL, tombstone_id = 1"))
    assert rules(any_home) == {("unexplained_tombstone", "review:1")}


def test_a_reviewed_video_without_credential_and_fingerprint_is_found(finished: Home) -> None:
    """Reviews from before files were signed say nothing of disclosure and need none."""
    with finished.database.read() as session:
        signed = session.scalar(text("SELECT count(*) FROM credentials"))
        known = session.scalar(text("SELECT count(*) FROM fingerprints"))
    assert (signed, known) == (2, 1)
    assert audit_job(finished, 1) == []
    with finished.database.write() as session:
        for table in ("credentials", "fingerprints"):
            session.execute(text(f"DROP TRIGGER {table}_no_delete"))
        session.execute(text("DELETE FROM credentials WHERE subject = 'thumbnail'"))
        session.execute(text("DELETE FROM fingerprints"))
    assert rules(finished) >= {("missing_credential", "video:1"), ("missing_fingerprint", "video:1")}
