"""`reelineage audit`: is every row what it says it is?"""

import json
import sys
from dataclasses import replace

import click

from console.dagster_home import open_instance
from reelineage.lineage import parse_job_id
from resources.audit import Options, Report, run_audit
from resources.audit.dagster_events import against_dagster
from resources.audit.findings import Findings
from resources.home import Home, open_home


@click.command()
@click.option("--deep", is_flag=True, help="Read every document in full and hash every file.")
@click.option("--sample", type=click.IntRange(0, 1_000_000), default=0, help="Hash this many files, drawn at random.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), help="Draw the same sample again.")
@click.option("--job", help="Check one job, its documents and files in full.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object.")
def audit(*, deep: bool, sample: int, seed: int | None, job: str | None, as_json: bool) -> None:
    """Check rows, files, chains and Dagster's events; exit code 1 when a rule is broken."""
    home = open_home()
    job_id = None if job is None else parse_job_id(job)
    report = run_audit(home, Options(deep=deep, sample=sample, seed=seed, job_id=job_id))
    if job_id is None:
        report = _with_dagster(home, report)
    if as_json:
        click.echo(json.dumps(report.as_json()))
    else:
        _print(report)
    sys.exit(0 if report.ok else 1)


def _with_dagster(home: Home, report: Report) -> Report:
    """The report with what Dagster's events say of our rows, where Dagster has kept any here."""
    if not home.settings.dagster_root.is_dir():
        return replace(report, dagster="no Dagster data in this home")
    found = Findings()
    found.add(report.findings)
    with open_instance(home) as instance:
        found.add(against_dagster(home, instance))
    counts = {rule: max(count, report.counts.get(rule, 0)) for rule, count in found.counts.items()}
    return replace(report, findings=tuple(found), counts=counts, dagster="compared in both directions")


def _print(report: Report) -> None:
    for finding in report.findings:
        click.echo(f"{finding.rule}: {finding.message}")
    for rule, more in _beyond(report).items():
        click.echo(f"{rule}: and {more:,} more")
    if report.ok:
        click.echo("Every row has its upstream rows, its files and its place in the chain.")
    click.echo(_summary(report))


def _beyond(report: Report) -> dict[str, int]:
    """How many findings of each rule were counted and not kept."""
    kept: dict[str, int] = {}
    for finding in report.findings:
        kept[finding.rule] = kept.get(finding.rule, 0) + 1
    return {rule: count - kept.get(rule, 0) for rule, count in report.counts.items() if count > kept.get(rule, 0)}


def _summary(report: Report) -> str:
    """What was looked at, in one line."""
    parts = [f"{report.jobs:,} jobs", f"{report.rows:,} records", f"{report.files:,} files"]
    hashed = f"{report.hashed:,} of them hashed"
    if report.sample_seed is not None:
        hashed += f" (seed {report.sample_seed})"
    dagster = f"; Dagster: {report.dagster}" if report.dagster else ""
    depth = "in full" if report.deep else "documents by their hashes"
    return f"Checked {', '.join(parts)}, {hashed}, {depth}, in {report.seconds:.1f} s{dagster}."
