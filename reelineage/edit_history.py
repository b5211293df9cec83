"""The edits behind a script: who asked for what, from the script that a run had written to the version that counts.

Belongs here: reading edits in their order. Not here: making them (`resources/editing.py`), what a change does
(`editing.py`). Sessions are opened by the caller.
"""

from dataclasses import dataclass
from typing import Self

from sqlalchemy import select
from sqlalchemy.orm import Session

from reelineage.editing import Change, read_changes
from reelineage.graph import Ref
from reelineage.models import Edit, ScriptEdit
from reelineage.text import clean_text


@dataclass(frozen=True)
class EditedBy:
    """An edit on the way to a script, and who made it."""

    edit: Ref
    actor: str

    @classmethod
    def of(cls, edit: Edit) -> Self:
        """By its row."""
        return cls(Ref("edit", str(edit.id)), edit.actor)

    def __str__(self) -> str:
        """As people read it."""
        return f"{clean_text(self.actor, max_characters=80)} ({self.edit})"


def edits_of(session: Session, script_id: int) -> tuple[Edit, ...]:
    """The edits that led to a script version from the one that a run had written, the oldest first."""
    found: list[Edit] = []
    step = select(Edit).join(ScriptEdit, ScriptEdit.edit_id == Edit.id)
    while (edit := session.scalar(step.where(ScriptEdit.script_id == script_id))) is not None:
        found.append(edit)
        script_id = edit.script_id
    return tuple(reversed(found))


def changes_of(edit: Edit) -> tuple[Change, ...]:
    """What an edit changed; nothing when its content was taken down.

    Raises:
        BadInput: its row holds something else.
    """
    return read_changes(edit.changes) if edit.changes is not None else ()
