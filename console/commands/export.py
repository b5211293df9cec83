"""`reelineage export`: what other tools read, from the terminal, in a file, or sent to an address."""

from datetime import datetime
from pathlib import Path

import click

from console.asking import EXPORTS, family_of, recognised
from console.exporting import to_address, to_file, to_terminal
from console.moments import MOMENT
from reelineage.errors import BadInput
from resources.home import existing_home


@click.command()
@click.argument("form", metavar="openlineage|prov", type=click.Choice(EXPORTS))
@click.argument("ref", required=False)
@click.option("--since", type=MOMENT, help="Only rows from this time on.")
@click.option("--until", type=MOMENT, help="Only rows before this time.")
@click.option("--to", "target", help="A file, or an http(s) address; the terminal when left out.")
@click.option("--force", is_flag=True, help="Replace a file that is there.")
def export(
    form: str, ref: str | None, *, since: datetime | None, until: datetime | None, target: str | None, force: bool
) -> None:
    """Tell rows as OpenLineage events or PROV-JSON: all of them, or with REF what it was made from.

    Without REF there is one JSON value a line, in the order in which rows came; PROV with REF is one document. The same
    rows give the same bytes whenever they are exported.
    """
    if since and until and since >= until:
        raise BadInput("Exporting: --since must be before --until.")
    if target and "://" in target and not target.startswith(("http://", "https://")):
        raise BadInput("Exporting: --to takes a file or an address that begins with http:// or https://.")
    home = existing_home()
    refs = recognised(home, ref, down=False) if ref else ()
    from console.telling import answer, everything  # noqa: PLC0415 — heavy import, only when used

    with home.database.read() as session:
        if refs:
            family = family_of(session, refs, down=False)
            lines = answer(session, family, form, since=since, until=until)
        else:
            lines = everything(session, form, since=since, until=until)
        if target is None:
            to_terminal(lines)
            return
        if target.startswith(("http://", "https://")):
            count = to_address(lines, target, home.settings)
            click.echo(f"{_lines(count)} {'was' if count == 1 else 'were'} sent.", err=True)
        else:
            count = to_file(lines, Path(target), force=force)
            click.echo(f"{target}: {_lines(count)}.", err=True)


def _lines(count: int) -> str:
    return "1 line" if count == 1 else f"{count:,} lines"
