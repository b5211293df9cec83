"""`reelineage jobs edit`, and what the other commands say of an edited video.

Belongs here: real, finished videos. Not here: the rows (`tests/resources/test_editing.py`), which parts of a video are
made again (`tests/pipeline_assets/test_edits.py`).
"""

import json

import dagster as dg
import pytest

from console.dagster_home import open_instance
from reelineage import lineage
from reelineage.documents import Review
from reelineage.explain import explain
from reelineage.family import Ref
from resources.audit import audit_all
from resources.audit.dagster_events import against_dagster
from resources.exports import openlineage, prov, rows
from resources.home import Home
from resources.provenance.reading import read_credential
from resources.provenance.signers import trust_of
from tests.console.cli import call, complaint
from tests.console.test_reproduce import quick
from tests.resources.exports import told
from tests.resources.exports.test_same_edges import installation
from tests.tiny import produce

__all__ = ["quick"]  # the fixture


def edit(*options: object) -> str:
    return call("jobs", "edit", 1, *options, "--actor", "ada").out


@pytest.fixture
def twice(finished: Home, instance: dg.DagsterInstance) -> Home:
    """Video 1, and video 2 after two edits by two people."""
    edit("--title", "Edited once", "--reason", "too long")
    finished.queue.cancel(1)
    call("jobs", "edit", 1, "--sentence", "3.1", "Try it twice now.", "--scene-again", 2, "--actor", "lee")
    assert produce(instance, 1).success, finished.queue.get(1).error
    return finished


# --- the command -----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("finished")
def test_without_a_change_it_shows_what_can_be_changed_and_changes_nothing() -> None:
    said = call("jobs", "edit", 1).out.splitlines()
    assert said[0] == "script:1  version 1"
    assert "  1.1  One video is taking off." in said
    assert said[-1] == "call to action  Try it now."
    assert "state    awaiting_review" in call("jobs", "show", 1).out


def test_an_edit_is_stored_the_old_file_goes_and_the_job_waits_to_be_made(finished: Home) -> None:
    assert list((finished.root / "output" / "review").glob("*.mp4"))
    said = edit("--sentence", "1.1", "Two videos are taking off.", "--call-to-action", "Go on", "--reason", "wrong")
    assert said.splitlines()[0] == "edit:1 gave script:2 (version 2); job 1 is queued again."
    assert not list((finished.root / "output" / "review").glob("*.mp4"))
    shown = call("jobs", "show", 1).out
    assert "state    queued" in shown
    assert "sentence 1 of scene 1: “Two videos are taking off.”; the call to action: “Go on” (wrong)" in shown, shown
    assert "edit     edit:1 by ada on " in shown


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--sentence", "1", "x"), "must be like 3.2"),
        (("--sentence", "0.1", "x"), "must be like 3.2"),
        (("--sentence", "9.1", "Hello there."), "no scene 9"),
        (("--title", ""), "Reading the changes: 0.title.text"),
        (("--title", "!!"), "the title says nothing"),
        (("--title", "Other", "--script", 7), "script:7 is no longer the newest; script:1 is"),
    ],
)
def test_what_cannot_be_edited_is_one_line_and_exit_code_2(
    finished: Home, options: tuple[object, ...], why: str
) -> None:
    assert why in complaint("jobs", "edit", 1, *options)
    assert finished.queue.get(1).state == "awaiting_review"


@pytest.mark.usefixtures("finished")
def test_a_job_that_is_not_there_is_said() -> None:
    assert "there is no such job" in complaint("jobs", "edit", 7, "--title", "Other")


# --- Dagster ---------------------------------------------------------------------------------------------------------


def test_dagster_knows_the_new_version_by_whom_and_neither_words_nor_reason(finished: Home) -> None:
    edit("--title", "Secret words", "--reason", "secret reason")
    with open_instance(finished) as instance, finished.database.read() as session:
        script = lineage.current(session, 1).script
        record = instance.get_latest_materialization_event(dg.AssetKey("scripts"))
        assert record is not None
        event = record.asset_materialization
        assert event is not None
        assert script is not None
        assert event.partition == "1"
        assert event.description == "edited by ada (edit:1 of script:1)"
        assert event.metadata["lineage/row_id"].value == str(script.id)
        assert (event.tags or {})["dagster/data_version"] == script.data_version
        assert "ecret" not in str(event)
        assert list(against_dagster(finished, instance)) == []


# --- what the others say ---------------------------------------------------------------------------------------------


def test_lineage_diff_and_review_tell_who_edited_what(twice: Home) -> None:
    tree = call("lineage", "video:2").out
    for line in ("edit:2  actor 'lee'", "edit:1  actor 'ada', reason 'too long', changes the title: “Edited once”"):
        assert line in tree, tree
    assert tree.index("script:3") < tree.index("edit:2") < tree.index("script:2") < tree.index("edit:1")
    assert (
        "script:2" in call("lineage", "edit:1", "--format", "json").out or "script:1" in call("lineage", "edit:1").out
    )
    assert "2 scripts" in call("impact", "edit:1").out

    said = call("diff", "video:1", "video:2").out
    assert said.startswith("video:1 and video:2 part at scripts (content_generation).")
    assert "scripts    differs, edited by ada (edit:1), lee (edit:2)  (script:1 -> script:3)" in said
    assert "scripts    differs, edited by lee (edit:2)" in call("diff", "script:2", "script:3").out
    stages = json.loads(call("diff", "video:1", "video:2", "--json").out)["stages"]
    (scripts,) = [stage for stage in stages if stage["part"] == "scripts"]
    assert scripts["edits"] == [{"edit": "edit:1", "actor": "ada"}, {"edit": "edit:2", "actor": "lee"}]

    with twice.database.read() as session:
        review = lineage.current(session, 1).review
    assert review is not None
    findings = Review.model_validate(review.document).findings
    assert [(one.severity, one.message) for one in findings if one.code == "edited"] == [
        ("warning", "The title was reworded by ada; nobody checked it against its sources."),
        ("info", "Another picture for scene 2 was asked for by lee."),
        ("info", "Sentence 1 of scene 3 was reworded by lee."),
    ]
    assert audit_all(twice, deep=True) == []


def test_every_export_tells_the_edits_as_the_tables_do_with_the_person_and_no_word(twice: Home) -> None:
    with twice.database.read() as session:
        name, family = installation(session), explain(session, [Ref("video", "2")])
        of_video = rows.of_family(session, family)
    edges = told.in_graph(family.graph)
    assert {("script:3", "edit:2"), ("edit:2", "script:2"), ("script:2", "edit:1")} <= edges
    events = [openlineage.as_line(event) for event in openlineage.events(of_video, name)]
    document = prov.as_json(prov.document(of_video, name))
    assert told.in_openlineage(events) == edges
    assert told.in_prov(document) == edges
    for text in ("\n".join(events), document):
        assert "ada" in text
        assert "Edited once" not in text
        assert "too long" not in text
    attributed = json.loads(document)["wasAttributedTo"].values()
    assert {("edit/1", "person/ada"), ("edit/2", "person/lee")} <= {
        (one["prov:entity"].partition(":")[2], one["prov:agent"].partition(":")[2]) for one in attributed
    }


@pytest.mark.usefixtures("quick")
def test_an_edited_job_that_is_made_again_is_identical(twice: Home) -> None:
    said = call("reproduce", "job:1", "--actor", "Ada").out
    assert said.splitlines()[-1] == "job 1, video:2: identical (reproduction:1)"
    assert audit_all(twice) == []


def test_the_credential_of_an_edited_video_says_what_the_tables_say(twice: Home) -> None:
    (path,) = (twice.root / "output" / "review").glob("*.mp4")
    call("verify", path)
    reading = read_credential(path, trust_of(twice.settings))
    assert reading.assertion is not None
    assert ("script:3", "edit:2") in told.in_claim(reading.assertion)


def test_a_take_down_of_the_edited_script_takes_the_words_out_of_the_edits(twice: Home) -> None:
    call("takedown", "script:1", "--reason", "asked", "--yes")
    shown = call("jobs", "show", 1).out
    assert "content taken down" in shown
    assert "Edited once" not in shown
    assert "the content of script:3 was taken down" in complaint("jobs", "edit", 1, "--title", "Other")
    assert audit_all(twice, deep=True) == []
