"""`reelineage diff`: the first stage where two videos, scripts, clips or jobs part, and how."""

import json

import click
from sqlalchemy.orm import Session

from console.comparing import as_json as json_of
from console.comparing import as_text
from reelineage.comparing.branches import branch_of, compare, records_with
from reelineage.errors import BadInput
from reelineage.family import Ref
from resources.home import existing_home
from resources.recognition import Recognised, recognise


@click.command()
@click.argument("before")
@click.argument("after")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else on stdout.")
def diff(before: str, after: str, *, as_json: bool) -> None:
    """Compare BEFORE and AFTER, stage by stage: video:7 and video:9, two scripts, clips, voiceovers, jobs or files."""
    home = existing_home()
    texts = (before, after)
    known = [recognise(home, text) for text in texts]
    with home.database.read() as session:
        refs = [_record(session, text, found) for text, found in zip(texts, known, strict=True)]
        _check_kinds(*refs)
        one, other = (branch_of(session, ref) for ref in refs)
    found = compare(one, other)
    click.echo(json.dumps(json_of(one, other, found), indent=1) if as_json else as_text(one, other, found))


def _record(session: Session, text: str, found: Recognised) -> Ref:
    """The one record that a reference, file or hash stands for."""
    records = list(dict.fromkeys(record for ref in found.explained for record in records_with(session, ref)))
    if not records:
        raise BadInput(
            f"Comparing {text[:80]!r}: it leads to no video, script, voiceover, clip or job. `reelineage lineage` says "
            "what it is."
        )
    if len(records) > 1:
        listed = ", ".join(map(str, records[:8])) + (", …" if len(records) > 8 else "")
        raise BadInput(f"Comparing {text[:80]!r}: it stands for several records: {listed}. Name one of them.")
    return records[0]


def _check_kinds(one: Ref, other: Ref) -> None:
    if one.node != other.node and "job" not in (one.node, other.node):
        raise BadInput(f"Comparing {one} with {other}: a {one.node} and a {other.node}. Give two of one kind.")
