"""A person's edit of a script: the edit as a row, the script version that it causes, and the job back in the queue.

Belongs here: the transaction, and the rules under which an edit may be made. Not here: what a change does to a script
(`reelineage/editing.py`).
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from reelineage import lineage
from reelineage.documents import Script as ScriptDocument
from reelineage.editing import Change, edited, edited_version
from reelineage.errors import Conflict
from reelineage.family import Ref
from reelineage.models import Edit, Job, Script, ScriptEdit, TrendAnalysis
from reelineage.takedown.withdrawal import told, why_not_made, withdrawn_behind
from reelineage.text import clean_text
from resources.home import Home
from resources.job_states import existing, is_abandoned, queue_again
from resources.record_rows import insert_record, stored_row
from resources.takedown.lock import hold_takedowns

_EDITABLE = ("awaiting_review", "approved", "rejected", "failed", "cancelled")


def edit_script(
    home: Home, job_id: int, *, script_id: int, changes: Sequence[Change], actor: str, reason: str | None = None
) -> tuple[Edit, Script]:
    """Change the job's current script for a named person, and queue the job: what depends on it is made again.

    `script_id` is the version that the person was shown. A decision about the earlier video stays, and is void: its
    video is no longer current.

    Raises:
        BadInput: there is nothing to change, or a change does not fit the script.
        NotFound: there is no such job.
        Conflict: another version is current by now, a run works on the job, or what it is made from was taken down.
    """
    with home.database.write() as session:
        job = existing(session, job_id, lock=True)
        hold_takedowns(session)
        old = _current_script(session, job, script_id)
        edit, script = write_edit(session, job, old, changes, actor=actor, reason=reason)
        queue_again(job, home.settings.max_attempts)
        return edit, script


def write_edit(
    session: Session, job: Job, old: Script, changes: Sequence[Change], *, actor: str, reason: str | None
) -> tuple[Edit, Script]:
    """Insert an edit of a job's current script, and the script version that it causes.

    The caller holds the job's row lock.

    Raises:
        BadInput: a change does not fit the script.
    """
    new = edited(ScriptDocument.model_validate(old.document), changes)
    edit = Edit(
        job_id=job.id,
        script_id=old.id,
        changes=[change.model_dump(mode="json") for change in changes],
        reason=clean_text(reason or "", max_characters=2000) or None,
        actor=clean_text(actor, max_characters=200) or "unknown",
        created_at=datetime.now(UTC),
    )
    session.add(edit)
    session.flush()
    script = _insert(session, job, old, new)
    session.add(ScriptEdit(job_id=job.id, script_id=script.id, edit_id=edit.id))
    session.flush()
    return edit, script


def _insert(session: Session, job: Job, old: Script, new: ScriptDocument) -> Script:
    """The next script version, made from the analysis that the edited one was made from."""
    analysis = session.get_one(TrendAnalysis, old.analysis_id)
    row = insert_record(
        session,
        "scripts",
        new,
        {"analysis": (stored_row("analysis", analysis),)},
        job=job,
        run_id=None,
        code_version=edited_version(old.code_version),
    )
    return session.get_one(Script, row.id)


def _current_script(session: Session, job: Job, script_id: int) -> Script:
    """The script to be changed, when it may be changed now.

    Raises:
        Conflict: says why not, and what to do.
    """
    doing = f"Editing the script of job {job.id}"
    if job.active_run is not None and not is_abandoned(job):
        raise Conflict(f"{doing}: run {job.active_run} is working on it. Edit when it is done.")
    if job.state not in _EDITABLE:
        raise Conflict(
            f"{doing}: it is {job.state}, so it is about to be made. Edit when it is done, or "
            f"`reelineage jobs cancel {job.id}` first."
        )
    script = lineage.current(session, job.id).script
    if script is None:
        raise Conflict(f"{doing}: it has no script yet. `reelineage jobs retry {job.id}` goes on with it.")
    if script.id != script_id:
        raise Conflict(
            f"{doing}: script:{script_id} is no longer the newest; script:{script.id} is. Look at that one, then edit "
            "again."
        )
    if script.tombstone_id is not None:
        raise Conflict(f"{doing}: the content of script:{script.id} was taken down. Create a new job.")
    if why := why_not_made(session, job, resume=False):
        raise Conflict(f"{doing}: {why}. Create a new job.")
    if behind := withdrawn_behind(session, [Ref("script", str(script.id))]):
        raise Conflict(
            f"{doing}: something it was made from was {told(behind)} (tombstone:{behind.id}). Create a new job."
        )
    return script
