"""`reelineage jobs edit`: ask for another wording, title, call to action or picture; only what depends on it is made.

Belongs here: changes as options, and how an edit is told. Not here: what a change does (`reelineage/editing.py`).
"""

import getpass
import re
from collections.abc import Iterator

import click

from console.acts import Acts
from console.commands.job_id import JOB_ID, TAKES_JOB_ID
from console.dagster_home import prepare
from reelineage import lineage
from reelineage.documents import Script as ScriptDocument
from reelineage.edit_history import changes_of
from reelineage.editing import Change, in_words, read_changes
from reelineage.errors import BadInput
from reelineage.models import Edit, Script
from reelineage.text import clean_text
from resources.home import Home, open_home

_PLACE = re.compile(r"([1-9][0-9]?)\.([1-9][0-9]?)", re.ASCII)


@click.command(context_settings=TAKES_JOB_ID)
@click.argument("job_id", type=JOB_ID)
@click.option("--sentence", "sentences", nargs=2, multiple=True, metavar="PLACE TEXT", help='As in 3.2 "Another text."')
@click.option("--title", help="Another title.")
@click.option("--call-to-action", help="Another request, said and shown at the end.")
@click.option("--scene-again", "again", multiple=True, type=click.IntRange(1, 99), help="Another picture for a scene.")
@click.option("--script", "script_id", type=click.IntRange(1), help="The version you looked at; the newest by default.")
@click.option("--reason", help="Why; kept with the edit.")
@click.option("--actor", default=getpass.getuser, show_default="your user name", help="Who edits.")
def edit(  # noqa: PLR0913 — the command's options, all by name
    job_id: int, *, sentences: tuple[tuple[str, str], ...], title: str | None, call_to_action: str | None,
    again: tuple[int, ...], script_id: int | None, reason: str | None, actor: str,
) -> None:  # fmt: skip
    """Change the job's script and queue the job; what does not depend on the change is not made again.

    Without a change, print the script with the places that can be named: 3.2 is the second sentence of scene 3.
    """
    home = open_home()
    wanted = [*_sentences(sentences)]
    wanted += [{"kind": "title", "text": title}] if title is not None else []
    wanted += [{"kind": "call_to_action", "text": call_to_action}] if call_to_action is not None else []
    wanted += [{"kind": "scene_again", "scene": scene} for scene in again]
    script = _current(home, job_id)
    if not wanted:
        _print(script)
        return
    prepare(home)
    made, new = Acts(home).edit(
        job_id,
        script_id=script.id if script_id is None else script_id,
        changes=read_changes(wanted),
        actor=actor,
        reason=reason,
    )
    click.echo(f"edit:{made.id} gave script:{new.id} (version {new.version}); job {job_id} is queued again.")
    click.echo(f"`reelineage jobs retry {job_id} --now` makes what depends on it in this process.")


def told_edit(made: Edit) -> str:
    """One line about an edit: who, when, what and why; an edit that was taken down has no more than the first two."""
    who = f"edit:{made.id} by {clean_text(made.actor, max_characters=80)} on {made.created_at:%Y-%m-%d %H:%M} UTC"
    changes: tuple[Change, ...] = changes_of(made)
    what = "; ".join(map(in_words, changes)) or "content taken down"
    why = f" ({clean_text(made.reason, max_characters=200)})" if made.reason else ""
    return f"{who}: {clean_text(what, max_characters=400)}{why}"


def _sentences(given: tuple[tuple[str, str], ...]) -> Iterator[dict[str, object]]:
    for place, text in given:
        match = _PLACE.fullmatch(place)
        if match is None:
            raise BadInput(f"Reading --sentence {place[:40]!r}: it must be like 3.2, the second sentence of scene 3.")
        yield {"kind": "sentence", "scene": int(match[1]), "sentence": int(match[2]), "text": text}


def _current(home: Home, job_id: int) -> Script:
    state = home.queue.get(job_id).state
    with home.database.read() as session:
        script = lineage.current(session, job_id).script
    if script is not None and script.document is None:
        raise BadInput(
            f"Editing the script of job {job_id}: the content of script:{script.id} was taken down. Create a new job."
        )
    if script is None:
        raise BadInput(
            f"Editing the script of job {job_id}: it has none yet (it is {state}). `reelineage jobs show {job_id}` "
            "tells more."
        )
    return script


def _print(row: Script) -> None:
    script = ScriptDocument.model_validate(row.document)
    click.echo(f"script:{row.id}  version {row.version}")
    click.echo(f"title  {script.title}")
    for scene in script.scenes:
        click.echo(f"scene {scene.number}  {scene.visual.kind}: {scene.visual.headline}")
        for number, sentence in enumerate(scene.sentences, 1):
            click.echo(f"  {scene.number}.{number}  {sentence.text}")
    click.echo(f"call to action  {script.call_to_action}")
