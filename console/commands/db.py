"""`reelineage db`: the schema of the database."""

import click

from resources.home import open_home


@click.group()
def db() -> None:
    """Look after the database's schema."""


@db.command()
def upgrade() -> None:
    """Bring an older schema to this version. Back the database up first."""
    home = open_home()
    home.database.upgrade()
    click.echo("The schema is up to date.")
