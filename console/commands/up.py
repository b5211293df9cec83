"""`reelineage up`: the console, Dagster's pages and daemon for this home, behind one address."""

import click

from console.dagster_home import open_instance
from console.output import put_right
from console.up import serve
from console.web.options import checked_options
from resources.access import install_token
from resources.home import existing_home, open_home


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=3000, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on; see docs/security.md.")
@click.option("--read-only", is_flag=True, help="Nothing can be changed, and no jobs are worked on.")
def up(port: int, host: str, *, read_only: bool) -> None:
    """Start the console, Dagster's pages and its daemon on this machine, and print a link that signs you in.

    Ctrl-C stops all of them.
    """
    home = existing_home() if read_only else open_home()
    options = checked_options(home.settings, host, port, read_only=read_only)
    with open_instance(home):
        pass  # makes Dagster's own tables: its servers, started together on a new home, would race for it
    if not read_only:
        put_right(home)
        install_token(home.root)
    serve(home, options)
