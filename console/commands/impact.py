"""`reelineage impact`: what was made from a source, a model, a prompt, a file or a row, down to the delivered files."""

from datetime import datetime

import click

from console.walking import show_walk, walk_options


@click.command()
@walk_options
def impact(ref: str, form: str, as_of: datetime | None) -> None:
    """Show everything made from REF: source:youtube, model:piper/joe, prompt:trend_briefing/1, clip:3, a file."""
    show_walk(ref, form, as_of, down=True)
