"""A job that a person edited is killed again and again while it is made again: only what was missing is made, once.

Belongs here: processes that end at a chosen moment after an edit. Not here: kills of a job's first run
(`test_resume.py`), what an edit makes anew (`test_edits.py`).
"""

import signal
from pathlib import Path

import pytest
from sqlalchemy import select

from reelineage.models import Decision
from resources.audit import audit_all
from resources.decisions import decide
from resources.home import Home
from tests.console.web.test_asking_for_changes import form
from tests.console.web_client import client
from tests.pipeline_assets.test_resume import assert_untouched, dump
from tests.runner import runner
from tests.tiny import ASSETS, Behaviour

NEW = "Said in quite another way."
MOMENTS = (
    "begin:voiceovers", "made:voiceovers", "begin:clips", "made:clips", "amid:videos", "made:videos", "begin:reviews",
    "made:reviews",
)  # fmt: skip


def shown(home: Home) -> list[str]:
    return sorted(str(path.relative_to(home.output.root)) for path in home.output.root.rglob("*.mp4"))


@pytest.mark.slow
def test_an_edited_job_killed_at_every_stage_speaks_and_films_the_changed_sentence_once(
    finished: Home, tmp_path: Path
) -> None:
    decide(finished.database, 1, verdict="approve", reason="Good", actor="ada", allow_demo=True)
    finished.output.sync(1)
    assert shown(finished) == ["approved/job-1-video-1.mp4"]
    assert client(finished).post("/jobs/1/edits", data=form(finished) | {"sentence-2-1": NEW}).status_code == 303
    assert shown(finished) == [], "what was approved is no longer what the job says"
    before = dump(finished)

    log = tmp_path / "calls"
    log.touch()
    with runner(finished.root, tmp_path / "commands") as commands:
        for moment in MOMENTS:
            child = commands.start("jobs", "retry", 1, "--now", behaviour=Behaviour(log=log), kill_at=moment)
            assert child.wait() == -signal.SIGKILL, (moment, child.said)
            assert finished.queue.get(1).state == "running", "a dead process cannot say that it is dead"
            assert shown(finished) == []
        commands.run("jobs", "retry", 1, "--now", behaviour=Behaviour(log=log))

    after = dump(finished)
    assert log.read_text(encoding="utf-8").splitlines() == [f"speak {NEW}", "film 2"]
    assert_untouched(before, after)
    versions = {asset: 1 if asset in ("trends", "analysis") else 2 for asset in ASSETS}
    assert {asset: max(row["version"] for row in after[asset]) for asset in ASSETS} == versions
    assert finished.queue.get(1).state == "awaiting_review"
    assert shown(finished) == ["review/job-1-video-2.mp4"]
    with finished.database.read() as session:
        assert session.scalars(select(Decision.video_id)).all() == [1], "it stands, and says what it said"
    assert audit_all(finished, deep=True) == []
    assert list((finished.store.root / ".scratch").iterdir()) == [], "work in progress of dead processes is left"
