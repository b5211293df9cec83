"""`reelineage lineage`: what a row was made from, up to the trend rows."""

import json

import click

from console.show import as_json, tree
from reelineage.explain import explain, starts_of
from reelineage.family import parse_reference
from resources.home import open_home


@click.command()
@click.argument("ref")
@click.option("--format", "output", type=click.Choice(["tree", "json"]), default="tree", show_default=True)
def lineage(ref: str, output: str) -> None:
    """Show everything upstream of REF: job:42, video:7, or any other row."""
    reference = parse_reference(ref)
    with open_home().database.read() as session:
        family = explain(session, starts_of(session, reference))
    if output == "json":
        click.echo(json.dumps(as_json(family), indent=1))
    else:
        click.echo(tree(family))
