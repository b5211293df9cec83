"""`reelineage reproduce`: a job is made again from its frozen theme and snapshot, and the verdict is kept."""

import getpass
import json
import sys

import click

from console.reproducing import reproduce_job, table
from reelineage import lineage
from reelineage.errors import BadInput
from resources.home import existing_home


@click.command()
@click.argument("ref")
@click.option(
    "--actor", default=getpass.getuser, show_default="your user name", help="Who asks; kept with the verdict."
)
@click.option("--keep", is_flag=True, help="Keep the scratch home and tell where it lies.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else on stdout.")
def reproduce(ref: str, actor: str, *, keep: bool, as_json: bool) -> None:
    """Make REF (job:42) again in a scratch home and compare every stage with what is stored.

    Exit code 0: identical, or equivalent (the same documents, other bytes). 1: different, or it cannot be made. 2: REF
    cannot be made again.
    """
    home = existing_home()
    home.database.require_writable()  # before minutes of work, not after
    outcome = reproduce_job(home, _job_id(ref), actor=actor, keep=keep)
    click.echo(json.dumps(outcome.as_json()) if as_json else table(outcome))
    if outcome.found.verdict == "different":
        sys.exit(1)


def _job_id(ref: str) -> int:
    word, colon, number = ref.partition(":")
    if colon and word != "job":
        raise BadInput(f"Reproducing {ref[:80]!r}: only a job can be made again. Give it as job:42.")
    return lineage.parse_job_id(number if colon else ref)
