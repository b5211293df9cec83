"""`reelineage up`: Dagster's pages, daemon and sensors for this home."""

import click

from console.dagster_home import prepare
from console.up import serve
from resources.home import open_home


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=3000, show_default=True)
def up(port: int) -> None:
    """Start Dagster's webserver and daemon on this machine; Ctrl-C stops both."""
    home = open_home()
    prepare(home)
    with home.database.read():
        home.output.repair()
    serve(home, port)
