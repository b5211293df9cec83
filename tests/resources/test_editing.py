"""Edits on both engines: the rows that one edit writes, and when it may be made.

Not here: what a change does to a script (`tests/reelineage/test_editing.py`), races (`test_editing_races.py`), what
descends from an edit (`test_edit_lineage.py`), what is made again (`tests/pipeline_assets/test_edits.py`).
"""

import pytest
from sqlalchemy import select

from reelineage import lineage
from reelineage.documents import Script as ScriptDocument
from reelineage.editing import SceneAgain, edited
from reelineage.errors import BadInput, Conflict, NotFound
from reelineage.lineage import chain_link
from reelineage.models import Decision, Job, Script, ScriptCall, ScriptCitation, ScriptEdit
from resources.audit import audit_all, audit_job
from resources.decisions import decide
from resources.editing import edit_script
from resources.home import Home
from tests.factories import claimed, edit_job, fill_job, go_on, new_job
from tests.resources.edits import TITLE, WORDING, edit_now, finished_job
from tests.resources.test_claims import change, claim, dead_pid, expire
from tests.resources.test_takedown import content_of, take_down

EDITABLE = ("awaiting_review", "approved", "rejected", "failed", "cancelled")


# --- what one edit writes -------------------------------------------------------------------------------------------


def test_an_edit_is_a_row_by_a_person_and_the_next_version_of_the_script(any_home: Home) -> None:
    job = finished_job(any_home)
    with any_home.database.read() as session:
        old = session.get_one(Script, 1)
        head = session.get_one(Job, job).chain_sha256
    made, script = edit_script(
        any_home, job, script_id=1, changes=[WORDING, TITLE], actor="ada", reason="  it was\x00 wrong "
    )
    assert (made.job_id, made.script_id, made.actor, made.reason) == (job, 1, "ada", "it was wrong")
    assert made.changes == [WORDING.model_dump(), TITLE.model_dump()]
    assert (script.version, script.run_id, script.origin) == (2, None, "edit")
    assert (script.title, script.analysis_id) == ("Another title", old.analysis_id)
    assert script.code_version == "1+edit.1"
    document = ScriptDocument.model_validate(script.document)
    assert document == edited(ScriptDocument.model_validate(old.document), [WORDING, TITLE])
    with any_home.database.read() as session:
        assert script.previous_sha256 == head
        now = session.get_one(Job, job).chain_sha256
        assert now == chain_link(head, "scripts", script.id, script.data_version)
        assert session.scalars(select(ScriptEdit.edit_id).where(ScriptEdit.script_id == script.id)).one() == made.id
        for table, column in ((ScriptCitation, "observation_id"), (ScriptCall, "call_id")):
            of_old, of_new = (
                set(session.scalars(select(getattr(table, column)).where(table.script_id == row_id)))
                for row_id in (1, script.id)
            )
            assert of_new == of_old != set()
    assert audit_all(any_home, deep=True) == []
    assert audit_job(any_home, job) == []


def test_a_second_edit_keeps_the_version_of_the_writer_below_both(any_home: Home) -> None:
    job = finished_job(any_home)
    edit_job(any_home, job)
    any_home.queue.cancel(job)
    edit_job(any_home, job, WORDING)
    with any_home.database.read() as session:
        scripts = session.execute(select(Script.version, Script.code_version).order_by(Script.id)).all()
    assert [tuple(row) for row in scripts] == [(1, "1"), (2, "1+edit.1"), (3, "1+edit.1")]


def test_the_job_goes_back_to_the_queue_with_fresh_attempts_and_goes_on_after_the_script(any_home: Home) -> None:
    job = finished_job(any_home)
    change(any_home, job, attempt=3, attempt_limit=3, error="it was late", error_kind="permanent", state="failed")
    edit_job(any_home, job)
    after = any_home.queue.get(job)
    assert (after.state, after.error, after.error_kind, after.active_run) == ("queued", None, None, None)
    assert after.attempt_limit == 3 + any_home.settings.max_attempts
    with any_home.database.read() as session:
        assert lineage.current(session, job).first_missing == "voiceovers"
    assert claim(any_home, job, "run-2").claim_mode == "resume"


def test_the_decision_about_the_earlier_video_is_void_and_stays(any_home: Home) -> None:
    job = finished_job(any_home)
    decide(any_home.database, job, verdict="approve", reason="good", actor="Ada")
    edit_job(any_home, job)
    with any_home.database.read() as session:
        assert lineage.current(session, job).video is None
        assert session.scalars(select(Decision.video_id)).all() == [1]
    go_on(any_home, job)
    assert any_home.queue.get(job).state == "awaiting_review"
    decide(any_home.database, job, verdict="reject", reason="worse", actor="Ada")
    assert audit_all(any_home, deep=True) == []


def test_a_person_without_a_name_is_unknown_and_never_nobody(any_home: Home) -> None:
    job = finished_job(any_home)
    made, _ = edit_script(any_home, job, script_id=1, changes=[TITLE], actor="\n\x00")
    assert made.actor == "unknown"
    assert made.reason is None


# --- when it may be made --------------------------------------------------------------------------------------------


def test_a_job_that_nobody_works_on_can_be_edited(any_home: Home) -> None:
    job = finished_job(any_home)
    for state in EDITABLE:
        change(any_home, job, state=state)
        edit_job(any_home, job)
        assert any_home.queue.get(job).state == "queued"


def test_a_job_that_is_about_to_be_made_is_not(any_home: Home) -> None:
    job = finished_job(any_home)
    for state in ("queued", "submitted", "running"):
        change(any_home, job, state=state)
        before = content_of(any_home.database)
        with pytest.raises(Conflict, match=f"Editing the script of job {job}: it is {state}"):
            edit_job(any_home, job)
        assert content_of(any_home.database) == before


def test_a_job_that_a_run_holds_is_not_and_one_whose_run_died_is(any_home: Home) -> None:
    job = finished_job(any_home)
    with (
        claimed(any_home, job, "run-2", partial=True),
        pytest.raises(Conflict, match="run run-2 is working on it"),
    ):
        edit_job(any_home, job)
    claim(any_home, job, "run-3", partial=True)
    change(any_home, job, state="failed", lease_pid=dead_pid())
    expire(any_home, job)
    edit_job(any_home, job)
    assert any_home.queue.get(job).active_run is None


def test_only_the_newest_script_is_edited(any_home: Home) -> None:
    job = finished_job(any_home)
    fill_job(any_home, job, "run-2", take=2)
    with pytest.raises(Conflict, match=r"script:1 is no longer the newest; script:2 is"):
        edit_now(any_home, job, 1)
    with pytest.raises(Conflict, match="no longer the newest"):
        edit_now(any_home, job, 4711)
    assert edit_now(any_home, job, 2)[1].version == 3


def test_another_jobs_script_is_not_edited(any_home: Home) -> None:
    finished_job(any_home)
    second = finished_job(any_home, "run-2")
    with pytest.raises(Conflict, match="script:2 is"):
        edit_now(any_home, second, 1)


def test_a_job_that_is_not_there_or_has_no_script_is_told_so(any_home: Home) -> None:
    with pytest.raises(NotFound):
        edit_now(any_home, 4711, 1)
    job = new_job(any_home)
    fill_job(any_home, job, until="analysis")
    any_home.queue.cancel(job)
    with pytest.raises(Conflict, match="no script yet"):
        edit_now(any_home, job, 1)


@pytest.mark.parametrize("taken", ["script:1", "trend_item:1", "job:1"])
def test_what_was_taken_down_is_not_edited(any_home: Home, taken: str) -> None:
    job = finished_job(any_home)
    take_down(any_home, taken)
    with pytest.raises(Conflict, match="taken down"):
        edit_now(any_home, job, 1)


def test_what_does_not_fit_the_script_leaves_everything_as_it_was(any_home: Home) -> None:
    job = finished_job(any_home)
    before = content_of(any_home.database)
    with pytest.raises(BadInput, match="no scene 9"):
        edit_job(any_home, job, TITLE, SceneAgain(kind="scene_again", scene=9))
    assert content_of(any_home.database) == before
