"""Edits on both engines: the rows that one edit writes, when it may be made, races, crashes, what the audit finds.

Not here: what a change does to a script (`tests/reelineage/test_editing.py`), what is made again
(`tests/pipeline_assets/test_edits.py`).
"""

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from sqlalchemy import select, text

from reelineage import lineage
from reelineage.documents import Script as ScriptDocument
from reelineage.editing import SceneAgain, SentenceChange, TitleChange, edited
from reelineage.errors import BadInput, ClaimRefused, Conflict, NotFound
from reelineage.explain import explain, impact
from reelineage.family import Ref
from reelineage.lineage import chain_link
from reelineage.models import Base, Decision, Edit, Job, Script, ScriptCall, ScriptCitation, ScriptEdit
from reelineage.takedown.plan import Plan
from reelineage.takedown.withdrawal import is_withdrawn
from resources import editing
from resources.audit import audit_all, audit_job
from resources.decisions import decide
from resources.editing import edit_script
from resources.home import Home
from resources.takedown.execution import TakenDown, listed, withdraw
from tests.factories import claimed, edit_job, fill_job, go_on, new_job
from tests.mutants.test_row_mutants import unguarded
from tests.resources.test_claims import change, claim, dead_pid, expire, together
from tests.resources.test_takedown import content_of, refs, take_down, words

WORDING = SentenceChange(kind="sentence", scene=1, sentence=1, text="Another wording.")
TITLE = TitleChange(kind="title", text="Another title")
EDITABLE = ("awaiting_review", "approved", "rejected", "failed", "cancelled")


def edit_now(home: Home, job: int, script_id: int, text: str = "Another title") -> tuple[Edit, Script]:
    return edit_script(home, job, script_id=script_id, changes=[TitleChange(kind="title", text=text)], actor="ada")


def finished_job(home: Home, run: str = "run-1") -> int:
    job = new_job(home)
    fill_job(home, job, run)
    return job


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


# --- races and crashes ----------------------------------------------------------------------------------------------


def test_of_many_edits_of_one_version_at_once_exactly_one_wins(any_home: Home) -> None:
    job = finished_job(any_home)
    answers = together(*(lambda n=n: edit_now(any_home, job, 1, f"Title {n}") for n in range(6)))
    assert sum(isinstance(answer, tuple) for answer in answers) == 1
    assert sum(isinstance(answer, Conflict) for answer in answers) == 5
    with any_home.database.read() as session:
        assert len(session.scalars(select(Edit.id)).all()) == 1
        assert session.scalars(select(Script.version)).all() == [1, 2]
    assert audit_all(any_home, deep=True) == []


def test_an_edit_and_a_decision_at_once_leave_no_decision_about_what_is_made_again(any_home: Home) -> None:
    """Decided first, the decision is void by the edit; edited first, there is no video to decide on."""
    for number in range(10):
        job = finished_job(any_home, f"run-{number}")
        with any_home.database.read() as session:
            script = lineage.current(session, job).script
        assert script is not None

        def edit(job: int = job, script_id: int = script.id) -> object:
            return edit_now(any_home, job, script_id)

        def approve(job: int = job) -> object:
            return decide(any_home.database, job, verdict="approve", reason="good", actor="Ada")

        answers = together(*((edit, approve) if number % 2 else (approve, edit)))
        edit_answer, decision = answers if number % 2 else answers[::-1]
        assert isinstance(edit_answer, tuple)
        assert isinstance(decision, Decision | Conflict)
        assert any_home.queue.get(job).state == "queued"
        with any_home.database.read() as session:
            assert lineage.current(session, job).video is None
    assert audit_all(any_home) == []


def test_an_edit_and_a_run_that_claims_at_once_never_both_have_the_job(any_home: Home) -> None:
    for number in range(10):
        job = finished_job(any_home, f"run-{number}")
        with any_home.database.read() as session:
            script = lineage.current(session, job).script
        assert script is not None

        def edit(job: int = job, script_id: int = script.id) -> object:
            return edit_now(any_home, job, script_id)

        def start(job: int = job, number: int = number) -> object:
            return claim(any_home, job, f"again-{number}")

        edit_answer, run = together(edit, start)
        assert not isinstance(run, ClaimRefused)
        if isinstance(edit_answer, tuple):  # then the run goes on from the edited script
            assert isinstance(run, Job)
            assert run.claim_mode == "resume"
        else:
            assert isinstance(edit_answer, Conflict)
            assert isinstance(run, Job)
            assert run.claim_mode == "remake"
        any_home.queue.release(job, f"again-{number}")


def test_an_edit_that_dies_half_way_leaves_nothing(any_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    job = finished_job(any_home)
    before = content_of(any_home.database)

    def pulled_plug(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(editing, "queue_again", pulled_plug)
    with pytest.raises(KeyboardInterrupt):
        edit_job(any_home, job)
    assert content_of(any_home.database) == before
    assert audit_all(any_home, deep=True) == []


# --- lineage over generations ---------------------------------------------------------------------------------------


def thrice(home: Home) -> int:
    """A job whose script was edited three times, with a video after the first and the last edit."""
    job = finished_job(home)
    edit_job(home, job, WORDING)
    go_on(home, job, "run-2")
    edit_job(home, job, TITLE, actor="lee")
    home.queue.cancel(job)
    edit_job(home, job, SceneAgain(kind="scene_again", scene=2), actor="ada")
    go_on(home, job, "run-3")
    return job


CHAIN = ["script:4", "edit:3", "script:3", "edit:2", "script:2", "edit:1", "script:1"]


def test_a_script_was_made_from_an_edit_of_the_script_before_it_and_so_on(any_home: Home) -> None:
    thrice(any_home)
    with any_home.database.read() as session:
        family = explain(session, [Ref("video", "3")])
        down = impact(session, [Ref("script", "1")])
        whole = impact(session, [Ref("trend_analysis", "1")])
        middle = impact(session, [Ref("edit", "2")])
    for child, parent in pairwise(CHAIN):
        one, other = (Ref(*text.split(":")) for text in (child, parent))
        assert other in family.graph[one]
        assert one in down.graph[other]
    assert {ref for ref in words(family.graph) if ref.startswith("video")} == {"video:3"}
    assert {ref for ref in words(down.graph) if ref.startswith("video")} == {"video:1", "video:2", "video:3"}
    assert {ref for ref in words(middle.graph) if ref.startswith(("script", "video"))} == {
        "script:3", "script:4", "video:3",
    }  # fmt: skip
    assert set(whole.graph) == set(down.graph) | {Ref("trend_analysis", "1")}


def test_at_an_earlier_moment_the_later_edits_are_not_there(any_home: Home) -> None:
    job = finished_job(any_home)
    before = datetime.now(UTC)
    edit_job(any_home, job)
    after = datetime.now(UTC)
    any_home.queue.cancel(job)
    edit_job(any_home, job, WORDING)
    start = [Ref("script", "1")]
    with any_home.database.read() as session:
        told = [
            {ref for ref in words(impact(session, start, as_of=moment).graph) if ref.startswith(("script", "edit"))}
            for moment in (before, after, None)
        ]
    assert told == [
        {"script:1"}, {"script:1", "edit:1", "script:2"}, {"script:1", "edit:1", "script:2", "edit:2", "script:3"},
    ]  # fmt: skip


# --- what the audit finds -------------------------------------------------------------------------------------------

_CAST = {"postgresql": "CAST({} AS JSONB)", "sqlite": "{}"}
RUINED = {
    "another wording in the edit": (
        "UPDATE edits SET changes = {json} WHERE id = 1", ("altered_edit", "edit:1"),
    ),
    "an edit that cannot be made": (
        "UPDATE edits SET changes = {nonsense} WHERE id = 1", ("altered_edit", "edit:1"),
    ),
    "an edit of another version": (
        "UPDATE edits SET script_id = 3 WHERE id = 1", ("altered_edit", "edit:1"),
    ),
    "an edited script without its edit": (
        "DELETE FROM script_edits WHERE script_id = 3", ("upstream_is_missing", "script:3"),
    ),
    "an edit that caused nothing": (
        "DELETE FROM script_edits WHERE script_id = 3", ("upstream_is_missing", "edit:2"),
    ),
    "a deleted edit": (
        "DELETE FROM edits WHERE id = 1", ("upstream_is_missing", "script_edits:2"),
    ),
    "a script that a run is said to have made": (
        "UPDATE scripts SET origin = 'run', run_id = 'run-9' WHERE id = 2", ("upstream_is_missing", "script:2"),
    ),
    "a removed version": ("DELETE FROM scripts WHERE id = 2", ("broken_chain", "scripts:3")),
}  # fmt: skip


@pytest.mark.parametrize("case", RUINED)
def test_what_was_done_to_edits_behind_the_back_is_found(any_home: Home, case: str) -> None:
    statement, expected = RUINED[case]
    job = finished_job(any_home)
    edit_job(any_home, job, WORDING)
    any_home.queue.cancel(job)
    edit_job(any_home, job, TITLE)
    assert audit_all(any_home, deep=True) == []
    cast = _CAST[any_home.database.engine.dialect.name]
    json = '[{"kind":"sentence","scene":1,"sentence":1,"text":"Not what was asked."}]'
    filled = statement.format(json=cast.format(f"'{json}'"), nonsense=cast.format("""'[{"kind":"delete"}]'"""))
    with unguarded(any_home.database) as connection:
        connection.exec_driver_sql(filled)
        connection.commit()
    for findings in (audit_all(any_home), audit_job(any_home, job)):
        assert expected in {(finding.rule, finding.ref) for finding in findings}


def test_an_edit_by_older_rules_is_not_called_altered(any_home: Home) -> None:
    """When the rules of editing change, what was edited by earlier ones stays as true as it was."""
    job = finished_job(any_home)
    edit_job(any_home, job, WORDING)
    with unguarded(any_home.database) as connection:
        connection.execute(text("UPDATE scripts SET code_version = '1+edit.0' WHERE id = 2"))
        connection.execute(text("UPDATE edits SET changes = changes, actor = 'lee' WHERE id = 1"))
        connection.commit()
    assert audit_all(any_home) == []


# --- take-down ------------------------------------------------------------------------------------------------------


def gone(home: Home, node: str) -> set[int]:
    table = next(table for table in Base.metadata.sorted_tables if table.info.get("node") == node)
    with home.database.read() as session:
        return set(session.scalars(select(table.c.id).where(table.c.tombstone_id.is_not(None))))


def test_a_script_takes_its_later_versions_and_the_edits_on_the_way(any_home: Home) -> None:
    job = thrice(any_home)
    take_down(any_home, "script:1")
    assert gone(any_home, "script") == {1, 2, 3, 4}
    assert gone(any_home, "edit") == {1, 2, 3}
    assert gone(any_home, "video") == {1, 2, 3}
    with any_home.database.read() as session:
        assert session.execute(select(Edit.changes, Edit.reason)).all() == [(None, None)] * 3
        assert all(is_withdrawn(session, video) for video in (1, 2, 3))
    assert audit_all(any_home, deep=True) == []
    assert audit_job(any_home, job) == []


def test_an_edited_script_takes_the_edit_that_holds_its_words_and_leaves_what_was_before(any_home: Home) -> None:
    thrice(any_home)
    take_down(any_home, "script:3")
    assert gone(any_home, "script") == {3, 4}
    assert gone(any_home, "edit") == {2, 3}
    assert gone(any_home, "video") == {3}
    assert audit_all(any_home, deep=True) == []


def test_an_edit_takes_the_versions_that_came_of_it(any_home: Home) -> None:
    thrice(any_home)
    take_down(any_home, "edit:2")
    assert gone(any_home, "script") == {3, 4}
    assert gone(any_home, "edit") == {2, 3}
    assert audit_all(any_home, deep=True) == []


def test_of_an_edit_and_a_take_down_at_once_exactly_one_wins(any_home: Home) -> None:
    for number in range(6):
        job = finished_job(any_home, f"run-{number}")
        with any_home.database.read() as session:
            script = lineage.current(session, job).script
        assert script is not None
        named = refs(f"script:{script.id}")
        plan = listed(any_home.database, named)

        def edit(job: int = job, script_id: int = script.id) -> object:
            return edit_now(any_home, job, script_id)

        def take(named: list[Ref] = named, plan: Plan = plan) -> object:
            return withdraw(any_home.database, named, plan, reason="asked", actor="Ben")

        edit_answer, taken = together(edit, take)
        assert isinstance(edit_answer, tuple) == isinstance(taken, BadInput)
        assert isinstance(edit_answer, Conflict) == isinstance(taken, TakenDown)
