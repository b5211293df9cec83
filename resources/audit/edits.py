"""What people edited: does each edit, made again, give the script version that it caused?

Belongs here: rules about edits and their scripts. That both rows exist and belong together is for `edges.py` and
`keys.py`, that the versions have no gaps for `chains.py`.
"""

from collections.abc import Callable, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from reelineage.documents import Script as ScriptDocument
from reelineage.editing import edited, edited_version, read_changes
from reelineage.errors import BadInput
from reelineage.fingerprint import sha256_of
from reelineage.models import Edit, Script, ScriptEdit
from resources.audit.findings import MOST_PER_RULE, Finding

_PAGE = 100  # two documents each


def edits_give_their_scripts(session: Session, job_id: int | None) -> Iterator[Finding]:
    """Each edit of content that is still there: the script it was made in, what it says, and the version it caused.

    Made by other rules of editing than today's, it cannot be made again: then only the versions are compared.
    """
    before, after = aliased(Script), aliased(Script)
    mine = [] if job_id is None else [Edit.job_id == job_id]
    last, found = 0, 0
    while found <= MOST_PER_RULE:
        query = (
            select(Edit, before, after)
            .join(before, before.id == Edit.script_id)
            .join(ScriptEdit, ScriptEdit.edit_id == Edit.id)
            .join(after, after.id == ScriptEdit.script_id)
            .where(*mine, Edit.id > last)
            .order_by(Edit.id)
            .limit(_PAGE)
        )
        rows = session.execute(query).all()
        for edit, old, new in rows:
            if problem := _problem(edit, old, new):
                found += 1
                ref = f"edit:{edit.id}"
                yield Finding("altered_edit", ref, f"{ref} {problem}; restore the database from a backup.")
        if len(rows) < _PAGE:
            return
        last = rows[-1][0].id
        session.expunge_all()


def _problem(edit: Edit, old: Script, new: Script) -> str | None:
    """What about an edit cannot be so."""
    if new.origin != "edit" or (new.job_id, new.version) != (old.job_id, old.version + 1):
        return f"does not lead from script:{old.id} to the version after it, but to script:{new.id}"
    if new.analysis_id != old.analysis_id:
        return f"leads from script:{old.id} to script:{new.id}, which was made from another analysis"
    if old.document is None or new.document is None or edit.changes is None:
        return None
    if new.code_version != edited_version(old.code_version):
        return None
    try:
        again = edited(ScriptDocument.model_validate(old.document), read_changes(edit.changes))
    except (BadInput, ValueError) as error:
        return f"says what cannot be done in script:{old.id} ({error})"
    return None if sha256_of(again) == new.data_version else f"does not give script:{new.id} when it is made again"


RULES: tuple[Callable[[Session, int | None], Iterator[Finding]], ...] = (edits_give_their_scripts,)
