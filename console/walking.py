"""What `lineage` and `impact` have in common: their argument and options, and printing the answer in any format.

Belongs here: one question up or down, from the words to the terminal. Not here: finding the answer (`asking.py`), the
formats (`showing/`, `telling.py`).
"""

from collections.abc import Callable
from datetime import datetime

import click

from console.asking import EXPORTS, ask
from console.moments import MOMENT
from console.showing import FORMATS
from resources.home import existing_home

_FORMAT = click.option(
    "--format",
    "form",
    type=click.Choice([*FORMATS, *EXPORTS]),
    default="tree",
    show_default=True,
    help="How to show it.",
)
_AS_OF = click.option("--as-of", type=MOMENT, help="As it stood at this time (ISO 8601; UTC when it names no zone).")


def walk_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command REF, `--format` and `--as-of`."""
    return click.argument("ref")(_FORMAT(_AS_OF(command)))


def show_walk(ref: str, form: str, as_of: datetime | None, *, down: bool) -> None:
    """Print what something was made from or, `down`, what was made from it.

    Raises:
        BadInput: nothing like it is known, or there was nothing yet at that moment.
    """
    home = existing_home()
    view = ask(home, ref, down=down, as_of=as_of)
    if not down and all(start.node == "trend_item" for start in view.family.starts):
        click.echo(f"What was seen of it, and what was made from it: `reelineage impact {ref}`.", err=True)
    if form in FORMATS:
        click.echo(FORMATS[form](view))
        return
    from console.telling import answer  # noqa: PLC0415 — heavy import, only when used

    with home.database.read() as session:
        for line in answer(session, view.family, form):
            click.echo(line.text)
