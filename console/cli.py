"""The `reelineage` command. Each group of commands has a file of its own; this one ties them together.

Belongs here: the group, and how errors reach people: one message on stderr, exit code 2 for their mistakes, else 1.
"""

import sys
from typing import Any

import click

from console.commands import audit, db, env, jobs, lineage, make, review, up
from reelineage.errors import BadInput, ReelineageError


class _Reelineage(click.Group):
    """Turns our errors into one unwrapped line each."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 — click's own signature
        try:
            return super().invoke(ctx)
        except ReelineageError as error:
            click.echo(f"reelineage: {error}", err=True)
            sys.exit(2 if isinstance(error, BadInput) else 1)


@click.group(cls=_Reelineage, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="reelineage")
def main() -> None:
    """Short vertical videos from trends, each traced row by row to what it was made from."""


for command in (make.make, jobs.jobs, review.review, lineage.lineage, audit.audit, env.env, up.up, db.db):
    main.add_command(command)
