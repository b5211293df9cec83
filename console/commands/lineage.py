"""`reelineage lineage`: what a row or a file was made from, up to the trend rows."""

from datetime import datetime

import click

from console.walking import show_walk, walk_options


@click.command()
@walk_options
def lineage(ref: str, form: str, as_of: datetime | None) -> None:
    """Show everything that REF was made from: job:42, video:7, any other row, a sha256, or a file."""
    show_walk(ref, form, as_of, down=False)
