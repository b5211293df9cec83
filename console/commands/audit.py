"""`reelineage audit`: is every row what it says it is?"""

import json
import sys

import click

from resources.audit import audit_all
from resources.home import open_home


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as one JSON object.")
def audit(*, as_json: bool) -> None:
    """Check rows, files and chains; exit code 1 when a rule is broken."""
    findings = audit_all(open_home())
    if as_json:
        click.echo(json.dumps({"ok": not findings, "findings": [finding.as_json() for finding in findings]}))
    else:
        for finding in findings:
            click.echo(f"{finding.rule}: {finding.message}")
        if not findings:
            click.echo("Every row has its upstream rows, its files and its place in the chain.")
    sys.exit(1 if findings else 0)
