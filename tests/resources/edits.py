"""Small edits, and finished jobs to make them on.

Belongs here: what the tests of editing share. Not here: `edit_job` and `go_on`, which other tests use too
(`tests/factories.py`).
"""

from reelineage.editing import SentenceChange, TitleChange
from reelineage.models import Edit, Script
from resources.editing import edit_script
from resources.home import Home
from tests.factories import fill_job, new_job

WORDING = SentenceChange(kind="sentence", scene=1, sentence=1, text="Another wording.")
TITLE = TitleChange(kind="title", text="Another title")


def edit_now(home: Home, job: int, script_id: int, text: str = "Another title") -> tuple[Edit, Script]:
    return edit_script(home, job, script_id=script_id, changes=[TitleChange(kind="title", text=text)], actor="ada")


def finished_job(home: Home, run: str = "run-1") -> int:
    job = new_job(home)
    fill_job(home, job, run)
    return job
