"""The disk is full under the console: people are told so, nothing is half done, and all goes on when there is room.

Belongs here: the database's disk, the artifacts' and the one that people look at. Not here: a database that is away
(`tests/console/web/test_database_away.py`), what the health page says of a disk.
"""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import pytest
from sqlalchemy import event, select

from pipeline_assets.sensors import reconcile_jobs_sensor
from reelineage.errors import TransientError
from reelineage.models import Decision, Edit, Script
from resources.home import Home
from tests.console.pages.test_ordering import TRENDS, create
from tests.console.web.test_asking_for_changes import form
from tests.console.web_client import client
from tests.pipeline_assets.test_sensors import tick

NO_ROOM = "There is no room left on the disk"


@contextmanager
def full_database(home: Home) -> Iterator[None]:
    """SQLite may not make its file any larger: it says the same as on a disk that is full."""

    def limit(connection: object, _record: object) -> None:
        connection.execute("PRAGMA max_page_count=1")  # type: ignore[attr-defined]  # sqlite3's; never below what there is

    engine = home.database.engine
    engine.dispose()
    event.listen(engine, "connect", limit)
    yield
    event.remove(engine, "connect", limit)
    engine.dispose()


def no_room(*_: object, **__: object) -> None:
    """What a full disk answers."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def shown(home: Home) -> set[str]:
    """All files in the folders that people look at, hidden ones too."""
    return {str(path.relative_to(home.output.root)) for path in home.output.root.rglob("*") if path.is_file()}


def rows(home: Home, model: type[Decision | Edit | Script]) -> int:
    with home.database.read() as session:
        return len(session.scalars(select(model.id)).all())


def test_an_edit_that_the_database_has_no_room_for_changes_nothing_and_can_be_sent_again(finished: Home) -> None:
    asked = client(finished)
    changed = form(finished) | {f"sentence-{n}-1": "Said quite differently, and long. " * 8 for n in (1, 2)}
    before = shown(finished)
    with full_database(finished):
        answer = asked.post("/jobs/1/edits", data=changed)
        assert (answer.status_code, NO_ROOM in answer.text) == (503, True)
        assert asked.get("/jobs/1").status_code == 200
    assert (rows(finished, Edit), rows(finished, Script), shown(finished)) == (0, 1, before)
    assert finished.queue.get(1).state == "awaiting_review"
    assert asked.post("/jobs/1/edits", data=changed).status_code == 303
    assert (rows(finished, Edit), finished.queue.get(1).state) == (1, "queued")


@pytest.mark.parametrize("by", ["page", "api"])
def test_a_decision_whose_files_find_no_room_stands_says_so_and_the_files_follow(
    finished: Home, instance: dg.DagsterInstance, by: str
) -> None:
    """Where links do not work files are copied, and half of a copy would keep the disk full."""
    asked = client(finished)
    video = asked.get("/api/videos/1").json()
    wanted = {"reason": "Good", "video_sha256": video["file_sha256"], "allow_demo": True}

    def half(_source: Path, copy: Path) -> None:
        copy.write_bytes(b"half of it")
        no_room()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "hardlink_to", no_room)
        patch.setattr(shutil, "copyfile", half)
        if by == "page":
            answer = asked.post("/jobs/1/approve", data=wanted | {"video_id": "1"})
        else:
            answer = asked.post("/api/videos/1/approve", json=wanted, headers={"Idempotency-Key": "once"})
        assert (answer.status_code, "decided is stored" in answer.text) == (503, True)
        assert "No space left on device" in answer.text
        assert (rows(finished, Decision), finished.queue.get(1).state) == (1, "approved")
        assert shown(finished) == set()
        with pytest.raises(TransientError, match="No space left on device"):
            tick(reconcile_jobs_sensor, instance)
    tick(reconcile_jobs_sensor, instance)
    assert "approved/job-1-video-1.mp4" in shown(finished)
    assert len(shown(finished)) == 5


def test_an_order_whose_files_find_no_room_makes_no_job_and_can_be_sent_again(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = client(home)
    with monkeypatch.context() as patch:
        patch.setattr("resources.artifact_store.os.fsync", no_room)
        status, said = create(asked, {"trends": ("trends.csv", TRENDS)}, theme="trend_briefing")
        assert (status, NO_ROOM in said) == (503, True)
    assert home.queue.newest() == []
    assert create(asked, {"trends": ("trends.csv", TRENDS)}, theme="trend_briefing") == (303, "/jobs/1")
