"""An edit in full: where it changed a script, what stood there before, and the version that it caused.

Belongs here: reading one edit for people to look at. Not here: edits as lines of a job's history (`job_versions.py`),
what a change does (`reelineage/editing.py`). Rows are read as they are: one that is old, of a kind that came later, or
partly taken down is told as far as it goes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import JsonValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from reelineage.models import Script, ScriptEdit


@dataclass(frozen=True)
class ChangeDetails:
    """One change: a text and what replaced it, or `asked` where nothing is worded anew.

    `before` is None where it is not known any more: the script's content was taken down.
    """

    place: str
    before: str | None = None
    after: str | None = None
    asked: str | None = None


@dataclass(frozen=True)
class EditDetails:
    """An edit's changes in their order, None when they were taken down; `caused` is the script that came of it."""

    changes: tuple[ChangeDetails, ...] | None
    caused: int | None


def edit_details(session: Session, edit_id: int, *, script_id: int, changes: Sequence[JsonValue] | None) -> EditDetails:
    """What an edit changed in a script.

    Args:
        session: where the rows are.
        edit_id: the edit.
        script_id: the script that it was asked for.
        changes: the changes as its row holds them, None when they were taken down.
    """
    caused = session.scalar(select(ScriptEdit.script_id).where(ScriptEdit.edit_id == edit_id))
    if changes is None:
        return EditDetails(None, caused)
    document = session.scalar(select(Script.document).where(Script.id == script_id))
    return EditDetails(tuple(_told(changes, document or {})), caused)


def _told(changes: Sequence[JsonValue], script: Mapping[str, Any]) -> Iterator[ChangeDetails]:
    """Each change beside what it replaced: an earlier change of the same edit counts."""
    said = dict(_said(script))
    for change in changes:
        if not isinstance(change, dict):
            yield ChangeDetails("Something", asked="A change that cannot be told.")
            continue
        place = _place(change)
        match change.get("kind"):
            case "sentence" | "title" | "call_to_action":
                text = str(change.get("text"))
                yield ChangeDetails(place, said.get(place), text)
                said[place] = text
            case "scene_again":
                yield ChangeDetails(place, asked="Another picture; its words stay.")
            case kind:
                yield ChangeDetails(place, asked=f"A change of the kind {kind}.")


def _place(change: Mapping[str, JsonValue]) -> str:
    """Where a change belongs, counted from 1 as the job page counts."""
    named = {"title": "Title", "call_to_action": "Call to action"}.get(str(change.get("kind")))
    if named:
        return named
    parts = [f"{word} {change[word]}" for word in ("scene", "sentence") if word in change]
    return ", ".join(parts).capitalize() or "Script"


def _said(script: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every text of a script that a change can replace, by its place."""
    for name in ("title", "call_to_action"):
        if name in script:
            yield _place({"kind": name}), script[name]
    for scene in script.get("scenes", ()):
        for number, sentence in enumerate(scene["sentences"], 1):
            yield _place({"scene": scene["number"], "sentence": number}), sentence["text"]
