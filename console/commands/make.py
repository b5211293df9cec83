"""`reelineage make`: a theme becomes a reviewed video in this process."""

import json
from pathlib import Path
from typing import get_args

import click

from console.dagster_home import prepare
from console.making import Made, make_now, new_run_id
from console.output import put_right
from console.showing.tree import tree
from console.showing.view import View
from reelineage.explain import explain, starts_of
from reelineage.family import Ref, stand_ins_behind
from reelineage.look import ProfileName
from resources.home import Home, open_home
from resources.job_orders import create_job, read_theme_file
from resources.takedown.files import sweep


@click.command()
@click.argument("theme", type=click.Path(path_type=Path))
@click.option("--trends", type=click.Path(path_type=Path), help="A trend or feed file instead of the theme's sources.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), help="Makes the video repeatable; random when left out.")
@click.option("--profile", type=click.Choice(get_args(ProfileName)), help="Where it goes; the theme's own by default.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else on stdout.")
def make(theme: Path, trends: Path | None, seed: int | None, profile: str | None, *, as_json: bool) -> None:
    """Make a video from THEME (a YAML file) now, and print where it lies and what it was made from."""
    home = open_home()
    prepare(home)
    put_right(home)
    sweep(home)
    run_id = new_run_id()
    job_id = create_job(
        home,
        read_theme_file(theme),
        origin="cli",
        seed=seed,
        profile=profile,
        folder=theme.parent,
        trends=trends,
        run_id=run_id,
    )
    made = make_now(home, job_id, run_id)
    if as_json:
        click.echo(json.dumps(made.as_json()))
    else:
        print_made(home, made)


def print_made(home: Home, made: Made) -> None:
    """Where the video lies, what it cost, and its family tree."""
    start = Ref("video", str(made.video.id))
    with home.database.read() as session:
        family = explain(session, starts_of(session, start))
        flag = " --allow-demo" if stand_ins_behind(session, [start]) else ""  # without it the approval is refused
    click.echo(tree(View(family, str(start))))
    click.echo(
        f"\nJob {made.job_id} is {made.state.replace('_', ' ')}.\n"
        f"  video    {made.path}\n"
        f"  title    {made.video.title}\n"
        f"  length   {made.video.duration_seconds:.1f} s, {made.video.width}x{made.video.height}\n"
        f"  cost     {made.cost.display}\n"
        f"  stages   {', '.join(f'{stage} {seconds:.1f} s' for stage, seconds in made.elapsed_seconds.items())}\n"
        f"  effort   {made.cpu_seconds:.0f} CPU-seconds\n"
        f"Decide with: reelineage review approve {made.job_id} --reason '…'{flag}"
    )
