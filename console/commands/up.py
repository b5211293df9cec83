"""`reelineage up`: Dagster's pages, daemon and sensors for this home."""

import click

from console.dagster_home import open_instance
from console.up import serve
from resources.home import open_home


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=3000, show_default=True)
def up(port: int) -> None:
    """Start Dagster's webserver and daemon on this machine; Ctrl-C stops both."""
    home = open_home()
    with open_instance(home):
        pass  # makes Dagster's own tables: webserver and daemon, started together on a new home, would race for it
    home.output.repair()
    serve(home, port)
