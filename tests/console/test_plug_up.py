"""`reelineage up` is killed while a job is made: nothing of it is left running, and the next one finishes the job.

Belongs here: real processes, once. Not here: a run that is killed alone (`tests/pipeline_assets/test_resume.py`), a
single part that is (`test_up.py`).
"""

from pathlib import Path

import pytest

from resources.audit import audit_all
from resources.home import Home
from tests.console.processes import BIN, free_port, of_home, started, wait_for
from tests.pipeline_assets.test_resume import assert_untouched, dump
from tests.tiny import ASSETS, create_tiny_job


@pytest.mark.slow
def test_a_job_whose_house_was_killed_is_finished_by_the_next_one_and_nothing_is_made_twice(studio: Home) -> None:
    job_id = create_tiny_job(studio)
    with started(studio.root, BIN / "reelineage", "up", "--port", free_port()) as up:
        wait_for(lambda: dump(studio)["voiceovers"], "the narration", seconds=240)
        up.kill()
        wait_for(lambda: of_home(studio.root) == [], "the end of all that it started", seconds=60)
    before, left = dump(studio), studio.queue.get(job_id)
    assert (left.state, before["reviews"]) == ("running", []), "nobody was left to say that it died"

    with started(studio.root, BIN / "reelineage", "up", "--port", free_port()):
        wait_for(lambda: studio.queue.get(job_id).state not in ("running", "queued", "submitted"), "the video", 300)
    after = dump(studio)
    assert (studio.queue.get(job_id).state, studio.queue.get(job_id).error) == ("awaiting_review", None)
    assert_untouched(before, after)
    assert {asset: {row["version"] for row in after[asset]} for asset in ASSETS} == {asset: {1} for asset in ASSETS}
    assert [path.name for path in Path(studio.root, "output", "review").glob("*.mp4")] == [f"job-{job_id}-video-1.mp4"]
    assert audit_all(studio) == []
