"""The folder that people look into, put right before other work begins.

Belongs here: what a command says when that cannot be done. Not here: what lies in the folder
(`resources/output_view.py`).
"""

import click

from reelineage.errors import TransientError
from resources.home import Home


def put_right(home: Home) -> None:
    """Make `output/` what the tables say; a file that cannot be put there or removed keeps nobody from going on."""
    try:
        home.output.repair()
    except TransientError as error:
        click.echo(f"reelineage: {error}", err=True)
