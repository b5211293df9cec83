"""`reelineage lineage`: what a row was made from, up to the trend rows."""

import json

import click

from console.show import as_json, rows_of, starts_of, tree
from reelineage.family import parse_reference, upstream
from resources.home import open_home


@click.command()
@click.argument("ref")
@click.option("--format", "output", type=click.Choice(["tree", "json"]), default="tree", show_default=True)
def lineage(ref: str, output: str) -> None:
    """Show everything upstream of REF: job:42, video:7, or any other row."""
    reference = parse_reference(ref)
    with open_home().database.read() as session:
        starts = starts_of(session, reference)
        graph = upstream(session, starts)
        rows = rows_of(session, graph)
    if output == "json":
        click.echo(json.dumps(as_json(starts, graph, rows), indent=1))
    else:
        click.echo(tree(starts, graph, rows))
