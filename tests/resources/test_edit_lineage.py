"""Edited scripts over generations: where each came from, what the audit finds, what a take-down takes with it.

Not here: what one edit writes (`test_editing.py`), take-downs of what nobody edited (`test_takedown.py`).
"""

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from sqlalchemy import select, text

from reelineage.editing import SceneAgain
from reelineage.explain import explain, impact
from reelineage.family import Ref
from reelineage.models import Base, Edit
from reelineage.takedown.withdrawal import is_withdrawn
from resources.audit import audit_all, audit_job
from resources.home import Home
from tests.factories import edit_job, go_on
from tests.mutants.test_row_mutants import unguarded
from tests.resources.edits import TITLE, WORDING, finished_job
from tests.resources.test_takedown import take_down, words

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
