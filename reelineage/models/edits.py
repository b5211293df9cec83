"""What people asked to be changed, and the script version that each of it caused.

Belongs here: the edit as a row of its own, made by a named person from the script that was shown. Not here: what an
edit does to a script (`reelineage/editing.py`).
"""

from datetime import datetime

from pydantic import JsonValue
from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from reelineage.models.base import Base, Json, RowId


class Edit(Base):
    """Changes that a person asked for in one script version; `changes` are those of `reelineage.editing`, in order."""

    __tablename__ = "edits"
    __table_args__ = (
        ForeignKeyConstraint(("job_id", "script_id"), ("scripts.job_id", "scripts.id")),
        UniqueConstraint("job_id", "id"),
        Index("ix_edits_job_id_script_id", "job_id", "script_id"),
        Index("ix_edits_script_id", "script_id"),
        CheckConstraint("length(actor) > 0", name="by_somebody"),
        CheckConstraint(
            "tombstone_id IS NULL OR (changes IS NULL AND reason IS NULL)", name="tombstone_has_no_content"
        ),
        CheckConstraint("tombstone_id IS NOT NULL OR changes IS NOT NULL", name="content_or_tombstone"),
        {
            "sqlite_autoincrement": True,
            "info": {"node": "edit", "append_only": True, "content": ("changes", "reason")},
        },
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    job_id: Mapped[int] = mapped_column(RowId, ForeignKey("jobs.id"))
    script_id: Mapped[int] = mapped_column(RowId)
    changes: Mapped[list[JsonValue] | None] = mapped_column(Json)
    reason: Mapped[str | None]
    actor: Mapped[str]
    created_at: Mapped[datetime]
    tombstone_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("tombstones.id"))


class ScriptEdit(Base):
    """The edit that a script version came from: at most one, and an edit causes one version."""

    __tablename__ = "script_edits"
    __table_args__ = (
        ForeignKeyConstraint(("job_id", "script_id"), ("scripts.job_id", "scripts.id")),
        ForeignKeyConstraint(("job_id", "edit_id"), ("edits.job_id", "edits.id")),
        UniqueConstraint("edit_id"),
        {"info": {"derived": "script_id", "append_only": True, "content": ()}},
    )

    job_id: Mapped[int] = mapped_column(RowId)
    script_id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=False)
    edit_id: Mapped[int] = mapped_column(RowId)
