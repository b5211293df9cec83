"""The `reelineage` command. Each group of commands has a file of its own; this one ties them together.

Belongs here: the group, and how errors reach people: one line on stderr, exit code 2 for their mistakes, else 1.
"""

import errno
import sys
from typing import Any

import click
from sqlalchemy.exc import OperationalError

from console.commands import (
    access,
    audit,
    bom,
    costs,
    db,
    diff,
    doctor,
    env,
    export,
    impact,
    jobs,
    lineage,
    make,
    reproduce,
    review,
    takedown,
    up,
    verify,
)
from reelineage.errors import BadInput, ReelineageError
from reelineage.text import clean_text

_LONGEST_MESSAGE = 4000
_DISK_SAYS_NO = (errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOSPC, errno.EDQUOT)


class _Reelineage(click.Group):
    """Turns our errors and click's into one line each, whatever a file name or a title put into them."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 — click's own signature
        """Run a command; what it raises becomes a message and an exit code."""
        try:
            return super().invoke(ctx)
        except ReelineageError as error:
            _tell(str(error))
            sys.exit(2 if isinstance(error, BadInput) else 1)
        except click.UsageError as error:
            path = error.ctx.command_path if error.ctx else "reelineage"
            _tell(f"{error.format_message()} `{path} --help` tells how to call it.")
            sys.exit(error.exit_code)
        except OperationalError as error:  # ours or Dagster's; its statement and values are nobody's business
            _tell(f"A database cannot be used: {error.orig}. Look at its disk, its rights and REELINEAGE_DATABASE_URL.")
            sys.exit(1)
        except OSError as error:
            if error.errno not in _DISK_SAYS_NO:
                raise
            _tell(f"Writing {error.filename or 'a file'}: {error.strerror}. Free the disk or make it writable.")
            sys.exit(1)


def _tell(message: str) -> None:
    click.echo(f"reelineage: {clean_text(message, max_characters=_LONGEST_MESSAGE)}", err=True)


@click.group(cls=_Reelineage, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="reelineage")
def main() -> None:
    """Short vertical videos from trends, each traced row by row to what it was made from."""


for command in (
    make.make,
    jobs.jobs,
    review.review,
    lineage.lineage,
    impact.impact,
    export.export,
    audit.audit,
    env.env,
    up.up,
    access.access,
    db.db,
    bom.bom,
    costs.costs,
    verify.verify,
    reproduce.reproduce,
    diff.diff,
    doctor.doctor,
    takedown.takedown,
):
    main.add_command(command)
