"""A person's edit of a script: the edit as a row, the script version that it causes, and the job back in the queue.

Belongs here: the transaction, and the rules under which an edit may be made. Not here: what a change does to a script
(`reelineage/editing.py`).
"""

from collections.abc import Sequence

from reelineage.editing import Change
from reelineage.models import Edit, Script
from resources.home import Home


def edit_script(
    home: Home, job_id: int, *, script_id: int, changes: Sequence[Change], actor: str, reason: str | None = None
) -> tuple[Edit, Script]:
    """Change the job's current script for a named person, and queue the job: what depends on it is made again.

    `script_id` is the version that the person was shown.

    Raises:
        BadInput: there is nothing to change, or a change does not fit the script.
        NotFound: there is no such job.
        Conflict: another version is current by now, a run works on the job, or what it is made from was taken down.
    """
    raise NotImplementedError
