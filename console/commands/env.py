"""`reelineage env`: the two variables that Dagster's own commands need."""

import shlex

import click

from console.dagster_home import prepare
from resources.home import open_home


@click.command()
def env() -> None:
    """Print absolute REELINEAGE_HOME and DAGSTER_HOME for: eval "$(reelineage env)"."""
    home = open_home()
    prepare(home)
    click.echo(f"export REELINEAGE_HOME={shlex.quote(str(home.root))}")
    click.echo(f"export DAGSTER_HOME={shlex.quote(str(home.settings.dagster_root))}")
