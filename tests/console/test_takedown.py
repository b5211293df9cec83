"""`reelineage takedown` as people use it: the list, the question, and what the other commands say afterwards."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
from click.testing import CliRunner
from sqlalchemy import select

from console.cli import main
from console.dagster_home import open_instance
from pipeline_assets.run_history import forget_runs
from reelineage.documents import Script as ScriptDocument
from reelineage.models import Script, Tombstone, Video
from resources.audit import audit_all
from resources.home import Home
from tests.console.cli import call, complaint
from tests.factories import fill_job, new_job
from tests.resources.test_takedown_duties import due_job


def tombstones(home: Home) -> list[Tombstone]:
    with home.database.read() as session:
        return [*session.scalars(select(Tombstone).order_by(Tombstone.id))]


def files(home: Home) -> list[Path]:
    return [path for path in (home.root / "output").rglob("*") if path.is_file()]


def test_a_dry_run_lists_what_would_go_and_changes_nothing(finished: Home) -> None:
    said = call("takedown", "video:1", "--dry-run").out
    assert "Withdrawn: video:1" in said
    assert "1 video" in said
    assert f"video:1 of job 1, not decided, {finished.root / 'output' / 'review' / 'job-1-video-1.mp4'}" in said
    assert tombstones(finished) == []
    assert files(finished)


def test_a_take_down_asks_first_and_a_no_changes_nothing(finished: Home) -> None:
    result = CliRunner().invoke(main, ["takedown", "video:1", "--reason", "asked"], input="n\n")
    assert result.exit_code == 1
    assert "This cannot be undone. Go on?" in result.stderr
    assert tombstones(finished) == []


def test_a_finished_video_is_taken_down_and_every_command_goes_on(finished: Home) -> None:
    call("review", "approve", 1, "--reason", "good", "--allow-demo")
    said = call("takedown", "script:1", "--reason", "the author asked", "--actor", "Ada", "--yes").out
    assert "approved by" in said
    assert "Taken down as tombstone:1." in said
    (tombstone,) = tombstones(finished)
    assert (tombstone.reason, tombstone.actor) == ("the author asked", "Ada")
    assert files(finished) == []
    with finished.database.read() as session:
        assert session.scalars(select(Video.title)).all() == [None]
        assert session.scalars(select(Script.document)).all() == [None]
    assert "state    approved" in call("jobs", "show", 1).out
    assert audit_all(finished) == []
    call("audit")
    assert "video" in call("lineage", "video:1").out
    assert call("review", "list").out == ""
    finished.output.repair()
    assert files(finished) == []
    assert "All of it is withdrawn and gone already" in call("takedown", "script:1", "--reason", "again").out
    assert len(tombstones(finished)) == 1


@pytest.mark.usefixtures("finished")
def test_a_withdrawn_video_that_waits_is_listed_as_such_and_can_only_be_rejected() -> None:
    call("takedown", "clip:1", "--reason", "the author asked", "--yes")
    assert "video:1  (taken down " in call("review", "list").out
    assert "or something it was made from was taken down" in complaint("review", "approve", 1, "--reason", "x")
    assert "video:1 is rejected" in call("review", "reject", 1, "--reason", "x").out


def test_dagster_forgets_the_runs_that_showed_what_went(finished: Home) -> None:
    with finished.database.read() as session:
        script = session.scalars(select(Script.document)).one()
    said = ScriptDocument.model_validate(script).scenes[0].sentences[0].text
    assert traces(finished, said)
    told = call("takedown", "script:1", "--reason", "the author asked", "--yes").out
    assert "Dagster's history of 1 runs that showed it was deleted." in told
    assert traces(finished, said) == []
    with open_instance(finished) as instance:
        assert instance.get_runs_count() == 0
        assert forget_runs(instance, finished) == (0, 0)
        event = instance.get_latest_materialization_event(dg.AssetKey("scripts"))
    assert event is not None
    assert "was taken down" in repr(event)


def traces(home: Home, words: str) -> list[str]:
    """The rows of Dagster's own tables that hold these words."""
    found = []
    for path in home.settings.dagster_root.rglob("*.db"):
        with closing(sqlite3.connect(path)) as connection:
            for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                rows = connection.execute(f'SELECT * FROM "{table}"')  # noqa: S608 — the table's own name
                found += [f"{path.name} {table}" for row in rows if words in repr(row)]
    return found


def test_json_is_one_object_that_names_every_row(finished: Home) -> None:
    listed = json.loads(call("takedown", "clip:1", "--dry-run", "--json").out)
    assert listed["withdrawn"] == ["clip:1"]
    assert "video:1" in listed["rows"]
    assert listed["videos"][0]["verdict"] is None
    done = json.loads(call("takedown", "clip:1", "--reason", "asked", "--yes", "--json").out)
    (taken,) = done["taken_down"]
    assert taken["rows"] == listed["rows"]
    assert taken["tombstone"] == 1
    assert done["swept"] is True
    assert len(tombstones(finished)) == 1


@pytest.mark.usefixtures("home")
def test_what_cannot_be_read_or_found_is_told_in_one_line() -> None:
    assert "there is no such row" in complaint("takedown", "video:7", "--reason", "x", "--yes")
    assert "Reading the reference" in complaint("takedown", "vidoe:7", "--reason", "x", "--yes")
    assert "Give one or more REF" in complaint("takedown")
    assert "Give one or more REF" in complaint("takedown", "video:7", "--expired")


def test_a_reason_is_needed_before_anybody_is_asked(home: Home) -> None:
    fill_job(home, new_job(home))
    result = CliRunner().invoke(main, ["takedown", "video:1"], input="y\n")
    assert result.exit_code == 2
    assert "a reason is needed; give one with --reason" in result.stderr
    assert tombstones(home) == []


def test_what_is_due_can_be_deleted_by_hand(home: Home) -> None:
    due_job(home)
    due_job(home, days=5)
    assert f"delete by {datetime.now(UTC) - timedelta(days=1):%Y-%m-%d}" in call("takedown", "--expired").out
    assert call("takedown", "--expired").out == "Nothing is due.\n"
    assert len(tombstones(home)) == 1


def test_a_take_down_that_was_cut_short_is_finished(home: Home) -> None:
    fill_job(home, new_job(home))
    removed = json.loads(call("takedown", "script:1", "--reason", "asked", "--yes", "--json").out)["taken_down"][0]
    sha256 = removed["files"][0]
    (home.store.root / sha256[:2] / sha256).write_bytes(b"left")
    assert "1 files that earlier take-downs left were deleted" in call("takedown", "--sweep").out
    assert sha256 not in set(home.store.hashes())


def test_hostile_titles_do_not_reach_the_terminal(home: Home) -> None:
    fill_job(home, new_job(home))
    call("takedown", "video:1", "--reason", "\x1b[31mred\x07", "--yes", "--actor", "\x1b[0mAda")
    (tombstone,) = tombstones(home)
    assert "\x1b" not in tombstone.reason + tombstone.actor
