"""`reelineage bom`: every outside item of a video with author, licence and hash, and the credits to publish with it."""

import json
from collections.abc import Sequence
from dataclasses import asdict

import click
from sqlalchemy.orm import Session

from console.asking import recognised
from console.tables import as_csv
from reelineage import lineage
from reelineage.errors import BadInput
from reelineage.explain import Family, explain, rows_of
from reelineage.family import Ref
from reelineage.rights.bill_of_materials import KINDS, Line, bill, unknown_licences
from reelineage.rights.credits import credits_text
from reelineage.rights.disclosure import derive
from reelineage.takedown.withdrawal import is_withdrawn, told
from reelineage.text import clean_text
from resources.home import existing_home

_TELLING = ("trend_report", "trend_observation", "script", "voiceover", "clip", "provider_call")
_AFTER_THE_VIDEO = ("review", "decision", "credential", "reproduction")
_COLUMNS = (
    "kind", "title", "author", "licence", "licence_known", "url", "attribution", "sha256", "provider", "used_in",
    "note",
)  # fmt: skip


@click.command()
@click.argument("ref")
@click.option(
    "--format", "output", type=click.Choice(["table", "json", "credits", "csv"]), default="table", show_default=True
)
def bom(ref: str, output: str) -> None:
    """List what REF is made from: video:7, a job's current video, or a file."""
    home = existing_home()
    refs = recognised(home, ref, down=False)
    with home.database.read() as session:
        video = _video(session, ref, refs)
        family = explain(session, [video])
        _warn(session, video, family)
    lines = bill(family)
    if output == "credits":
        click.echo(credits_text(lines, derive(family)))
    elif output == "csv":
        click.echo(as_csv(_COLUMNS, ([getattr(line, name) for name in _COLUMNS] for line in lines)))
    elif output == "json":
        click.echo(json.dumps(_as_json(video, family, lines), indent=1))
    else:
        click.echo(_as_text(video, family, lines))


def _warn(session: Session, video: Ref, family: Family) -> None:
    """Say on stderr, beside every format, what a list to publish with would hide."""
    if tombstone := is_withdrawn(session, int(video.key)):
        click.echo(f"{video} may not be published: it, or what it was made from, was {told(tombstone)}.", err=True)
    gone = sum(row.tombstone_id is not None for ref, row in family.rows.items() if ref.node in _TELLING)
    if gone:
        click.echo(f"{gone} of its rows have lost their content; what they cited or named is not listed.", err=True)
    if unknown := unknown_licences(family):
        click.echo(f"{len(unknown)} works have no known licence; `--format table` names them.", err=True)


def _video(session: Session, text: str, refs: Sequence[Ref]) -> Ref:
    """The one video that is meant.

    Raises:
        BadInput: none is, or several are.
    """
    doing = f"Listing the materials of {clean_text(text, max_characters=100)}"
    found = {}
    for ref in refs:
        row = rows_of(session, [ref]).get(ref)
        if ref.node == "video" and row is not None:
            found[ref] = ref
        elif ref.node == "job":
            current = lineage.current(session, int(ref.key)).video
            if current is None:
                raise BadInput(
                    f"{doing}: the job has no current video yet. `reelineage jobs show {ref.key}` tells more."
                )
            found[Ref("video", str(current.id))] = ref
        elif ref.node in _AFTER_THE_VIDEO and row is not None:
            found[Ref("video", str(row.video_id))] = ref
    if not found:
        raise BadInput(f"{doing}: it is no video. `reelineage impact` lists the videos that were made from something.")
    if len(found) > 1:
        raise BadInput(f"{doing}: it stands for several: {', '.join(map(str, list(found)[:8]))}. Name one of them.")
    return next(iter(found))


def _as_text(video: Ref, family: Family, lines: Sequence[Line]) -> str:
    title = clean_text(family.rows[video].title or "taken down", max_characters=200)
    listed = [f"{video}  {title}"]
    for kind in KINDS:
        listed += [f"  {_sentence(line)}" for line in lines if line.kind == kind]
    unknown = unknown_licences(family)
    if unknown:
        names = ", ".join(f"{line.kind} {_short(line.title)}" for line in unknown[:5])
        listed.append(
            f"{len(unknown)} without a known licence: {names}. Name it in the theme and make the video again."
        )
    return "\n".join(listed)


def _sentence(line: Line) -> str:
    hashed = f"sha256 {line.sha256[:12]}…" if line.sha256 else ""
    parts = (f"by {_short(line.author)}", f"licence {_short(line.licence)}", line.used_in, line.note, line.url, hashed)
    return f"{line.kind:<13}{_short(line.title)}; {'; '.join(_short(part) for part in parts if part)}"


def _short(text: str) -> str:
    return clean_text(text, max_characters=200)


def _as_json(video: Ref, family: Family, lines: Sequence[Line]) -> dict[str, object]:
    return {
        "video": str(video),
        "lines": [
            asdict(line) | {"scenes": list(line.scenes), "used_in": line.used_in, "licence_known": line.licence_known}
            for line in lines
        ],
        "unknown_licences": [f"{line.kind} {line.title}" for line in unknown_licences(family)],
        "disclosure": derive(family).model_dump(mode="json"),
    }
