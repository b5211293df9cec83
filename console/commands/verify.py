"""`reelineage verify`: is this file what it says, and what the database says?"""

import json
import sys
from pathlib import Path

import click

from resources.home import open_home
from resources.provenance.verification import VERDICTS, Verification
from resources.provenance.verification import verify as verify_file

_MARKS = {"ok": "ok", "fails": "FAILS", "info": "info"}


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print what was found as one JSON object.")
def verify(file: Path, *, as_json: bool) -> None:
    """Read the credential inside FILE and compare it with the file and the database; exit code 1 unless all holds."""
    found = verify_file(open_home(), file)
    click.echo(json.dumps(_as_json(found)) if as_json else _as_text(found))
    sys.exit(0 if found.verdict == "recorded" else 1)


def _as_text(found: Verification) -> str:
    lines = [f"{found.name}: {VERDICTS[found.verdict]}"]
    lines += [f"  {_MARKS[check.outcome]:<6}{check.name:<11}{check.message}" for check in found.checks]
    return "\n".join(lines)


def _as_json(found: Verification) -> dict[str, object]:
    claimed = found.claimed
    return {
        "file": found.name,
        "file_sha256": found.file_sha256,
        "ok": found.verdict == "recorded",
        "verdict": found.verdict,
        "video": str(claimed.video) if claimed else None,
        "job_id": claimed.job_id if claimed else None,
        "installation": claimed.installation if claimed else None,
        "checks": [{"name": check.name, "outcome": check.outcome, "message": check.message} for check in found.checks],
    }
