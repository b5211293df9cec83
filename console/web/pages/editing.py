"""Asking for changes from the job page: what differs from the script that was shown becomes one edit.

Belongs here: reading the form. Not here: what a change does (`reelineage/editing.py`), the rules under which one may be
made (`resources/editing.py`), what follows from it (`console/acts.py`).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from console.web.guard import needs
from console.web.pages.job_page import Refused, job_page
from console.web.parts import TheActs, TheHome
from console.web.refusals import status_of
from console.web.row_ids import RowNumber
from reelineage import documents as docs
from reelineage.editing import Change, read_changes
from reelineage.errors import BadInput, Gone, NotFound
from reelineage.models import Script
from reelineage.text import clean_text
from resources.access import Principal, Role
from resources.home import Home

router = APIRouter(prefix="/jobs")
_SENTENCE: Final = re.compile(r"sentence-([1-9][0-9]?)-([1-9][0-9]?)", re.ASCII)
_AGAIN: Final = re.compile(r"again-([1-9][0-9]?)", re.ASCII)
_KEY: Final = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)
_MOST_FIELDS: Final = 1_000  # a script of ninety-nine scenes has some four hundred
_LONGEST_FIELD: Final = 4_000
_LONGEST_TEXT: Final = 300  # of a sentence or title (`documents.Short`)


async def _typed(request: Request) -> dict[str, str]:
    """The fields of the form, bounded; only texts, no files."""
    async with request.form(max_files=0, max_fields=_MOST_FIELDS) as form:
        fields = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    return {name: value[:_LONGEST_FIELD] for name, value in fields[:_MOST_FIELDS]}


@router.post("/{job_id}/edits")
def edit(
    request: Request,
    home: TheHome,
    acts: TheActs,
    who: Annotated[Principal, Depends(needs(Role.REVIEWER))],
    job_id: RowNumber,
    typed: Annotated[dict[str, str], Depends(_typed)],
) -> Response:
    """Make one edit of everything that was changed in the form, and queue the job."""
    script_id, script = _shown(home, job_id, typed.get("script_id", ""))
    asked = dict(_asked(script, typed))
    wrong: dict[str, str] = {}
    try:
        changes = _changes(asked, wrong)
        _check(job_id, changes, wrong)
        acts.edit(job_id, script_id=script_id, changes=changes, actor=who.name, reason=typed.get("reason") or None)
    except NotFound:
        raise
    except BadInput as error:
        # only what was asked for comes back: the rest stands there as it is by now, not as the form was opened with it
        kept = {name: value for name, value in typed.items() if name in asked or name == "reason"}
        refused = Refused("edit", str(error), kept, wrong)
        return job_page(request, home, job_id, status_code=status_of(error), refused=refused)
    return RedirectResponse(f"/jobs/{job_id}", 303)


def _check(job_id: int, changes: Sequence[Change], wrong: Mapping[str, str]) -> None:
    doing = f"Editing the script of job {job_id}"
    if wrong:
        fields = "one text" if len(wrong) == 1 else f"{len(wrong)} texts"
        raise BadInput(f"{doing}: {fields} cannot be used. Correct what is marked below and send it again.")
    if not changes:
        raise BadInput(f"{doing}: nothing was changed. Reword a sentence, or ask for another picture.")


def _shown(home: Home, job_id: int, script_id: str) -> tuple[int, docs.Script]:
    """The script that the form was made from: only what differs from that one was asked for."""
    doing = f"Editing the script of job {job_id}"
    with home.database.read() as session:
        row = session.get(Script, int(script_id)) if _KEY.fullmatch(script_id) else None
        if row is None or row.job_id != job_id:
            raise NotFound(f"{doing}: the form names no script of it. Open the page again.")
        if row.document is None:
            raise Gone(f"{doing}: the content of script:{row.id} was taken down. Create a new job.")
        return row.id, docs.Script.model_validate(row.document)


def _changes(asked: Mapping[str, Mapping[str, object]], wrong: dict[str, str]) -> tuple[Change, ...]:
    """What was asked for as changes, in the order of the page; `wrong` takes what cannot be used, by field."""
    found: list[Change] = []
    for name, change in asked.items():
        try:
            found += read_changes([change])
        except BadInput as error:
            wrong[name] = _why(str(change.get("text", "")), error)
    return tuple(found)


def _why(text: str, error: BadInput) -> str:
    """What is wrong with one text, said beside its field."""
    if not text:
        return "Nothing would be said. Write something, or put the old text back."
    return f"At most {_LONGEST_TEXT} characters; these are {len(text)}." if len(text) > _LONGEST_TEXT else str(error)


def _asked(script: docs.Script, typed: Mapping[str, str]) -> Iterator[tuple[str, dict[str, object]]]:
    """What was typed that differs from the script, each change with the name of its field."""
    said = {(scene.number, n): _text(one.text) for scene in script.scenes for n, one in enumerate(scene.sentences, 1)}
    for name, value in typed.items():
        if match := _SENTENCE.fullmatch(name):
            place = int(match[1]), int(match[2])
            if (text := _text(value)) != said.get(place):
                yield name, {"kind": "sentence", "scene": place[0], "sentence": place[1], "text": text}
        elif match := _AGAIN.fullmatch(name):
            yield name, {"kind": "scene_again", "scene": int(match[1])}
    # the call to action last: another one may have more sentences, and the form counts them as they were
    for name, old in (("title", script.title), ("call_to_action", script.call_to_action)):
        if (text := _text(typed.get(name))) not in (None, _text(old)):
            yield name, {"kind": name, "text": text}


def _text(value: str | None) -> str | None:
    """A text as it is compared with the script's own: a text field breaks lines, a sentence has none."""
    return None if value is None else clean_text(value, max_characters=_LONGEST_FIELD)
